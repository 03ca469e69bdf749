"""A clock that runs from one New Year past the next: every step of every month and of the year happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from flows.periods import CHINA, Period
from flows.serving.days import Calendar, Slot, calendar, months_at, year_calendar
from flows.serving.due import SUPERVISED, Due, Outcome, Past, Standing, due_steps
from flows.serving.settings import Schedule, Span, span
from flows.years import Year

RULES = Schedule(supervise=True, annual_report_on="03-10", collect_minutes=1440)
DEADLINES = (date(2026, 1, 31), date(2026, 3, 31))
ROUND = Year(2025)
DAYS_OF_YEAR = year_calendar(2025, DEADLINES, date(2026, 3, 31), RULES)
HOUR = timedelta(hours=1)
Step = tuple[str, str, str]
"""(period, step, occasion)."""


@cache
def days_of(month: Period) -> Calendar:
    return calendar(month, month.day(25), RULES)


@dataclass
class Plan:
    """A plan's store: it does what steps would do to it, and remembers what left or was made."""

    span: Span
    year: Year | None = None
    asks: bool = False
    """Whether letters wait for a person; who agrees within a day."""
    rounds: dict[Period, Standing] = field(default_factory=dict)
    done: list[tuple[Step, datetime]] = field(default_factory=list)

    def check(self, now: datetime) -> None:
        """One 到点检查."""
        open_now: list[tuple[Period, Calendar]] = [(month, days_of(month)) for month in months_at(self.span, now)]
        if self.year and now.year > self.year.year:
            open_now.append((self.year, DAYS_OF_YEAR))
        for period, days in open_now:
            standing = self.rounds.get(period, Standing(period))
            for due in due_steps(standing, days, now):
                standing = self._run(standing, due, now)
            self.rounds[period] = standing

    def agree(self, now: datetime) -> None:
        """The clerk looks at what waits and agrees."""
        for period, standing in self.rounds.items():
            if standing.waiting:
                agreed = now if "supervise" in standing.waiting else standing.supervise_agreed_at
                self.rounds[period] = replace(standing, agreed_at=now, supervise_agreed_at=agreed)

    def counted(self) -> Counter[Step]:
        """How often each thing was done that leaves the house or makes a document."""
        return Counter(step for step, _ in self.done)

    def _run(self, standing: Standing, due: Due, now: datetime) -> Standing:
        outcome: Outcome = "done"
        before = standing.waiting
        if due.step in ("distribute", "remind") or due.slot == SUPERVISED:
            if self.asks and standing.agreed_at is None:
                standing, outcome = replace(standing, waiting=before | {due.step}), "waiting"
            else:
                standing = replace(standing, waiting=before - {due.step})
                self.done.append(((str(due.period), due.step, due.slot), now))
            if due.step == "distribute" and not standing.issued:
                standing = replace(standing, issued=True, issued_at=now)
        elif due.step == "supervise":
            standing, outcome = replace(standing, waiting=before | {"supervise"}), "waiting"
        elif due.step == "report":
            standing = replace(standing, printings=standing.printings + 1)
            self.done.append(((str(due.period), due.step, due.slot), now))
        return replace(standing, past={**standing.past, (due.step, due.slot): Past(outcome, now)})


def hours(first: str, last: str) -> Iterator[datetime]:
    now, end = (datetime.fromisoformat(text).replace(tzinfo=CHINA) for text in (first, last))
    while now < end:
        yield now
        now += HOUR


def of_month(month: Period) -> list[tuple[Step, datetime]]:
    """What a month must see, each with its moment."""
    days = days_of(month)
    assert days.issue
    assert days.bulletin
    slots: list[tuple[str, Slot]] = [("distribute", days.issue), ("report", days.bulletin)]
    slots += [("remind", slot) for slot in days.reminders]
    return [((str(month), step, slot.name), slot.moment) for step, slot in slots]


def months(first: str, last: str) -> list[Period]:
    found = [Period.parse(first)]
    while found[-1] < Period.parse(last):
        found.append(found[-1].next)
    return found


@pytest.fixture(scope="module")
def town() -> list[Plan]:
    """Three plans at once, one of them over New Year, through sixteen months; their clerk agrees at ten."""
    plans = [
        Plan(span("2025-01至2025-12"), ROUND, asks=True),
        Plan(span("2026-01至2026-12")),
        Plan(span("2025-07至2026-03")),
    ]
    for now in hours("2025-01-01T00:00", "2026-06-01T00:00"):
        for plan in plans:
            plan.check(now)
            if now.hour == 10:
                plan.agree(now)
    return plans


def test_every_step_of_every_month_happens_once_and_at_its_time(town: list[Plan]) -> None:
    spans = (("2025-01", "2025-12"), ("2026-01", "2026-04"), ("2025-07", "2026-03"))
    for plan, (first, last) in zip(town, spans, strict=True):
        due = [each for month in months(first, last) for each in of_month(month)]
        counted = plan.counted()
        assert [step for step, _ in due if counted[step] != 1] == []
        for step, planned in due:
            (done,) = [moment for each, moment in plan.done if each == step]
            assert planned <= done <= planned + timedelta(days=1, hours=2), step


def test_december_is_finished_in_january(town: list[Plan]) -> None:
    made = dict(town[0].done)
    assert made["2025-12", "report", "通报"].date() == date(2026, 1, 8)


def test_the_notices_of_each_month_leave_once_after_somebody_has_agreed(town: list[Plan]) -> None:
    counted = town[0].counted()
    for month in months("2025-01", "2025-12"):
        assert counted[str(month), "supervise", SUPERVISED] == 1
        moments = dict(town[0].done)
        printed, left = moments[str(month), "report", "通报"], moments[str(month), "supervise", SUPERVISED]
        assert timedelta(0) < left - printed <= timedelta(days=1)


def test_without_anybody_who_agrees_no_notice_leaves(town: list[Plan]) -> None:
    del town
    plan = Plan(span("2026-03"))
    for now in hours("2026-03-01T00:00", "2026-07-01T00:00"):
        plan.check(now)
    assert plan.counted()["2026-03", "report", "通报"] == 1
    assert plan.counted()["2026-03", "supervise", SUPERVISED] == 0
    assert plan.rounds[Period(2026, 3)].waiting == {"supervise"}


def test_a_bulletin_that_is_made_again_asks_anew_before_its_notices_leave() -> None:
    march, now = Period(2026, 3), datetime(2026, 4, 9, 9, tzinfo=CHINA)
    plan = Plan(span("2026-03"))
    for each in hours("2026-03-01T00:00", "2026-04-09T00:00"):
        plan.check(each)
    plan.agree(now)
    plan.check(now)
    assert plan.counted()["2026-03", "supervise", SUPERVISED] == 1
    plan.rounds[march] = replace(plan.rounds[march], printings=2)
    plan.check(now + HOUR)
    plan.check(now + 2 * HOUR)
    assert plan.counted()["2026-03", "supervise", SUPERVISED] == 1, "the old leave is not for the new letters"
    plan.agree(now + 3 * HOUR)
    plan.check(now + 4 * HOUR)
    assert plan.counted()["2026-03", "supervise", SUPERVISED] == 2


def test_the_year_is_issued_reminded_by_every_own_day_and_reported_once(town: list[Plan]) -> None:
    made = {step[1:]: moment.date() for step, moment in town[0].done if step[0] == "2025"}
    assert made == {
        ("distribute", "下发年报数据"): date(2026, 1, 8),
        ("remind", "年报数据1月31日截止前10个工作日催报"): date(2026, 1, 19),
        ("remind", "年报数据1月31日截止前3个工作日催报"): date(2026, 1, 28),
        ("remind", "年报数据1月31日截止日催报"): date(2026, 1, 30),
        ("remind", "年报数据1月31日截止后第1个工作日催报"): date(2026, 2, 2),
        ("remind", "年报数据1月31日截止后第3个工作日催报"): date(2026, 2, 4),
        ("report", "年度报告"): date(2026, 3, 10),
        ("remind", "年报数据3月31日截止前10个工作日催报"): date(2026, 3, 17),
        ("remind", "年报数据3月31日截止前3个工作日催报"): date(2026, 3, 26),
        ("remind", "年报数据3月31日截止日催报"): date(2026, 3, 31),
        ("remind", "年报数据3月31日截止后第1个工作日催报"): date(2026, 4, 1),
        ("remind", "年报数据3月31日截止后第3个工作日催报"): date(2026, 4, 3),
    }
    assert max(town[0].counted().values()) == 1


def test_annual_answers_are_fetched_until_a_month_after_the_last_publishes(town: list[Plan]) -> None:
    past = town[0].rounds[ROUND].past["collect", "回收"]
    assert past.at.date() == date(2026, 4, 30)


def jumping(now: datetime) -> datetime:
    """A clock that loses two days every evening until it is put right."""
    return now - timedelta(days=2) if now.hour >= 18 else now


def in_the_office(now: datetime) -> datetime:
    return now


@pytest.mark.parametrize("clock", [jumping, in_the_office])
def test_a_machine_that_sleeps_and_a_clock_that_jumps_do_nothing_twice(clock: Callable[[datetime], datetime]) -> None:
    plan = Plan(span("2025-11至2026-02"), ROUND)
    for now in hours("2025-11-01T00:00", "2026-05-01T00:00"):
        awake = now.weekday() in (0, 3, 4) and 9 <= now.hour <= 20 and now.date().isocalendar().week % 3 != 1
        if awake:
            plan.check(clock(now))
    counted = plan.counted()
    assert max(counted.values()) == 1
    for month in months("2025-11", "2026-02"):
        assert counted[str(month), "report", "通报"] == 1
    assert counted["2025", "report", "年度报告"] == 1


def test_a_bulletin_on_the_last_day_that_moves_into_the_next_month_is_still_made() -> None:
    rules = Schedule(bulletin_day=31)
    december = Period(2025, 12)
    found = calendar(december, december.day(25), rules)
    assert found.bulletin
    assert found.bulletin.moment.date() == date(2026, 2, 2), "31 January 2026 is a Saturday"
    later = datetime(2026, 2, 2, 10, tzinfo=CHINA)
    assert december in months_at(span("2025-12"), later)
    standing = Standing(december, issued=True)
    assert "report" in [due.step for due in due_steps(standing, found, later)]


def test_who_is_asked_late_is_not_reminded_of_days_before_that() -> None:
    march = Period(2026, 3)
    issued = datetime(2026, 3, 27, 15, tzinfo=CHINA)
    standing = Standing(march, issued=True, issued_at=issued)
    at_once = [due.step for due in due_steps(standing, days_of(march), issued + HOUR)]
    assert at_once == ["collect"], "the last reminder was on the 26th"
    later = [due.slot for due in due_steps(standing, days_of(march), datetime(2026, 3, 30, 9, tzinfo=CHINA))]
    assert "截止后第3个工作日催报" in later
