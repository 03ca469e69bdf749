"""What guards us against a returned file: sentences of refusal, limits, and a zip archive read within both.

Spreadsheet readers allocate the whole rectangle up to the last cell that holds something and a copy of a shared text
for each cell that shows it, so a small file can take the process down. Every form is therefore measured on its raw
parts before a library sees it. Nothing packed inside a packed part (an embedded workbook, an archive in an archive) is
ever opened.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import BinaryIO, Final

FILE_LIMIT: Final = 20 * 2**20
PARTS_LIMIT: Final = 40 * 2**20
"""Bytes that the parts of a workbook may unpack to; pictures do not count, they are unpacked one by one."""
TEXT_LIMIT: Final = 8 * 2**20
"""Bytes of a file that is one piece of text: csv, web page, XML."""
ROW_LIMIT: Final = 100_000
CELL_LIMIT: Final = 1_200_000
"""Cells of the used rectangle of one sheet: a formatted whole column of an .xls stays under it."""
ALL_CELLS_LIMIT: Final = 2_400_000
"""The same for all sheets of a file together."""
FILLED_LIMIT: Final = 300_000
"""Cells of one sheet that hold something."""
LETTERS_LIMIT: Final = 32 * 2**20
"""Bytes of text in all cells, a shared text counted once for each cell."""
TAGS_LIMIT: Final = 600_000
"""Tags of a text that is held as a tree: each costs some hundred bytes."""
PARTS_COUNT: Final = 5_000

_SAVE_AS: Final = "请对方用 Excel 或 WPS 打开原台账填写，保存后再发"
NOT_A_WORKBOOK: Final = f"不是 Excel 工作簿，{_SAVE_AS}"
NO_TABLE: Final = f"不是 Excel 工作簿，里面也没有台账表（“任务编号、完成状态”等表头），{_SAVE_AS}"
OLD_WORD: Final = "是旧版 Word 文件（.doc），不是 Excel 工作簿，请对方填在原台账里，或另存为 .docx 后再发"
FRAMES: Final = "网页文件里没有表格（数据在另一个文件夹里），不是 Excel 工作簿，请对方另存为 .xlsx 后再发"
DAMAGED: Final = f"文件已损坏，打不开，{_SAVE_AS}"
ENTITIES: Final = f"文件里夹带了不该有的 XML 定义（DOCTYPE），可能已损坏或被改动，为安全起见没有打开，{_SAVE_AS}"
ENCRYPTED: Final = "文件加了打开密码，请对方取消密码后再发"
MACROS: Final = "文件带有宏，为安全起见没有打开，请对方另存为 .xlsx 后再发"
LINKS: Final = "文件链接了外部文件，为安全起见没有打开，请对方断开链接或在原台账上填写后再发"
TOO_BIG: Final = f"文件过大或表格范围异常（远超台账应有的行列），{_SAVE_AS}"
EMPTY: Final = "文件是空的，请对方重新发送"

_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


class RefusedError(Exception):
    """A file that must not or cannot be read; ``reason`` is the Chinese sentence for the clerk."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Measure:
    """Adds up what the sheets of one file would take; raises RefusedError once it is too much."""

    def __init__(self) -> None:
        self.cells = self.letters = 0

    def sheet(self, rows: int, columns: int) -> None:
        """Count the used rectangle of a sheet."""
        self.cells += rows * columns
        if rows > ROW_LIMIT or rows * columns > CELL_LIMIT or self.cells > ALL_CELLS_LIMIT:
            raise RefusedError(TOO_BIG)

    def text(self, size: int) -> None:
        """Count bytes of text in cells."""
        self.letters += size
        if self.letters > LETTERS_LIMIT:
            raise RefusedError(TOO_BIG)


def limit_tags(markup: bytes) -> bytes:
    """``markup`` itself, when it is small enough to become a tree."""
    if markup.count(b"<") > TAGS_LIMIT:
        raise RefusedError(TOO_BIG)
    return markup


class Package:
    """A zip archive whose parts are unpacked once, within the limits, and looked at on the way.

    The directory's sizes are a promise only: no more than promised is ever unpacked, and the checksum tells a lie.
    Raises RefusedError.
    """

    def __init__(self, data: bytes | BinaryIO) -> None:
        """``data``: the archive, or a file that holds it and stays open."""
        self._data = data
        try:
            with self._archive() as archive:
                infos = archive.infolist()
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError):
            raise RefusedError(DAMAGED) from None
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.flag_bits & 1:
                raise RefusedError(ENCRYPTED)
            self._infos[info.filename.replace("\\", "/").lower()] = info
        if len(infos) > PARTS_COUNT:
            raise RefusedError(TOO_BIG)
        if len(self._infos) != len(infos):  # two parts of one name: no two programs agree on which one counts
            raise RefusedError(DAMAGED)
        self.names = tuple(self._infos)
        """Names of all parts in lower case."""
        self._parts: dict[str, bytes] = {}

    def load(self) -> dict[str, bytes]:
        """All parts that are no pictures, by lower-case name."""
        left = PARTS_LIMIT
        for name, info in self._infos.items():
            if "/media/" in name or name.startswith("pictures/"):
                continue
            left -= info.file_size
            if left < 0:
                raise RefusedError(TOO_BIG)
        for name, info in self._infos.items():
            if "/media/" in name or name.startswith("pictures/"):
                continue
            part = self._read(info)
            if part.startswith(_UTF16):
                raise RefusedError(
                    DAMAGED
                )  # no program saves these parts so; the checks could be walked around with it
            if b"<!DOCTYPE" in part:
                raise RefusedError(ENTITIES)
            self._parts[name] = part
        return self._parts

    def part(self, name: str) -> bytes:
        """A loaded part by lower-case name, b'' when there is none."""
        return self._parts.get(name, b"")

    def picture(self, name: str, limit: int) -> bytes:
        """A part that was not loaded; b'' when it is missing, damaged or larger than ``limit``."""
        info = self._infos.get(name)
        if info is None or info.file_size > limit:
            return b""
        try:
            return self._read(info)
        except RefusedError:
            return b""

    def release(self) -> None:
        """Give the memory of the parts back."""
        self._parts = {}

    def _archive(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(io.BytesIO(self._data) if isinstance(self._data, bytes) else self._data)

    def _piece(self, start: int, size: int) -> bytes | memoryview:
        if isinstance(self._data, bytes):
            return memoryview(self._data)[start : start + size]
        self._data.seek(start)
        return self._data.read(size)

    def _read(self, info: zipfile.ZipInfo) -> bytes:
        """One part, straight from the bytes: zipfile's own reader costs more than the unpacking."""
        head = self._piece(info.header_offset, 30)
        if head[:4] != b"PK\x03\x04" or len(head) < 30:
            raise RefusedError(DAMAGED)
        name, extra = struct.unpack_from("<HH", head, 26)
        packed = self._piece(info.header_offset + 30 + name + extra, info.compress_size)
        if info.compress_type == zipfile.ZIP_STORED:
            part = bytes(packed)
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            try:
                part = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, info.file_size + 1)
            except zlib.error:
                raise RefusedError(DAMAGED) from None
        else:
            raise RefusedError(DAMAGED)
        if len(part) != info.file_size or zlib.crc32(part) != info.CRC:
            raise RefusedError(DAMAGED)
        return part
