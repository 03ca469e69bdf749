"""下发: one 年报数据 workbook a unit, with last year's numbers in view where they are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flows.annual.model import AnnualBook
from flows.annual.workbook import annual_file_name, write_annual
from flows.annual_round.declaring import Declared, declared
from flows.annual_round.kept import Kept, filed_before
from flows.desk import Desk
from flows.files import digest
from flows.ledger.model import Identity
from flows.periods import spoken
from flows.store import append, as_json, dispatches
from flows.years import Year

LAYOUT: Final = 1
"""Layout of the workbook, as it stands in its identity."""
_SHEET: Final = "年报数据"


@dataclass(frozen=True, slots=True)
class AnnualIssued:
    """A unit's workbook on disk."""

    who: Declared
    file: Path
    sha256: str
    stale: bool
    """The unit already holds an earlier one, and its day or last year's numbers have changed since."""
    prefilled: bool
    """Last year's numbers stand in it."""


def book(desk: Desk, year: Year, who: Declared, last: Kept | None) -> AnnualBook:
    """A unit's workbook by today's settings."""
    office = desk.config.office
    before = last.filing if last else None
    return AnnualBook(
        identity=Identity(desk.folder.slug, who.unit.name, str(year), LAYOUT),
        plan_title=desk.plan.info.title,
        office=office.name,
        reply_by=spoken(who.deadline),
        contact=" ".join(part for part in (office.contact, office.phone) if part),
        last=before.tables if before else None,
        filler=(before.filler if before else "") or who.unit.contact,
        phone=(before.phone if before else "") or who.unit.phone,
    )


def issue(
    desk: Desk,
    year: Year,
    *,
    frozen: Iterable[str] = (),
    track: Callable[[Iterable[Declared]], Iterable[Declared]] = iter,
) -> list[AnnualIssued]:
    """Write the workbook of every unit that files and record it.

    Units in ``frozen`` already hold a letter with an earlier one: theirs is left as it is, and made again only when the
    file was lost.
    """
    kept = set(frozen)
    folder = desk.folder.period(year).issued
    folder.mkdir(parents=True, exist_ok=True)
    secret = desk.store.secret()
    known = desk.history.dispatched(year)
    before = filed_before(desk.store, desk.folder.slug, year, desk.roster)
    found = []
    for number, who in enumerate(track(list(declared(desk, year.year))), start=1):
        name = who.unit.name
        last = before.get(name)
        made = book(desk, year, who, last)
        content = _content(made)
        earlier = known.get(name)
        if name in kept and earlier:
            path = desk.folder.root / earlier.file
            stale = earlier.rows != content
            if not path.is_file() and not stale:
                write_annual(made, path, secret)
            found.append(AnnualIssued(who, path, earlier.sha256, stale, last is not None))
            continue
        path = folder / annual_file_name(name, number, year.year)
        write_annual(made, path, secret)
        sha = digest(path.read_bytes())
        if earlier is None or earlier.sha256 != sha:
            with desk.store.begin() as db:
                append(
                    db,
                    dispatches,
                    plan=desk.folder.slug,
                    period=str(year),
                    unit=name,
                    file=desk.below_plan(path),
                    sha256=sha,
                    rows=as_json(content),
                    layout=LAYOUT,
                )
        found.append(AnnualIssued(who, path, sha, False, last is not None))
    return found


def _content(made: AnnualBook) -> dict[str, dict[str, str]]:
    """What of a workbook, once it has left, must not change unnoticed; in the store's form of what was sent."""
    last = as_json(made.last.as_json()) if made.last else ""
    return {_SHEET: {"reply_by": made.reply_by, "last": digest(last.encode()) if last else ""}}
