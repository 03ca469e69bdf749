"""A unit's workbook, written with XlsxWriter: prefilled, so that a unit types only what changed.

The same ledger gives the same bytes.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.files import write_file
from flows.ledger import layout
from flows.ledger.cells import Marks, write_comment, write_value
from flows.ledger.guide import write_guide
from flows.ledger.head import title_of, write_head
from flows.ledger.identity import row_key, token
from flows.ledger.inputs import Fault, Value, add_checks, add_lists, add_summary, previous_text
from flows.ledger.layout import FIRST_ROW, HEADER_ROW, INDEX
from flows.ledger.model import Ledger, LedgerRow, Report, Status
from flows.ledger.styles import (
    FAULT_FILL,
    FAULT_INK,
    INPUT_FILL,
    SIZE,
    SMALLER,
    Styles,
)
from flows.ledger.text import ROW_LIMIT, clean, fits, height_of, lines_needed
from flows.periods import Period

_LAST: Final = layout.column_name(len(layout.COLUMNS) - 1)
_ORDER: Final = {Status.EXEMPT: 1, Status.DONE: 2}
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')


def write_ledger(ledger: Ledger, path: Path, secret: bytes) -> None:
    """Write a unit's workbook to ``path``, whole or not at all; UserError when that cannot be done."""
    write_file(path, render(ledger, secret))


def ledger_file_name(unit: str, index: int, period: Period | str) -> str:
    """A file name with number, unit and period, legal on Windows and under 60 characters."""
    name = _ILLEGAL.sub("", unicodedata.normalize("NFC", unit)).strip(" .")
    tail = f"工作台账_{period}.xlsx"
    head = f"{index:03d}_"
    return f"{head}{name[: 58 - len(head) - len(tail)]}_{tail}"


def ordered(rows: tuple[LedgerRow, ...]) -> tuple[LedgerRow, ...]:
    """The rows as they are written: what is finished goes to the end, else the plan's order stays."""
    return tuple(sorted(rows, key=lambda row: _ORDER.get(row.previous.status, 0) if row.previous else 0))


def prefilled(report: Report | None) -> dict[str, Value]:
    """Last period's report as values of the input cells."""
    if report is None:
        return {}
    return {
        layout.STATUS: report.status.value,
        layout.PERCENT: None if report.percent is None else report.percent / 100,
        layout.PROGRESS: report.progress,
        layout.DONE_ON: report.done_on,
        layout.EVIDENCE: report.evidence,
        layout.PROBLEM: report.problem,
        layout.NEXT_STEP: report.next_step,
    }


def render(ledger: Ledger, secret: bytes, marks: Marks | None = None) -> bytes:
    """The workbook as bytes. With ``marks`` it is the correction workbook of the same ledger."""
    period = Period.parse(ledger.identity.period)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    workbook = Workbook(stream, options)
    # A fixed creation date: the same ledger must give the same bytes.
    created = datetime(period.year, period.month, 1)  # noqa: DTZ001 - Excel knows no time zone
    workbook.set_properties({"title": title_of(ledger), "author": clean(ledger.office), "created": created})
    styles = Styles(workbook)
    marks = marks or Marks()
    if marks.front:
        marks.front(workbook, styles)
    sheet = workbook.add_worksheet(layout.SHEET)
    rows = ordered(ledger.rows)
    write_head(sheet, styles, ledger, period, marks)
    filled = [dict(marks.typed[row.no]) if row.no in marks.typed else prefilled(row.previous) for row in rows]
    _write_rows(sheet, styles, ledger, rows, filled, secret, marks)
    add_lists(sheet, len(rows), period)
    add_checks(sheet, styles, [row.overdue for row in rows], _faults(rows, filled, marks))
    add_summary(sheet, styles, rows, filled, ledger.filler)
    _set_up(sheet, ledger, len(rows), marked=marks.front is not None)
    write_guide(workbook, styles, ledger)
    _write_identity(workbook, styles, ledger, secret)
    workbook.close()
    return stream.getvalue()


def _locked(row: LedgerRow) -> tuple[str, ...]:
    """The seven locked cells of a row, in layout order."""
    texts = (row.no, row.category, row.task, row.requirement, row.role.label, row.deadline, previous_text(row))
    return tuple(clean(text or "") for text in texts)


def _faults(rows: Sequence[LedgerRow], filled: Sequence[Mapping[str, Value]], marks: Marks) -> list[Fault]:
    return [
        Fault(FIRST_ROW + offset, INDEX[header], values.get(header))
        for offset, (row, values) in enumerate(zip(rows, filled, strict=True))
        for header in layout.INPUTS
        if (row.no, header) in marks.notes
    ]


def _write_rows(
    sheet: Worksheet,
    styles: Styles,
    ledger: Ledger,
    rows: Sequence[LedgerRow],
    filled: Sequence[Mapping[str, Value]],
    secret: bytes,
    marks: Marks,
) -> None:
    locked = [_locked(row) for row in rows]
    widths = _widths(locked, filled)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    key_style = styles.get(font_color="#FFFFFF")
    for offset, (row, texts, values) in enumerate(zip(rows, locked, filled, strict=True)):
        line = FIRST_ROW + offset
        height = 0.0
        for place, head in enumerate(layout.COLUMNS):
            value: Value = values.get(head.header) if head.is_input else texts[place]
            if isinstance(value, str):
                value = clean(value)
            size = SIZE
            if isinstance(value, str) and value:
                size = next((s for s in SMALLER if fits(value, widths[place], s)), SMALLER[-1])
                height = max(height, height_of(lines_needed(value, widths[place], size), size))
            note = marks.notes.get((row.no, head.header))
            write_value(sheet, line, place, value, _cell_style(styles, head, size, bool(note)))
            if note:
                write_comment(sheet, line, place, note)
        sheet.write_string(line, layout.KEY_COLUMN, row_key(ledger.identity, row.no, secret), key_style)
        sheet.set_row(line, min(max(height, 30.0), ROW_LIMIT))
    sheet.set_column(layout.KEY_COLUMN, layout.KEY_COLUMN, 9, None, {"hidden": True})


def _widths(locked: Sequence[tuple[str, ...]], filled: Sequence[Mapping[str, Value]]) -> list[float]:
    """Column widths: those of the layout, grown where a long text would else exceed Excel's greatest row height."""
    widths = []
    for place, head in enumerate(layout.COLUMNS):
        width = head.width
        if head.wide:
            column: list[Value] = (
                [values.get(head.header) for values in filled] if head.is_input else [texts[place] for texts in locked]
            )
            long = [text for text in column if isinstance(text, str) and len(text) > 100]
            while width < head.wide and not all(fits(text, width, SIZE) for text in long):
                width = min(width * 1.2, head.wide)
        elif head.header == layout.CATEGORY and not any(texts[place] for texts in locked):
            width = 5
        widths.append(width)
    return widths


def _cell_style(styles: Styles, head: layout.Column, size: float, faulty: bool) -> object:
    look: dict[str, object] = {"align": "center" if head.centred else "left"}
    if size != SIZE:
        look["font_size"] = size
    if head.is_input:
        look |= {"locked": False, "bg_color": FAULT_FILL if faulty else INPUT_FILL}
        # A percent cell takes “80” and “80%” alike in Excel, WPS and LibreOffice; a text cell keeps “1-2” as it is.
        formats = {layout.PERCENT: "0%", layout.DONE_ON: "yyyy-mm-dd"}
        look["num_format"] = formats.get(head.header, "@")
    else:
        look["num_format"] = "@"
    if faulty:
        look |= {"font_color": FAULT_INK, "bold": True}
    return styles.cell(**look)


def _set_up(sheet: Worksheet, ledger: Ledger, count: int, *, marked: bool) -> None:
    """Protection, freezing and print."""
    # No password: it would protect nothing and only annoy. Widths, heights, filters and sorting stay allowed.
    allowed = {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True}
    sheet.protect("", allowed)
    if count:
        # With the hidden key column: whoever sorts by the filter's arrows takes the keys along.
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + count, layout.KEY_COLUMN)
    sheet.freeze_panes(FIRST_ROW, INDEX[layout.REQUIREMENT])
    # Numbers of tasks are texts on purpose: no green triangles.
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_LAST}{FIRST_ROW + max(count, 1)}"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.print_area(0, 0, max(FIRST_ROW + count - 1, HEADER_ROW), len(layout.COLUMNS) - 1)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    unit = clean(ledger.identity.unit).replace("&", "&&").replace("\n", " ")[:60]
    sheet.set_footer(f"&L{unit}&C第 &P 页，共 &N 页&R{ledger.identity.period}")
    sheet.set_zoom(100)
    first = INDEX[layout.STATUS]
    sheet.set_selection(FIRST_ROW, first, FIRST_ROW, first)
    if not marked:
        sheet.activate()
    sheet.set_tab_color("#FFC000")


def _write_identity(workbook: Workbook, styles: Styles, ledger: Ledger, secret: bytes) -> None:
    text = token(ledger.identity, secret)
    sheet = workbook.add_worksheet(layout.IDENTITY_SHEET)
    sheet.write_string(0, 0, text, styles.get())
    sheet.write_string(1, 0, "本表供汇总时识别，请勿删改", styles.get())
    sheet.protect("")
    sheet.hide()
    # Excel holds 255 characters in a property; the two other places carry longer names.
    if len(text) <= 255:
        workbook.set_custom_property(layout.PROPERTY, text, "text")
