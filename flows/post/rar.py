"""RAR 4 and 5: stored files are read directly, compressed ones through :mod:`flows.post.programs`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from flows.post import programs
from flows.post.headers import decode_bytes
from flows.post.members import BrokenError, LockedError, Member, NoToolError, TooBigError, VolumeError, chunks

MAGIC: Final = (b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00")


def members(data: bytes, limit: int) -> Iterator[Member]:
    """The files of a RAR archive.

    LockedError, BrokenError, VolumeError or TooBigError (by what it declares) when it cannot be opened at all.
    """
    import rarfile

    try:
        archive = rarfile.RarFile(io.BytesIO(data), errors="strict")
    except rarfile.NeedFirstVolume:
        raise VolumeError from None
    except (rarfile.PasswordRequired, rarfile.NoCrypto):
        raise LockedError from None
    except (rarfile.Error, UnicodeError, ValueError, IndexError, TypeError, OSError):
        raise BrokenError from None
    with archive:
        infos = [info for info in archive.infolist() if info.is_file()]
        if not infos and archive.needs_password():
            raise LockedError
        if sum(info.file_size or 0 for info in infos) > limit:
            raise TooBigError
        packed = _Packed(data, [info for info in infos if not info.needs_password()])
        for info in infos:
            yield Member(_name(info), _content(archive, info, packed), info.compress_size)


def _name(info: Any) -> str:
    """RAR 4 without the Unicode field keeps names in the code page of the machine that made it."""
    import rarfile

    plain = info.orig_filename
    if isinstance(plain, bytes) and not info.flags & rarfile.RAR_FILE_UNICODE:
        return decode_bytes(plain)
    name: str = info.filename
    return name


class _Packed:
    """What a program gets out of the archive, all at once and only when something in it is compressed."""

    def __init__(self, data: bytes, infos: list[Any]) -> None:
        self.data = data
        self.infos = infos
        self.found: dict[int, bytes | None] | None = None

    def content(self, info: Any) -> bytes:
        if self.found is None:
            files = [(each.file_size or 0, each.CRC) for each in self.infos]
            contents = programs.unpacked(self.data, ".rar", files)
            self.found = {id(each): content for each, content in zip(self.infos, contents, strict=True)}
        content = self.found.pop(id(info), None)
        if content is None:
            raise BrokenError
        return content


def _content(archive: Any, info: Any, packed: _Packed) -> Iterator[bytes]:
    import rarfile

    if info.needs_password():
        raise LockedError
    if info.compress_type != rarfile.RAR_M0:
        yield packed.content(info)
        return
    try:
        with archive.open(info) as stream:
            yield from chunks(stream)
    except rarfile.RarCannotExec:
        raise NoToolError from None
    except (rarfile.Error, UnicodeError, IndexError, TypeError):
        raise BrokenError from None
