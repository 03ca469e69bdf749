"""A month for N units of 60 tasks: split, letters, collect, check, merge, 总台账, bulletin; beside a plain script.

Ours are the three commands as a clerk types them, each in a process of its own, with Prefect's start. The plain script
is what an office writes in an afternoon: openpyxl for each unit, an .eml with it, ``pd.read_excel`` for each answer,
one ``concat``, one ``to_excel``, a Word page with the counts; it checks nothing and protects nothing. Filling in is not
counted on either side. Prints seconds, ratios and peaks of one run.

python -m tests.benchmarks.cycle [units] [tasks] [--plain-only | --ours-only] [--without-prefect]
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from tests.benchmarks.returned import PLACE, answered, plan_of
from tests.office import Office, new_office

STEPS = ("distribute", "collect", "report")


def plain_write(units: int, tasks: int, out: Path) -> list[Path]:
    """A workbook and a letter for each unit."""
    from openpyxl import Workbook

    from flows.ledger.layout import HEADERS

    books = []
    for number in range(units):
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        for _ in range(4):
            sheet.append([None])
        sheet.append(HEADERS)
        for n in range(1, tasks + 1):
            row = [str(n), "", f"事项{n}", f"做好第{n}件公开工作，按要求报送进展和佐证材料。", "责任", "全年", ""]
            sheet.append(row)
        books.append(out / f"{number:05d}.xlsx")
        book.save(books[-1])
        letter = EmailMessage()
        letter["Subject"], letter["To"] = f"第{number}个单位工作台账", f"ju{number}@unit.example"
        letter.set_content("请填写后回复。")
        letter.add_attachment(books[-1].read_bytes(), maintype="application", subtype="xlsx", filename="台账.xlsx")
        (out / f"{number:05d}.eml").write_bytes(letter.as_bytes())
    return books


def plain_read(back: Path, out: Path) -> None:
    """All answers in one frame, one workbook and one page."""
    import docx
    import pandas as pd

    frame = pd.concat([pd.read_excel(path, skiprows=4, engine="openpyxl") for path in sorted(back.glob("*.xlsx"))])
    frame.to_excel(out / "总台账.xlsx")
    page = docx.Document()
    page.add_paragraph("关于本月工作情况的通报")
    for status, count in frame["完成状态"].value_counts().items():
        page.add_paragraph(f"{status} {count} 项")
    page.save(str(out / "通报.docx"))


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def command(office: Office, step: str, *more: str) -> tuple[float, float]:
    """Seconds and peak memory in MB (of the greatest process) of one command in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    line = [sys.executable, "-m", "flows.cli", "--home", str(office.home), step, *PLACE, "--json", *more]
    started = time.perf_counter()
    found = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=False)
    seconds = time.perf_counter() - started
    assert found.returncode in (0, 1), found.stderr
    json.loads(found.stdout)
    return seconds, max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def fill(office: Office, back: Path) -> None:
    """Every unit answers: the workbooks as they went out, with status, percentage and text in every row."""
    back.mkdir()
    issued = sorted(office.home.glob("ledgers/要点/*/台账/*.xlsx")) or sorted(
        office.home.glob("ledgers/要点/*/*/*.xlsx")
    )
    for number, book in enumerate(issued):
        (back / f"{number:05d}.xlsx").write_bytes(answered(book.read_bytes(), number))


def main(units: int, tasks: int, options: set[str]) -> None:
    """Both ways, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        office = new_office(root / "家")
        roster = [(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(units)]
        office.adopt(plan_of(tasks), units=roster)
        back, out = root / "收", root / "手工"
        more = [option for option in options if option == "--without-prefect"]
        ours: dict[str, float] = {}
        peak = 0.0
        if "--plain-only" not in options:
            for step in STEPS:
                extra = ("--from", str(back)) if step == "collect" else ()
                ours[step], peak = command(office, step, *extra, *more)
                print(f"{step:12} {ours[step]:7.1f} s", flush=True)
                if step == "distribute":
                    fill(office, back)
            print(f"ours         {sum(ours.values()):7.1f} s   peak {peak:.0f} MB", flush=True)
        if "--ours-only" not in options:
            out.mkdir()
            written = timed(lambda: plain_write(units, tasks, out))
            if not back.is_dir():
                office.json("distribute", *PLACE, "--no-send")
                fill(office, back)
            read = timed(lambda: plain_read(back, out))
            print(f"plain        {written + read:7.1f} s   (written {written:.1f} s, read {read:.1f} s)")
            if ours:
                print(f"ratio        ×{(written + read) / sum(ours.values()):.2f}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    main(*(numbers + [1000, 60][len(numbers) :]), {word for word in sys.argv[1:] if word.startswith("--")})
