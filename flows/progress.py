"""What stands where: one frozen snapshot of figures that feeds master workbook, bulletin and status alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from flows.goals.model import GoalLine
from flows.ledger.model import Report, Role, Status
from flows.plan.model import Item
from flows.roster import Unit
from flows.standing.facts import Bounced, Review, Ruling, Source
from flows.standing.followup import FollowUp
from flows.standing.lights import STANDARD, WORST_FIRST, Light, Scheme
from flows.standing.schedule import Pace

__all__ = [
    "Answer",
    "Bounced",
    "Cell",
    "ItemLine",
    "ItemState",
    "Light",
    "Review",
    "Ruling",
    "Snapshot",
    "Source",
    "Totals",
    "UnitLine",
]


class ItemState(StrEnum):
    """What has become of an item when all its units are taken together. The four classes add up to all items."""

    DONE = "已完成"
    """Every unit that is concerned has finished."""
    OVERDUE = "逾期未完成"
    """The deadline has passed and somebody has not finished."""
    MOVING = "正在推进"
    IDLE = "尚未启动"
    """No unit has reported a start."""


class Answer(StrEnum):
    """Where a unit's answer of the period stands. Only MISSING may be named as 未报送."""

    ON_TIME = "按时报送"
    LATE = "逾期报送"
    RETURNED = "已退回未改"
    """A sheet came, was faulty, went back, and no corrected one has come."""
    PENDING = "已收到待处理"
    """Something came from this unit and lies in quarantine or is unread."""
    MISSING = "未报送"
    NOT_ISSUED = "未下发"
    """The unit carries items, but no workbook was written for it in this period: nobody can be silent unasked."""
    NOT_ASKED = "无任务"
    """The unit carries no item."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit's work on one item, as last reported up to the period and ruled on by the office.

    ``report`` is what counts: the unit's words, with the office's 核定状态 where there is one. None: never reported.
    """

    unit: Unit
    role: Role
    item: Item
    report: Report | None
    light: Light
    days_late: int
    """Days past the deadline at ``as_of``; 0 when not overdue."""
    unchanged: bool
    """Reported this period, not finished, and the text is that of the period before."""
    fresh: bool
    """``report`` was sent in this period, not carried over from an earlier one."""
    source: Source | None = None
    answer: Answer = Answer.MISSING
    """Where the unit's answer of the period stands."""
    review: Review | None = None
    reported: Status | None = None
    """What the unit itself said, where the office's 核定状态 took its place in ``report``."""
    why: str = ""
    """Why the light is so, without full stop: rule, deadline, reported state, days."""
    excused: str = ""
    """豁免: its reason; only where the work is unfinished, and then the light is EXEMPT."""
    pace: Pace | None = None
    """序时进度; None: 不涉及, or not looked at."""

    @property
    def is_open(self) -> bool:
        """Whether something is left to be done that nobody has exempted."""
        return self.light not in (Light.FINISHED, Light.EXEMPT)

    @property
    def word(self) -> str:
        """完成状态 as it counts; without a report, why there is none."""
        return self.report.status.value if self.report else WITHOUT_REPORT[self.answer]

    @property
    def said(self) -> str:
        """完成状态 as the unit reported it; without a report, why there is none."""
        if self.reported:
            return self.reported.value
        return self.report.status.value if self.report and self.source else WITHOUT_REPORT[self.answer]

    @property
    def ruling(self) -> Ruling:
        """What the office has said, empty when it has said nothing."""
        return self.review.ruling if self.review else _UNRULED

    @property
    def due(self) -> date | None:
        """The day that counts for this unit: the extended one, else the plan's."""
        return (self.review.ruling.extended if self.review else None) or self.item.deadline.due


_UNRULED = Ruling()
WITHOUT_REPORT = {
    Answer.ON_TIME: "未填报",
    Answer.LATE: "未填报",
    Answer.RETURNED: "待更正",
    Answer.PENDING: "核对中",
    Answer.MISSING: "未报送",
    Answer.NOT_ISSUED: "未下发",
    Answer.NOT_ASKED: "",
}
"""What stands for 完成状态 where nothing was ever reported."""


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with all its units."""

    item: Item
    state: ItemState
    cells: tuple[Cell, ...]
    pace: Pace | None = None
    """序时进度; None: not looked at."""

    @property
    def light(self) -> Light | None:
        """The worst light of its units; None when no unit carries it."""
        shown = {cell.light for cell in self.cells}
        return next((light for light in WORST_FIRST if light in shown), None)


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its counts. done + exempt + overdue + moving + idle == tasks."""

    unit: Unit
    tasks: int
    done: int
    exempt: int
    """不涉及, and what the office has exempted (``excused``)."""
    overdue: int
    moving: int
    idle: int
    unchanged: int
    answer: Answer
    received: datetime | None
    """When the answer that counts came, None when none came."""
    evidence: str
    """What the answer rests on, for the clerk: file name and time, or why nothing is there."""
    rank: int | None
    """Place among its series (区县 or 部门); equal figures share a place; None without rateable tasks."""
    previous_rank: int | None
    cells: tuple[Cell, ...]
    held: int = 0
    """Right rows of a sheet that went back and has not come again: kept, not merged."""
    bounced: tuple[Bounced, ...] = ()
    """邮箱退信: addresses that letters of this period did not reach, the last notice of each."""
    unreached: bool = False
    """No address of it was reached: it cannot be named as silent without saying so."""
    excused: int = 0
    """豁免: unfinished tasks that are counted out; contained in ``exempt``, so that the counts add up."""
    unranked: str = ""
    """Why the whole unit is exempt: it has neither rate nor rank. '' for all others."""

    @property
    def rate(self) -> float | None:
        """完成率: done ÷ (tasks − exempt), None when nothing is rateable."""
        base = 0 if self.unranked else self.tasks - self.exempt
        return self.done / base if base else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of one period. The four item classes add up to ``items``; the unit classes add up to ``asked``."""

    items: int
    done: int
    moving: int
    idle: int
    overdue: int
    assignments: int
    assignments_done: int
    assignments_overdue: int
    asked: int
    """应报: units with at least one item that got a workbook in this period."""
    on_time: int
    late: int
    returned: int
    pending: int
    missing: int
    assignments_excused: int = 0
    """豁免: unfinished, exempt by the office's settings."""

    @property
    def answered(self) -> int:
        """实报: units with a merged answer."""
        return self.on_time + self.late


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that the documents of one run say, computed once."""

    plan: str
    plan_title: str
    doc_number: str | None
    issuer: str | None
    period: str
    as_of: date
    """截至日期."""
    reply_by: date
    totals: Totals
    previous: Totals | None
    """Totals of the bulletin before, None in the first month."""
    previous_period: str | None
    items: tuple[ItemLine, ...]
    units: tuple[UnitLine, ...]
    """In roster order."""
    lights: Scheme = STANDARD
    """How lights and classes are shown."""
    schedule: tuple[tuple[str, int], ...] = ()
    """序时进度: word of each class that occurs and its number of items, adding up to ``totals.items``; () when off."""
    unknown_exemptions: tuple[str, ...] = ()
    """Names in [lights.exempt] that nobody knows: for the clerk."""
    notices: tuple[tuple[int, str], ...] = ()
    """Level and colour of each notice that was issued in the period, for the sentence about them."""
    followups: tuple[FollowUp, ...] = ()
    """What the last bulletin named, and what has become of each; () when it kept no figures."""
    followed_period: str | None = None
    """Of the bulletin that ``followups`` speak of."""
    goals: tuple[GoalLine, ...] = ()
    """量化指标 and 定期任务, in the plan's order; () for a plan that asks for no number."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every unit × item, in item order."""
        return tuple(cell for line in self.items for cell in line.cells)

    @property
    def plan_part(self) -> Snapshot:
        """The same without look-back items (回头看), which no total holds; this object itself when there are none."""
        if not any(line.item.is_carried for line in self.items):
            return self
        items = tuple(line for line in self.items if not line.item.is_carried)
        units = tuple(
            replace(line, cells=tuple(cell for cell in line.cells if not cell.item.is_carried)) for line in self.units
        )
        return replace(self, items=items, units=units)

    @property
    def carried_lines(self) -> tuple[ItemLine, ...]:
        """The look-back items (回头看) with all their units."""
        return tuple(line for line in self.items if line.item.is_carried)

    @property
    def unassigned(self) -> tuple[str, ...]:
        """Numbers of items that no unit carries: the office has to name one."""
        return tuple(line.item.no for line in self.items if not line.cells)

    @property
    def districts(self) -> tuple[UnitLine, ...]:
        """Units ranked as 区县, best first, units without rank last."""
        return _ranked(line for line in self.units if line.unit.is_district)

    @property
    def departments(self) -> tuple[UnitLine, ...]:
        """Units ranked as 部门, best first, units without rank last."""
        return _ranked(line for line in self.units if not line.unit.is_district)

    @property
    def overdue(self) -> tuple[Cell, ...]:
        """Every unit × item that is overdue, the longest first."""
        return tuple(sorted((c for c in self.cells if c.light is Light.OVERDUE), key=lambda c: -c.days_late))

    @property
    def excused(self) -> tuple[Cell, ...]:
        """Every unit × item that is exempt, in item order."""
        return tuple(cell for cell in self.cells if cell.light is Light.EXEMPT)

    @property
    def unranked(self) -> tuple[UnitLine, ...]:
        """Units that are exempt as a whole, in roster order."""
        return tuple(line for line in self.units if line.unranked)


def _ranked(lines: Iterable[UnitLine]) -> tuple[UnitLine, ...]:
    chosen = [line for line in lines if line.tasks]
    return tuple(sorted(chosen, key=lambda line: (line.rank is None, line.rank or 0)))
