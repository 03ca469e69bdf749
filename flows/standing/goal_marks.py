"""认定数 in the store: what the office set for a unit's number in a month, and what of it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from flows.goals.series import Mark
from flows.periods import Period
from flows.storage.reviews import Renumbered
from flows.store import Store, append, goal_marks

MarkPlace = tuple[str, str, str]
"""(unit, item number of today, target as printed)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """认定数 and 说明 to write down; both empty take back what stood."""

    unit: str
    no: str
    target: str
    value: float | None
    note: str
    cell: str


def kept_marks(store: Store, plan: str, until: Period) -> dict[MarkPlace, dict[str, Mark]]:
    """(unit, no, target) → month → what the office set, up to a month."""
    query = sa.select(goal_marks).where(goal_marks.c.plan == plan, goal_marks.c.period <= str(until))
    rows = store.rows(query.order_by(goal_marks.c.id))
    found: dict[MarkPlace, dict[str, Mark]] = {}
    if not rows:
        return found
    numbers = Renumbered(store, plan)
    for row in rows:
        place = (row.unit, numbers.today(row.no, row.numbering), row.target)
        found.setdefault(place, {})[row.period] = Mark(row.value, row.note, row.id)
    return found


def mark_by_id(store: Store, number: int) -> Mark | None:
    """One setting of the past: what was prefilled in an older workbook."""
    row = next(iter(store.rows(sa.select(goal_marks).where(goal_marks.c.id == number))), None)
    return Mark(row.value, row.note, row.id) if row is not None else None


def record_marks(
    store: Store, plan: str, period: Period, settings: Iterable[Setting], *, file: str, sha256: str
) -> None:
    """Append what the office has set, all of it or nothing."""
    numbering = Renumbered(store, plan).last
    with store.begin() as db:
        for each in settings:
            append(
                db,
                goal_marks,
                plan=plan,
                period=str(period),
                unit=each.unit,
                no=each.no,
                numbering=numbering,
                target=each.target,
                value=each.value,
                note=each.note,
                file=file,
                sha256=sha256,
                cell=each.cell,
            )
