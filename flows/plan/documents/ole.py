"""The small file system inside old Office files: streams by name."""

from __future__ import annotations

import struct

_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_SMALL = 4096
_ROOT = 5


def streams_of(data: bytes) -> dict[str, bytes]:
    """Every stream by its name. ValueError when the chains of sectors do not hold together."""
    try:
        return _Reader(data).streams()
    except (struct.error, IndexError) as error:
        raise ValueError("damaged compound file") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size: int = 1 << struct.unpack_from("<H", data, 30)[0]
        self.small: int = 1 << struct.unpack_from("<H", data, 32)[0]
        if self.size not in (512, 4096) or self.small != 64:
            raise ValueError("odd sector size")
        table = list(struct.unpack_from("<109I", data, 76))
        more, count = struct.unpack_from("<2I", data, 68)
        while more < _END and count > 0:
            part = struct.unpack_from(f"<{self.size // 4}I", self._sector(more))
            table.extend(part[:-1])
            more, count = part[-1], count - 1
        self.next: list[int] = []
        for sector in table:
            if sector < _END:
                self.next.extend(struct.unpack_from(f"<{self.size // 4}I", self._sector(sector)))
        first = struct.unpack_from("<I", data, 60)[0]
        chain = self._chain(first)
        self.next_small = struct.unpack(f"<{len(chain) // 4}I", chain[: len(chain) // 4 * 4])

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        return self.data[start : start + self.size].ljust(self.size, b"\x00")

    def _chain(self, sector: int) -> bytes:
        parts = []
        for _ in range(len(self.next) + 1):
            if sector >= _END:
                break
            parts.append(self._sector(sector))
            sector = self.next[sector]
        return b"".join(parts)

    def _small_chain(self, sector: int, store: bytes) -> bytes:
        parts = []
        for _ in range(len(self.next_small) + 1):
            if sector >= _END:
                break
            parts.append(store[sector * self.small : (sector + 1) * self.small])
            sector = self.next_small[sector]
        return b"".join(parts)

    def streams(self) -> dict[str, bytes]:
        directory = self._chain(struct.unpack_from("<I", self.data, 48)[0])
        entries = []
        for at in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<2I", directory, at + 116)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            entries.append((name, kind, start, size))
        store = next((self._chain(start) for _, kind, start, _ in entries if kind == _ROOT), b"")
        return {
            name: (self._chain(start) if size >= _SMALL else self._small_chain(start, store))[:size]
            for name, kind, start, size in entries
            if kind == 2
        }
