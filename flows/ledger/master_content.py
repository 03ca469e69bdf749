"""A digest of all that the office is not asked to fill in in 总台账: whether somebody has changed it by hand.

It does not depend on the order of the rows, nor on the program that has saved the workbook: texts count without their
white space, numbers by their value, whatever their format. Each row counts for itself, so no rows are held in memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice, takewhile
from typing import BinaryIO, Final

from flows.ledger.forms.grid import Grid, Value
from flows.ledger.forms.long_xlsx import LongBook, LongCell, Room
from flows.ledger.forms.opening import read_book
from flows.ledger.forms.parts import SheetPart
from flows.ledger.layout import column_name
from flows.ledger.master_tables import HEADER_SEARCH, office_places
from flows.ledger.safety import RefusedError
from flows.ledger.values import shown

_BYTES: Final = 32
_KEY: Final = "tzr1;"
"""How the hidden keys begin. They do not count: LibreOffice takes a “_x2_” in a signature for a character's number."""
_SHOWN = re.compile(rb">([^<]+)<")
_LONG_NUMBER = re.compile(rb"<v>[^<]{13}")
_SPECIAL: Final = (b' t="s"', b' t="e"', b"<f")
"""What a row has in which something else stands than its values."""
_ESCAPED: Final = (b"&", b"_x")
"""What a text has that is not written as it is."""


class Content:
    """Takes in the rows of a workbook, in any order."""

    def __init__(self) -> None:
        self.total = 0
        """Of the digests of all rows."""

    def add(self, sheet: str, cells: Iterable[LongCell], skipped: frozenset[int] = frozenset()) -> None:
        """One row: its cells from left to right, but those of the columns ``skipped``."""
        texts = [_text(value, fault) for place, value, _, fault in cells if place not in skipped]
        self.add_texts(
            sheet, "\x1f".join(text for text in texts if not text.startswith(_KEY)).encode("utf-8", "replace")
        )

    def add_texts(self, sheet: str, texts: bytes) -> None:
        """One row as UTF-8, its texts divided by U+001F."""
        bare = b"".join(texts.split())
        if bare.strip(b"\x1f"):
            made = hashlib.blake2b(bare, digest_size=_BYTES, person=_named(sheet)).digest()
            self.total += int.from_bytes(made, "big")

    @property
    def digest(self) -> str:
        """Of all rows, as 64 characters."""
        return f"{self.total % 2 ** (8 * _BYTES):0{2 * _BYTES}x}"


@dataclass(frozen=True, slots=True)
class Seen:
    """Long rows that were looked at while they were written."""

    first: int
    """0-based number of the first one; nothing stands below the last one."""
    blocks: Sequence[tuple[int, Sequence[bytes]]]
    """Of each block the total of most of its rows, and the rows that are left."""


def watch(sheet: str, head: Sequence[str]) -> Callable[[Sequence[bytes]], tuple[int, list[bytes]]]:
    """What looks at blocks of a sheet's rows, in whatever process they are made; ``head``: the words above them."""
    return partial(_add_up, sheet, _empty(office_places(Grid(sheet, [list(head)]))))


def written_content(data: bytes | BinaryIO, rows: int, seen: Mapping[str, Seen] | None = None) -> str:
    """The digest of a workbook that was just written here, of ``rows`` tasks; ``seen``: long rows by their sheet.

    Says what ``Content`` would, of rows read one by one; most of ours say it in their XML, which is much quicker.
    """
    book = LongBook(data, Room.of(rows))
    content = Content()
    for sheet in book.sheets:
        _add_written(book, sheet, content, (seen or {}).get(sheet.name))
    return content.digest


def _add_written(book: LongBook, sheet: SheetPart, content: Content, seen: Seen | None) -> None:
    raws = book.raw_rows(sheet)
    head = [book.cells(raw) for raw in islice(raws, HEADER_SEARCH)]
    skipped = office_places(grid_of(head, sheet.name))
    for _, cells in takewhile(lambda row: seen is None or row[0] < seen.first, head):
        content.add(sheet.name, cells, skipped)
    for total, unusual in seen.blocks if seen else (_add_up(sheet.name, _empty(skipped), raws),):
        content.total += total
        for raw in unusual:
            content.add(sheet.name, book.cells(raw)[1], skipped)


def _add_up(sheet: str, empty: bytes, raws: Iterable[bytes]) -> tuple[int, list[bytes]]:
    """The total of rows that show their texts as they are, and the others. ``empty``: see ``_empty``."""
    content, unusual = Content(), []
    shared, wrong, worked_out = _SPECIAL
    entity, literal = _ESCAPED
    key = _KEY.encode()
    is_empty = re.compile(empty).search
    for raw in raws:
        if is_empty(raw) and not (shared in raw or wrong in raw or worked_out in raw):
            found = _SHOWN.findall(raw)
            if found and found[-1].startswith(key):
                found.pop()
            texts = b"\x1f".join(found)
            if not (entity in texts or literal in texts or _LONG_NUMBER.search(raw)):
                content.add_texts(sheet, texts)
                continue
        unusual.append(raw)
    return content.total, unusual


def _empty(places: frozenset[int]) -> bytes:
    """The pattern of cells of a row without content, side by side; any row matches that of no places."""
    return "".join(f'<c r="{column_name(place)}\\d+" s="\\d+"/>' for place in sorted(places)).encode()


def grid_of(rows: Sequence[tuple[int, Sequence[LongCell]]], name: str) -> Grid:
    """Rows that were read one by one as the grid that they make."""
    grid = Grid(name, [], faults={})
    faults = {}
    for number, cells in rows:
        grid.rows.extend([] for _ in range(number + 1 - len(grid.rows)))
        line: list[Value] = [""] * (cells[-1][0] + 1 if cells else 0)
        for place, value, _, fault in cells:
            line[place] = value
            if fault:
                faults[number, place] = fault
        if number >= 0:
            grid.rows[number] = line
    grid.faults = faults
    return grid


@cache
def _named(sheet: str) -> bytes:
    return hashlib.blake2b(sheet.encode("utf-8", "replace"), digest_size=16).digest()


def _text(value: Value, fault: str) -> str:
    """A value as it counts. LibreOffice keeps 15 digits of a number, Excel 17."""
    if isinstance(value, str):
        return value or fault
    if isinstance(value, bool):
        return f"{value:d}"
    return f"{value:.12G}" if isinstance(value, float) else str(value)


def former_digest(data: bytes) -> str:
    """The digest that versions before 2026 年 12 月 kept in ``masters``; '' if unreadable."""
    try:
        grids = read_book(data).grids
    except RefusedError:
        return ""
    lines: list[str] = []
    for grid in grids:
        skipped = office_places(grid)
        for cells in grid.rows:
            texts = [shown(value) for place, value in enumerate(cells) if place not in skipped]
            if any(texts):
                lines.append("\x1f".join([grid.name, *texts]).rstrip("\x1f"))
    return hashlib.sha256("\x1e".join(sorted(lines)).encode("utf-8", "replace")).hexdigest()
