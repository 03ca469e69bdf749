"""Plans that run over the turn of the year, 2025—2026学年: which of the two years a day without a year falls in."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

_YEARS = re.compile(
    r"(?<![0-9])(?P<first>20[0-9]{2})\s*年?\s*(?:[—\-－–~～─―]{1,2}|至|到|/)\s*(?P<last>(?:20)?[0-9]{2})\s*(?P<what>学年|年)"
)
_SCHOOL = re.compile(r"学年|学校|大学|学院|中学|小学|幼儿园|教学|开学|高校")
_AUTUMN = 9
"""The month in which a school year begins."""
_LATE = 8
"""A plan for two years that is issued from this month on goes over one winter."""


@dataclass(frozen=True, slots=True)
class Span:
    """The years that a plan's title names. ``school``: it is a school year. ``issued``: when the plan came out."""

    first: int
    last: int
    school: bool
    issued: date | None = None

    def place(self, day: date) -> tuple[date, str]:
        """A day read in the first year, put into the right one, and a doubt where the years leave it open."""
        issued = self.issued
        if self.is_winter and issued is not None:
            # What is asked for lies ahead: the first such month from the plan's own on.
            year = self.first if (self.first, day.month) >= (issued.year, issued.month) else self.last
            return _in(day, year), ""
        if self.last > self.first + 1:
            return day, f"计划跨{self.first}—{self.last}年，“{day.month}月”没有写年份，请核对是哪一年"
        moved = _in(day, self.first if day.month >= _AUTUMN else self.last)
        if self.school and day.month != _AUTUMN - 1 and issued is None:
            return moved, ""
        return moved, f"计划跨{self.first}、{self.last}两年，“{day.month}月”没有写年份，按{moved.year}年计，请核对"

    def readings(self, day: date) -> tuple[date, ...]:
        """The same day in every year of the plan."""
        return tuple(_in(day, year) for year in range(self.first, self.last + 1))

    @property
    def is_winter(self) -> bool:
        """Whether it came out in time for one year from autumn to autumn."""
        return self.last == self.first + 1 and self.issued is not None and self._in_season(self.issued)

    @property
    def end(self) -> date:
        """The last day of the plan."""
        return date(self.last, 8 if self.school else 12, 31)

    def _in_season(self, issued: date) -> bool:
        if self.school:
            return date(self.first, 6, 1) <= issued <= date(self.first, 12, 31)
        return date(self.first, _LATE, 1) <= issued <= date(self.first, 12, 31)


def span_of(title: str, issued: date | None = None) -> Span | None:
    """The span that a title names, None where it names one year or none."""
    found = _YEARS.search(title)
    if not found:
        return None
    first = int(found["first"])
    last = int(found["last"]) if len(found["last"]) == 4 else first // 100 * 100 + int(found["last"])
    if not first < last <= first + 10:
        return None
    return Span(first, last, last == first + 1 and _SCHOOL.search(title) is not None, issued)


_SPAN: ContextVar[Span | None] = ContextVar("plan_span", default=None)


@contextmanager
def plan_years(title: str, issued: date | None = None) -> Iterator[None]:
    """Inside the block days without a year are read by the years that the plan's title names, 2025—2026学年."""
    token = _SPAN.set(span_of(title, issued))
    try:
        yield
    finally:
        _SPAN.reset(token)


def current_span() -> Span | None:
    """The span of the plan that is being read, None for a plan of one year."""
    return _SPAN.get()


def _in(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))
