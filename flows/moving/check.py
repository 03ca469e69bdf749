"""Whether a backup is whole: every member there, none too many, each as the manifest says, byte for byte."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile

from flows.migrations import SCHEMA
from flows.moving.manifest import DAMAGED, DATABASE, NAME, Manifest, Member
from flows.problems import UserError

_PIECE = 1 << 20
_TOPS = ("templates/", "ledgers/", DATABASE)


def check(file: Path) -> Manifest:
    """Read a backup through; UserError when it is damaged, none of ours, or of a newer version."""
    with opened(file) as (archive, manifest):
        for member in manifest.members:
            for _piece in pieces(archive, member):
                pass
        return manifest


@contextmanager
def opened(file: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """A backup with its list; the members have yet to be read (``pieces``)."""
    if not file.is_file():
        raise UserError(f"找不到备份文件 {file}", "请检查路径")
    try:
        with ZipFile(file) as archive:
            names = archive.namelist()
            if NAME not in names:
                raise UserError(f"{file.name} 不是台账的备份", "请用 taizhang backup 做成的文件")
            manifest = Manifest.from_bytes(archive.read(NAME))
            if manifest.schema > SCHEMA:
                raise UserError("备份由更新版本的台账做成", "请升级程序后再恢复")
            if sorted(names) != sorted([NAME, *(member.name for member in manifest.members)]):
                raise UserError(f"备份 {file.name} 与清单不符，少了或多了文件", DAMAGED)
            for name in (*names, *manifest.folders):
                _require_inside(name)
            yield archive, manifest
    except (BadZipFile, zlib.error, EOFError) as error:
        raise UserError(f"备份 {file.name} 已损坏，没有恢复", DAMAGED) from error


def pieces(archive: ZipFile, member: Member) -> Iterator[bytes]:
    """The bytes of a member; UserError at its end when they are not those that were backed up."""
    seen, size = hashlib.sha256(), 0
    with archive.open(member.name) as source:
        while piece := source.read(_PIECE):
            seen.update(piece)
            size += len(piece)
            if size > member.size:
                break
            yield piece
    if (size, seen.hexdigest()) != (member.size, member.sha256):
        raise UserError(f"备份里的 {member.name} 已损坏，没有恢复", DAMAGED)


def _require_inside(name: str) -> None:
    """Nothing is ever written outside the new home, whoever made the file."""
    path = PurePosixPath(name)
    plain = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    if not plain or not (name in (NAME, "config.toml", "templates", "ledgers") or name.startswith(_TOPS)):
        raise UserError(f"备份里有不该有的文件 {name}", "请用 taizhang backup 做成的文件")
