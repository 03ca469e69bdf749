"""import: a plan document becomes ledgers/<slug>/任务分解表.xlsx, which the office reviews and owns from then on."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from dataclasses import replace as with_fields
from datetime import date
from pathlib import Path

from flows.config import Groups
from flows.desk import NO_ROSTER, in_step, is_blank_roster, open_store, read_roster_of
from flows.files import dated, digest, keep_copy, write_file
from flows.plan.carried import renumbered_carried
from flows.plan.deadlines import month_rule
from flows.plan.model import Doubt, Plan
from flows.plan.reader import read_plan
from flows.plan.review import Backdrop, Change, Reviewed, read_reviewed, write_review
from flows.plan.revision import Revision, replaced, revise
from flows.problems import UserError
from flows.roster import Roster, read_roster
from flows.storage.carried import standing_carried
from flows.storage.decisions import decisions_for, remember, remember_home
from flows.storage.history import History
from flows.storage.locks import plan_lock
from flows.storage.numbers import last_rows, record_numbers
from flows.store import Store, as_json, readings
from flows.units.assignment import Assignment, all_doubts, assign
from flows.workspace import Home, PlanFolder


@dataclass(frozen=True, slots=True)
class Imported:
    """What `import` did."""

    slug: str
    plan: Plan
    """As it now stands in the workbook: the reading, and what the office had made of the one before."""
    assignment: Assignment
    doubts: tuple[Doubt, ...]
    review: Path
    kept: Path | None
    """Where the office's earlier 任务分解表 was copied to."""
    roster: Path | None
    """Where a given roster was laid."""
    changes: tuple[Change, ...] = ()
    """Against the last reading; empty for a first one."""
    again: bool = False
    """There was an earlier reading."""


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

    A plan that was read before is merged with the office's table: its edits stay, what the document changed is taken
    over and told; ``replace`` takes the new reading alone. The office's earlier table is copied first. UserError, with
    nothing written, when the document is no plan, the roster is faulty, or the earlier table cannot be read (which
    ``replace`` passes over).
    """
    config = home.config()
    folder = home.plan(slug)
    _require_own_name(folder.root)
    _require_file(source)
    given = read_roster(roster) if roster else None
    units = given or read_roster_of(folder, need=False)
    store = open_store(home, config)
    with closing(store), plan_lock(store.engine, folder.root, slug, "导入"), in_step(home, config, store, slug):
        if config.files.share and given is None:  # another computer may have changed it
            units = read_roster_of(folder, need=False)
        with month_rule(config.plan.inclusive_months):
            remember_home(home, store)
            earlier = _earlier(folder, History(store, slug), passing=replace)
            decisions = decisions_for(store, earlier)
            plan = read_plan(source, year=year, issued=issued, columns=decisions.columns)
        revision = _revision(earlier, plan, replace=replace, store=store, slug=slug)
        assignment = assign(revision.plan, units, config.groups, decisions.units)
        doubts = _doubts(revision, assignment, units)
        folder.root.mkdir(parents=True, exist_ok=True)
        kept = keep_copy(folder.review) if folder.review.is_file() and (earlier is None or earlier.edited) else None
        laid = _lay_roster(home, folder, roster) if roster else None
        _keep_source(source, folder)
        moves = revision.renumbering.moves if revision.renumbering else {}
        backdrop = Backdrop(
            reading=plan,
            roster_doubts=frozenset(doubts) - frozenset(revision.plan.doubts),
            kept_doubts=revision.kept_doubts,
            settled=revision.settled,
            cancelled=revision.cancelled,
            marks=revision.marks,
            pending=(*revision.pending, *((revision.renumbering,) if revision.renumbering else ())),
            # A document that brings nothing new leaves what the last one brought: that import may have died unheard.
            changes=revision.changes or (earlier.changes if earlier and not replace else ()),
            remembered=decisions.rows,
            carried=renumbered_carried(standing_carried(store, slug, earlier), moves) if earlier else (),
            units=_pickable(units, config.groups),
        )
        final = revision.plan.with_doubts(doubts)
        write_review(final, folder.review, assignment.pairs(), assignment.groups, backdrop)
        # The workbook is what counts: numbers that moved stand in it, and a command that is killed here is made good
        # by the next one that opens the plan.
        if revision.renumbering:
            record_numbers(store, slug, revision.renumbering)
        store.add(
            readings,
            plan=slug,
            source_sha256=digest(source.read_bytes()),
            content=as_json(plan.as_record()),
        )
    return Imported(
        slug, final, assignment, doubts, folder.review, kept, laid, revision.changes, again=earlier is not None
    )


def _require_own_name(folder: Path) -> None:
    """Windows keeps “ABC” and “abc” in one folder, the history in two: neither plan would be whole."""
    names = [each.name for each in folder.parent.iterdir()] if folder.parent.is_dir() else []
    for name in names:
        if name != folder.name and name.casefold() == folder.name.casefold():
            raise UserError(f"已有计划“{name}”，与“{folder.name}”只差大小写", "请用同样的写法，或另起一个代号")


def _require_file(source: Path) -> None:
    """Before a database is made for it."""
    if not source.is_file():
        raise UserError(f"找不到文件 {source}", "请检查路径")


def _earlier(folder: PlanFolder, history: History, *, passing: bool) -> Reviewed | None:
    """The office's table as it stands; None when there is none, or when it cannot be read and that is passed over."""
    if not folder.review.is_file():
        return None
    try:
        reviewed = read_reviewed(folder.review)
    except UserError as error:
        if passing:
            return None
        raise UserError(error.message, f"{error.hint}，或加 --replace 另存旧表、全用新读的") from None
    remember(history.store, folder.slug, reviewed)
    reading = reviewed.reading or history.reading()
    return with_fields(reviewed, reading=reading)


def _revision(earlier: Reviewed | None, plan: Plan, *, replace: bool, store: Store, slug: str) -> Revision:
    if earlier is None:
        return Revision(plan)
    revision = replaced(earlier, plan) if replace else revise(earlier, plan)
    if revision.renumbering:
        dispatch, arrival = last_rows(store, slug)
        revision.renumbering = with_fields(revision.renumbering, dispatch=dispatch, arrival=arrival)
    return revision


def _doubts(revision: Revision, assignment: Assignment, units: Roster) -> tuple[Doubt, ...]:
    if not units.units:
        return (*revision.plan.doubts, NO_ROSTER)
    return all_doubts(revision.plan, assignment, revision.settled)


def _pickable(units: Roster, groups: Groups) -> tuple[str, ...]:
    """What an answer about units can be picked from: kinds, the office's own groups, every unit."""
    return (*units.kinds, *groups.named, *(unit.name for unit in units))


def _keep_source(source: Path, folder: PlanFolder) -> None:
    """The document beside the plan, byte for byte; an earlier one of the same name is kept under another."""
    target = folder.root / f"原件_{source.name}"
    data = source.read_bytes()
    if target.is_file() and target.read_bytes() != data and source.resolve() != target.resolve():
        target.replace(dated(target))
    if source.resolve() != target.resolve():
        write_file(target, data)


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
