"""Finished files: written whole or not at all, known by their bytes, named so that every system takes the name."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from flows.periods import CHINA
from flows.problems import UserError
from flows.troubles import cause

_AT_ONCE = 8
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[\d¹²³])\s*(?:\..*)?", re.I)
"""Names that Windows keeps for devices, with any ending."""


def write_file(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step; the folder is made when it is missing.

    UserError when the file is open in Excel (Windows refuses the replacement), the folder may not be written, or the
    disk is full. The old file then stands as it was.
    """
    with replacing(path) as out:
        out.write(data)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """As `write_file`, for what is written piece by piece: the file takes its place when the block ends well."""
    draft = path.with_name(f".~{path.name}.{os.getpid()}.tmp")
    try:
        with _begun(draft) as out:
            yield out
        draft.replace(path)
    except PermissionError:
        raise UserError(f"“{path.name}”正在被打开，或所在文件夹不允许写入", "请关闭后再运行") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError(f"磁盘已满，“{path.name}”没有写成", "请腾出空间后再运行") from None
        raise UserError(f"“{path.name}”没有写成（{cause(error)}）", "请检查文件夹是否可用") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def _begun(draft: Path) -> BinaryIO:
    try:
        return draft.open("w+b")
    except FileNotFoundError:
        draft.parent.mkdir(parents=True, exist_ok=True)
        return draft.open("w+b")


def keep_copy(path: Path) -> Path:
    """A copy of what somebody wrote, with the moment in its name, before it is written anew.

    An earlier copy is never replaced, and the same bytes are kept once: a run that died after the copy finds it again.
    """
    data = path.read_bytes()
    for earlier in path.parent.glob(f"{glob.escape(path.stem)}_*{path.suffix}"):
        if earlier.stat().st_size == len(data) and earlier.read_bytes() == data:
            return earlier
    kept = dated(path)
    write_file(kept, data)
    return kept


def dated(path: Path) -> Path:
    """The path with the moment in its name; one that is not there yet."""
    moment = datetime.now(CHINA).strftime("%Y%m%d-%H%M%S")
    names = (f"{path.stem}_{moment}{more}{path.suffix}" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(other for name in names if not (other := path.with_name(name)).exists())


def sweep(root: Path) -> None:
    """Take away what a run that died was just writing below ``root`` and beside it: nobody else is writing now."""
    for draft in (*root.rglob(".*.tmp"), *root.parent.glob(".*.tmp")):
        with contextlib.suppress(OSError):
            draft.unlink()


def open_elsewhere(path: Path) -> str:
    """Which program seems to have a file open, by the mark that it lays beside it; '' for none.

    Only Windows refuses to replace such a file: elsewhere the program's next saving would replace ours.
    """
    if path.with_name(f".~lock.{path.name}#").is_file():
        return "LibreOffice"
    if any(path.with_name(f"~${name}").is_file() for name in (path.name, path.name[2:])):
        return "Office 或 WPS"
    return ""


def is_there(path: Path) -> bool:
    """Whether a file lies there with something in it. What a power cut caught on its way to the disk is often empty."""
    try:
        return path.stat().st_size > 0 and path.is_file()
    except OSError:
        return False


def settle_on_disk(paths: Iterable[Path]) -> None:
    """Wait until files are on the disk and not only in the system's memory: a power cut then takes none of them.

    Many at once, so that the disk writes its journal once for several. A drive that cannot say so is believed.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(_settle, paths))


def _settle(path: Path) -> None:
    with contextlib.suppress(OSError), path.open("r+b") as file:
        os.fsync(file.fileno())


def digest(data: bytes) -> str:
    """sha256 in hex: the identity of a file."""
    return hashlib.sha256(data).hexdigest()


def is_legal_name(name: str) -> bool:
    """Whether Windows takes ``name`` as it is."""
    return (
        bool(name.strip()) and not _FORBIDDEN.search(name) and not _DEVICE.fullmatch(name) and name == name.strip(" .")
    )


def safe_name(name: str, limit: int = 80) -> str:
    """A file name that is legal on Windows, at most ``limit`` long, and keeps its suffix."""
    clean = _FORBIDDEN.sub("_", name).strip(" .") or "未命名"
    if _DEVICE.fullmatch(clean):
        clean = f"_{clean}"
    stem, dot, suffix = clean.rpartition(".")
    if not dot or len(suffix) > 10:
        return clean[:limit].rstrip(" .")
    room = limit - len(suffix) - 1
    return f"{stem if len(stem) <= room else stem[:room].rstrip(' .')}.{suffix}"
