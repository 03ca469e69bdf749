"""Rows of a table from cells that span rows and columns; real tables and those that only lay out a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.plan.documents.model import Cell, Row, Table

_MOST_SPAN = 200


@dataclass(frozen=True, slots=True)
class Spanned:
    """A cell as HTML and spreadsheets write it: its text and how many rows and columns it takes; 0 rows: to the end."""

    text: str
    rows: int = 1
    columns: int = 1


def spread(rows: Iterable[Sequence[Spanned]]) -> tuple[Row, ...]:
    """Rows with a cell in every place: the covered ones are marked as lower or right parts of a merge."""
    waiting: dict[int, tuple[int, bool]] = {}
    found = []
    for number, row in enumerate(rows, 1):
        cells: dict[int, Cell] = {}
        still: dict[int, tuple[int, bool]] = {}
        for column, (left, beside) in waiting.items():
            cells[column] = Cell("", True, beside)
            if left != 1:
                still[column] = (left - 1, beside)
        at = 0
        for cell in row:
            while at in cells:
                at += 1
            for offset in range(min(max(1, cell.columns), _MOST_SPAN)):
                if at + offset in cells:
                    break
                cells[at + offset] = Cell("" if offset else cell.text, False, offset > 0)
                if cell.rows != 1:
                    still[at + offset] = (cell.rows - 1 if cell.rows else -1, offset > 0)
            at += 1
        waiting = still
        width = max(cells, default=-1) + 1
        found.append(Row(tuple(cells.get(column, Cell("", False)) for column in range(width)), f"表格第{number}行"))
    return tuple(row for row in found if row.cells)


def is_frame(table: Table) -> bool:
    """A table of one column is a box drawn around paragraphs."""
    return max((sum(not cell.beside for cell in row.cells) for row in table.rows), default=0) < 2


def only_lays_out(own: int, nested: Iterable[tuple[int, int, int]]) -> bool:
    """An outer table only arranges the page when a real table inside it holds at least half of its text.

    ``own`` is the length of its whole text, ``nested`` are (rows, columns, length) of the tables in it.
    """
    return any(rows > 1 and columns > 1 and length * 2 >= own for rows, columns, length in nested)
