"""Archives that people send: opened in memory, by their content, within limits; bytes in, files or a reason out.

Nothing is ever written to disk under a name from an archive, so names with “..” or a drive letter are only names.
What an archive declares about itself is taken as a promise: sizes are counted while it is being unpacked.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from flows.post import rar, sevenzip, zips
from flows.post.file_names import is_noise, plain_name
from flows.post.headers import decode_bytes
from flows.post.members import BrokenError, LockedError, Member, NoToolError, TooBigError, VolumeError, chunks

COUNT_LIMIT: Final = 500
"""Files in one archive, those in archives inside it counted."""
TOTAL_LIMIT: Final = 200 * 2**20
"""Bytes that an archive may unpack to, those of archives inside it counted."""
_RATIO: Final = 200
_RATIO_FROM: Final = 20 * 2**20
"""A member that unpacks to more than this and to 200 times what it takes is made to choke us."""

_AGAIN: Final = "请对方直接发台账文件"
PASSWORD: Final = "压缩包加了密码，请对方取消密码后再发"
DAMAGED: Final = "压缩包已损坏，打不开，请对方重新压缩后再发"
EMPTY: Final = "压缩包里没有文件，请对方重新发送"
BOMB: Final = f"压缩包解开后大得反常，为安全起见没有打开，{_AGAIN}"
TOO_MANY: Final = f"压缩包里的文件超过 {COUNT_LIMIT} 个，没有打开，{_AGAIN}"
TOO_DEEP: Final = f"压缩包一层套一层，套得太深，没有打开，{_AGAIN}"
VOLUME: Final = "这是分卷压缩包中的一卷，请对方不要分卷，重新压缩后再发"
NO_TOOL: Final = (
    f"这台电脑上没有能解开它的程序：请安装 WinRAR 或 7-Zip 后再收一次，或者自己解开后放进文件夹再收，也可{_AGAIN}"
)

_DAMAGE: Final = (
    BrokenError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    RuntimeError,
)
"""What the readers raise on bytes that make no sense."""
_STREAMS: Final = ((b"\x1f\x8b\x08", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"))


class OverLimitError(Exception):
    """The archive and all around it must not be opened; the message is the reason for the clerk."""


@dataclass(slots=True)
class Budget:
    """What may still be unpacked. One for an outermost archive and all inside it."""

    files: int = COUNT_LIMIT
    size: int = TOTAL_LIMIT

    def file(self) -> None:
        """One more file; OverLimitError when it is one too many."""
        self.files -= 1
        if self.files < 0:
            raise OverLimitError(TOO_MANY)

    def bytes(self, count: int) -> None:
        """So many bytes more; OverLimitError when they are too many."""
        self.size -= count
        if self.size < 0:
            raise OverLimitError(BOMB)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What an archive holds: (path inside it, bytes), in its order. ``trouble``: what could not be got out of it, as a
    sentence for the clerk; it may stand beside files that could.
    """

    files: tuple[tuple[str, bytes], ...] = ()
    trouble: str = ""


def kind_of(data: bytes) -> str:
    """zip | 7z | rar | tar | gz | bz2 | xz by content; '' for anything else, documents that are zip files included."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04", b"PK\x07\x08PK\x03\x04")):
        return "" if zips.is_document(data) else "zip"
    if zips.is_volume(data):
        return "zip"
    if data.startswith(sevenzip.MAGIC):
        return "7z"
    if data.startswith(rar.MAGIC):
        return "rar"
    if data[257:262] == b"ustar":
        return "tar"
    return next((kind for magic, kind in _STREAMS if data.startswith(magic)), "")


def unpack(data: bytes, name: str, budget: Budget) -> Unpacked:
    """The files in an archive; directories, links and the file managers' own files are left out.

    Never raises for what is in the bytes, except OverLimitError: then the archive around this one is refused too.
    """
    kind = kind_of(data)
    try:
        if kind == "zip":
            return _collect(zips.members(data, budget.size), budget)
        if kind == "7z":
            return _collect(sevenzip.members(data, budget.size), budget)
        if kind == "rar":
            return _collect(rar.members(data, budget.size), budget)
        if kind == "tar":
            return _collect(_tar_members(data), budget)
        return _stream(data, name, kind, budget) if kind else Unpacked(trouble=DAMAGED)
    except LockedError:
        return Unpacked(trouble=PASSWORD)
    except NoToolError:
        return Unpacked(trouble=NO_TOOL)
    except VolumeError:
        return Unpacked(trouble=VOLUME)
    except TooBigError:
        raise OverLimitError(BOMB) from None
    except _DAMAGE:
        return Unpacked(trouble=DAMAGED)


@dataclass(slots=True)
class _Failed:
    """Names of the members that could not be got out, by cause."""

    locked: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    def trouble(self, any_got: bool) -> str:
        if not any_got:
            return PASSWORD if self.locked else NO_TOOL if self.unreadable else DAMAGED if self.broken else EMPTY
        said = [
            f"压缩包里的{_listed(names)}{why}"
            for names, why in (
                (self.locked, "加了密码，请对方取消密码后再发"),
                (self.unreadable, f"解不开，{_AGAIN}"),
                (self.broken, "已损坏，请对方重新发送"),
            )
            if names
        ]
        return "；".join([*said, "其余文件已收下"]) if said else ""


def _collect(members: Iterable[Member], budget: Budget) -> Unpacked:
    found: list[tuple[str, bytes]] = []
    failed = _Failed()
    for member in members:
        if is_noise(member.name):
            continue
        budget.file()
        try:
            found.append((member.name, _content(member, budget)))
        except LockedError:
            failed.locked.append(member.name)
        except NoToolError:
            failed.unreadable.append(member.name)
        except _DAMAGE:
            failed.broken.append(member.name)
    return Unpacked(tuple(found), failed.trouble(any(content for _, content in found)))


def _content(member: Member, budget: Budget) -> bytes:
    kept, size = [], 0
    for chunk in member.content:
        budget.bytes(len(chunk))
        size += len(chunk)
        if member.packed is not None and size > _RATIO_FROM and size > _RATIO * member.packed:
            raise OverLimitError(BOMB)
        kept.append(chunk)
    return b"".join(kept)


def _listed(names: list[str]) -> str:
    shown = "".join(f"“{plain_name(name)}”" for name in names[:3])
    return shown if len(names) <= 3 else f"{shown}等 {len(names)} 个文件"


def _tar_members(data: bytes) -> Iterator[Member]:
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
        for info in archive:
            if info.isreg() and (stream := archive.extractfile(info)):
                name = info.name.encode("utf-8", "surrogateescape")
                yield Member(decode_bytes(name), chunks(stream))


def _stream(data: bytes, name: str, kind: str, budget: Budget) -> Unpacked:
    """One compressed file; when that is a tar, its files."""
    opener: Any = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}[kind]
    inner = plain_name(re.sub(r"\.(gz|bz2|xz)$|(?<=\.t)gz$|(?<=\.t)[bx]z2?$", "", name, flags=re.IGNORECASE))
    with opener(io.BytesIO(data)) as stream:
        content = _content(Member(inner, chunks(stream), len(data)), budget)
    if kind_of(content) == "tar":
        budget.size += len(content)  # the same bytes once more, now by name
        return _collect(_tar_members(content), budget)
    budget.file()
    return Unpacked(((inner, content),))
