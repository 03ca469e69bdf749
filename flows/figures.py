"""The computation of a snapshot: from plan, assignment and history to every figure that a document prints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from flows.assignment import Assignment
from flows.history import Arrival, Recorded
from flows.ledger.model import Report, Role, Status
from flows.ledger.values import same_text
from flows.periods import Period, spoken
from flows.plan.model import Item, Plan
from flows.progress import Answer, Bounced, Cell, ItemLine, ItemState, Light, Review, Snapshot, Source, Totals, UnitLine
from flows.roster import Roster, Unit

CLOSED = (Status.DONE, Status.EXEMPT)
"""Statuses with nothing left to do."""


@dataclass(frozen=True)
class Ground:
    """What a snapshot is computed from."""

    slug: str
    plan: Plan
    roster: Roster
    assignment: Assignment
    period: Period
    as_of: date
    reply_by: date
    due_soon_days: int
    current: Mapping[tuple[str, str], Recorded]
    """(unit, no) → last merged entry up to the period."""
    before: Mapping[tuple[str, str], Recorded]
    """(unit, no) → last merged entry up to the period before."""
    arrivals: Iterable[Arrival]
    """Of this period, in order of reception."""
    issued: Collection[str] = ()
    """Units for which a workbook was written in this period."""
    last_report: tuple[Period, dict[str, Any]] | None = None
    reviews: Mapping[tuple[str, str], Review] = field(default_factory=dict)
    """(unit, no) → the office's ruling as it stands."""
    held: Mapping[str, int] = field(default_factory=dict)
    """Unit → right rows of a sheet that went back and has not come again."""
    bounced: Mapping[str, tuple[Bounced, ...]] = field(default_factory=dict)
    """Unit → addresses that letters of the period did not reach."""
    unreached: Collection[str] = ()
    """Units that no letter of the period has reached."""


def snapshot(ground: Ground) -> Snapshot:
    """Every figure of one period, computed once."""
    came: dict[str, list[Arrival]] = {}
    for arrival in ground.arrivals:
        came.setdefault(arrival.unit, []).append(arrival)
    answers = {unit.name: _answer(ground, unit, came.get(unit.name, [])) for unit in ground.roster}
    cells: dict[str, list[Cell]] = {unit.name: [] for unit in ground.roster}
    items = []
    for item in ground.plan.items:
        line = [
            _cell(ground, share.unit, share.role, item, answers[share.unit.name].answer)
            for share in ground.assignment.of(item.no)
        ]
        for cell in line:
            cells[cell.unit.name].append(cell)
        items.append(ItemLine(item, item_state(line), tuple(line)))
    earlier, figures = ground.last_report or (None, {})
    places = figures.get("ranks", {})
    lines = [_unit_line(unit, cells[unit.name], answers[unit.name], places) for unit in ground.roster]
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
    )


def printed_figures(snap: Snapshot) -> dict[str, Any]:
    """What the store keeps of a bulletin, for comparison by the next one."""
    ranks = {line.unit.name: line.rank for line in snap.units if line.rank is not None}
    return {"totals": asdict(snap.totals), "ranks": ranks}


def light(report: Report | None, due: date | None, as_of: date, due_soon_days: int) -> tuple[Light, int]:
    """The light of one unit's work and how many days it is late."""
    if report and report.status in CLOSED:
        return Light.BLUE, 0
    days = (as_of - due).days if due else None
    if days is not None and days > 0:
        return Light.RED, days
    if report and report.status is Status.BLOCKED:
        return Light.YELLOW, 0
    if days is not None and -days <= due_soon_days:
        return Light.YELLOW, 0
    return Light.GREEN, 0


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
    if any(cell.light is Light.RED for cell in concerned):
        return ItemState.OVERDUE
    started = any(cell.report and cell.report.status is not Status.IDLE for cell in concerned)
    return ItemState.MOVING if started else ItemState.IDLE


def _cell(ground: Ground, unit: Unit, role: Role, item: Item, answer: Answer) -> Cell:
    record = ground.current.get((unit.name, item.no))
    review = ground.reviews.get((unit.name, item.no))
    said = record.report if record else None
    report = ruled(said, review)
    due = (review.ruling.extended if review else None) or item.deadline.due
    shine, late = light(report, due, ground.as_of, ground.due_soon_days)
    fresh = record is not None and record.arrival.period == str(ground.period)
    old = ground.before.get((unit.name, item.no))
    unchanged = (
        fresh
        and report is not None
        and said is not None
        and old is not None
        and report.status not in CLOSED
        and said.status is old.report.status
        and same_text(said.progress, old.report.progress)
    )
    source = None
    if record:
        came = record.arrival
        source = Source(came.period, came.archived, came.sha256, record.sheet, record.row, came.received)
    reported = said.status if said and report and said.status is not report.status else None
    return Cell(unit, role, item, report, shine, late, unchanged, fresh, source, answer, review, reported)


@dataclass(frozen=True, slots=True)
class _Standing:
    """A unit's answer, when it came, and what that rests on."""

    answer: Answer
    received: datetime | None
    evidence: str


def _unit_line(unit: Unit, cells: list[Cell], standing: _Standing, places: Mapping[str, int]) -> UnitLine:
    status = [cell.report.status if cell.report else Status.IDLE for cell in cells]
    overdue = [cell.light is Light.RED for cell in cells]
    return UnitLine(
        unit=unit,
        tasks=len(cells),
        done=status.count(Status.DONE),
        exempt=status.count(Status.EXEMPT),
        overdue=sum(overdue),
        moving=sum(s in (Status.MOVING, Status.BLOCKED) and not red for s, red in zip(status, overdue, strict=True)),
        idle=sum(s is Status.IDLE and not red for s, red in zip(status, overdue, strict=True)),
        unchanged=sum(cell.unchanged for cell in cells),
        answer=standing.answer,
        received=standing.received,
        evidence=standing.evidence,
        rank=None,
        previous_rank=places.get(unit.name),
        cells=tuple(cells),
    )


def _answer(ground: Ground, unit: Unit, came: list[Arrival]) -> _Standing:
    """Where a unit's answer stands. Naming a unit as 未报送 while something of it lies here is the worst error.

    A unit is on time when its first readable sheet was, even if that one had to be corrected.
    """
    if unit.name not in ground.assignment.by_unit:
        return _Standing(Answer.NOT_ASKED, None, "没有承担任务")
    readable = [arrival for arrival in came if arrival.verdict != "quarantined"]
    accepted = [arrival for arrival in readable if arrival.verdict == "accepted"]
    if accepted:
        on_time = readable[0].received.date() <= ground.reply_by
        evidence = _shown(accepted[-1])
        if readable[-1].verdict == "returned":
            evidence += (
                f"；{_shown(readable[-1])}，有 {len(readable[-1].problems)} 处需更正，已退回{_kept(ground, unit)}"
            )
        elif len(readable) > 1:
            evidence += f"；第一份 {_shown(readable[0])}"
        return _Standing(Answer.ON_TIME if on_time else Answer.LATE, accepted[-1].received, evidence)
    if readable:
        last = readable[-1]
        faults = f"{_shown(last)}，有 {len(last.problems)} 处需更正{_kept(ground, unit)}"
        return _Standing(Answer.RETURNED, last.received, faults)
    if came:
        return _Standing(Answer.PENDING, came[-1].received, f"{_shown(came[-1])}，{came[-1].reason}")
    if unit.name not in ground.issued:
        reviews = (ground.reviews.get((unit.name, no)) for no, _role in ground.assignment.by_unit[unit.name])
        if all(review and review.ruling.closed for review in reviews):
            return _Standing(Answer.NOT_ASKED, None, "任务都已销号")
        return _Standing(Answer.NOT_ISSUED, None, "本期没有给它下发台账")
    silent = f"截至{spoken(ground.as_of)}没有收到任何文件"
    return _Standing(Answer.MISSING, None, f"{silent}{_not_reached(ground, unit)}")


def _not_reached(ground: Ground, unit: Unit) -> str:
    """Nobody is silent who was not reached: the addresses that sent our letters back."""
    told = "，".join(each.sentence for each in ground.bounced.get(unit.name, ()))
    if not told:
        return ""
    if unit.name in ground.unreached:
        return f"；台账没有送达（邮箱退信 {told}），请核对邮箱后再发一次"
    return f"；有邮箱退信（{told}）"


def _kept(ground: Ground, unit: Unit) -> str:
    held = ground.held.get(unit.name, 0)
    return f"，其中 {held} 项已收下备用" if held else ""


def _shown(arrival: Arrival) -> str:
    when = arrival.received
    return f"{when.month}月{when.day}日 {when:%H:%M} 收到“{arrival.name}”"


def _ranks(lines: list[UnitLine]) -> dict[str, int]:
    """Place of each unit in its series; equal figures share a place.

    完成率 first; then who has answered this period stands before who has not; then the smaller share of overdue items.
    """
    ranks: dict[str, int] = {}
    for district in (True, False):
        series = [line for line in lines if line.unit.is_district is district and line.rate is not None]
        keys = {line.unit.name: _merit(line) for line in series}
        for name, key in keys.items():
            ranks[name] = 1 + sum(other < key for other in keys.values())
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
    )
