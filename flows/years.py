"""年度: the year that an annual round is about, where months and years are kept side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from flows.periods import Period
from flows.problems import UserError


@dataclass(frozen=True, slots=True)
class Year(Period):
    """A calendar year as a period of the store, written ``2026``; never equal to a month, nor comparable with one.

    ``month`` is 12: the round is about what stands at the end of the year.
    """

    month: int = 12

    @classmethod
    def read(cls, text: str) -> Year:
        """Read ``2026`` (also ``2026年``, ``2026年度``); anything else is a UserError."""
        found = re.fullmatch(r"\s*(20\d\d)\s*(?:年度?)?\s*", text)
        if not found:
            raise UserError(f"年度“{text}”不是2000—2099年的年份", "请写成 2026 这样的形式")
        return cls(int(found[1]))

    def __str__(self) -> str:
        return str(self.year)

    @property
    def label(self) -> str:
        """2026年度, as people read it."""
        return f"{self.year}年度"

    @property
    def first_day(self) -> date:
        """1 January: 统计期限 is the calendar year."""
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        """31 December."""
        return date(self.year, 12, 31)

    @property
    def previous(self) -> Year:
        """The year before."""
        return Year(self.year - 1)

    @property
    def next(self) -> Year:
        """The year after."""
        return Year(self.year + 1)


def is_year(period: str) -> bool:
    """Whether a period of the store is a year, not a month."""
    return re.fullmatch(r"20\d\d", period) is not None


def option(period: str | Period) -> str:
    """How a command names a period of the store: ``--period 2026-10`` or ``--year 2026``."""
    return f"--year {period}" if is_year(str(period)) else f"--period {period}"


def month_day(text: str, year: int) -> date:
    """``01-31`` as a day of a year; ValueError when it is none. 02-29 is 28 February where there is no 29th."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*-\s*(\d{1,2})\s*", text)
    if not found:
        raise ValueError(text)
    month, day = int(found[1]), int(found[2])
    if (month, day) == (2, 29):
        day = 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return date(year, month, day)
