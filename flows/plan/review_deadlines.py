"""The deadline of a row of the review workbook: what was typed wins, what was not is read from the text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from flows.plan.deadlines import ReadDeadline, read_deadline
from flows.plan.documents.grid import Value, as_text
from flows.plan.model import Deadline, DeadlineSource, Kind, PlanInfo
from flows.plan.review_layout import KINDS, SOURCES
from flows.plan.review_sheet import day_of
from flows.plan.textual import one_line

Fault = Callable[[str, str, str], None]
"""Takes column, message and cure of something that cannot be used."""


@dataclass(frozen=True, slots=True)
class TypedDeadline:
    """The time cells of one row. ``edited`` are the columns that no longer show what was written."""

    text: str
    due: Value
    kind: str
    source: str
    edited: frozenset[str]
    fault: Fault

    def read(self, old: Deadline, now: PlanInfo, then: PlanInfo) -> tuple[Deadline, tuple[str, ...]]:
        """The deadline and new doubts about it. ``then``: the plan's year and date of issue when it was written."""
        text = (one_line(self.text) or None) if "时限原文" in self.edited else old.text
        due = self._day() if "截止日期" in self.edited else old.due
        chosen = self._kind() if "时限类型" in self.edited else None
        kind_given = chosen is not None
        kind = chosen or old.kind
        source = self._source(old.source, text)
        read = read_deadline(text or "", now.year, now.issued)
        due_given = "截止日期" in self.edited and due is not None
        cleared = "时限类型" in self.edited and not kind_given
        if "时限原文" in self.edited or _outdated(old, read, now, then):
            deadline = Deadline(text, source, due if due_given else read.due, kind if kind_given else read.kind)
            if due_given and not kind_given and read.kind is Kind.NONE:
                deadline = replace(deadline, kind=Kind.ONCE)
            return deadline, () if due_given or kind_given else read.doubts
        if cleared and not due_given and "截止日期" in self.edited:
            return Deadline(text, source, read.due, read.kind), read.doubts
        if cleared:
            kind = read.kind if due is None or read.kind is not Kind.NONE else Kind.ONCE
        elif due_given and not kind_given and kind is Kind.NONE:
            kind = Kind.ONCE
        return Deadline(text, source, due, kind), ()

    def _day(self) -> date | None:
        day = day_of(self.due)
        found = as_text(self.due).strip()
        if found and day is None:
            self.fault("截止日期", f"“{found}”不是日期", "截止日期请写成 2026-10-31 这样，没有就留空")
        return day

    def _kind(self) -> Kind | None:
        if self.kind and self.kind not in KINDS:
            self.fault("时限类型", f"“{self.kind}”不是时限类型", f"时限类型只能是：{'、'.join(KINDS)}")
        return KINDS.get(self.kind)

    def _source(self, old: DeadlineSource | None, text: str | None) -> DeadlineSource | None:
        if "时限出处" in self.edited:
            if self.source and self.source not in SOURCES:
                cure = f"时限出处只能是：{'、'.join(SOURCES)}，或留空"
                self.fault("时限出处", f"“{self.source}”不是时限出处", cure)
            return SOURCES.get(self.source)
        if "时限原文" in self.edited:
            return (old or DeadlineSource.COLUMN) if text else None
        return old


def _outdated(old: Deadline, read: ReadDeadline, now: PlanInfo, then: PlanInfo) -> bool:
    """The office corrected the plan's year or date of issue, and the imported date rests on the old one."""
    if not old.text or (now.year, now.issued) == (then.year, then.issued):
        return False
    before = read_deadline(old.text, then.year, then.issued)
    return (before.due, before.kind) == (old.due, old.kind) and before.due != read.due
