"""A sheet of a spreadsheet as whoever reads one hands it on: values by place, and merges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

Value = str | int | float | bool | date | None
Place = tuple[int, int]
"""Row and column, counted from 1."""
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, counted from 1."""

_WORDS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: ``values`` by (row, column) counted from 1 as Excel shows them, blank cells left out."""

    name: str
    values: dict[tuple[int, int], Value]
    merges: tuple[Merge, ...] = ()
    hidden: bool = False

    @property
    def height(self) -> int:
        """The last row that holds a value."""
        return max((row for row, _ in self.values), default=0)

    @property
    def width(self) -> int:
        """The last column that holds a value."""
        return max((column for _, column in self.values), default=0)

    def text(self, row: int, column: int) -> str:
        """A cell as the text a person sees in it, roughly; blank cells are ''."""
        return as_text(self.values.get((row, column)))


def as_text(value: Value) -> str:
    """Whole numbers without “.0”, dates as 2026-10-31, everything else as it stands."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    return str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")


def bare_format(code: str) -> str:
    """A number format without the words, colours and languages in it."""
    return _WORDS.sub("", code.lower())


def day_as_shown(day: date, code: str) -> Value:
    """A date shown as year and month is a month to whoever reads it, though Excel stores its first day."""
    bare = bare_format(code)
    return f"{day.year}年{day.month}月" if "y" in bare and "m" in bare and "d" not in bare else day
