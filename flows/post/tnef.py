"""winmail.dat: the wrapping that Outlook on Exchange puts around attachments. Source: [MS-OXTNEF]."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from flows.post.file_names import plain_name
from flows.post.headers import decode_bytes

_MAGIC: Final = b"\x78\x9f\x3e\x22"
_NEW, _TITLE, _DATA, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_LONG_NAME: Final = 0x3707
_SIZES: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}
"""Bytes of a property value by its type; texts, bytes and objects say their own length."""


def wrapped_files(data: bytes) -> list[tuple[str, bytes]]:
    """(name, bytes) of the attachments in a winmail.dat; [] when it holds none or is none. What is cut off is left."""
    if not data.startswith(_MAGIC):
        return []
    found: list[tuple[str, bytes]] = []
    name, content = "", b""
    for mark, body in [*_attributes(data), (_NEW, b"")]:
        if mark == _NEW:
            if content:
                found.append((name or "附件", content))
            name, content = "", b""
        elif mark == _TITLE:
            name = name or plain_name(decode_bytes(body.rstrip(b"\0"), "gb18030"), "")
        elif mark == _DATA:
            content = body
        elif mark == _PROPERTIES:
            name = plain_name(_long_name(body), "") or name
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 6
    while place + 9 <= len(data):
        _, mark, size = struct.unpack_from("<BII", data, place)
        if place + 9 + size > len(data):
            return
        yield mark, data[place + 9 : place + 9 + size]
        place += 11 + size


def _long_name(data: bytes) -> str:
    try:
        return next((_text(kind, value) for tag, kind, value in _properties(data) if tag == _LONG_NAME), "")
    except (struct.error, KeyError):
        return ""


def _text(kind: int, value: bytes) -> str:
    text = value.decode("utf-16-le", "replace") if kind == 0x1F else decode_bytes(value, "gb18030")
    return text.rstrip("\0")


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(tag, type, first value) of each property."""
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _ in range(count):
        kind, tag = struct.unpack_from("<HH", data, place)
        place += 4
        if tag >= 0x8000:  # a named property: GUID, then a number or a name
            by_name, length = struct.unpack_from("<II", data, place + 16)
            place += 24 + (-(-length // 4) * 4 if by_name else 0)
        times, base, first = 1, kind & 0x0FFF, b""
        if kind & 0x1000 or base not in _SIZES:
            (times,) = struct.unpack_from("<I", data, place)
            place += 4
        for turn in range(times):
            size = _SIZES.get(base, 0)
            if not size:
                (size,) = struct.unpack_from("<I", data, place)
                place += 4
            if place + size > len(data):
                return
            first = first if turn else data[place : place + size]
            place += -(-size // 4) * 4
        yield tag, base, first
