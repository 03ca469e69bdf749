"""Notices in the store: numbered without gaps, issued once, their files made again when they are lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.documents.notice import Content, notice_content, said, write_notice
from flows.files import is_there, safe_name
from flows.periods import Period
from flows.plan.workdays import is_workday
from flows.progress import Snapshot
from flows.standing.escalation import Draft, Issued, Known, Level, Matter, Place, Withheld, due_notices, overtaken
from flows.standing.figures import CLOSED, ruled
from flows.storage.reviews import Renumbered
from flows.store import append, as_json, notices, reports
from flows.tables import meta
from flows.workspace import defaults

FOLDER = "督办单"
"""Below the period's folder."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was issued, and its Word document."""

    issued: Issued
    period: str
    file: Path
    content: Content
    """What its template prints, as it was when it was issued."""
    pdf: Path | None = None
    """Made from ``file``, when that has been asked for."""

    def as_dict(self) -> dict[str, Any]:
        """The object of the contract; ``colour`` is '' for 提示单 and 约谈建议."""
        return {
            "unit": self.issued.unit,
            "colour": self.issued.colour,
            "kind": self.issued.level.kind,
            "number": self.issued.number,
            "file": str(self.file),
            "pdf": str(self.pdf) if self.pdf else None,
            "items": [matter.no for matter in self.issued.matters],
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The notices of a period and what a person should know about them."""

    notices: tuple[Notice, ...] = ()
    """All of the period, oldest first, whichever run issued them."""
    withheld: tuple[Withheld, ...] = ()
    overtaken: Mapping[str, tuple[str, ...]] | None = None
    """Number of a notice of this period → its items that are settled by now: not to be sent as it is."""

    def with_pdfs(self, pdfs: Mapping[Path, Path]) -> Outcome:
        """The same with the PDFs that were made, by document."""
        return replace(self, notices=tuple(replace(each, pdf=pdfs.get(each.file)) for each in self.notices))

    def as_dict(self) -> dict[str, Any]:
        """The keys of `report`'s result."""
        return {
            "notices": [each.as_dict() for each in self.notices],
            "notices_withheld": [
                {"unit": each.unit, "items": list(each.items), "reason": each.reason} for each in self.withheld
            ],
            "notices_overtaken": [
                {"number": number, "items": list(items)} for number, items in (self.overtaken or {}).items()
            ],
        }


def issue_notices(desk: Desk, period: Period, snap: Snapshot, signed_on: date) -> Outcome:
    """Record every notice that is due by the snapshot, all in one transaction; nothing is issued twice.

    Nothing new is issued for a month after whose bulletin a later one was made: that is a reprint.
    """
    withheld: tuple[Withheld, ...] = ()
    if desk.config.supervision.enabled and not _is_reprint(desk, period):
        known = _known(desk, period, snap)
        numbers = Renumbered(desk.store, desk.folder.slug)
        with desk.store.begin() as db:
            # The first write takes the lock: two runs at once neither share a number nor issue the same notice.
            db.execute(meta.update().where(meta.c.key == "schema").values(value=meta.c.value))
            before = [notice.issued for notice in _read(desk, numbers, db)]
            drafts, withheld = due_notices(snap, desk.config.supervision, before, known)
            for draft in drafts:
                _record(desk, db, period, snap, draft, signed_on, numbers.last)
    found = notices_of(desk, period)
    gone = {each.issued.number: items for each in found if (items := overtaken(each.issued, snap))}
    return Outcome(found, withheld, gone)


def notices_of(desk: Desk, period: Period) -> tuple[Notice, ...]:
    """The notices of a period, in the order in which they were issued."""
    return tuple(each for each in _read(desk, Renumbered(desk.store, desk.folder.slug)) if each.period == str(period))


def counted(every: Iterable[Notice]) -> list[tuple[int, str]]:
    """Level and colour of each, for the bulletin's sentence about them."""
    return [(int(each.issued.level), each.issued.colour) for each in every]


def write_notices(desk: Desk, period: Period) -> None:
    """Write the Word documents of a period that are not there; one that the office has changed stays as it is."""
    for notice in notices_of(desk, period):
        if not is_there(notice.file):
            template = notice_template(desk, notice.issued.level)
            write_notice(template, notice.content, notice.file, notice.issued.dated)


def notice_template(desk: Desk, level: Level) -> Path:
    """The office's template, else the package's own: homes of earlier versions have none."""
    own = desk.home.templates / f"{level.kind}.docx"
    return own if own.is_file() else defaults() / "templates" / own.name


def _record(
    desk: Desk, db: sa.Connection, period: Period, snap: Snapshot, draft: Draft, dated: date, numbering: int
) -> None:
    rules = desk.config.supervision
    series = {Level.HINT: rules.hint_number, Level.TALK: rules.talk_number}.get(draft.level, rules.notice_number)
    same = (notices.c.series == series, notices.c.year == dated.year)
    number = (db.execute(sa.select(sa.func.max(notices.c.number)).where(*same)).scalar() or 0) + 1
    answer_by = _workday(dated + timedelta(days=rules.answer_days))
    text = f"{series}〔{dated.year}〕{number}号"
    colour = draft.level.colour(rules)
    name = "_".join(part for part in (text, colour, draft.unit) if part)
    append(
        db,
        notices,
        plan=desk.folder.slug,
        period=str(period),
        unit=draft.unit,
        kind=draft.level.kind,
        level=int(draft.level),
        colour=colour,
        series=series,
        year=dated.year,
        number=number,
        dated=dated.isoformat(),
        answer_by=answer_by.isoformat(),
        numbering=numbering,
        items=as_json(
            [
                {
                    "no": cell.item.no,
                    "requirement": cell.item.requirement,
                    "due": cell.due.isoformat(),
                    "days": (snap.as_of - cell.due).days,
                    "said": said(cell),
                }
                for cell in draft.cells
                if cell.due
            ]
        ),
        content=as_json(
            notice_content(draft, snap, desk.config, number=text, dated=dated, answer_by=answer_by),
        ),
        file=desk.below_plan(desk.folder.period(period).root / FOLDER / safe_name(f"{name}.docx")),
    )


def _read(desk: Desk, numbers: Renumbered, db: sa.Connection | None = None) -> list[Notice]:
    """Every notice of the plan, oldest first, with today's item numbers."""
    query = sa.select(notices).where(notices.c.plan == desk.folder.slug).order_by(notices.c.id)
    return [_notice(desk, row, numbers) for row in (db.execute(query).all() if db else desk.store.rows(query))]


def _notice(desk: Desk, row: sa.Row[Any], numbers: Renumbered) -> Notice:
    matters = tuple(
        Matter(numbers.today(each["no"], row.numbering), date.fromisoformat(each["due"]))
        for each in json.loads(row.items)
    )
    issued = Issued(
        unit=row.unit,
        level=Level(row.level),
        colour=row.colour,
        number=f"{row.series}〔{row.year}〕{row.number}号",
        dated=date.fromisoformat(row.dated),
        answer_by=date.fromisoformat(row.answer_by),
        matters=matters,
    )
    return Notice(issued, row.period, desk.folder.root / row.file, json.loads(row.content))


def _is_reprint(desk: Desk, period: Period) -> bool:
    query = sa.select(reports.c.id).where(reports.c.plan == desk.folder.slug, reports.c.period > str(period))
    return bool(desk.store.rows(query.limit(1)))


def _known(desk: Desk, period: Period, snap: Snapshot) -> Known:
    """What the store knows beside the snapshot, of this period and of those after it that have begun."""
    history = desk.history
    came = history.arrivals(period)
    last = {arrival.unit: arrival.id for arrival in came if arrival.verdict != "quarantined"}
    held_done = {
        place
        for place, record in history.held(period).items()
        if record.arrival.id == last.get(place[0]) and record.report.status in CLOSED
    }
    later = [each for each in history.periods() if each > period]
    unread = set[str]()
    for each in (period, *later):
        for arrival in history.arrivals(each):
            if arrival.verdict == "accepted":
                unread.discard(arrival.unit)
            elif arrival.verdict == "quarantined" and arrival.unit:
                unread.add(arrival.unit)
    settled = _settled_since(desk, later[-1], snap) if later else set()
    return Known(unread, held_done, settled, desk.plan.info.issued)


def _settled_since(desk: Desk, latest: Period, snap: Snapshot) -> set[Place]:
    """Finished, closed or extended by what is known of the latest period."""
    current = desk.history.current(latest)
    reviews = desk.reviews(latest, current)
    found = set()
    for cell in snap.cells:
        place = (cell.unit.name, cell.item.no)
        record, review = current.get(place), reviews.get(place)
        report = ruled(record.report if record else None, review)
        extended = review.ruling.extended if review else None
        if (report and report.status in CLOSED) or (extended and extended != cell.due and extended >= snap.as_of):
            found.add(place)
    return found


def _workday(day: date) -> date:
    while not is_workday(day)[0]:
        day += timedelta(days=1)
    return day
