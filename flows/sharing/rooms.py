"""Which files of a home are shared, room by room: a plan's folder, and what all plans have in common.

Not shared: the database, settings (they hold what is this computer's own), run files, locks, drafts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows.workspace import Home

_PASSING = re.compile(r"\..*|~\$.*|.*\.tmp|台账\.db.*|thumbs\.db|desktop\.ini", re.I)
_ODD = re.compile(r'[\\:*?"<>|\x00-\x1f\x7f\ud800-\udfff]')
"""What Windows takes in no name, and what is no text at all."""


@dataclass(frozen=True, slots=True)
class Room:
    """Files that are kept in step together."""

    home: Home
    slug: str | None
    """The plan; None for what is common."""

    @property
    def key(self) -> str:
        """Below which name of the share its lists lie."""
        return f"计划/{self.slug}" if self.slug else "公用"

    @property
    def name(self) -> str:
        """As the clerk knows it."""
        return f"“{self.slug}”" if self.slug else "名录、模板和收件箱"

    @property
    def essential(self) -> Path | None:
        """The file without which the room was not emptied but lost."""
        return self.home.plan(self.slug).review if self.slug else None

    def holds(self, path: str) -> bool:
        """Whether a path below the home belongs here."""
        if self.slug:
            return path.startswith(f"ledgers/{self.slug}/")
        return path.startswith(("templates/", "ledgers/收件箱/")) or path.count("/") == 1

    def paths(self) -> tuple[dict[str, Path], list[str]]:
        """Path below the home, with slashes → file; and the names that another computer could not write."""
        home = self.home
        if self.slug:
            found = list(_walk(home.plan(self.slug).root))
        else:
            found = [*_walk(home.templates), *_walk(home.inbox), *_walk(home.ledgers, deep=False)]
        named = {path.relative_to(home.root).as_posix(): path for path in found}
        odd = [name for name in named if _ODD.search(name)]
        return {name: path for name, path in named.items() if name not in odd}, odd


def local_plans(home: Home) -> set[str]:
    """Plans that lie here."""
    return {path.parent.name for path in home.ledgers.glob("*/任务分解表.xlsx")} - {"示例"}


def _walk(folder: Path, *, deep: bool = True) -> Iterator[Path]:
    """Files below a folder. A link to another disk is followed, one into its own parents is not."""
    seen: set[str] = set()
    for top, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(top)
        if real in seen or not deep:
            folders.clear()
        else:
            folders[:] = sorted(name for name in folders if not _PASSING.fullmatch(name))
        if real in seen:
            continue
        seen.add(real)
        for name in sorted(names):
            if not _PASSING.fullmatch(name) and (path := Path(top) / name).is_file():
                yield path
