"""An .xlsx of our own read row by row, for sheets of any length: nothing but the shared texts is held in memory.

Units' files never come this way: they are measured and read whole (``opening``). Understood is what Excel, WPS,
LibreOffice, openpyxl and XlsxWriter save; any other way to write the same raises UnusualError, and the caller reads the
file as a small one. Of 60,000 rows calamine keeps 150 MB, of 600,000 rows 1.4 GB; this way it is the file itself.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import BinaryIO, Final

from flows.ledger.forms import parts
from flows.ledger.forms.grid import Value
from flows.ledger.forms.parts import SheetPart
from flows.ledger.forms.spreadsheets import formula
from flows.ledger.forms.xlsx_dates import date_formats, moment_of
from flows.ledger.safety import DAMAGED, ENTITIES, FILE_LIMIT, PARTS_LIMIT, TOO_BIG, Package, RefusedError

LongCell = tuple[int, Value, int, str]
"""0-based column, value as it is stored (days are numbers), number of its format, and what stands there instead of a
value (see ``Grid.faults``)."""

_CHUNK: Final = 2**20
_ROW_BYTES: Final = 8 * 2**20
_CELLS_IN_ROW: Final = 2_000
_ROW_END: Final = b"</row>"
_FILLED = re.compile(rb'<c r="([A-Z]{1,3})(\d+)"(?: s="(\d+)")?(?: t="(\w+)")?>(.*?)</c>', re.S)
"""A cell with content as all of these programs write it."""
_ANY_FILLED = re.compile(rb"<c\s([^<>]*)(?<!/)>(.*?)</c>", re.S)
_ATTRIBUTE = re.compile(rb"([\w:]+)\s*=\s*[\"']([^\"'<>]*)[\"']")
_ADDRESS = re.compile(rb"([A-Z]{1,3})(\d+)")
_STORED = re.compile(rb"<v(?:\s[^<>]*)?>([^<]*)</v>")
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?>([^<]*)</f>")
_TEXTS = re.compile(rb"<t(?:\s[^<>]*)?>([^<]*)</t>")
_PHONETIC = re.compile(rb"<rPh\s.*?</rPh>", re.S)
_LITERAL = re.compile(r"_x([0-9a-fA-F]{4})_")
_SINCE_1904 = re.compile(rb"date1904\s*=\s*[\"'](?:1|true|on)[\"']", re.I)


class UnusualError(Exception):
    """A workbook that is written in a way that is not understood here; it may be quite right."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a file may take, sized by the rows that were written into it. Bytes, but ``rows``."""

    file: int
    unpacked: int
    texts: int
    rows: int

    @classmethod
    def of(cls, rows: int) -> Room:
        """Room for a workbook of so many rows: ten times what a row takes on the average, and something to begin with.

        Measured: a row takes 0.15 KB packed, 1.5 KB unpacked, and 2.7 KB after LibreOffice has saved it.
        """
        return cls(FILE_LIMIT + rows * 2048, PARTS_LIMIT + rows * 16384, PARTS_LIMIT + rows * 4096, 10_000 + 2 * rows)


class _Parts(Package):
    """The parts of a workbook: small ones loaded when asked for, great ones given piece by piece."""

    def take(self, name: str) -> bytes:
        """A part, which is kept; b'' when there is none."""
        info = self._infos.get(name)
        if info is not None and name not in self._parts:
            if info.file_size > PARTS_LIMIT:
                raise RefusedError(TOO_BIG)
            self._parts[name] = self._read(info)
        return self.part(name)

    @property
    def unpacked(self) -> int:
        """Bytes of all parts but pictures, as promised; no more than promised is ever unpacked."""
        return sum(info.file_size for name, info in self._infos.items() if "/media/" not in name)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part from its beginning to its end."""
        info = self._infos.get(name)
        if info is None:
            return
        with self._archive() as archive, archive.open(info) as stream:
            while piece := stream.read(_CHUNK):
                if b"<!" in piece:
                    if b"<!DOCTYPE" in piece:
                        raise RefusedError(ENTITIES)
                    raise UnusualError
                yield piece


def _head(data: bytes | BinaryIO) -> bytes:
    if isinstance(data, bytes):
        return data[:4]
    data.seek(0)
    return data.read(4)


def _size(data: bytes | BinaryIO) -> int:
    return len(data) if isinstance(data, bytes) else data.seek(0, io.SEEK_END)


@contextmanager
def _damaged() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError):
        raise RefusedError(DAMAGED) from None


class LongBook:
    """The sheets of a workbook. Raises RefusedError for what is damaged or beyond ``room``, and UnusualError."""

    def __init__(self, data: bytes | BinaryIO, room: Room) -> None:
        """``data``: the workbook, or a file that holds it and stays open."""
        if not _head(data).startswith(b"PK"):
            raise UnusualError
        if _size(data) > room.file:
            raise RefusedError(TOO_BIG)
        self._room = room
        self._texts = 0
        self._parts = _Parts(data)
        names = set(self._parts.names)
        if "xl/workbook.xml" not in names or any(name.endswith("vbaproject.bin") for name in names):
            raise UnusualError
        if self._parts.unpacked > room.unpacked:
            raise RefusedError(TOO_BIG)
        workbook = self._parts.take("xl/workbook.xml")
        self._parts.take("xl/_rels/workbook.xml.rels")
        if _SINCE_1904.search(workbook) or not workbook.lstrip(b"\xef\xbb\xbf").startswith(b"<"):
            raise UnusualError
        self.sheets: Sequence[SheetPart] = parts.sheets(self._parts)
        shown = [sheet.part for sheet in self.sheets]
        if len(set(shown)) != len(shown) or not any(part in names for part in shown):
            raise UnusualError

    def raw_rows(self, sheet: SheetPart) -> Iterator[bytes]:
        """The XML of each row up to its end tag; before it may stand rows without cells."""
        with _damaged():
            rest, rows, begun = b"", 0, False
            for piece in self._parts.pieces(sheet.part):
                rest += piece
                if not begun:
                    start = rest.find(b"<sheetData")
                    if start < 0:
                        if len(rest) > _ROW_BYTES:
                            raise RefusedError(TOO_BIG)
                        continue
                    rest, begun = rest[start + len(b"<sheetData") :], True
                found = rest.split(_ROW_END)
                rest = found.pop()
                rows += len(found)
                if rows > self._room.rows or len(rest) > _ROW_BYTES:
                    raise RefusedError(TOO_BIG)
                yield from found
            # A chart sheet has no cells; another sheet without them is written in a way of its own.
            if b"<c " in rest or (not begun and "worksheets/" in sheet.part):
                raise UnusualError

    def rows(self, sheet: SheetPart) -> Iterator[tuple[int, list[LongCell]]]:
        """0-based number and cells of every row that holds something."""
        for raw in self.raw_rows(sheet):
            number, cells = self.cells(raw)
            if cells:
                yield number, cells

    def cells(self, raw: bytes) -> tuple[int, list[LongCell]]:
        """0-based number of a row, and its cells that hold something."""
        found = _FILLED.findall(raw)
        if len(found) != raw.count(b"</c>"):
            found = _leniently(raw)
        if not found:
            return -1, []
        if len(found) > _CELLS_IN_ROW:
            raise RefusedError(TOO_BIG)
        cells: list[LongCell] = []
        spent = 0
        for letters, _, style, kind, inner in found:
            fault = ""
            if kind == b"s":
                value: Value = self._shared(inner)
            elif kind == b"inlineStr":
                value = _text(inner)
            elif not inner:
                continue
            else:
                value, fault = _stored(kind, inner)
            if isinstance(value, str):
                spent += len(value)
                if not value and not fault:
                    continue
            cells.append((_place(letters), value, int(style or 0), fault))
        self._texts += spent
        if self._texts > self._room.texts:
            raise RefusedError(TOO_BIG)
        return int(found[0][1]) - 1, cells

    def value(self, cell: LongCell) -> Value:
        """The value of a cell, a day where its format shows one."""
        _, bare, style, _ = cell
        return moment_of(bare) if isinstance(bare, float) and style in self._dates else bare

    def _shared(self, inner: bytes) -> str:
        number = inner[3:-4] if inner.startswith(b"<v>") else b"".join(_STORED.findall(inner))
        try:
            return self._strings[int(number)]
        except (IndexError, ValueError):
            raise RefusedError(DAMAGED) from None

    @cached_property
    def _strings(self) -> list[str]:
        """The shared texts."""
        found: list[str] = []
        rest, spent = b"", 0
        with _damaged():
            for piece in self._parts.pieces("xl/sharedstrings.xml"):
                if b":si>" in piece or b"<si/>" in piece:
                    raise UnusualError
                texts = (rest + piece).split(b"</si>")
                rest = texts.pop()
                made = list(map(_text, texts))
                found += made
                spent += sum(map(len, made))
                if spent > self._room.texts or len(rest) > _ROW_BYTES:
                    raise RefusedError(TOO_BIG)
        return found

    @cached_property
    def _dates(self) -> frozenset[int]:
        return date_formats(self._parts.take("xl/styles.xml"))


def _leniently(raw: bytes) -> list[tuple[bytes, bytes, bytes, bytes, bytes]]:
    """The same cells with their attributes in another order, or with further ones."""
    cells = []
    for tag, inner in _ANY_FILLED.findall(raw):
        told = dict(_ATTRIBUTE.findall(tag))
        address = _ADDRESS.fullmatch(told.get(b"r", b""))
        if not address:
            raise UnusualError
        cells.append((address[1], address[2], told.get(b"s", b"0"), told.get(b"t", b""), inner))
    if len(cells) != raw.count(b"</c>"):
        raise UnusualError
    return cells


def _stored(kind: bytes, inner: bytes) -> tuple[Value, str]:
    """The value of a cell that is neither shared nor inline text, and the fault in its place."""
    if inner.startswith(b"<v>") and b"<f" not in inner:
        stored, written = inner[3 : inner.find(b"<", 3)], ""
    else:
        value, text = _STORED.search(inner), _FORMULA.search(inner)
        stored = value[1] if value else b""
        written = html.unescape(text[1].decode("utf-8", "replace")) if text else ""
    if kind == b"e":
        return "", stored.decode("utf-8", "replace") or formula(written)
    if kind in {b"str", b"d"}:
        return _plain(stored), ""
    if not stored:
        return "", formula(written) if b"<f" in inner and "DISPIMG(" not in written else ""
    if kind == b"b":
        return stored == b"1", ""
    try:
        return float(stored), ""
    except ValueError:
        raise RefusedError(DAMAGED) from None


def _text(markup: bytes) -> str:
    """The text of a shared or inline string, all its runs together, without reading aids."""
    if b"<rPh" in markup:
        markup = _PHONETIC.sub(b"", markup)
    found = _TEXTS.findall(markup)
    return _plain(found[0] if len(found) == 1 else b"".join(found))


def _plain(text: bytes) -> str:
    plain = text.decode("utf-8", "replace")
    if "&" in plain:
        plain = html.unescape(plain)
    if "_x" in plain:
        plain = _LITERAL.sub(lambda found: chr(int(found[1], 16)), plain)
    return plain


@lru_cache(maxsize=20_000)
def _place(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
