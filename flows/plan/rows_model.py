"""The rows of a plan as they are read from tables and from running text, before they become items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.plan.header import Column, Header
from flows.plan.textual import one_line


@dataclass(slots=True)
class Shared:
    """The text of one cell, shared by all lines that its vertical merge spans; a page break may lengthen it."""

    text: str = ""
    doubts: list[str] = field(default_factory=list)
    choices: tuple[str, ...] = ()
    """What the text may be instead, for its doubts."""


@dataclass(slots=True)
class Line:
    """One row of the plan: a shared text for every column, and what is doubtful about this row alone."""

    values: dict[Column, Shared]
    place: str
    own_number: bool
    category: str = ""
    doubts: list[tuple[Column, str, str]] = field(default_factory=list)
    """(column, what was read, sentence)."""
    told: bool = False
    """It comes from running text, so what it says of time is no column."""
    task_number: str = ""
    """The printed number of its task, where that is no cell of its own."""

    def text(self, column: Column) -> str:
        """The text of a column, '' when the table has no such column."""
        return self.values[column].text if column in self.values else ""


@dataclass(slots=True)
class Lines:
    """All lines of a document's task tables. ``notes`` are sentences about what was left out or guessed."""

    lines: list[Line] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    unitless: list[Header] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """(what was read, sentence)."""
    title_rows: tuple[str, ...] = ()
    first_block: int | None = None
    """Index of the block that the first task table is."""


def sections(lines: list[Line]) -> Iterator[tuple[int, Line]]:
    """Every line with the number of its task: lines that share a task cell, or its text, belong together."""
    group = 0
    before: Line | None = None
    for line in lines:
        if before is not None and not _same_task(before, line):
            group += 1
        yield group, line
        before = line


def _same_task(before: Line, line: Line) -> bool:
    if Column.TASK not in line.values:
        return not line.own_number and Column.NO in line.values
    one, other = before.values.get(Column.TASK), line.values[Column.TASK]
    if one is None or one is other:
        return one is other
    text = one_line(other.text)
    # The same words again are a merge that was lost, also where each row has a number of its own.
    return one_line(one.text) == text and (not line.own_number or bool(text))
