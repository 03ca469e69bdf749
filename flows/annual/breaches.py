"""A rule that does not hold, in words that a unit can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a breach means for the filing: the first two send it back."""

    ERROR = "error"
    REASON = "needs_reason"
    """Right only with a reason, which the unit writes into the workbook."""
    EXPLAINED = "explained"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Breach:
    """One breach. Chinese texts carry no final full stop."""

    rule: str
    """R2.1 … R4.1 as in the description of the format; 空格 for blanks, 文字 for missing texts."""
    checks: tuple[str, ...]
    """The single checks that failed, such as R3.2.自然人; several where one cell breaks them together."""
    cells: tuple[str, ...]
    """Keys of the numbers, fees or texts to look at."""
    words: str
    """The rule."""
    found: str
    """What stands there: both sums."""
    cure: str
    severity: Severity = Severity.ERROR
    slot: str = ""
    """Where a reason would stand, for rules across years."""
    reason: str = ""
    expected: str = ""
    """The number that would fit, where there is one."""

    @property
    def message(self) -> str:
        """Rule and sums in one sentence."""
        return f"{self.words}；{self.found}" if self.found else self.words

    @property
    def sends_back(self) -> bool:
        """Whether the unit has to do something."""
        return self.severity in (Severity.ERROR, Severity.REASON)
