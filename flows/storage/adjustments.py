"""加减分 in the store: what the office has added, taken back and changed, and what of it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from flows.assessment.model import Adjustment, is_whole_year
from flows.periods import Period
from flows.problems import Problem
from flows.store import Store, adjustments, append


@dataclass(frozen=True, slots=True)
class Difference:
    """What a sheet has changed, and what of it could not be taken."""

    added: tuple[Adjustment, ...] = ()
    removed: tuple[Adjustment, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.problems)


def standing(store: Store, plan: str, first: Period, last: Period) -> tuple[Adjustment, ...]:
    """Every line of the years of a range that stands, in the order in which they were first written."""
    years = adjustments.c.year.between(first.year, last.year)
    query = sa.select(adjustments).where(adjustments.c.plan == plan, years)
    found: dict[Adjustment, bool] = {}
    for row in store.rows(query.order_by(adjustments.c.id)):
        points = Decimal(row.points) if row.points else None
        found[Adjustment(row.unit, points, row.reason, row.basis, row.period)] = row.stands
    return tuple(line for line, stands in found.items() if stands)


def within(lines: Iterable[Adjustment], first: Period, last: Period) -> tuple[Adjustment, ...]:
    """The lines that belong to a range; those without a month belong to the whole calendar year only."""
    whole = is_whole_year(first, last)
    return tuple(line for line in lines if (str(first) <= line.period <= str(last) if line.period else whole))


def difference(
    known: Sequence[Adjustment], written: Mapping[str, Adjustment], before: Iterable[Adjustment] = ()
) -> tuple[dict[str, Adjustment], tuple[Adjustment, ...]]:
    """What a sheet adds (cell → line) and takes back.

    ``known`` stands in the store, ``written`` is what the sheet says now, ``before`` what it said when it was made:
    only a line that the office has seen there can have been taken out of it.
    """
    now = set(written.values())
    added = {cell: line for cell, line in written.items() if line not in known}
    removed = tuple(line for line in dict.fromkeys(before) if line in known and line not in now)
    return added, removed


def record(
    store: Store,
    plan: str,
    year: int,
    added: Mapping[str, Adjustment],
    removed: Iterable[Adjustment],
    *,
    file: str,
    sha256: str,
) -> None:
    """Write all of it down, or none. ``year``: of the lines without a month; the others know their own."""
    rows = [(cell, line, True) for cell, line in added.items()] + [("", line, False) for line in removed]
    with store.begin() as db:
        for cell, line, stands in rows:
            append(
                db,
                adjustments,
                plan=plan,
                year=Period.parse(line.period).year if line.period else year,
                unit=line.unit,
                points="" if line.points is None else str(line.points),
                reason=line.reason,
                basis=line.basis,
                period=line.period,
                stands=stands,
                file=file,
                sha256=sha256,
                cell=cell,
            )
