"""Homes to be moved: one with a month behind it, and one that version 0.1 has left."""

from __future__ import annotations

import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.periods import CHINA
from tests.office import Office, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")
APRIL = ("要点", "--period", "2026-04")
WHEN = datetime(2026, 3, 20, 9, tzinfo=CHINA)
OLD = Path(__file__).parent / "home-of-version-0.1.zip"
"""Made by running the commands of version 0.1 (9cf1612): March reported, April issued; 在途 holds sheets filled in then
that have not been collected yet."""


def busy_office(office: Office, folder: Path) -> dict[str, Path]:
    """March: issued, half of it come back, reported. Gives the workbooks by unit."""
    office.adopt()
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *MARCH)["workbooks"]}
    fill(books["市财政局"], folder / "收" / "财政.xlsx", moving("目录已调整。"), received=WHEN)
    fill(books["东山县人民政府"], folder / "收" / "东山.xlsx", lambda _: {"完成状态": "快了"}, received=WHEN)
    office.json("collect", *MARCH, "--from", folder / "收")
    office.json("report", *MARCH)
    return books


def office_with_a_month(folder: Path) -> Office:
    """An office in SQLite with March behind it."""
    office = new_office(folder)
    busy_office(office, folder)
    return office


def old_office(folder: Path) -> Office:
    """The home of version 0.1, unpacked; 在途 lies beside it."""
    with zipfile.ZipFile(OLD) as packed:
        packed.extractall(folder)
    return Office(folder / "home")


def said(office: Office) -> dict[str, Any]:
    """All that an office can be asked about March, without the paths of this machine."""
    found = {
        "show": office.json("show", "要点"),
        "status": office.json("status", *MARCH),
        "trace": office.json("trace", "要点", "2", "市财政局"),
    }
    return _without(found, str(office.home))


def _without(value: Any, root: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, root) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, root) for each in value]
    return value.replace(root, "") if isinstance(value, str) else value


def files(home: Path) -> dict[str, bytes]:
    """Every file of a home but the database and what belongs to running programs."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for top in ("templates", "ledgers")
        for path in (home / top).rglob("*")
        if path.is_file() and not path.name.startswith((".", "台账.db"))
    } | {"config.toml": (home / "config.toml").read_bytes()}
