"""核定 in the store: what the office ruled, when and about which report, and what of it stands in a period."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from flows.ledger.model import Status
from flows.ledger.review_key import mark_of, repeats
from flows.periods import Period
from flows.progress import Review, Ruling
from flows.storage.history import Recorded
from flows.store import Store, append, master_files, masters, numberings, reviews

Place = tuple[str, str]
"""(unit, item number)."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One ruling of the history."""

    id: int
    period: str
    unit: str
    no: str
    """As the plan numbers the item today."""
    ruling: Ruling
    mark: str
    """The report that the office looked at; see ``review_key.mark_of``."""
    file: str
    sha256: str
    cell: str
    at: datetime


class Renumbered:
    """How item numbers moved since a row was written."""

    def __init__(self, store: Store, plan: str) -> None:
        first: dict[str, int] = {}
        moves: dict[str, Mapping[str, str]] = {}
        query = sa.select(numberings.c.id, numberings.c.revision, numberings.c.moves).where(numberings.c.plan == plan)
        self.last = 0
        """The last row that tells of a move; 0 for none."""
        for row in store.rows(query.order_by(numberings.c.id)):
            first.setdefault(row.revision, row.id)
            moves[row.revision] = json.loads(row.moves)
            self.last = row.id
        self._steps = [(first[revision], moves[revision]) for revision in first]

    def today(self, no: str, known: int) -> str:
        """Today's number of an item that was called ``no`` when row ``known`` was the last one."""
        for row, moves in self._steps:
            if row > known:
                no = moves.get(no, no)
        return no


def kept_reviews(store: Store, plan: str) -> list[Kept]:
    """Every ruling about a plan, in the order in which they were made."""
    numbers = Renumbered(store, plan)
    query = sa.select(reviews).where(reviews.c.plan == plan).order_by(reviews.c.id)
    return [_kept(row, numbers) for row in store.rows(query)]


def standing(period: Period, current: Mapping[Place, Recorded], kept: Iterable[Kept]) -> dict[Place, Review]:
    """(unit, no) → the ruling of ``kept`` that stands in a period over what ``current`` says.

    Of each place the last ruling of this period or an earlier one. 核定状态 and 核定意见 stand for the report that they
    were made on, and in the same period for one that came after it (then ``overtaken``); once the unit reports in a
    later period they lapse. A sheet that comes back with the row as it was sent out is no such report: the words that
    the office did not accept come prefilled. 销号, extension and note stand until the office takes them back.
    """
    last: dict[Place, Kept] = {}
    for each in kept:
        before = last.get((each.unit, each.no))
        if each.period <= str(period) and (before is None or before.period <= each.period):
            last[each.unit, each.no] = each
    found = {}
    for place, each in last.items():
        review = _review(each, current.get(place))
        if not review.ruling.is_empty:
            found[place] = review
    return found


def _review(kept: Kept, record: Recorded | None) -> Review:
    ruling, lapsed, overtaken = kept.ruling, False, False
    if record and record.arrival.period > kept.period:
        if not ruling.closed and not repeats(kept.mark, Period.parse(kept.period), record.report):
            ruling, lapsed = replace(ruling, status=None, opinion=""), True
    elif ruling.status or ruling.opinion or ruling.closed:
        now = mark_of(record.arrival.period, record.report) if record else ""
        overtaken = now != kept.mark
    return Review(ruling, kept.period, kept.at, overtaken, lapsed, kept.id)


@dataclass(frozen=True, slots=True)
class Decided:
    """A ruling to write down."""

    unit: str
    no: str
    ruling: Ruling
    mark: str
    cell: str


def record_reviews(
    store: Store, plan: str, period: Period, decided: Iterable[Decided], *, file: str, sha256: str, numbering: int
) -> None:
    """Append rulings, all of them or none."""
    with store.begin() as db:
        for each in decided:
            ruling = each.ruling
            append(
                db,
                reviews,
                plan=plan,
                period=str(period),
                unit=each.unit,
                no=each.no,
                numbering=numbering,
                status=ruling.status.value if ruling.status else "",
                opinion=ruling.opinion,
                closed=ruling.closed,
                extended=ruling.extended.isoformat() if ruling.extended else None,
                reason=ruling.reason,
                note=ruling.note,
                mark=each.mark,
                file=file,
                sha256=sha256,
                cell=each.cell,
            )


def remember_master(store: Store, plan: str, period: Period, *, sha256: str, content: str, rows: int) -> None:
    """Note that a 总台账 is about to be written: its bytes, its content (see ``master_content``), its tasks."""
    if written_rows(store, plan, period, sha256) is None:
        store.add(master_files, plan=plan, period=str(period), sha256=sha256, content=content, rows=rows)


def written_rows(store: Store, plan: str, period: Period, sha256: str) -> int | None:
    """How many tasks stand in a 总台账 of these bytes; None when it was not written here, or touched since."""
    found = store.column(_files(master_files.c.rows, plan, period).where(master_files.c.sha256 == sha256).limit(1))
    return int(found[0]) if found else None


def most_rows(store: Store, plan: str, period: Period) -> int:
    """The greatest number of tasks in any 总台账 of a period that was written here; 0 when unknown."""
    (found,) = store.column(_files(sa.func.max(master_files.c.rows), plan, period))
    return int(found or 0)


def is_ours(store: Store, plan: str, period: Period, content: str) -> bool:
    """Whether a 总台账 with this content was written here: nobody has touched what is not to be filled in."""
    query = _files(master_files.c.id, plan, period).where(master_files.c.content == content)
    return bool(content) and bool(store.column(query.limit(1)))


def former_contents(store: Store, plan: str, period: Period) -> set[str]:
    """Digests of contents as they were kept before ``master_files``; none once that knows the period."""
    if most_rows(store, plan, period):
        return set()
    kept = masters.c
    return set(store.column(sa.select(kept.content).where(kept.plan == plan, kept.period == str(period)))) - {""}


def _files(column: sa.ColumnElement[Any], plan: str, period: Period) -> sa.Select[Any]:
    return sa.select(column).where(master_files.c.plan == plan, master_files.c.period == str(period))


def _kept(row: sa.Row[Any], numbers: Renumbered) -> Kept:
    return Kept(
        id=row.id,
        period=row.period,
        unit=row.unit,
        no=numbers.today(row.no, row.numbering),
        ruling=Ruling(
            status=Status(row.status) if row.status else None,
            opinion=row.opinion,
            closed=row.closed,
            extended=date.fromisoformat(row.extended) if row.extended else None,
            reason=row.reason,
            note=row.note,
        ),
        mark=row.mark,
        file=row.file,
        sha256=row.sha256,
        cell=row.cell,
        at=datetime.fromisoformat(row.at),
    )
