"""The bulletin's chapter on look-back items is called by what they are: left over from last year, or found since."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.documents.prose import write_prose
from flows.ledger.model import Report, Status
from flows.plan.carried import CarriedKind
from flows.plan.model import Deadline, Item, Kind
from flows.progress import ItemLine, ItemState, Snapshot
from tests.documents.months import CONFIG, UNITS, cell, items, snapshot

DAY = date(2026, 3, 31)
MOVING = Report(Status.MOVING, 40, "正在办理。")
LEFT_OVER, RULED, AUDITED = (kind.category for kind in CarriedKind)


def month_with(*categories: str) -> Snapshot:
    own = [cell(unit, item, MOVING, DAY) for item in items(2) for unit in UNITS[:2]]
    month = snapshot(own, period="2026-03")
    old = [
        Item(f"H{n}", "完成公开专区改造", category, deadline=Deadline(due=date(2026, 6, 30), kind=Kind.ONCE))
        for n, category in enumerate(categories, 1)
    ]
    lines = tuple(ItemLine(item, ItemState.MOVING, (cell(UNITS[0], item, MOVING, DAY),)) for item in old)
    return replace(month, items=(*month.items, *lines))


@pytest.mark.parametrize(
    ("categories", "title"),
    [
        ((LEFT_OVER, LEFT_OVER), "上年未完成事项办理情况"),
        ((AUDITED,), "反馈问题整改情况"),
        ((RULED, AUDITED), "反馈问题整改情况"),
        ((LEFT_OVER, AUDITED), "上年未完成事项和反馈问题办理情况"),
        ((LEFT_OVER, "回头看：领导交办"), "回头看事项办理情况"),
    ],
)
def test_the_heading_fits_what_is_looked_back_at(categories: tuple[str, ...], title: str) -> None:
    chapters = write_prose(month_with(*categories), CONFIG).chapters
    (chapter,) = [each for each in chapters if "单独统计" in "".join(each.paragraphs)]
    assert chapter.title.partition("、")[2] == title


def test_a_month_without_them_has_no_such_chapter() -> None:
    assert "单独统计" not in str(write_prose(month_with(), CONFIG))


def with_one_late(late: bool) -> Snapshot:
    """All of the plan is finished; one item of last year is open, past its new day or not."""
    own = [cell(unit, item, Report(Status.DONE, 100, "已公开。", DAY), DAY) for item in items(2) for unit in UNITS[:2]]
    due = date(2026, 3, 20) if late else date(2026, 6, 30)
    old = Item("H1", "完成公开专区改造", LEFT_OVER, deadline=Deadline(due=due, kind=Kind.ONCE))
    owed = cell(UNITS[0], old, MOVING, DAY)
    month = snapshot(own, period="2026-03")
    line = ItemLine(old, ItemState.OVERDUE if late else ItemState.MOVING, (owed,))
    units = tuple(replace(u, cells=(*u.cells, owed)) if u.unit is UNITS[0] else u for u in month.units)
    return replace(month, items=(*month.items, line), units=units)


def test_who_is_late_with_last_years_work_is_not_praised_for_this_years() -> None:
    praise = "承担的任务全部完成且按时报送的有{}个单位：{}。"
    both = praise.format(2, f"{UNITS[0].name}、{UNITS[1].name}")
    assert both in str(write_prose(with_one_late(late=False), CONFIG))
    assert praise.format(1, UNITS[1].name) in str(write_prose(with_one_late(late=True), CONFIG))


def test_a_new_day_that_has_passed_is_not_held_out_any_more() -> None:
    assert "要对照新的完成时限抓紧办理" in str(write_prose(with_one_late(late=False), CONFIG))
    text = str(write_prose(with_one_late(late=True), CONFIG))
    assert "要抓紧办理，办结后随当期台账报送" in text
    assert "对照新的完成时限" not in text
