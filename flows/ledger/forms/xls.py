"""Old workbooks (.xls, and WPS's .et, which is the same inside): the records of [MS-XLS] walked once.

calamine reads the values; here the used range is measured and what it shows as blank is found: error values.
A formula of this format always carries its last result.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flows.ledger.forms.compound import Compound
from flows.ledger.forms.grid import Book
from flows.ledger.forms.spreadsheets import Faults, grids
from flows.ledger.identity import find_tokens
from flows.ledger.safety import (
    DAMAGED,
    ENCRYPTED,
    FILLED_LIMIT,
    LETTERS_LIMIT,
    LINKS,
    MACROS,
    NOT_A_WORKBOOK,
    OLD_WORD,
    TOO_BIG,
    Measure,
    RefusedError,
)

_BOF, _EOF, _SHEETS, _EPOCH, _PASSWORD, _BOOK_LINK, _STRINGS, _MORE = 0x809, 0x0A, 0x85, 0x22, 0x2F, 0x1AE, 0xFC, 0x3C
_DIMENSIONS, _FORMULA, _LABEL_SST, _MULTI, _ERROR = 0x200, 0x06, 0xFD, 0xBD, 0x205
_CELLS: Final = frozenset({_FORMULA, 0x206, 0x406, 0x203, 0x204, _LABEL_SST, 0x27E, _MULTI, _ERROR, 0xD6})
"""Records of cells that hold something: formulas, NUMBER, LABEL, LABELSST, RK, MULRK, BOOLERR, RSTRING."""
ERROR_WORDS: Final = {
    0: "#NULL!",
    7: "#DIV/0!",
    15: "#VALUE!",
    23: "#REF!",
    29: "#NAME?",
    36: "#NUM!",
    42: "#N/A",
    43: "#GETTING_DATA",
}
_RECORDS_LIMIT: Final = 5_000_000
_OWN_LINKS: Final = (0x0401, 0x3A01)
"""SUPBOOK of the workbook itself and of add-in functions."""


def read(data: bytes) -> Book:
    """The workbook. Raises RefusedError."""
    try:
        file = Compound(data)
    except RefusedError:
        raise RefusedError(_by_names(data)) from None
    if "EncryptedPackage" in file.names:
        raise RefusedError(ENCRYPTED)
    if "WordDocument" in file.names:
        raise RefusedError(OLD_WORD)
    if not {"Workbook", "Book"} & file.names:
        raise RefusedError(NOT_A_WORKBOOK if "Root Entry" in file.names else _by_names(data))
    if "_VBA_PROJECT_CUR" in file.names or "_VBA_PROJECT" in file.names:
        raise RefusedError(MACROS)
    stream = file.stream("Workbook") or file.stream("Book")
    try:
        walk = _Walk(stream)
        walk.walk()
    except struct.error:
        raise RefusedError(DAMAGED) from None
    remarks: tuple[str, ...] = ()
    if b"\x89PNG\r\n" in data or b"\xff\xd8\xff\xe0" in data or b"\xff\xd8\xff\xe1" in data:
        remarks = ("文件里有图片，旧格式（.xls、.et）里的图片没有取出，需要时请对方另存为 .xlsx 再发",)
    properties = file.stream("\x05DocumentSummaryInformation")
    tokens = _tokens(properties)
    found = (
        replace(grid, zeros=frozenset(walk.zeros.get(number, ())))
        for number, grid in enumerate(grids(data, walk.faults))
    )
    return Book(found, tokens, (), remarks, walk.since_1904)


def _by_names(data: bytes) -> str:
    """What a cut off file was, by the names that are left in it."""
    reasons = {"EncryptedPackage": ENCRYPTED, "WordDocument": OLD_WORD, "Workbook": DAMAGED, "Book": DAMAGED}
    return next((why for name, why in reasons.items() if name.encode("utf-16-le") in data), DAMAGED)


def _tokens(properties: bytes) -> tuple[str, ...]:
    """The custom property, which programs store in UTF-8, in the code page of their system or in UTF-16."""
    found: dict[str, None] = {}
    for codings in (("utf-8", "gb18030"), ("utf-16-le",)):
        start = properties.find("tzs1;".encode(codings[0]))
        if start < 0:
            continue
        wide = codings[0] == "utf-16-le"
        raw = properties[start : start + 1024]
        end = next((at for at in range(0, len(raw) - 1, 2) if raw[at : at + 2] == b"\0\0"), len(raw))
        raw = raw[:end] if wide else raw.split(b"\0")[0]
        for coding in codings:
            try:
                found |= dict.fromkeys(find_tokens(raw.decode(coding)))
                break
            except UnicodeDecodeError:
                continue
    return tuple(found)


class _Walk:
    """One pass over the records of the workbook stream."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.faults: dict[int, Faults] = {}
        self.zeros: dict[int, list[tuple[int, int]]] = {}
        self.offsets: dict[int, int] = {}
        self.since_1904 = False
        self.left = _RECORDS_LIMIT
        self.measure = Measure()
        self.sizes: list[int] = []

    def _records(self, at: int) -> Iterator[tuple[int, int, int]]:
        """(type, start of the body, its length) up to the end of the stream."""
        stream, end, head = self.stream, len(self.stream), struct.Struct("<HH")
        while at + 4 <= end:
            self.left -= 1
            if self.left < 0:
                raise RefusedError(TOO_BIG)
            kind, length = head.unpack_from(stream, at)
            yield kind, at + 4, min(length, end - at - 4)
            at += 4 + length

    def walk(self) -> None:
        """Find error cells by sheet number, and whether serial numbers count from 1904."""
        strings: list[bytes] = []
        last = 0
        for kind, at, length in self._records(0):
            body = self.stream[at : at + min(length, 8224)]
            if kind == _PASSWORD:
                raise RefusedError(ENCRYPTED)
            if kind == _SHEETS and length >= 6:
                self.offsets[struct.unpack_from("<I", body)[0]] = len(self.offsets)
            elif kind == _EPOCH and length >= 2:
                self.since_1904 = body[0] == 1
            elif kind == _BOOK_LINK and length >= 4 and struct.unpack_from("<H", body, 2)[0] not in _OWN_LINKS:
                raise RefusedError(LINKS)
            elif kind == _STRINGS or (kind == _MORE and last in {_STRINGS, _MORE} and strings):
                strings.append(body)
            elif kind == _EOF:
                break
            last = kind
        self.strings = strings
        if len(self.offsets) > 255:
            raise RefusedError(TOO_BIG)
        for offset, number in self.offsets.items():
            self._sheet(offset, number)

    def _sheet(self, offset: int, number: int) -> None:
        stream, place = self.stream, struct.Struct("<HH")
        rows = columns = filled = shared = depth = 0
        faults: Faults = {}
        for kind, at, length in self._records(offset):
            if kind in _CELLS and length >= 6:
                row, column = place.unpack_from(stream, at)
                if kind == _MULTI:
                    column = max(column, struct.unpack_from("<H", stream, at + length - 2)[0])
                filled += 1
                rows, columns = max(rows, row + 1), max(columns, column + 1)
                if kind == _LABEL_SST:
                    shared += 1
                elif kind == _ERROR and length >= 8 and stream[at + 7]:
                    faults[row, column] = ERROR_WORDS.get(stream[at + 6], "#ERROR")
                elif (
                    kind == _FORMULA
                    and length >= 14
                    and stream[at + 12 : at + 14] == b"\xff\xff"
                    and stream[at + 6] == 2
                ):
                    faults[row, column] = ERROR_WORDS.get(stream[at + 8], "#ERROR")
                elif kind == _FORMULA and stream[at + 6 : at + 14] == bytes(8):
                    self.zeros.setdefault(number, []).append((row, column))
                if filled > FILLED_LIMIT:
                    raise RefusedError(TOO_BIG)
            elif kind == _DIMENSIONS and length >= 12:
                first, last, left, right = struct.unpack_from("<IIHH", stream, at)
                if first <= last <= 65_536 and left <= right <= 256:
                    Measure().sheet(last, right)
                elif last > 65_536 or right > 256:
                    raise RefusedError(TOO_BIG)
            elif kind == _BOF:
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    break
        self.measure.sheet(rows, columns)
        if faults:
            self.faults[number] = faults
        if shared * sum(map(len, self.strings)) > LETTERS_LIMIT:
            self._measure_text(offset, shared)

    def _measure_text(self, offset: int, shared: int) -> None:
        """Count what the cells show of the shared strings: a long one may be shown by very many."""
        self.sizes = self.sizes or _string_sizes(self.strings)
        if shared * max(self.sizes, default=0) <= LETTERS_LIMIT:
            return
        for kind, at, length in self._records(offset):
            if kind == _LABEL_SST and length >= 10:
                index = struct.unpack_from("<I", self.stream, at + 6)[0]
                self.measure.text(self.sizes[index] if index < len(self.sizes) else 0)
            elif kind == _EOF:
                break


def _string_sizes(blocks: list[bytes]) -> list[int]:
    """Bytes of each shared string. One that runs into the next record goes on there behind a byte of its own."""
    sizes: list[int] = []
    block, at = 0, 8
    try:
        while block < len(blocks):
            if at >= len(blocks[block]):
                block, at = block + 1, at - len(blocks[block])
                continue
            count, flags = struct.unpack_from("<HB", blocks[block], at)
            at += 3
            runs = extra = 0
            if flags & 8:
                runs = struct.unpack_from("<H", blocks[block], at)[0]
                at += 2
            if flags & 4:
                extra = struct.unpack_from("<I", blocks[block], at)[0]
                at += 4
            sizes.append(count * 3)
            wide = 2 if flags & 1 else 1
            while count:
                here = min(count, (len(blocks[block]) - at) // wide)
                at += here * wide
                count -= here
                if count:
                    block, at = block + 1, 1
                    wide = 2 if blocks[block][0] & 1 else 1
            at += 4 * runs + extra
    except (struct.error, IndexError):
        pass  # a damaged end: what could be counted is counted, calamine stops at the same place
    return sizes
