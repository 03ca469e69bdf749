"""Small cities for the tests of assessment: facts that one can read, and the workbook as LibreOffice counts it."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from flows.assessment.model import Adjustment, Duty, Facts, MonthFacts, Paper, UnitFacts
from flows.assessment.settings import Assessment
from flows.assessment.workbook import render_scores
from flows.periods import CHINA, Period
from flows.progress import Answer
from flows.roster import Unit
from tests.needs import soffice

LAKE, HILL = Unit("临湖区人民政府", "区县", ("临湖区",)), Unit("靠山县人民政府", "区县")
SCHOOL, MONEY = Unit("市教育局", "政府部门"), Unit("市财政局", "政府部门")
COLOURS = ("蓝", "黄", "红")


def paper(month: int, day: int = 20, faults: int = 0) -> Paper:
    return Paper("台账.xlsx", f"回收/{month:03d}_台账.xlsx", datetime(2026, month, day, 9, 30, tzinfo=CHINA), faults)


def month(number: int, answer: Answer = Answer.ON_TIME, *, returns: int = 0, **what: Any) -> MonthFacts:
    """A month with four tasks, all filled in when a sheet counts."""
    back = tuple(paper(number, 18, 3) for _ in range(returns))
    came = paper(number, 27 if answer is Answer.LATE else 20) if answer in (Answer.ON_TIME, Answer.LATE) else None
    facts = MonthFacts(
        Period(2026, number),
        answer,
        date(2026, number, 25),
        open=False,
        first=back[0] if back else came,
        accepted=came,
        returned=back,
        wanted=4,
        filled=4 if came else 0,
    )
    return replace(facts, **what)


def duty(no: str, due: date, finished: date | None = None, **what: Any) -> Duty:
    how = "单位填报的完成日期" if finished else ""
    return replace(Duty(no, f"第{no}项“编目录”", due, finished=finished, finished_how=how, standing="推进中"), **what)


def facts(*units: UnitFacts, lines: tuple[Adjustment, ...] = (), **what: Any) -> Facts:
    months = tuple(dict.fromkeys(month.period for unit in units for month in unit.months))
    made = Facts(
        plan="要点",
        plan_title="云川市2026年政务公开工作要点",
        doc_number="云政办发〔2026〕3号",
        year=2026,
        first=Period(2026, 1),
        last=Period(2026, 12),
        months=months,
        as_of=date(2026, 12, 31),
        units=units,
        adjustments=lines,
        items=("1", "2", "3"),
    )
    return replace(made, **what)


def counted(data: bytes, folder: Path) -> Workbook:
    """The workbook after LibreOffice has computed every formula anew."""
    book = load_workbook(io.BytesIO(data))
    return recounted(book, folder)


def recounted(book: Workbook, folder: Path) -> Workbook:
    """openpyxl drops the values that were stored with formulas, so LibreOffice has to compute them."""
    folder.mkdir(parents=True, exist_ok=True)
    before = folder / "得分.xlsx"
    book.save(before)
    profile, out = (folder / "profile").as_uri(), folder / "out"
    subprocess.run(
        [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", out, before],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return load_workbook(out / "得分.xlsx", data_only=True)


def table(book: Workbook, sheet: str = "汇总") -> dict[str, dict[str, Any]]:
    """Unit → its row by header word, over all series of 汇总."""
    found: dict[str, dict[str, Any]] = {}
    head: list[Any] = []
    for row in book[sheet].iter_rows(values_only=True):
        if "名次" in row:
            head = list(row)
        elif head and row[1] and row[0] is not None:
            found[str(row[1])] = dict(zip(head, row, strict=True))
    return found


def workbook(assessed: Any, rules: Assessment | None = None) -> bytes:
    return render_scores(assessed, rules or Assessment(), COLOURS, [u.name for u in (LAKE, HILL, SCHOOL, MONEY)])
