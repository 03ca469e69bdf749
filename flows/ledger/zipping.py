"""Workbook packages put together from parts: those that many workbooks share are deflated once, long ones by pieces."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
_END: Final = struct.Struct("<4s4H2LH")
_VERSION: Final = 20
_DEFLATED: Final = 8
_UTF8: Final = 0x800
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


@dataclass(frozen=True, slots=True)
class Block:
    """A deflated piece of a long member: it can be followed by any other."""

    size: int
    crc: int
    deflated: bytes


def block(raw: bytes) -> Block:
    """Deflate a piece by itself: its stream ends on a byte and refers to nothing before it."""
    press = zlib.compressobj(3, zlib.DEFLATED, -15)  # two fifths of the time of level 6, for 8 % more bytes
    return Block(len(raw), zlib.crc32(raw), press.compress(raw) + press.flush(zlib.Z_FULL_FLUSH))


@dataclass(frozen=True, slots=True)
class LongPart:
    """A member put together from blocks that were deflated apart; they are read when it is written."""

    name: bytes
    blocks: Iterable[Block]


def joined_crc(first: int, second: int, size: int) -> int:
    """The CRC-32 of two pieces of bytes, one after the other, from theirs; ``size``: length of the second.

    A CRC is a remainder of polynomials over GF(2): zeros behind a piece multiply it by a power of x, and multiplying is
    a matrix of 32 columns that is squared for twice as many zeros.
    """
    if not size:
        return first
    odd = [0xEDB88320, *(1 << bit for bit in range(31))]  # one zero bit
    even = _squared(odd)  # two
    odd = _squared(even)  # four
    while size:
        even = _squared(odd)
        if size & 1:
            first = _times(even, first)
        size >>= 1
        even, odd = odd, even
    return first ^ second


def _times(matrix: list[int], vector: int) -> int:
    total, place = 0, 0
    while vector:
        if vector & 1:
            total ^= matrix[place]
        vector >>= 1
        place += 1
    return total


def _squared(matrix: list[int]) -> list[int]:
    return [_times(matrix, column) for column in matrix]


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
    out = io.BytesIO()
    write_package(parts, out)
    return out.getvalue()


def write_package(parts: Iterable[Part | LongPart], out: BinaryIO) -> None:
    """Write the parts as a zip file, in their order; ``out`` is empty and can be read and sought.

    Long parts go out block by block: those of a province are a hundred megabytes.
    """
    listing: list[bytes] = []
    at = 0
    for each in parts:
        sizes = _Sizes(each.crc, len(each.deflated), each.size) if isinstance(each, Part) else _Sizes(0, 0, 0)
        out.write(_head(each.name, sizes))
        if isinstance(each, Part):
            out.write(each.deflated)
        else:
            sizes = _write_blocks(each.blocks, out)
            out.seek(at)
            out.write(_head(each.name, sizes))
            out.seek(0, io.SEEK_END)
        entry = (_VERSION, _VERSION, _UTF8, _DEFLATED, 0, _DAY, *sizes, len(each.name), 0, 0, 0, 0, 0, at)
        listing += (_CENTRAL.pack(b"PK\x01\x02", *entry), each.name)
        at += _LOCAL.size + len(each.name) + sizes.packed
    index = b"".join(listing)
    count = len(listing) // 2
    out.write(index + _END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), at, 0))


class _Sizes(NamedTuple):
    """What the head of a member says of it."""

    crc: int
    packed: int
    size: int


def _head(name: bytes, sizes: _Sizes) -> bytes:
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, _UTF8, _DEFLATED, 0, _DAY, *sizes, len(name), 0) + name


def _write_blocks(blocks: Iterable[Block], out: BinaryIO) -> _Sizes:
    crc = packed = size = 0
    for each in blocks:
        crc = joined_crc(crc, each.crc, each.size)
        size += each.size
        packed += out.write(each.deflated)
    packed += out.write(zlib.compressobj(6, zlib.DEFLATED, -15).flush())
    return _Sizes(crc, packed, size)
