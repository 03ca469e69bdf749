"""Ruled tables of a PDF page: the grid that its lines draw, merged cells known by their size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from flows.plan.documents.model import Cell, Row
from flows.plan.documents.pdf_lines import Line, lines_of, paragraphs

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, from the top left of the page."""
_NEAR = 3.0
"""Rules nearer than this (points) are one."""


@dataclass(slots=True)
class Grid:
    """A ruled table on one page: its cells, where its columns begin and end, and the texts of the cells."""

    page: int
    box: Box
    cells: list[Box]
    texts: dict[Box, str]
    columns: list[float]
    loose: list[Line]
    """Lines inside of the table's box that stand in none of its cells."""


def grids_of(page: Any, number: int) -> list[Grid]:
    """The ruled tables of a page from the top down; boxes around a text are none."""
    grids = []
    for table in page.find_tables(_settings(page)):
        cells: list[Box] = [(float(c[0]), float(c[1]), float(c[2]), float(c[3])) for c in table.cells]
        columns = _clusters([cell[0] for cell in cells] + [cell[2] for cell in cells])
        rows = _clusters([cell[1] for cell in cells] + [cell[3] for cell in cells])
        if len(columns) < 3 or len(rows) < 2:
            continue
        box: Box = (columns[0], rows[0], columns[-1], rows[-1])
        texts, loose = _texts(page.chars, cells, box)
        grids.append(Grid(number, box, cells, texts, columns, loose))
    return sorted(grids, key=lambda grid: grid.box[1])


def _settings(page: Any) -> dict[str, Any]:
    """Rules as they are drawn; a table that is open at its sides gets the two rules that its author left out."""
    flat = [edge for edge in page.edges if edge["orientation"] == "h"]
    upright = [edge for edge in page.edges if edge["orientation"] == "v" and edge["height"] > 4]
    if not flat or not upright:
        return {}
    extents: dict[int, Box] = {}
    for edge in flat:
        place = round(edge["top"] / _NEAR)
        left, top, right, bottom = extents.get(place, (edge["x0"], edge["top"], edge["x1"], edge["top"]))
        extents[place] = (min(left, edge["x0"]), top, max(right, edge["x1"]), bottom)
    widest = max(extents.values(), key=lambda one: one[2] - one[0])
    alike = [one for one in extents.values() if abs(one[0] - widest[0]) < _NEAR and abs(one[2] - widest[2]) < _NEAR]
    inner = [edge for edge in upright if widest[0] + _NEAR < edge["x0"] < widest[2] - _NEAR]
    if len(alike) < 3 or not inner or widest[2] - widest[0] < page.width * 0.4:
        return {}
    top, bottom = min(one[1] for one in alike), max(one[1] for one in alike)
    missing = [
        {
            "x0": x,
            "x1": x,
            "top": top,
            "bottom": bottom,
            "height": bottom - top,
            "orientation": "v",
            "object_type": "line",
        }
        for x in (widest[0], widest[2])
        if not any(abs(edge["x0"] - x) < _NEAR for edge in upright)
    ]
    return {"explicit_vertical_lines": missing} if missing else {}


def _clusters(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _texts(chars: list[dict[str, Any]], cells: Sequence[Box], box: Box) -> tuple[dict[Box, str], list[Line]]:
    inside: dict[Box, list[dict[str, Any]]] = {cell: [] for cell in cells}
    outside: list[dict[str, Any]] = []
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        if not (box[0] <= x <= box[2] and box[1] <= y <= box[3]):
            continue
        cell = next((one for one in cells if one[0] <= x <= one[2] and one[1] <= y <= one[3]), None)
        (outside if cell is None else inside[cell]).append(char)
    lines = {cell: lines_of(own) for cell, own in inside.items()}
    # The space between a rule and the text is the same all over a table.
    pads = [max(0.0, line.left - cell[0]) for cell, own in lines.items() for line in own]
    pad = min(8.0, min(pads, default=5.0))
    texts = {cell: "\n".join(paragraphs(own, cell[0] + pad, cell[2] - pad)) for cell, own in lines.items()}
    return texts, lines_of(outside)


def share_columns(grids: Sequence[Grid]) -> None:
    """Give the pages of one table the same columns, also where a page shows no cell that tells two of them apart."""
    run: list[Grid] = []
    for grid in [*grids, None]:
        alike = run and grid is not None and grid.page == run[-1].page + 1
        if grid is not None and (not run or (alike and all(abs(grid.box[n] - run[-1].box[n]) < _NEAR for n in (0, 2)))):
            run.append(grid)
            continue
        columns = _clusters(x for one in run for x in one.columns)
        for one in run:
            one.columns = columns
        run = [grid] if grid is not None else []


def rows_of(grid: Grid, above: Grid | None = None) -> tuple[Row, ...]:
    """The rows of a grid. ``above``: the grid on the page before that it may continue.

    A blank cell at its top is then the lower part of a merge where either part spans several rows; where neither does,
    it may as well be empty.
    """
    edges = _edges(grid)
    rows = []
    for number, (top, bottom) in enumerate(pairwise(edges)):
        cells = []
        for left, right in pairwise(grid.columns):
            x, y = (left + right) / 2, (top + bottom) / 2
            cell = next((one for one in grid.cells if one[0] <= x <= one[2] and one[1] <= y <= one[3]), None)
            if cell is None:
                cells.append(Cell())
                continue
            lower, beside = cell[1] < top - _NEAR, cell[0] < left - _NEAR
            text = "" if lower or beside else grid.texts[cell]
            if above is not None and number < 2 and not text and not lower and not beside:
                cells.append(Cell("", True if _tall(grid, cell) or _ends_tall(above, x) else None))
                continue
            cells.append(Cell(text, lower, beside))
        rows.append(Row(tuple(cells), f"第{grid.page}页表格第{number + 1}行"))
    return tuple(row for row in rows if not row.blank)


def _edges(grid: Grid) -> list[float]:
    return _clusters([cell[1] for cell in grid.cells] + [cell[3] for cell in grid.cells])


def _tall(grid: Grid, cell: Box) -> bool:
    """The cell spans several rows."""
    return any(cell[1] + _NEAR < edge < cell[3] - _NEAR for edge in _edges(grid))


def _ends_tall(grid: Grid, x: float) -> bool:
    """The last cell of a column spans several rows, down to the end of the page."""
    last = max((cell for cell in grid.cells if cell[0] <= x <= cell[2]), key=lambda cell: cell[3], default=None)
    return last is not None and last[3] > grid.box[3] - _NEAR and _tall(grid, last)
