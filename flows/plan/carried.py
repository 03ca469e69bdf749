"""回头看: where an item came from that was left over from an earlier plan or was found by somebody outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from flows.plan.model import CARRIED


class CarriedKind(StrEnum):
    """Why an item is looked at again."""

    TASK = "task"
    PROBLEM = "problem"
    OUTSIDE = "outside"

    @property
    def category(self) -> str:
        """任务大类 of such items; how it begins makes them count apart."""
        return (
            f"{CARRIED}：" + {"task": "上年未完成事项", "problem": "核定指出的问题", "outside": "外部反馈的问题"}[self]
        )


@dataclass(frozen=True, slots=True)
class Said:
    """What one unit last said about the old item, as it counted; empty texts and status '' when it never reported."""

    unit: str
    period: str = ""
    """2026-12; '' when nothing was ever reported."""
    status: str = ""
    percent: int | None = None
    progress: str = ""
    evidence: str = ""
    problem: str = ""
    next_step: str = ""
    opinion: str = ""
    """核定意见 as it stood."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The origin of one look-back item."""

    no: str
    """Its number in the plan that it was taken into."""
    kind: CarriedKind
    plan: str
    """Slug of the old plan; '' for a list from outside."""
    title: str
    """Title of the old plan, or name of the list's file."""
    origin: str
    """The item's number in the old plan on the day it was taken."""
    numbering: int
    """Last renumbering of the old plan on that day."""
    digest: str
    """Tells problems of one item from each other; '' for tasks."""
    due: str | None
    """The old deadline, 2026-04-30."""
    said: tuple[Said, ...]
    """One for each unit that still owed it."""

    @property
    def units(self) -> tuple[str, ...]:
        """Units that owed it when it was taken."""
        return tuple(each.unit for each in self.said)

    def as_dict(self) -> dict[str, Any]:
        """The form in which workbook and store keep it."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Carried:
        """The inverse of as_dict."""
        said = tuple(Said(**each) for each in data["said"])
        return cls(**(dict(data) | {"kind": CarriedKind(data["kind"]), "said": said}))


def renumbered_carried(carried: tuple[Carried, ...], moves: Mapping[str, str]) -> tuple[Carried, ...]:
    """The same under the numbers of today."""
    return tuple(replace(each, no=moves.get(each.no, each.no)) for each in carried)
