"""A plan document into a Plan: read_plan()."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from flows.plan.checks import open_questions
from flows.plan.deadlines import ReadDeadline, find_deadline, find_rhythm, mentions, names_relative_day, read_deadline
from flows.plan.documents import read_document
from flows.plan.documents.model import Document
from flows.plan.header import Column
from flows.plan.heading import read_info
from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind, Plan
from flows.plan.numbering import Part, Place, finish, number_items, split_requirement, without_ordinal
from flows.plan.rows import Line, Lines, read_lines, sections
from flows.plan.textual import cut, one_line
from flows.plan.units import UnitCell, split_units
from flows.problems import UserError


def read_plan(path: Path, *, year: int | None = None, issued: date | None = None) -> Plan:
    """Read a plan document that holds a task table.

    ``year`` and ``issued`` win over what the document says. UserError: file missing, unreadable or of an unknown
    format, no task table, no column for units. Whatever else is unsure is a Doubt of the plan.
    """
    return plan_of(read_document(path), year=year, issued=issued)


def plan_of(document: Document, *, year: int | None = None, issued: date | None = None) -> Plan:
    """The plan that an already read document holds."""
    found = read_lines(document)
    _require_tasks(found, document)
    info, doubts = read_info(document, found.first_block or 0, found.title_rows, year=year, issued=issued)
    pieces = [
        (line, group, row, part) for row, (group, line) in enumerate(sections(found.lines)) for part in _parts(line)
    ]
    places = [
        Place(line.text(Column.NO) if line.own_number or part.number is None else "", group, row, part.number)
        for line, group, row, part in pieces
    ]
    numbers, odd = number_items(places)
    items: list[Item] = []
    collected = [*doubts, *_about_tables(found), *(Doubt(None, "no", "", sentence) for sentence in odd)]
    for no, (line, _, _, part) in zip(numbers, pieces, strict=True):
        item, item_doubts = _item(no, line, part, info.year, info.issued)
        items.append(item)
        collected.extend(item_doubts)
    return Plan(document.name, info, tuple(items), tuple(dict.fromkeys(collected)))


def _require_tasks(found: Lines, document: Document) -> None:
    if found.lines:
        return
    if found.headers:
        raise UserError(f"{document.name} 的任务表里没有任务", "请检查表头下面是否有内容")
    if found.unitless:
        words = "、".join(word for word in found.unitless[0].words if word)
        raise UserError(
            f"{document.name} 的任务表没有责任单位栏（表头：{cut(words, 40)}）", "请在表中加一栏“责任单位”后再试"
        )
    raise UserError(
        f"在 {document.name} 里没有找到任务表",
        "任务表应有表头，如：序号、任务事项、具体要求、责任单位、完成时限",
    )


def _about_tables(found: Lines) -> Iterator[Doubt]:
    for text, sentence in found.notes:
        yield Doubt(None, "items", text, sentence)
    for word in dict.fromkeys(word for header in found.headers for word in header.unread):
        yield Doubt(None, "items", word, f"不认识“{word}”这一栏，未读入")
    for word in dict.fromkeys(word for header in found.headers for word in header.mixed):
        yield Doubt(None, "lead", word, f"“{word}”一栏没有分开牵头与责任单位，请核对牵头单位")
    for header in found.unitless:
        words = "、".join(word for word in header.words if word)
        yield Doubt(None, "items", cut(words, 40), "有一张表没有责任单位栏，未读入")


def _parts(line: Line) -> tuple[Part, ...]:
    """The requirements of a line; a row that only names a task is one item with the task's words."""
    parts = split_requirement(line.text(Column.REQUIREMENT))
    if parts:
        return parts
    text = finish(line.text(Column.TASK))
    return (Part(None, text),) if text else ()


def _item(no: str, line: Line, part: Part, year: int, issued: date | None) -> tuple[Item, list[Doubt]]:
    lead = split_units(line.text(Column.LEAD), leads=True)
    other = split_units(line.text(Column.RESPONSIBLE))
    deadline, deadline_doubts = _deadline(line, part.text, year, issued)
    leading = tuple(dict.fromkeys((*lead.lead, *other.lead)))
    responsible = tuple(unit for unit in dict.fromkeys((*other.responsible, *lead.responsible)) if unit not in leading)
    item = Item(
        no=no,
        requirement=part.text,
        category=without_ordinal(line.text(Column.CATEGORY)) or line.category or None,
        task=without_ordinal(line.text(Column.TASK)) or None,
        lead=leading,
        responsible=responsible,
        deadline=deadline,
    )
    doubts = [Doubt(no, column.value, cut(text, 60), sentence) for column, text, sentence in line.doubts]
    for column, shared in line.values.items():
        doubts.extend(Doubt(no, column.value, cut(one_line(shared.text), 60), sentence) for sentence in shared.doubts)
    if Column.REQUIREMENT in line.values and not line.text(Column.REQUIREMENT).strip():
        doubts.append(Doubt(no, "requirement", part.text, "没有写具体要求，暂用任务名称"))
    doubts.extend(_unit_doubts(no, Column.LEAD, lead))
    doubts.extend(_unit_doubts(no, Column.RESPONSIBLE, other))
    doubts.extend(Doubt(no, "due", deadline.text or "", sentence) for sentence in deadline_doubts)
    doubts.extend(question for question in open_questions(item) if not (question.field == "due" and deadline_doubts))
    return item, doubts


def _unit_doubts(no: str, column: Column, cell: UnitCell) -> Iterator[Doubt]:
    yield from (Doubt(no, column.value, text, sentence) for text, sentence in cell.doubts)


def _deadline(line: Line, requirement: str, year: int, issued: date | None) -> tuple[Deadline, list[str]]:
    """Column first, else what the requirement says; where the two differ the column holds and a doubt says so."""
    printed = one_line(line.text(Column.DEADLINE))
    read = read_deadline(printed, year, issued)
    if printed and (read.kind is not Kind.NONE or read.doubts):
        deadline = Deadline(printed, DeadlineSource.COLUMN, read.due, read.kind)
        return deadline, [*read.doubts, *_differences(printed, read, requirement, year)]
    in_text = find_deadline(requirement, year)
    if in_text.kind is not Kind.NONE:
        return Deadline(in_text.span, DeadlineSource.TEXT, in_text.due, in_text.kind), list(in_text.doubts)
    relative = names_relative_day(requirement)
    if relative:
        counted = read_deadline(relative, year, issued)
        return Deadline(relative, DeadlineSource.TEXT, counted.due, counted.kind), list(counted.doubts)
    return Deadline(), []


def _differences(printed: str, column: ReadDeadline, requirement: str, year: int) -> Iterator[str]:
    others = "".join(f"“{words}”" for words, day in mentions(requirement, year) if day != column.due)
    if others:
        yield f"要求里写的是{others}，与时限栏“{cut(printed)}”不一致，按时限栏计"
    relative = names_relative_day(requirement)
    if relative:
        yield f"要求里还有“{relative}”，按时限栏“{cut(printed)}”计"
    rhythm = find_rhythm(requirement)
    if rhythm and column.kind is Kind.ONCE:
        yield f"要求里有“{cut(rhythm)}”，须定期完成；现按时限栏“{cut(printed)}”作限期任务"
