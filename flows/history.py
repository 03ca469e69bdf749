"""The read side of the store: what is current, as typed values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from flows.ledger.model import Report, Status
from flows.numbers import Numbers, read_numbers
from flows.periods import Period
from flows.plan.model import Plan
from flows.problems import Problem
from flows.store import Store, arrivals, dispatches, entries, readings, reports


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


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A workbook that was written for a unit."""

    unit: str
    file: str
    sha256: str
    rows: dict[str, dict[str, str]]
    """Item number → what stood in the locked cells: requirement, role, deadline. Numbers are those of its day."""
    today: Mapping[str, str] = field(default_factory=dict)
    """Item number of its day → the number the plan gives the item today, where it is another."""


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
        numbers = self.numbers
        found = {}
        for row in self.store.rows(query):
            rows = json.loads(row.rows)
            today = {no: now for no in rows if (now := numbers.of_dispatch(row.id, no)) != no}
            found[row.unit] = Dispatch(row.unit, row.file, row.sha256, rows, today)
        return found

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

    def versions(self, period: Period) -> dict[tuple[str, str], list[Recorded]]:
        """(unit, item number) → every merged entry of the period, oldest first."""
        return self._all(period, merged=True)

    def held(self, period: Period) -> dict[tuple[str, str], Recorded]:
        """(unit, item number) → right rows of sheets that went back for correction."""
        return {key: kept[-1] for key, kept in self._all(period, merged=False).items()}

    def current(self, period: Period) -> dict[tuple[str, str], Recorded]:
        """(unit, item number) → the last merged entry of this period or any earlier one."""
        found: dict[tuple[str, str], Recorded] = {}
        for each in self.periods():
            if each <= period:
                found |= self.entries(each)
        return found

    def periods(self) -> list[Period]:
        """Periods in which something was issued or came in, oldest first."""
        issued = sa.select(dispatches.c.period).where(dispatches.c.plan == self.plan)
        came = sa.select(arrivals.c.period).where(arrivals.c.plan == self.plan)
        found = {*self.store.column(issued.distinct()), *self.store.column(came.distinct())}
        return sorted(Period.parse(text) for text in found)

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

    def bulletin_number(self, period: Period) -> int:
        """The number of this period's bulletin: kept when it is made again, else the next of the plan."""
        query = sa.select(reports.c.period, reports.c.number).where(reports.c.plan == self.plan)
        made = {row.period: int(row.number) for row in self.store.rows(query)}
        return made.get(str(period), max(made.values(), default=0) + 1)

    def _all(self, period: Period, *, merged: bool) -> dict[tuple[str, str], list[Recorded]]:
        came = {arrival.id: arrival for arrival in self.arrivals(period)}
        numbers = self.numbers
        query = sa.select(entries).where(
            entries.c.plan == self.plan, entries.c.period == str(period), entries.c.merged.is_(merged)
        )
        found: dict[tuple[str, str], list[Recorded]] = {}
        for row in self.store.rows(query):
            arrival = came[row.arrival]
            no = numbers.of_entry(arrival.id, str(period), row.unit, row.no)
            record = Recorded(no, row.unit, _report(row), row.sheet, row.row, arrival)
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
        problems=tuple(Problem(**fault) for fault in json.loads(row.problems)),
        warnings=tuple(json.loads(row.warnings)),
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
