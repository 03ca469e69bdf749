"""The moments of a month's and a year's round by [schedule]: working days of the Chinese calendar, Beijing time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flows.periods import CHINA, Period
from flows.plan.workdays import add_workdays, is_workday
from flows.serving.settings import Schedule, Span, clock, report_day

_MAKE_UP = timedelta(days=7)
"""A bulletin is made up for so long, also when its day lies at the very end of what is looked at."""
_AFTER_YEAR = timedelta(days=31)
"""年报数据 are fetched so long after the last day on which anybody files or publishes."""


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
    """通报 of a month, 年度报告 of a year."""
    collect_until: datetime
    """Nothing of the period is done by schedule after this."""
    collect_every: timedelta | None
    """None: answers are fetched by a person."""
    ends_with_print: bool = True
    """A month is over with its bulletin. 年度报告 is drafted while governments still file."""
    supervise: bool = False
    """Whether 督办单 are mailed by schedule."""


def calendar(period: Period, reply_by: date, rules: Schedule) -> Calendar:
    """The occasions of a month whose 报送截止日 is ``reply_by``."""
    bulletin = _bulletin(period, rules)
    until = _at(period.next.last_day + timedelta(days=1), time())
    return Calendar(
        issue=_issue("下发", period, rules.issue_workday, rules),
        issue_until=_at(reply_by + timedelta(days=1), time()),
        reminders=_once_a_day(_reminders(reply_by, rules.remind_before, rules)),
        bulletin=bulletin,
        collect_until=max(until, bulletin.moment + _MAKE_UP) if bulletin else until,
        collect_every=_every(rules),
        supervise=rules.supervise,
    )


def year_calendar(year: int, deadlines: Iterable[date], publish_by: date, rules: Schedule) -> Calendar:
    """The occasions of a year's 年报数据: ``deadlines`` are the units' own days, at least one."""
    days = sorted(set(deadlines))
    january = Period(year + 1, 1)
    until = _at(max(days[-1], publish_by), time()) + _AFTER_YEAR
    printed_on = report_day(rules.annual_report_on, year + 1)
    report = Slot("年度报告", _at(workday_from(printed_on), clock(rules.bulletin_at))) if printed_on else None
    return Calendar(
        issue=_issue("下发年报数据", january, rules.annual_issue_workday, rules),
        issue_until=_at(days[0] + timedelta(days=1), time()),
        reminders=_once_a_day(
            Slot(f"年报数据{day.month}月{day.day}日{slot.name}", slot.moment)
            for day in days
            for slot in _reminders(day, rules.annual_remind_before, rules)
        ),
        bulletin=report,
        collect_until=max(until, report.moment + _MAKE_UP) if report else until,
        collect_every=_every(rules),
        ends_with_print=False,
    )


def months_at(span: Span, moment: datetime) -> tuple[Period, ...]:
    """The months of a span of which anything may still be due: this one and the two before, oldest first."""
    here = Period.of(moment.astimezone(CHINA).date())
    return tuple(month for month in (here.previous.previous, here.previous, here) if span[0] <= month <= span[1])


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


def _issue(name: str, month: Period, workday: int, rules: Schedule) -> Slot | None:
    return Slot(name, _at(workday_of_month(month, workday), clock(rules.issue_at))) if workday else None


def _reminders(reply_by: date, before: Iterable[int], rules: Schedule) -> list[Slot]:
    hour = clock(rules.remind_at)
    days = [(workdays_before(reply_by, number), f"截止前{number}个工作日催报") for number in sorted(before)]
    if rules.remind_on:
        days.append((workdays_before(reply_by, 0), "截止日催报"))
    days += [(add_workdays(reply_by, number)[0], f"截止后第{number}个工作日催报") for number in rules.remind_after]
    return [Slot(name, _at(day, hour)) for day, name in days]


def _once_a_day(slots: Iterable[Slot]) -> tuple[Slot, ...]:
    """In order of time: rules that name the same day are one occasion, called as the last of them."""
    found = {slot.moment: slot for slot in slots}
    return tuple(found[moment] for moment in sorted(found))


def _bulletin(period: Period, rules: Schedule) -> Slot | None:
    if not rules.bulletin_day:
        return None
    return Slot("通报", _at(workday_from(period.next.day(rules.bulletin_day)), clock(rules.bulletin_at)))


def _every(rules: Schedule) -> timedelta | None:
    return timedelta(minutes=rules.collect_minutes) if rules.collect_minutes else None


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, CHINA)
