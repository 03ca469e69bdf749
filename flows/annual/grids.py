"""The official tables found in grids of cells by their words, wherever people have moved, renamed or pasted them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flows.annual.format import APPLICANTS, BODIES, CASES, ENDINGS, PERSON, TOTAL, Block, key2, key3, key4
from flows.annual.words import APPLICANT_WORDS, ENDING_WORDS, SECOND_HEADS, SECOND_ROWS, line_of, word
from flows.ledger.forms.grid import Grid, Value

_BODY_NAMES: Final = frozenset(BODIES[:-1])
_LABELS: Final = 6
"""Columns at the left of a sheet in which labels are looked for."""
_ORDER: Final = tuple(key4(group, ending) for group, _ in CASES for ending, _ in ENDINGS)


@dataclass(frozen=True, slots=True)
class Found:
    """One table found in one grid: for each number key its 0-based place."""

    section: int
    grid: Grid
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def value(self, key: str) -> Value:
        """What stands in a cell."""
        return cell(self.grid.rows, *self.places[key])

    @property
    def filled(self) -> int:
        """How many of its cells hold something."""
        return sum(1 for key in self.places if self.value(key) != "")


def cell(rows: Sequence[Sequence[Value]], row: int, column: int) -> Value:
    """A cell of ragged rows; '' where there is none."""
    if row >= len(rows) or column >= len(rows[row]):
        return ""
    return rows[row][column]


def find_tables(grid: Grid, keys: Mapping[int, str]) -> Iterator[Found]:
    """The official tables of one grid. ``keys``: row → name that a signed row key gives it, such as ``3.r05``."""
    for found in (_second(grid, keys), _third(grid, keys), _fourth(grid)):
        if found is not None and found.places:
            yield found


# --- 二 ---------------------------------------------------------------------------------------------------------------


def _second(grid: Grid, keys: Mapping[int, str]) -> Found | None:
    places: dict[str, tuple[int, int]] = {}
    heads: dict[str, int] = {}
    for number, cells in enumerate(grid.rows):
        here = {SECOND_HEADS[text][1]: at for at, value in enumerate(cells) if (text := word(value)) in SECOND_HEADS}
        if here:
            heads = here
            continue
        label = _second_label(cells, keys.get(number, ""))
        if label is None or not heads:
            continue
        at, (block, name) = label
        wanted = [key for key, _ in block.columns]
        if any(key not in heads for key in wanted):
            continue
        if len(wanted) > 1:
            for key in wanted:
                places.setdefault(key2(block.article, name, key), (number, heads[key]))
        else:
            places.setdefault(
                key2(block.article, name, wanted[0]), (number, _merged_value(cells, at, heads[wanted[0]]))
            )
    return Found(2, grid, places) if len(places) > 1 else None


def _second_label(cells: Sequence[Value], key: str) -> tuple[int, tuple[Block, str]] | None:
    for at, value in enumerate(cells[:4]):
        text = word(value)
        if text in SECOND_ROWS:
            return at, SECOND_ROWS[text]
    name = key.removeprefix("2.").partition(".")[2]
    return (0, SECOND_ROWS[name]) if key.startswith("2.") and name in SECOND_ROWS else None


def _merged_value(cells: Sequence[Value], label: int, head: int) -> int:
    """The column of a number whose cell covers three columns: paste puts it into any of them."""
    for column in range(label + 1, head + 3):
        if cell([cells], 0, column) != "":
            return column
    return head


# --- 三 ---------------------------------------------------------------------------------------------------------------


def _third(grid: Grid, keys: Mapping[int, str]) -> Found | None:
    top = next((number for number, cells in enumerate(grid.rows) if len(_named(cells) & _BODY_NAMES) >= 3), None)
    if top is None:
        return None
    columns = _applicants(grid, top)
    places: dict[str, tuple[int, int]] = {}
    for number in range(top + 1, len(grid.rows)):
        cells = grid.rows[number]
        first = min(columns.values()) if columns else len(cells)
        label = _line_label(cells[:first])
        line = label[1] if label else _line_of_key(keys.get(number, ""))
        if line is None:
            continue
        start = label[0] + 1 if label else 3
        for at, name in enumerate(APPLICANTS):
            places.setdefault(key3(line, name), (number, columns.get(name, start + at)))
    return Found(3, grid, places) if len(places) >= 3 * len(APPLICANTS) else None


def _named(cells: Sequence[Value]) -> frozenset[str]:
    return frozenset(APPLICANT_WORDS[text] for value in cells if (text := word(value)) in APPLICANT_WORDS)


def _applicants(grid: Grid, top: int) -> dict[str, int]:
    """Column of each kind of applicant; empty when the heads have slipped (a paste that lost its merges).

    Then the seven cells after a row's label are taken in their order.
    """
    columns: dict[str, int] = {}
    for number in range(top, max(top - 3, -1), -1):
        for at, value in enumerate(grid.rows[number]):
            name = APPLICANT_WORDS.get(word(value))
            if name and name not in columns and (name in (PERSON, TOTAL) or number == top):
                columns[name] = at
    in_order = [columns[name] for name in APPLICANTS if name in columns]
    labels = [
        max(at for at, value in enumerate(cells[:_LABELS]) if line_of(value))
        for cells in grid.rows[top + 1 : top + 30]
        if any(line_of(value) and word(value) not in APPLICANT_WORDS for value in cells[:_LABELS])
    ]
    slipped = not labels or min(in_order) <= max(labels)
    if len(columns) < len(APPLICANTS) or in_order != sorted(in_order) or slipped:
        return {}
    return columns


def _line_label(cells: Sequence[Value]) -> tuple[int, int] | None:
    """(column, row of the official table) of the label that is farthest to the right."""
    for at in range(min(len(cells), _LABELS) - 1, -1, -1):
        number = line_of(cells[at])
        if number is not None:
            return at, number
    return None


def _line_of_key(key: str) -> int | None:
    return int(key[3:]) if key.startswith("3.r") and key[3:].isdecimal() else None


# --- 四 ---------------------------------------------------------------------------------------------------------------


def _fourth(grid: Grid) -> Found | None:
    for number, cells in enumerate(grid.rows):
        here = [at for at, value in enumerate(cells) if word(value) in ENDING_WORDS]
        if len(here) < 10:
            continue
        above = [at for at, value in enumerate(grid.rows[number - 1]) if word(value) in ENDING_WORDS] if number else []
        columns = here if len(here) >= len(_ORDER) else sorted((*above, *here))
        if len(columns) != len(_ORDER) or len(set(columns)) != len(_ORDER):
            columns = []  # the heads have slipped: the numbers of the row count in their order
        row = _case_row(grid.rows, number + 1, columns)
        if row is None:
            return None
        if not columns:
            start = next((at for at, value in enumerate(grid.rows[row]) if value != "" and not word_like(value)), 0)
            columns = list(range(start, start + len(_ORDER)))
        return Found(4, grid, {key: (row, column) for key, column in zip(_ORDER, columns, strict=True)})
    return None


def _case_row(rows: Sequence[Sequence[Value]], start: int, columns: Sequence[int]) -> int | None:
    """The row of the numbers: the first with a value, else the one right below the heads."""
    for number in range(start, min(start + 6, len(rows))):
        cells = rows[number]
        first = columns[0] if columns else 0
        labels = [word(value) for value in cells[:first] if isinstance(value, str)]
        if any(label.startswith(("上年", "检查", "20")) for label in labels):
            break
        if any(cell(rows, number, column) != "" for column in columns or range(len(cells))):
            return number
    return start if start < len(rows) or columns else None


def word_like(value: Value) -> bool:
    """Whether a cell holds a label rather than a number or a sign."""
    return isinstance(value, str) and len(word(value)) > 1 and not any(char.isdigit() for char in value)
