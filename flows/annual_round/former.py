"""上年年报: published reports of the year before, so that the first round already has numbers to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from flows.annual.format import KEYS
from flows.annual.model import Filing
from flows.annual.reader import read_official
from flows.annual_round.declaring import declared
from flows.annual_round.kept import Kept, filed_before, row_of
from flows.desk import Desk
from flows.files import digest, safe_name, write_file
from flows.periods import CHINA
from flows.post.file_names import is_noise
from flows.problems import UserError
from flows.roster import Unit
from flows.store import filings
from flows.years import Year

FOLDER: Final = "上年年报"
"""Below the round's folder: the files as they were given."""
_FEWEST: Final = len(KEYS) // 2
"""Fewer numbers than this are no report, but something that has a table like it."""


@dataclass(frozen=True, slots=True)
class Former:
    """One given file, and what came of it."""

    file: str
    unit: str
    numbers: int
    """How many of the 200 numbers were read and kept; 0 when none."""
    reason: str
    """Why nothing was kept, in Chinese without full stop; '' when it was."""


def take_former(desk: Desk, year: Year, folder: Path) -> list[Former]:
    """Read last year's reports (Word, Excel, web pages) of a folder and keep their numbers, a unit's once.

    Whose a report is tells the name of its file. What the store has of last year is never replaced.
    """
    if not folder.is_dir():
        raise UserError(f"找不到文件夹 {folder}", "请检查 --last 后的路径")
    units = [who.unit for who in declared(desk, year.year)]
    known = set(filed_before(desk.store, desk.folder.slug, year, desk.roster))
    kept_at = desk.folder.period(year).root / FOLDER
    found = []
    for path in sorted(folder.rglob("*")):
        shown = path.relative_to(folder).as_posix()
        if not path.is_file() or is_noise(shown):
            continue
        unit = _whose(units, path.name)
        if unit is None:
            found.append(Former(shown, "", 0, "看不出是哪个单位的，请把单位名称写进文件名"))
            continue
        data = path.read_bytes()
        if unit.name in known:
            found.append(Former(shown, unit.name, 0, "已有这个单位的上年数据，没有替换"))
            continue
        read = read_official(data)
        numbers = len(read.tables.amounts)
        if read.reason or numbers < _FEWEST:
            why = read.reason or f"三张表里只读到 {numbers} 个数，请核对这份文件"
            found.append(Former(shown, unit.name, 0, why))
            continue
        sha = digest(data)
        write_file(kept_at / safe_name(f"{sha[:12]}_{path.name}"), data)
        given = datetime.fromtimestamp(path.stat().st_mtime, CHINA)
        filing = Filing(unit.name, year.previous.year, read.tables)
        desk.store.add(filings, **row_of(desk.folder.slug, Kept(unit.name, filing, sha, path.name, given, True)))
        known.add(unit.name)
        found.append(Former(shown, unit.name, numbers, ""))
    return found


def _whose(units: list[Unit], name: str) -> Unit | None:
    """The unit whose name or alias stands in a file's name; of several the longest."""
    named = [(len(word), unit.name, unit) for unit in units for word in (unit.name, *unit.aliases) if word in name]
    return max(named, key=lambda each: each[:2])[2] if named else None
