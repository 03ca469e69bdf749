"""What may become a look-back item, before it has a number in the new plan."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from flows.plan.carried import CarriedKind, Said
from flows.plan.model import Deadline, Doubt

Key = tuple[str, str, str, str]
"""Kind, old plan, number in it, digest: what makes two look-back items the same."""


@dataclass(frozen=True, slots=True)
class Source:
    """The old plan, or the list from outside (then ``plan`` is '')."""

    plan: str
    title: str
    year: int
    numbering: int = 0
    """Last renumbering of the old plan today."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One look-back item to be; ``lead`` and ``responsible`` are only those who still owe it."""

    kind: CarriedKind
    source: Source
    no: str
    """Number in the old plan; '' for a list from outside."""
    requirement: str
    task: str | None
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    said: tuple[Said, ...]
    deadline: Deadline = field(default_factory=Deadline)
    """The new one, as far as it is known."""
    old_due: str | None = None
    digest: str = ""
    doubts: tuple[Doubt, ...] = ()
    """What the clerk has to look at; their numbers are not yet those of the new plan."""

    @property
    def key(self) -> Key:
        """What it is known by when the look-back is run again."""
        return self.kind, self.source.plan, self.no, self.digest

    @property
    def units(self) -> tuple[str, ...]:
        """Units that owe it, 牵头 first."""
        return (*self.lead, *self.responsible)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that looked open and was not taken: the clerk is told why."""

    no: str
    units: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """What an old plan or a list holds."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[LeftOut, ...] = ()
    remarks: tuple[str, ...] = ()
    """About a list as a whole, Chinese sentences."""


def digest_of(*texts: str) -> str:
    """Tells texts from each other, whatever their blanks and punctuation are."""
    plain = "\n".join(re.sub(r"\W+", "", text) for text in texts)
    return hashlib.sha256(plain.encode()).hexdigest()[:12]
