"""The days of a month's round are working days of the Chinese calendar, by Beijing's clock."""

from __future__ import annotations

from datetime import date

from flows.periods import CHINA, Period
from flows.serving.days import calendar
from flows.serving.settings import Schedule

RULES = Schedule()


def test_october_is_issued_after_the_national_holiday() -> None:
    found = calendar(Period(2026, 10), date(2026, 10, 25), RULES)
    assert found.issue is not None
    assert found.issue.moment.isoformat() == "2026-10-08T09:00:00+08:00"


def test_reminders_fall_on_working_days_before_on_and_after_the_day_of_reply() -> None:
    found = calendar(Period(2026, 10), date(2026, 10, 25), RULES)  # a Sunday
    assert [(slot.name, slot.moment.date().isoformat()) for slot in found.reminders] == [
        ("截止前3个工作日催报", "2026-10-21"),
        ("截止日催报", "2026-10-23"),
        ("截止后第1个工作日催报", "2026-10-26"),
        ("截止后第3个工作日催报", "2026-10-28"),
    ]


def test_a_make_up_saturday_counts_as_a_working_day() -> None:
    # 14 February 2026 is worked for the Spring Festival of 15 to 23 February.
    found = calendar(Period(2026, 2), date(2026, 2, 25), RULES)
    assert found.reminders[0].moment.date() == date(2026, 2, 13)


def test_two_rules_for_one_day_are_one_reminder() -> None:
    rules = Schedule(remind_before=(3, 3), remind_on=True, remind_after=())
    found = calendar(Period(2026, 10), date(2026, 10, 25), rules)
    assert [slot.moment.day for slot in found.reminders] == [21, 23]


def test_the_bulletin_moves_from_a_holiday_to_the_next_working_day() -> None:
    october = calendar(Period(2026, 10), date(2026, 10, 25), RULES)
    assert october.bulletin is not None
    assert october.bulletin.moment.date() == date(2026, 11, 9), "8 November 2026 is a Sunday"
    december = calendar(Period(2026, 12), date(2026, 12, 25), RULES)
    assert december.bulletin is not None
    assert december.bulletin.moment.date() == date(2027, 1, 8)


def test_what_is_switched_off_has_no_day() -> None:
    off = Schedule(issue_workday=0, remind_before=(), remind_on=False, remind_after=(), bulletin_day=0)
    found = calendar(Period(2026, 10), date(2026, 10, 25), off)
    assert (found.issue, found.reminders, found.bulletin) == (None, (), None)
    assert found.collect_until.tzinfo is CHINA
