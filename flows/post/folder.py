"""The folder transport: letters as .eml files that any mail program opens."""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from functools import partial
from pathlib import Path

from flows.beside import Beside
from flows.post.letters import Letter, LetterKind
from flows.problems import UserError

_OURS = re.compile(rf"\d{{2,}}_.+_(?:{'|'.join(LetterKind)})\.eml")
_MARK = re.compile(rb"(?m)^Message-ID: (<[0-9a-f]{32}@[!-=?-~]+>)\r?$")


class LetterFolder:
    """A folder of letters, looked through once: with 5,000 of them, once for each new one would take minutes."""

    def __init__(self, folder: Path, beside: Beside | None = None) -> None:
        """``beside`` writes the files, which are there when it has finished."""
        self.folder = folder
        self._beside = beside
        self._last = 0
        self._taken: dict[str, list[str]] | None = None
        """``单位_信件`` → names of its files."""

    def write(self, letter: Letter, data: bytes) -> tuple[Path, bool]:
        """Write a built letter as ``NN_单位_信件.eml``, whole or not at all; the next free number, nothing overwritten.

        A letter that already lies there with the same Message-ID keeps its file and its bytes (True): a second run
        changes nothing.
        """
        folder = self.folder
        stem = f"{file_part(letter.unit)}_{letter.kind}"
        try:
            taken = self._look() if self._taken is None else self._taken
            mark = f"Message-ID: {letter.message_id}".encode()
            for name in taken.get(stem, ()):
                if (folder / name).is_file() and mark in (folder / name).read_bytes():
                    return folder / name, True
            target = folder / f"{self._last + 1:02d}_{stem}.eml"
            if target.exists():  # another run is writing letters too
                taken = self._look()
                target = folder / f"{self._last + 1:02d}_{stem}.eml"
        except OSError as error:
            raise _unwritten(folder) from error
        if self._beside:
            self._beside.do(partial(_write, target, data), len(data))
        else:
            _write(target, data)
        self._last += 1
        taken.setdefault(stem, []).append(target.name)
        return target, False

    def unrecorded(self, names: Collection[str], marks: Collection[str]) -> list[Path]:
        """Letters of ours that no record knows, neither by name nor by Message-ID: a clerk's copies keep the latter.

        A run that was cut off between file and record left them; nobody has been told of them.
        """
        found: list[Path] = []
        for path in sorted(self.folder.glob("*.eml")):
            if path.name in names or not _OURS.fullmatch(path.name):
                continue
            try:
                mark = _MARK.search(path.read_bytes())
            except OSError:  # open elsewhere, or gone meanwhile: not ours to judge
                continue
            if mark and mark[1].decode("ascii") not in marks:
                found.append(path)
        return found

    def _look(self) -> dict[str, list[str]]:
        self.folder.mkdir(parents=True, exist_ok=True)
        taken: dict[str, list[str]] = {}
        self._last = 0
        with os.scandir(self.folder) as found:
            for entry in found:
                number, _, stem = entry.name.removesuffix(".eml").partition("_")
                if entry.name.endswith(".eml") and number.isdecimal():
                    taken.setdefault(stem, []).append(entry.name)
                    self._last = max(self._last, int(number))
        self._taken = taken
        return taken


def _write(target: Path, data: bytes) -> None:
    unfinished = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        try:
            unfinished.write_bytes(data)
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(target.parent) from error


def _unwritten(folder: Path) -> UserError:
    return UserError(f"信件写不进文件夹 {folder}", "请检查磁盘空间和写入权限，关闭正在打开的信件")


def file_part(text: str, longest: int = 40) -> str:
    """``text`` as part of a file name that Windows allows; never empty."""
    legal = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]+', "", text).strip(" .")
    return legal[:longest].rstrip(" .") or "未命名"
