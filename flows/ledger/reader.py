"""A returned ledger as raw rows: found by its words, wherever people have moved, renamed or re-saved it.

Nothing is judged here and nothing of the file is ever changed or saved. :mod:`flows.ledger.forms` makes grids of
whatever form the file has; header, rows, labels and identity are found in them here, the same way for all.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from flows.ledger import layout
from flows.ledger.forms.grid import ERRORS, Book, Grid, Value, find_header, header_word, opens_table
from flows.ledger.forms.opening import guarded, open_book
from flows.ledger.identity import looks_like_claim
from flows.ledger.model import Picture
from flows.ledger.safety import FILLED_LIMIT, ROW_LIMIT, RefusedError

__all__ = ["RawLabel", "RawRow", "RawTable", "RawWorkbook", "Value", "header_word", "read_returned"]

_STOPS: Final = frozenset({*layout.LABELS, layout.CHECK_LABEL})
_BETWEEN = re.compile("(" + "|".join(r"\s*".join(word) for word in layout.LABELS) + r")\s*[:：]\s*")
_SINCE_1904: Final = 1462
"""Days between the two epochs of serial numbers."""
_SERIALS: Final = range(28_000, 75_000)
"""Bare numbers under 完成日期 that are serial numbers of a 1904 workbook: years 1980 to 2109."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row under the header: values by header word, and the claims (row keys) that stand anywhere in it."""

    row: int
    """1-based, as Excel shows it; in a Word table, the row of the table."""
    values: Mapping[str, Value]
    keys: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Texts in columns that belong to no header."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """Header → what stands there instead of a value: “=A1+B1” (a formula without result) or “#REF!”."""

    def value(self, header: str) -> Value:
        """The value under a header, '' when empty or when the column is missing."""
        return self.values.get(header, "")


@dataclass(frozen=True, slots=True)
class RawTable:
    """One sheet with a header row. ``columns``: header → 0-based column."""

    sheet: str
    header_row: int
    columns: Mapping[str, int]
    rows: tuple[RawRow, ...]
    lettered: bool = True
    """Whether cells have addresses (A1); those of a Word table have none."""

    def cell(self, row: int, header: str) -> str | None:
        """A1 reference under a header (“第7行” in a Word table), None when the sheet has no such column."""
        place = self.columns.get(header)
        if place is None:
            return None
        return layout.cell_name(row - 1, place) if self.lettered else f"第{row}行"


@dataclass(frozen=True, slots=True)
class RawLabel:
    """The cell beside a label such as 填报人. ``cell`` is '' where cells have no addresses."""

    sheet: str
    cell: str
    value: Value
    fault: str = ""
    """What stands there instead of a value, see RawRow."""


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """All that a returned file says. ``reason`` is set, and all else empty, when it could not be read."""

    tables: tuple[RawTable, ...] = ()
    labels: Mapping[str, RawLabel] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()
    """Identity tokens of hidden sheets and of the document's properties, each once."""
    reason: str = ""
    pictures: tuple[Picture, ...] = ()
    """Pictures in and over the cells; ``row`` is that of a row in one of the tables."""
    remarks: tuple[str, ...] = ()
    """Chinese sentences on what the file holds and nobody counts (text boxes, pictures that cannot be taken)."""


def read_returned(data: bytes, name: str) -> RawWorkbook:  # noqa: ARG001 - the content alone tells the form
    """Read a returned file of any form; one that cannot or must not be opened comes back with ``reason``."""
    try:
        with guarded():
            return _read(open_book(data))
    except RefusedError as refused:
        return RawWorkbook(reason=refused.reason)


def _read(book: Book) -> RawWorkbook:
    shown: list[RawTable] = []
    hidden: list[RawTable] = []
    labels: dict[str, RawLabel] = {}
    tokens = dict.fromkeys(book.tokens)
    for grid in book.grids:
        tables = _tables(grid, book.since_1904)
        if not tables:
            tokens |= dict.fromkeys(_sheet_tokens(grid.rows))
            continue
        (shown if grid.visible else hidden).extend(tables)
        for word, label in _labels(grid, tables[0].header_row).items():
            if word not in labels or (labels[word].value == "" and not labels[word].fault):
                labels[word] = label
    found = tuple(shown or hidden)
    remarks = (*book.remarks, *_hidden_remarks(shown, hidden))
    return RawWorkbook(found, labels, tuple(tokens), "", _placed(book.pictures, found), remarks)


def _hidden_remarks(shown: Sequence[RawTable], hidden: Sequence[RawTable]) -> list[str]:
    """Hidden copies do not count beside a visible one; one that says something else is told."""
    if not shown or not hidden:
        return []
    counted = {frozenset(row.values.items()) for table in shown for row in table.rows}
    return [
        f"隐藏的工作表“{table.sheet}”里也有一份台账，内容与显示的不同，未计入"
        for table in hidden
        if any(frozenset(row.values.items()) not in counted for row in table.rows)
    ]


def _placed(pictures: Iterable[Picture], tables: Sequence[RawTable]) -> tuple[Picture, ...]:
    """Pictures with a row only where that row is one of a table."""
    rows = {(table.sheet, row.row) for table in tables for row in table.rows}
    placed = []
    for number, picture in enumerate(pictures, 1):
        if picture.row is not None and (picture.sheet, picture.row) not in rows:
            ending = picture.name.rpartition(".")[2]
            picture = replace(picture, name=f"佐证_表外_{number}.{ending}", row=None)
        placed.append(picture)
    return tuple(placed)


def _tables(grid: Grid, since_1904: bool) -> list[RawTable]:
    """The table of a sheet; two when a second header row with other columns stands below the first."""
    tables: list[RawTable] = []
    found = find_header(grid.rows)
    if found is not None and grid.faults:
        # Rows below the last value may hold nothing but faults.
        lowest = max(row for row, _ in grid.faults)
        grid.rows.extend([] for _ in range(len(grid.rows), min(lowest + 1, ROW_LIMIT)))
    while found is not None:
        top, columns = found
        found = None
        end = len(grid.rows)
        for number in range(top + 1, end):
            if opens_table(grid.rows[number]):
                again = find_header(grid.rows[number : number + 1])
                if again is not None and again[1] != columns:
                    end, found = number, (number, again[1])
                    break
        rows = tuple(_rows(grid, top, end, columns, since_1904))
        tables.append(RawTable(grid.name, top + 1, columns, rows, grid.lettered))
    return tables


def _rows(grid: Grid, top: int, end: int, columns: Mapping[str, int], since_1904: bool) -> Iterator[RawRow]:
    faults = _fill_down(grid, top, columns)
    headed = tuple(columns.items())
    untyped = not grid.typed
    mapped = frozenset(columns.values())
    by_row: dict[int, dict[int, str]] = {}
    for (number, place), fault in faults.items():
        if place in mapped:
            by_row.setdefault(number, {})[place] = fault
    loose: list[int] = []
    loose_width = -1
    for number in range(top + 1, end):
        cells = grid.rows[number]
        wrong = by_row.get(number)
        if not wrong and not any(cells) and all(value == "" for value in cells):
            continue
        width = len(cells)
        values: dict[str, Value] = {}
        broken: dict[str, str] = {}
        for word, place in headed:
            value = cells[place] if place < width else ""
            if wrong and place in wrong:
                broken[word] = wrong[place]
            elif value != "":
                values[word] = value
                if untyped and isinstance(value, str) and value.strip() in ERRORS:
                    broken[word] = str(values.pop(word)).strip()
        if values and _is_header(values):
            continue  # the header row once more
        if width != loose_width:
            loose, loose_width = [place for place in range(width) if place not in mapped], width
        keys: list[str] = []
        others: list[str] = []
        for place in loose:
            cell = cells[place]
            if cell and isinstance(cell, str):
                bare = cell.strip()
                if looks_like_claim(bare):
                    keys.append(bare)
                else:
                    others.append(cell)
        if since_1904:
            _since_1900(values)
        yield RawRow(number + 1, values, tuple(keys), tuple(others), broken)


def _fill_down(grid: Grid, top: int, columns: Mapping[str, int]) -> Mapping[tuple[int, int], str]:
    """A merge over several rows says the same for each of them; only its first cell holds the value (or fault)."""
    inputs = {place for word, place in columns.items() if word in layout.INPUTS}
    percent = columns.get(layout.PERCENT)
    faults = {place: "公式" for place in grid.zeros if place[1] != percent}
    faults.update(grid.faults)
    left = FILLED_LIMIT
    for (first_row, first_column), (last_row, _) in grid.merged:
        if first_row <= top or last_row == first_row or first_column not in inputs or first_row >= len(grid.rows):
            continue
        first = grid.rows[first_row]
        value = first[first_column] if first_column < len(first) else ""
        fault = faults.get((first_row, first_column))
        left -= min(last_row + 1, len(grid.rows)) - first_row
        if left < 0:
            break
        for number in range(first_row + 1, min(last_row + 1, len(grid.rows))):
            cells = grid.rows[number]
            cells.extend([""] * (first_column + 1 - len(cells)))
            cells[first_column] = value
            if fault:
                faults[number, first_column] = fault
    return faults


def _is_header(values: Mapping[str, Value]) -> bool:
    for word, value in values.items():
        written = header_word(value)
        if written != word and layout.SYNONYMS.get(written) != word:
            return False
    return True


def _since_1900(values: dict[str, Value]) -> None:
    """A date that lost its format in a 1904 workbook is a number counted from 1904: calamine cannot know."""
    value = values.get(layout.DONE_ON)
    if isinstance(value, int | float) and not isinstance(value, bool) and int(value) in _SERIALS:
        values[layout.DONE_ON] = value + _SINCE_1904


def _labels(grid: Grid, header_row: int) -> dict[str, RawLabel]:
    found: dict[str, RawLabel] = {}
    for number, cells in enumerate(grid.rows[: header_row - 1]):
        for place, value in enumerate(cells):
            if not isinstance(value, str) or not value:
                continue
            word, colon, rest = unicodedata.normalize("NFKC", value).strip().partition(":")
            word = header_word(word)
            if word not in layout.LABELS or word in found:
                continue
            if colon and rest.strip():  # “填报人：张三” in one cell, or several of them
                found |= {each: _label(grid, number, place, text) for each, text in _pairs(value)}
                continue
            at, content = place + 1, cells[place + 1] if place + 1 < len(cells) else ""
            for further in range(place + 1, min(place + 5, len(cells))):
                if header_word(cells[further]) in _STOPS:
                    break
                if cells[further] != "" or (number, further) in grid.faults:
                    at, content = further, cells[further]
                    break
            found[word] = _label(grid, number, at, content)
    for line in grid.lead:
        for word, text in _pairs(line):
            if word not in found or found[word].value == "":
                found[word] = RawLabel(grid.name, "", text)
    return found


def _label(grid: Grid, row: int, column: int, value: Value) -> RawLabel:
    fault = grid.faults.get((row, column), "公式" if (row, column) in grid.zeros else "")
    if fault:
        value = ""
    if not grid.typed and isinstance(value, str) and value.strip() in ERRORS:
        fault, value = value.strip(), ""
    cell = layout.cell_name(row, column) if grid.lettered else f"第{row + 1}行"
    return RawLabel(grid.name, cell, value, fault)


def _pairs(line: str) -> list[tuple[str, str]]:
    """“填报人：张三　联系电话：0700-1” → both labels with what follows each."""
    parts = _BETWEEN.split(line)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return [("".join(word.split()), text.strip(" \t\u3000,，;；。")) for word, text in pairs]


def _sheet_tokens(rows: Sequence[Sequence[Value]]) -> list[str]:
    return [
        value.strip()
        for cells in rows[:50]
        for value in cells
        if value and isinstance(value, str) and looks_like_claim(value.strip())
    ]
