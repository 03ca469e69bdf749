"""Workbook packages put together from parts: those that many workbooks share are deflated once, long ones by pieces."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_DEFLATED: Final = 8
_UTF8: Final = 0x800
_BLOCK: Final = 500_000
"""Letters that are deflated at a time."""
_DAY: Final = 0x21
"""1 January 1980, the first day that a package knows: the same parts give the same bytes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A deflated member of a package."""

    name: bytes
    size: int
    crc: int
    deflated: bytes


def part(name: str, data: str | bytes) -> Part:
    """Deflate a member."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Part(name.encode("utf-8"), len(raw), zlib.crc32(raw), press.compress(raw) + press.flush())


def long_part(name: str, pieces: Iterable[str]) -> Part:
    """Deflate a member of any length that comes in pieces, on another core than the one that makes them."""
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    size = crc = 0
    found: list[bytes] = []

    def deflate(raw: bytes) -> None:
        nonlocal size, crc
        size += len(raw)
        crc = zlib.crc32(raw, crc)
        found.append(press.compress(raw))

    with ThreadPoolExecutor(1, "taizhang-deflate") as pool:
        last: Future[None] | None = None
        for block in _blocks(pieces):
            coming = pool.submit(deflate, block)
            if last is not None:
                last.result()  # no more than two blocks wait in memory
            last = coming
        if last is not None:
            last.result()
    found.append(press.flush())
    return Part(name.encode("utf-8"), size, crc, b"".join(found))


def _blocks(pieces: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    letters = 0
    for piece in pieces:
        waiting.append(piece)
        letters += len(piece)
        if letters >= _BLOCK:
            yield "".join(waiting).encode("utf-8")
            waiting.clear()
            letters = 0
    yield "".join(waiting).encode("utf-8")


def parts_of(data: bytes) -> Iterator[Part]:
    """The deflated members of a zip file as they are, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            name, more = struct.unpack_from("<2H", data, info.header_offset + _LOCAL.size - 4)
            start = info.header_offset + _LOCAL.size + name + more
            raw = data[start : start + info.compress_size]
            if info.compress_type != zipfile.ZIP_DEFLATED:
                yield part(info.filename, archive.read(info))
            else:
                yield Part(info.filename.encode("utf-8"), info.file_size, info.CRC, raw)


def inflated(part: Part) -> bytes:
    """What a part holds."""
    return zlib.decompress(part.deflated, -15)


def package(parts: Iterable[Part]) -> bytes:
    """The parts as a zip file, in their order."""
    body: list[bytes] = []
    listing: list[bytes] = []
    at = 0
    for each in parts:
        sizes = (each.crc, len(each.deflated), each.size)
        head = _LOCAL.pack(b"PK\x03\x04", _VERSION, _UTF8, _DEFLATED, 0, _DAY, *sizes, len(each.name), 0)
        entry = (_VERSION, _VERSION, _UTF8, _DEFLATED, 0, _DAY, *sizes, len(each.name), 0, 0, 0, 0, 0, at)
        listing += (_CENTRAL.pack(b"PK\x01\x02", *entry), each.name)
        body += (head, each.name, each.deflated)
        at += len(head) + len(each.name) + len(each.deflated)
    index = b"".join(listing)
    count = len(listing) // 2
    return b"".join((*body, index, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), at, 0)))
