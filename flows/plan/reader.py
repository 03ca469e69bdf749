"""A plan document into a Plan: read_plan()."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.plan.deadlines import plan_years
from flows.plan.documents import read_document
from flows.plan.documents.model import Document
from flows.plan.header import LABELS, Column, first_leads
from flows.plan.heading import read_info
from flows.plan.items import Frame, Piece, pieces_of, read_item
from flows.plan.loose_cells import has_unread_table, with_tables
from flows.plan.model import DeadlineSource, Doubt, Item, Kind, Plan
from flows.plan.narrative import read_narrative
from flows.plan.narrative_beside import with_text
from flows.plan.narrative_lend import Lender
from flows.plan.narrative_text import running_text
from flows.plan.numbering import Place, number_items
from flows.plan.rows import Line, Lines, read_lines, sections
from flows.plan.textual import cut
from flows.problems import UserError

_UNREAD_TABLE = "原文像是各格各占一行的表，没能分清各栏，请对照原文核对"


def read_plan(
    path: Path,
    *,
    year: int | None = None,
    issued: date | None = None,
    columns: Mapping[str, str] | None = None,
) -> Plan:
    """Read a plan document: a task table, or chapters whose paragraphs name their units.

    ``year`` and ``issued`` win over what the document says. ``columns``: header words that the clerk has decided
    before, as printed, each with a label of header.LABELS. UserError: file missing, unreadable or of an unknown
    format, no task, nobody named who is to do it. Whatever else is unsure is a Doubt of the plan.
    """
    return plan_of(read_document(path), year=year, issued=issued, columns=columns)


def plan_of(
    document: Document,
    *,
    year: int | None = None,
    issued: date | None = None,
    columns: Mapping[str, str] | None = None,
) -> Plan:
    """The plan that an already read document holds. Where it has text and table, the table is the plan."""
    found = read_lines(document, columns)
    if not found.lines and not found.headers:
        document = with_tables(document)
        found = read_lines(document, columns)
    texts = running_text(document)
    info, doubts = read_info(document, texts, found, year=year, issued=issued)
    with plan_years(info.title, info.issued):
        spoken = [text for _, text in texts]
        lender = None
        if found.lines:
            lender = Lender(spoken, info.year)
            found, about_text = with_text(found, spoken, info.year)
            doubts = (*doubts, *about_text)
        else:
            told = read_narrative(spoken, info.year)
            _require_tasks(found, told, document)
            found = told
            if has_unread_table(document):
                for line in found.lines:
                    line.doubts.append((Column.REQUIREMENT, "", _UNREAD_TABLE))
        said = [*spoken, *(word for header in found.headers for word in header.words)]
        frame = Frame(info.year, info.issued, lender, any(first_leads(text) for text in said))
        items, about_items = _items(found, frame)
        items, about_lent = _lent_by_section(items, lender)
    collected = [
        *doubts,
        *(Doubt(None, "items", "", sentence) for sentence in document.doubts),
        *_about_tables(found),
        *about_items,
        *about_lent,
    ]
    return Plan(document.name, info, tuple(items), tuple(dict.fromkeys(collected)))


def _items(found: Lines, frame: Frame) -> tuple[list[Item], list[Doubt]]:
    pieces: list[tuple[Line, int, int, Piece]] = []
    for row, (group, line) in enumerate(sections(found.lines)):
        pieces.extend((line, group, row, piece) for piece in pieces_of(line))
    places = [
        Place(
            line.text(Column.NO) if line.own_number or piece.part.number is None else "",
            group,
            row,
            piece.part.number,
            line.task_number,
        )
        for line, group, row, piece in pieces
    ]
    numbers, odd = number_items(places)
    items: list[Item] = []
    doubts = [Doubt(None, "no", "", sentence) for sentence in odd]
    for no, (line, _, _, piece) in zip(numbers, pieces, strict=True):
        item, about = read_item(no, line, piece, frame)
        items.append(item)
        doubts.extend(about)
    return items, doubts


def _require_tasks(tables: Lines, told: Lines, document: Document) -> None:
    if told.lines:
        return
    if tables.headers:
        raise UserError(f"{document.name} 的任务表里没有任务", "请检查表头下面是否有内容")
    if tables.unitless:
        words = "、".join(word for word in tables.unitless[0].words if word)
        raise UserError(
            f"{document.name} 的任务表没有责任单位栏（表头：{cut(words, 40)}）", "请在表中加一栏“责任单位”后再试"
        )
    raise UserError(
        f"在 {document.name} 里没有找到任务表，各段也没有写明责任单位",
        "任务表应有表头，如：序号、任务事项、具体要求、责任单位、完成时限；分段写的任务应以（责任单位：……）结尾",
    )


def _about_tables(found: Lines) -> Iterator[Doubt]:
    for text, sentence in found.notes:
        yield Doubt(None, "items", text, sentence)
    for word in dict.fromkeys(word for header in found.headers for word in header.unread):
        yield Doubt(None, "column", word, f"不认识“{word}”这一栏，未读入", tuple(LABELS))
    for word in dict.fromkeys(word for header in found.headers for word in header.mixed):
        sentence = f"“{word}”一栏没有分开牵头与责任单位，请核对牵头单位"
        yield Doubt(None, "column", word, sentence, ("牵头单位", "责任单位"))
    for header in found.headers:
        if not header.printed:
            roles = (next((label for label, role in LABELS.items() if role is c), "") for c in header.columns)
            read = "、".join(f"{w}{label}" for w, label in zip(header.words, roles, strict=True) if label)
            yield Doubt(None, "items", read, "有一张表没有表头，各栏按内容判断，请核对")
    for word, column in dict.fromkeys(guess for header in found.headers for guess in header.guessed):
        label = next((label for label, role in LABELS.items() if role is column), "序号")
        yield Doubt(None, "column", word, f"“{word}”这一栏按内容当作{label}，请核对", tuple(LABELS))
    for word, column in dict.fromkeys(group for header in found.headers for group in header.groups):
        label = next(label for label, role in LABELS.items() if role is column)
        yield Doubt(
            None, "column", word, f"“{word}”一栏是任务大类还是任务事项，暂按{label}，请核对", ("任务大类", "任务事项")
        )
    for header in found.unitless:
        words = "、".join(word for word in header.words if word)
        yield Doubt(None, "items", cut(words, 40), "有一张表没有责任单位栏，未读入")


def _lent_by_section(items: list[Item], lender: Lender | None) -> tuple[list[Item], list[Doubt]]:
    """A date that the text sets under the title of a task and that no item has taken goes to the likeliest one."""
    if lender is None:
        return items, []
    items, doubts = list(items), []
    places: dict[str, list[int]] = {}
    for at, item in enumerate(items):
        if item.task:
            places.setdefault(item.task, []).append(at)
    for task, group in places.items():
        lent = lender.unclaimed(task, [items[at].requirement for at in group])
        if lent is None or any(items[at].deadline.source is DeadlineSource.COLUMN for at in group):
            continue
        sentence = f"正文同名一节写有时限“{cut(lent.sentence, 40)}”，请核对是否指这一项"
        for order, at in enumerate(group):
            if order in lent.likely and items[at].deadline.kind is Kind.NONE:
                if order == lent.likely[0]:
                    items[at] = replace(items[at], deadline=lent.deadline)
                if not lent.sure:
                    doubts.append(Doubt(items[at].no, "due", items[at].deadline.text or "", sentence))
    return items, doubts
