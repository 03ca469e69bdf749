"""Pieces of prose that several chapters share: passages, names of items, groups of cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.documents.chinese import clipped, listed, numbers_of
from flows.progress import Answer, Cell, Snapshot, UnitLine

SHORT_NAME = 24
"""Characters of an item's name in running text."""
_CIRCUMSTANCE = re.compile("(?:结合|按照?|根据|围绕|依据|依照|对于|对照|针对|通过|为了?|在|以).{0,12}")
"""A short clause that opens so does not say what is to be done."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A heading without its mark and the paragraphs below it."""

    title: str
    sentences: tuple[str, ...]


def item_name(no: str, requirement: str, task: str | None) -> str:
    """第1.2项“…”: the number and enough to know it by: the requirement's first clause, else the task."""
    clause = re.split(r"[，；。,;]", clipped(requirement, 10_000), maxsplit=1)[0]
    if task and len(task) <= SHORT_NAME and (len(clause) > SHORT_NAME or _CIRCUMSTANCE.fullmatch(clause)):
        clause = task
    name = clipped(clause, SHORT_NAME).replace("“", "‘").replace("”", "’")
    return f"第{no}项“{name}”" if name else f"第{no}项"


def names(lines: Iterable[UnitLine]) -> str:
    """Unit names as an enumeration."""
    return listed(line.unit.name for line in lines)


def answered_as(snapshot: Snapshot, *answers: Answer) -> tuple[UnitLine, ...]:
    """The units whose answer stands so, in roster order."""
    return tuple(line for line in snapshot.units if line.answer in answers)


def by_unit(cells: Iterable[Cell]) -> str:
    """甲局（第1.2项、3项）、乙局（第2项）: units in the order they appear, each with its item numbers."""
    groups: dict[str, list[str]] = {}
    for cell in cells:
        groups.setdefault(cell.unit.name, []).append(cell.item.no)
    return listed(f"{unit}（{numbers_of(numbers)}）" for unit, numbers in groups.items())
