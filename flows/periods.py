"""期次: the month that a round of reports is about."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from flows.problems import UserError

CHINA = timezone(timedelta(hours=8))
"""Official time of the whole country, without summer time: a report is on time by this clock."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar month, written ``2026-10`` in commands, folders and the store."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read ``2026-10`` (also ``2026-9``, ``202610``, ``2026年10月``); anything else is a UserError."""
        found = re.fullmatch(r"\s*(20\d\d)\s*(?:[-/.年]\s*)?(\d{1,2})\s*月?\s*", text)
        if not found or not 1 <= int(found[2]) <= 12:
            raise UserError(f"期次“{text}”不是2000—2099年的年月", "请写成 2026-10 这样的形式")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """The month of a day."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @property
    def label(self) -> str:
        """2026年10月, as people read it."""
        return f"{self.year}年{self.month}月"

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """The last day of the month."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def previous(self) -> Period:
        """The month before."""
        return Period(self.year - 1, 12) if self.month == 1 else Period(self.year, self.month - 1)

    @property
    def next(self) -> Period:
        """The month after."""
        return Period(self.year + 1, 1) if self.month == 12 else Period(self.year, self.month + 1)

    def day(self, number: int) -> date:
        """Day ``number`` of the month, at most its last day."""
        return date(self.year, self.month, min(number, self.last_day.day))


def spoken(day: date) -> str:
    """2026年10月5日: Arabic digits without leading zeros (GB/T 9704—2012, 7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"


def this_moment() -> datetime:
    """Date and time by China's clock, in seconds."""
    return datetime.now(CHINA).replace(microsecond=0)


def today() -> date:
    """The date by China's clock."""
    return this_moment().date()
