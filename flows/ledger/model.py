"""What goes into a unit's workbook and what comes out of it, free of any Excel library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flows.plan.model import is_carried
from flows.problems import Problem


class Status(StrEnum):
    """完成状态: the five words of the drop-down list, in its order."""

    IDLE = "未启动"
    MOVING = "推进中"
    DONE = "已完成"
    BLOCKED = "需协调"
    EXEMPT = "不涉及"


class Role(StrEnum):
    """承担角色 of a unit for an item. The value is the contract's JSON word."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"

    @property
    def label(self) -> str:
        """The word in the 承担角色 column."""
        return "牵头" if self is Role.LEAD else "责任"


@dataclass(frozen=True, slots=True)
class Report:
    """What a unit says about one item: the seven input cells of a row. Empty text cells are ''."""

    status: Status
    percent: int | None = None
    """完成进度, 0 to 100, None when left empty."""
    progress: str = ""
    done_on: date | None = None
    evidence: str = ""
    problem: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row to write: the locked cells, and last period's report (None in the first month)."""

    no: str
    category: str | None
    task: str | None
    requirement: str
    role: Role
    deadline: str
    """完成时限 as the unit reads it, e.g. “2026年10月31日（10月底前）”, “长期”."""
    previous: Report | None = None
    previous_period: str | None = None
    """The period of ``previous``, as ``2026-09``."""
    overdue: bool = False
    due: bool = False
    """Its day has come: 进展情况 must say something new this period."""
    renewed: bool = False
    """It has come due again since ``previous``: a new answer is wanted, nothing is prefilled."""
    asks: str = ""
    """What the unit has to write beside the text, such as 请写明累计数，如“累计2场”."""
    ruling: str = ""
    """What the office has ruled on ``previous``, in a phrase for the unit; '' for nothing."""

    @property
    def standing(self) -> Report | None:
        """Last period's report where it still stands: what is prefilled."""
        return None if self.renewed else self.previous

    @property
    def wants_news(self) -> bool:
        """Whether 进展情况 has to say something else than ``previous`` does."""
        before = self.previous
        return self.renewed or (self.due and before is not None and before.status in (Status.MOVING, Status.BLOCKED))

    @property
    def is_carried(self) -> bool:
        """A look-back item (回头看): its category says so."""
        return is_carried(self.category)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose workbook this is: travels signed in the hidden sheet, the key column and a custom property."""

    plan: str
    unit: str
    period: str
    layout: int


@dataclass(frozen=True, slots=True)
class Ledger:
    """One unit's workbook for one period, ready to be written."""

    identity: Identity
    plan_title: str
    office: str
    reply_by: date
    """报送截止."""
    contact: str
    """Whom to ask: name and telephone of the coordinating office, may be empty."""
    rows: tuple[LedgerRow, ...]
    filler: str = ""
    """填报人 of last period, prefilled."""
    phone: str = ""
    """联系电话 of last period, prefilled."""


@dataclass(frozen=True, slots=True)
class Entry:
    """填报: one accepted row and the cell it came from."""

    no: str
    report: Report
    sheet: str
    row: int
    """1-based row number in that sheet, as Excel shows it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A task that a unit added on its own: kept for the office to decide, never counted."""

    cells: dict[str, str]
    """Header → what the unit wrote there, empty cells left out."""
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that came inside the workbook (WPS keeps screenshots in cells): 佐证材料 as a file of its own."""

    name: str
    data: bytes
    sheet: str = ""
    row: int | None = None
    """1-based; None when nobody can tell which row it belongs to."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What one returned file says after reading and checking. Exactly one verdict holds, see ``verdict``.

    * quarantined: ``reason`` is set; identity may be unknown.
    * returned for correction: ``problems`` is not empty; ``entries`` are the rows that were right (held, not merged).
    * accepted: no problems; ``warnings`` are Chinese sentences worth showing (ignored changes of locked text, …).

    ``proposals`` and ``pictures`` come with either of the last two.
    """

    identity: Identity | None = None
    entries: Sequence[Entry] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()
    filler: str = ""
    phone: str = ""
    reason: str = ""
    proposals: tuple[Proposal, ...] = ()
    pictures: tuple[Picture, ...] = ()
    elsewhere: bool = False
    """Quarantined because another kind of round takes it: here its unit has said nothing."""

    @property
    def verdict(self) -> str:
        """accepted | returned | quarantined."""
        if self.reason:
            return "quarantined"
        return "returned" if self.problems else "accepted"
