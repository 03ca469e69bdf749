"""下发: one workbook a unit, with last month's answer in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows.desk import Desk
from flows.figures import light, must_move, ruled
from flows.files import digest
from flows.history import Dispatch, Recorded
from flows.ledger.layout import LAYOUT_VERSION
from flows.ledger.model import Identity, Ledger, LedgerRow, Role
from flows.ledger.writer import ledger_file_name, write_ledger
from flows.periods import Period, spoken
from flows.plan.model import Deadline
from flows.progress import Light, Review
from flows.roster import Unit
from flows.store import append, as_json, dispatches

Before = Mapping[tuple[str, str], Recorded]
"""(unit, no) → the last entry before this period."""


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
    before = desk.history.current(period.previous)
    reviews = desk.reviews(period.previous, before)
    found = {}
    for unit in desk.carriers:
        rows = [
            _row(desk, no, role, before.get((unit.name, no)), period, review)
            for no, role in desk.assignment.by_unit[unit.name]
            if not ((review := reviews.get((unit.name, no))) and review.ruling.closed)
        ]
        if rows:
            found[unit.name] = _ledger(desk, period, unit, before, rows)
    return found


def ledger_as_issued(desk: Desk, period: Period, dispatch: Dispatch) -> Ledger | None:
    """The workbook as it went out, whatever the plan says today; None when the unit has left the roster."""
    unit = desk.roster.get(dispatch.unit)
    if unit is None:
        return None
    before = desk.history.current(period.previous)
    reviews = desk.reviews(period.previous, before)
    rows = []
    for no, cells in dispatch.rows.items():
        place = (unit.name, dispatch.today.get(no, no))
        record, review, item = before.get(place), reviews.get(place), desk.items.get(place[1])
        day = (review.ruling.extended if review else None) or (item.deadline.due if item else None)
        counts = ruled(record.report if record else None, review)
        rows.append(
            LedgerRow(
                no=no,
                category=cells["category"] or None,
                task=cells["task"] or None,
                requirement=cells["requirement"],
                role=Role(cells["role"]),
                deadline=cells["deadline"],
                previous=record.report if record else None,
                previous_period=record.arrival.period if record else None,
                due=must_move(desk.config.round.unchanged, counts, day, period.last_day),
            )
        )
    return _ledger(desk, period, unit, before, rows)


def issue(
    desk: Desk, period: Period, *, frozen: Iterable[str] = (), track: Callable[[Iterable[str]], Iterable[str]] = iter
) -> list[Issued]:
    """Write the workbook of every unit and record it.

    Units in ``frozen`` already hold a letter with an earlier workbook: theirs is left as it is, and ``stale`` tells
    whether its tasks are no longer those of the plan. ``track`` wraps the units for a progress bar.
    """
    kept = set(frozen)
    folder = desk.folder.period(period).issued
    folder.mkdir(parents=True, exist_ok=True)
    secret = desk.store.secret()
    known = desk.history.dispatched(period)
    content = ledgers(desk, period)
    numbers = {unit.name: number for number, unit in enumerate(desk.roster, start=1)}
    found = []
    for unit in track(list(content)):
        ledger = content[unit]
        earlier = known.get(unit)
        rows = as_json(issued_rows(ledger))
        if unit in kept and earlier:
            path = desk.folder.root / earlier.file
            stale = earlier.rows != issued_rows(ledger)
            if not path.is_file() and not stale:
                write_ledger(ledger, path, secret)
            found.append(Issued(unit, path, len(earlier.rows), earlier.sha256, stale))
            continue
        path = folder / ledger_file_name(unit, numbers[unit], str(period))
        write_ledger(ledger, path, secret)
        sha = digest(path.read_bytes())
        if earlier is None or earlier.sha256 != sha:
            with desk.store.begin() as db:
                append(
                    db,
                    dispatches,
                    plan=desk.folder.slug,
                    period=str(period),
                    unit=unit,
                    file=desk.below_plan(path),
                    sha256=sha,
                    rows=rows,
                    layout=LAYOUT_VERSION,
                )
        found.append(Issued(unit, path, len(ledger.rows), sha, stale=False))
    return found


def issued_rows(ledger: Ledger) -> dict[str, dict[str, str]]:
    """What stands in the locked cells, as the store keeps it."""
    return {
        row.no: {
            "category": row.category or "",
            "task": row.task or "",
            "requirement": row.requirement,
            "role": row.role.value,
            "deadline": row.deadline,
        }
        for row in ledger.rows
    }


def spoken_deadline(deadline: Deadline) -> str:
    """完成时限 as a unit reads it: the day that counts, and the plan's own words."""
    text = deadline.text or ""
    if deadline.due is None:
        return text or {"ongoing": "长期", "periodic": "定期"}.get(deadline.kind.value, "未定")
    day = spoken(deadline.due)
    return f"{day}（{text}）" if text and text != day else day


def _ledger(desk: Desk, period: Period, unit: Unit, before: Before, rows: list[LedgerRow]) -> Ledger:
    office = desk.config.office
    earlier = [record.arrival for (name, _no), record in before.items() if name == unit.name and record.arrival.filler]
    last = max(earlier, key=lambda arrival: arrival.received, default=None)
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


def _row(desk: Desk, no: str, role: Role, record: Recorded | None, period: Period, review: Review | None) -> LedgerRow:
    item = desk.items[no]
    report = record.report if record else None
    extended = review.ruling.extended if review else None
    due = extended or item.deadline.due
    counts = ruled(report, review)
    shine, _late = light(counts, due, period.first_day, 0)
    deadline = spoken_deadline(item.deadline)
    return LedgerRow(
        no=no,
        category=item.category,
        task=item.task,
        requirement=item.requirement,
        role=role,
        deadline=f"延期至{spoken(extended)}（原{item.deadline.text or deadline}）" if extended else deadline,
        previous=report,
        previous_period=record.arrival.period if record else None,
        overdue=shine is Light.RED,
        due=must_move(desk.config.round.unchanged, counts, due, period.last_day),
    )
