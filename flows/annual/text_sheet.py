"""The sheet 文字材料: what a unit writes in words, part by part, and the 信息处理费."""

from __future__ import annotations

from typing import Final

from xlsxwriter.workbook import Workbook

from flows.annual import layout
from flows.annual.format import FEES, PARTS, SECTIONS
from flows.annual.layout import TEXT_COLUMN, TEXT_HEAD_ROW, TEXT_HEADS, TEXT_SPOTS
from flows.annual.live import FITS, Live, is_empty, named
from flows.annual.model import AnnualBook
from flows.annual.notes import TEXT_NOTES
from flows.annual.sheet_tools import Filled, open_room
from flows.ledger.identity import row_key
from flows.ledger.styles import HEAD_FACE, INPUT_HEAD_FILL, WANTED_FILL, Styles
from flows.ledger.text import ROW_LIMIT, height_of, lines_needed

_WIDTH: Final = 84
_NOTE_WIDTH: Final = 34
_LOWEST: Final = 96.0
"""Points: room for some lines, so that it is seen that a paragraph is wanted."""


def write_texts(workbook: Workbook, styles: Styles, book: AnnualBook, filled: Filled, secret: bytes) -> str:
    """The sheet; returns what its 填报检查 shows."""
    room = open_room(workbook, styles, book, filled, (layout.TEXT_SHEET, "#FFC000"))
    sheet = room.sheet
    for column, width in enumerate((22, _WIDTH, _NOTE_WIDTH, 8)):
        sheet.set_column(column, column, width)
    big = styles.get(font_name=HEAD_FACE, font_size=16, align="center")
    room.span(0, 0, 3, f"年报文字材料（{book.year}年）", big)
    sheet.set_row(0, 32)
    line = f"{layout.UNIT}：{book.identity.unit}　　{layout.YEAR}：{book.year}年　　{layout.REPLY_BY}：{book.reply_by}"
    room.span(1, 0, 3, line, styles.get(align="left"))
    for column, head in enumerate(TEXT_HEADS):
        style = styles.head(bg_color=INPUT_HEAD_FILL) if column == TEXT_COLUMN else styles.head()
        sheet.write_string(TEXT_HEAD_ROW, column, head, style)
    sheet.set_row(TEXT_HEAD_ROW, 24)
    label, note_style = styles.cell(align="left", bold=True), styles.cell(align="left", font_size=9)
    band = styles.cell(align="left", font_name=HEAD_FACE, bg_color="#F2F2F2")
    key_style = styles.get(font_color="#FFFFFF")
    section = 0
    for part in PARTS:
        spot = TEXT_SPOTS[part.key]
        if part.section != section:
            section = part.section
            room.span(spot.row - 1, 0, 3, SECTIONS[section - 1], band)
            sheet.set_row(spot.row - 1, 22)
        sheet.write_string(spot.row, 0, part.head if part.needed else f"{part.head}（可空）", label)
        room.text(part.key, spot, valign="top")
        note = TEXT_NOTES[part.key]
        sheet.write_string(spot.row, 2, note, note_style)
        text = filled.texts.get(part.key, "")
        count = styles.cell(align="center", font_size=9)
        sheet.write_formula(spot.row, 3, f'=IF({named(spot)}="","",LEN({named(spot)}))', count, len(text) or "")
        high = height_of(lines_needed(text, _WIDTH, 10), 10)
        sheet.set_row(spot.row, min(max(_LOWEST, high, height_of(lines_needed(note, _NOTE_WIDTH, 9), 9)), ROW_LIMIT))
        if part.needed:
            wanted = {"type": "blanks", "format": styles.differential(bg_color=WANTED_FILL)}
            sheet.conditional_format(spot.row, spot.column, spot.row, spot.column, wanted)
        sheet.write_string(spot.row, layout.TEXT_KEY, row_key(book.identity, part.key, secret), key_style)
    for key, name in FEES:
        spot = TEXT_SPOTS[key]
        sheet.write_string(spot.row, 0, f"信息处理费：{name}", label)
        room.number(key, spot)
        room.check_numbers(spot, spot, whole=False)
        sheet.write_string(spot.row, 2, TEXT_NOTES[key], note_style)
        sheet.write_blank(spot.row, 3, None, note_style)
        sheet.set_row(spot.row, 32)
        sheet.write_string(spot.row, layout.TEXT_KEY, row_key(book.identity, key, secret), key_style)
    sheet.set_column(layout.TEXT_KEY, layout.TEXT_KEY, 9, None, {"hidden": True})
    check = _check(filled)
    sheet.write_string(2, 0, layout.CHECK, styles.cell(align="center", font_name=HEAD_FACE))
    room.live(layout.SUMMARY_SPOTS[layout.TEXT_SHEET], check, 3, align="left")
    sheet.set_row(2, 24)
    sheet.freeze_panes(TEXT_HEAD_ROW + 1, 0)
    room.finish(TEXT_SPOTS[FEES[-1][0]].row, 3, landscape=True)
    return check.shown


def _check(filled: Filled) -> Live:
    needed = [part for part in PARTS if part.needed]
    cells = [named(TEXT_SPOTS[part.key]) for part in needed] + [named(TEXT_SPOTS[key]) for key, _ in FEES]
    blank = "+".join(f"COUNTBLANK({cell})" for cell in cells)
    formula = f'=IF({blank}=0,"{FITS} 已填齐","还有 "&({blank})&" 格没有填")'
    missing = sum(1 for part in needed if not filled.texts.get(part.key))
    missing += sum(1 for key, _ in FEES if is_empty(filled.entries, key))
    return Live(formula, f"还有 {missing} 格没有填" if missing else f"{FITS} 已填齐")
