"""How long a bulletin takes: from the snapshot to the written .docx, template check and charts included.

Prints one line for each size: units, items, pairs, seconds of the fastest and of the slowest of five runs, size of the
file. ``--pdf`` adds the seconds that LibreOffice takes for a PDF.

python -m tests.benchmarks.documents [--pdf] [units …]
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.documents.lint import check_template
from flows.documents.render import to_pdf
from flows.ledger.model import Report, Status
from flows.progress import Snapshot
from flows.roster import Unit
from tests.documents.months import CONFIG, cell, items, snapshot

RUNS = 5
ITEMS = 50
DAY = date(2026, 10, 31)


def month_of(count: int) -> Snapshot:
    """Every unit carries every third item; statuses turn, words differ."""
    units = [Unit(f"第{n}单位", "区县" if n % 3 == 0 else "政府部门") for n in range(count)]
    statuses = (Status.DONE, Status.MOVING, Status.MOVING, Status.IDLE, Status.BLOCKED)
    cells = [
        cell(unit, item, Report(statuses[(i + n) % 5], 10, f"第{n}单位正在推进，" + "进展" * 40, None, "", "缺人"), DAY)
        for i, item in enumerate(items(ITEMS, date(2026, 10, 20)))
        for n, unit in enumerate(units)
        if (i + n) % 3 == 0
    ]
    return snapshot(cells)


def main(arguments: list[str]) -> None:
    sizes = [int(each) for each in arguments if each.isdigit()] or [20, 100, 500]
    started = time.perf_counter()
    assert check_template(TEMPLATE) == []
    print(f"template check: {time.perf_counter() - started:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "通报.docx"
        for size in sizes:
            month = month_of(size)
            seconds = []
            for _ in range(RUNS):
                started = time.perf_counter()
                write_bulletin(month, CONFIG, TEMPLATE, out, number=5)
                seconds.append(time.perf_counter() - started)
            line = f"{size} units, {len(month.items)} items, {len(month.cells)} pairs: "
            line += f"{min(seconds):.2f} s to {max(seconds):.2f} s, {out.stat().st_size // 1024} KB"
            if "--pdf" in arguments:
                started = time.perf_counter()
                made = to_pdf(out)
                line += f", PDF {time.perf_counter() - started:.1f} s" if made else ", no LibreOffice"
            print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
