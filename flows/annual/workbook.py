"""A unit's 年报数据 workbook, written with XlsxWriter. The same content gives the same bytes."""

from __future__ import annotations

import io
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Final

from xlsxwriter.workbook import Workbook

from flows.annual import layout
from flows.annual.fourth_sheet import write_fourth
from flows.annual.layout import LABEL_SPOTS, Spot
from flows.annual.live import FITS, Live, absolute
from flows.annual.model import AnnualBook
from flows.annual.notes import CAREFUL, STEPS
from flows.annual.second_sheet import write_second
from flows.annual.sheet_tools import Filled, Room
from flows.annual.text_sheet import write_texts
from flows.annual.third_sheet import write_third
from flows.files import write_file
from flows.ledger.identity import token
from flows.ledger.styles import HEAD_FACE, Styles
from flows.ledger.text import clean, height_of, lines_needed

_ILLEGAL: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_WIDTHS: Final = (16, 40, 16, 40)


def annual_file_name(unit: str, index: int, year: int) -> str:
    """A file name with number, unit and year, legal on Windows and under 60 characters."""
    name = _ILLEGAL.sub("", unicodedata.normalize("NFC", unit)).strip(" .")
    head, tail = f"{index:03d}_", f"年报数据_{year}.xlsx"
    return f"{head}{name[: 58 - len(head) - len(tail)]}_{tail}"


def write_annual(book: AnnualBook, path: Path, secret: bytes) -> None:
    """Write a unit's workbook to ``path``, whole or not at all; UserError when that cannot be done."""
    write_file(path, render_annual(book, secret))


def render_annual(book: AnnualBook, secret: bytes, filled: Filled | None = None) -> bytes:
    """The workbook as bytes. With ``filled`` the cells hold what stands there, as in a correction workbook."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    workbook = Workbook(stream, options)
    # A fixed creation date: the same content must give the same bytes.
    created = datetime(book.year, 12, 31)  # noqa: DTZ001 - Excel knows no time zone
    workbook.set_properties({"title": title_of(book), "author": clean(book.office), "created": created})
    styles = Styles(workbook)
    filled = filled or Filled(texts={layout.FILLER: book.filler, layout.PHONE: book.phone})
    if filled.front:
        filled.front(workbook, styles)
    guide = workbook.add_worksheet(layout.GUIDE_SHEET)
    shown = {
        layout.SECOND_SHEET: write_second(workbook, styles, book, filled, secret),
        layout.THIRD_SHEET: write_third(workbook, styles, book, filled, secret),
        layout.FOURTH_SHEET: write_fourth(workbook, styles, book, filled, secret),
        layout.TEXT_SHEET: write_texts(workbook, styles, book, filled, secret),
    }
    _write_guide(Room(guide, styles, book, filled), shown)
    if not filled.front:
        guide.activate()
    _write_identity(workbook, styles, book, secret)
    workbook.close()
    return stream.getvalue()


def title_of(book: AnnualBook) -> str:
    """The title of the first sheet."""
    return clean(f"{layout.TITLE}（{book.year}年）")


def _write_guide(room: Room, shown: dict[str, str]) -> None:
    sheet, styles, book = room.sheet, room.styles, room.book
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    room.span(0, 0, 3, title_of(book), styles.get(font_name=HEAD_FACE, font_size=18, align="center"))
    sheet.set_row(0, 38)
    label = styles.cell(align="center", font_name=HEAD_FACE, font_size=11)
    plain = styles.cell(align="left", bold=True, font_size=11)
    contact = book.contact or book.office
    texts = {layout.UNIT: book.identity.unit, layout.YEAR: f"{book.year}年", layout.REPLY_BY: book.reply_by}
    for word, text in (texts | {layout.CONTACT: contact}).items():
        spot = LABEL_SPOTS[word]
        sheet.write_string(spot.row, spot.column - 1, word, label)
        sheet.write_string(spot.row, spot.column, clean(text), plain)
    for word in (layout.FILLER, layout.PHONE):
        spot = LABEL_SPOTS[word]
        sheet.write_string(spot.row, spot.column - 1, word, label)
        room.text(word, spot, font_size=11)
    for row in (1, 2, 3):
        sheet.set_row(row, 26)
    row = _write_checks(room, shown, layout.CHECK_ROW)
    row = _write_lines(room, row + 1, "怎样填", STEPS)
    row = _write_lines(room, row + 1, "请注意", CAREFUL)
    spot = LABEL_SPOTS[layout.FILLER]
    sheet.set_selection(spot.row, spot.column, spot.row, spot.column)
    sheet.set_tab_color("#C00000")
    room.finish(row, 3, landscape=False)


def _write_checks(room: Room, shown: dict[str, str], row: int) -> int:
    """What is still missing on each sheet, and whether the workbook may go."""
    heading = room.styles.get(font_name=HEAD_FACE, font_size=12, bottom=1)
    room.span(row, 0, 3, f"{layout.CHECK}（填的时候自动更新）", heading)
    room.sheet.set_row(row, 24)
    first = row + 1
    name = room.styles.cell(align="center", font_size=11)
    places = layout.SUMMARY_SPOTS
    link = room.styles.cell(align="center", font_size=11, font_color="#0563C1", underline=1)
    for at, (sheet, spot) in enumerate(places.items()):
        room.sheet.write_url(first + at, 0, f"internal:'{sheet}'!A1", link, sheet)
        room.live(Spot("", first + at, 1), Live(f"='{sheet}'!{absolute(spot)}", shown[sheet]), 3, align="left")
    filler = absolute(LABEL_SPOTS[layout.FILLER])
    who = FITS if room.filled.texts.get(layout.FILLER) else "没有写填报人"
    at = first + len(places)
    room.sheet.write_string(at, 0, layout.FILLER, name)
    room.live(Spot("", at, 1), Live(f'=IF(TRIM({filler})="","没有写填报人","{FITS}")', who), 3, align="left")
    area = f"B{first + 1}:B{at + 1}"
    states = [*shown.values(), who]
    ready = all(state.startswith(FITS) for state in states)
    formula = f'=IF(COUNTIF({area},"{FITS}*")={len(states)},"{FITS} 可以报送","还不能报送，看上面红色的")'
    room.sheet.write_string(at + 1, 0, "结论", name)
    room.live(
        Spot("", at + 1, 1), Live(formula, f"{FITS} 可以报送" if ready else "还不能报送，看上面红色的"), 3, align="left"
    )
    for line in range(first, at + 2):
        room.sheet.set_row(line, 22)
    return at + 2


def _write_lines(room: Room, row: int, heading: str, lines: tuple[tuple[str, str], ...]) -> int:
    style = room.styles.get(font_name=HEAD_FACE, font_size=12, bottom=1)
    room.span(row, 0, 3, heading, style)
    room.sheet.set_row(row, 24)
    name, text = room.styles.cell(align="center", bold=True, font_size=11), room.styles.cell(font_size=11)
    for left, right in lines:
        row += 1
        room.sheet.write_string(row, 0, left, name)
        room.span(row, 1, 3, right, text)
        room.sheet.set_row(row, max(height_of(lines_needed(right, sum(_WIDTHS[1:]), 11), 11), 22))
    return row + 1


def _write_identity(workbook: Workbook, styles: Styles, book: AnnualBook, secret: bytes) -> None:
    text = token(book.identity, secret)
    sheet = workbook.add_worksheet(layout.IDENTITY_SHEET)
    sheet.write_string(0, 0, text, styles.get())
    sheet.write_string(1, 0, "本表供汇总时识别，请勿删改", styles.get())
    sheet.protect("")
    sheet.hide()
    # Excel holds 255 characters in a property; hidden sheet and row keys carry longer names.
    if len(text) <= 255:
        workbook.set_custom_property(layout.PROPERTY, text, "text")
