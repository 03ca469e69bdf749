"""下发: one workbook a unit, with last month's answer in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from flows.beside import Beside, InBatches
from flows.desk import Desk
from flows.files import digest, is_there, write_file
from flows.goals.hints import number_prompt
from flows.goals.whose import whose
from flows.hands import Hands
from flows.ledger.layout import LAYOUT_VERSION
from flows.ledger.model import Identity, Ledger, LedgerRow, Report, Role
from flows.ledger.press import pressed, pressed_ahead
from flows.ledger.writer import ledger_file_name, render
from flows.periods import Period, spoken
from flows.plan.model import Deadline, Item
from flows.progress import Review
from flows.roster import Unit
from flows.round.turns import day_asked, in_force, is_renewed
from flows.standing.figures import must_move, ruled
from flows.standing.followed import Again
from flows.standing.lights import is_overdue
from flows.storage.carried import Before as Earlier
from flows.storage.carried import said_before
from flows.storage.history import Arrival, Dispatch, Recorded
from flows.storage.reviews import Place
from flows.store import append_many, as_json, dispatches, now

_BATCH: Final = 50
"""Workbooks recorded in one transaction: each transaction waits for the disk."""


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the time before a period, gathered once for all units."""

    counts: Mapping[Place, Recorded]
    """(unit, no) → the last entry before this period."""
    reviews: Mapping[Place, Review]
    carried: Earlier
    """What units said about look-back items under the old plan."""
    senders: Mapping[str, Arrival]
    """Unit → its last sheet that names who filled it in."""
    again: Again
    """What has come due again since."""
    items: Mapping[str, Item]
    """Item number → the item, periodic ones with the day that this period asks about."""

    def knows(self, place: Place) -> bool:
        """Whether anything is known of a unit's task."""
        told = place in self.counts or place in self.reviews or place in self.carried
        return told or self.again.missed(place) is not None


def before_period(desk: Desk, period: Period) -> Before:
    """What was said and ruled up to the end of the period before."""
    counts = desk.history.current(period.previous)
    senders: dict[str, Arrival] = {}
    for record in counts.values():
        came = record.arrival
        if came.filler and (record.unit not in senders or came.received > senders[record.unit].received):
            senders[record.unit] = came
    again = desk.again(period, period.previous)
    items = {item.no: item for item in again.plan(desk.plan).items}
    return Before(counts, desk.reviews(period.previous, counts), said_before(desk.carried), senders, again, items)


@dataclass(frozen=True, slots=True)
class Issued:
    """A unit's workbook on disk."""

    unit: str
    file: Path
    items: int
    sha256: str
    stale: bool
    """The unit already holds an earlier one, and the plan says something else now."""


def ledgers(desk: Desk, period: Period) -> dict[str, Ledger]:
    """Unit name → its workbook's content by today's plan, for every unit that carries at least one item.

    What the office has closed (销号) in an earlier period is left out; extended deadlines take the place of the plan's.
    """
    before = before_period(desk, period)
    found = {}
    fresh: dict[tuple[str, Role, bool], LedgerRow] = {}

    def row_of(unit: Unit, no: str, role: Role) -> LedgerRow:
        """A task of which nothing is known yet reads the same for all units of a kind."""
        if before.knows((unit.name, no)):
            return _row(desk, no, role, unit.name, before, period)
        kind = (no, role, unit.is_district)
        if kind not in fresh:
            fresh[kind] = _row(desk, no, role, unit.name, before, period)
        return fresh[kind]

    for unit in desk.carriers:
        rows = [
            row_of(unit, no, role)
            for no, role in desk.assignment.by_unit[unit.name]
            if not ((review := before.reviews.get((unit.name, no))) and review.ruling.closed)
        ]
        if rows:
            found[unit.name] = _ledger(desk, period, unit, before, rows)
    return found


def any_open_task(desk: Desk, period: Period) -> bool:
    """Whether there is anything to issue: a task that the office has not closed (销号) for all who carry it."""
    reviews = desk.reviews(period.previous)
    return any(
        not ((review := reviews.get((unit.name, no))) and review.ruling.closed)
        for unit in desk.carriers
        for no, _role in desk.assignment.by_unit[unit.name]
    )


def ledger_as_issued(desk: Desk, period: Period, dispatch: Dispatch, before: Before | None = None) -> Ledger | None:
    """The workbook as it went out, whatever the plan says today; None when the unit has left the roster.

    ``before``: ``before_period`` of the period, for whoever asks for many.
    """
    unit = desk.roster.get(dispatch.unit)
    if unit is None:
        return None
    before = before or before_period(desk, period)
    rows = []
    for no, cells in dispatch.rows.items():
        place = (unit.name, dispatch.today.get(no, no))
        review = before.reviews.get(place)
        standing = in_force(before.again, place, review)
        report, when = _previous(place, before)
        renewed = is_renewed(before.again, place, before.counts.get(place))
        day = day_asked(before.again, place, before.items.get(place[1]), standing)
        counts = None if renewed else ruled(report, standing)
        rows.append(
            LedgerRow(
                no=no,
                category=cells["category"] or None,
                task=cells["task"] or None,
                requirement=cells["requirement"],
                role=Role(cells["role"]),
                deadline=cells["deadline"],
                previous=report,
                previous_period=when,
                due=must_move(desk.config.round.unchanged, counts, day, period.last_day),
                ruling=spoken_ruling(review, report),
                renewed=renewed,
                asks=_asks(desk, place, Role(cells["role"]), cells["requirement"]),
            )
        )
    return _ledger(desk, period, unit, before, rows)


@dataclass(frozen=True, slots=True)
class Begun:
    """The workbooks of a round in the making."""

    content: Mapping[str, Ledger]
    """As `ledgers` gives it."""
    books: Iterator[bytes]
    """In the same order."""


def begin_books(desk: Desk, period: Period, hands: Hands) -> Begun | None:
    """Let others make the workbooks from now on; None where some have been issued already: not all may be wanted."""
    if desk.history.dispatched(period):
        return None
    content = ledgers(desk, period)
    return Begun(content, pressed_ahead(content.values(), desk.store.secret(), hands))


def issue(
    desk: Desk,
    period: Period,
    *,
    frozen: Iterable[str] = (),
    track: Callable[[Iterable[str]], Iterable[str]] = iter,
    hands: Hands | None = None,
    begun: Begun | None = None,
) -> list[Issued]:
    """Write the workbook of every unit and record it.

    Units in ``frozen`` already hold a letter with an earlier workbook: theirs is left as it is, and ``stale`` tells
    whether its tasks are no longer those of the plan. ``track`` wraps the units for a progress bar, ``hands`` help;
    ``begun``: what they have made of it by now.
    """
    kept = set(frozen)
    folder = desk.folder.period(period).issued
    folder.mkdir(parents=True, exist_ok=True)
    secret = desk.store.secret()
    known = desk.history.dispatched(period)
    left = kept & known.keys()
    if begun is not None and not left:
        content, books = begun.content, begun.books
    else:
        content = ledgers(desk, period)
        books = pressed((ledger for unit, ledger in content.items() if unit not in left), secret, hands)
    numbers = {unit.name: number for number, unit in enumerate(desk.roster, start=1)}
    found: list[Issued] = []
    told = _Told()
    with Beside() as beside, InBatches(beside, _BATCH, partial(_record, desk)) as records:
        for unit in track(list(content)):
            ledger = content[unit]
            earlier = known.get(unit)
            if earlier and unit in left:
                path = desk.folder.root / earlier.file
                before = earlier.rows
                stale = before != issued_rows(ledger)
                if not is_there(path) and not stale:
                    write_file(path, render(ledger, secret))
                found.append(Issued(unit, path, len(before), earlier.sha256, stale))
                continue
            path = folder / ledger_file_name(unit, numbers[unit], str(period))
            data = next(books)
            beside.do(partial(write_file, path, data), len(data))
            sha = digest(data)
            if earlier is None or earlier.sha256 != sha:
                records.add(
                    {
                        "plan": desk.folder.slug,
                        "period": str(period),
                        "unit": unit,
                        "file": desk.below_plan(path),
                        "sha256": sha,
                        "rows": told.of(ledger),
                        "layout": LAYOUT_VERSION,
                        "at": now(),
                    }
                )
            found.append(Issued(unit, path, len(ledger.rows), sha, stale=False))
    return found


def _record(desk: Desk, fresh: list[dict[str, object]]) -> None:
    """Write down what was issued. What a killed run has not written down is written again, byte for byte the same."""
    with desk.store.begin() as db:
        append_many(db, dispatches, fresh)


def issued_rows(ledger: Ledger) -> dict[str, dict[str, str]]:
    """What stands in the locked cells, as the store keeps it."""
    return {row.no: _issued_row(row) for row in ledger.rows}


def _issued_row(row: LedgerRow) -> dict[str, str]:
    return {
        "category": row.category or "",
        "task": row.task or "",
        "requirement": row.requirement,
        "role": row.role.value,
        "deadline": row.deadline,
    }


class _Told:
    """`issued_rows` as JSON, for many units: a row on which nobody has reported, the same for many, is spelt once."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[LedgerRow, str]] = {}

    def of(self, ledger: Ledger) -> str:
        """What ``as_json`` makes of the whole."""
        if any(row.previous for row in ledger.rows) or len({row.no for row in ledger.rows}) < len(ledger.rows):
            return as_json(issued_rows(ledger))
        return "{" + ",".join(map(self._spelt, ledger.rows)) + "}"

    def _spelt(self, row: LedgerRow) -> str:
        known = self._known.get(id(row))
        if known is None:  # the row is kept with its spelling, so that no other gets its id
            known = self._known[id(row)] = row, as_json({row.no: _issued_row(row)})[1:-1]
        return known[1]


def spoken_deadline(deadline: Deadline) -> str:
    """完成时限 as a unit reads it: the day that counts, and the plan's own words."""
    text = deadline.text or ""
    if deadline.due is None:
        return text or {"ongoing": "长期", "periodic": "定期"}.get(deadline.kind.value, "未定")
    day = spoken(deadline.due)
    return f"{day}（{text}）" if text and text != day else day


def spoken_ruling(review: Review | None, report: Report | None) -> str:
    """What the office has found about a report, as the unit reads it in its next workbook; '' for nothing."""
    if review is None:
        return ""
    status, opinion = review.ruling.status, review.ruling.opinion.strip()
    words = [f"办公室核定为{status.value}"] if status and (report is None or status is not report.status) else []
    return "，".join([*words, *([f"核定意见：{opinion}"] if opinion else [])])


def _ledger(desk: Desk, period: Period, unit: Unit, before: Before, rows: list[LedgerRow]) -> Ledger:
    office = desk.config.office
    last = before.senders.get(unit.name)
    return Ledger(
        identity=Identity(desk.folder.slug, unit.name, str(period), LAYOUT_VERSION),
        plan_title=desk.plan.info.title,
        office=office.name,
        reply_by=desk.reply_by(period),
        contact=" ".join(part for part in (office.contact, office.phone) if part),
        rows=tuple(rows),
        filler=last.filler if last else unit.contact,
        phone=last.phone if last else unit.phone,
    )


def _previous(place: Place, before: Before) -> tuple[Report | None, str | None]:
    """What a unit last said about an item, and when; of a look-back item, until then, what it said last year."""
    if record := before.counts.get(place):
        return record.report, record.arrival.period
    return before.carried.get(place, (None, None))


def _asks(desk: Desk, place: Place, role: Role, requirement: str) -> str:
    """The prompt for a number, where this unit is one that has to reach it."""
    prompt, item, unit = number_prompt(requirement), desk.items.get(place[1]), desk.roster.get(place[0])
    if not prompt or item is None or unit is None:
        return prompt
    if item.is_carried:  # its year is over: 量化指标 follows the plan's own items
        return ""
    has_lead = any(share.role is Role.LEAD for share in desk.assignment.of(item.no))
    scopes = (whose(item, target, has_lead=has_lead) for target in item.targets)
    is_lead = role is Role.LEAD
    concerned = any(scope.concerns(is_lead=is_lead, is_district=unit.is_district) for scope in scopes)
    return prompt if concerned else ""


def _row(
    desk: Desk,
    no: str,
    role: Role,
    unit: str,
    before: Before,
    period: Period,
) -> LedgerRow:
    item, place = before.items[no], (unit, no)
    review = before.reviews.get(place)
    report, when = _previous(place, before)
    renewed, missed = is_renewed(before.again, place, before.counts.get(place)), before.again.missed(place)
    standing = in_force(before.again, place, review)
    extended = standing.ruling.extended if standing else None
    due = day_asked(before.again, place, item, standing)
    counts = None if renewed else ruled(report, standing)
    deadline = spoken_deadline(item.deadline) + (f"；{spoken(missed)}的一次未完成" if missed else "")
    grace = desk.config.lights.grace_days
    return LedgerRow(
        no=no,
        category=item.category,
        task=item.task,
        requirement=item.requirement,
        role=role,
        deadline=f"延期至{spoken(extended)}（原{item.deadline.text or deadline}）" if extended else deadline,
        previous=report,
        previous_period=when,
        overdue=is_overdue(counts.status if counts else None, due, period.first_day, grace),
        due=must_move(desk.config.round.unchanged, counts, due, period.last_day),
        ruling=spoken_ruling(review, report),
        renewed=renewed,
        asks=_asks(desk, place, role, item.requirement),
    )
