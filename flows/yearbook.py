"""What one year's annual report is made from, gathered from the store; what it said, kept for the next year's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.annual.aggregate import aggregate
from flows.annual.breaches import Severity
from flows.annual.format import PROBLEMS
from flows.annual.rules import check_filing
from flows.annual.similar import near_identical
from flows.annual_round.filed import Filed, filed
from flows.annual_round.kept import accepted
from flows.desk import Desk
from flows.documents.annual import Yearbook
from flows.documents.annual_material import Material, PastProblem
from flows.documents.annual_problems import subjects_of
from flows.documents.annual_subjects import Source, Statement, grouped, parted, subject_words
from flows.files import digest
from flows.progress import Snapshot
from flows.round.freezing import last_printing
from flows.store import as_json, yearbooks
from flows.years import Year, is_year

Notes = tuple[tuple[str, str], ...]
"""(whom it is about, what to look at)."""


def material_of(desk: Desk, found: Filed) -> Material:
    """Sums over all filings, the plan's standing at the end of the year, and what last year's report said."""
    total = aggregate(found.filings.values(), found.declared)
    files = {unit: kept.name for unit, kept in accepted(desk.store, desk.folder.slug, Year(found.year)).items()}
    why = {each.unit: f"{each.reason}（截止日 {each.deadline:%Y-%m-%d}）" for each in found.missing}
    return Material(
        year=found.year,
        office=desk.config.office,
        settings=desk.config.annual_report,
        plan_title=desk.plan.info.title,
        issuer=desk.plan.info.issuer,
        declared=found.declared,
        filings=found.filings,
        tables=total.tables,
        fees=total.fees,
        missing=tuple(why.items()),
        snapshot=year_end(desk, found.year),
        past=past_problems(desk, found),
        filed_in=files,
    )


def gathered(desk: Desk, year: int) -> tuple[Material, Notes]:
    """The material of a year's report and what is odd about it; see `filed` for its errors."""
    found = filed(desk, year)
    return material_of(desk, found), notes_of(found)


def year_end(desk: Desk, year: int) -> Snapshot | None:
    """Where the plan stood at the end of the year: as the year's last bulletin printed it, else as it stands now.

    A month that was run after the last bulletin goes before it. None when no month of the year was ever run.
    """
    months = [period for period in desk.history.periods() if period.year == year and not is_year(str(period))]
    if not months:
        return None
    printed = last_printing(desk.store, desk.folder.slug, period=months[-1])
    if printed and printed.snapshot:
        return printed.snapshot
    return desk.snapshot(months[-1])


def past_problems(desk: Desk, found: Filed) -> tuple[PastProblem, ...]:
    """Last year's problems by subject: as last year's report named them, else from what units filed then."""
    kept = _last_yearbook(desk, found.year - 1)
    if kept is not None:
        return tuple(PastProblem(each["subject"], tuple(each["units"])) for each in kept["problems"])
    words = subject_words(desk.config.annual_report.subjects)
    said = (
        Statement(unit, text, Source("年报数据", f"{found.year - 1}年"))
        for unit, filing in found.last.items()
        for text in parted(filing.narrative.text(PROBLEMS))
    )
    return tuple(PastProblem(subject.title, subject.units) for subject in grouped(said, words))


def _last_yearbook(desk: Desk, year: int) -> dict[str, Any] | None:
    """The last report of a year: of this plan, else of the only plan that made one."""
    query = sa.select(yearbooks).where(yearbooks.c.year == year).order_by(yearbooks.c.id)
    last = {row.plan: row.content for row in desk.store.rows(query)}
    content = last.get(desk.folder.slug) or (next(iter(last.values())) if len(last) == 1 else None)
    found: dict[str, Any] | None = json.loads(content) if content else None
    return found


def notes_of(found: Filed) -> Notes:
    """What units' filings give to think about: explained breaks with the year before, oddities, copied texts."""
    notes = []
    for unit, filing in found.filings.items():
        for breach in check_filing(filing, found.last.get(unit)):
            if breach.severity is Severity.EXPLAINED:
                notes.append((unit, f"{breach.message}。单位说明：{breach.reason}"))
            elif breach.severity is Severity.WARNING:
                notes.append((unit, breach.message))
    return (*notes, *((like.unit, like.words) for like in near_identical(found.filings.values(), found.last)))


def keep_edited(desk: Desk, year: int, files: Iterable[Path]) -> tuple[Path, ...]:
    """Put aside documents that a person has changed since: 年度报告_改1.docx; gives their new places."""
    query = sa.select(yearbooks.c.content).where(yearbooks.c.plan == desk.folder.slug, yearbooks.c.year == year)
    ours = {sha for content in desk.store.column(query) for sha in json.loads(content)["files"].values()}
    kept = []
    for file in files:
        if file.is_file() and digest(file.read_bytes()) not in ours:
            place = next(
                place for number in range(1, 1000) if not (place := file.with_stem(f"{file.stem}_改{number}")).exists()
            )
            file.replace(place)
            kept.append(place)
    return tuple(kept)


def remember(desk: Desk, book: Yearbook, files: Mapping[Path, bytes]) -> None:
    """Keep what the report prints: its numbers, the problems that next year's has to answer, its files' digests.

    Before the files are written: a run that dies between the two must not take its own for a person's.
    """
    material = book.material
    content: Mapping[str, object] = {
        "tables": material.tables.as_json(),
        "problems": [{"subject": each.title, "units": list(each.units)} for each in subjects_of(material)],
        "files": {desk.below_plan(file): digest(data) for file, data in files.items()},
    }
    desk.store.add(yearbooks, plan=desk.folder.slug, year=material.year, content=as_json(content))
