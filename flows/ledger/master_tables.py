"""Where 总台账 and 量化指标 stand in a workbook that came back, and which of their columns the office fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flows.ledger import layout
from flows.ledger.forms.grid import Grid, Value, header_word
from flows.ledger.goal_reader import columns_in
from flows.ledger.master_goals import GOAL_OFFICE
from flows.ledger.master_office import OFFICE

UNIT: Final = "单位"
SOURCE: Final = "来源"
HEADER_SEARCH: Final = 50
"""Rows at the top of a sheet among which the header row is looked for."""
_WORDS: Final = frozenset({layout.NO, UNIT, SOURCE, *OFFICE})


def find_table(rows: Sequence[Sequence[Value]]) -> tuple[int, Mapping[str, int]] | None:
    """0-based number of the header row of a table with tasks and units, and its columns; None without one."""
    for number, cells in enumerate(rows[:HEADER_SEARCH]):
        columns: dict[str, int] = {}
        for place, value in enumerate(cells):
            word = header_word(value)
            if word in _WORDS:
                columns.setdefault(word, place)
        if {layout.NO, UNIT} <= set(columns):
            return number, columns
    return None


def office_places(head: Grid) -> frozenset[int]:
    """0-based columns that the office fills in; ``head`` holds at least the first rows of a sheet."""
    found = find_table(head.rows)
    places = {place for word, place in found[1].items() if word in OFFICE} if found else set()
    if goals := columns_in(head):
        places |= {place for word, place in goals[1].items() if word in GOAL_OFFICE}
    return frozenset(places)
