"""Binary workbooks (.xlsb): the records of [MS-XLSB] walked once, to measure the used range and find error values."""

from __future__ import annotations

import html
import struct
from collections.abc import Iterator

from flows.ledger.forms import parts, pictures
from flows.ledger.forms.grid import Book
from flows.ledger.forms.spreadsheets import Faults, grids
from flows.ledger.forms.xls import ERROR_WORDS
from flows.ledger.identity import find_tokens
from flows.ledger.safety import DAMAGED, FILLED_LIMIT, LETTERS_LIMIT, LINKS, TOO_BIG, Measure, Package, RefusedError

_ROW, _BLANK, _ERROR, _FORMULA_ERROR, _SHARED, _SHEET, _STRING, _PROPERTIES = 0, 1, 3, 11, 7, 156, 19, 153
_LAST_CELL = 11
_RECORDS_LIMIT = 2_000_000


def read(data: bytes, package: Package) -> Book:
    """The workbook; ``package`` is loaded. Raises RefusedError."""
    if any(name.startswith("xl/externallinks/") for name in package.names):
        raise RefusedError(LINKS)
    links = package.part("xl/_rels/workbook.bin.rels")
    if b"media/" in links.lower() or b"&#" in links:
        raise RefusedError(DAMAGED)
    try:
        sizes = [length for kind, _, length in _records(package.part("xl/sharedstrings.bin")) if kind == _STRING]
        sheets, since_1904 = _sheets(package)
        measure = Measure()
        faults: dict[int, Faults] = {}
        for name in package.names:
            part = package.part(name)
            if name.endswith(".bin") and name.startswith("xl/") and _is_sheet(part):
                found = _sheet(part, sizes, measure)
                if found and name in sheets:
                    faults[sheets.index(name)] = found
        if len(set(sheets)) != len(sheets):
            raise RefusedError(DAMAGED)
    except (struct.error, IndexError):
        raise RefusedError(DAMAGED) from None
    named = [parts.SheetPart(f"第{number}张表", name) for number, name in enumerate(sheets, 1)]
    found_pictures, remarks = pictures.collect(package, named)
    tokens = find_tokens(html.unescape(package.part("docprops/custom.xml").decode("utf-8", "replace")))
    package.release()
    return Book(grids(data, faults), tokens, found_pictures, remarks, since_1904)


def _records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """(type, start of the body, length): type in one or two bytes, length in one to four, seven bits each."""
    at, end, left = 0, len(part), _RECORDS_LIMIT
    while at < end:
        left -= 1
        if left < 0:
            raise RefusedError(TOO_BIG)
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = (kind & 0x7F) | (part[at] & 0x7F) << 7
            at += 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte = part[at]
            at += 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        yield kind, at, length
        at += length


def _is_sheet(part: bytes) -> bool:
    return part[:2] == b"\x81\x01"  # BrtBeginSheet


def _sheets(package: Package) -> tuple[list[str], bool]:
    """The part of every sheet in order, and whether serial numbers count from 1904."""
    book = package.part("xl/workbook.bin")
    targets = parts.relations(package, "xl/workbook.bin")
    sheets, since_1904 = [], False
    for kind, at, length in _records(book):
        if kind == _PROPERTIES and length >= 4:
            since_1904 = bool(book[at] & 1)
        elif kind == _SHEET and length >= 12:
            size = struct.unpack_from("<I", book, at + 8)[0]
            link = book[at + 12 : at + 12 + 2 * size].decode("utf-16-le", "replace") if size < 256 else ""
            sheets.append(targets.get(link, ""))
    return sheets, since_1904


def _sheet(part: bytes, sizes: list[int], measure: Measure) -> Faults:
    rows = columns = filled = row = 0
    most = max(sizes, default=0)
    faults: Faults = {}
    for kind, at, length in _records(part):
        if kind == _ROW and length >= 4:
            row = struct.unpack_from("<I", part, at)[0]
        elif _BLANK < kind <= _LAST_CELL and length >= 8:
            column = struct.unpack_from("<I", part, at)[0]
            filled += 1
            rows, columns = max(rows, row + 1), max(columns, column + 1)
            if kind in {_ERROR, _FORMULA_ERROR} and length >= 9:
                faults[row, column] = ERROR_WORDS.get(part[at + 8], "#ERROR")
            elif kind == _SHARED and filled * most > LETTERS_LIMIT and length >= 12:
                index = struct.unpack_from("<I", part, at + 8)[0]
                measure.text(sizes[index] if index < len(sizes) else 0)
            if filled > FILLED_LIMIT:
                raise RefusedError(TOO_BIG)
    measure.sheet(rows, columns)
    return faults
