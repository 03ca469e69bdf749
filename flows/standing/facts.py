"""What a figure rests on: where a report came from, what the office ruled, which letters came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from flows.ledger.model import Status


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
