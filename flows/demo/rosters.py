"""单位名录.xlsx: the empty form that an office fills in, and the filled one of the sample."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from flows.demo.content import SampleUnit
from flows.demo.people import person
from flows.package import settled
from flows.roster import COLUMNS

KINDS = ("区县", "管委会", "政府部门", "党委部门", "街道", "企事业单位", "科室")
_WIDTHS = (34, 34, 13, 18, 32, 12, 18)
_FORM_ROWS = 1000
_MOMENT = datetime.combine(date(2026, 1, 20), time(9))
_NOTES = (
    ("单位名称", "必填", "全称，不能重复。给单位的台账和通报都用这个名称。"),
    ("别名", "可空", "文件里常用的其他叫法，用顿号隔开，如“市发展改革委、市发改委”。"),
    ("类别", "必填", "决定“各地”“市直各单位”等泛称包含谁。从下拉表中选，也可以写自己的叫法。"),
    ("上级单位", "可空", "如所属的市、区。"),
    ("邮箱", "发邮件时必填", "台账发到这里。有几个就用顿号隔开；不用邮件的可以空着。"),
    ("联系人", "可空", "在该单位填台账的人。"),
    ("联系电话", "可空", "座机请连区号写。"),
)
_EXAMPLES = (
    ("某某区人民政府", "某某区", "区县", "某某市", "mmq@office.example", "张三", "0000-0000001"),
    (
        "市发展和改革委员会",
        "市发展改革委、市发改委",
        "政府部门",
        "某某市",
        "fgw@office.example",
        "李四",
        "0000-0000002",
    ),
)


def sample_roster(units: Sequence[SampleUnit]) -> bytes:
    """The roster of the sample's units, contacts included."""
    return _workbook(
        [(u.name, "、".join(u.aliases), u.kind, u.parent, u.email, *person(u.name)) for u in units], len(units)
    )


def empty_roster() -> bytes:
    """The form: header row, drop-down for 类别, text cells down to row 1001, and a sheet of directions."""
    return _workbook([], _FORM_ROWS)


def _workbook(rows: Sequence[Sequence[str]], height: int) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"title": "单位名录", "created": _MOMENT})
    look = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
    head = book.add_format({**look, "bold": True, "align": "center", "bg_color": "#D9E2F3", "border": 1})
    # Text, not General: Excel would turn a telephone number into a figure and lose its leading zeros.
    body = book.add_format({**look, "num_format": "@", "text_wrap": True, "border": 1, "border_color": "#BFBFBF"})

    sheet = book.add_worksheet("单位名录")
    _page(sheet)
    for column, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.write_string(0, column, name, head)
        sheet.set_column(column, column, width)
    sheet.set_row(0, 24)
    for number in range(1, height + 1):
        values = rows[number - 1] if number <= len(rows) else ("",) * len(COLUMNS)
        for column, value in enumerate(values):
            if value:
                sheet.write_string(number, column, value, body)
            else:
                sheet.write_blank(number, column, None, body)
    sheet.data_validation(1, COLUMNS.index("类别"), max(height, _FORM_ROWS), COLUMNS.index("类别"), _kind_rule())
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(height, 1), len(COLUMNS) - 1)
    sheet.repeat_rows(0)
    # Only what is filled prints; the form itself prints one page of empty lines.
    sheet.print_area(0, 0, len(rows) or 30, len(COLUMNS) - 1)
    _directions(book, look, head, body)
    book.close()
    return settled(buffer.getvalue(), _MOMENT)


def _kind_rule() -> dict[str, Any]:
    return {
        "validate": "list",
        "source": list(KINDS),
        "error_type": "warning",
        "error_title": "类别",
        "error_message": "下拉表里没有这个类别。如果确是本单位自己的叫法，请选“是”保留。",
    }


def _directions(book: Any, look: dict[str, Any], head: Any, body: Any) -> None:
    sheet = book.add_worksheet("填写说明")
    _page(sheet)
    bold = book.add_format({**look, "bold": True, "font_size": 14})
    text = book.add_format({**look, "text_wrap": True})
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, "怎样填写单位名录", bold)
    lines = (
        "1. 在“单位名录”表里每行填一个单位；表头不要改，行数不限。",
        "2. 填好后保存、关闭，再运行 taizhang import 读入工作要点。",
        "3. 文件里的单位在名录中找不到时，会在任务分解表里标出来，补上别名即可。",
    )
    for number, line in enumerate(lines, start=1):
        sheet.merge_range(number, 0, number, len(COLUMNS) - 1, line, text)
    top = len(lines) + 2
    for column, name in enumerate(("栏目", "是否必填", "怎样填")):
        sheet.write_string(top, column, name, head)
    sheet.merge_range(top, 2, top, len(COLUMNS) - 1, "怎样填", head)
    for number, (name, need, how) in enumerate(_NOTES, start=top + 1):
        sheet.write_string(number, 0, name, body)
        sheet.write_string(number, 1, need, body)
        sheet.merge_range(number, 2, number, len(COLUMNS) - 1, how, body)
    top += len(_NOTES) + 2
    sheet.write_string(top, 0, "示例", bold)
    for column, name in enumerate(COLUMNS):
        sheet.write_string(top + 1, column, name, head)
    for number, example in enumerate(_EXAMPLES, start=top + 2):
        for column, value in enumerate(example):
            sheet.write_string(number, column, value, body)


def _page(sheet: Any) -> None:
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(0.5, 0.5, 0.6, 0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
