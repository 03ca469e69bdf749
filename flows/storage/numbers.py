"""Item numbers of earlier days: a revised plan numbers anew, the history speaks of the same items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from flows.plan.review import Renumbering
from flows.store import Store, append, arrivals, as_json, dispatches, numberings


@dataclass(frozen=True, slots=True)
class _Step:
    """One revision: from it on, ``moves`` holds."""

    dispatch: int
    arrival: int
    moves: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The revisions of one plan, oldest first."""

    steps: tuple[_Step, ...] = ()
    reissued: Mapping[tuple[str, str], tuple[tuple[int, int], ...]] | None = None
    """(period, unit) → (id of a workbook, id of the last file that came before it), oldest first."""

    def of_dispatch(self, dispatch: int, no: str) -> str:
        """Today's number of an item in a workbook that was issued."""
        for step in self.steps:
            if dispatch <= step.dispatch:
                no = step.moves.get(no, no)
        return no

    def of_entry(self, arrival: int, period: str, unit: str, no: str) -> str:
        """Today's number of an item in a sheet that came in: it speaks of the workbook that was out at the time."""
        for step in self.steps:
            if arrival <= step.arrival or not self._reissued(period, unit, step, arrival):
                no = step.moves.get(no, no)
        return no

    def _reissued(self, period: str, unit: str, step: _Step, arrival: int) -> bool:
        """A workbook with the numbers after a revision was out before this file came."""
        issued = (self.reissued or {}).get((period, unit), ())
        return any(dispatch > step.dispatch and before < arrival for dispatch, before in issued)


def read_numbers(store: Store, plan: str) -> Numbers:
    """The revisions of a plan."""
    rows = store.rows(sa.select(numberings).where(numberings.c.plan == plan).order_by(numberings.c.id))
    if not rows:
        return Numbers()
    steps: dict[str, _Step] = {}
    for row in rows:
        steps[row.revision] = _Step(row.dispatch, row.arrival, json.loads(row.moves))
    first = min(step.dispatch for step in steps.values())
    query = sa.select(dispatches.c.id, dispatches.c.period, dispatches.c.unit, dispatches.c.at).where(
        dispatches.c.plan == plan, dispatches.c.id > first
    )
    came = store.rows(sa.select(arrivals.c.id, arrivals.c.at).where(arrivals.c.plan == plan).order_by(arrivals.c.id))
    reissued: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in store.rows(query.order_by(dispatches.c.id)):
        # A file taken in during the same second as the workbook was written is an answer to it, not to the one before.
        before = max((other.id for other in came if other.at < row.at), default=0)
        reissued.setdefault((row.period, row.unit), []).append((row.id, before))
    return Numbers(tuple(steps.values()), {place: tuple(kept) for place, kept in reissued.items()})


def last_rows(store: Store, plan: str) -> tuple[int, int]:
    """Ids of the last workbook issued and the last file that came in; 0 for none."""
    dispatch = store.column(sa.select(sa.func.max(dispatches.c.id)).where(dispatches.c.plan == plan))
    arrival = store.column(sa.select(sa.func.max(arrivals.c.id)).where(arrivals.c.plan == plan))
    return dispatch[0] or 0, arrival[0] or 0


def record_numbers(store: Store, plan: str, moved: Renumbering) -> None:
    """Take a renumbering that stands in a workbook into the store; nothing happens when it is there already."""
    moves = as_json(dict(moved.moves))
    with store.begin() as db:
        query = sa.select(numberings.c.moves).where(numberings.c.plan == plan, numberings.c.revision == moved.id)
        known = list(db.execute(query.order_by(numberings.c.id)).scalars())
        if not known or known[-1] != moves:
            append(
                db,
                numberings,
                plan=plan,
                revision=moved.id,
                dispatch=moved.dispatch,
                arrival=moved.arrival,
                moves=moves,
            )
