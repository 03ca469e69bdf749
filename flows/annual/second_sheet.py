"""The sheet 主动公开: ten numbers, beside them last year's, what each row means, and whether both years fit."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from xlsxwriter.workbook import Workbook

from flows.annual import layout
from flows.annual.format import BLOCKS, ENDED, FEE, MADE, NORMS, RULES, SECOND, VALID, key2
from flows.annual.layout import NUMBER_SPOTS, Spot
from flows.annual.live import FITS, GAP, Live, absolute, counted, is_empty, named, summary, told
from flows.annual.model import AnnualBook
from flows.annual.notes import SECOND_NOTES
from flows.annual.rules import SLOT_FEE, SLOT_NORMS, SLOT_RULES, SLOTS
from flows.annual.sheet_tools import Filled, Room, open_room
from flows.ledger.styles import GREY_INK, Styles
from flows.ledger.text import height_of, lines_needed

_SLOT_OF: Final = {RULES: SLOT_RULES, NORMS: SLOT_NORMS}


def write_second(workbook: Workbook, styles: Styles, book: AnnualBook, filled: Filled, secret: bytes) -> str:
    """The sheet 主动公开; returns what its 填报检查 shows."""
    room = open_room(workbook, styles, book, filled, (layout.SECOND_SHEET, "#70AD47"))
    sheet, last = room.sheet, layout.SECOND_NOTE
    for column, width in enumerate((26, 15, 15, 15, 13, 17, 46)):
        sheet.set_column(column, column, width)
    room.head(SECOND, last)
    room.frame(SECOND)
    lives = _beside_second(room)
    room.check_numbers(NUMBER_SPOTS[key2(1, RULES, MADE)], NUMBER_SPOTS[key2(1, NORMS, VALID)])
    for key in SECOND.keys[6:]:
        room.check_numbers(NUMBER_SPOTS[key], NUMBER_SPOTS[key], whole=key != FEE)
    _reasons_of_second(room)
    top, end = layout.TABLE_ROW + 1, layout.below(SECOND)
    blanks = [f"{named(NUMBER_SPOTS[SECOND.keys[0]])}:{named(NUMBER_SPOTS[SECOND.keys[5]])}"]
    blanks += [named(NUMBER_SPOTS[key]) for key in SECOND.keys[6:]]
    check = summary(
        blanks,
        SECOND.keys,
        [(f"F{top}:F{end}", lives)],
        filled.entries,
        layout.DECLARE_SPOTS[2],
        2 in filled.declared,
    )
    room.declaration(2, 0, 2, last, check)
    room.row_keys(secret, layout.SECOND_KEY, 2)
    sheet.freeze_panes(layout.TABLE_ROW, 1)
    room.finish(layout.ROW_REASONS + len(layout.SECOND_SLOTS), last, landscape=True)
    return check.shown


def _beside_second(room: Room) -> list[Live]:
    """上年, 检查 and 说明 to the right of the table."""
    lives: list[Live] = []
    head, grey = room.styles.head(), room.styles.cell(align="center", font_color=GREY_INK, bg_color="#F7F7F7")
    note_style = room.styles.cell(align="left", font_size=9)
    row = layout.TABLE_ROW
    for block in BLOCKS:
        for column in (layout.SECOND_LAST, layout.SECOND_CHECK, layout.SECOND_NOTE):
            room.sheet.write_blank(row, column, None, room.styles.cell(bg_color="#F2F2F2"))
        before = f"{room.book.year - 1}年" + ("有效件数" if block.article == 1 else "的数")
        for column, text in (
            (layout.SECOND_LAST, before),
            (layout.SECOND_CHECK, "检查"),
            (layout.SECOND_NOTE, "这一行指什么"),
        ):
            room.sheet.write_string(row + 1, column, text, head)
        room.sheet.set_row(row, 22)
        room.sheet.set_row(row + 1, 30)
        row += 2
        for name in block.rows:
            key = key2(block.article, name, block.columns[-1][0])
            amount = room.book.last[key] if room.book.last else None
            spot = Spot(layout.SECOND_SHEET, row, layout.SECOND_LAST)
            if amount is not None and amount.number is not None:
                room.sheet.write_number(row, spot.column, float(amount.number), grey)
            else:
                room.sheet.write_string(row, spot.column, amount.shown if amount else "", grey)
            live = _second_check(room, name, key, spot)
            at = Spot(layout.SECOND_SHEET, row, layout.SECOND_CHECK)
            if live:
                lives.append(live)
                room.live(at, live)
            else:
                room.sheet.write_blank(row, at.column, None, grey)
            note = SECOND_NOTES[name]
            room.sheet.write_string(row, layout.SECOND_NOTE, note, note_style)
            room.sheet.set_row(row, max(30.0, height_of(lines_needed(note, 46, 9), 9)))
            row += 1
    return lives


def _second_check(room: Room, name: str, key: str, last: Spot) -> Live | None:
    """R2.1 where last year is known, R2.2 where it is not; the unit of the fee. A reason makes it fit."""
    entries, book = room.filled.entries, room.book
    before = book.last[key].counted if book.last else None
    if key == FEE:
        if not before:
            return None
        cell, reason = named(NUMBER_SPOTS[key]), layout.SLOT_SPOTS[SLOT_FEE]
        doubt = f"OR(N({cell})=N({named(last)})*10000,AND(N({cell})>N({named(last)})*100,N({cell})>=1))"
        formula = (
            f'=IF({cell}="","",IF(NOT({doubt}),"{FITS}",IF({absolute(reason)}<>"","已说明","{GAP}太多：是万元吗？")))'
        )
        now = counted(entries, key)
        odd = now == before * 10_000 or (now > before * 100 and now >= 1)
        shown = "" if is_empty(entries, key) else f"{GAP}太多：是万元吗？" if odd else FITS
        return Live(formula, "已说明" if shown.startswith(GAP) and room.filled.texts.get(SLOT_FEE) else shown)
    if name not in _SLOT_OF:
        return None
    keys = key2(1, name, MADE), key2(1, name, ENDED), key2(1, name, VALID)
    made, ended, valid = (named(NUMBER_SPOTS[one]) for one in keys)
    slot = _SLOT_OF[name]
    reason = layout.SLOT_SPOTS[slot]
    declared = layout.DECLARE_SPOTS[2]
    numbers = [counted(entries, one) for one in keys]
    value: Decimal
    if before is None:
        gap, value = f"MAX(0,N({made})-N({ended})-N({valid}))", max(numbers[0] - numbers[1] - numbers[2], Decimal(0))
    else:
        gap = f"N({valid})-(N({named(last)})+N({made})-N({ended}))"
        value = numbers[2] - (before + numbers[0] - numbers[1])
    sign = f'IF({gap}>0,"+","")&({gap})'
    formula = (
        f'=IF(AND({valid}="",{absolute(declared)}<>"{layout.ALL_ZERO}"),"",'
        f'IF({gap}=0,"{FITS}",IF({absolute(reason)}<>"","已说明","{GAP} "&{sign})))'
    )
    if is_empty(entries, keys[2]) and 2 not in room.filled.declared:
        return Live(formula, "")
    return Live(formula, "已说明" if value and room.filled.texts.get(slot) else told(value))


def _reasons_of_second(room: Room) -> None:
    head = room.styles.get(bold=True)
    room.sheet.write_string(layout.ROW_REASONS - 1, 0, "与上年接不上的，在这里写一句原因（接得上的空着）", head)
    room.sheet.set_row(layout.ROW_REASONS - 1, 24)
    label = room.styles.cell(align="left", font_size=9)
    for slot in layout.SECOND_SLOTS:
        spot = layout.SLOT_SPOTS[slot]
        room.sheet.write_string(spot.row, 0, SLOTS[slot], label)
        room.text(slot, spot, across=5)
        room.sheet.set_row(spot.row, 30)
