"""What stands where: one frozen snapshot of figures that feeds master workbook, bulletin and status alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from flows.ledger.model import Report, Role, Status
from flows.plan.model import Item
from flows.roster import Unit


class Light(StrEnum):
    """The light of one unit's work on one item; the legend is printed wherever lights are shown."""

    BLUE = "蓝"
    """已完成 or 不涉及: nothing left to do."""
    GREEN = "绿"
    """Not finished, and the deadline is not near."""
    YELLOW = "黄"
    """Due soon and not finished, or 需协调."""
    RED = "红"
    """The deadline has passed and it is not finished."""


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
class Source:
    """Where a report came from: the chain bulletin → entry → file, sheet, cell."""

    period: str
    file: str
    """Name of the archived file below the plan's folder."""
    sha256: str
    sheet: str
    row: int
    received: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the office fills in about one unit's work on one item: its columns of 总台账.xlsx."""

    status: Status | None = None
    """核定状态: goes before what the unit says, for the report that the office looked at."""
    opinion: str = ""
    closed: bool = False
    """销号: done for good, and no longer in later periods' ledgers."""
    extended: date | None = None
    """延期至: takes the place of the deadline."""
    reason: str = ""
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether the office has said nothing."""
        return self == Ruling()


@dataclass(frozen=True, slots=True)
class Review:
    """核定 as it stands: the ruling, when it was made, and whether the unit has reported anew since."""

    ruling: Ruling
    period: str
    """Of the 总台账 it was written in."""
    at: datetime
    overtaken: bool = False
    """核定后单位又有新报: the ruling still counts, the office should look again."""
    lapsed: bool = False
    """The unit has reported in a later period: 核定状态 and 核定意见 no longer stand, the rest does."""
    id: int = 0
    """Its row in the store."""


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

    @property
    def word(self) -> str:
        """完成状态 as it counts; without a report, why there is none."""
        return self.report.status.value if self.report else _WITHOUT_REPORT[self.answer]

    @property
    def said(self) -> str:
        """完成状态 as the unit reported it; without a report, why there is none."""
        if self.reported:
            return self.reported.value
        return self.report.status.value if self.report and self.source else _WITHOUT_REPORT[self.answer]

    @property
    def ruling(self) -> Ruling:
        """What the office has said, empty when it has said nothing."""
        return self.review.ruling if self.review else Ruling()

    @property
    def due(self) -> date | None:
        """The day that counts for this unit: the extended one, else the plan's."""
        return self.ruling.extended or self.item.deadline.due


_WITHOUT_REPORT = {
    Answer.ON_TIME: "未填报",
    Answer.LATE: "未填报",
    Answer.RETURNED: "待更正",
    Answer.PENDING: "核对中",
    Answer.MISSING: "未报送",
    Answer.NOT_ISSUED: "未下发",
    Answer.NOT_ASKED: "",
}


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with all its units."""

    item: Item
    state: ItemState
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Bounced:
    """退信: an address that a letter did not reach, or has not reached yet."""

    unit: str
    address: str
    code: str
    reason: str
    permanent: bool
    """The letter will not come there any more."""
    at: datetime
    """When the notice came."""
    letter: int
    """The letter's row in the store."""
    kind: str = ""
    """下发, 催报 …: what kind of letter it was."""
    archived: str = ""
    """The notice, below the plan's folder."""

    @property
    def sentence(self) -> str:
        """Which address and why, without full stop."""
        why = f"{self.reason}（{self.code}）" if self.code else self.reason
        return f"{self.address}：{why}" if self.permanent else f"{self.address}：{why}，对方服务器还在尝试"


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit with its counts. done + exempt + overdue + moving + idle == tasks."""

    unit: Unit
    tasks: int
    done: int
    exempt: int
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

    @property
    def rate(self) -> float | None:
        """完成率: done ÷ (tasks − exempt), None when nothing is rateable."""
        base = self.tasks - self.exempt
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

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every unit × item, in item order."""
        return tuple(cell for line in self.items for cell in line.cells)

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
        """Every unit × item that is red, longest overdue first."""
        return tuple(sorted((c for c in self.cells if c.light is Light.RED), key=lambda c: -c.days_late))


def _ranked(lines: Iterable[UnitLine]) -> tuple[UnitLine, ...]:
    chosen = [line for line in lines if line.tasks]
    return tuple(sorted(chosen, key=lambda line: (line.rank is None, line.rank or 0)))
