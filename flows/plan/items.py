"""From lines to items: requirements parted, units and deadlines read, doubts collected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from flows.plan.checks import open_questions
from flows.plan.deadline_rhythm import rhythm_of
from flows.plan.deadlines import ReadDeadline, find_deadline, find_rhythm, mentions, names_relative_day, read_deadline
from flows.plan.header import UNITS, Column, first_leads
from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind
from flows.plan.narrative_closings import cut_closings
from flows.plan.narrative_lend import Lender
from flows.plan.narrative_units import Closing, time_in_bracket
from flows.plan.numbering import Part, finish, split_requirement, without_ordinal
from flows.plan.rows import Line
from flows.plan.script import garbled
from flows.plan.targets import find_targets
from flows.plan.textual import cut, one_line
from flows.plan.units import UnitCell, split_units

_RULE_NOTE = re.compile(r"[（(][^（）()]*(?:第一|首位|列首|排首)[^（）()]*[）)]")


@dataclass(frozen=True, slots=True)
class Cells:
    """What one requirement has to itself of its line's units and deadline."""

    lead: str
    responsible: str
    deadline: str
    closing: Closing | None = None
    doubts: tuple[tuple[str, str, str], ...] = ()
    """(field, what was read, sentence)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One requirement of a line with the cells that belong to it."""

    part: Part
    cells: Cells


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for all items of a plan."""

    year: int
    issued: date | None
    lender: Lender | None = None
    first_leads: bool = False
    """The plan says that the first of the responsible units leads."""


def pieces_of(line: Line) -> tuple[Piece, ...]:
    """The requirements of a line; a row that only names a task is one item with the task's words."""
    parts = split_requirement(line.text(Column.REQUIREMENT))
    if not parts:
        text = finish(line.text(Column.TASK))
        parts = (Part(None, text),) if text else ()
    pieces: list[Piece] = []
    for part in parts:
        cells = _cells(line, part, parts)
        pieces.extend(_closed(line, part, cells))
    return tuple(pieces)


def _cells(line: Line, part: Part, parts: tuple[Part, ...]) -> Cells:
    """The line's cells, or the entry with the requirement's own number where a cell counts along."""
    texts, doubts = [], []
    for column in (*UNITS, Column.DEADLINE):
        whole = line.text(column)
        entries = split_requirement(whole) if len(parts) > 1 and not line.told else ()
        numbered: dict[int | None, str] = {e.number: e.text for e in entries if e.number is not None}
        if len(numbered) < 2:
            texts.append(whole)
            continue
        texts.append(numbered.get(part.number, ""))
        if part.number not in numbered:
            doubts.append((column.value, cut(one_line(whole), 60), "这一栏按序号分写，没有这一条的序号，请补填"))
    return Cells(texts[0], texts[1], texts[2], doubts=tuple(doubts))


def _closed(line: Line, part: Part, cells: Cells) -> Iterator[Piece]:
    """Parts of table cells that name their own units in brackets; each bracket closes one."""
    if line.told:
        yield Piece(part, cells)
        return
    segments = cut_closings(part.text)
    closed = [segment for segment in segments if segment.closing and segment.closing.says_who and segment.text]
    if not closed:
        yield Piece(part, cells)
        return
    if cells.lead.strip() or cells.responsible.strip():
        closing = closed[-1].closing or Closing()
        said = "；".join(filter(None, (closing.lead, closing.responsible)))
        doubt = ("responsible", cut(said, 60), "要求里另写有单位，现按单位栏，请核对")
        yield Piece(part, replace(cells, doubts=(*cells.doubts, doubt)))
        return
    text = ""
    for at, segment in enumerate(segments):
        text += segment.text
        if segment.closing is None or not segment.closing.says_who:
            continue
        rest = segments[at + 1 :]
        doubts = list(segment.closing.doubts)
        if len(rest) == 1 and rest[0].closing is None:
            text += rest[0].text
            doubts.append(("requirement", cut(rest[0].text), "单位括号后面还有文字，已并入这一项，请核对"))
        due = segment.closing.deadline or cells.deadline
        number = part.number if segment is closed[0] else None
        own = replace(cells, lead=segment.closing.lead, responsible=segment.closing.responsible, deadline=due)
        yield Piece(Part(number, finish(text)), replace(own, doubts=(*cells.doubts, *doubts)))
        text = ""


def read_item(no: str, line: Line, piece: Piece, frame: Frame) -> tuple[Item, list[Doubt]]:
    """One item and the doubts about it."""
    cells, text = piece.cells, piece.part.text
    lead = split_units(_RULE_NOTE.sub("", cells.lead), leads=True)
    other = split_units(_RULE_NOTE.sub("", cells.responsible))
    task = without_ordinal(line.text(Column.TASK))
    deadline, deadline_doubts = _deadline(line, cells, task, text, frame)
    leading = tuple(dict.fromkeys((*lead.lead, *other.lead)))
    responsible = tuple(unit for unit in dict.fromkeys((*other.responsible, *lead.responsible)) if unit not in leading)
    doubts = [Doubt(no, field, cut(said, 60), sentence) for field, said, sentence in cells.doubts]
    if not leading and len(responsible) > 1 and (frame.first_leads or first_leads(cells.responsible)):
        leading, responsible = responsible[:1], responsible[1:]
    item = Item(
        no=no,
        requirement=text,
        category=without_ordinal(line.text(Column.CATEGORY)) or line.category or None,
        task=task or None,
        lead=leading,
        responsible=responsible,
        deadline=deadline,
        targets=find_targets(text, deadline.text or ""),
        rhythm=rhythm_of(deadline, text),
    )
    doubts.extend(Doubt(no, column.value, cut(said, 60), sentence) for column, said, sentence in line.doubts)
    for column, shared in line.values.items():
        doubts.extend(Doubt(no, column.value, cut(one_line(shared.text), 60), sentence) for sentence in shared.doubts)
    if Column.REQUIREMENT in line.values and not line.text(Column.REQUIREMENT).strip():
        doubts.append(Doubt(no, "requirement", text, "没有写具体要求，暂用任务名称"))
    doubts.extend(_unit_doubts(no, Column.LEAD, lead))
    doubts.extend(_unit_doubts(no, Column.RESPONSIBLE, other))
    doubts.extend(_garbled(no, item))
    doubts.extend(Doubt(no, "due", deadline.text or "", sentence) for sentence in deadline_doubts)
    doubts.extend(question for question in open_questions(item) if not (question.field == "due" and deadline_doubts))
    return item, doubts


def _unit_doubts(no: str, column: Column, cell: UnitCell) -> Iterator[Doubt]:
    yield from (Doubt(no, column.value, text, sentence) for text, sentence in cell.doubts)


def _garbled(no: str, item: Item) -> Iterator[Doubt]:
    fields = (
        ("task", item.task or ""),
        ("requirement", item.requirement),
        ("lead", "、".join(item.lead)),
        ("responsible", "、".join(item.responsible)),
    )
    for name, text in fields:
        if fragment := garbled(text):
            yield Doubt(no, name, fragment, "文字有乱码，请对照原文改正")


def _deadline(line: Line, cells: Cells, task: str, requirement: str, frame: Frame) -> tuple[Deadline, list[str]]:
    """The deadline of an item and what is unsure about it."""
    deadline, doubts = _printed_deadline(line, cells, task, requirement, frame)
    issued, due = frame.issued, deadline.due
    # A notice of December about the turn of the year: 12月20日 may be the December in which it was issued.
    turn = bool(issued and due and issued.year < frame.year == due.year and due.month >= issued.month)
    if turn and issued and due and not re.search("[0-9]{4}|年", deadline.text or ""):
        when = f"{issued.year}年{issued.month}月"
        doubts.append(f"“{deadline.text}”没有写年份，按{due.year}年计；文件印发在{when}，请核对")
    return deadline, doubts


def _printed_deadline(
    line: Line, cells: Cells, task: str, requirement: str, frame: Frame
) -> tuple[Deadline, list[str]]:
    """Column first, else what the requirement says, else what the plan's running text lends.

    Where column and requirement differ the column holds and a doubt says so.
    """
    year, issued = frame.year, frame.issued
    printed = one_line(cells.deadline)
    read = read_deadline(printed, year, issued)
    if printed and (read.kind is not Kind.NONE or read.doubts):
        source = DeadlineSource.TEXT if line.told or not line.text(Column.DEADLINE).strip() else DeadlineSource.COLUMN
        return Deadline(printed, source, read.due, read.kind), [
            *read.doubts,
            *_differences(printed, read, requirement, year),
        ]
    in_text = find_deadline(requirement, year)
    if in_text.kind is Kind.NONE and (bracket := time_in_bracket(requirement)):
        in_text = replace(read_deadline(bracket, year, issued), span=bracket)
    lent = frame.lender.lend(task, requirement) if frame.lender and in_text.due is None else None
    if lent and in_text.kind in (Kind.NONE, Kind.PERIODIC):
        return lent.deadline, list(lent.doubts)
    if in_text.kind is not Kind.NONE:
        return Deadline(in_text.span, DeadlineSource.TEXT, in_text.due, in_text.kind), list(in_text.doubts)
    relative = names_relative_day(requirement)
    if relative:
        counted = read_deadline(relative, year, issued)
        return Deadline(relative, DeadlineSource.TEXT, counted.due, counted.kind), list(counted.doubts)
    return Deadline(), []


_ANY_TIME = ("年内", "年度内", "本年内", "本年度内")
"""Says no more than the year; an earlier day in the column does not contradict it."""


def _differences(printed: str, column: ReadDeadline, requirement: str, year: int) -> Iterator[str]:
    others = "".join(
        f"“{words}”"
        for words, day in mentions(requirement, year)
        if day != column.due and not (words in _ANY_TIME and column.due and column.due <= day)
    )
    if others:
        yield f"要求里写的是{others}，与时限栏“{cut(printed)}”不一致，按时限栏计"
    relative = names_relative_day(requirement)
    if relative:
        yield f"要求里还有“{relative}”，按时限栏“{cut(printed)}”计"
    rhythm = find_rhythm(requirement)
    if rhythm and column.kind is Kind.ONCE and not any(target.per for target in find_targets(requirement)):
        yield f"要求里有“{cut(rhythm)}”，须定期完成；现按时限栏“{cut(printed)}”作限期任务"
