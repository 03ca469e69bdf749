"""Writing 任务分解表.xlsx, the table that the office corrects and from then on owns."""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flows.files import write_file
from flows.plan.model import Doubt, Item, Plan
from flows.plan.review_carried import write_carried
from flows.plan.review_front import write_changes, write_choices, write_questions, write_remembered
from flows.plan.review_layout import (
    ADDED,
    CANCELLED,
    CHUNK,
    COLUMNS,
    DOUBT_AT,
    HEADER_ROW,
    HELP,
    HELP_TEXT,
    IMPORTED,
    INFO,
    INFO_ROWS,
    KINDS,
    LAST_PREPARED_ROW,
    LAYOUT,
    MARKS,
    NAMES,
    SOURCES,
    TASKS,
    cells_of,
    height_of,
    shown,
)
from flows.plan.review_pages import Pages, letter
from flows.plan.review_questions import questions
from flows.plan.review_shares import Assignments, write_groups, write_shares
from flows.plan.review_state import Backdrop
from flows.roster import GroupReading


def write_review(
    plan: Plan,
    path: Path,
    assignments: Assignments | None = None,
    groups: Sequence[GroupReading] = (),
    backdrop: Backdrop | None = None,
) -> None:
    """Write the review workbook, replacing what stands at ``path`` in one step.

    ``assignments`` fills the sheet 分工, ``groups`` the sheet 泛称; both only inform. ``backdrop`` is what stands
    beside the plan when it is not read for the first time. UserError when the file is open in another program; the
    old file is then untouched.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Writer(Pages(book), plan, backdrop or Backdrop()).write(assignments or {}, groups)
    book.close()
    write_file(path, buffer.getvalue())


class _Writer:
    def __init__(self, pages: Pages, plan: Plan, backdrop: Backdrop) -> None:
        self.pages = pages
        self.book = pages.book
        self.plan = plan
        self.backdrop = backdrop
        self.items = {item.no: item for item in plan.items}
        self.rows = {item.no: row for row, item in enumerate((*plan.items, *backdrop.cancelled), HEADER_ROW)}
        self.by_item: dict[str, list[Doubt]] = {}
        for doubt in plan.doubts:
            if doubt.no in self.items:
                self.by_item.setdefault(str(doubt.no), []).append(doubt)

    def write(self, assignments: Assignments, groups: Sequence[GroupReading]) -> None:
        back = self.backdrop
        lists = write_questions(self.pages, self.plan.doubts, self.items, self.rows, back.units)
        self._tasks()
        if back.changes:
            write_changes(self.pages, back.changes)
        if back.carried:
            write_carried(self.pages, back.carried, self.rows)
        self._info()
        if assignments:
            write_shares(self.pages, self.plan, assignments)
        if groups:
            write_groups(self.pages, groups)
        if back.remembered:
            write_remembered(self.pages, back.remembered)
        self._help()
        write_choices(self.pages, lists)
        self._imported()
        if not self.plan.doubts:
            self.book.get_worksheet_by_name(TASKS).activate()
        self.book.set_properties({"title": shown(self.plan.info.title), "subject": TASKS})

    def _tasks(self) -> None:
        pages, last, doubt = self.pages, len(COLUMNS) - 1, letter(DOUBT_AT)
        sheet = pages.sheet(TASKS, [column.width for column in COLUMNS])
        sheet.merge_range(0, 0, 0, last, self._summary(), pages.alarm if self.plan.doubts else pages.title)
        sheet.set_row(0, 34)
        head = HEADER_ROW - 1
        pages.header(sheet, head, NAMES)
        due, kind, source = NAMES.index("截止日期"), NAMES.index("时限类型"), NAMES.index("时限出处")
        sheet.set_column(0, 0, COLUMNS[0].width, self.book.add_format({"num_format": "@"}))
        sheet.set_column(due, due, COLUMNS[due].width, self.book.add_format({"num_format": "yyyy-mm-dd"}))
        for item in self.plan.items:
            self._item(sheet, item, self.backdrop.marks.get(item.no, ""))
            self._mark(sheet, self.rows[item.no], item.no)
        for item in self.backdrop.cancelled:
            self._item(sheet, item, CANCELLED)
        bottom = HEADER_ROW + len(self.rows) - 1
        area = (HEADER_ROW, 0, LAST_PREPARED_ROW, last)
        first, mark = HEADER_ROW + 1, letter(NAMES.index("变动"))
        for formula, style in (
            (f'=${mark}{first}="{CANCELLED}"', pages.row_gone),
            (f'=${doubt}{first}<>""', pages.row_doubt),
            (f'=${mark}{first}="{ADDED}"', pages.row_new),
        ):
            sheet.conditional_format(*area, {"type": "formula", "criteria": formula, "format": style})
        self._lists(sheet, due, kind, source)
        sheet.autofilter(head, 0, max(bottom, head), last)
        sheet.freeze_panes(HEADER_ROW, 1)
        sheet.repeat_rows(0, head)

    def _summary(self) -> str:
        text = f"{shown(self.plan.info.title)}    共 {len(self.plan.items)} 条"
        asked = questions(self.plan.doubts, self.items)
        if not asked:
            return f"{text}，没有存疑"
        text += f"，{len(asked)} 个问题要定（见“存疑”表）"
        if self.by_item:
            doubtful = [no for no in self.items if no in self.by_item]
            numbers = "、".join(doubtful[:15]) + ("……" if len(doubtful) > 15 else "")
            text += f"；其中 {len(self.by_item)} 条存疑（黄底，任务编号：{numbers}）"
        return text

    def _item(self, sheet: Any, item: Item, mark: str) -> None:
        pages, row = self.pages, self.rows[item.no]
        texts = cells_of(item, self.by_item.get(item.no, ()), mark)
        styles = {"任务编号": pages.key, "时限类型": pages.middle, "时限出处": pages.middle, "变动": pages.middle}
        for at, name in enumerate(NAMES):
            if name == "截止日期" and item.deadline.due:
                sheet.write_datetime(row, at, item.deadline.due, pages.day)
            elif name == "截止日期":
                sheet.write_blank(row, at, None, pages.day)
            else:
                pages.put(sheet, row, at, texts[name], styles.get(name))
        sheet.set_row(row, height_of([(texts[column.name], column.width) for column in COLUMNS]))

    def _mark(self, sheet: Any, row: int, no: str) -> None:
        """The cells that a doubt is about are darker than their row, until the 存疑 cell is cleared."""
        fields = {doubt.field for doubt in self.by_item.get(no, ())}
        for at, column in enumerate(COLUMNS):
            if fields.intersection(column.fields) or (fields and column.name == "存疑"):
                formula = f'=${letter(DOUBT_AT)}{row + 1}<>""'
                rule = {"type": "formula", "criteria": formula, "format": self.pages.cell_doubt}
                sheet.conditional_format(row, at, row, at, {**rule, "stop_if_true": True})

    def _lists(self, sheet: Any, due: int, kind: int, source: int) -> None:
        mark = NAMES.index("变动")
        for column, words in ((kind, list(KINDS)), (source, list(SOURCES)), (mark, list(MARKS))):
            rule: dict[str, Any] = {
                "validate": "list",
                "source": words,
                "error_title": "请从下拉列表中选",
                "error_message": " ".join(words),
            }
            sheet.data_validation(HEADER_ROW, column, LAST_PREPARED_ROW, column, rule)
        years = {"minimum": date(2000, 1, 1), "maximum": date(2100, 12, 31)}
        rule = {"validate": "date", "criteria": "between", **years, "error_title": "请填写日期"}
        rule["error_message"] = "请写成 2026-10-31 这样的日期，没有时限的留空"
        sheet.data_validation(HEADER_ROW, due, LAST_PREPARED_ROW, due, rule)

    def _info(self) -> None:
        sheet = self.pages.sheet(INFO, (14, 70))
        info = self.plan.info
        values = (info.title, info.doc_number, info.issuer, str(info.year), info.issued, self.plan.source)
        self.pages.header(sheet, 0, ("项目", "内容"))
        for row, (name, value) in enumerate(zip(INFO_ROWS, values, strict=True), 1):
            self.pages.put(sheet, row, 0, name, self.pages.head)
            if name == "印发日期":
                left = self.book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "border": 1})
                sheet.write_datetime(row, 1, value, left) if value else sheet.write_blank(row, 1, None, left)
            else:
                self.pages.put(sheet, row, 1, shown(str(value or "")))

    def _help(self) -> None:
        sheet = self.pages.sheet(HELP, (16, 100))
        for row, (head, text) in enumerate(HELP_TEXT):
            self.pages.put(sheet, row, 0, head, self.pages.head)
            self.pages.put(sheet, row, 1, text)
            sheet.set_row(row, height_of([(text, 100)]))

    def _imported(self) -> None:
        sheet = self.book.add_worksheet(IMPORTED)
        text = json.dumps(self._record())
        for row, start in enumerate(range(0, len(text), CHUNK)):
            sheet.write_string(row, 0, text[start : start + CHUNK])
        sheet.very_hidden()

    def _record(self) -> dict[str, Any]:
        """What the reader needs to tell the office's edits; read_record is its inverse."""
        back = self.backdrop
        same = back.reading is None or back.reading.as_record() == self.plan.as_record()
        return {
            "layout": LAYOUT,
            "token": secrets.token_hex(8),
            "plan": self.plan.as_record(),
            "doubts": [
                doubt.as_dict()
                | {
                    "choices": list(doubt.choices),
                    "roster": doubt in back.roster_doubts,
                    "kept": doubt in back.kept_doubts,
                }
                for doubt in self.plan.doubts
            ],
            "reading": None if same or back.reading is None else back.reading.as_record(),
            "settled": [doubt.as_dict() for doubt in back.settled],
            "cancelled": [item.as_record() for item in back.cancelled],
            "marks": dict(back.marks),
            "pending": [asdict(moved) for moved in back.pending],
            "carried": [each.as_dict() for each in back.carried],
            "changes": [asdict(each) for each in back.changes],
        }
