"""年报核对.xlsx: what is still missing in the annual report, and where each of its sentences and numbers comes from."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.annual import format as official
from flows.annual.model import Amount
from flows.documents.annual import Yearbook
from flows.documents.chinese import clipped
from flows.files import write_file
from flows.ledger.styles import FAULT_FILL, FAULT_INK, SIZE, Styles
from flows.ledger.text import ROW_LIMIT, clean, height_of, lines_needed

TO_DO_SHEET, TEXT_SHEET, SUM_SHEET = "要处理的", "文字来源", "数字来源"
MISSING, GAP, BREACH, HINT = "缺报", "待补写", "不相符", "请留意"
"""Kinds of the first sheet; the first three keep the report from being finished."""

_OPENING = 40
"""Characters by which a paragraph of the report is found again."""
_NAME_WIDTH = 50.0


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing that a person has to see to."""

    kind: str
    where: str
    words: str
    cure: str = ""

    def as_dict(self) -> dict[str, str]:
        """The JSON form."""
        return {"kind": self.kind, "where": self.where, "message": self.words, "cure": self.cure}


def to_dos(book: Yearbook, notes: Sequence[tuple[str, str]] = ()) -> tuple[ToDo, ...]:
    """Everything there is to do, the pressing first; ``notes``: (whom it is about, sentence) found elsewhere."""
    found = [ToDo(MISSING, unit, why, "请催报，收回后再运行一次") for unit, why in book.material.missing]
    found += [ToDo(BREACH, breach.rule, breach.message, breach.cure) for breach in book.breaches]
    found += [ToDo(GAP, where, gap, "请在文稿里补写，删去红字提示") for where, gap in book.gaps]
    found += [ToDo(HINT, "全文", hint) for hint in book.hints]
    found += [ToDo(HINT, where, words) for where, words in notes]
    return tuple(found)


def write_check(book: Yearbook, todo: Iterable[ToDo], out: Path) -> None:
    """Write the workbook: 要处理的, 文字来源 (every statement, quoted or not), 数字来源 (every unit's number)."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": "年报核对", "created": datetime(2000, 1, 1)})  # noqa: DTZ001
        looks = Styles(workbook)
        rows = [(each.kind, each.where, each.words, each.cure) for each in todo]
        nothing = [("", "", "没有要处理的", "")]
        _table(workbook, looks, TO_DO_SHEET, (("类别", 9), ("哪里", 26), ("情况", 70), ("怎么办", 34)), rows or nothing)
        columns = (
            ("章节", 22),
            ("小节", 22),
            ("报告里的段落", 36),
            ("单位", 18),
            ("单位原文", 60),
            ("来源", 40),
            ("引用", 7),
        )
        _table(workbook, looks, TEXT_SHEET, columns, _texts(book))
        _sums(workbook, looks, book)
    write_file(out, buffer.getvalue())


def _texts(book: Yearbook) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for section, heading, line in book.lines:
        opening = clipped(line.text, _OPENING)
        if not line.statements:
            basis = "、".join(official.NAMES.get(key, dict(official.FEES).get(key, key)) for key in line.figures)
            rows.append((section, heading, opening, "", "", f"年报表格：{basis}" if basis else "程序汇总", ""))
        for each in line.statements:
            shown = "是" if each in line.quoted else "否"
            source = f"{each.source.kind}：{each.source.place}"
            rows.append((section, heading, opening, each.unit, each.text, source, shown))
    return rows


def _table(
    workbook: Workbook, looks: Styles, name: str, columns: Sequence[tuple[str, float]], rows: Sequence[Sequence[str]]
) -> Worksheet:
    sheet = workbook.add_worksheet(name)
    for place, (head, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, head, looks.head())
    body = looks.cell(align="left")
    for number, row in enumerate(rows, 1):
        texts = [clean(text) for text in row]
        most = max(lines_needed(text, width, SIZE) for text, (_, width) in zip(texts, columns, strict=True))
        sheet.set_row(number, min(max(height_of(most, SIZE), 18), ROW_LIMIT))
        for place, text in enumerate(texts):
            sheet.write_string(number, place, text, body)
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    _print(sheet)
    return sheet


def _sums(workbook: Workbook, looks: Styles, book: Yearbook) -> None:
    """One row a number, one column a unit; 合计 is a living sum over the row, beside what the report prints."""
    material = book.material
    sheet = workbook.add_worksheet(SUM_SHEET)
    units = list(material.declared)
    heads = ["表", "项目", "报告数", "合计", "相差", *units]
    for place, head in enumerate(heads):
        sheet.write_string(0, place, clean(head), looks.head(text_wrap=True))
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, _NAME_WIDTH)
    sheet.set_column(2, 4, 10)
    sheet.set_column(5, max(5, len(heads) - 1), 11)
    body, figure = looks.cell(align="left"), looks.cell(align="center")
    last = xl_col_to_name(max(5, len(heads) - 1))
    for number, (section, key, name) in enumerate(_figures(), 1):
        sheet.write_string(number, 0, section, figure)
        sheet.write_string(number, 1, name, body)
        sheet.set_row(number, max(height_of(lines_needed(name, _NAME_WIDTH, SIZE), SIZE), 18))
        stated = material.tables[key] if key in official.KEYS else material.fees.get(key, Amount())
        _amount(sheet, number, 2, stated, figure)
        cells = [
            (filing.tables[key] if key in official.KEYS else filing.narrative.fee(key))
            if (filing := material.filings.get(unit))
            else None
            for unit in units
        ]
        total = sum((each.number for each in cells if each and each.number is not None), Decimal(0))
        row = number + 1
        sheet.write_formula(number, 3, f"=SUM(F{row}:{last}{row})", figure, float(total))
        gap = float(stated.number or 0) - float(total)
        sheet.write_formula(number, 4, f"=N(C{row})-D{row}", figure, gap)
        for place, each in enumerate(cells, 5):
            if each is None:
                sheet.write_string(number, place, "缺报", looks.cell(align="center", font_color=FAULT_INK))
            else:
                _amount(sheet, number, place, each, figure)
    sheet.freeze_panes(1, 5)
    wrong = {"type": "cell", "criteria": "!=", "value": 0, "format": looks.differential(bg_color=FAULT_FILL)}
    sheet.conditional_format(1, 4, number, 4, wrong)
    _print(sheet)


def _figures() -> Iterable[tuple[str, str, str]]:
    for key in official.KEYS:
        yield "一二三四"[int(key[0]) - 1], key, official.NAMES[key]
    for key, name in official.FEES:
        yield "六", key, f"信息处理费：{name}"


def _amount(sheet: Worksheet, row: int, column: int, amount: Amount, look: Any) -> None:
    if amount.number is not None:
        sheet.write_number(row, column, float(amount.number), look)
    else:
        sheet.write_string(row, column, amount.shown, look)


def _print(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C— &P —")
