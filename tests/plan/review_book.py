"""A small 任务分解表 and what a clerk does with it, for the tests of the review workbook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind, Plan, PlanInfo
from flows.plan.review import read_review

CONDITION = Doubt("2", "responsible", "有关部门", "“有关部门”带有条件，须确定究竟是哪些单位")
TWO_DATES = Doubt("3", "due", "6月底前", "要求里写的是“年底前”，与时限栏“6月底前”不一致，按时限栏计")
BROKEN = Doubt(None, "no", "", "序号不连续：3之后是5，请核对有无漏项")

PLAN = Plan(
    "要点.docx",
    PlanInfo("2026年云川市政务公开任务分解表", 2026, "云政办发〔2026〕7号", None, date(2026, 3, 6)),
    (
        Item(
            "1",
            "公布办事清单。",
            "摸清家底",
            "晒清单",
            ("市数据局",),
            ("各县（市、区）政府（管委会）", "市直各单位"),
            Deadline("2026年9月前；长期工作", DeadlineSource.COLUMN, date(2026, 9, 30), Kind.ONGOING),
        ),
        Item("2", "=更新办事指南", None, "晒清单", (), ("有关部门",), Deadline()),
        Item(
            "3",
            "办一次开放日，年底前总结。",
            None,
            None,
            (),
            ("各街道",),
            Deadline("6月底前", DeadlineSource.COLUMN, date(2026, 6, 30), Kind.ONCE),
        ),
        Item(
            "5",
            "每季度培训一次。",
            None,
            None,
            (),
            ("市司法局",),
            Deadline("每季度一次", DeadlineSource.TEXT, None, Kind.PERIODIC),
        ),
    ),
    (CONDITION, TWO_DATES, BROKEN),
)
DAY = date(2026, 5, 1)
NAMES = ("编号", "大类", "事项", "要求", "牵头", "责任", "原文", "截止", "类型", "出处", "存疑")
COLUMNS = {name: at for at, name in enumerate(NAMES, 1)}
Book = Any


def edit(path: Path, change: Callable[[Book], None]) -> Plan:
    """Open the workbook as a clerk would, change it, save it, read it."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return read_review(path)


def put(no: str, column: str, value: object) -> Callable[[Book], None]:
    """Type a value into the row of an item."""

    def change(book: Book) -> None:
        sheet = book["任务分解表"]
        row = next(cell.row for cell in sheet["A"] if cell.value == no)
        sheet.cell(row, COLUMNS[column]).value = value

    return change


def item(plan: Plan, no: str) -> Item:
    return next(item for item in plan.items if item.no == no)
