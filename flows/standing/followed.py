"""What units said about chosen items, month by month: the ground of 量化指标 and of 定期任务."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa

from flows.goals.occurrences import (
    Occurrence,
    Outcome,
    Said,
    comes_again,
    finishes,
    item_in,
    occurrence_in,
    occurrences,
    outcomes,
)
from flows.ledger.model import Report, Status
from flows.periods import CHINA, Period
from flows.plan.model import Item, Plan
from flows.plan.plan_time import PlanTime
from flows.progress import Review
from flows.storage.history import Recorded
from flows.storage.numbers import read_numbers
from flows.storage.reviews import Kept, Place
from flows.store import Store, arrivals, dispatches, entries
from flows.units.assignment import Assignment


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit's last merged report of a month about an item."""

    period: Period
    report: Report
    source: str
    """file!sheet!row, as 总台账 names it."""
    received: date


Entries = dict[Place, list[Entry]]
"""(unit, item number of today) → its months, oldest first."""


def entries_of(store: Store, plan: str, wanted: Collection[str], until: Period) -> Entries:
    """What was said about the items with these numbers, up to a month."""
    if not wanted:
        return {}
    numbers = read_numbers(store, plan)
    called = {*wanted, *(old for step in numbers.steps for old in step.moves)}
    query = (
        sa.select(entries, arrivals.c.archived, arrivals.c.received)
        .join(arrivals, arrivals.c.id == entries.c.arrival)
        .where(
            entries.c.plan == plan,
            entries.c.period <= str(until),
            entries.c.merged.is_(True),
            entries.c.no.in_(sorted(called)),
        )
        .order_by(entries.c.period, arrivals.c.received, arrivals.c.id, entries.c.id)
    )
    last: dict[tuple[str, str, str], Entry] = {}
    for row in store.rows(query):
        no = numbers.of_entry(row.arrival, row.period, row.unit, row.no) if numbers.steps else row.no
        if no not in wanted:
            continue
        day = datetime.fromisoformat(row.received).astimezone(CHINA).date()
        report = Report(
            status=Status(row.status),
            percent=row.percent,
            progress=row.progress,
            done_on=date.fromisoformat(row.done_on) if row.done_on else None,
        )
        source = f"{row.archived}!{row.sheet}!{row.row}"
        last[row.unit, no, row.period] = Entry(Period.parse(row.period), report, source, day)
    found: Entries = {}
    for (unit, no, _period), entry in sorted(last.items(), key=lambda pair: pair[0][2]):
        found.setdefault((unit, no), []).append(entry)
    return found


def asked_months(store: Store, plan: str) -> dict[str, frozenset[Period]]:
    """Unit → the months for which a workbook was written for it."""
    query = sa.select(dispatches.c.unit, dispatches.c.period).where(dispatches.c.plan == plan).distinct()
    found: dict[str, set[Period]] = {}
    for row in store.rows(query):
        if len(row.period) == 7:
            found.setdefault(row.unit, set()).add(Period.parse(row.period))
    return {unit: frozenset(months) for unit, months in found.items()}


@dataclass(frozen=True)
class Again:
    """The plan's items that come due again, as a month sees them. Empty for a plan without any."""

    period: Period
    known: Mapping[str, tuple[Occurrence, ...]]
    """Item number → its occurrences."""
    said: Mapping[Place, tuple[Said, ...]]
    asked: Mapping[str, frozenset[Period]]
    closed: Mapping[Place, Period]

    def outcomes(self, place: Place) -> tuple[Outcome, ...]:
        """What has become of every occurrence of the year, up to this month."""
        return outcomes(self.known[place[1]], self.said.get(place, ()), self.closed.get(place))

    def was_asked(self, unit: str, occurrence: Occurrence) -> bool:
        """Whether the unit had a workbook in one of the occurrence's months."""
        return any(occurrence.first <= month <= occurrence.last for month in self.asked.get(unit, ()))

    def missed(self, place: Place) -> date | None:
        """The day of the occurrence before, when it was asked for and neither it nor this month's is finished."""
        known = self.known.get(place[1])
        if not known:
            return None
        now = occurrence_in(known, self.period).number - 1
        if not now:
            return None
        found = self.outcomes(place)
        before = found[now - 1]
        if found[now].is_settled or before.is_settled or not self.was_asked(place[0], before.occurrence):
            return None
        return before.occurrence.due

    def counts(self, place: Place, record: Recorded) -> bool | None:
        """Whether a report still says something: None as it is, True as under way, False it is of an earlier time."""
        known = self.known.get(place[1])
        if not known or record.report.status is not Status.DONE:
            return None
        told = Said(Period.parse(record.arrival.period), record.report)
        now = occurrence_in(known, self.period)
        if occurrence_in(known, told.period) != now:
            return False
        return None if finishes(known, told) else True

    def plan(self, plan: Plan) -> Plan:
        """The plan with the days of this month's occurrences; the plan itself where nothing comes again."""
        if not self.known:
            return plan
        items = tuple(item_in(item, self.known.get(item.no, ()), self.period) for item in plan.items)
        return replace(plan, items=items)

    def current(self, current: Mapping[Place, Recorded]) -> Mapping[Place, Recorded]:
        """What counts, without what was finished at an earlier time: there something new has begun."""
        if not self.known:
            return current
        found = {}
        for place, record in current.items():
            under_way = self.counts(place, record)
            if under_way:
                report = replace(record.report, status=Status.MOVING, percent=None, done_on=None)
                record = replace(record, report=report)
            if under_way is not False:
                found[place] = record
        return found

    def all_missed(self, assignment: Assignment) -> dict[Place, date]:
        """(unit, no) → `missed`, for everybody who has missed something."""
        places = ((share.unit.name, no) for no in self.known for share in assignment.of(no))
        return {place: day for place in places if (day := self.missed(place))}

    @property
    def begins(self) -> dict[str, date]:
        """Item number → the day on which the time of this month's occurrence began."""
        return {no: occurrence_in(known, self.period).first.first_day for no, known in self.known.items()}

    def in_time(self, reviews: Mapping[Place, Review]) -> dict[Place, Review]:
        """The rulings without those of an earlier occurrence, which is over; 销号 stands."""
        return {place: review for place, review in reviews.items() if self.stands(place, review)}

    def stands(self, place: Place, review: Review) -> bool:
        """Whether a ruling is about this month's occurrence."""
        known = self.known.get(place[1])
        if not known or review.ruling.closed:
            return True
        return occurrence_in(known, Period.parse(review.period)) == occurrence_in(known, self.period)


def again_in(store: Store, slug: str, plan: Plan, period: Period, kept: Iterable[Kept], *, until: Period) -> Again:
    """What comes again in a plan, for a month, by what was said and ruled up to ``until``."""
    found = {item.no: each for item in plan.items if (each := _known(item, plan))}
    if not found:
        return Again(period, {}, {}, {}, {})
    said: dict[Place, dict[Period, Said]] = {}
    for place, months in entries_of(store, slug, found.keys(), until).items():
        said[place] = {each.period: Said(each.period, each.report, each.source, each.received) for each in months}
    closed: dict[Place, Period] = {}
    for ruling in kept:
        month, place = Period.parse(ruling.period), (ruling.unit, ruling.no)
        if ruling.no not in found or month > until:
            continue
        if ruling.ruling.closed:
            closed.setdefault(place, month)
        else:
            closed.pop(place, None)
        status = ruling.ruling.status
        if status:
            of_month = said.setdefault(place, {})
            own = of_month.get(month)
            report = Report(status, done_on=own.report.done_on if own else None)
            of_month[month] = Said(
                month, report, own.source if own else f"{ruling.file}!{ruling.cell}", ruling.at.astimezone(CHINA).date()
            )
    in_order = {place: tuple(each[month] for month in sorted(each)) for place, each in said.items()}
    return Again(period, found, in_order, asked_months(store, slug), closed)


def _known(item: Item, plan: Plan) -> tuple[Occurrence, ...]:
    return occurrences(item, PlanTime.of(plan.info), plan.info.issued) if comes_again(item) else ()
