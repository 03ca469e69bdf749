"""The sample's content as data: plan.toml, units.toml and phrases.toml of this package, read into plain types."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

PLAN_FILE = "2026年云川市政务公开工作要点.docx"
"""Name of the sample plan below ledgers/示例."""
ROSTER_FILE = "单位名录.xlsx"
"""Name of the sample roster below ledgers/示例, and of the office's own one below ledgers."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the task table; the cell of ``requirements`` holds several numbered ones when there are several."""

    requirements: tuple[str, ...]
    lead: str
    responsible: str
    deadline: str

    @property
    def cell(self) -> str:
        """The text of the 具体要求 cell."""
        if len(self.requirements) == 1:
            return self.requirements[0]
        return "；".join(f"{n}.{text}" for n, text in enumerate(self.requirements, start=1))


@dataclass(frozen=True, slots=True)
class Task:
    """任务事项 with its rows."""

    name: str
    rows: tuple[TableRow, ...]


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """The whole sample plan."""

    title: str
    doc_number: str
    issuer: str
    issued: date
    salutation: str
    table_title: str
    introduction: tuple[str, ...]
    tasks: tuple[Task, ...]

    @property
    def size(self) -> int:
        """Number of items: every numbered requirement counts."""
        return sum(len(row.requirements) for task in self.tasks for row in task.rows)


@dataclass(frozen=True, slots=True)
class SampleUnit:
    """One line of the sample roster."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    parent: str
    email: str


@dataclass(frozen=True, slots=True)
class Theme:
    """What people write about one sort of requirement; fields in braces are filled by flows/demo/wording.py.

    ``stages`` runs from just begun to nearly finished. ``ongoing`` is for tasks without an end, ``exempt`` for units
    that the requirement does not concern.
    """

    words: tuple[str, ...]
    stages: tuple[str, ...]
    done: tuple[str, ...]
    ongoing: tuple[str, ...]
    problem: str
    ask: str
    next_step: str
    evidence: str
    exempt: str = ""


@cache
def sample_plan() -> SamplePlan:
    """The sample plan of plan.toml."""
    data = _load("plan.toml")
    tasks = tuple(Task(task["name"], tuple(_row(item) for item in task["items"])) for task in data["tasks"])
    keys = ("title", "doc_number", "issuer", "issued", "salutation", "table_title")
    return SamplePlan(**{key: data[key] for key in keys}, introduction=tuple(data["introduction"]), tasks=tasks)


@cache
def sample_units() -> tuple[SampleUnit, ...]:
    """The sample roster of units.toml, in its order."""
    data = _load("units.toml")
    return tuple(
        SampleUnit(u["name"], u["kind"], tuple(u["aliases"]), data["parent"], f"{u['slug']}@{data['domain']}")
        for u in data["units"]
    )


@cache
def themes() -> tuple[Theme, ...]:
    """The phrases of phrases.toml; the last theme has no words and fits everything."""
    return tuple(_theme(theme) for theme in _load("phrases.toml")["themes"])


@cache
def tails() -> tuple[str, ...]:
    """Sentences that tell what happened in a month without a new stage."""
    return tuple(_load("phrases.toml")["tails"])


def _theme(data: dict[str, Any]) -> Theme:
    lists = {key: tuple(data[key]) for key in ("words", "stages", "done", "ongoing")}
    return Theme(**{**data, **lists})


def _row(item: dict[str, Any]) -> TableRow:
    text = item["requirement"]
    return TableRow(
        (text,) if isinstance(text, str) else tuple(text), item["lead"], item["responsible"], item["deadline"]
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / name).read_text(encoding="utf-8"))
