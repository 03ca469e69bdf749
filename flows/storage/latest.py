"""What was last said about given places: of a round that everybody has answered, one month is read, not the year."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import sqlalchemy as sa

from flows.ledger.model import Report, Status
from flows.periods import Period
from flows.storage.history import History, Recorded
from flows.store import entries

_Place = tuple[str, str]
_STATUS = {status.value: status for status in Status}
_SHORT = 24
_FEW = 300
"""So many units are looked for by name: databases take a limited number of values."""


def latest(history: History, period: Period, wanted: Collection[_Place]) -> dict[_Place, Recorded]:
    """``history.current`` of these (unit, item number) alone: from the newest month back until none is left."""
    missing, found = {place: place for place in wanted}, dict[_Place, Recorded]()
    moved = bool(history.numbers.steps)
    for month in reversed(history.periods() if missing else []):
        if month <= period:
            kept = history.entries(month) if moved else _said(history, month, missing)
            if moved:
                kept = {place: record for place, record in kept.items() if place in missing}
            found = found | kept if found else kept
            for place in kept:
                del missing[place]
        if not missing:
            break
    return found


def _said(history: History, month: Period, wanted: Mapping[_Place, _Place]) -> dict[_Place, Recorded]:
    """What counts of one month about these places, where numbers have never moved."""
    kept = entries.c
    query = sa.select(
        *(kept.arrival, kept.unit, kept.no, kept.status, kept.percent, kept.progress, kept.done_on),
        *(kept.evidence, kept.problem, kept.next_step, kept.sheet, kept.row),
    ).where(kept.plan == history.plan, kept.period == str(month), kept.merged.is_(True))
    query = query.order_by(kept.id)  # of two rows of one sheet the later one counts
    units = {unit for unit, _no in wanted}
    if len(units) <= _FEW:
        query = query.where(kept.unit.in_(sorted(units)))
    came = {arrival.id: arrival for arrival in history.arrivals(month)}
    found: dict[_Place, Recorded] = {}
    known: dict[str, str] = {}

    def same(text: str) -> str:
        """One string for all that are equal: each row brings its own copy of its sheet's name."""
        return known.setdefault(text, text) if len(text) <= _SHORT else text

    # Taken apart by position: of a big round these are 60,000 rows, and names cost as much as all the rest.
    for one in history.store.each(query):
        arrival, unit, no, status, percent, progress, done, evidence, problem, step, sheet, row = one
        place = wanted.get((unit, no))  # its own object: of a province these are 600,000
        if place is None:
            continue
        sheet_of = came[arrival]
        if (before := found.get(place)) is not None:
            other = before.arrival
            if (sheet_of.received, arrival) < (other.received, other.id):
                continue
        done_on = date.fromisoformat(done) if done else None
        if evidence or problem or step:  # mostly there are none
            texts = [same(text or "") for text in (evidence, problem, step)]
            report = Report(_STATUS[status], percent, progress, done_on, *texts)
        else:
            report = Report(_STATUS[status], percent, progress, done_on)
        unit, no = place
        found[place] = Recorded(no, unit, report, same(sheet), row, sheet_of)
    return found
