"""From lines to items: requirements parted, units and deadlines read, doubts collected."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from flows.plan.checks import open_questions
from flows.plan.deadline_of_item import Known, Said, deadline_of
from flows.plan.deadline_rhythm import rhythm_of
from flows.plan.header import UNITS, Column, first_leads
from flows.plan.model import DeadlineSource, Doubt, Item
from flows.plan.narrative_closings import cut_closings
from flows.plan.narrative_lend import Lender
from flows.plan.narrative_units import Closing
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
    printed = not line.told and bool(line.text(Column.DEADLINE).strip())
    said = Said(cells.deadline, printed, task, text)
    deadline, about_time = deadline_of(said, Known(frame.year, frame.issued, frame.lender))
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
    for column, words, sentence in line.doubts:
        # A blank 时限 cell needs no question where the requirement itself says until when.
        if not (column is Column.DEADLINE and not words and deadline.source is DeadlineSource.TEXT):
            doubts.append(Doubt(no, column.value, cut(words, 60), sentence))
    for column, shared in line.values.items():
        said_of = cut(one_line(shared.text), 60)
        doubts.extend(Doubt(no, column.value, said_of, sentence, shared.choices) for sentence in shared.doubts)
    if Column.REQUIREMENT in line.values and not line.text(Column.REQUIREMENT).strip():
        doubts.append(Doubt(no, "requirement", text, "没有写具体要求，暂用任务名称"))
    doubts.extend(_unit_doubts(no, Column.LEAD, lead))
    doubts.extend(_unit_doubts(no, Column.RESPONSIBLE, other))
    doubts.extend(_no_units(item))
    doubts.extend(_garbled(no, item))
    doubts.extend(Doubt(no, "due", deadline.text or "", one.sentence, one.choices) for one in about_time)
    doubts.extend(question for question in open_questions(item) if not (question.field == "due" and about_time))
    return item, doubts


def _unit_doubts(no: str, column: Column, cell: UnitCell) -> Iterator[Doubt]:
    yield from (Doubt(no, column.value, text, sentence) for text, sentence in cell.doubts)


_NO_UNIT = re.compile(
    r"[0-9一二三四五六七八九十]{1,2}月(?!亮|湖|山|河|坛)|20[0-9]{2}[年/.\-]|[0-9]+(?:日|个工作日)|季度|[上下]半年|年[底末内]前?|每(?:年|月|周|学期)"
    r"|即日起|立行立改|长期|持续|前完成|完成$|学期|开学|[之以]?前(?:[一两二三]周)?$|[。！？]|.{31}"
)


def _no_units(item: Item) -> Iterator[Doubt]:
    """Names of units that hold a time or a sentence: cells ran together, or a time was taken for a unit."""
    for field, names in (("lead", item.lead), ("responsible", item.responsible)):
        for name in names:
            if _NO_UNIT.search(re.sub(r"[（(][^（）()]*[）)]", "", name)):
                yield Doubt(item.no, field, cut(name, 60), f"“{cut(name)}”不像单位名称，请对照原文核对")


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
