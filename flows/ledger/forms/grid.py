"""The one model that every form is read into: sheets as grids of values, and what else a file brings along."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from flows.ledger import layout
from flows.ledger.model import Picture

Value = str | float | bool | date | datetime | time | timedelta
"""A cell's value; an empty cell is ''."""

Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last (row, column) of a merged range, 0-based."""

ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
"""Error values as they are shown; in a form whose cells are all text, such a text is an error value."""

_HEADER_SEARCH: Final = 200
"""Rows at the top of a sheet among which the header row is looked for."""
_ENOUGH: Final = 5
"""Header words that make a row the header row."""
_HEADERS = frozenset(layout.HEADERS)
_REMARK = re.compile(r"\([^()]*\)|[【\[]必填[】\]]|[\s:*%]")


@dataclass(slots=True)
class Grid:
    """One sheet, from its first row and column on; ``rows`` may be ragged, a missing cell is empty."""

    name: str
    rows: list[list[Value]]
    visible: bool = True
    merged: Sequence[Merge] = ()
    faults: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """0-based place → what stands there instead of a value: a formula without result (“=A1+B1”) or “#REF!”."""
    zeros: frozenset[tuple[int, int]] = frozenset()
    """Places of formulas with the result 0, where the program may have written 0 for a text (LibreOffice as .xls)."""
    lead: Sequence[str] = ()
    """Lines of text above a table that is no sheet (Word)."""
    typed: bool = True
    """Whether an error value can be told from the same text; not in text, web pages and Word tables."""
    lettered: bool = True
    """Whether a reader of the file sees cell addresses; in a Word table he counts rows."""


@dataclass(slots=True)
class Book:
    """All sheets of a file. ``grids`` may be lazy and is read once."""

    grids: Iterable[Grid]
    tokens: tuple[str, ...] = ()
    """Identity tokens outside the sheets (document properties)."""
    pictures: tuple[Picture, ...] = ()
    remarks: tuple[str, ...] = ()
    since_1904: bool = False
    """Whether bare serial numbers count from 1904 (old Mac workbooks)."""


@lru_cache(maxsize=4096)
def _word(text: str) -> str:
    return _REMARK.sub("", unicodedata.normalize("NFKC", text)).removesuffix("必填")


def header_word(value: Value) -> str:
    """A header cell's text as it is compared: no blanks, no remarks in brackets, full width made half."""
    if not isinstance(value, str) or not value or len(value) >= 40:
        return ""
    return _word(value)


def find_header(rows: Sequence[Sequence[Value]]) -> tuple[int, dict[str, int]] | None:
    """0-based number of the header row, and header → 0-based column; None when there is no such row.

    Words that people type instead of a header's own do not make a header row, but are understood in one.
    """
    best: tuple[int, dict[str, int]] | None = None
    for number, cells in enumerate(rows[:_HEADER_SEARCH]):
        if best is None or len(cells) > len(best[1]):
            columns: dict[str, int] = {}
            for place, value in enumerate(cells):
                if value and isinstance(value, str) and len(value) < 40:
                    word = _word(value)
                    if word in layout.INDEX and word not in columns:
                        columns[word] = place
            if len(columns) >= _ENOUGH and (best is None or len(columns) > len(best[1])):
                best = number, columns
                if len(columns) == len(layout.HEADERS):
                    break
    if best is not None and len(best[1]) < len(layout.HEADERS):
        number, columns = best
        for place, value in enumerate(rows[number]):
            header = layout.SYNONYMS.get(header_word(value))
            if header is not None and header not in columns:
                columns[header] = place
    return best


def opens_table(cells: Sequence[Value]) -> bool:
    """Whether a row looks like a header row at a glance: to be asked of every row."""
    return len(_HEADERS.intersection(cells)) >= _ENOUGH
