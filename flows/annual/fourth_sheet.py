"""The sheet 复议诉讼: fifteen numbers in a line, last year's below them, and a check for each group."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook

from flows.annual import layout
from flows.annual.format import CASES, ENDINGS, FOURTH, key4
from flows.annual.layout import NUMBER_SPOTS, Spot
from flows.annual.live import area, summary
from flows.annual.model import AnnualBook
from flows.annual.notes import FOURTH_NOTES
from flows.annual.sheet_tools import Filled, open_room
from flows.annual.sums import BY_ID
from flows.ledger.styles import GREY_INK, Styles


def write_fourth(workbook: Workbook, styles: Styles, book: AnnualBook, filled: Filled, secret: bytes) -> str:
    """The sheet 复议诉讼; returns what its 填报检查 shows."""
    room = open_room(workbook, styles, book, filled, (layout.FOURTH_SHEET, "#ED7D31"))
    sheet, last = room.sheet, 15
    sheet.set_column(0, 0, 15)
    sheet.set_column(1, last, 7.5)
    room.head(FOURTH, last)
    room.frame(FOURTH)
    head, label = styles.head(), styles.cell(align="center")
    sheet.merge_range(layout.TABLE_ROW, 0, layout.TABLE_ROW + 2, 0, "", head)
    row = layout.TABLE_ROW + 3
    sheet.write_string(row, 0, "本年（请填）", styles.cell(align="center", bold=True))
    grey = styles.cell(align="center", font_color=GREY_INK, bg_color="#F7F7F7")
    sheet.write_string(layout.ROW_LAST_CASES, 0, f"{book.year - 1}年", grey)
    for at, key in enumerate(FOURTH.keys):
        amount = book.last[key] if book.last else None
        if amount is not None and amount.number is not None:
            sheet.write_number(layout.ROW_LAST_CASES, 1 + at, float(amount.number), grey)
        else:
            sheet.write_string(layout.ROW_LAST_CASES, 1 + at, amount.shown if amount else "", grey)
    sheet.write_string(layout.ROW_CHECK_CASES, 0, "检查：总计", label)
    lives = []
    for at, (group, _) in enumerate(CASES):
        live = room.balance(BY_ID[f"R4.1.{group}"], (key4(group, ENDINGS[-1][0]),))
        lives.append(live)
        room.live(Spot("", layout.ROW_CHECK_CASES, 1 + at * 5), live, 5 + at * 5)
    for line, height in ((0, 22), (1, 34), (2, 34), (3, 30), (4, 22), (5, 22)):
        sheet.set_row(layout.TABLE_ROW + line, height)
    top, end = NUMBER_SPOTS[FOURTH.keys[0]], NUMBER_SPOTS[FOURTH.keys[-1]]
    room.check_numbers(top, end)
    check = summary(
        [area((top, end))],
        FOURTH.keys,
        [(f"B{layout.ROW_CHECK_CASES + 1}:P{layout.ROW_CHECK_CASES + 1}", lives)],
        filled.entries,
        layout.DECLARE_SPOTS[4],
        4 in filled.declared,
    )
    room.declaration(4, 2, 5, last, check)
    for at, note in enumerate(FOURTH_NOTES):
        room.span(layout.ROW_CHECK_CASES + 2 + at, 0, last, note, styles.get(font_size=9, align="left"))
        sheet.set_row(layout.ROW_CHECK_CASES + 2 + at, 18)
    room.row_keys(secret, layout.FOURTH_KEY, 4)
    room.finish(layout.ROW_CHECK_CASES + 2 + len(FOURTH_NOTES), last, landscape=True)
    return check.shown
