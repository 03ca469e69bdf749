"""What a clerk decided once: taken in from review workbooks, kept in the store, applied to every plan of the home."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flows.periods import CHINA
from flows.plan.review import Decided, Remembered, Renumbering, Reviewed, read_reviewed
from flows.problems import UserError
from flows.storage.database import is_read_only
from flows.storage.numbers import last_rows, record_numbers
from flows.store import Store, as_json, decisions, numberings
from flows.workspace import Home

_TAKEN_BACK = "收回 "
"""How the origin of a taking back begins."""


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
    """Take what a review workbook decides into the store. Each answer and each taking back counts once.

    Who may only read the store sees what others have recorded.
    """
    if is_read_only(store.engine):
        return
    known = {kept.id: kept for kept in read_decisions(store).rows}
    wanted = [*reviewed.decided, *reviewed.emptied]
    for number in reviewed.forgotten:
        if kept := known.get(number):
            wanted.append(Decided(kept.kind, kept.word, (), f"{_TAKEN_BACK}{number}"))
    if wanted:
        _append(store, plan, wanted)
    for moved in reviewed.pending:
        record_numbers(store, plan, moved)
    if reviewed.by_hand:
        _remember_numbers(store, plan, reviewed.by_hand)


def _remember_numbers(store: Store, plan: str, moved: Renumbering) -> None:
    """Numbers changed by hand, from the workbooks and files on that are there when they are first seen."""
    known = store.column(
        sa.select(numberings.c.id).where(numberings.c.plan == plan, numberings.c.revision == moved.id).limit(1)
    )
    if moved.moves or known:
        dispatch, arrival = last_rows(store, plan)
        record_numbers(store, plan, replace(moved, dispatch=dispatch, arrival=arrival))


def decisions_for(store: Store, reviewed: Reviewed | None) -> Decisions:
    """The decisions as one plan sees them: its own answers go before what other plans have taught the home.

    An answer that has been taken back since it was given does not count, though it still stands in the sheet.
    """
    memory = {(kept.kind, kept.word): kept for kept in read_decisions(store).rows}
    for own in reviewed.decided if reviewed else ():
        given = _last(store, own, decisions.c.origin == own.origin)
        taken_back = _last(store, own, decisions.c.origin.startswith(_TAKEN_BACK))
        if own.meaning and given and (taken_back is None or taken_back.id < given.id):
            day = datetime.fromisoformat(given.at).astimezone(CHINA).date()
            memory[own.kind, own.word] = Remembered(given.id, own.kind, own.word, own.meaning, given.plan, day)
    return Decisions(tuple(memory.values()))


def _append(store: Store, plan: str, wanted: Iterable[Decided]) -> None:
    """Write down what has changed: an answer that says something else than this workbook said last.

    An answer that was emptied takes the word back, unless another plan has decided it since.
    """
    for each in wanted:
        token = each.origin.partition(":")[0]
        own = _last(store, each, decisions.c.origin.startswith(f"{token}:"))
        meaning = as_json(list(each.meaning))
        if each.origin.startswith(_TAKEN_BACK):
            changed = _last(store, each, decisions.c.origin == each.origin) is None
        elif each.meaning:
            changed = own is None or own.meaning != meaning
        else:
            last = _last(store, each, sa.true())
            changed = own is not None and own.meaning != meaning and last is not None and last.id == own.id
        if changed:
            store.add(decisions, kind=each.kind, word=each.word, meaning=meaning, plan=plan, origin=each.origin)


def _last(store: Store, each: Decided, *more: sa.ColumnElement[bool]) -> sa.Row[Any] | None:
    """The newest row about a word."""
    query = sa.select(decisions).where(decisions.c.kind == each.kind, decisions.c.word == each.word, *more)
    return next(iter(store.rows(query.order_by(decisions.c.id.desc()).limit(1))), None)


def remember_home(home: Home, store: Store) -> None:
    """Take in the answers of all plans, so that a new plan is not asked what another one's table already says.

    A table that cannot be read is left to the command that works with it.
    """
    for path in sorted(home.ledgers.glob("*/任务分解表.xlsx")):
        with contextlib.suppress(UserError):
            remember(store, path.parent.name, read_reviewed(path))
