"""The bulletins of the months a clerk fears, whole, as a reader sees them.

What they say stands in edge_months/*.txt. After a wanted change of the prose, run
``python -m tests.documents.test_edge_months`` and read the difference line by line before you keep it.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from flows.documents.build_template import TEMPLATE
from flows.documents.bulletin import write_bulletin
from flows.ledger.model import Report, Status
from flows.plan.model import Deadline, Kind
from flows.progress import Answer, Snapshot, Totals
from tests.documents.consistency import parts_of
from tests.documents.months import CONFIG, DEPARTMENTS, DISTRICTS, cell, items, snapshot

FOLDER = Path(__file__).parent / "edge_months"
OCTOBER, DECEMBER = date(2026, 10, 31), date(2026, 12, 31)
UNITS = DISTRICTS[:3] + DEPARTMENTS[:3]
DONE = Report(Status.DONE, 100, "已在门户网站公开，并建立更新机制。", date(2026, 10, 20))
MOVING = Report(Status.MOVING, 40, "正在征求意见，已收到12条。", next_step="月底前定稿")
BLOCKED = Report(Status.BLOCKED, 20, "接口尚未开通。", problem="数据接口由省级平台管理，本级无权开通")
BEFORE = Totals(6, 1, 4, 1, 0, 36, 8, 0, 6, 5, 1, 0, 0, 0)


def all_done() -> Snapshot:
    return snapshot(
        [cell(unit, item, DONE, OCTOBER) for item in items(6) for unit in UNITS],
        previous=BEFORE,
        previous_ranks={unit.name: 1 for unit in UNITS},
    )


def none_answered() -> Snapshot:
    late = replace(items(6)[5], deadline=Deadline(due=date(2026, 9, 30), kind=Kind.ONCE))
    cells = [cell(unit, item, None, OCTOBER) for item in (*items(5), late) for unit in UNITS]
    return snapshot(cells, {unit.name: Answer.MISSING for unit in UNITS})


def one_unit() -> Snapshot:
    first, second = items(2)
    second = replace(second, deadline=Deadline(due=date(2026, 11, 20), kind=Kind.ONCE))
    unit = DISTRICTS[0]
    return snapshot([cell(unit, first, DONE, OCTOBER), cell(unit, second, MOVING, OCTOBER)])


def first_month() -> Snapshot:
    """January: nothing to compare with, one unit late, one silent, one in need of help."""
    day = date(2026, 1, 31)
    cells = []
    for place, item in enumerate(items(4)):
        for unit in UNITS:
            report = DONE if place == 0 and unit.is_district else BLOCKED if unit is UNITS[3] else MOVING
            cells.append(cell(unit, item, None if unit is UNITS[5] else report, day))
    return snapshot(cells, {UNITS[5].name: Answer.MISSING, UNITS[1].name: Answer.LATE}, period="2026-01")


def december() -> Snapshot:
    """The year ends with one item overdue and one still going on."""
    every = list(items(4))
    every[2] = replace(every[2], deadline=Deadline(due=date(2026, 11, 30), kind=Kind.ONCE))
    cells = [
        cell(unit, item, MOVING if place >= 2 and unit in UNITS[1:4] else DONE, DECEMBER)
        for place, item in enumerate(every)
        for unit in UNITS
    ]
    return snapshot(
        cells,
        period="2026-12",
        previous=replace(BEFORE, items=4, done=1, moving=3, idle=0),
        previous_ranks={unit.name: place % 3 + 1 for place, unit in enumerate(UNITS)},
    )


MONTHS: dict[str, Callable[[], Snapshot]] = {
    "全部完成": all_done,
    "均未报送": none_answered,
    "只有一个单位": one_unit,
    "首月": first_month,
    "十二月": december,
}


def as_read(month: Snapshot, out: Path) -> str:
    """The whole bulletin: a paragraph a line, headings set off, table rows with bars."""
    write_bulletin(month, CONFIG, TEMPLATE, out, number=5)
    lines: list[str] = []
    for part in parts_of(out):
        if part.rows:
            lines += ["｜".join(text.replace("\n", "／") for text in row) for row in part.rows]
        elif part.text:
            gap = [""] if part.style in ("公文标题", "一级标题", "附件标识", "公文结语") else []
            lines += [*gap, part.text]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", MONTHS)
def test_the_bulletin_of_an_edge_month_reads_as_it_was_approved(name: str, tmp_path: Path) -> None:
    approved = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    now = as_read(MONTHS[name](), tmp_path / "通报.docx")
    difference = difflib.unified_diff(approved.splitlines(), now.splitlines(), "approved", "now", lineterm="", n=0)
    assert "\n".join(difference) == ""


def test_every_approved_text_has_its_month() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.txt")) == sorted(MONTHS)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        for title, made in MONTHS.items():
            text = as_read(made(), Path(folder) / "通报.docx")
            (FOLDER / f"{title}.txt").write_text(text, encoding="utf-8", newline="\n")
