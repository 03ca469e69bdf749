"""A sheet of tens of thousands of rows: made block by block while the workbook is stored, never held in memory.

XlsxWriter keeps a tuple for each cell and needs 8 µs for it, and the whole sheet as text: 60,000 rows of the 总台账
took half a minute. Here a row is one string, put together from pieces of which most stand in many rows (what the plan
says of a task, who the unit is, a ruling that was never made); blocks of rows are made and deflated on all cores.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import islice
from typing import Any, BinaryIO, Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.hands import Hands
from flows.ledger.layout import column_name
from flows.ledger.zipping import Block, LongPart, Part, block, inflated, parts_of, write_package

_AT_A_TIME: Final = 2_000
"""Rows that are made and deflated at a time."""
_KEPT: Final = 20_000
_ROWS: Final = "<!-- long rows -->"
"""Stands for the rows in the XML that XlsxWriter writes; no text of a cell can hold it unescaped."""
_LINE: Final = "\ue10a"
"""Where the number of the row goes in a piece that is kept."""

Made = tuple[str, float]
"""The XML of a cell after its address, and the height in points that its text needs."""
Group = tuple[Any, ...]
"""Fields that stand side by side."""
Row = tuple[Sequence[Group], Any]
"""A row's groups, and what the hidden cell after them is made of; None for no such cell."""
Work = Callable[[tuple[int, list[Row]]], tuple[Block, Any]]
"""Makes a block of rows, of which the first has this number."""
Look = Callable[[Sequence[bytes]], Any]
"""Is shown the XML of a block of rows, in the process that makes them."""


class RowMaker:
    """Makes the XML of rows whose fields come in groups. It travels to other processes with all that it needs."""

    def __init__(
        self,
        groups: Sequence[tuple[int, bool]],
        cell: Callable[[int, Any], Made],
        heights: tuple[float, float],
        last: Callable[[Any], str] | None = None,
    ) -> None:
        """``groups``: how many columns each has, and whether it is the same in many rows; others are kept when they are
        empty. ``cell``: a cell by its column and field. ``heights``: the least and the greatest of a row. ``last``: the
        hidden cell after the groups. Both functions are objects that can be pickled.
        """
        self._cell, self._last = cell, last
        self._least, self._most = heights
        self._parts: list[tuple[bool, dict[Group, Made], list[tuple[int, str]]]] = []
        place = 0
        for size, often in groups:
            self._parts.append((often, {}, [(at, column_name(at)) for at in range(place, place + size)]))
            place += size
        self._after = column_name(place)

    def rows(self, first: int, rows: Iterable[Row]) -> Iterator[str]:
        """The rows from row ``first`` on, counted from 0."""
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
            if last is not None and self._last is not None:
                cells.append(f'<c r="{self._after}{number}{self._last(last)}')
            pixels = int(min(height, self._most) * 4 / 3 + 0.5)
            yield f'<row r="{number}" ht="{pixels * 0.75:.16g}" customHeight="1">{"".join(cells)}</row>'

    def _keep(self, kept: dict[Group, Made], places: Sequence[tuple[int, str]], group: Group) -> Made | None:
        """Make a group once for all rows; None where a text holds the very sign that stands for the number."""
        if len(kept) >= _KEPT:
            return None
        made = self._made(places, group, _LINE)
        if made[0].count(_LINE) != len(places):
            return None
        kept[group] = made
        return made

    def _made(self, places: Sequence[tuple[int, str]], group: Group, line: str) -> Made:
        height = 0.0
        cells = []
        for (place, letter), field in zip(places, group, strict=True):
            xml, needed = self._cell(place, field)
            cells.append(f'<c r="{letter}{line}{xml}')
            if needed > height:
                height = needed
        return "".join(cells), height


class LongSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet with one block of long rows; what stands above and below is written as in any other."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Iterable[Row] = ()
        self.first = 0
        """0-based number of the first long row."""
        self._count = 0
        self._work: Work = partial(_made_block, b"", None)
        self._begun: Iterator[tuple[Block, Any]] | None = None
        self.seen: list[Any] = []
        """What was said of each block, once the workbook is stored."""

    def add_long_rows(
        self, first: int, count: int, width: int, rows: Iterable[Row], maker: RowMaker, look: Look | None = None
    ) -> None:
        """Rows ``first`` and the following, ``count`` in all, of ``width`` cells each; ``rows`` is read at the end."""
        self._rows, self.first, self._count = rows, first, count
        self._work = partial(_made_block, pickle.dumps(maker), look)
        if count:
            self._check_dimensions(first, 0)
            self._check_dimensions(first + count - 1, width - 1)

    def _write_rows(self) -> None:
        if not self._count:
            super()._write_rows()
            return
        top, bottom = vars(self)["dim_rowmin"], vars(self)["dim_rowmax"]
        self.dim_rowmax = self.first - 1
        super()._write_rows()
        self.fh.write(_ROWS)
        self.dim_rowmin, self.dim_rowmax = self.first + self._count, bottom
        super()._write_rows()
        self.dim_rowmin = top

    def begin(self, hands: Hands) -> None:
        """Let others make the rows from now on; all are held in memory."""
        self._begun = hands.begin(self._work, _cut(self.first, self._rows))
        self._rows = ()

    def part(self, name: str, xml: str, hands: Hands | None) -> LongPart:
        """The sheet as a member of its package, when ``xml`` is what XlsxWriter wrote of it."""
        before, mark, after = xml.partition(_ROWS)
        made = self._begun
        if made is None:
            cut = _cut(self.first, self._rows) if mark else ()
            made = hands.each(self._work, cut) if hands else map(self._work, cut)

        def blocks() -> Iterator[Block]:
            yield block(before.encode("utf-8"))
            for each, seen in made:
                self.seen.append(seen)
                yield each
            yield block(after.encode("utf-8"))

        return LongPart(name.encode("utf-8"), blocks())


def store(workbook: Workbook, stream: io.BytesIO, out: BinaryIO, hands: Hands | None = None) -> None:
    """Close a workbook that was opened on ``stream``, and write it with the rows of its long sheets."""
    workbook.close()
    long = {
        f"xl/worksheets/sheet{number}.xml": sheet
        for number, sheet in enumerate(workbook.worksheets(), 1)
        if isinstance(sheet, LongSheet)
    }

    def parts() -> Iterator[Part | LongPart]:
        for part in parts_of(stream.getvalue()):
            name = part.name.decode("utf-8")
            sheet = long.get(name)
            yield sheet.part(name, inflated(part).decode("utf-8"), hands) if sheet else part

    write_package(parts(), out)


def _cut(first: int, rows: Iterable[Row]) -> Iterator[tuple[int, list[Row]]]:
    """Rows in blocks, each with the place of its first row."""
    coming = iter(rows)
    while some := list(islice(coming, _AT_A_TIME)):
        yield first, some
        first += len(some)


def _made_block(maker: bytes, look: Look | None, rows: tuple[int, list[Row]]) -> tuple[Block, Any]:
    """A block of rows, made and deflated, and what was said of them; in this process or in another one."""
    first, some = rows
    made = [row.encode("utf-8") for row in _opened(maker).rows(first, some)]
    return block(b"".join(made)), look(made) if look else None


@lru_cache(maxsize=2)
def _opened(maker: bytes) -> RowMaker:
    found: RowMaker = pickle.loads(maker)  # our own, from the process that began this one
    return found
