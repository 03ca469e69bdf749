"""Backups taken in the middle of a round, and the office that goes on from one."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.machine import Ended
from tests.faults.state import unfounded
from tests.faults.stores import Ledger
from tests.faults.striking import Crew

_IN_A_BACKUP = ("config.toml", "templates", "ledgers", ".taizhang")


def keep_outside(crew: Crew, home: Path) -> None:
    """Put aside what people have lying in the home that no backup takes."""
    aside = _aside(crew)
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for path in home.iterdir():
        if path.name not in _IN_A_BACKUP:
            _copy(path, aside / path.name)


def restore(crew: Crew, home: Path, now: float) -> Ended:
    """The home is again what the backup says, and beside it lies what lay there."""
    ended = crew.machine.run(home, ["restore", str(crew.backup), "--replace"], now=now)
    for path in _aside(crew).iterdir():
        _copy(path, home / path.name)
    for old in home.parent.glob(f"{home.name}_恢复前_*"):
        shutil.rmtree(old)
    return ended


def faults_of_backup(crew: Crew, home: Path, slug: str, now: float) -> list[str]:
    """What is wrong with a backup that was made while somebody worked: it is laid out beside the home and asked."""
    told = []
    side = crew.disk.root / "旁"
    shutil.rmtree(side, ignore_errors=True)
    for words in (["backup", str(crew.backup), "--check"], ["restore", str(crew.backup), "--home", str(side)]):
        ended = crew.machine.run(home, words, now=now)
        if ended.code != 0:
            told.append(f"{words[0]} of a backup made at work: {ended.said}")
    if not told:
        with Ledger().opened(side) as engine:
            gone = unfounded(side, engine)
        # A letter that was taken back since is written again by the command that wants it.
        told += [f"backup speaks of what it has not: {each}" for each in gone if each[0] != "letters"]
        if (side / "ledgers" / slug / "任务分解表.xlsx").is_file():
            ended = crew.machine.run(side, ["show", slug, "--json"], now=now)
            told += [] if ended.code in (0, 1) else [f"show of a backup: {ended.said}"]
    shutil.rmtree(side, ignore_errors=True)
    return told


def _aside(crew: Crew) -> Path:
    return crew.disk.root / "outside"


def _copy(path: Path, target: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, target, dirs_exist_ok=True)
    else:
        shutil.copy2(path, target)
