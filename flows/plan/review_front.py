"""The sheets that a clerk sees first: 存疑 with what to decide, 变动 since the last reading, 已记住."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.plan.model import Doubt, Item
from flows.plan.review_layout import (
    CHANGE_COLUMNS,
    CHANGES,
    CHOICES,
    COLUMNS,
    DOUBT_COLUMNS,
    DOUBTS,
    FORGET,
    LAST_PREPARED_ROW,
    REMEMBERED,
    REMEMBERED_COLUMNS,
    TASKS,
    height_of,
    label_of,
    shown,
)
from flows.plan.review_pages import Pages, letter
from flows.plan.review_questions import Question, is_expression, questions
from flows.plan.review_state import Change, Remembered
from flows.plan.units import join_names

_WIDTHS = (13, 10, 30, 46, 26, 48)
_ANSWER = DOUBT_COLUMNS.index("处理")


def write_questions(
    pages: Pages,
    doubts: Sequence[Doubt],
    items: Mapping[str, Item],
    rows: Mapping[str, int],
    units: tuple[str, ...],
) -> list[tuple[str, ...]]:
    """存疑: one row a question. ``rows``: item number → its row in the sheet of tasks, counted from 0.

    Gives the lists of the drop-downs, which ``write_choices`` puts into a sheet of their own.
    """
    asked = questions(doubts, items)
    sheet = pages.sheet(DOUBTS, _WIDTHS, tab="#FFC000" if asked else "#70AD47")
    note = (
        f"有 {len(asked)} 个问题要定：在“处理”一栏选或写，保存即可（写法见“填写说明”）"
        if asked
        else "没有存疑，不用处理，可以直接下发"
    )
    sheet.merge_range(0, 0, 0, len(_WIDTHS) - 1, note, pages.alarm if asked else pages.title)
    sheet.set_row(0, 30)
    pages.header(sheet, 1, DOUBT_COLUMNS)
    lists: dict[tuple[str, ...], int] = {}
    for row, question in enumerate(asked, 2):
        _question(pages, sheet, row, question, items, rows)
        place = lists.setdefault(question.options(units), len(lists))
        column = letter(place)
        length = len(question.options(units))
        sheet.data_validation(
            row,
            _ANSWER,
            row,
            _ANSWER,
            {
                "validate": "list",
                "source": f"='{CHOICES}'!${column}$1:${column}${length}",
                "show_error": False,
                "input_title": "怎样处理",
                "input_message": "从列表里选，也可以自己写",
            },
        )
    if asked:
        last = letter(_ANSWER)
        area = (2, 0, len(asked) + 1, len(_WIDTHS) - 1)
        rule = {"type": "formula", "criteria": f'=${last}3<>""', "format": pages.answered}
        sheet.conditional_format(*area, rule)
        sheet.autofilter(1, 0, len(asked) + 1, len(_WIDTHS) - 1)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
    return list(lists)


def _question(
    pages: Pages, sheet: Any, row: int, question: Question, items: Mapping[str, Item], rows: Mapping[str, int]
) -> None:
    where, label, text, message = question.row
    no = question.first.no or ""
    if no in rows:
        place = _cell(question.first, items.get(no), rows[no])
        sheet.write_url(row, 0, f"internal:'{TASKS}'!{place}", pages.link, where, "跳到任务分解表的这一格")
    else:
        pages.put(sheet, row, 0, where, pages.key)
    pages.put(sheet, row, 1, label, pages.middle)
    risky = text.startswith(("=", "+", "-", "@"))
    pages.put(sheet, row, 2, text, None if risky else pages.asked)
    pages.put(sheet, row, 3, message)
    sheet.write_blank(row, _ANSWER, None, pages.answer)
    item = items.get(no)
    context = "" if item is None else shown("：".join(part for part in (item.task, item.requirement) if part))
    context = context if len(context) <= 120 else f"{context[:119]}…"
    pages.put(sheet, row, 5, context, None if context.startswith(("=", "+", "-", "@")) else pages.faint)
    texts = [(where, _WIDTHS[0]), (text, _WIDTHS[2]), (message, _WIDTHS[3]), (context, _WIDTHS[5])]
    sheet.set_row(row, max(32, height_of(texts)))


def _cell(doubt: Doubt, item: Item | None, row: int) -> str:
    """The cell of the sheet of tasks that a doubt is about; for a unit the column in which it really stands."""
    field = doubt.field
    if item and is_expression(doubt, item):
        field = "lead" if doubt.text in item.lead else "responsible"
    column = next((at for at, column in enumerate(COLUMNS) if field in column.fields), 0)
    return f"{letter(column)}{row + 1}"


def write_choices(pages: Pages, lists: Sequence[tuple[str, ...]]) -> None:
    """The lists of the drop-downs, out of sight."""
    if not lists:
        return
    sheet = pages.book.add_worksheet(CHOICES)
    for column, options in enumerate(lists):
        for row, option in enumerate(options):
            sheet.write_string(row, column, shown(option))
    sheet.very_hidden()


def write_changes(pages: Pages, changes: Sequence[Change]) -> None:
    """变动: every difference between the last reading and this one, and what holds."""
    widths = (8, 8, 12, 10, 44, 44, 44)
    sheet = pages.sheet(CHANGES, widths, tab="#5B9BD5")
    sheet.merge_range(0, 0, 0, 6, f"与上次读入相比，有 {len(changes)} 处变动，供查看", pages.title)
    sheet.set_row(0, 26)
    pages.header(sheet, 1, CHANGE_COLUMNS)
    for row, change in enumerate(changes, 2):
        label = label_of(change.field) if change.field else ""
        texts = (change.before, change.now, change.used)
        for at, text in enumerate((change.no or "", change.old_no or "", change.what, label)):
            pages.put(sheet, row, at, shown(text), pages.key if at < 2 else pages.middle)
        for at, text in enumerate(texts, 4):
            pages.put(sheet, row, at, shown(text))
        sheet.set_row(row, height_of([(shown(text), 44) for text in texts]))
    sheet.autofilter(1, 0, len(changes) + 1, 6)
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)


def write_remembered(pages: Pages, remembered: Sequence[Remembered]) -> None:
    """已记住: what was decided once, with a drop-down to take it back."""
    widths = (6, 8, 34, 60, 18, 12, 12)
    sheet = pages.sheet(REMEMBERED, widths)
    note = "以前定过的，读计划时照用，不再问。不想再用的，在“处理”一栏选“不再使用”"
    sheet.merge_range(0, 0, 0, 6, note, pages.title)
    sheet.set_row(0, 26)
    pages.header(sheet, 1, REMEMBERED_COLUMNS)
    for row, kept in enumerate(remembered, 2):
        sheet.write_number(row, 0, kept.id, pages.middle)
        pages.put(sheet, row, 1, "单位" if kept.kind == "unit" else "表头", pages.middle)
        pages.put(sheet, row, 2, shown(kept.word))
        meaning = shown(join_names(kept.meaning))
        pages.put(sheet, row, 3, meaning)
        pages.put(sheet, row, 4, shown(kept.plan))
        sheet.write_datetime(row, 5, kept.day, pages.day)
        sheet.write_blank(row, 6, None, pages.asked)
        sheet.set_row(row, height_of([(shown(kept.word), 34), (meaning, 60)]))
    sheet.data_validation(2, 6, LAST_PREPARED_ROW, 6, {"validate": "list", "source": [FORGET]})
    sheet.freeze_panes(2, 0)
    sheet.repeat_rows(1)
