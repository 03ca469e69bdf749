"""The directory of a 7z archive. Source of the layout: 7zFormat.txt of the LZMA SDK."""

from __future__ import annotations

import stat
import struct
from dataclasses import dataclass, field
from typing import Final

from flows.post.members import BrokenError

_MOST: Final = 100_000
"""Entries of a header; one that says more is damaged or made to choke us."""


@dataclass(slots=True)
class Folder:
    """Bytes packed together. ``coders``: (method, properties)."""

    coders: list[tuple[bytes, bytes]]
    packed: int
    """How many packed streams it takes."""
    outputs: int
    sizes: list[int] = field(default_factory=list)
    main: int = 0
    """Which of its outputs is the result."""
    crc: int | None = None
    files: list[tuple[int, int | None]] = field(default_factory=list)
    """(size, CRC-32) of the files in it."""

    @property
    def size(self) -> int:
        """Bytes of the result."""
        return self.sizes[self.main]


@dataclass(slots=True)
class Streams:
    """Packed bytes and what they unpack to. ``start``: behind the signature header, ``packs``: sizes."""

    start: int = 0
    packs: list[int] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in the archive. ``is_file``: no directory and no link."""

    name: str
    has_stream: bool
    is_file: bool


class Bytes:
    """Reads the header; whatever runs over its end is BrokenError."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        """So many bytes more."""
        found = self.data[self.at : self.at + count]
        if count < 0 or len(found) < count:
            raise BrokenError
        self.at += count
        return found

    def byte(self) -> int:
        """One byte."""
        return self.take(1)[0]

    def number(self) -> int:
        """A 64-bit number: the leading ones of the first byte say how many bytes follow, lowest first."""
        first, value, mask = self.byte(), 0, 0x80
        for place in range(8):
            if not first & mask:
                return value | (first & (mask - 1)) << (8 * place)
            value |= self.byte() << (8 * place)
            mask >>= 1
        return value

    def count(self) -> int:
        """A number of things, within reason."""
        found = self.number()
        if found > _MOST:
            raise BrokenError
        return found

    def bits(self, count: int) -> list[bool]:
        """So many bits, highest first, filled up to whole bytes."""
        data = self.take((count + 7) // 8)
        return [bool(data[place // 8] & 0x80 >> place % 8) for place in range(count)]

    def some(self, count: int) -> list[bool]:
        """For which of so many things something follows."""
        return [True] * count if self.byte() else self.bits(count)

    def digests(self, count: int) -> list[int | None]:
        """CRC-32 of each of so many things, None where it is not there."""
        return [struct.unpack("<I", self.take(4))[0] if there else None for there in self.some(count)]

    def expect(self, mark: int) -> None:
        """One byte that has to be this one."""
        if self.byte() != mark:
            raise BrokenError


def header(source: Bytes) -> tuple[Streams, list[Entry]]:
    """The directory itself, after its mark."""
    streams, entries = Streams(), []
    while (mark := source.byte()) != 0:
        if mark == 0x02:  # archive properties
            while source.byte():
                source.take(source.number())
        elif mark == 0x03:
            packed_streams(source)
        elif mark == 0x04:
            streams = packed_streams(source)
        elif mark == 0x05:
            entries = _entries(source)
        else:
            raise BrokenError
    return streams, entries


def packed_streams(source: Bytes) -> Streams:
    """Where the packed bytes lie and how they are packed."""
    found = Streams()
    while (mark := source.byte()) != 0:
        if mark == 0x06:
            found.start, count = source.number(), source.count()
            while (inner := source.byte()) != 0:
                if inner == 0x09:
                    found.packs = [source.number() for _ in range(count)]
                elif inner == 0x0A:
                    source.digests(count)
                else:
                    raise BrokenError
        elif mark == 0x07:
            found.folders = _folders(source)
            for folder in found.folders:
                folder.files = [(folder.size, folder.crc)]
        elif mark == 0x08:
            _substreams(source, found.folders)
        else:
            raise BrokenError
    return found


def _folders(source: Bytes) -> list[Folder]:
    source.expect(0x0B)
    count = source.count()
    source.expect(0)  # not in another place of the file
    folders = [_folder(source) for _ in range(count)]
    source.expect(0x0C)
    for folder in folders:
        folder.sizes = [source.number() for _ in range(folder.outputs)]
    while (mark := source.byte()) != 0:
        if mark != 0x0A:
            raise BrokenError
        for folder, crc in zip(folders, source.digests(count), strict=True):
            folder.crc = crc
    return folders


def _folder(source: Bytes) -> Folder:
    coders, inputs, outputs = [], 0, 0
    for _ in range(source.count()):
        flags = source.byte()
        method = source.take(flags & 0x0F)
        ins, outs = (source.count(), source.count()) if flags & 0x10 else (1, 1)
        coders.append((method, source.take(source.count()) if flags & 0x20 else b""))
        inputs, outputs = inputs + ins, outputs + outs
    if not coders or not outputs or inputs > 32 or outputs > 32:
        raise BrokenError
    bound = {(source.number(), source.number())[1] for _ in range(outputs - 1)}
    packed = inputs - (outputs - 1)
    if packed > 1:
        for _ in range(packed):
            source.number()
    main = next((place for place in range(outputs) if place not in bound), 0)
    return Folder(coders, packed, outputs, main=main)


def _substreams(source: Bytes, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    mark = source.byte()
    if mark == 0x0D:
        counts = [source.count() for _ in folders]
        mark = source.byte()
    sizes: list[list[int]] = []
    for folder, count in zip(folders, counts, strict=True):
        own = [source.number() for _ in range(count - 1)] if mark == 0x09 else []
        rest = folder.size - sum(own)
        if rest < 0 or (count > 1 and mark != 0x09):
            raise BrokenError
        sizes.append([*own, rest] if count else [])
    if mark == 0x09:
        mark = source.byte()
    unknown = sum(c for folder, c in zip(folders, counts, strict=True) if c != 1 or folder.crc is None)
    digests = iter(source.digests(unknown) if mark == 0x0A else [None] * unknown)
    for folder, own in zip(folders, sizes, strict=True):
        known = len(own) == 1 and folder.crc is not None
        folder.files = [(size, folder.crc if known else next(digests)) for size in own]
    if mark == 0x0A:
        mark = source.byte()
    if mark != 0:
        raise BrokenError


def _entries(source: Bytes) -> list[Entry]:
    count = source.count()
    names, attributes = [""] * count, [0] * count
    empty, empty_files = [False] * count, [False] * count
    while (mark := source.byte()) != 0:
        body = Bytes(source.take(source.number()))
        if mark == 0x0E:
            empty = body.bits(count)
        elif mark == 0x0F:
            marks = iter(body.bits(sum(empty)))
            empty_files = [next(marks) if is_empty else False for is_empty in empty]
        elif mark == 0x11:
            body.expect(0)
            texts = body.data[1:].decode("utf-16-le", "replace").split("\0")
            names = [*texts[:count], *[""] * (count - len(texts))]
        elif mark == 0x15:
            there = body.some(count)
            body.expect(0)
            attributes = [struct.unpack("<I", body.take(4))[0] if known else 0 for known in there]
    return [
        Entry(name, not is_empty, (is_file or not is_empty) and not attribute & 0x10 and not _is_link(attribute))
        for name, is_empty, is_file, attribute in zip(names, empty, empty_files, attributes, strict=True)
    ]


def _is_link(attribute: int) -> bool:
    return bool(attribute & 0x400) or bool(attribute & 0x8000 and stat.S_ISLNK(attribute >> 16))
