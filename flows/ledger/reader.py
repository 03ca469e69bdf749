"""A returned workbook as raw rows: found by its words, wherever people have moved, renamed or re-saved it.

Nothing is judged here and nothing of the file is ever changed or saved. Values come from calamine, which reads .xlsx,
.xls and .ods alike; :mod:`flows.ledger.safety` has looked at the file before.
"""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

import python_calamine
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from flows.ledger import layout, safety
from flows.ledger.identity import find_tokens, looks_like_claim

Value = str | float | bool | date | datetime | time | timedelta
"""A cell as calamine gives it; an empty cell is ''."""

_HEADER_SEARCH: Final = 200
"""Rows at the top of a sheet among which the header row is looked for."""
_ENOUGH: Final = 5
"""Header words that make a row the header row."""
_REMARK = re.compile(r"\([^()]*\)|[\s:*]")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row under the header: values by header word, and the claims (row keys) that stand anywhere in it."""

    row: int
    """1-based, as Excel shows it."""
    values: Mapping[str, Value]
    keys: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    """Texts in columns that belong to no header."""

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

    def cell(self, row: int, header: str) -> str | None:
        """A1 reference under a header, None when the sheet has no such column."""
        place = self.columns.get(header)
        return None if place is None else layout.cell_name(row - 1, place)


@dataclass(frozen=True, slots=True)
class RawLabel:
    """The cell beside a label such as 填报人."""

    sheet: str
    cell: str
    value: Value


@dataclass(frozen=True, slots=True)
class RawWorkbook:
    """All that a returned file says. ``reason`` is set, and all else empty, when it could not be read."""

    tables: tuple[RawTable, ...] = ()
    labels: Mapping[str, RawLabel] = field(default_factory=dict)
    tokens: tuple[str, ...] = ()
    """Identity tokens of hidden sheets and of the custom property, each once."""
    reason: str = ""


def read_returned(data: bytes, name: str) -> RawWorkbook:  # noqa: ARG001 - archives and exports will need the name
    """Read a returned file; one that cannot or must not be opened comes back with ``reason``."""
    reason = safety.refusal(data)
    if reason:
        return RawWorkbook(reason=reason)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return _read(book, data)
    except python_calamine.PasswordError:
        return RawWorkbook(reason=safety.ENCRYPTED)
    except (python_calamine.CalamineError, python_calamine.XmlError, python_calamine.ZipError, OSError, ValueError):
        return RawWorkbook(reason=safety.DAMAGED)
    except BaseException as error:
        # calamine reports a broken file now and then as a Rust panic, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        return RawWorkbook(reason=safety.DAMAGED)


def _read(book: CalamineWorkbook, data: bytes) -> RawWorkbook:
    shown: list[RawTable] = []
    hidden: list[RawTable] = []
    labels: dict[str, RawLabel] = {}
    tokens = dict.fromkeys(_property_tokens(data))
    for place, meta in enumerate(book.sheets_metadata):
        try:
            sheet = book.get_sheet_by_index(place)
        except python_calamine.WorksheetNotFound:  # a chart sheet
            continue
        grid: list[list[Value]] = sheet.to_python(skip_empty_area=False)
        table = _table(meta.name, grid, sheet.merged_cell_ranges or ())
        if table is None:
            tokens |= dict.fromkeys(_sheet_tokens(grid))
            continue
        visible = meta.visible is SheetVisibleEnum.Visible
        (shown if visible else hidden).append(table)
        for word, label in _labels(meta.name, grid, table.header_row).items():
            if word not in labels or labels[word].value == "":
                labels[word] = label
    tables = shown or hidden
    return RawWorkbook(tuple(tables), labels, tuple(tokens))


def header_word(value: Value) -> str:
    """A header cell's text as it is compared: no blanks, no remarks in brackets, full width made half."""
    if not isinstance(value, str):
        return ""
    return _REMARK.sub("", unicodedata.normalize("NFKC", value))


def _header(grid: Sequence[Sequence[Value]]) -> tuple[int, dict[str, int]] | None:
    best: tuple[int, dict[str, int]] | None = None
    for number, cells in enumerate(grid[:_HEADER_SEARCH]):
        columns: dict[str, int] = {}
        for place, value in enumerate(cells):
            if value and isinstance(value, str) and len(value) < 40:
                word = header_word(value)
                if word in layout.INDEX and word not in columns:
                    columns[word] = place
        if len(columns) >= _ENOUGH and (best is None or len(columns) > len(best[1])):
            best = number, columns
    return best


def _table(
    name: str, grid: list[list[Value]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> RawTable | None:
    found = _header(grid)
    if found is None:
        return None
    top, columns = found
    inputs = {place for word, place in columns.items() if word in layout.INPUTS}
    for (first_row, first_column), (last_row, last_column) in merged:
        # A merge over several rows says the same for each of them; only its first cell holds the value.
        if first_row <= top or last_row == first_row or first_column != last_column or first_column not in inputs:
            continue
        for line in range(first_row + 1, min(last_row + 1, len(grid))):
            grid[line][first_column] = grid[first_row][first_column]
    mapped = set(columns.values())
    rows = []
    for number in range(top + 1, len(grid)):
        cells = grid[number]
        if not any(value != "" for value in cells):
            continue
        values = {word: cells[place] for word, place in columns.items() if cells[place] != ""}
        loose = [cell for place, cell in enumerate(cells) if place not in mapped and isinstance(cell, str) and cell]
        keys = tuple(cell.strip() for cell in loose if looks_like_claim(cell.strip()))
        others = tuple(cell for cell in loose if not looks_like_claim(cell.strip()))
        if all(header_word(value) == word for word, value in values.items()) and values:
            continue  # the header row once more
        rows.append(RawRow(number + 1, values, keys, others))
    return RawTable(name, top + 1, columns, tuple(rows))


def _labels(name: str, grid: Sequence[Sequence[Value]], header_row: int) -> dict[str, RawLabel]:
    stops = {*layout.LABELS, layout.CHECK_LABEL}
    found: dict[str, RawLabel] = {}
    for number, cells in enumerate(grid[: header_row - 1]):
        for place, value in enumerate(cells):
            if not isinstance(value, str) or not value:
                continue
            word, colon, rest = unicodedata.normalize("NFKC", value).strip().partition(":")
            word = header_word(word)
            if word not in layout.LABELS or word in found:
                continue
            if colon and rest.strip():  # “填报人：张三” in one cell
                found[word] = RawLabel(name, layout.cell_name(number, place), rest.strip())
                continue
            at, content = place + 1, cells[place + 1] if place + 1 < len(cells) else ""
            for further in range(place + 1, min(place + 5, len(cells))):
                if header_word(cells[further]) in stops:
                    break
                if cells[further] != "":
                    at, content = further, cells[further]
                    break
            found[word] = RawLabel(name, layout.cell_name(number, at), content)
    return found


def _sheet_tokens(grid: Sequence[Sequence[Value]]) -> list[str]:
    return [
        token
        for cells in grid[:50]
        for value in cells
        if isinstance(value, str) and looks_like_claim(value.strip())
        for token in (value.strip(),)
    ]


def _property_tokens(data: bytes) -> tuple[str, ...]:
    """Tokens in the custom properties: docProps/custom.xml of .xlsx, meta.xml of .ods."""
    if not data.startswith(b"PK"):
        return ()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in ("docProps/custom.xml", "meta.xml"):
            try:
                text = archive.read(part).decode("utf-8", "replace")
            except KeyError:
                continue
            return find_tokens(html.unescape(text))
    return ()
