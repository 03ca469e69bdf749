"""What is assessed and what comes out of it: the facts of a range of months, scores whose every point has a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from flows.periods import Period
from flows.progress import Answer
from flows.roster import Unit


def is_whole_year(first: Period, last: Period) -> bool:
    """Whether a range is a calendar year."""
    return (first.month, last.month) == (1, 12) and first.year == last.year


class Criterion(StrEnum):
    """The five things that are marked; the value is the word of all tables, ``key`` that of config.toml."""

    TIMELY = "报送按时"
    COMPLETE = "填报完整"
    CORRECTED = "一次报准"
    DONE = "按期完成"
    QUALITY = "核定质量"

    @property
    def key(self) -> str:
        """Its key in [assessment]."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that came from a unit."""

    name: str
    archived: str
    """Below the plan's folder."""
    received: datetime
    faults: int = 0
    """Places that had to be corrected, when it went back."""

    @property
    def words(self) -> str:
        """10月20日 09:30 收到“…”."""
        return f"{self.received.month}月{self.received.day}日 {self.received:%H:%M} 收到“{self.name}”"


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """One unit in one month: what it was sent, what came back, what the office said to it."""

    period: Period
    answer: Answer
    reply_by: date
    open: bool
    """The reply day is still to come, and nothing that counts has come."""
    unreached: bool = False
    """No letter of the month reached it."""
    first: Paper | None = None
    """The first readable sheet: the one whose day counts."""
    accepted: Paper | None = None
    returned: tuple[Paper, ...] = ()
    wanted: int = 0
    """Rows of the workbook that it was sent."""
    filled: int = 0
    """Of these, rows that were merged in this month."""
    unchanged: tuple[str, ...] = ()
    """Numbers of merged rows whose text is last month's."""
    reviewed: bool = False
    """The office ruled on somebody's work in this month."""
    overstated: tuple[str, ...] = ()
    """Numbers that the office found less far than the unit had said."""
    last: bool = False
    """Nobody of its series stood behind it in the month's ranking, and somebody before it."""
    notices: tuple[tuple[int, str], ...] = ()
    """督办单 of the month: level 1 to 3, and how it is called (督办〔2026〕3号，红色)."""


@dataclass(frozen=True, slots=True)
class Duty:
    """One dated task of a unit as it stands at the end of the range."""

    no: str
    name: str
    """Short, for a reader: 第3项“…”."""
    due: date
    """The day that counts: the extended one, else the plan's."""
    extended: bool = False
    finished: date | None = None
    finished_how: str = ""
    """按单位填报的完成日期 …: what ``finished`` rests on."""
    standing: str = ""
    """完成状态 as it counts."""
    left_out: str = ""
    """Why it is not counted: 不涉及, 来件待处理, an exemption of the office."""
    source: str = ""
    """File, sheet and row of the report."""
    measured: str = ""
    """How its numbers stand to the plan's: 指标“不少于2场”未达标（1场，目标2场）. Evidence; it moves no points."""


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit with its months, oldest first, and its dated tasks that have come due, in the plan's order."""

    unit: Unit
    months: tuple[MonthFacts, ...]
    duties: tuple[Duty, ...]
    excused: str = ""
    """Why the whole unit is exempt from rankings (豁免); '' for all others."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A line of the sheet 加减分. ``points`` None is 一票否决."""

    unit: str
    points: Decimal | None
    reason: str
    basis: str = ""
    period: str = ""
    """2026-10, or '' for the whole year."""


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a score follows from."""

    plan: str
    plan_title: str
    doc_number: str | None
    year: int
    """Of the last month."""
    first: Period
    last: Period
    months: tuple[Period, ...]
    """Months of the range in which ledgers were issued."""
    as_of: date
    units: tuple[UnitFacts, ...]
    """Units that carry a task, in roster order."""
    adjustments: tuple[Adjustment, ...] = ()
    items: tuple[str, ...] = ()
    """Numbers of all items of the plan."""

    @property
    def range_words(self) -> str:
        """2026年度 for a whole year, else 2026年10月, 2026年1—6月 or 2025年10月—2026年3月."""
        if is_whole_year(self.first, self.last):
            return f"{self.year}年度"
        if self.first == self.last:
            return self.first.label
        if self.first.year != self.last.year:
            return f"{self.first.label}—{self.last.label}"
        return f"{self.year}年{self.first.month}—{self.last.month}月"


@dataclass(frozen=True, slots=True)
class Mark:
    """One row behind a criterion: a month, or a task. ``share`` None: not counted, ``evidence`` says why."""

    criterion: Criterion
    place: str
    """2026-10, or a task's number."""
    share: Fraction | None
    evidence: str
    source: str = ""
    points: Decimal = Decimal(0)
    """Its part of the criterion's points, two decimals; the parts add up to them exactly."""


@dataclass(frozen=True, slots=True)
class Part:
    """A criterion of one unit. ``full`` is after re-weighting, 0 when the criterion is left out."""

    criterion: Criterion
    usual: int
    """Full marks by the scheme."""
    full: Decimal
    points: Decimal
    marks: tuple[Mark, ...]
    left_out: str = ""

    @property
    def counted(self) -> tuple[Mark, ...]:
        """The rows that count."""
        return tuple(mark for mark in self.marks if mark.share is not None)


@dataclass(frozen=True, slots=True)
class Change:
    """A bonus (positive) or a deduction (negative)."""

    points: Decimal
    reason: str
    basis: str = ""
    period: str = ""
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class Score:
    """What a unit has come to. base = Σ parts, total = base + bonus + deduction, never below 0."""

    unit: Unit
    parts: tuple[Part, ...]
    changes: tuple[Change, ...]
    base: Decimal
    bonus: Decimal
    deduction: Decimal
    """0 or negative."""
    total: Decimal
    vetoes: tuple[str, ...] = ()
    """Reasons for 一票否决."""
    rank: int | None = None
    """Place in its series; None with a veto."""
    grade: str = ""

    def part(self, criterion: Criterion) -> Part:
        """One criterion."""
        return next(part for part in self.parts if part.criterion is criterion)


@dataclass(frozen=True, slots=True)
class Series:
    """Units that are compared with each other, best first, vetoed ones at the end."""

    title: str
    scores: tuple[Score, ...]
    quota: int
    """Most units that may be given the first grade."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A unit for 约谈 and why."""

    unit: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessed:
    """The whole assessment: one object feeds workbook, Word document and JSON."""

    facts: Facts
    full: int
    series: tuple[Series, ...]
    excluded: tuple[tuple[str, str], ...]
    """Unit and why it has no score."""
    talks: tuple[Talk, ...]
    pending: tuple[str, ...] = ()
    """Units of which something lies unread: their months were left out."""
    doubtful: Mapping[str, str] = field(default_factory=dict)
    """Exemptions of config.toml that mean nobody: what is written → what to do."""

    @property
    def scores(self) -> tuple[Score, ...]:
        """Every score, series after series."""
        return tuple(score for series in self.series for score in series.scores)
