"""督办升级: which notice is due to whom. Nothing is written here; what was issued before comes in as a list.

Each unit's work on each item climbs on its own: 提示单 while the day is near, then the three colours of 督办单, each
only after the one before, then 约谈建议. All items of a unit that stand on the same rung go into one notice. A new
deadline (延期, a changed plan) is a new occasion: the climb begins anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from flows.config import Supervision
from flows.ledger.model import Status
from flows.progress import Answer, Cell, Light, Snapshot, UnitLine
from flows.standing.schedule import lag

Place = tuple[str, str]
"""(unit, item number)."""


class Level(IntEnum):
    """The rungs. A number, not a colour: an office may change its colours during the year."""

    HINT = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3
    TALK = 4

    @property
    def kind(self) -> str:
        """提示单 | 督办单 | 约谈建议."""
        return {Level.HINT: "提示单", Level.TALK: "约谈建议"}.get(self, "督办单")

    def colour(self, rules: Supervision) -> str:
        """The colour of a 督办单, '' for the others."""
        return rules.colours[self - 1] if Level.FIRST <= self <= Level.THIRD else ""


@dataclass(frozen=True, slots=True)
class Matter:
    """One item on a notice that was issued."""

    no: str
    """As the plan numbers the item today."""
    due: date
    """The deadline that the notice spoke of."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A notice of the past, as far as the next one depends on it."""

    unit: str
    level: Level
    colour: str
    """As it was called when it was issued."""
    number: str
    """督办〔2026〕3号."""
    dated: date
    answer_by: date
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice that is due, without number and date."""

    unit: str
    level: Level
    cells: tuple[Cell, ...]
    """In the plan's order."""
    earlier: dict[str, tuple[Issued, ...]] = field(default_factory=dict)
    """Item number → the 督办单 about it, oldest first."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A 督办单 or 约谈建议 that would be due, but not before a person has looked."""

    unit: str
    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the snapshot and must stop a notice."""

    unread: Collection[str] = ()
    """Units of which something came that nobody has read yet."""
    held_done: Collection[Place] = ()
    """Reported as finished in a sheet that went back because of other rows."""
    settled: Collection[Place] = ()
    """Finished, closed or extended since, in a later period."""
    plan_start: date | None = None
    """From when 序时进度 counts; None: from the first of January of the deadline's year."""


def due_notices(
    snapshot: Snapshot, rules: Supervision, issued: Iterable[Issued], known: Known
) -> tuple[tuple[Draft, ...], tuple[Withheld, ...]]:
    """What is due by a snapshot, units in roster order, mild before severe; and what is held back and why.

    A 督办单 follows the one before when, on the snapshot's day, that one's waiting time and its day of answer are over.
    So a report that is made twice, or of a day before the last notice, calls for nothing new.
    """
    if not rules.enabled:
        return (), ()
    climbs = _Climbs(issued)
    drafts: list[Draft] = []
    held: list[Withheld] = []
    for line in snapshot.units:
        if line.unit.kind in rules.exempt_kinds or {line.unit.name, *line.unit.aliases} & set(rules.exempt_units):
            continue
        stands: dict[Level, list[Cell]] = {}
        for cell in line.cells:
            level = _due_level(cell, snapshot, rules, climbs, known)
            if level is not None:
                stands.setdefault(level, []).append(cell)
        talk = _talk(line, snapshot, rules, climbs, known)
        if talk:
            stands[Level.TALK] = talk
        for level in sorted(stands):
            cells, back = _sorted_out(line, stands[level], known)
            if cells:
                earlier = {cell.item.no: tuple(climbs.supervised(cell)) for cell in cells}
                drafts.append(Draft(line.unit.name, level, tuple(cells), earlier))
            held += [each for each in back if level is not Level.HINT]
    return tuple(drafts), tuple(held)


def overtaken(issued: Issued, snapshot: Snapshot) -> tuple[str, ...]:
    """Items of a notice that are settled by now: finished, closed, extended, exempt, or no longer the unit's."""
    now = {cell.item.no: cell for cell in snapshot.cells if cell.unit.name == issued.unit}
    return tuple(
        matter.no
        for matter in issued.matters
        if (cell := now.get(matter.no)) is None or not cell.is_open or cell.due != matter.due
    )


class _Climbs:
    """How far each unit × item × deadline has come."""

    def __init__(self, issued: Iterable[Issued]) -> None:
        self._all: dict[tuple[str, str, date], list[Issued]] = {}
        self._units: dict[str, list[Issued]] = {}
        for each in issued:
            self._units.setdefault(each.unit, []).append(each)
            for matter in each.matters:
                self._all.setdefault((each.unit, matter.no, matter.due), []).append(each)

    def of(self, cell: Cell) -> list[Issued]:
        """Every notice about a cell's present deadline, oldest first."""
        if cell.unit.name not in self._units:
            return []
        return self._all.get((cell.unit.name, cell.item.no, cell.due), []) if cell.due else []

    def supervised(self, cell: Cell) -> list[Issued]:
        """Its 督办单."""
        return [each for each in self.of(cell) if Level.FIRST <= each.level <= Level.THIRD]

    def last(self, cell: Cell) -> Issued | None:
        """Its severest 督办单."""
        return max(self.supervised(cell), key=lambda each: each.level, default=None)

    def has_third(self, unit: str) -> bool:
        """Whether it ever got a notice of the third colour."""
        return any(each.level is Level.THIRD for each in self._units.get(unit, ()))

    def thirds(self, unit: str) -> list[Issued]:
        """A unit's notices of the third colour since the last 约谈建议 about it."""
        own = self._units.get(unit, [])
        talks = [place for place, each in enumerate(own) if each.level is Level.TALK]
        return [each for each in own[talks[-1] + 1 if talks else 0 :] if each.level is Level.THIRD]


def _due_level(cell: Cell, snapshot: Snapshot, rules: Supervision, climbs: _Climbs, known: Known) -> Level | None:
    level = _by_its_day(cell, snapshot.as_of, rules, climbs, known)
    # Asked last: most tasks are far from anything.
    return level if level is not None and _concerned(cell, snapshot, rules, known) else None


def _by_its_day(cell: Cell, today: date, rules: Supervision, climbs: _Climbs, known: Known) -> Level | None:
    due = cell.due
    if due is None:
        return None
    late = (today - due).days
    # Within the days of grace of [lights] nothing is overdue yet.
    if late >= rules.blue_days and cell.light is Light.OVERDUE:
        last = climbs.last(cell)
        if last is None:
            return Level.FIRST
        wait = {Level.FIRST: rules.yellow_days, Level.SECOND: rules.red_days}.get(last.level)
        return Level(last.level + 1) if wait and _expired(last, today, wait) else None
    if late > 0 or climbs.of(cell):
        return None
    near = rules.hint_days and -late <= rules.hint_days
    return Level.HINT if near or _is_behind(cell, due, today, rules.behind_points, known.plan_start) else None


def _concerned(cell: Cell, snapshot: Snapshot, rules: Supervision, known: Known) -> bool:
    """Unfinished, not exempt, and nothing later is known to have settled it."""
    names = {cell.item.no, f"{snapshot.plan}/{cell.item.no}"}
    return (
        cell.is_open
        and cell.answer not in (Answer.NOT_ISSUED, Answer.NOT_ASKED)
        and not names & set(rules.exempt_items)
        and (cell.unit.name, cell.item.no) not in known.settled
    )


def _expired(last: Issued, today: date, wait: int) -> bool:
    """Whether a notice has had its time: so many days, and never before the day on which it wanted its answer."""
    return (today - last.dated).days >= wait and today > last.answer_by


def _is_behind(cell: Cell, due: date, today: date, points: int, start: date | None) -> bool:
    """慢序时: 完成进度 lags behind the share of the time that has passed."""
    report = cell.report
    if not points or report is None or report.status is Status.IDLE:
        return False
    behind = lag(report, due, start, today)
    return behind is not None and behind >= points


def _talk(line: UnitLine, snapshot: Snapshot, rules: Supervision, climbs: _Climbs, known: Known) -> list[Cell]:
    """Items for which a talk is proposed: their third notice has been answered by nothing, for long or many times."""
    if not climbs.has_third(line.unit.name):
        return []
    open_still: list[Cell] = []
    long = False
    for cell in line.cells:
        last = climbs.last(cell)
        if last is None or last.level is not Level.THIRD or not _concerned(cell, snapshot, rules, known):
            continue
        if any(each.level is Level.TALK for each in climbs.of(cell)) or snapshot.as_of <= last.answer_by:
            continue
        open_still.append(cell)
        long |= bool(rules.talk_days) and (snapshot.as_of - last.dated).days >= rules.talk_days
    expired = [each for each in climbs.thirds(line.unit.name) if snapshot.as_of > each.answer_by]
    many = bool(rules.talk_notices) and len(expired) >= rules.talk_notices
    return open_still if long or many else []


def _sorted_out(line: UnitLine, cells: list[Cell], known: Known) -> tuple[list[Cell], list[Withheld]]:
    """Nobody is admonished while the proof may lie here unread."""
    numbers = tuple(cell.item.no for cell in cells)
    if line.answer is Answer.PENDING or line.unit.name in known.unread:
        return [], [Withheld(line.unit.name, numbers, "有来件还没有处理")]
    if line.unreached:
        return [], [Withheld(line.unit.name, numbers, "台账因邮箱退信没有送达")]
    said = [cell for cell in cells if (cell.unit.name, cell.item.no) in known.held_done]
    rest = [cell for cell in cells if cell not in said]
    if not said:
        return rest, []
    reason = "已报完成，但那份台账因别处有误退回，还没有并入"
    return rest, [Withheld(line.unit.name, tuple(cell.item.no for cell in said), reason)]
