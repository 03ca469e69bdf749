"""Backups that lie in an object store or on another server: any address that fsspec knows, such as s3://."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flows.problems import PassingError, UserError
from flows.sharing.place import at, is_local, is_remote, shown

__all__ = ["fetched", "is_remote", "send"]

_PIECE = 1 << 20


def send(file: Path, url: str) -> None:
    """Lay a finished backup at an address and read it back; under its own name it is whole or not there.

    UserError for a kind of address that cannot be written here, PassingError when the server fails or keeps something
    else than it was sent.
    """
    with at(url) as (system, path):
        if is_local(system) and system.isdir(path):
            raise UserError(f"{shown(url)} 是文件夹", "请写出备份文件的名字，如 台账备份.zip")
        draft = f"{path}.part"
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        system.put_file(os.fspath(file), draft)
        with file.open("rb") as here, system.open(draft, "rb") as there:
            if _digest(here) != _digest(there):
                with suppress(Exception):
                    system.rm_file(draft)
                raise PassingError(f"传到 {shown(url)} 的备份与原件不符", "请再备份一次")
        system.mv(draft, path)


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """A backup from an address as a file, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        file = Path(folder) / (url.rpartition("/")[2] or "备份.zip")
        with at(url) as (system, path):
            if not system.exists(path):
                raise UserError(f"找不到备份 {shown(url)}", "请检查地址")
            system.get_file(path, os.fspath(file))
        yield file


def _digest(file: Any) -> str:
    seen = hashlib.sha256()
    while piece := file.read(_PIECE):
        seen.update(piece)
    return seen.hexdigest()
