"""A look at a returned file before any library opens it: what is no workbook, locked, or made to choke us, stays out.

Spreadsheet readers allocate the whole rectangle up to the last cell that holds something, so a single stray value in
the last corner of a sheet can take the process down. The used range is therefore measured here first, on the raw parts.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

FILE_LIMIT: Final = 20 * 2**20
PARTS_LIMIT: Final = 40 * 2**20
"""Bytes of XML that a workbook may unpack to; pictures do not count, nobody unpacks them here."""
ROW_LIMIT: Final = 100_000
CELL_LIMIT: Final = 1_200_000
"""Cells of the used rectangle of one sheet: a formatted whole column of an .xls stays under it."""

FILLED_LIMIT: Final = 300_000
"""Cells of one sheet that hold something."""

_SAVE_AS: Final = "请对方用 Excel 或 WPS 打开原台账填写，保存后再发"
NOT_A_WORKBOOK: Final = f"不是 Excel 工作簿，{_SAVE_AS}"
DAMAGED: Final = f"文件已损坏，打不开，{_SAVE_AS}"
ENCRYPTED: Final = "文件加了打开密码，请对方取消密码后再发"
MACROS: Final = "文件带有宏，为安全起见没有打开，请对方另存为 .xlsx 后再发"
LINKS: Final = "文件链接了外部文件，为安全起见没有打开，请对方断开链接或在原台账上填写后再发"
TOO_BIG: Final = f"文件过大或表格范围异常（远超台账应有的行列），{_SAVE_AS}"

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s>/])(?:[^<>]*?\sr=[\"']([A-Z]{1,3})(\d{1,7})[\"'])?[^<>]*?(/>|></(?:\w+:)?c>|>)")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br=[\"'](\d{1,7})[\"']")
_DIMENSIONS: Final = b"\x00\x02\x0e\x00"


def refusal(data: bytes) -> str:
    """Why this file must not be opened, as a Chinese sentence for the clerk; '' when it may be read."""
    if not data:
        return "文件是空的，请对方重新发送"
    if len(data) > FILE_LIMIT:
        return TOO_BIG
    if data.startswith(b"PK"):
        return _archive_refusal(data)
    if data.startswith(_OLE):
        return _ole_refusal(data)
    return NOT_A_WORKBOOK


def _archive_refusal(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()}
            if any(info.flag_bits & 1 for info in archive.infolist()):
                return ENCRYPTED
            if "content.xml" in names:
                return _ods_refusal(archive)
            if not any(name.startswith("xl/") for name in names):
                return NOT_A_WORKBOOK
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return MACROS
            if any(name.startswith("xl/externalLinks/") for name in names):
                return LINKS
            return _xlsx_refusal(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError, struct.error):
        return DAMAGED
    except expat.ExpatError:
        return DAMAGED


def _xlsx_refusal(archive: zipfile.ZipFile) -> str:
    left = PARTS_LIMIT
    for info in archive.infolist():
        # Everything a reader may unpack: what the directory declares is a promise only, so the parts are really read.
        if not info.filename.endswith((".xml", ".rels", ".bin")) or "/media/" in info.filename:
            continue
        left -= info.file_size
        if left < 0:
            return TOO_BIG
        part = archive.read(info)
        if b"sheetData" in part and not _small_enough(*_used_range(part)):
            return TOO_BIG
    return ""


def _used_range(part: bytes) -> tuple[int, int]:
    """Rows and columns up to the last cell that is not empty; formatted empty cells do not count."""
    rows, widest, unnamed = 0, b"", False
    for filled, found in enumerate(_filled_cells(part)):
        letters, number = found[1], found[2]
        if filled > FILLED_LIMIT:
            return ROW_LIMIT + 1, 1
        if not letters:
            unnamed = True
            continue
        if len(letters) > len(widest) or (len(letters) == len(widest) and letters > widest):
            widest = letters
        rows = max(rows, int(number))
    if unnamed:
        rows = max((int(number) for number in _ROW.findall(part)), default=0)
    columns = 0
    for letter in widest:
        columns = columns * 26 + letter - 64
    return rows, columns


def _filled_cells(part: bytes) -> Iterator[re.Match[bytes]]:
    return (found for found in _CELL.finditer(part) if found[3] == b">")


def _small_enough(rows: int, columns: int) -> bool:
    return rows <= ROW_LIMIT and rows * columns <= CELL_LIMIT


def _ods_refusal(archive: zipfile.ZipFile) -> str:
    manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in archive.namelist() else b""
    if b"encryption-data" in manifest:
        return ENCRYPTED
    if sum(info.file_size for info in archive.infolist() if info.filename.endswith(".xml")) > PARTS_LIMIT:
        return TOO_BIG
    content = archive.read("content.xml")
    if b"office:spreadsheet" not in content:
        return NOT_A_WORKBOOK
    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content[:4096]:
        return DAMAGED
    return "" if _Repeats().small(content) else TOO_BIG


class _Repeats:
    """Walks the content of an .ods and multiplies out its repeated rows and cells."""

    def __init__(self) -> None:
        self.row = self.column = self.row_times = self.cell_times = self.columns = 0
        self.cell_full = self.row_full = False
        self.fits = True

    def small(self, content: bytes) -> bool:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.Parse(content, True)
        return self.fits

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if name == "table":
            self.row = self.columns = 0
        elif name == "table-row":
            self.row_times = int(attributes.get("table:number-rows-repeated", "1"))
            self.column, self.row_full = 0, False
        elif name in {"table-cell", "covered-table-cell"}:
            self.cell_times = int(attributes.get("table:number-columns-repeated", "1"))
            self.cell_full = "office:value-type" in attributes
        elif name == "p":
            self.cell_full = True

    def _end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        if name in {"table-cell", "covered-table-cell"}:
            self.column += self.cell_times
            if self.cell_full:
                self.row_full = True
                self.columns = max(self.columns, self.column)
            self.cell_full = False
        elif name == "table-row":
            self.row += self.row_times
            if self.row_full and not _small_enough(self.row, self.columns):
                self.fits = False


def _ole_refusal(data: bytes) -> str:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return ENCRYPTED
    if not holds("Workbook") and not holds("Book"):
        return NOT_A_WORKBOOK
    if holds("_VBA_PROJECT"):
        return MACROS
    # BIFF8 DIMENSIONS: first and last used row (4 bytes each), first and last used column (2 each), 2 reserved.
    place = data.find(_DIMENSIONS)
    while place >= 0:
        body = data[place + 4 : place + 18]
        if len(body) == 14:
            first, rows, left, columns, reserved = struct.unpack("<IIHHH", body)
            plausible = first <= rows <= 65_536 and left <= columns <= 256 and not reserved
            if plausible and not _small_enough(rows, columns):
                return TOO_BIG
        place = data.find(_DIMENSIONS, place + 1)
    return ""
