"""The deadline of one item: its column, else what its requirement says, else what the plan's running text lends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.plan.deadline_common import days_and_kinds
from flows.plan.deadlines import ReadDeadline, find_deadline, find_rhythm, mentions, names_relative_day, read_deadline
from flows.plan.model import Deadline, DeadlineSource, Kind
from flows.plan.narrative_lend import Lender
from flows.plan.narrative_units import time_in_bracket
from flows.plan.targets import find_targets
from flows.plan.textual import cut, one_line


@dataclass(frozen=True, slots=True)
class Said:
    """Where an item's time may stand. ``column``: what belongs to it of the 时限 column or of its bracket.

    ``printed``: the plan has such a column and something stands in it; otherwise the words come from running text.
    """

    column: str
    printed: bool
    task: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the plan knows of time: its year, its day of issue and the sentences that lend deadlines."""

    year: int
    issued: date | None
    lender: Lender | None = None


@dataclass(frozen=True, slots=True)
class TimeDoubt:
    """A sentence about a deadline and the readings to pick from: days and kinds."""

    sentence: str
    choices: tuple[str, ...] = ()


def deadline_of(said: Said, known: Known) -> tuple[Deadline, list[TimeDoubt]]:
    """The deadline of an item and what is unsure about it."""
    deadline, doubts = _found(said, known)
    issued, due = known.issued, deadline.due
    # A notice of December about the turn of the year: 12月20日 may be the December in which it was issued.
    turn = bool(issued and due and issued.year < known.year == due.year and due.month >= issued.month)
    if turn and issued and due and not re.search("[0-9]{4}|年", deadline.text or ""):
        when = f"{issued.year}年{issued.month}月"
        sentence = f"“{deadline.text}”没有写年份，按{due.year}年计；文件印发在{when}，请核对"
        other = due.replace(year=issued.year, day=min(due.day, 28 if due.month == 2 else due.day))
        doubts.append(TimeDoubt(sentence, days_and_kinds((other, due))))
    return deadline, doubts


def _found(said: Said, known: Known) -> tuple[Deadline, list[TimeDoubt]]:
    """Where column and requirement differ the column holds and a doubt says so."""
    year, issued = known.year, known.issued
    printed, requirement = one_line(said.column), said.requirement
    read = read_deadline(printed, year, issued)
    if printed and (read.kind is not Kind.NONE or read.doubts):
        source = DeadlineSource.COLUMN if said.printed else DeadlineSource.TEXT
        deadline = Deadline(printed, source, read.due, read.kind)
        return deadline, [*_doubts(read), *_differences(printed, read, requirement, year)]
    in_text = find_deadline(requirement, year)
    if in_text.kind is Kind.NONE and (bracket := time_in_bracket(requirement)):
        in_text = replace(read_deadline(bracket, year, issued), span=bracket)
    lent = known.lender.lend(said.task, requirement) if known.lender and in_text.due is None else None
    if lent and in_text.kind is not Kind.ONCE:
        choices = days_and_kinds((lent.deadline.due,), (Kind.NONE,))
        return lent.deadline, [TimeDoubt(doubt, choices) for doubt in lent.doubts]
    if in_text.kind is not Kind.NONE:
        return Deadline(in_text.span, DeadlineSource.TEXT, in_text.due, in_text.kind), list(_doubts(in_text))
    relative = names_relative_day(requirement)
    if relative:
        counted = read_deadline(relative, year, issued)
        return Deadline(relative, DeadlineSource.TEXT, counted.due, counted.kind), list(_doubts(counted))
    return Deadline(), list(_doubts(in_text))


def _doubts(read: ReadDeadline) -> Iterator[TimeDoubt]:
    yield from (TimeDoubt(sentence, read.choices) for sentence in read.doubts)


_ANY_TIME = ("年内", "年度内", "本年内", "本年度内")
"""Says no more than the year; an earlier day in the column does not contradict it."""


def _differences(printed: str, column: ReadDeadline, requirement: str, year: int) -> Iterator[TimeDoubt]:
    others: Sequence[tuple[str, date]] = [
        (words, day)
        for words, day in mentions(requirement, year)
        if day != column.due and not (words in _ANY_TIME and column.due and column.due <= day)
    ]
    if others:
        told = "".join(f"“{words}”" for words, _ in others)
        choices = days_and_kinds((column.due, *(day for _, day in others)))
        yield TimeDoubt(f"要求里写的是{told}，与时限栏“{cut(printed)}”不一致，按时限栏计", choices)
    relative = names_relative_day(requirement)
    if relative:
        yield TimeDoubt(f"要求里还有“{relative}”，按时限栏“{cut(printed)}”计", days_and_kinds((column.due,)))
    rhythm = find_rhythm(requirement)
    if rhythm and column.kind is Kind.ONCE and not any(target.per for target in find_targets(requirement)):
        sentence = f"要求里有“{cut(rhythm)}”，须定期完成；现按时限栏“{cut(printed)}”作限期任务"
        yield TimeDoubt(sentence, days_and_kinds((column.due,), (Kind.ONCE, Kind.PERIODIC)))
