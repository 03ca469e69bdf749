"""The sheet 依申请公开: 175 numbers with a check on every row and column, and last year's carry-over below."""

from __future__ import annotations

from xlsxwriter.workbook import Workbook

from flows.annual import layout
from flows.annual.format import APPLICANTS, CARRIED_IN, CARRIED_OUT, DONE, LINES, THIRD, TOTAL, key3
from flows.annual.layout import NUMBER_SPOTS, Spot
from flows.annual.live import FITS, GAP, Live, absolute, counted, is_empty, named, summary, told
from flows.annual.model import AnnualBook
from flows.annual.notes import THIRD_NOTES
from flows.annual.rules import SLOT_CARRIED, SLOTS
from flows.annual.sheet_tools import Filled, Room, open_room
from flows.annual.sums import BY_ID
from flows.ledger.styles import FAULT_FILL, GREY_INK, Styles
from flows.ledger.text import height_of, lines_needed


def write_third(workbook: Workbook, styles: Styles, book: AnnualBook, filled: Filled, secret: bytes) -> str:
    """The sheet 依申请公开; returns what its 填报检查 shows."""
    room = open_room(workbook, styles, book, filled, (layout.THIRD_SHEET, "#5B9BD5"))
    sheet, last = room.sheet, layout.THIRD_NOTE
    for column, width in enumerate((6.5, 9, 30, *([8.5] * 7), 9, 44)):
        sheet.set_column(column, column, width)
    room.head(THIRD, last)
    room.frame(THIRD)
    for row in range(3):
        sheet.set_row(layout.TABLE_ROW + row, 30 if row == 2 else 20)
    room.sheet.merge_range(layout.TABLE_ROW, 10, layout.TABLE_ROW + 2, 10, "检查", styles.head())
    room.sheet.merge_range(layout.TABLE_ROW, 11, layout.TABLE_ROW + 2, 11, "这一行指什么", styles.head())
    first = layout.TABLE_ROW + 3
    lives = []
    note_style = styles.cell(align="left", font_size=9)
    for line in LINES:
        row = first + line.number - 1
        live = room.balance(BY_ID[f"R3.3.r{line.number:02d}"], (key3(line.number, TOTAL),))
        lives.append(live)
        room.live(Spot("", row, layout.THIRD_CHECK), live)
        note = THIRD_NOTES[line.number]
        sheet.write_string(row, layout.THIRD_NOTE, note, note_style)
        label = lines_needed(line.label, 30 if line.group else 39, 10)
        sheet.set_row(row, max(24.0, height_of(label, 10), height_of(lines_needed(note, 44, 9), 9)))
    lower = _below_third(room)
    top, end = NUMBER_SPOTS[THIRD.keys[0]], NUMBER_SPOTS[THIRD.keys[-1]]
    room.check_numbers(top, end)
    _crossing(room, top, end)
    check = summary(
        [f"{named(top)}:{named(end)}"],
        THIRD.keys,
        [
            (f"K{top.row + 1}:K{end.row + 1}", lives),
            (f"D{layout.ROW_CHECK_PRINTED + 1}:J{layout.ROW_CHECK_SUM + 1}", lower[:14]),
            (f"D{layout.ROW_CHECK_CARRIED + 1}:J{layout.ROW_CHECK_CARRIED + 1}", lower[14:]),
        ],
        filled.entries,
        layout.DECLARE_SPOTS[3],
        3 in filled.declared,
    )
    room.declaration(3, 2, 5, last, check)
    room.row_keys(secret, layout.THIRD_KEY, 3)
    sheet.freeze_panes(first, 3)
    room.finish(layout.ROW_REASON_CARRIED, last, landscape=False)
    return check.shown


def _below_third(room: Room) -> list[Live]:
    label = room.styles.cell(align="left", font_size=9, bg_color="#F7F7F7")
    grey = room.styles.cell(align="center", font_color=GREY_INK, bg_color="#F7F7F7")
    lives: list[Live] = []
    for row, text, rule in (
        (layout.ROW_CHECK_PRINTED, "检查：第一项＋第二项，与第三项总计＋第四项", "R3.1"),
        (layout.ROW_CHECK_SUM, "检查：（七）总计，与（一）至（六）各行之和", "R3.2"),
    ):
        room.span(row, 0, 2, text, label)
        room.sheet.set_row(row, 22)
        for at, name in enumerate(APPLICANTS):
            awaited = (key3(DONE, name),) if rule == "R3.2" else (key3(DONE, name), key3(CARRIED_OUT, name))
            live = room.balance(BY_ID[f"{rule}.{name}"], awaited)
            lives.append(live)
            room.live(Spot("", row, 3 + at), live)
    before = f"{room.book.year - 1}年年报的“结转下年度继续办理”"
    room.span(layout.ROW_LAST_CARRIED, 0, 2, before if room.book.last else f"{before}（没有数据，不核对）", label)
    room.span(layout.ROW_CHECK_CARRIED, 0, 2, "检查：上年结转，与上年年报的结转数", label)
    for at, name in enumerate(APPLICANTS):
        amount = room.book.last[key3(CARRIED_OUT, name)] if room.book.last else None
        spot = Spot("", layout.ROW_LAST_CARRIED, 3 + at)
        below = Spot("", layout.ROW_CHECK_CARRIED, 3 + at)
        if amount is None or amount.counted is None:
            room.sheet.write_blank(spot.row, spot.column, None, grey)
            room.sheet.write_blank(below.row, below.column, None, grey)
            continue
        if amount.number is None:
            room.sheet.write_string(spot.row, spot.column, amount.shown, grey)
        else:
            room.sheet.write_number(spot.row, spot.column, float(amount.number), grey)
        live = _carried(room, name, spot)
        lives.append(live)
        room.live(below, live)
    slot = layout.SLOT_SPOTS[SLOT_CARRIED]
    room.span(slot.row, 0, 2, SLOTS[SLOT_CARRIED], room.styles.cell(align="left", font_size=9))
    room.text(SLOT_CARRIED, slot, across=8)
    room.sheet.write_string(slot.row, layout.THIRD_NOTE, "一致的空着", room.styles.cell(align="left", font_size=9))
    for row in (layout.ROW_LAST_CARRIED, layout.ROW_CHECK_CARRIED):
        room.sheet.set_row(row, 22)
    room.sheet.set_row(slot.row, 30)
    return lives


def _carried(room: Room, name: str, last: Spot) -> Live:
    key = key3(CARRIED_IN, name)
    cell, reason, declared = named(NUMBER_SPOTS[key]), layout.SLOT_SPOTS[SLOT_CARRIED], layout.DECLARE_SPOTS[3]
    gap = f"N({cell})-N({named(last)})"
    formula = (
        f'=IF(AND({cell}="",{absolute(declared)}<>"{layout.ALL_ZERO}"),"",IF({gap}=0,"{FITS}",'
        f'IF({absolute(reason)}<>"","已说明","{GAP} "&IF({gap}>0,"+","")&({gap}))))'
    )
    before = room.book.last[key3(CARRIED_OUT, name)].counted if room.book.last else None
    if is_empty(room.filled.entries, key) and 3 not in room.filled.declared:
        return Live(formula, "")
    value = counted(room.filled.entries, key) - (before or 0)
    return Live(formula, "已说明" if value and room.filled.texts.get(SLOT_CARRIED) else told(value))


def _crossing(room: Room, top: Spot, end: Spot) -> None:
    """A cell whose row and column both do not fit is where the fault most likely is."""
    row, column = f"$K{top.row + 1}", f"D${layout.ROW_CHECK_PRINTED + 1}"
    second = f"D${layout.ROW_CHECK_SUM + 1}"
    test = f'=AND(LEFT({row},1)="{GAP}",OR(LEFT({column},1)="{GAP}",LEFT({second},1)="{GAP}"))'
    rule = {"type": "formula", "criteria": test, "format": room.styles.differential(bg_color=FAULT_FILL)}
    room.sheet.conditional_format(top.row, top.column, end.row, end.column, rule)
