"""The computation of a snapshot: from plan, assignment and history to every figure that a document prints."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from flows.goals.occurrences import due_on
from flows.ledger.model import Report, Role, Status
from flows.ledger.values import same_text
from flows.plan.model import Item
from flows.progress import Answer, Cell, ItemLine, ItemState, Snapshot, Totals, UnitLine
from flows.roster import Unit
from flows.standing.answers import Standing, answer_of
from flows.standing.facts import Review, Source
from flows.standing.ground import Ground
from flows.standing.lights import Light
from flows.standing.measures import Measure
from flows.storage.history import Arrival

__all__ = ["CLOSED", "Ground", "item_state", "must_move", "printed_figures", "ruled", "snapshot"]

CLOSED = (Status.DONE, Status.EXEMPT)
"""Statuses with nothing left to do."""


def snapshot(ground: Ground) -> Snapshot:
    """Every figure of one period, computed once."""
    came: dict[str, list[Arrival]] = {}
    for arrival in ground.arrivals:
        came.setdefault(arrival.unit, []).append(arrival)
    answers = {unit.name: answer_of(ground, unit, came.get(unit.name, ())) for unit in ground.roster}
    cells: dict[str, list[Cell]] = {unit.name: [] for unit in ground.roster}
    measure = Measure(ground)
    items = []
    for item in ground.plan.items:
        line = [
            _cell(
                ground,
                measure,
                share.unit,
                share.role,
                _owed(ground, item, share.unit) if ground.missed else item,
                answers[share.unit.name].answer,
            )
            for share in ground.assignment.of(item.no)
        ]
        for cell in line:
            cells[cell.unit.name].append(cell)
        items.append(ItemLine(item, item_state(line), tuple(line), measure.pace_of_item(line)))
    earlier, figures = ground.last_report or (None, {})
    places = figures.get("ranks", {})
    unranked = measure.exempt.units
    lines = [
        _unit_line(unit, cells[unit.name], answers[unit.name], places, unranked.get(unit.name, ""))
        for unit in ground.roster
    ]
    ranks = _ranks(lines)
    held = ground.held
    lines = [
        replace(
            line,
            rank=ranks.get(line.unit.name),
            held=held.get(line.unit.name, 0),
            bounced=ground.bounced.get(line.unit.name, ()),
            unreached=line.unit.name in ground.unreached,
        )
        for line in lines
    ]
    return Snapshot(
        plan=ground.slug,
        plan_title=ground.plan.info.title,
        doc_number=ground.plan.info.doc_number,
        issuer=ground.plan.info.issuer,
        period=str(ground.period),
        as_of=ground.as_of,
        reply_by=ground.reply_by,
        totals=_totals(items, lines),
        previous=Totals(**figures["totals"]) if figures else None,
        previous_period=str(earlier) if earlier else None,
        items=tuple(items),
        units=tuple(lines),
        lights=measure.scheme,
        schedule=measure.classes(items),
        unknown_exemptions=measure.exempt.unknown,
    )


def printed_figures(snap: Snapshot) -> dict[str, Any]:
    """What the store keeps of a bulletin, for comparison by the next one."""
    ranks = {line.unit.name: line.rank for line in snap.units if line.rank is not None}
    return {"totals": asdict(snap.totals), "ranks": ranks}


def ruled(report: Report | None, review: Review | None) -> Report | None:
    """A report as it counts once the office has ruled on it."""
    if review is None:
        return report
    status = review.ruling.status or (report.status if report else None)
    if review.ruling.closed and status not in CLOSED:
        status = Status.DONE
    if status is None:
        return report
    return replace(report, status=status) if report else Report(status)


def must_move(rule: str, counts: Report | None, due: date | None, last_day: date) -> bool:
    """Whether a task has to show new progress in the period that ends on ``last_day``; ``rule``: [round] unchanged."""
    if rule == "off" or due is None or (counts and counts.status in CLOSED):
        return False
    return rule == "all" or due <= last_day


def item_state(cells: Iterable[Cell]) -> ItemState:
    """What has become of an item: finished when all that are concerned have finished."""
    line = list(cells)
    concerned = [cell for cell in line if not (cell.report and cell.report.status is Status.EXEMPT)]
    if line and all(cell.report and cell.report.status is Status.DONE for cell in concerned):
        return ItemState.DONE
    if any(cell.light is Light.OVERDUE for cell in concerned):
        return ItemState.OVERDUE
    started = any(cell.report and cell.report.status is not Status.IDLE for cell in concerned)
    return ItemState.MOVING if started else ItemState.IDLE


def _owed(ground: Ground, item: Item, unit: Unit) -> Item:
    """The item with the day that a unit has missed, where it comes due again and the last time is still owed."""
    day = ground.missed.get((unit.name, item.no))
    return due_on(item, day) if day else item


def _cell(ground: Ground, measure: Measure, unit: Unit, role: Role, item: Item, answer: Answer) -> Cell:
    place = (unit.name, item.no)
    record = ground.current.get(place)
    review = ground.reviews.get(place)
    said = record.report if record else None
    report = ruled(said, review)
    verdict, excused = measure.verdict(unit, item, report, said, answer, review)
    fresh = record is not None and record.arrival.period == measure.period
    old = ground.before.get(place) if fresh else None
    unchanged = (
        report is not None
        and said is not None
        and old is not None
        and report.status not in CLOSED
        and said.status is old.report.status
        and (said.progress == old.report.progress or same_text(said.progress, old.report.progress))
    )
    source = None
    if record:
        came = record.arrival
        source = Source(came.period, came.archived, came.sha256, record.sheet, record.row, came.received)
    reported = said.status if said and report and said.status is not report.status else None
    return Cell(
        unit=unit,
        role=role,
        item=item,
        report=report,
        light=verdict.light,
        days_late=verdict.days_late,
        unchanged=unchanged,
        fresh=fresh,
        source=source,
        answer=answer,
        review=review,
        reported=reported,
        why=verdict.why,
        excused=excused,
        pace=measure.pace(item, report, review),
    )


def _unit_line(unit: Unit, cells: list[Cell], standing: Standing, places: Mapping[str, int], unranked: str) -> UnitLine:
    excused = sum(bool(cell.excused) for cell in cells)
    # Who has reported nothing has not begun; what is overdue is in no other class.
    status = Counter(
        [
            None if cell.light is Light.OVERDUE else cell.report.status if cell.report else Status.IDLE
            for cell in cells
            if not cell.excused
        ]
    )
    return UnitLine(
        unit=unit,
        tasks=len(cells),
        done=status[Status.DONE],
        exempt=status[Status.EXEMPT] + excused,
        overdue=status[None],
        moving=status[Status.MOVING] + status[Status.BLOCKED],
        idle=status[Status.IDLE],
        unchanged=sum(cell.unchanged for cell in cells),
        answer=standing.answer,
        received=standing.received,
        evidence=standing.evidence,
        rank=None,
        previous_rank=places.get(unit.name),
        cells=tuple(cells),
        excused=excused,
        unranked=unranked if cells else "",
    )


def _ranks(lines: list[UnitLine]) -> dict[str, int]:
    """Place of each unit in its series; equal figures share a place.

    完成率 first; then who has answered this period stands before who has not; then the smaller share of overdue items.
    """
    ranks: dict[str, int] = {}
    for district in (True, False):
        series = [line for line in lines if line.unit.is_district is district and line.rate is not None]
        keys = {line.unit.name: _merit(line) for line in series}
        ordered = sorted(keys.values())
        ranks |= {name: 1 + bisect_left(ordered, key) for name, key in keys.items()}
    return ranks


def _merit(line: UnitLine) -> tuple[float, bool, float]:
    answered = line.answer in (Answer.ON_TIME, Answer.LATE)
    return (-(line.rate or 0), not answered, line.overdue / line.tasks)


def _totals(items: list[ItemLine], lines: list[UnitLine]) -> Totals:
    states = [line.state for line in items]
    answers = [line.answer for line in lines]
    return Totals(
        items=len(items),
        done=states.count(ItemState.DONE),
        moving=states.count(ItemState.MOVING),
        idle=states.count(ItemState.IDLE),
        overdue=states.count(ItemState.OVERDUE),
        assignments=sum(line.tasks for line in lines),
        assignments_done=sum(line.done for line in lines),
        assignments_overdue=sum(line.overdue for line in lines),
        asked=sum(line.answer not in (Answer.NOT_ASKED, Answer.NOT_ISSUED) for line in lines),
        on_time=answers.count(Answer.ON_TIME),
        late=answers.count(Answer.LATE),
        returned=answers.count(Answer.RETURNED),
        pending=answers.count(Answer.PENDING),
        missing=answers.count(Answer.MISSING),
        assignments_excused=sum(line.excused for line in lines),
    )
