"""Workbook packages put together from parts, of which those that many workbooks share are deflated once."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
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
    deflated: bytes


def part(name: str, data: str | bytes) -> Part:
    """Deflate a member."""
    raw = data.encode("utf-8") if isinstance(data, str) else data
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    return Part(name.encode("utf-8"), len(raw), zlib.crc32(raw), press.compress(raw) + press.flush())


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
