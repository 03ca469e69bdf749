"""A month for N units beside the plain office script (openpyxl writes, pandas reads and joins): prints ratios.

python -m tests.benchmarks.month [units] [items]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from flows.ledger.layout import HEADERS
from tests.office import Office, fill, moving, new_office


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def plan_of(items: int) -> str:
    """A table plan in which every unit carries every item."""
    lines = [
        f"{n}\t事项{n}\t做好第{n}件公开工作，按要求报送进展和佐证材料。\t\t市直各单位\t全年"
        for n in range(1, items + 1)
    ]
    return "\n".join(["测试市2026年任务分解表", "", "序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限", *lines])


def plain_write(books: list[Path], items: int, out: Path) -> None:
    """What a script of the office would write: the same rows, no checks, no protection."""
    for number, _book in enumerate(books):
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(HEADERS)
        for n in range(1, items + 1):
            sheet.append([str(n), "", f"事项{n}", f"做好第{n}件公开工作，按要求报送进展和佐证材料。"])
        book.save(out / f"{number}.xlsx")


def plain_read(folder: Path) -> pd.DataFrame:
    """pd.read_excel per file and one concat."""
    return pd.concat([pd.read_excel(path, skiprows=4, engine="openpyxl") for path in folder.glob("*.xlsx")])


def run(office: Office, units: int, items: int, scratch: Path) -> None:
    """One cycle, printed step by step."""
    roster = [(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(units)]
    print(f"import       {timed(lambda: office.adopt(plan_of(items), units=roster)):6.2f} s")
    issued: dict[str, list[dict[str, str]]] = {}
    place = ("要点", "--period", "2026-03")
    ours_write = timed(lambda: issued.update(office.json("distribute", *place)))
    books = [Path(book["file"]) for book in issued["workbooks"]]
    back = scratch / "收"
    for number, book in enumerate(books):
        fill(book, back / f"{number}.xlsx", moving(f"第{number}个单位已印发方案。"))
    (scratch / "plain").mkdir()
    plain = timed(lambda: plain_write(books, items, scratch / "plain"))
    print(f"distribute   {ours_write:6.2f} s   plain write {plain:6.2f} s   ratio {plain / ours_write:5.2f}")
    ours_read = timed(lambda: office.json("collect", *place, "--from", back))
    plain = timed(lambda: plain_read(back))
    print(f"collect      {ours_read:6.2f} s   plain read  {plain:6.2f} s   ratio {plain / ours_read:5.2f}")
    print(f"report       {timed(lambda: office.json('report', *place)):6.2f} s")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    with tempfile.TemporaryDirectory() as folder:
        count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
        each = int(sys.argv[2]) if len(sys.argv) > 2 else 30
        run(new_office(Path(folder)), count, each, Path(folder))
