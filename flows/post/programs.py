"""Archives that Python cannot unpack, through a program of this machine: UnRAR, unar, 7-Zip or bsdtar.

The program gets a temporary copy of the archive, no name from inside it, and answers into a pipe with all files one
after the other; they are parted by the sizes in the directory and held against their checksums. Nothing is written.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Timer
from typing import IO, Final

from flows.post.members import NoToolError

_PATIENCE: Final = 120
"""Seconds for one archive."""


def unpacked(data: bytes, suffix: str, files: Sequence[tuple[int, int | None]]) -> list[bytes | None]:
    """The content of every file (size, CRC-32) of an archive, None for one that no program gets out whole.

    NoToolError when this machine has none of the programs.
    """
    found: list[bytes | None] = [None] * len(files)
    commands = list(_commands(suffix))
    if not commands:
        raise NoToolError
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / f"archive{suffix}"
        copy.write_bytes(data)
        for command in commands:
            for place, content in enumerate(_run([*command, str(copy)], files)):
                if found[place] is None:
                    found[place] = content
            if None not in found:
                break
    return found


def _commands(suffix: str) -> Iterator[list[str]]:
    if suffix == ".rar":
        if unrar := _program("unrar", "UnRAR"):
            yield [unrar, "p", "-inul", "-p-", "--"]
        if unar := _program("unar"):
            yield [unar, "-q", "-p", "", "-o", "-"]
    # The tar of Windows 11 and of macOS is bsdtar.
    if bsdtar := _program("bsdtar", *(["tar"] if sys.platform in {"win32", "darwin"} else [])):
        yield [bsdtar, "-x", "--to-stdout", "-f"]
    if seven := _program("7z", "7zz", "7za"):
        yield [seven, "e", "-so", "-bd", "-p-", "--"]


def _program(*names: str) -> str:
    """Path of a program, by any of its names; WinRAR and 7-Zip do not put themselves on the PATH of Windows."""
    roots = [root for key in ("ProgramFiles", "ProgramW6432", "ProgramFiles(x86)") if (root := os.environ.get(key))]
    path = os.pathsep.join([os.environ.get("PATH", ""), *(f"{root}/{own}" for root in roots for own in _FOLDERS)])
    return next((found for name in names if (found := shutil.which(name, path=path))), "")


_FOLDERS: Final = ("WinRAR", "7-Zip")


def _run(command: list[str], files: Sequence[tuple[int, int | None]]) -> Iterator[bytes | None]:
    try:
        running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return
    watch = Timer(_PATIENCE, running.kill)
    watch.start()
    with running:
        assert running.stdout is not None
        try:
            for size, crc in files:
                content = _exactly(running.stdout, size)
                whole = len(content) == size and (crc is None or zlib.crc32(content) == crc)
                yield content if whole else None
        finally:
            watch.cancel()
            running.kill()


def _exactly(stream: IO[bytes], size: int) -> bytes:
    """Grown as it comes: the size is only what the archive says of itself."""
    found = bytearray()
    while len(found) < size and (piece := stream.read(min(2**20, size - len(found)))):
        found += piece
    return bytes(found)
