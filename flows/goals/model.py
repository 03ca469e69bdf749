"""What is known of one unit's number for one target, month by month, and how it is judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

WHOLE = "合计"
"""The unit of a line that adds up all who carry an item."""


class Nature(StrEnum):
    """What a number in a text counts."""

    TOTAL = "累计"
    """Since the beginning of the year."""
    PERIOD = "本期"
    """What was added in this period."""
    PLAIN = "未注明"
    """The text does not say which of the two: at least so many there are."""


class Verdict(StrEnum):
    """How a number stands to its target."""

    MET = "达标"
    MISSED = "未达标"
    UNKNOWN = "无法判断"
    OPEN = "未到时限"
    """Not reached, and there is time left."""
    NONE = "不涉及"


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that stands in a text. ``doubt``: why it does not count by itself, '' when it does."""

    value: float
    nature: Nature
    text: str
    """The words of the text that hold it."""
    doubt: str = ""
    surely: bool = False
    """Doubtful only upwards: at least so many there are (20余场)."""


@dataclass(frozen=True, slots=True)
class Month:
    """What one month says. ``value`` is the number as read (or as the office set it), not the running total."""

    period: str
    value: float | None
    said: str
    """累计, 本期, 未注明, 认定; 完成 of an occurrence; '' where nothing was read."""
    doubt: str = ""
    text: str = ""
    source: str = ""
    """file!sheet!row, as in 总台账."""


@dataclass(frozen=True, slots=True)
class GoalLine:
    """One target of one unit, as it stands in a period; for a periodic item, its occurrences."""

    no: str
    unit: str
    """`WHOLE` for the sum over all who carry the item."""
    target: str
    """As printed; 定期：每季度末 for occurrences."""
    wanted: float
    """The number that has to be reached by ``judged_on``."""
    measure: str
    whose: str
    """Who has to reach it, and by which words of the plan."""
    judged_on: date
    value: float | None
    """The cumulative number, a rate as reported last; None: not known."""
    verdict: Verdict
    why: str
    """The reason in a few words, without full stop."""
    months: tuple[Month, ...] = ()
    ruled: float | None = None
    """认定数 of this very period."""
    note: str = ""
    """说明 of this very period."""
    mark: int = 0
    """Row of the store that ``ruled`` and ``note`` come from, 0 for none."""
    occurrences: bool = False
    counts: bool = True
    """False for a unit whose number is only part of a sum."""

    @property
    def is_final(self) -> bool:
        """Whether it has been judged: reached, missed, or nobody can tell."""
        return self.verdict in (Verdict.MISSED, Verdict.UNKNOWN)


def shown(value: float | None, measure: str = "") -> str:
    """3场, 85.5%; — for none."""
    return "—" if value is None else f"{value:.10g}{measure}"
