"""A genuine Excel 97–2003 workbook (.xls) with the values of another one: what “另存为 97-2003 格式” leaves.

Written here because the demo must not need LibreOffice and no maintained library writes this format. Sources: [MS-XLS]
and [MS-CFB]. Kept: sheets and their hidden state, texts, numbers, dates, percentages, widths, heights, merged cells.
Lost: colours, drop-down lists, formulas, custom properties.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

_EPOCH = date(1899, 12, 30)
_LONGEST_RECORD = 8224
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_GENERAL, _WRAPPED, _PERCENT, _DATE = 15, 16, 17, 18
"""Indices of the cell formats that _formats writes: 0 to 14 are style formats, which every file has."""


@dataclass(slots=True)
class _Texts:
    """The shared string table."""

    places: dict[str, int] = field(default_factory=dict)
    uses: int = 0

    def place(self, text: str) -> int:
        self.uses += 1
        return self.places.setdefault(text, len(self.places))

    def records(self) -> bytes:
        """SST, continued in further records; no text is broken over two."""
        parts = [struct.pack("<II", self.uses, len(self.places))]
        for text in self.places:
            data = _long_text(text)
            if len(parts[-1]) + len(data) > _LONGEST_RECORD:
                parts.append(b"")
            parts[-1] += data
        return b"".join(_record(0x003C if n else 0x00FC, part) for n, part in enumerate(parts))


def xls_bytes(book: Any) -> bytes:
    """The .xls of an openpyxl workbook."""
    texts = _Texts()
    sheets = [_sheet(sheet, texts) for sheet in book.worksheets]
    names = [(sheet.title, sheet.sheet_state) for sheet in book.worksheets]
    head = _formats()
    tail = texts.records() + _record(0x000A)
    offset = len(head) + sum(len(_bound(title, state, 0)) for title, state in names) + len(tail)
    bounds = b""
    for (title, state), data in zip(names, sheets, strict=True):
        bounds += _bound(title, state, offset)
        offset += len(data)
    return _compound(head + bounds + tail + b"".join(sheets))


def _formats() -> bytes:
    records = [
        _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 0x0606)),
        _record(0x0042, struct.pack("<H", 1200)),
        _record(0x003D, struct.pack("<HHHHHHHHH", 0, 0, 20000, 12000, 0x38, 0, 0, 1, 600)),
        _record(0x0022, struct.pack("<H", 0)),
    ]
    font = struct.pack("<HHHHHBBBB", 220, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + _short_text("宋体")
    records += [_record(0x0031, font)] * 4
    records += [_record(0x00E0, _xf(0, style=True))] * 15
    records += [
        _record(0x00E0, _xf(number, wrap=wrap)) for number, wrap in ((0, False), (0, True), (9, False), (14, False))
    ]
    records.append(_record(0x0293, struct.pack("<HBB", 0x8000, 0, 0xFF)))
    return b"".join(records)


def _xf(number_format: int, *, style: bool = False, wrap: bool = False) -> bytes:
    kind = 0xFFF5 if style else 0x0001
    alignment = 0x10 | (0x08 if wrap else 0)
    # Thin lines in the automatic colour (64) around every cell but the plain ones.
    sides, ends = (0x1111 | 64 << 16 | 64 << 23, 64 | 64 << 7) if wrap or number_format else (0, 0)
    return struct.pack(
        "<HHHBBBBIIH", 0, number_format, kind, alignment, 0, 0, 0 if style else 0xFC, sides, ends, 0x20C0
    )


def _bound(title: str, state: str, offset: int) -> bytes:
    return _record(
        0x0085, struct.pack("<IBB", offset, {"visible": 0, "hidden": 1}.get(state, 2), 0) + _short_text(title)
    )


def _sheet(sheet: Any, texts: _Texts) -> bytes:
    out = [_record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 0x0606))]
    for look in sheet.column_dimensions.values():
        first, last = look.min or 0, look.max or 0
        if 0 < first <= last <= 256:
            width = min(65535, int(float(look.width) * 256))
            out.append(
                _record(0x007D, struct.pack("<HHHHHH", first - 1, last - 1, width, _GENERAL, int(look.hidden), 0))
            )
    across = min(256, sheet.max_column)
    out.append(_record(0x0200, struct.pack("<IIHHH", 0, sheet.max_row, 0, across, 0)))
    for number, look in sheet.row_dimensions.items():
        if look.height:
            # Heights in twips; 0x40: set by hand, 0x100: always.
            height = int(float(look.height) * 20)
            out.append(_record(0x0208, struct.pack("<HHHHHHI", number - 1, 0, across, height, 0, 0, 0x000F0140)))
    for row in sheet.iter_rows():
        for cell in row:
            # A formula would need its result beside it; as a value it says nothing.
            if cell.value is not None and cell.data_type != "f":
                out.append(_cell(cell, texts))
    window = 0x06B6 if sheet is sheet.parent.worksheets[0] else 0x00B6
    out.append(_record(0x023E, struct.pack("<HHHIHHI", window, 0, 0, 64, 0, 0, 0)))
    for merged in sheet.merged_cells.ranges:
        place = (merged.min_row - 1, merged.max_row - 1, merged.min_col - 1, merged.max_col - 1)
        out.append(_record(0x00E5, struct.pack("<HHHHH", 1, *place)))
    return b"".join([*out, _record(0x000A)])


def _cell(cell: Any, texts: _Texts) -> bytes:
    row, column, value = cell.row - 1, cell.column - 1, cell.value
    if isinstance(value, bool) or not isinstance(value, int | float | date):
        return _record(0x00FD, struct.pack("<HHHI", row, column, _WRAPPED, texts.place(str(value))))
    look = _PERCENT if str(cell.number_format).endswith("0%") else _GENERAL
    if isinstance(value, date):
        day = value.date() if isinstance(value, datetime) else value
        value, look = (day - _EPOCH).days, _DATE
    return _record(0x0203, struct.pack("<HHHd", row, column, look, value))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _short_text(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<BB", len(encoded) // 2, 1) + encoded


def _long_text(text: str) -> bytes:
    # 4,000 characters keep a text inside one record.
    encoded = text[:4000].encode("utf-16-le", "replace")
    return struct.pack("<HB", len(encoded) // 2, 1) + encoded


def _compound(stream: bytes) -> bytes:
    """The workbook stream in a compound file: header, stream, directory, allocation table."""
    # Below 4,096 bytes a stream would belong into the mini stream.
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    tables = 1
    while tables * 128 < count + 1 + tables:
        tables += 1
    if tables > 109:
        raise ValueError("the workbook is too large for a simple compound file")
    chain = [*range(1, count), _END, _END, *[_FAT] * tables]
    chain += [_FREE] * (tables * 128 - len(chain))
    directory = _entry("Root Entry", 5, child=1, start=_END, size=0) + _entry(
        "Workbook", 2, child=_FREE, start=0, size=len(stream)
    )
    header = struct.pack("<8s16sHHHHH6s", bytes.fromhex("D0CF11E0A1B11AE1"), b"", 0x3E, 3, 0xFFFE, 9, 6, b"")
    header += struct.pack("<IIIIIIIII", 0, tables, count, 0, 4096, _END, 0, _END, 0)
    places: Sequence[int] = [*range(count + 1, count + 1 + tables), *[_FREE] * (109 - tables)]
    header += struct.pack("<109I", *places)
    return header + stream + directory.ljust(_SECTOR, b"\0") + struct.pack(f"<{len(chain)}I", *chain)


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    head = struct.pack("<64sHBBIII", encoded, len(encoded), kind, 1, _FREE, _FREE, child)
    return head + struct.pack("<16sIQQIQ", b"", 0, 0, 0, start, size)
