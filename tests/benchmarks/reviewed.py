"""A 总台账 of 60,000 and of 600,000 rows read back: seconds of CPU and peak of memory, beside calamine and openpyxl.

Ours gives the rows in which the office has written and the digest of all the rest; calamine and openpyxl only walk over
the cells. The workbook is one of ours, its rows repeated. Each way runs in a process of its own.

python -m tests.benchmarks.reviewed [rows …] [--with-openpyxl]
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.returned import plan_of
from tests.office import new_office
from tests.typing_in import SHEET

MARCH = ("要点", "--period", "2026-03")
_ROW = re.compile(r'<row r="\d+".*?</row>', re.S)
_PLACE = re.compile(r' r="([A-Z]*)\d+"')


def make(folder: Path, rows: int) -> Path:
    """A 总台账 of 20 units × 60 tasks as it is written, its rows repeated until there are enough."""
    office = new_office(folder)
    office.adopt(
        plan_of(60), units=[(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(20)]
    )
    office.json("distribute", *MARCH, "--no-send")
    office.json("report", *MARCH)
    big = folder / "总台账.xlsx"
    source = office.home / "ledgers/要点/2026-03/总台账.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(big, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename != SHEET:
                new.writestr(info.filename, content)
                continue
            xml = content.decode("utf-8")
            start, end = xml.index('<row r="2"'), xml.index("</sheetData>")
            made = _ROW.findall(xml[start:end])
            with new.open(info.filename, "w", force_zip64=True) as part:
                part.write(xml[:start].encode())
                for number in range(rows):
                    row = _PLACE.sub(rf' r="\g<1>{number + 2}"', made[number % len(made)])
                    part.write(row.encode())
                part.write(xml[end:].encode())
    return big


def ours(path: Path, rows: int) -> int:
    """Reading as `taizhang report` does it when the office has saved the workbook."""
    from flows.ledger.master_content import Content
    from flows.ledger.review_reader import Master, MasterReading
    from flows.periods import Period

    master = Master(path.read_bytes(), path.name, b"-" * 32, "要点", Period(2026, 3), rows)
    reading = MasterReading(master, Content())
    return sum(1 for _ in reading.rows()) + reading.idle


def written(path: Path, rows: int) -> int:
    """The digest that is kept of a workbook that was just written."""
    from flows.ledger.master_content import written_content

    return rows if written_content(path.read_bytes(), rows) else 0


def calamine(path: Path, _rows: int) -> int:
    """Every cell of the first sheet."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(str(path)) as book:
        return sum(1 for _ in book.get_sheet_by_index(0).iter_rows()) - 1


def openpyxl(path: Path, _rows: int) -> int:
    """Every cell of the first sheet."""
    from openpyxl import load_workbook

    return sum(1 for _ in load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True)) - 1


WAYS: dict[str, Callable[[Path, int], int]] = {
    "ours": ours,
    "written": written,
    "calamine": calamine,
    "openpyxl": openpyxl,
}


def child(way: str, path: Path, rows: int) -> None:
    """One way, here and now; prints what it took as JSON."""
    started = time.process_time()
    read = WAYS[way](path, rows)
    cpu = time.process_time() - started
    print(json.dumps({"read": read, "cpu": cpu, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def main(sizes: list[int], ways: list[str]) -> None:
    """Make each workbook, read it in each way, print."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = make(Path(folder), rows)
            print(f"{rows} rows, {path.stat().st_size / 2**20:.0f} MB")
            for way in ways:
                line = [sys.executable, "-m", "tests.benchmarks.reviewed", "--child", way, str(path), str(rows)]
                out = subprocess.run(line, check=True, capture_output=True, text=True, encoding="utf-8").stdout
                found = json.loads(out.splitlines()[-1])
                assert found["read"] == rows
                print(f"{way:10} {found['cpu']:6.1f} s of CPU {found['peak']:6.0f} MB", flush=True)


if __name__ == "__main__":
    if "--child" in sys.argv:
        child(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        chosen = list(WAYS) if "--with-openpyxl" in sys.argv else list(WAYS)[:-1]
        main([int(word) for word in sys.argv[1:] if word.isdecimal()] or [60_000, 600_000], chosen)
