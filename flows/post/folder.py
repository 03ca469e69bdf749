"""The folder transport: letters as .eml files that any mail program opens."""

from __future__ import annotations

import os
import re
from pathlib import Path

from flows.post.letters import Letter
from flows.problems import UserError


def write_letter(folder: Path, letter: Letter, data: bytes) -> Path:
    """Write a built letter as ``NN_单位_信件.eml``, whole or not at all; the next free number, nothing overwritten.

    A letter that already lies there with the same Message-ID keeps its file, so a second run changes nothing.
    """
    stem = f"{file_part(letter.unit)}_{letter.kind}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with os.scandir(folder) as found:  # not Path.glob: with 5,000 letters it would take minutes
            taken = [entry.name for entry in found if entry.name.endswith(".eml")]
        mark = f"Message-ID: {letter.message_id}".encode()
        for name in taken:
            if name.endswith(f"_{stem}.eml") and mark in (folder / name).read_bytes():
                return folder / name
        target = folder / f"{_next_number(taken):02d}_{stem}.eml"
        unfinished = folder / f".{target.name}.{os.getpid()}.tmp"
        try:
            unfinished.write_bytes(data)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"信件写不进文件夹 {folder}", "请检查磁盘空间和写入权限，关闭正在打开的信件") from error
    return target


def file_part(text: str, longest: int = 40) -> str:
    """``text`` as part of a file name that Windows allows; never empty."""
    legal = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]+', "", text).strip(" .")
    return legal[:longest].rstrip(" .") or "未命名"


def _next_number(names: list[str]) -> int:
    numbers = (name.partition("_")[0] for name in names)
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1
