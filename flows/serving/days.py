"""The moments that a period has by [schedule]: working days of the Chinese calendar, Beijing time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flows.periods import CHINA, Period
from flows.plan.workdays import add_workdays, is_workday
from flows.serving.settings import Schedule, clock


@dataclass(frozen=True, slots=True)
class Slot:
    """One occasion of a step; ``name`` makes it happen once."""

    name: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """All occasions of a period, each list in order of time."""

    issue: Slot | None
    issue_until: datetime
    """Nothing is issued by schedule after the day of reply: a unit could only be late."""
    reminders: tuple[Slot, ...]
    bulletin: Slot | None
    collect_until: datetime
    """Answers are fetched by schedule until the bulletin's day, or the end of the next month."""


def calendar(period: Period, reply_by: date, rules: Schedule) -> Calendar:
    """The occasions of a period whose 报送截止日 is ``reply_by``."""
    bulletin = _bulletin(period, rules)
    return Calendar(
        issue=_issue(period, rules),
        issue_until=_at(reply_by + timedelta(days=1), time()),
        reminders=_reminders(reply_by, rules),
        bulletin=bulletin,
        collect_until=_at(period.next.last_day + timedelta(days=1), time()),
    )


def workday_of_month(period: Period, number: int) -> date:
    """The ``number``-th working day of a month."""
    return add_workdays(period.first_day - timedelta(days=1), number)[0]


def workdays_before(day: date, number: int) -> date:
    """The ``number``-th working day before a day; with 0 the day itself, or the last working day before it."""
    if number == 0:
        while not is_workday(day)[0]:
            day -= timedelta(days=1)
        return day
    while number:
        day -= timedelta(days=1)
        number -= is_workday(day)[0]
    return day


def workday_from(day: date) -> date:
    """The day itself, or the next working day."""
    return add_workdays(day - timedelta(days=1), 1)[0]


def _issue(period: Period, rules: Schedule) -> Slot | None:
    if not rules.issue_workday:
        return None
    return Slot("下发", _at(workday_of_month(period, rules.issue_workday), clock(rules.issue_at)))


def _reminders(reply_by: date, rules: Schedule) -> tuple[Slot, ...]:
    """One a day: two rules that name the same day are one occasion."""
    hour = clock(rules.remind_at)
    days = {workdays_before(reply_by, number): f"截止前{number}个工作日催报" for number in sorted(rules.remind_before)}
    if rules.remind_on:
        days[workdays_before(reply_by, 0)] = "截止日催报"
    days |= {add_workdays(reply_by, number)[0]: f"截止后第{number}个工作日催报" for number in rules.remind_after}
    return tuple(Slot(days[day], _at(day, hour)) for day in sorted(days))


def _bulletin(period: Period, rules: Schedule) -> Slot | None:
    if not rules.bulletin_day:
        return None
    return Slot("通报", _at(workday_from(period.next.day(rules.bulletin_day)), clock(rules.bulletin_at)))


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, CHINA)
