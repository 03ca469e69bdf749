"""Tables as one reads them back from Word, Excel and a web page: where cells begin, what they cover and say."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import docx
from docx.oxml.ns import qn
from openpyxl import load_workbook

from flows.annual.format import Table
from flows.annual.model import AnnualTables

Grid = dict[tuple[int, int], tuple[int, int, object]]
"""(row, column) → (rows covered, columns covered, content)."""


def official_grid(table: Table, tables: AnnualTables) -> Grid:
    """What the format says has to stand there, with the numbers of these tables as they are printed."""
    return {
        (cell.row, cell.column): (cell.down, cell.across, tables[cell.key].shown if cell.key else cell.text)
        for cell in table.cells
    }


def word_grids(path: Path) -> list[Grid]:
    """Every table of a Word document; merges as Word keeps them (gridSpan, vMerge)."""
    return [_word_grid(table._tbl) for table in docx.Document(str(path)).tables]


def _word_grid(table: object) -> Grid:
    grid: Grid = {}
    above: dict[int, tuple[int, int]] = {}
    for row, line in enumerate(table.tr_lst):  # type: ignore[attr-defined]
        column = 0
        for cell in line.tc_lst:
            across = cell.grid_span
            merge = cell.tcPr.find(qn("w:vMerge"))
            if merge is not None and merge.get(qn("w:val")) != "restart":
                start = above[column]
                down, width, text = grid[start]
                assert width == across, "a merge that is not a rectangle"
                grid[start] = (down + 1, width, text)
            else:
                text = "".join(node.text or "" for node in cell.iter(qn("w:t")))
                grid[row, column] = (1, across, text)
                above[column] = (row, column)
            column += across
    return grid


def sheet_grid(path: Path, name: str, top: int) -> Grid:
    """A sheet from row ``top`` (0-based) on; cells that nothing is written in and no merge covers are left out."""
    sheet = load_workbook(path)[name]
    spans = {
        (area.min_row - 1 - top, area.min_col - 1): (area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        for area in sheet.merged_cells.ranges
        if area.min_row > top
    }
    covered = {
        (row + down, column + right)
        for (row, column), (height, width) in spans.items()
        for down in range(height)
        for right in range(width)
    } - set(spans)
    grid: Grid = {}
    for line in sheet.iter_rows(min_row=top + 1):
        for cell in line:
            place = (cell.row - 1 - top, cell.column - 1)
            if place not in covered:
                grid[place] = (*spans.get(place, (1, 1)), cell.value)
    return grid


@dataclass
class _Reader(HTMLParser):
    grids: list[Grid] = field(default_factory=list)
    row: int = -1
    taken: set[tuple[int, int]] = field(default_factory=set)
    place: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self.grids.append({})
            self.row, self.taken = -1, set()
        elif tag == "tr":
            self.row += 1
        elif tag in ("td", "th"):
            column = next(number for number in range(99) if (self.row, number) not in self.taken)
            down, across = int(given.get("rowspan") or 1), int(given.get("colspan") or 1)
            self.taken |= {(self.row + i, column + j) for i in range(down) for j in range(across)}
            self.place = (self.row, column)
            self.grids[-1][self.place] = (down, across, "")

    def handle_data(self, data: str) -> None:
        if self.place:
            down, across, text = self.grids[-1][self.place]
            self.grids[-1][self.place] = (down, across, f"{text}{data}")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.place = None


def page_grids(path: Path) -> list[Grid]:
    """Every table of a web page, as a browser lays it out."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.grids
