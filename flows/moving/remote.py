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

_PIECE = 1 << 20


def is_remote(place: str) -> bool:
    """Whether ``place`` is an address and not a path."""
    return "://" in place


def send(file: Path, url: str) -> None:
    """Lay a finished backup at an address and read it back; under its own name it is whole or not there.

    UserError for a kind of address that cannot be written here, PassingError when the server fails or keeps something
    else than it was sent.
    """
    with _at(url) as (system, path):
        draft = f"{path}.part"
        system.makedirs(path.rpartition("/")[0], exist_ok=True)
        system.put_file(os.fspath(file), draft)
        with file.open("rb") as here, system.open(draft, "rb") as there:
            if _digest(here) != _digest(there):
                with suppress(Exception):
                    system.rm_file(draft)
                raise PassingError(f"传到 {_shown(url)} 的备份与原件不符", "请再备份一次")
        system.mv(draft, path)


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """A backup from an address as a file, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        file = Path(folder) / (url.rpartition("/")[2] or "备份.zip")
        with _at(url) as (system, path):
            if not system.exists(path):
                raise UserError(f"找不到备份 {_shown(url)}", "请检查地址")
            system.get_file(path, os.fspath(file))
        yield file


@contextmanager
def _at(url: str) -> Iterator[tuple[Any, str]]:
    import fsspec

    kind = url.partition("://")[0]
    try:
        system, path = fsspec.core.url_to_fs(url)
    except ImportError as error:
        extra = "taizhang[s3]" if kind == "s3" else str(error.name or "fsspec")
        raise UserError(f"读写 {kind}:// 要另装组件", f"请运行 pip install {extra}") from error
    except ValueError as error:
        raise UserError(f"不认得 {kind}:// 这种地址", "请写 s3://存储桶/文件名，或本机的文件名") from error
    try:
        yield system, path
    except UserError:
        raise
    except Exception as error:  # each kind of store has errors of its own
        raise PassingError(
            f"读写 {_shown(url)} 没有成功（{type(error).__name__}）", "请检查地址、权限和网络，再运行一次"
        ) from error


def _shown(url: str) -> str:
    """Without a user and password."""
    kind, _, rest = url.partition("://")
    head, slash, tail = rest.partition("/")
    return f"{kind}://{head.rpartition('@')[2]}{slash}{tail}"


def _digest(file: Any) -> str:
    seen = hashlib.sha256()
    while piece := file.read(_PIECE):
        seen.update(piece)
    return seen.hexdigest()
