"""Three hundred small workbooks that came back, faulty ones among them, and what the store has of them then."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.desk import open_store
from flows.store import arrivals, entries
from flows.workspace import Home
from tests.benchmarks.returned import prepare
from tests.office import Office

MARCH = ("要点", "--period", "2026-03")
FILES = 300
FAULTY, NO_WORKBOOK = range(3, FILES, 20), range(5, FILES, 60)


def came_back(folder: Path) -> tuple[Path, Path]:
    """An office's home, and the folder with what its units sent: a fault in every twentieth, some are no workbooks."""
    back = folder / "收"
    office = prepare(folder / "家", back, FILES, 3)
    for number in FAULTY:
        path = back / f"{number:04d}.xlsx"
        path.write_bytes(_spoilt(path.read_bytes()))
    for number in NO_WORKBOOK:
        (back / f"{number:04d}.xlsx").write_bytes(f"第{number}份，不是台账".encode())
    (back / "again.xlsx").write_bytes((back / "0000.xlsx").read_bytes())
    return office.home, back


def _spoilt(data: bytes) -> bytes:
    """The workbook of somebody who writes a status of his own, and a percentage that cannot be."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            part = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                text = part.decode("utf-8").replace("推进中", "差不多了", 1).replace("<v>0.4</v>", "<v>140</v>", 1)
                part = text.encode("utf-8")
            new.writestr(info.filename, part)
    return stream.getvalue()


def office_like(home: Path, folder: Path, dask: str, *, engine: bool = False) -> Office:
    """The same office once more, with other workers."""
    office = Office(Path(shutil.copytree(home, folder)), engine)
    office.configure(workers={"dask": dask})
    return office


def taken_in(office: Office, back: Path) -> dict[str, Any]:
    """What `collect` says of the files, with places as seen from the home."""
    found = office.json("collect", *MARCH, "--from", back, "--no-send")
    for each in found["returned"]:
        each["annotated"] = Path(each["annotated"]).relative_to(office.home).as_posix()
    found["outbox"] = Path(found["outbox"]).relative_to(office.home).as_posix()
    return found


def recorded(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    """What the store has of the round, in the order in which it was recorded, but for the moment of recording."""
    home = Home(office.home)
    store = open_store(home, home.config())
    try:
        return {
            table.name: [tuple(row) for row in store.rows(sa.select(*kept).order_by(table.c.id))]
            for table in (arrivals, entries)
            if (kept := [column for column in table.c if column.name != "at"])
        }
    finally:
        store.close()
