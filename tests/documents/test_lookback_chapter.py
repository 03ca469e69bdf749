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
