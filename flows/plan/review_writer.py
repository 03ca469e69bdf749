"""Writing 任务分解表.xlsx, the table that the office corrects and from then on owns."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows.files import write_file
from flows.plan.model import Doubt, Plan
from flows.plan.review_layout import (
    ASSIGNED,
    CHUNK,
    COLUMNS,
    DOUBT_COLUMNS,
    DOUBTS,
    GROUPS,
    HEADER_ROW,
    HELP,
    HELP_TEXT,
    IMPORTED,
    INFO,
    INFO_ROWS,
    KINDS,
    LAST_PREPARED_ROW,
    LAYOUT,
    NAMES,
    SOURCES,
    TASKS,
    cells_of,
    height_of,
    label_of,
    shown,
)
from flows.plan.units import join_names
from flows.roster import GroupReading

Assignments = Mapping[str, Sequence[tuple[str, str]]]
"""Item number → (unit, "lead" | "responsible")."""


def write_review(
    plan: Plan, path: Path, assignments: Assignments | None = None, groups: Sequence[GroupReading] = ()
) -> None:
    """Write the review workbook, replacing what stands at ``path`` in one step.

    ``assignments`` fills the sheet 分工, ``groups`` the sheet 泛称; both only inform. UserError when the file is open
    in another program; the old file is then untouched.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Writer(book, plan).write(assignments or {}, groups)
    book.close()
    write_file(path, buffer.getvalue())


class _Writer:
    def __init__(self, book: Any, plan: Plan) -> None:
        self.book = book
        self.plan = plan
        font = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True}
        line = {**font, "border": 1, "border_color": "#BFBFBF"}
        add = book.add_format
        self.title = add({**font, "font_size": 12, "bold": True, "valign": "vcenter"})
        self.alarm = add({**font, "font_size": 12, "bold": True, "valign": "vcenter", "bg_color": "#FFE699"})
        self.head = add({**line, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#D9E2F3"})
        self.steep = add({**line, "rotation": 90, "align": "center", "valign": "bottom", "bg_color": "#D9E2F3"})
        self.text = add(line)
        self.middle = add({**line, "align": "center"})
        self.key = add({**line, "align": "center", "num_format": "@"})
        self.quoted = add({**line, "quote_prefix": True})
        self.day = add({**line, "align": "center", "num_format": "yyyy-mm-dd"})
        self.row_doubt = add({"bg_color": "#FFF9E0"})
        self.cell_doubt = add({"bg_color": "#FFD966", "bold": True})
        numbers = {item.no for item in plan.items}
        self.by_item: dict[str, list[Doubt]] = {}
        for doubt in plan.doubts:
            if doubt.no in numbers:
                self.by_item.setdefault(str(doubt.no), []).append(doubt)
        self.general = [doubt for doubt in plan.doubts if doubt.no not in numbers]

    def write(self, assignments: Assignments, groups: Sequence[GroupReading]) -> None:
        self._tasks()
        self._info()
        self._general_doubts()
        if assignments:
            self._assigned(assignments)
        if groups:
            self._groups(groups)
        self._help()
        self._imported()
        self.book.set_properties({"title": shown(self.plan.info.title), "subject": TASKS})

    def _sheet(self, name: str, widths: Sequence[float]) -> Any:
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        return sheet

    def _put(self, sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
        if not text:
            sheet.write_blank(row, column, None, style or self.text)
            return
        risky = style is None and text.startswith(("=", "+", "-", "@"))
        sheet.write_string(row, column, text, self.quoted if risky else (style or self.text))

    def _tasks(self) -> None:
        sheet = self._sheet(TASKS, [column.width for column in COLUMNS])
        doubtful, general = len(self.by_item), len(self.general)
        summary = f"{shown(self.plan.info.title)}    共 {len(self.plan.items)} 条"
        if doubtful or general:
            numbers = "、".join(list(self.by_item)[:15]) + ("……" if doubtful > 15 else "")
            summary += f"，其中 {doubtful} 条存疑（黄底，任务编号：{numbers}）" if doubtful else ""
            summary += f"，另有 {general} 个关于整个计划的问题（见“存疑”表）" if general else ""
            summary += "。请逐条核对，改正或确认后清空“存疑”格"
        else:
            summary += "，没有存疑"
        last = len(COLUMNS) - 1
        sheet.merge_range(0, 0, 0, last, summary, self.alarm if doubtful or general else self.title)
        sheet.set_row(0, 34)
        head = HEADER_ROW - 1
        for at, name in enumerate(NAMES):
            self._put(sheet, head, at, name, self.head)
        due, kind, source = NAMES.index("截止日期"), NAMES.index("时限类型"), NAMES.index("时限出处")
        centred = (kind, source)
        sheet.set_column(0, 0, COLUMNS[0].width, self.book.add_format({"num_format": "@"}))
        sheet.set_column(due, due, COLUMNS[due].width, self.book.add_format({"num_format": "yyyy-mm-dd"}))
        for row, item in enumerate(self.plan.items, HEADER_ROW):
            texts = cells_of(item, self.by_item.get(item.no, ()))
            for at, name in enumerate(NAMES):
                if at == due and item.deadline.due:
                    sheet.write_datetime(row, at, item.deadline.due, self.day)
                elif at == due:
                    sheet.write_blank(row, at, None, self.day)
                else:
                    style = self.key if at == 0 else (self.middle if at in centred else None)
                    self._put(sheet, row, at, texts[name], style)
            widths = {column.name: column.width for column in COLUMNS}
            sheet.set_row(row, height_of([(texts[name], widths[name]) for name in NAMES]))
            self._mark(sheet, row, item.no)
        bottom = HEADER_ROW + len(self.plan.items) - 1
        sheet.conditional_format(
            HEADER_ROW,
            0,
            LAST_PREPARED_ROW,
            last,
            {"type": "formula", "criteria": f'=${_letter(last)}{HEADER_ROW + 1}<>""', "format": self.row_doubt},
        )
        self._lists(sheet, due, kind, source)
        sheet.autofilter(head, 0, max(bottom, head), last)
        sheet.freeze_panes(HEADER_ROW, 1)
        sheet.repeat_rows(0, head)

    def _mark(self, sheet: Any, row: int, no: str) -> None:
        """The cells that a doubt is about are darker than their row, until the 存疑 cell is cleared."""
        fields = {doubt.field for doubt in self.by_item.get(no, ())}
        last = _letter(len(COLUMNS) - 1)
        for at, column in enumerate(COLUMNS):
            if fields.intersection(column.fields) or (fields and column.name == "存疑"):
                rule = {"type": "formula", "criteria": f'=${last}{row + 1}<>""', "format": self.cell_doubt}
                sheet.conditional_format(row, at, row, at, {**rule, "stop_if_true": True})

    def _lists(self, sheet: Any, due: int, kind: int, source: int) -> None:
        for column, words in ((kind, list(KINDS)), (source, list(SOURCES))):
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
        sheet = self._sheet(INFO, (14, 70))
        info = self.plan.info
        values = (info.title, info.doc_number, info.issuer, str(info.year), info.issued, self.plan.source)
        self._put(sheet, 0, 0, "项目", self.head)
        self._put(sheet, 0, 1, "内容", self.head)
        for row, (name, value) in enumerate(zip(INFO_ROWS, values, strict=True), 1):
            self._put(sheet, row, 0, name, self.head)
            if name == "印发日期":
                left = self.book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "border": 1})
                sheet.write_datetime(row, 1, value, left) if value else sheet.write_blank(row, 1, None, left)
            else:
                self._put(sheet, row, 1, shown(str(value or "")))

    def _general_doubts(self) -> None:
        sheet = self._sheet(DOUBTS, (10, 14, 50, 60))
        note = "关于整个计划的问题。处理后清空“疑问”格或删去该行" if self.general else "没有关于整个计划的问题"
        sheet.merge_range(0, 0, 0, 3, note, self.alarm if self.general else self.title)
        for at, name in enumerate(DOUBT_COLUMNS):
            self._put(sheet, 1, at, name, self.head)
        for row, doubt in enumerate(self.general, 2):
            for at, text in enumerate((doubt.no or "", label_of(doubt.field), doubt.text, doubt.message)):
                self._put(sheet, row, at, shown(text))
            sheet.set_row(row, height_of([(doubt.text, 50), (doubt.message, 60)]))
        sheet.freeze_panes(2, 0)
        sheet.repeat_rows(1)

    def _assigned(self, assignments: Assignments) -> None:
        units = list(dict.fromkeys(unit for pairs in assignments.values() for unit, _ in pairs))
        sheet = self._sheet(ASSIGNED, [8, 50, 8, *[4.5] * len(units)])
        for at, name in enumerate(("任务编号", "具体要求", "单位数")):
            self._put(sheet, 0, at, name, self.head)
        for at, unit in enumerate(units, 3):
            self._put(sheet, 0, at, shown(unit), self.steep)
        sheet.set_row(0, min(300, 24 + 12 * max((len(unit) for unit in units), default=4)))
        totals = dict.fromkeys(units, 0)
        for row, item in enumerate(self.plan.items, 1):
            roles = dict(assignments.get(item.no, ()))
            self._put(sheet, row, 0, item.no, self.key)
            self._put(sheet, row, 1, shown(item.requirement))
            sheet.set_row(row, height_of([(shown(item.requirement), 50)]))
            sheet.write_number(row, 2, len(roles), self.middle)
            for at, unit in enumerate(units, 3):
                if unit in roles:
                    totals[unit] += 1
                    self._put(sheet, row, at, "牵头" if roles[unit] == "lead" else "责任", self.middle)
                else:
                    sheet.write_blank(row, at, None, self.middle)
        bottom = len(self.plan.items) + 1
        self._put(sheet, bottom, 0, "合计", self.head)
        self._put(sheet, bottom, 1, "每个单位承担的条数", self.head)
        sheet.write_number(bottom, 2, sum(totals.values()), self.head)
        for at, unit in enumerate(units, 3):
            sheet.write_number(bottom, at, totals[unit], self.head)
        sheet.autofilter(0, 0, bottom - 1, 2 + len(units))
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)

    def _groups(self, groups: Sequence[GroupReading]) -> None:
        sheet = self._sheet(GROUPS, (30, 40, 8, 90))
        for at, name in enumerate(("文件中的表述", "理解为", "单位数", "单位")):
            self._put(sheet, 0, at, name, self.head)
        for row, group in enumerate(groups, 1):
            self._put(sheet, row, 0, shown(group.expression))
            self._put(sheet, row, 1, shown(group.meaning))
            sheet.write_number(row, 2, len(group.units), self.middle)
            names = shown(join_names(group.units))
            self._put(sheet, row, 3, names)
            sheet.set_row(row, height_of([(group.expression, 30), (group.meaning, 40), (names, 90)]))
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)

    def _help(self) -> None:
        sheet = self._sheet(HELP, (16, 100))
        for row, (head, text) in enumerate(HELP_TEXT):
            self._put(sheet, row, 0, head, self.head)
            self._put(sheet, row, 1, text)
            sheet.set_row(row, height_of([(text, 100)]))

    def _imported(self) -> None:
        sheet = self.book.add_worksheet(IMPORTED)
        record = {
            "layout": LAYOUT,
            "plan": self.plan.as_dict(),
            "doubts": [doubt.as_dict() for doubt in self.plan.doubts],
        }
        text = json.dumps(record)
        for row, start in enumerate(range(0, len(text), CHUNK)):
            sheet.write_string(row, 0, text[start : start + CHUNK])
        sheet.very_hidden()


def _letter(column: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
