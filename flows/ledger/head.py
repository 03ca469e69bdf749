"""The rows above the table: title, unit and period, 填报人 and 联系电话, what to do."""

from __future__ import annotations

from typing import Final

from xlsxwriter.worksheet import Worksheet

from flows.ledger import layout
from flows.ledger.cells import Marks, write_comment, write_value
from flows.ledger.layout import HEADER_ROW, INDEX
from flows.ledger.model import Ledger
from flows.ledger.styles import BORDER, FAULT_FILL, FAULT_INK, HEAD_FACE, INPUT_FILL, INPUT_HEAD_FILL, Styles
from flows.ledger.text import clean
from flows.periods import Period

_HINTS: Final = 10
"""0-based column where the hints beside the labels begin."""


def title_of(ledger: Ledger) -> str:
    """The title row's text."""
    return clean(f"{ledger.plan_title} 工作台账（{Period.parse(ledger.identity.period).label}）")


def write_head(sheet: Worksheet, styles: Styles, ledger: Ledger, period: Period, marks: Marks) -> None:
    """Write everything down to and including the header row."""
    last = len(layout.COLUMNS) - 1
    big = styles.get(font_name=HEAD_FACE, font_size=16, align="center")
    sheet.merge_range(layout.TITLE_ROW, 0, layout.TITLE_ROW, last, title_of(ledger), big)
    sheet.set_row(layout.TITLE_ROW, 30)
    label = styles.get(font_name=HEAD_FACE, align="right")
    plain = styles.get(align="left", bold=True)
    for word, text in (
        (layout.UNIT, ledger.identity.unit),
        (layout.PERIOD, period.label),
        (layout.REPLY_BY, ledger.reply_by.isoformat()),
    ):
        row, column = layout.LABEL_CELLS[word]
        sheet.write_string(row, column, word, label)
        sheet.write_string(row, column + 1, clean(text), plain)
    for word, text in ((layout.FILLER, ledger.filler), (layout.PHONE, ledger.phone)):
        row, column = layout.LABEL_CELLS[word]
        note = marks.notes.get(("", word))
        fill = FAULT_FILL if note else INPUT_FILL
        box = styles.cell(align="left", bg_color=fill, locked=False, num_format="@")
        sheet.write_string(row, column, word, label)
        write_value(sheet, row, column + 1, text, box)
        if note:
            write_comment(sheet, row, column + 1, note)
    row, column = layout.CHECK_CELL
    sheet.write_string(row, column, layout.CHECK_LABEL, label)
    hint = styles.get(align="left", font_size=9)
    contact = f"有疑问请联系：{ledger.contact}" if ledger.contact else f"有疑问请联系：{ledger.office}"
    sheet.merge_range(layout.LABEL_ROW, _HINTS, layout.LABEL_ROW, last, clean(contact), hint)
    sheet.merge_range(layout.INPUT_ROW, _HINTS, layout.INPUT_ROW, last, "填好后保存，作为附件回复来信即可", hint)
    for line in (layout.LABEL_ROW, layout.INPUT_ROW):
        sheet.set_row(line, 21)
    first = INDEX[layout.STATUS]
    band = {"align": "center", "border": 1, "border_color": BORDER}
    locked = "任务内容（已锁定，无需填写）"
    sheet.merge_range(layout.BAND_ROW, 0, layout.BAND_ROW, first - 1, locked, styles.get(bg_color="#F2F2F2", **band))
    wanted = "请填写这几栏：没有变化的不用改；改了完成状态，或上期进展标着“本期须写新进展”的，要写新的进展情况"
    fill = styles.get(bg_color=INPUT_FILL, bold=True, font_color=FAULT_INK, **band)
    sheet.merge_range(layout.BAND_ROW, first, layout.BAND_ROW, last, wanted, fill)
    sheet.set_row(layout.BAND_ROW, 18)
    for place, head in enumerate(layout.COLUMNS):
        style = styles.head(bg_color=INPUT_HEAD_FILL) if head.is_input else styles.head()
        sheet.write_string(HEADER_ROW, place, head.header, style)
    sheet.set_row(HEADER_ROW, 36)
