"""Zip archives, as Windows, WinRAR, WPS, 360压缩 and macOS write them; documents that are zip files are told apart."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final

from flows.post.members import LockedError, Member, NoToolError, TooBigError, VolumeError, chunks

_PACKAGE = re.compile(
    rb"\[Content_Types\]\.xml$|mimetype$|_rels/\.rels$|docProps/(app|core|custom)\.xml$|xl/(workbook|styles|sharedStrings)\.xml$"
)
"""First parts of Office and OpenDocument files: zip files that are one document."""
_PARTS: Final = (b"_rels/", b"docProps/", b"xl/", b"word/", b"ppt/", b"META-INF/", b"content.xml", b"OFD.xml")
_DOCUMENT: Final = frozenset({"[Content_Types].xml", "mimetype", "content.xml", "OFD.xml", "META-INF/MANIFEST.MF"})


def is_document(data: bytes) -> bool:
    """Whether a zip file is one document (Office, OpenDocument, OFD, Java) and not an archive of files."""
    length = int.from_bytes(data[26:28], "little")
    first = data[30 : 30 + length]
    if _PACKAGE.match(first):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, LookupError, RuntimeError, struct.error):
        return first.startswith(_PARTS)  # a damaged document is no archive
    return not _DOCUMENT.isdisjoint(names)


def is_volume(data: bytes) -> bool:
    """Whether this is a part of a zip that was split: its first begins so, its last says which number it has."""
    tail = data[-22:]
    if tail.startswith(b"PK\x05\x06"):
        return tail[4:6] not in (b"\0\0", b"\xff\xff")
    return data.startswith(b"PK\x07\x08PK\x03\x04")


def members(data: bytes, limit: int) -> Iterator[Member]:
    """The files of a zip archive, no directories and links.

    BadZipFile, VolumeError or TooBigError (by what it declares) when it cannot be opened at all.
    """
    if is_volume(data):
        raise VolumeError
    with _opened(data) as archive:
        infos = [
            info
            for info in archive.infolist()
            if not info.filename.endswith("/") and not stat.S_ISLNK(info.external_attr >> 16)
        ]
        # A directory that lists the same bytes many times over is refused before anything is unpacked.
        if sum(info.file_size for info in infos) > limit:
            raise TooBigError
        for info, name in zip(infos, _names(infos), strict=True):
            if not name.endswith(("/", "\\")):
                yield Member(name, _content(archive, info), info.compress_size)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    if info.flag_bits & 1:
        raise LockedError
    try:
        with archive.open(info) as stream:
            yield from chunks(stream)
    except NotImplementedError:  # Deflate64, Zstandard …
        raise NoToolError from None


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except UnicodeDecodeError:
        # The UTF-8 flag over GBK names: cleared in the directory, so that the names are decided like all others.
        return zipfile.ZipFile(io.BytesIO(_without_utf8_flag(data)))


def _without_utf8_flag(data: bytes) -> bytes:
    changed = bytearray(data)
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = data.find(magic)
        while 0 <= place < len(data) - 46:
            changed[place + offset + 1] &= ~0x08
            place = data.find(magic, place + 4)
    return bytes(changed)


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """Names as they were meant: flagged UTF-8, Info-ZIP's Unicode path, else UTF-8 or GB 18030 for all of them alike.

    The tools of Chinese Windows write GBK and no flag, macOS writes UTF-8 and no flag.
    """
    raw = [b"" if info.flag_bits & 0x800 else _raw(info.orig_filename) for info in infos]
    charset = "gb18030"
    for candidate in ("utf-8", "gb18030", "cp437"):
        try:
            b"\n".join(raw).decode(candidate)
        except UnicodeDecodeError:
            continue
        charset = candidate
        break
    return [
        (info.orig_filename if not plain else _unicode_path(info.extra, plain) or plain.decode(charset, "replace"))
        for info, plain in zip(infos, raw, strict=True)
    ]


def _raw(name: str) -> bytes:
    try:
        return name.encode("cp437")
    except UnicodeEncodeError:
        return name.encode()


def _unicode_path(extra: bytes, name: bytes) -> str:
    """Info-ZIP extra field 0x7075: version 1, CRC-32 of the plain name, the name in UTF-8; '' when it does not hold."""
    place = 0
    while place + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, place)
        body = extra[place + 4 : place + 4 + size]
        if (
            kind == 0x7075
            and len(body) > 5
            and body[0] == 1
            and struct.unpack_from("<I", body, 1)[0] == zlib.crc32(name)
        ):
            return body[5:].decode("utf-8", "replace")
        place += 4 + size
    return ""
