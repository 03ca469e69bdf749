"""The time that a plan is about: its calendar year, or the school year or winter that its title names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flows.plan.deadline_span import span_of
from flows.plan.model import PlanInfo


@dataclass(frozen=True, slots=True)
class PlanTime:
    """The first and the last day of a plan. ``school``: it is a school year."""

    first: date
    last: date
    school: bool = False

    @classmethod
    def of_year(cls, year: int) -> PlanTime:
        """A calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of(cls, info: PlanInfo) -> PlanTime:
        """By title, year and issue: 2025—2026学年 is September to August.

        Another plan for two years that came out in autumn goes from that month over one winter and summer; a longer one
        from its own year to the last that the title names.
        """
        span = span_of(info.title, info.issued)
        if span is None or not span.first <= info.year <= span.last:
            return cls.of_year(info.year)
        if span.school:
            return cls(date(span.first, 9, 1), span.end, school=True)
        if span.is_winter and info.issued:
            begins = info.issued.replace(day=1)
            return cls(begins, begins.replace(year=begins.year + 1) - timedelta(days=1))
        return cls(date(span.first if span.last == span.first + 1 else info.year, 1, 1), span.end)

    def months_to(self, day: date) -> int:
        """How many months have ended by a day."""
        begun = (day.year - self.first.year) * 12 + day.month - self.first.month
        return begun + 1 if (day + timedelta(days=1)).day == 1 else begun
