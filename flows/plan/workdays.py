"""Working days by the Chinese calendar: public holidays are off, make-up days (调休) are on."""

from __future__ import annotations

from datetime import date, timedelta

_ALWAYS_OFF = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""元旦, 劳动节, 国庆节."""


def is_workday(day: date) -> tuple[bool, bool]:
    """Whether people work on that day, and whether that is known.

    The State Council sets each year's holidays late in the year before; for a year that the installed calendar does
    not hold yet only weekends and holidays of fixed date count (全国年节及纪念日放假办法, 2024), and the second value
    is False.
    """
    from chinese_calendar import is_workday as known_workday

    try:
        return bool(known_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in _ALWAYS_OFF, False


def add_workdays(start: date, number: int) -> tuple[date, bool]:
    """The ``number``-th working day after ``start`` (that day itself does not count), and whether it is certain."""
    day, certain, left = start, True, number
    while left > 0:
        day += timedelta(days=1)
        works, known = is_workday(day)
        certain = certain and known
        left -= works
    return day, certain


def first_day_of(festival: str, year: int) -> date | None:
    """The first day off for a festival (春节, 国庆 …) in a year; None when the calendar does not hold that year."""
    from chinese_calendar import get_holidays
    from chinese_calendar.constants import Holiday, holidays

    names = {
        "元旦": Holiday.new_years_day,
        "春节": Holiday.spring_festival,
        "清明": Holiday.tomb_sweeping_day,
        "五一": Holiday.labour_day,
        "劳动节": Holiday.labour_day,
        "端午": Holiday.dragon_boat_festival,
        "中秋": Holiday.mid_autumn_festival,
        "国庆": Holiday.national_day,
        "十一": Holiday.national_day,
    }
    if festival not in names:
        return None
    try:
        get_holidays(date(year, 1, 1), date(year, 1, 1))
    except NotImplementedError:
        return None
    days = [day for day, holiday in holidays.items() if holiday == names[festival].value and day.year == year]
    return min(days, default=None)
