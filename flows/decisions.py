"""What a clerk decided once: taken in from review workbooks, kept in the store, applied to every plan of the home."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from flows.numbers import record_numbers
from flows.periods import CHINA
from flows.plan.review import Decided, Remembered, Reviewed, read_reviewed
from flows.problems import UserError
from flows.store import Store, append, as_json, decisions
from flows.workspace import Home


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions in force."""

    rows: tuple[Remembered, ...] = ()

    @property
    def units(self) -> Mapping[str, tuple[str, ...]]:
        """Unit expression as printed → names of units, kinds or groups."""
        return {kept.word: kept.meaning for kept in self.rows if kept.kind == "unit"}

    @property
    def columns(self) -> Mapping[str, str]:
        """Header word as printed → what the column means."""
        return {kept.word: kept.meaning[0] for kept in self.rows if kept.kind == "column"}


def read_decisions(store: Store) -> Decisions:
    """Of every word the last decision, in the order in which the words were first decided."""
    last: dict[tuple[str, str], Remembered] = {}
    for row in store.rows(sa.select(decisions).order_by(decisions.c.id)):
        day = datetime.fromisoformat(row.at).astimezone(CHINA).date()
        meaning = tuple(json.loads(row.meaning))
        last[row.kind, row.word] = Remembered(row.id, row.kind, row.word, meaning, row.plan, day)
    return Decisions(tuple(kept for kept in last.values() if kept.meaning))


def remember(store: Store, plan: str, reviewed: Reviewed) -> None:
    """Take what a review workbook decides into the store. Each answer and each taking back counts once."""
    known = {kept.id: kept for kept in read_decisions(store).rows}
    wanted = list(reviewed.decided)
    for number in reviewed.forgotten:
        if kept := known.get(number):
            wanted.append(Decided(kept.kind, kept.word, (), f"收回 {number}"))
    if wanted:
        _append(store, plan, wanted)
    for moved in reviewed.pending:
        record_numbers(store, plan, moved)


def _append(store: Store, plan: str, wanted: Iterable[Decided]) -> None:
    with store.begin() as db:
        for each in wanted:
            same = (decisions.c.kind == each.kind, decisions.c.word == each.word, decisions.c.origin == each.origin)
            if db.execute(sa.select(decisions.c.id).where(*same)).first() is None:
                meaning = as_json(list(each.meaning))
                append(
                    db,
                    decisions,
                    kind=each.kind,
                    word=each.word,
                    meaning=meaning,
                    plan=plan,
                    origin=each.origin,
                )


def remember_home(home: Home, store: Store) -> None:
    """Take in the answers of all plans, so that a new plan is not asked what another one's table already says.

    A table that cannot be read is left to the command that works with it.
    """
    for path in sorted(home.ledgers.glob("*/任务分解表.xlsx")):
        with contextlib.suppress(UserError):
            remember(store, path.parent.name, read_reviewed(path))
