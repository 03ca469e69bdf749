"""Rows sorted, filtered, hidden, moved, added, copied."""

from __future__ import annotations

import re
from copy import copy

from tests.ledger.corpus.hands import SHEET1, Hand, Making, Sent, grid, repacked, saved, types
from tests.ledger.corpus.libreoffice import Saw


def sorted_by_status(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["sort:7"])))


def sorted_by_requirement_and_saved_as_xls(hand: Hand) -> Making:
    return Sent("台账.xls", (yield Saw(hand.filled(), "xls", ["sort:3"])))


def filtered(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["filter:7=推进中"])))


def rows_hidden(hand: Hand) -> Making:
    return Sent("台账.ods", (yield Saw(hand.filled(), "ods", ["hide-row:6", "hide-row:7"])))


def row_moved_to_the_end(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["move-row:5>11"])))


def blank_rows_between(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["insert-row:7", "insert-row:9", "insert-row:2"])))


def all_rows_turned_round(hand: Hand) -> Sent:
    book = hand.opened()
    sheet = book.worksheets[0]
    rows = [[copy(cell.value) for cell in sheet[number]] for number in range(6, 12)]
    for number, values in zip(range(6, 12), reversed(rows), strict=True):
        for column, value in enumerate(values, start=1):
            sheet.cell(number, column).value = value
    return Sent("台账.xlsx", saved(book))


def signature_and_remark_below(hand: Hand) -> Sent:
    return Sent(
        "台账.xlsx", hand.filled(types(A13="填表人签字：王敏    审核人：赵局长", A14="备注：以上为截至10月20日情况"))
    )


def header_row_repeated_for_print(hand: Hand) -> Sent:
    book = hand.opened()
    sheet = book.worksheets[0]
    sheet.insert_rows(9)
    for column in range(1, 15):
        sheet.cell(9, column).value = sheet.cell(5, column).value
    return Sent("台账.xlsx", saved(book))


def task_added_at_the_end(hand: Hand) -> Sent:
    added = types(C12="营商环境", D12="新增：编制惠企政策清单并公开。", H12="推进中", J12="清单初稿已完成")
    return Sent("台账.xlsx", hand.filled(added))


def task_added_with_a_number_of_its_own(hand: Hand) -> Sent:
    added = types(A12="5", D12="自加任务：开设政策咨询窗口。", H12="已完成", J12="窗口已开设", K12="2026-10-09")
    return Sent("台账.xlsx", hand.filled(added))


def same_sheet_twice(hand: Hand) -> Making:
    return Sent("台账.xlsx", (yield Saw(hand.filled(), acts=["copy-sheet:工作台账 (2)"])))


def same_table_twice_on_one_sheet(hand: Hand) -> Sent:
    book = hand.opened()
    for number, row in enumerate(grid(book.worksheets[0])[4:11], start=15):
        for column, value in enumerate(row, start=1):
            book.worksheets[0].cell(number, column).value = value
    return Sent("台账.xlsx", saved(book))


def untouched_copy_hidden(hand: Hand) -> Sent:
    book = hand.opened()
    before = book.copy_worksheet(book.worksheets[0])
    before.title, before.sheet_state = "备份", "hidden"
    for number in range(6, 12):
        before.cell(number, 10).value = "以前的内容"
    return Sent("台账.xlsx", saved(book))


def unchanged_where_nothing_was_due(hand: Hand) -> Sent:
    acts = types(I6=0.5, J6="上半年目录已核对一遍", H10="推进中", I10=0.4, J10="已解读政策3件", M10=None, N10=None)
    return Sent("台账.xlsx", hand.filled(acts))


def row_numbers_left_out_of_the_file(hand: Hand) -> Sent:
    """Some exporters write rows and cells without their addresses."""

    def bare(xml: str) -> str:
        head, mark, rest = xml.partition("<sheetData>")
        body, end, tail = rest.partition("</sheetData>")
        lines = []
        for row in re.findall(r"<row .*?</row>", body, re.S):
            cells = {
                found[2]: found[1] for found in re.finditer(r'(<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>))', row, re.S)
            }
            full = [cells.get(chr(65 + place), "<c/>") for place in range(15)]
            lines.append("<row>" + "".join(re.sub(r'\sr="\w+"', "", cell) for cell in full) + "</row>")
        return head + mark + "".join(lines) + end + tail

    return Sent("台账.xlsx", repacked(hand.filled(), {SHEET1: bare}))


def sheet_protection_taken_off_and_a_locked_text_changed(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(D8="把培训课件和视频放到门户网站。")))


def period_and_deadline_overwritten(hand: Hand) -> Sent:
    return Sent("台账.xlsx", hand.filled(types(G2="2026年11月", J2="2026-11-30")))
