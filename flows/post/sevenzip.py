"""7z archives as 7-Zip, WPS, 360压缩 and Bandizip write them: LZMA, LZMA2, Deflate, BZip2 or stored.

Read here and not by a library, since the libraries bring compiled parts that are not made for every Python on Windows.
What is packed otherwise (PPMd, BCJ2 …) goes through :mod:`flows.post.programs`.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from bz2 import BZ2Decompressor
from collections.abc import Callable, Iterator
from typing import Final

from flows.post import programs
from flows.post.members import BrokenError, LockedError, Member, NoToolError, TooBigError
from flows.post.sevenzip_layout import Bytes, Entry, Folder, Streams, header, packed_streams

MAGIC: Final = b"7z\xbc\xaf\x27\x1c"
_COPY, _LZMA, _LZMA2, _DEFLATE, _BZIP2 = b"\x00", b"\x03\x01\x01", b"\x21", b"\x04\x01\x08", b"\x04\x02\x02"
_AES: Final = b"\x06\xf1\x07\x01"
_CHUNK: Final = 2**18


def members(data: bytes, limit: int) -> Iterator[Member]:
    """The files of a 7z archive. LockedError, BrokenError, TooBigError (as declared) when it cannot be opened."""
    streams, entries = _directory(data)
    if sum(folder.size for folder in streams.folders) > limit:
        raise TooBigError
    plain = all(_is_plain(folder) for folder in streams.folders)
    if plain:
        contents = _contents(data, streams)
    elif any(method == _AES for folder in streams.folders for method, _ in folder.coders):
        contents = _failing(LockedError)
    else:
        contents = _by_program(data, [file for folder in streams.folders for file in folder.files])
    for entry in entries:
        content = next(contents, None) if entry.has_stream else iter(())
        if content is None:
            raise BrokenError
        if entry.is_file:
            yield Member(entry.name, content)


def _directory(data: bytes) -> tuple[Streams, list[Entry]]:
    if len(data) < 32:
        raise BrokenError
    offset, size, crc = struct.unpack_from("<QQI", data, 12)
    block = data[32 + offset : 32 + offset + size]
    if len(block) != size or zlib.crc32(block) != crc:
        raise BrokenError
    for _ in range(4):
        if not block:
            return Streams(), []
        source = Bytes(block)
        kind = source.byte()
        if kind == 0x01:
            return header(source)
        if kind != 0x17:
            raise BrokenError
        packed = packed_streams(source)
        if any(method == _AES for folder in packed.folders for method, _ in folder.coders):
            raise LockedError
        if len(packed.folders) != 1 or packed.folders[0].size > 2**24 or not _is_plain(packed.folders[0]):
            raise BrokenError
        block = b"".join(next(_contents(data, packed)))
    raise BrokenError


def _is_plain(folder: Folder) -> bool:
    known = {_COPY, _LZMA, _LZMA2, _DEFLATE, _BZIP2}
    return len(folder.coders) == 1 and folder.packed == 1 and folder.coders[0][0] in known


def _contents(data: bytes, streams: Streams) -> Iterator[Iterator[bytes]]:
    """One iterator of pieces for each file with bytes, in order; what its reader leaves is skipped."""
    place, packs = 32 + streams.start, iter(streams.packs)
    for folder in streams.folders:
        size = next(packs, None)
        if size is None:
            raise BrokenError
        yield from _split(_unpacked(data[place : place + size], folder), folder.files)
        place += size


def _split(source: Iterator[bytes], files: list[tuple[int, int | None]]) -> Iterator[Iterator[bytes]]:
    rest = bytearray()

    def pieces(size: int, crc: int | None) -> Iterator[bytes]:
        left, seen = size, 0
        while left:
            if not rest:
                piece = next(source, b"")
                if not piece:
                    raise BrokenError
                rest.extend(piece)
            piece = bytes(rest[:left])
            del rest[:left]
            left -= len(piece)
            seen = zlib.crc32(piece, seen)
            yield piece
        if crc is not None and crc != seen:
            raise BrokenError

    for size, crc in files:
        current = pieces(size, crc)
        yield current
        try:
            for _ in current:
                pass
        except (BrokenError, NoToolError, lzma.LZMAError, zlib.error, OSError, ValueError, EOFError):
            continue


def _unpacked(packed: bytes, folder: Folder) -> Iterator[bytes]:
    method, properties = folder.coders[0]
    left, step = folder.size, _decoder(method, properties, folder.size)
    if step is None:
        yield packed[:left]
        return
    feed = packed
    while left:
        piece = step(feed, min(_CHUNK, left))
        feed = b""
        if not piece:
            return
        left -= len(piece)
        yield piece


def _decoder(method: bytes, properties: bytes, size: int) -> Callable[[bytes, int], bytes] | None:
    """A function (more packed bytes, most bytes back) → bytes; None for what is stored."""
    if method == _COPY:
        return None
    if method == _DEFLATE:
        inflate = zlib.decompressobj(-15)
        return lambda feed, most: inflate.decompress(feed or inflate.unconsumed_tail, most)
    if method == _BZIP2:
        return BZ2Decompressor().decompress
    # The dictionary is allocated whole: never more than there is to unpack, whatever the archive asks for.
    if method == _LZMA:
        if len(properties) < 5 or properties[0] >= 225:
            raise BrokenError
        first, dictionary = properties[0], int.from_bytes(properties[1:5], "little")
        options = {"id": lzma.FILTER_LZMA1, "lc": first % 9, "lp": first // 9 % 5, "pb": first // 45}
    else:
        if len(properties) != 1 or properties[0] > 40:
            raise BrokenError
        bits = properties[0]
        dictionary = 2**32 - 1 if bits == 40 else (2 | bits & 1) << (bits // 2 + 11)
        options = {"id": lzma.FILTER_LZMA2}
    options["dict_size"] = max(4096, min(dictionary, size))
    try:
        return lzma.LZMADecompressor(format=lzma.FORMAT_RAW, filters=[options]).decompress
    except (lzma.LZMAError, ValueError):
        raise BrokenError from None


def _failing(error: type[Exception]) -> Iterator[Iterator[bytes]]:
    def raising() -> Iterator[bytes]:
        raise error
        yield b""

    while True:
        yield raising()


def _by_program(data: bytes, files: list[tuple[int, int | None]]) -> Iterator[Iterator[bytes]]:
    try:
        contents = programs.unpacked(data, ".7z", files)
    except NoToolError:
        yield from _failing(NoToolError)
        return
    for content in contents:
        yield next(_failing(BrokenError)) if content is None else iter((content,))
