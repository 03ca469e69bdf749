"""考核: what the months have shown becomes 考核得分表.xlsx and 考核情况.docx; the office's own lines survive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.assess_facts import gather_facts
from flows.assessment.adjust_sheet import Sheet, Terms, read_sheet
from flows.assessment.model import Adjustment, Assessed, is_whole_year
from flows.assessment.scoring import assess as score
from flows.assessment.view import as_result
from flows.assessment.workbook import render_scores
from flows.desk import Desk, open_desk
from flows.documents.assessment import write_summary
from flows.engine import flow, show, step
from flows.files import digest, write_file
from flows.ledger.values import squeeze
from flows.periods import Period, today
from flows.problems import Problem, UserError
from flows.storage.adjustments import Difference, difference, record, standing, within
from flows.workspace import Home, defaults

SCORES, SUMMARY = "考核得分表.xlsx", "考核情况.docx"


@dataclass(frozen=True, slots=True)
class Taken:
    """What was read out of the office's sheets before the workbook is written anew."""

    difference: Difference
    faulty: tuple[tuple[str, ...], ...] = ()
    """Lines that could not be taken, put back into the new workbook."""
    kept: Path | None = None
    """A copy of the old workbook, because it could not be read."""


@flow(
    name="考核",
    flow_run_name="考核 {slug} {first}—{last}",
    description="按考核办法计算各单位得分，写出考核得分表和考核情况。",
)
def assess(
    home: str,
    slug: str,
    first: str,
    last: str,
    adjust: str | None = None,
    as_of: str | None = None,
    signed_on: str | None = None,
) -> dict[str, Any]:
    """Take in the office's lines, count, write workbook and summary; exit 1 when something needs a person."""
    with open_desk(Home(Path(home)), slug, doing="考核") as desk:
        start, end = Period.parse(first), Period.parse(last)
        if not desk.carriers:
            raise UserError("没有一个单位承担任务", f"请在 {desk.folder.review.name} 的单位栏写明单位，再运行一次")
        taken = take_in_adjustments(desk, start, end, adjust)
        assessed = count(desk, start, end, date.fromisoformat(as_of) if as_of else None)
        folder = folder_of(desk, start, end)
        write_score_workbook(desk, assessed, folder / SCORES, taken.faulty)
        write_summary_document(
            desk, assessed, folder / SUMMARY, date.fromisoformat(signed_on) if signed_on else today()
        )
        result = as_result(assessed)
        changed = taken.difference
        told = {
            "scores": str(folder / SCORES),
            "summary": str(folder / SUMMARY),
            **result,
            "adjustments": {
                "added": [_line(line) for line in changed.added],
                "removed": [_line(line) for line in changed.removed],
                "problems": [_problem(problem) for problem in changed.problems],
            },
            "kept": str(taken.kept) if taken.kept else None,
            "needs_person": bool(changed.problems or taken.kept or assessed.pending or assessed.doubtful),
        }
        show("assess", slug, f"{desk.plan.info.title} {assessed.facts.range_words}考核", told)
        return told


def folder_of(desk: Desk, first: Period, last: Period) -> Path:
    """2026年考核 for a year, the month's own folder for a month, a folder below the last year's for all others."""
    if first == last:
        return desk.folder.period(first).root
    year = desk.folder.root / f"{last.year}年考核"
    if is_whole_year(first, last):
        return year
    months = f"{first.month}—{last.month}月"
    return year / (months if first.year == last.year else f"{first.label}—{last.label}")


@step("读入加减分")
def take_in_adjustments(desk: Desk, first: Period, last: Period, adjust: str | None) -> Taken:
    """What the office wrote into the workbook that is about to be replaced, and into a list of its own."""
    units = {squeeze(name): unit.name for unit in desk.roster for name in (unit.name, *unit.aliases)}
    terms = Terms(units, first, last)
    found = Difference()
    faulty: tuple[tuple[str, ...], ...] = ()
    kept = None
    path = folder_of(desk, first, last) / SCORES
    if path.is_file():
        data = path.read_bytes()
        try:
            sheet = read_sheet(data, path.name, terms)
        except UserError as error:
            found = Difference(problems=(Problem(error.message, error.hint, file=path.name),))
            kept = _set_aside(path, data)
        else:
            found = _take(desk, first, last, sheet, path, data)
            faulty = sheet.faulty
    if adjust:
        given = Path(adjust)
        if not given.is_file():
            raise UserError(f"找不到 {given.name}", "请检查 --adjust 后的文件名")
        data = given.read_bytes()
        sheet = read_sheet(data, given.name, terms)
        more = _take(desk, first, last, sheet, given, data)
        found = Difference(
            (*found.added, *more.added), (*found.removed, *more.removed), (*found.problems, *more.problems)
        )
    return Taken(found, faulty, kept)


@step("核算得分")
def count(desk: Desk, first: Period, last: Period, as_of: date | None) -> Assessed:
    """The scores of a range; UserError when no ledger was issued in it."""
    lines = within(standing(desk.store, desk.folder.slug, first, last), first, last)
    facts = gather_facts(desk, first, last, lines, as_of)
    if not facts.months:
        slug = desk.folder.slug
        raise UserError(f"{facts.range_words}还没有下发过台账", f"请先运行 taizhang distribute {slug} --period {first}")
    return score(facts, desk.config.assessment)


@step("写考核得分表")
def write_score_workbook(desk: Desk, assessed: Assessed, path: Path, faulty: tuple[tuple[str, ...], ...]) -> None:
    """考核得分表.xlsx, whole or not at all."""
    units = [unit.name for unit in desk.carriers]
    colours = desk.config.supervision.colours
    write_file(path, render_scores(assessed, desk.config.assessment, colours, units, faulty))


@step("写考核情况")
def write_summary_document(desk: Desk, assessed: Assessed, path: Path, signed_on: date) -> None:
    """考核情况.docx, from the office's template; homes of earlier versions have none and use the package's."""
    own = desk.home.templates / SUMMARY
    template = own if own.is_file() else defaults() / "templates" / SUMMARY
    write_summary(assessed, desk.config, template, path, signed_on=signed_on)


def _take(desk: Desk, first: Period, last: Period, sheet: Sheet, path: Path, data: bytes) -> Difference:
    """Record what a sheet adds and takes back. UserError for the workbook of another plan or range."""
    slug = desk.folder.slug
    if sheet.plan and (sheet.plan, sheet.first, sheet.last) != (slug, str(first), str(last)):
        raise UserError(
            f"“{path.name}”是“{sheet.plan}”{sheet.first}至{sheet.last}的考核得分表，不是这次考核的", "请检查文件"
        )
    known = standing(desk.store, slug, first, last)
    added, removed = difference(known, sheet.lines, sheet.before)
    if added or removed:
        inside = path.resolve().is_relative_to(desk.folder.root.resolve())
        name = desk.below_plan(path) if inside else path.name
        record(desk.store, slug, last.year, added, removed, file=name, sha256=digest(data))
    return Difference(tuple(added.values()), removed, sheet.problems)


def _set_aside(path: Path, data: bytes) -> Path:
    """A copy of a workbook that cannot be read, under a name of its own; the same bytes are kept once."""
    kept = path.with_name(f"{path.stem}_没有读入_{digest(data)[:8]}{path.suffix}")
    write_file(kept, data)
    return kept


def _line(line: Adjustment) -> dict[str, Any]:
    return {
        "unit": line.unit,
        "points": None if line.points is None else float(line.points),
        "reason": line.reason,
        "basis": line.basis,
        "period": line.period,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {"cell": problem.cell, "message": problem.advice.rstrip("。"), "found": problem.found}
