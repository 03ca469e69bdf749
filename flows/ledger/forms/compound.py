"""The small file system inside old Office files (.xls, .et, .doc, encrypted .xlsx): its directory, and one stream."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from flows.ledger.safety import DAMAGED, RefusedError

MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END: Final = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_SMALL: Final = 4096


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class Compound:
    """An old Office file; raises RefusedError when its sectors do not hold together."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        try:
            self._open()
        except (struct.error, IndexError):
            raise RefusedError(DAMAGED) from None

    def _open(self) -> None:
        data = self._data
        shift = struct.unpack_from("<H", data, 30)[0]
        if shift not in (9, 12):
            raise RefusedError(DAMAGED)
        self._size = 1 << shift
        table = list(struct.unpack_from("<109I", data, 76))
        more, count = struct.unpack_from("<2I", data, 68)
        while more < _END and 0 < count < 4096:
            part = struct.unpack(f"<{self._size // 4}I", self._sector(more))
            table.extend(part[:-1])
            more, count = part[-1], count - 1
        self._next: list[int] = []
        sectors = len(data) // self._size + 1
        for sector in table:
            if sector < _END and len(self._next) < sectors:
                self._next.extend(struct.unpack(f"<{self._size // 4}I", self._sector(sector)))
        self._entries = list(self._directory(struct.unpack_from("<I", data, 48)[0]))
        self._small_table = self._chain(struct.unpack_from("<I", data, 60)[0], len(data))
        self.names = frozenset(entry.name for entry in self._entries)
        """Names of all streams and storages."""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size].ljust(self._size, b"\x00")

    def _chain(self, sector: int, size: int) -> bytes:
        parts = []
        for _ in range(min(len(self._next), size // self._size + 1)):
            if sector >= _END:
                break
            parts.append(self._sector(sector))
            sector = self._next[sector]
        return b"".join(parts)

    def _directory(self, start: int) -> list[_Entry]:
        directory = self._chain(start, len(self._data))
        found = []
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            begin, size = struct.unpack_from("<2I", directory, at + 116)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            if kind:
                found.append(_Entry(name, kind, begin, size))
        return found

    def stream(self, name: str) -> bytes:
        """A stream by its name, b'' when there is none."""
        entry = next((entry for entry in self._entries if entry.name == name and entry.kind == 2), None)
        if entry is None:
            return b""
        try:
            if entry.size >= _SMALL:
                return self._chain(entry.start, entry.size)[: entry.size]
            return self._small(entry)
        except (struct.error, IndexError):
            raise RefusedError(DAMAGED) from None

    def _small(self, entry: _Entry) -> bytes:
        root = next((entry for entry in self._entries if entry.kind == 5), None)
        store = self._chain(root.start, len(self._data)) if root else b""
        following = struct.unpack(f"<{len(self._small_table) // 4}I", self._small_table)
        parts, sector = [], entry.start
        for _ in range(_SMALL // 64):
            if sector >= _END:
                break
            parts.append(store[sector * 64 : sector * 64 + 64])
            sector = following[sector]
        return b"".join(parts)[: entry.size]
