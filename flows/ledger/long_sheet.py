"""A sheet of tens of thousands of rows: written row by row while the workbook is stored, never held in memory.

XlsxWriter keeps a tuple for each cell and needs 8 µs for it: 60,000 rows of the 总台账 took half a minute. Here a row
is one string, and texts that come again and again are turned into XML once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger.layout import column_name

_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class LongRow:
    """One row: the XML of its cells from column A on, each after its address, and its height in points."""

    cells: Sequence[str]
    height: float


class LongSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet with one block of long rows; what stands above and below is written as in any other."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Iterable[LongRow] = ()
        self._first = 0
        self._count = 0

    def add_long_rows(self, first: int, count: int, width: int, rows: Iterable[LongRow]) -> None:
        """Rows ``first`` and the following, ``count`` in all, of ``width`` cells each; ``rows`` is read at the end."""
        self._rows, self._first, self._count = rows, first, count
        if count:
            self._check_dimensions(first, 0)
            self._check_dimensions(first + count - 1, width - 1)

    def _write_rows(self) -> None:
        if not self._count:
            super()._write_rows()
            return
        top, bottom = vars(self)["dim_rowmin"], vars(self)["dim_rowmax"]
        self.dim_rowmax = self._first - 1
        super()._write_rows()
        for xml in self._written():
            self.fh.write(xml)
        self.dim_rowmin, self.dim_rowmax = self._first + self._count, bottom
        super()._write_rows()
        self.dim_rowmin = top

    def _written(self) -> Iterator[str]:
        letters: list[str] = []
        for line, row in enumerate(self._rows, self._first + 1):
            while len(letters) < len(row.cells):
                letters.append(column_name(len(letters)))
            cells = "".join([f'<c r="{letter}{line}{xml}' for letter, xml in zip(letters, row.cells, strict=False)])
            pixels = int(row.height * 4 / 3 + 0.5)
            yield f'<row r="{line}" ht="{pixels * 0.75:.16g}" customHeight="1">{cells}</row>'


class CellMemory:
    """Cells that were made before: (column, text) → XML and height."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str], tuple[str, float]] = {}

    def get(self, place: int, text: str) -> tuple[str, float] | None:
        """The cell, if it was made before."""
        return self._kept.get((place, text))

    def keep(self, place: int, text: str, made: tuple[str, float]) -> None:
        """Keep a cell; nothing once there are very many."""
        if len(self._kept) < _KEPT:
            self._kept[place, text] = made
