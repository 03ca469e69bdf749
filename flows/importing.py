"""import: a plan document becomes ledgers/<slug>/任务分解表.xlsx, which the office reviews and owns from then on."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flows.assignment import Assignment, all_doubts, assign
from flows.desk import NO_ROSTER, is_blank_roster, open_store, read_roster_of
from flows.files import digest, write_file
from flows.history import History
from flows.periods import CHINA
from flows.plan.model import Doubt, Plan
from flows.plan.reader import read_plan
from flows.plan.review import read_review, write_review
from flows.problems import UserError
from flows.roster import read_roster
from flows.store import as_json, readings
from flows.workspace import Home, PlanFolder


@dataclass(frozen=True, slots=True)
class Imported:
    """What `import` did."""

    slug: str
    plan: Plan
    assignment: Assignment
    doubts: tuple[Doubt, ...]
    review: Path
    kept: Path | None
    """Where the office's earlier 任务分解表 was moved to."""
    roster: Path | None
    """Where a given roster was laid."""


def import_plan(
    home: Home,
    source: Path,
    slug: str,
    *,
    year: int | None = None,
    issued: date | None = None,
    roster: Path | None = None,
    replace: bool = False,
) -> Imported:
    """Read a plan document and lay it on the desk.

    UserError, with nothing written, when the document is no plan, the roster is faulty, or the office has already
    edited an earlier reading (``replace`` keeps that one under another name and goes on).
    """
    config = home.config()
    folder = home.plan(slug)
    plan = read_plan(source, year=year, issued=issued)
    given = read_roster(roster) if roster else None
    units = given or read_roster_of(folder, need=False)
    store = open_store(home, config)
    try:
        edited = folder.review.is_file() and _edited(folder, History(store, slug))
        if edited and not replace:
            raise UserError(
                f"{folder.review.relative_to(home.root)} 已经由办公室改过，没有重新读入",
                "要用新读的结果代替，请加 --replace，原表会另存一份",
            )
        assignment = assign(plan, units, config.groups)
        doubts = all_doubts(plan, assignment) if units.units else (*plan.doubts, NO_ROSTER)
        folder.root.mkdir(parents=True, exist_ok=True)
        kept = _keep(folder.review) if edited else None
        laid = _lay_roster(home, folder, roster) if roster else None
        shutil.copy2(source, folder.root / f"原件_{source.name}")
        write_review(plan.with_doubts(doubts), folder.review, assignment.pairs(), assignment.groups)
        store.add(
            readings,
            plan=slug,
            source_sha256=digest(source.read_bytes()),
            content=as_json(plan.as_record()),
        )
    finally:
        store.close()
    return Imported(slug, plan, assignment, doubts, folder.review, kept, laid)


def _edited(folder: PlanFolder, history: History) -> bool:
    """Whether the review workbook says something else than what was read, or cannot be read at all."""
    earlier = history.reading()
    try:
        now = read_review(folder.review)
    except UserError:
        return True
    return earlier is None or now.as_dict() != earlier.as_dict()


def _keep(review: Path) -> Path:
    moment = datetime.now(CHINA).strftime("%Y%m%d-%H%M%S")
    kept = review.with_name(f"任务分解表_{moment}.xlsx")
    try:
        review.replace(kept)
    except PermissionError:
        raise UserError(f"{review.name} 正在被打开，没有读入", "请关闭后再运行") from None
    return kept


def _lay_roster(home: Home, folder: PlanFolder, given: Path) -> Path:
    """The office's roster when it has none yet or the same; else the plan's own, which goes before the office's."""
    data = given.read_bytes()
    if given.resolve() in (home.roster.resolve(), (folder.root / "单位名录.xlsx").resolve()):
        return given
    own = folder.root / "单位名录.xlsx"
    target = home.roster if not own.is_file() and _blank_or_same(home.roster, data) else own
    if not target.is_file() or target.read_bytes() != data:
        write_file(target, data)
    return target


def _blank_or_same(path: Path, data: bytes) -> bool:
    return is_blank_roster(path) or path.read_bytes() == data
