"""A sheet of tens of thousands of rows: made row by row while the workbook is stored, never held in memory.

XlsxWriter keeps a tuple for each cell and needs 8 µs for it, and the whole sheet as text: 60,000 rows of the 总台账
took half a minute. Here a row is one string, put together from pieces of which most stand in many rows (what the plan
says of a task, who the unit is, a ruling that was never made), and it is deflated while the next ones are made.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Generic, TypeVar

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.ledger.layout import column_name
from flows.ledger.zipping import Part, inflated, long_part, package, parts_of

_KEPT: Final = 20_000
_ROWS: Final = "<!-- long rows -->"
"""Stands for the rows in the XML that XlsxWriter writes; no text of a cell can hold it unescaped."""
_LINE: Final = "\ue10a"
"""Where the number of the row goes in a piece that is kept."""

F = TypeVar("F")
Made = tuple[str, float]
"""The XML of a cell after its address, and the height in points that its text needs."""


class LongSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet with one block of long rows; what stands above and below is written as in any other."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Iterable[str] = ()
        self._first = 0
        self._count = 0

    def add_long_rows(self, first: int, count: int, width: int, rows: Iterable[str]) -> None:
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
        self.fh.write(_ROWS)
        self.dim_rowmin, self.dim_rowmax = self._first + self._count, bottom
        super()._write_rows()
        self.dim_rowmin = top

    def pieces(self, xml: str) -> Iterator[str]:
        """The sheet's whole XML, when ``xml`` is what XlsxWriter wrote of it."""
        before, mark, after = xml.partition(_ROWS)
        yield before
        if mark:
            yield from self._rows
        yield after


def stored(workbook: Workbook, stream: io.BytesIO) -> bytes:
    """Close a workbook that was opened on ``stream``, and put the rows of its long sheets in."""
    workbook.close()
    data = stream.getvalue()
    long = {
        f"xl/worksheets/sheet{number}.xml": sheet
        for number, sheet in enumerate(workbook.worksheets(), 1)
        if isinstance(sheet, LongSheet)
    }
    found: list[Part] = []
    for part in parts_of(data):
        name = part.name.decode("utf-8")
        if name in long:
            found.append(long_part(name, long[name].pieces(inflated(part).decode("utf-8"))))
        else:
            found.append(part)
    return package(found)


class RowMaker(Generic[F]):
    """Makes the XML of rows whose fields come in groups that stand side by side."""

    def __init__(
        self, groups: Sequence[tuple[int, bool]], cell: Callable[[int, F], Made], heights: tuple[float, float]
    ) -> None:
        """``groups``: how many columns each has, and whether it is the same in many rows; others are kept when they are
        empty. ``cell``: a cell by its column and field. ``heights``: the least and the greatest of a row.
        """
        self._cell = cell
        self._least, self._most = heights
        self._parts: list[tuple[bool, dict[tuple[F, ...], Made], list[tuple[int, str]]]] = []
        place = 0
        for size, often in groups:
            self._parts.append((often, {}, [(at, column_name(at)) for at in range(place, place + size)]))
            place += size
        self._after = column_name(place)

    def rows(self, first: int, rows: Iterable[tuple[Sequence[tuple[F, ...]], str]]) -> Iterator[str]:
        """The rows from row ``first`` on, counted from 0: each its groups, and a cell after them, '' for none."""
        for line, (groups, last) in enumerate(rows, first + 1):
            number = str(line)
            height = self._least
            cells = []
            for (often, kept, places), group in zip(self._parts, groups, strict=True):
                made = kept.get(group)
                if made is None and (often or not any(group)):
                    made = self._keep(kept, places, group)
                if made is None:
                    xml, needed = self._made(places, group, number)
                    cells.append(xml)
                else:
                    cells.append(made[0].replace(_LINE, number))
                    needed = made[1]
                if needed > height:
                    height = needed
            if last:
                cells.append(f'<c r="{self._after}{number}{last}')
            pixels = int(min(height, self._most) * 4 / 3 + 0.5)
            yield f'<row r="{number}" ht="{pixels * 0.75:.16g}" customHeight="1">{"".join(cells)}</row>'

    def _keep(
        self, kept: dict[tuple[F, ...], Made], places: Sequence[tuple[int, str]], group: tuple[F, ...]
    ) -> Made | None:
        """Make a group once for all rows; None where a text holds the very sign that stands for the number."""
        if len(kept) >= _KEPT:
            return None
        made = self._made(places, group, _LINE)
        if made[0].count(_LINE) != len(places):
            return None
        kept[group] = made
        return made

    def _made(self, places: Sequence[tuple[int, str]], group: tuple[F, ...], line: str) -> Made:
        height = 0.0
        cells = []
        for (place, letter), field in zip(places, group, strict=True):
            xml, needed = self._cell(place, field)
            cells.append(f'<c r="{letter}{line}{xml}')
            if needed > height:
                height = needed
        return "".join(cells), height
