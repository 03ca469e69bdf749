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
from flows.plan.model import Deadline, Item, Kind
from flows.progress import Answer, ItemLine, ItemState, Snapshot, Totals
from flows.standing.followup import Complaint, FollowUp, Outcome
from flows.standing.light_settings import Lights
from flows.standing.lights import Light, scheme_of
from flows.standing.schedule import Pace
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


def supervised() -> Snapshot:
    """November: notices went out, one unit's work is exempt, the last bulletin's problems are followed up."""
    day = date(2026, 11, 30)
    late, exempt, *rest = items(4)
    late = replace(late, deadline=Deadline(due=date(2026, 10, 20), kind=Kind.ONCE))
    cells = [cell(unit, item, DONE, day) for item in rest for unit in UNITS]
    cells += [cell(unit, late, MOVING if unit is UNITS[0] else DONE, day) for unit in UNITS]
    cells += [cell(unit, exempt, MOVING, day) for unit in UNITS[:4]]
    cells[-1] = replace(cells[-1], light=Light.EXEMPT, excused="上级政策调整")
    month = snapshot(cells, {UNITS[5].name: Answer.LATE}, period="2026-11", previous=replace(BEFORE, items=4, done=0))
    outcomes = (
        (Complaint.OVERDUE, UNITS[0], late.no, Outcome.OPEN),
        (Complaint.OVERDUE, UNITS[1], late.no, Outcome.DONE),
        (Complaint.BLOCKED, UNITS[3], exempt.no, Outcome.EASED),
        (Complaint.MISSING, UNITS[2], "", Outcome.DONE),
        (Complaint.MISSING, UNITS[4], "", Outcome.DONE),
        (Complaint.LATE, UNITS[5], "", Outcome.OPEN),
    )
    return replace(
        month,
        notices=((0, ""), (0, ""), (1, "蓝"), (2, "黄"), (4, "")),
        followups=tuple(FollowUp(complaint, unit.name, no, outcome) for complaint, unit, no, outcome in outcomes),
        followed_period="2026-10",
    )


def measured() -> Snapshot:
    """Half a year by schedule, with the colours of the three notices."""
    day = date(2026, 6, 30)
    reports = (DONE, Report(Status.MOVING, 80, "已完成八成。"), MOVING, Report(Status.IDLE))
    cells = [cell(unit, item, reports[place], day) for place, item in enumerate(items(4)) for unit in UNITS[:3]]
    classes = (("提前完成", 1), ("超序时", 1), ("按序时", 1), ("未启动", 1))
    scheme = scheme_of(Lights(scheme="蓝黄红", schedule=True), 15)
    month = snapshot(cells, period="2026-06")
    paces = (Pace.EARLY, Pace.AHEAD, Pace.ON, Pace.IDLE)
    lines = tuple(replace(line, pace=pace) for line, pace in zip(month.items, paces, strict=True))
    return replace(month, items=lines, lights=scheme, schedule=classes)


def looked_back() -> Snapshot:
    """January with two matters of the year before: counted apart from the plan's own."""
    day = date(2026, 1, 31)
    own = [cell(unit, item, MOVING, day) for item in items(2) for unit in UNITS[:3]]
    month = snapshot(own, period="2026-01", plan_title="云陵市2026年政务公开工作要点")
    old = [
        Item(f"H{n}", text, "回头看：上年未完成", "2025年第3项", deadline=Deadline(due=due, kind=Kind.ONCE))
        for n, text, due in (
            (1, "完成公开专区改造", date(2026, 1, 20)),
            (2, "补齐三年财政预决算信息", date(2026, 3, 31)),
        )
    ]
    first, second = cell(UNITS[0], old[0], MOVING, day), cell(UNITS[1], old[1], DONE, day)
    lines = (ItemLine(old[0], ItemState.OVERDUE, (first,)), ItemLine(old[1], ItemState.DONE, (second,)))
    return replace(month, items=(*month.items, *lines))


MONTHS: dict[str, Callable[[], Snapshot]] = {
    "全部完成": all_done,
    "均未报送": none_answered,
    "只有一个单位": one_unit,
    "首月": first_month,
    "十二月": december,
    "督办与豁免": supervised,
    "序时进度": measured,
    "回头看": looked_back,
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
