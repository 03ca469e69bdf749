"""Open questions about an item that hold however the item came to be: read from a plan or typed by the office."""

from __future__ import annotations

from collections.abc import Iterator

from flows.plan.model import Doubt, Item, Kind


def open_questions(item: Item) -> Iterator[Doubt]:
    """What must be answered before the item can be followed."""
    if not item.lead and not item.responsible:
        yield Doubt(item.no, "responsible", "", "没有责任单位，请补填")
    if item.deadline.kind is Kind.ONCE and item.deadline.due is None:
        yield Doubt(item.no, "due", item.deadline.text or "", "限期任务没有截止日期，请补填")
