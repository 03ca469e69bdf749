"""The read side of the store: what is current, as typed values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from flows.ledger.model import Report, Status
from flows.periods import Period
from flows.plan.model import Plan
from flows.problems import Problem
from flows.progress import Bounced, Totals
from flows.storage.alike import Alike
from flows.storage.numbers import Numbers, read_numbers
from flows.store import Store, arrivals, bounces, dispatches, entries, letters, readings, reports, senders
from flows.years import is_year

_ISSUE, _REMIND = "下发", "催报"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that came in and what became of it."""

    id: int
    period: str
    unit: str
    name: str
    archived: str
    """Path below the plan's folder, with forward slashes."""
    sha256: str
    sender: str
    message_id: str
    received: datetime
    verdict: str
    reason: str
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    filler: str
    phone: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """An entry of the history and the arrival it came with."""

    no: str
    """As the plan numbers the item today."""
    unit: str
    report: Report
    sheet: str
    row: int
    arrival: Arrival
    merged: bool = True
    """False: held, because other rows of its sheet had to be corrected first."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A workbook that was written for a unit."""

    unit: str
    file: str
    sha256: str
    pressed: bytes
    """``rows`` as the JSON that the store keeps: a big round has 60,000, and most are never looked at."""
    alike: Alike
    """What ``pressed`` was pressed with; one for all of a period."""
    today: Mapping[str, str] = field(default_factory=dict)
    """Item number of its day → the number the plan gives the item today, where it is another."""

    @property
    def rows(self) -> dict[str, dict[str, str]]:
        """Item number → what stood in the locked cells: requirement, role, deadline. Numbers are those of its day."""
        found: dict[str, dict[str, str]] = json.loads(self.alike.opened(self.pressed))
        return found


class History:
    """What the store knows of one plan."""

    def __init__(self, store: Store, plan: str) -> None:
        self.store = store
        self.plan = plan

    @property
    def numbers(self) -> Numbers:
        """How item numbers of earlier days are called today."""
        return read_numbers(self.store, self.plan)

    def reading(self) -> Plan | None:
        """What the last import read, before the office edited it; None before the first import."""
        query = sa.select(readings.c.content).where(readings.c.plan == self.plan).order_by(readings.c.id.desc())
        found = self.store.column(query.limit(1))
        return Plan.from_dict(json.loads(found[0])) if found else None

    def dispatched(self, period: Period) -> dict[str, Dispatch]:
        """The last workbook written for each unit in a period."""
        query = (
            sa.select(dispatches)
            .where(dispatches.c.plan == self.plan, dispatches.c.period == str(period))
            .order_by(dispatches.c.id)
        )
        numbers, alike = self.numbers, Alike()
        found = {}
        for row in self.store.each(query):
            today = {}
            if numbers.steps:
                today = {no: now for no in json.loads(row.rows) if (now := numbers.of_dispatch(row.id, no)) != no}
            found[row.unit] = Dispatch(row.unit, row.file, row.sha256, alike.press(row.rows), alike, today)
        return found

    def issued(self, period: Period) -> frozenset[str]:
        """Units for which a workbook was written in a period."""
        query = sa.select(dispatches.c.unit).where(dispatches.c.plan == self.plan, dispatches.c.period == str(period))
        return frozenset(self.store.column(query))

    def arrivals(self, period: Period) -> list[Arrival]:
        """Everything that came in for a period, in the order in which it was received; a file stands once.

        What was in quarantine and has been taken in since stands with its new verdict.
        """
        query = sa.select(arrivals).where(arrivals.c.plan == self.plan, arrivals.c.period == str(period))
        came = sorted(map(_arrival, self.store.rows(query)), key=lambda a: (a.received, a.id))
        taken = {arrival.sha256 for arrival in came if arrival.verdict != "quarantined"}
        return [arrival for arrival in came if arrival.verdict != "quarantined" or arrival.sha256 not in taken]

    def entries(self, period: Period) -> dict[tuple[str, str], Recorded]:
        """(unit, item number) → the entry that counts in this period: of the last accepted sheet that has it."""
        return {key: kept[-1] for key, kept in self._all(period, merged=True).items()}

    def versions(self, period: Period, unit: str | None = None) -> dict[tuple[str, str], list[Recorded]]:
        """(unit, item number) → every merged entry of the period, oldest first; of one unit, when it is named."""
        return self._all(period, merged=True, unit=unit)

    def held(self, period: Period) -> dict[tuple[str, str], Recorded]:
        """(unit, item number) → right rows of sheets that went back for correction."""
        return {key: kept[-1] for key, kept in self.all_held(period).items()}

    def all_held(self, period: Period, unit: str | None = None) -> dict[tuple[str, str], list[Recorded]]:
        """(unit, item number) → every right row of sheets that went back for correction, oldest first."""
        return self._all(period, merged=False, unit=unit)

    def held_counts(self, period: Period) -> dict[str, int]:
        """Unit → right rows of its last sheet, where that one went back and the rest of it is still awaited."""
        came = self.arrivals(period)
        last = {arrival.unit: arrival.id for arrival in came if arrival.verdict != "quarantined"}
        if not any(arrival.verdict == "returned" and last[arrival.unit] == arrival.id for arrival in came):
            return {}
        counts: dict[str, int] = {}
        for (unit, _no), record in self.held(period).items():
            if record.arrival.id == last[unit]:
                counts[unit] = counts.get(unit, 0) + 1
        return counts

    def current(self, period: Period, unit: str | None = None) -> dict[tuple[str, str], Recorded]:
        """(unit, item number) → the last merged entry of this period or any earlier one; of one unit, when named."""
        if not self.numbers.steps:
            return self._last(period, unit)
        found: dict[tuple[str, str], Recorded] = {}
        for each in self.periods():
            if each <= period and unit is None:
                found |= self.entries(each)
            elif each <= period:
                found |= {key: kept[-1] for key, kept in self.versions(each, unit).items()}
        return found

    def _last(self, period: Period, unit: str | None) -> dict[tuple[str, str], Recorded]:
        """``current`` where numbers have never moved: the database finds the last entries of a year of months."""
        order = (entries.c.period.desc(), arrivals.c.received.desc(), arrivals.c.id.desc(), entries.c.id.desc())
        place = sa.func.row_number().over(partition_by=(entries.c.unit, entries.c.no), order_by=order)
        ranked = (
            sa.select(entries.c.id, place.label("place"))
            .join(arrivals, arrivals.c.id == entries.c.arrival)
            .where(entries.c.plan == self.plan, entries.c.period <= str(period), entries.c.merged.is_(True))
            .where(sa.true() if unit is None else entries.c.unit == unit)
            .subquery()
        )
        query = sa.select(entries).join(ranked, ranked.c.id == entries.c.id).where(ranked.c.place == 1)
        kept = self.store.rows(query.order_by(entries.c.id))
        if not kept:
            return {}
        sheets = sa.select(arrivals).where(
            arrivals.c.plan == self.plan, arrivals.c.period <= str(period), arrivals.c.verdict == "accepted"
        )
        if unit is not None:
            sheets = sheets.where(arrivals.c.id.in_({row.arrival for row in kept}))
        came = {row.id: _arrival(row) for row in self.store.rows(sheets)}
        return {
            (row.unit, row.no): Recorded(row.no, row.unit, _report(row), row.sheet, row.row, came[row.arrival])
            for row in kept
        }

    def periods(self) -> list[Period]:
        """Months in which something was issued or came in, oldest first; not the annual rounds."""
        issued = sa.select(dispatches.c.period).where(dispatches.c.plan == self.plan)
        came = sa.select(arrivals.c.period).where(arrivals.c.plan == self.plan)
        found = {*self.store.column(issued.distinct()), *self.store.column(came.distinct())}
        return sorted(Period.parse(text) for text in found if not is_year(text))

    def bounces(self, period: Period) -> list[Bounced]:
        """Every notice that a letter of the period did not arrive, in the order in which they came."""
        query = (
            sa.select(bounces, letters.c.kind)
            .join(letters, letters.c.id == bounces.c.letter)
            .where(bounces.c.plan == self.plan, bounces.c.period == str(period))
            .order_by(bounces.c.received, bounces.c.id)
        )
        return [
            Bounced(
                row.unit,
                row.address,
                row.code,
                row.reason,
                row.permanent,
                datetime.fromisoformat(row.received),
                row.letter,
                row.kind,
                row.archived,
            )
            for row in self.store.rows(query)
        ]

    def bounced(self, period: Period) -> dict[str, tuple[Bounced, ...]]:
        """Unit → the last notice for each of its addresses, as long as no 下发 went there after it.

        A reminder that the provider took over proves nothing: it will come back like the letter before.
        """
        found = self.bounces(period)
        if not found:
            return {}
        left = self._left(period)
        last = {(each.unit, each.address): each for each in found}
        standing: dict[str, tuple[Bounced, ...]] = {}
        for (unit, address), bounce in last.items():
            again = any(
                kind == _ISSUE and address in to and number > bounce.letter and sent > bounce.at
                for number, kind, to, sent in left.get(unit, ())
            )
            if not again:
                standing[unit] = (*standing.get(unit, ()), bounce)
        return standing

    def unreached(self, period: Period) -> dict[str, tuple[Bounced, ...]]:
        """Unit → why, for units that no letter of the period has reached at any address."""
        standing = self.bounced(period)
        left = self._left(period) if standing else {}
        found = {}
        for unit, told in standing.items():
            dead = {each.address for each in told if each.permanent}
            went = {address for _, kind, to, _ in left.get(unit, ()) for address in to if kind in (_ISSUE, _REMIND)}
            if dead and went <= dead:
                found[unit] = told
        return found

    def _left(self, period: Period) -> dict[str, list[tuple[int, str, tuple[str, ...], datetime]]]:
        """Unit → (row, kind, recipients in lower case, when) of every letter that left."""
        query = sa.select(letters).where(
            letters.c.plan == self.plan, letters.c.period == str(period), letters.c.state == "sent"
        )
        found: dict[str, list[tuple[int, str, tuple[str, ...], datetime]]] = {}
        for row in self.store.rows(query):
            to = tuple(address.lower() for address in json.loads(row.recipients))
            found.setdefault(row.unit, []).append((row.id, row.kind, to, datetime.fromisoformat(row.changed)))
        return found

    def held_for_sender(self, period: Period) -> frozenset[str]:
        """sha256 of the files that lie in quarantine only because of who sent them."""
        query = (
            sa.select(arrivals.c.sha256)
            .join(senders, senders.c.arrival == arrivals.c.id)
            .where(arrivals.c.plan == self.plan, arrivals.c.period == str(period), senders.c.held.is_(True))
        )
        return frozenset(self.store.column(query))

    def last_report(self, before: Period) -> tuple[Period, dict[str, Any]] | None:
        """The figures that the last bulletin of an earlier period printed."""
        query = (
            sa.select(reports.c.period, reports.c.figures)
            .where(reports.c.plan == self.plan, reports.c.period < str(before))
            .order_by(reports.c.period.desc(), reports.c.id.desc())
            .limit(1)
        )
        found = next(iter(self.store.rows(query)), None)
        return (Period.parse(found.period), json.loads(found.figures)) if found else None

    def printed_totals(self, until: Period) -> list[tuple[str, Totals]]:
        """Period and totals of every bulletin up to a period, oldest first; of a reprinted one the last print."""
        query = (
            sa.select(reports.c.period, reports.c.figures)
            .where(reports.c.plan == self.plan, reports.c.period <= str(until))
            .order_by(reports.c.period, reports.c.id)
        )
        found = {row.period: Totals(**json.loads(row.figures)["totals"]) for row in self.store.rows(query)}
        return list(found.items())

    def _all(self, period: Period, *, merged: bool, unit: str | None = None) -> dict[tuple[str, str], list[Recorded]]:
        numbers = self.numbers
        query = sa.select(entries).where(
            entries.c.plan == self.plan, entries.c.period == str(period), entries.c.merged.is_(merged)
        )
        if unit is not None:
            query = query.where(entries.c.unit == unit)
        rows = self.store.rows(query)
        came = {arrival.id: arrival for arrival in self.arrivals(period)} if rows else {}
        found: dict[tuple[str, str], list[Recorded]] = {}
        for row in rows:
            arrival = came[row.arrival]
            no = numbers.of_entry(arrival.id, str(period), row.unit, row.no)
            record = Recorded(no, row.unit, _report(row), row.sheet, row.row, arrival, row.merged)
            found.setdefault((row.unit, no), []).append(record)
        for kept in found.values():
            kept.sort(key=lambda record: (record.arrival.received, record.arrival.id))
        return found


def _arrival(row: sa.Row[Any]) -> Arrival:
    return Arrival(
        id=row.id,
        period=row.period,
        unit=row.unit,
        name=row.name,
        archived=row.archived,
        sha256=row.sha256,
        sender=row.sender,
        message_id=row.message_id,
        received=datetime.fromisoformat(row.received),
        verdict=row.verdict,
        reason=row.reason,
        problems=() if row.problems == "[]" else tuple(Problem(**fault) for fault in json.loads(row.problems)),
        warnings=() if row.warnings == "[]" else tuple(json.loads(row.warnings)),
        filler=row.filler,
        phone=row.phone,
    )


def _report(row: sa.Row[Any]) -> Report:
    return Report(
        status=Status(row.status),
        percent=row.percent,
        progress=row.progress,
        done_on=date.fromisoformat(row.done_on) if row.done_on else None,
        evidence=row.evidence,
        problem=row.problem,
        next_step=row.next_step,
    )
