"""What a plan is once it has been read: shared/plan-schema.md as types."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

CARRIED = "回头看"
"""How the 任务大类 of an item begins (before a colon) that is looked at again; such items count apart."""


def is_carried(category: str | None) -> bool:
    """Whether a 任务大类 is that of look-back items."""
    return category is not None and re.match(rf"\s*{CARRIED}\s*[：:]", category) is not None


class Kind(StrEnum):
    """What sort of deadline an item has."""

    ONCE = "once"
    ONGOING = "ongoing"
    PERIODIC = "periodic"
    NONE = "none"

    @property
    def label(self) -> str:
        """The Chinese word a clerk reads and picks in the review workbook."""
        return {"once": "限期", "ongoing": "长期", "periodic": "定期", "none": "无时限"}[self.value]


class DeadlineSource(StrEnum):
    """Where in the document the deadline was found."""

    COLUMN = "column"
    TEXT = "text"
    NARRATIVE = "narrative"

    @property
    def label(self) -> str:
        """The Chinese word for it."""
        return {"column": "时限栏", "text": "要求原文", "narrative": "正文"}[self.value]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline as printed and as understood. ``text`` None means that the plan gives none."""

    text: str | None = None
    source: DeadlineSource | None = None
    due: date | None = None
    kind: Kind = Kind.NONE


@dataclass(frozen=True, slots=True)
class Target:
    """A count or rate that an item asks for, followed as a number: 不少于两场 → 2 场, 不得低于60% → 60 %."""

    text: str
    """As printed."""
    value: float
    unit: str
    """场, 次, %, …"""
    per: str = ""
    """年, 季, 月 when it is asked for each; '' for once."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something the reader is not sure of; the clerk decides.

    ``no`` is the item's number, or None when the plan as a whole is meant. ``field`` is a key of the item in
    plan-schema.md (lead, responsible, due, …) or of the plan (year, title …); ``text`` is what was read. ``choices``
    are readings to pick from, when there are any.
    """

    no: str | None
    field: str
    text: str
    message: str
    choices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of the contract: no, field, text, message."""
        return {"no": self.no, "field": self.field, "text": self.text, "message": self.message}


@dataclass(frozen=True, slots=True)
class Item:
    """一条具体要求, the smallest thing that is followed. Field meanings: plan-schema.md."""

    no: str
    requirement: str
    category: str | None = None
    task: str | None = None
    lead: tuple[str, ...] = ()
    responsible: tuple[str, ...] = ()
    deadline: Deadline = field(default_factory=Deadline)
    targets: tuple[Target, ...] = ()
    rhythm: str | None = None
    """How often it comes due, as an RFC 5545 RRULE without the word; None for items that come due once or never."""

    @property
    def is_carried(self) -> bool:
        """A look-back item: left over from an earlier plan or found by somebody outside. The category says so."""
        return is_carried(self.category)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of plan-schema.md, exactly."""
        return {
            "no": self.no,
            "category": self.category,
            "task": self.task,
            "requirement": self.requirement,
            "lead": list(self.lead),
            "responsible": list(self.responsible),
            "deadline_text": self.deadline.text,
            "deadline_source": self.deadline.source.value if self.deadline.source else None,
            "due": self.deadline.due.isoformat() if self.deadline.due else None,
            "kind": self.deadline.kind.value,
        }

    def as_record(self) -> dict[str, Any]:
        """The whole item, as the store keeps it: plan-schema.md and, beyond it, targets and rhythm."""
        return self.as_dict() | {"targets": [asdict(target) for target in self.targets], "rhythm": self.rhythm}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Item:
        """The inverse of as_dict and of as_record."""
        deadline = Deadline(
            text=data["deadline_text"],
            source=DeadlineSource(data["deadline_source"]) if data["deadline_source"] else None,
            due=date.fromisoformat(data["due"]) if data["due"] else None,
            kind=Kind(data["kind"]),
        )
        return cls(
            no=data["no"],
            requirement=data["requirement"],
            category=data["category"],
            task=data["task"],
            lead=tuple(data["lead"]),
            responsible=tuple(data["responsible"]),
            deadline=deadline,
            targets=tuple(Target(**target) for target in data.get("targets", ())),
            rhythm=data.get("rhythm"),
        )


@dataclass(frozen=True, slots=True)
class PlanInfo:
    """The plan itself: what stands above its items."""

    title: str
    year: int
    doc_number: str | None = None
    issuer: str | None = None
    issued: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of plan-schema.md."""
        return {
            "title": self.title,
            "doc_number": self.doc_number,
            "issuer": self.issuer,
            "year": self.year,
            "issued": self.issued.isoformat() if self.issued else None,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PlanInfo:
        """The inverse of as_dict."""
        issued = date.fromisoformat(data["issued"]) if data["issued"] else None
        return cls(data["title"], data["year"], data["doc_number"], data["issuer"], issued)


@dataclass(frozen=True, slots=True)
class Plan:
    """A read plan. ``source`` is the name of the file it came from; ``doubts`` are open questions to the clerk."""

    source: str
    info: PlanInfo
    items: tuple[Item, ...]
    doubts: tuple[Doubt, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of plan-schema.md, without doubts."""
        return {"source": self.source, "plan": self.info.as_dict(), "items": [item.as_dict() for item in self.items]}

    def as_record(self) -> dict[str, Any]:
        """The whole plan, as the store keeps it: plan-schema.md and, beyond it, targets and rhythm of the items."""
        return self.as_dict() | {"items": [item.as_record() for item in self.items]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Plan:
        """The inverse of as_dict and of as_record."""
        items = tuple(Item.from_dict(item) for item in data["items"])
        return cls(data["source"], PlanInfo.from_dict(data["plan"]), items)

    def with_doubts(self, doubts: tuple[Doubt, ...]) -> Plan:
        """The same plan with other doubts."""
        return replace(self, doubts=doubts)
