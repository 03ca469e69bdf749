"""Finished files: written whole or not at all, known by their bytes, named so that every system takes the name."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
from pathlib import Path

from flows.problems import UserError

_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')


def write_file(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step; the folder is made when it is missing.

    UserError when the file is open in Excel (Windows refuses the replacement), the folder may not be written, or the
    disk is full. The old file then stands as it was.
    """
    draft = path.with_name(f".~{path.name}.{os.getpid()}.tmp")
    try:
        try:
            draft.write_bytes(data)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
        draft.replace(path)
    except PermissionError:
        raise UserError(f"“{path.name}”正在被打开，或所在文件夹不允许写入", "请关闭后再运行") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError(f"磁盘已满，“{path.name}”没有写成", "请腾出空间后再运行") from None
        raise UserError(f"“{path.name}”没有写成（{error.strerror}）", "请检查文件夹是否可用") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def digest(data: bytes) -> str:
    """sha256 in hex: the identity of a file."""
    return hashlib.sha256(data).hexdigest()


def is_legal_name(name: str) -> bool:
    """Whether Windows takes ``name`` as it is."""
    return bool(name.strip()) and not _FORBIDDEN.search(name) and name == name.strip(" .")


def safe_name(name: str, limit: int = 80) -> str:
    """A file name that is legal on Windows, at most ``limit`` long, and keeps its suffix."""
    clean = _FORBIDDEN.sub("_", name).strip(" .") or "未命名"
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        return clean[:limit]
    return f"{stem[: limit - len(suffix) - 1]}.{suffix}"
