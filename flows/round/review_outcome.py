"""What became of the rows of a 总台账 that was read back, and how its cells are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from flows.ledger import master_office
from flows.ledger.model import Status
from flows.problems import Problem
from flows.storage.reviews import Decided

HEADERS: Final = {
    "status": master_office.RULED,
    "opinion": master_office.OPINION,
    "closed": master_office.CLOSED,
    "extended": master_office.EXTENDED,
    "reason": master_office.REASON,
    "note": master_office.NOTE,
}
"""Field of a ruling → column of 总台账."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that was taken: what stands differently now."""

    unit: str
    no: str
    cell: str
    changes: tuple[tuple[str, str, str], ...]
    """(header, old, new)."""

    def as_dict(self) -> dict[str, Any]:
        """The contract's JSON object."""
        changes = [{"field": header, "old": old, "new": new} for header, old, new in self.changes]
        return {"unit": self.unit, "no": self.no, "cell": self.cell, "changes": changes}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A row where the other side has changed too. The office's word is taken, and this is told."""

    unit: str
    no: str
    cell: str
    message: str


@dataclass
class Outcome:
    """What became of the rows of one 总台账."""

    taken: list[Taken] = field(default_factory=list)
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    decided: list[Decided] = field(default_factory=list)

    @property
    def needs_person(self) -> bool:
        """Something was not taken, or should be looked at."""
        return bool(self.problems or self.conflicts)

    def as_dict(self) -> dict[str, Any]:
        """The contract's JSON object."""
        return {
            "taken": [each.as_dict() for each in self.taken],
            "unchanged": self.unchanged,
            "problems": [{"cell": each.cell, "message": each.advice} for each in self.problems],
            "conflicts": [
                {"unit": each.unit, "no": each.no, "cell": each.cell, "message": each.message}
                for each in self.conflicts
            ],
        }


def text_of(value: object) -> str:
    """A field of a ruling as its cell reads."""
    if isinstance(value, bool):
        return master_office.YES if value else ""
    if isinstance(value, Status):
        return value.value
    return value.isoformat() if isinstance(value, date) else str(value or "")
