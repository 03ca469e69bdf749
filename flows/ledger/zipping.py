"""Workbook packages put together from parts: those that many workbooks share are deflated once, long ones by pieces."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

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
    deflated: Sequence[bytes]
    """Piece by piece: of a long one these are a hundred megabytes, which are put together only once."""


def part(name: str, data: str | bytes) -> Part:
    """Deflate a member."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Part(name.encode("utf-8"), len(raw), zlib.crc32(raw), (press.compress(raw) + press.flush(),))


@dataclass(frozen=True, slots=True)
class Block:
    """A deflated piece of a long member: it can be followed by any other."""

    size: int
    crc: int
    deflated: bytes


def block(raw: bytes) -> Block:
    """Deflate a piece by itself: its stream ends on a byte and refers to nothing before it."""
    press = zlib.compressobj(5, zlib.DEFLATED, -15)  # two thirds of the time of level 6, for 2 % more bytes
    return Block(len(raw), zlib.crc32(raw), press.compress(raw) + press.flush(zlib.Z_FULL_FLUSH))


def joined(name: str, blocks: Iterable[Block]) -> Part:
    """A member put together from blocks that were deflated apart."""
    size = crc = 0
    found: list[bytes] = []
    for each in blocks:
        crc = joined_crc(crc, each.crc, each.size)
        size += each.size
        found.append(each.deflated)
    found.append(zlib.compressobj(6, zlib.DEFLATED, -15).flush())
    return Part(name.encode("utf-8"), size, crc, found)


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
                yield Part(info.filename.encode("utf-8"), info.file_size, info.CRC, (raw,))


def inflated(part: Part) -> bytes:
    """What a part holds."""
    return zlib.decompress(b"".join(part.deflated), -15)


def package(parts: Iterable[Part]) -> bytes:
    """The parts as a zip file, in their order."""
    body: list[bytes] = []
    listing: list[bytes] = []
    at = 0
    for each in parts:
        packed = sum(map(len, each.deflated))
        sizes = (each.crc, packed, each.size)
        head = _LOCAL.pack(b"PK\x03\x04", _VERSION, _UTF8, _DEFLATED, 0, _DAY, *sizes, len(each.name), 0)
        entry = (_VERSION, _VERSION, _UTF8, _DEFLATED, 0, _DAY, *sizes, len(each.name), 0, 0, 0, 0, 0, at)
        listing += (_CENTRAL.pack(b"PK\x01\x02", *entry), each.name)
        body += (head, each.name, *each.deflated)
        at += len(head) + len(each.name) + packed
    index = b"".join(listing)
    count = len(listing) // 2
    return b"".join((*body, index, _END.pack(b"PK\x05\x06", 0, 0, count, count, len(index), at, 0)))
