"""A document with running text and a task table: which of the two is the plan, or both together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flows.plan.header import Column
from flows.plan.model import Doubt
from flows.plan.narrative import read_narrative
from flows.plan.narrative_lend import pairs
from flows.plan.rows import Line, Lines
from flows.plan.textual import cut

_ALIKE = 0.6
_FEWEST = 3


def with_text(found: Lines, texts: Sequence[str], year: int) -> tuple[Lines, tuple[Doubt, ...]]:
    """The lines of the plan and what the clerk is to be told of text and table.

    A table that repeats what the text says, or is the longer one, is the plan, and paragraphs that name units beside
    it are told. Where nearly every paragraph with a bracket stands in no row, and there are more of them than rows,
    the text is the plan too: its tasks come first, then the rows that it does not say.
    """
    told = read_narrative(list(texts), year, beside=True)
    other = [line for line in told.lines if not _said(line, found.lines)]
    if not other:
        return found, ()
    if len(other) < _FEWEST or len(other) * 10 < len(told.lines) * 7 or len(other) <= len(found.lines):
        sentence = f"正文里另有{len(other)}段写明了责任单位而表里没有，未列为任务，请核对"
        return found, (Doubt(None, "items", cut(other[0].text(Column.REQUIREMENT), 40), sentence),)
    whole = read_narrative(list(texts), year)
    rows = [_renumbered(line) for line in found.lines if not _said(line, whole.lines)]
    sentence = f"正文和表里都写有任务，已一并列入：正文{len(whole.lines)}段，表中{len(rows)}行，请核对"
    if len(rows) < len(found.lines):
        sentence += f"（表中另有{len(found.lines) - len(rows)}行与正文相同，按正文列入）"
    both = replace(found, lines=[*whole.lines, *rows], notes=[*found.notes, *whole.notes])
    return both, (Doubt(None, "items", cut(other[0].text(Column.REQUIREMENT), 40), sentence),)


def _said(line: Line, others: Sequence[Line]) -> bool:
    """Some other line says the same, or bears the same title."""
    wanted, named = pairs(line.text(Column.REQUIREMENT)), pairs(line.text(Column.TASK))
    rows = [pairs(f"{other.text(Column.TASK)}{other.text(Column.REQUIREMENT)}") for other in others]
    return any(_alike(wanted, row) or _alike(named, row) for row in rows)


def _alike(wanted: frozenset[str], row: frozenset[str]) -> bool:
    return bool(wanted) and len(wanted & row) >= _ALIKE * min(len(wanted), len(row) or 1)


def _renumbered(line: Line) -> Line:
    """A row that counts on behind the tasks of the text: its own 序号 begins again at 1."""
    return replace(line, values={column: text for column, text in line.values.items() if column is not Column.NO})
