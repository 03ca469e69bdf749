"""定期任务: the times in a plan's year at which an item comes due, and what has become of each of them.

A month belongs to the first occurrence whose day does not lie before it: of 每季度末 January to March are the first. A
report of 已完成 finishes the occurrence of its month, unless its 完成日期 lies within the one before. What was finished
is so until the next begins; what was not finished in its time stays overdue until the next is, or has had its time too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.ledger.model import Report, Status
from flows.periods import Period
from flows.plan.deadline_rhythm import due_days, rhythm_words
from flows.plan.model import Deadline, Item, Kind
from flows.plan.plan_time import PlanTime


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an item comes due: its day, the first month in which it is asked about, its place from 1."""

    due: date
    first: Period
    number: int
    after: date | None = None
    """The day of the one before."""

    @property
    def last(self) -> Period:
        """The month of its day."""
        return Period.of(self.due)


def comes_again(item: Item) -> bool:
    """Whether an item is followed by occurrences: 定期 with a rhythm and without a day of its own."""
    return item.deadline.kind is Kind.PERIODIC and item.deadline.due is None and bool(item.rhythm)


def occurrences(item: Item, time: PlanTime, issued: date | None = None) -> tuple[Occurrence, ...]:
    """The occurrences of a plan's time, one a month at most; those before the plan was issued are none.

    What comes due more often than monthly (每周, 每旬) is asked about monthly, by its last day in the month.
    """
    if not comes_again(item):
        return ()
    try:
        days = due_days(item.rhythm or "", time.first.year, since=time.first, until=time.last)
    except ValueError:
        return ()
    if time.school and _is_yearly(item):
        days = (time.last,)
    last_of_month = {(day.year, day.month): day for day in days if issued is None or day >= issued}
    found: list[Occurrence] = []
    for number, day in enumerate(sorted(last_of_month.values()), 1):
        before = found[-1].due if found else None
        first = Period.of(before).next if before else Period.of(time.first)
        found.append(Occurrence(day, first, number, before))
    return tuple(found)


def _is_yearly(item: Item) -> bool:
    """Whether once a year is all that is said: no month of the calendar year."""
    said = f"{item.deadline.text or ''}{item.requirement}"
    return re.match("FREQ=YEARLY;BYMONTH=12;", item.rhythm or "") is not None and not re.search(
        "12月|十二月|年[底末]", said
    )


def occurrence_in(known: Sequence[Occurrence], period: Period) -> Occurrence:
    """The one that a month asks about; after the last of the year, the last."""
    return next((each for each in known if each.last >= period), known[-1])


def item_in(item: Item, known: Sequence[Occurrence], period: Period) -> Item:
    """The item with the day of the occurrence that a month asks about."""
    return due_on(item, occurrence_in(known, period).due) if known else item


def due_on(item: Item, day: date) -> Item:
    """A periodic item with the day of one occurrence."""
    text = item.deadline.text or (rhythm_words(item.rhythm) if item.rhythm else None)
    return replace(item, deadline=Deadline(text, item.deadline.source, day, item.deadline.kind))


@dataclass(frozen=True, slots=True)
class Said:
    """What counts as said in one month: the unit's last report, with what the office ruled on it in that month."""

    period: Period
    report: Report
    source: str = ""
    told_on: date | None = None
    """The day on which it came."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What has become of one occurrence for one unit."""

    occurrence: Occurrence
    done: date | None = None
    """When it was finished: 完成日期, else the day on which it was reported; None: it is not."""
    exempt: bool = False
    source: str = ""
    period: Period | None = None
    """The month in which it was reported as finished."""
    told_on: date | None = None
    """The day of that report."""

    @property
    def is_settled(self) -> bool:
        """Finished, or none of the unit's business."""
        return self.done is not None or self.exempt


def outcomes(known: Sequence[Occurrence], said: Iterable[Said], closed: Period | None = None) -> tuple[Outcome, ...]:
    """What has become of every occurrence by what was said (oldest first); ``closed``: the month of its 销号.

    Who is not concerned stays so until it says something else; after 销号 nothing is asked for any more.
    """
    found: list[Outcome | None] = [None] * len(known)
    for each in said:
        place = occurrence_in(known, each.period).number - 1
        report = each.report
        if report.status is Status.DONE:
            place = _meant(known, place, report)
            before = found[place]
            if before is None or before.done is None:
                day = report.done_on or each.told_on or known[place].due
                found[place] = Outcome(known[place], day, False, each.source, each.period, each.told_on)
        elif report.status is Status.EXEMPT:
            found[place] = Outcome(known[place], None, True, each.source, each.period)
        else:
            found[place] = Outcome(known[place], source=each.source)
    whole: list[Outcome] = []
    for occurrence, outcome in zip(known, found, strict=True):
        if outcome is None:
            outcome = Outcome(occurrence, exempt=bool(whole and whole[-1].exempt))
        if closed and occurrence.last >= closed and outcome.done is None:
            outcome = replace(outcome, exempt=True)
        whole.append(outcome)
    return tuple(whole)


def finishes(known: Sequence[Occurrence], said: Said) -> bool:
    """Whether a report of 已完成 is about the occurrence of its own month, not about the one before."""
    place = occurrence_in(known, said.period).number - 1
    return _meant(known, place, said.report) == place


def _meant(known: Sequence[Occurrence], place: int, report: Report) -> int:
    day = report.done_on
    while place and day is not None and (before := known[place].after) is not None and day <= before:
        place -= 1
    return place
