"""OpenDocument sheets (.ods): one pass measures what repeated cells multiply out to, and finds merges and faults."""

from __future__ import annotations

import html
import re
from typing import Final
from xml.parsers import expat

from flows.ledger.forms.grid import ERRORS, Book, Grid, Merge
from flows.ledger.forms.spreadsheets import Faults, grids
from flows.ledger.identity import find_tokens
from flows.ledger.safety import (
    DAMAGED,
    FILLED_LIMIT,
    LINKS,
    MACROS,
    NOT_A_WORKBOOK,
    TOO_BIG,
    Measure,
    Package,
    RefusedError,
)

_FILE_LINK = re.compile(r"'(?:file|https?|ftp|smb):[^']*'#", re.IGNORECASE)
_MERGES_LIMIT: Final = 20_000
_MACROS = re.compile(r"(?:basic/(?!.*script-l[bc]\.xml$).+\.xml|scripts/.+)$")


def read(data: bytes, package: Package) -> Book:
    """The workbook; ``package`` is loaded. Raises RefusedError."""
    content = package.part("content.xml")
    if b"office:spreadsheet" not in content:
        raise RefusedError(NOT_A_WORKBOOK)
    if any(_MACROS.match(name) for name in package.names):
        raise RefusedError(MACROS)
    walk = _Walk()
    try:
        walk.walk(content)
    except expat.ExpatError:
        raise RefusedError(DAMAGED) from None
    tokens = find_tokens(html.unescape(package.part("meta.xml").decode("utf-8", "replace")))
    count = sum(1 for name in package.names if name.startswith("pictures/") and not name.endswith("/"))
    remarks = (f"文件里有 {count} 张图片，.ods 里的图片没有取出，需要时请对方另存为 .xlsx 再发",) if count else ()
    package.release()
    found = (
        _with_tabs(grid, walk.tabs.get(number, {})) for number, grid in enumerate(grids(data, walk.faults, walk.merged))
    )
    return Book(found, tokens, (), remarks, walk.since_1904)


def _with_tabs(grid: Grid, texts: dict[tuple[int, int], str]) -> Grid:
    for (row, column), text in texts.items():
        if row < len(grid.rows) and column < len(grid.rows[row]):
            grid.rows[row][column] = text
    return grid


class _Walk:
    """Walks the content and keeps count of sheet, row and column."""

    def __init__(self) -> None:
        self.measure = Measure()
        self.faults: dict[int, Faults] = {}
        self.merged: dict[int, list[Merge]] = {}
        self.since_1904 = False
        self.sheet = -1
        self.depth = 0
        self.row = self.column = self.rows = self.columns = 0
        self.row_times = self.cell_times = 1
        self.filled = self.row_filled = self.size = self.row_size = 0
        self.full = self.row_full = False
        self.notes = 0
        self.formula: str | None = None
        self.tabbed = self.wrong = False
        self.tabs: dict[int, dict[tuple[int, int], str]] = {}
        """Texts with tabs, which calamine drops, by sheet and place."""
        self.text: list[str] = []

    def walk(self, content: bytes) -> None:
        """Raises RefusedError and ExpatError."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.Parse(content, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name in {"table-cell", "covered-table-cell"}:
            self._cell(attributes)
        elif name == "p":
            self.full = True
            if self.text and not self.notes:
                self.text.append("\n")
        elif name == "tab" and not self.notes:
            self.text.append("\t")
            self.tabbed = True
        elif name == "line-break" and not self.notes:
            self.text.append("\n")
        elif name == "s" and not self.notes:
            count = attributes.get("text:c", "1")
            self.text.append(" " * min(int(count) if count.isdecimal() else 1, 1000))
        elif name == "table-row":
            self.row_times = _count(attributes.get("table:number-rows-repeated"))
            self.column = self.row_filled = self.row_size = 0
            self.row_full = False
        elif name == "table":
            self.depth += 1
            if self.depth > 1:
                raise RefusedError(DAMAGED)
            self.sheet += 1
            self.row = self.rows = self.columns = self.filled = 0
        elif name == "annotation":
            self.notes += 1
        elif name == "null-date":
            self.since_1904 = attributes.get("table:date-value", "").startswith("1904")
        elif name in {"table-source", "dde-link", "dde-links"}:
            raise RefusedError(LINKS)

    def _cell(self, attributes: dict[str, str]) -> None:
        self.cell_times = _count(attributes.get("table:number-columns-repeated"))
        self.full = "office:value-type" in attributes
        self.formula = attributes.get("table:formula")
        self.wrong = attributes.get("calcext:value-type") == "error"
        self.text, self.tabbed, self.size = [], False, len(attributes.get("office:string-value", ""))
        if self.formula and ("DDE(" in self.formula.upper() or _FILE_LINK.search(self.formula)):
            raise RefusedError(LINKS)
        across = _count(attributes.get("table:number-columns-spanned"))
        down = _count(attributes.get("table:number-rows-spanned"))
        if across > 1 or down > 1:
            merges = self.merged.setdefault(self.sheet, [])
            merges.append(((self.row, self.column), (self.row + down - 1, self.column + across - 1)))
            if len(merges) > _MERGES_LIMIT:
                raise RefusedError(TOO_BIG)

    def _characters(self, text: str) -> None:
        self.size += len(text)
        if not self.notes:
            self.text.append(text)

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in {"table-cell", "covered-table-cell"}:
            self._cell_ends()
        elif name == "table-row":
            if self.row_full:
                self.rows = self.row + self.row_times
                self.filled += self.row_filled * self.row_times
                if self.filled > FILLED_LIMIT:
                    raise RefusedError(TOO_BIG)
                Measure().sheet(self.rows, self.columns)
                self.measure.text(self.row_size * self.row_times)
            self.row += self.row_times
        elif name == "table":
            self.depth -= 1
            self.measure.sheet(self.rows, self.columns)
        elif name == "annotation":
            self.notes -= 1

    def _cell_ends(self) -> None:
        text = "".join(self.text).strip()
        # A formula without a value has an empty result: LibreOffice never stores one that it has not worked out.
        if self.wrong or (self.formula is not None and (text in ERRORS or text.startswith("Err:"))):
            # A repeated fault is told at its first places only: no message lists thousands.
            for row in range(min(self.row_times, 200)):
                for column in range(min(self.cell_times, 50)):
                    self.faults.setdefault(self.sheet, {})[self.row + row, self.column + column] = text or "#ERROR"
        if self.tabbed:
            for column in range(min(self.cell_times, 50)):
                self.tabs.setdefault(self.sheet, {})[self.row, self.column + column] = "".join(self.text)
        self.column += self.cell_times
        if self.full:
            self.row_full = True
            self.columns = max(self.columns, self.column)
            self.row_filled += self.cell_times
            self.row_size += self.size * self.cell_times
        self.full = False


def _count(text: str | None) -> int:
    return max(int(text), 1) if text and text.isdecimal() and len(text) < 10 else 1
