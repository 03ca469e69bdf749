"""Rows of a Word table: which cells stand below one another, also where people have shifted the borders by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from flows.plan.documents.model import Cell, Row

_NEAR = 300
"""Borders that lie closer than this (twentieths of a point, half a centimetre) were meant to be one."""


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell and how many columns of Word's invisible grid it takes."""

    cell: Cell
    span: int = 1


def rows_of(rows: Sequence[Sequence[WordCell]], widths: Sequence[int]) -> tuple[Row, ...]:
    """Rows with a cell in every column. ``widths`` are those of the grid's columns, as far as the file gives them.

    Word's grid has a line for every border that any row uses, so that two rows whose borders differ by a millimetre
    count as having more columns than anybody sees. Where all rows have as many cells, the n-th cells belong together.
    """
    counts = {len(row) for row in rows if len(row) > 1}
    plain = len(counts) == 1 and not any(one.cell.beside for row in rows for one in row)
    if plain:
        width = max(counts)
        spread = [_even(row, width) for row in rows]
    else:
        borders = _borders(rows, widths)
        spread = [_on_grid(row, borders) for row in rows]
    return tuple(Row(tuple(cells), f"表格第{n}行") for n, cells in enumerate(_with_real_tops(spread), 1))


def _even(row: Sequence[WordCell], width: int) -> list[Cell]:
    cells = [one.cell for one in row]
    if len(cells) < width:
        cells.extend([Cell(above=row[0].cell.above, beside=True)] * (width - 1) if cells else [Cell()] * width)
    return cells


def _borders(rows: Sequence[Sequence[WordCell]], widths: Sequence[int]) -> dict[int, int]:
    """Grid line → visible column that begins there; lines that no cell uses or that lie near another have none."""
    used: set[int] = set()
    filled: set[tuple[int, int]] = set()
    for row in rows:
        lines = list(accumulate((one.span for one in row), initial=0))
        used.update(lines)
        filled.update((a, b) for a, b, one in zip(lines, lines[1:], row, strict=False) if one.cell.text)
    positions = list(accumulate(widths, initial=0))
    kept: list[int] = []
    columns: dict[int, int] = {}
    for line in sorted(used):
        known = line < len(positions) and bool(kept) and kept[-1] < len(positions)
        near = known and 0 <= positions[line] - positions[kept[-1]] < _NEAR
        if not (near and not any(kept[-1] <= a and b <= line for a, b in filled)):
            kept.append(line)
        columns[line] = len(kept) - 1
    return columns


def _on_grid(row: Sequence[WordCell], borders: dict[int, int]) -> list[Cell]:
    cells: list[Cell] = []
    line = 0
    for one in row:
        columns = borders[line + one.span] - borders[line]
        line += one.span
        if columns > 0:
            cells.append(one.cell)
            cells.extend([Cell(above=one.cell.above, beside=True)] * (columns - 1))
        elif one.cell.text and cells:
            cells[-1] = replace(cells[-1], text=f"{cells[-1].text}\n{one.cell.text}".strip())
    return cells


def _with_real_tops(rows: list[list[Cell]]) -> list[list[Cell]]:
    """A lower part of a merge that has no upper part is a cell of its own; the lower parts' hidden texts go."""
    above: list[Cell] = []
    settled = []
    for number, row in enumerate(rows):
        line = []
        for column, cell in enumerate(row):
            if cell.above and number == 0:
                cell = replace(cell, above=False)
            elif cell.above:
                top = above[column] if column < len(above) else None
                cell = replace(cell, above=False) if top is None else replace(cell, text="")
            line.append(cell)
        above = line
        settled.append(line)
    return settled
