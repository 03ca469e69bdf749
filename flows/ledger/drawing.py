"""The workbook drawn with XlsxWriter: the one that goes back with marks, and the frame into which others are pressed.

The same ledger gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.ledger import layout
from flows.ledger.cells import Marks, write_comment, write_value
from flows.ledger.guide import write_guide
from flows.ledger.head import title_of, write_head
from flows.ledger.identity import row_key
from flows.ledger.inputs import Fault, Value, add_checks, add_lists, add_summary, summary
from flows.ledger.layout import FIRST_ROW, INDEX
from flows.ledger.model import Ledger, LedgerRow
from flows.ledger.page import (
    KEY_LOOK,
    cell_look,
    locked_texts,
    ordered,
    prefilled,
    row_height,
    set_up,
    size_of,
    widths_of,
    write_identity,
)
from flows.ledger.styles import SIZE, Styles
from flows.ledger.text import clean, height_of, lines_needed
from flows.periods import Period


@dataclass(frozen=True, slots=True)
class Table:
    """What ``assemble`` has to know of the rows under the header."""

    count: int
    overdue: Sequence[int]
    """Which of them are overdue, from 0."""
    summary: str
    """The sentence of 填报检查."""
    write: Callable[[Worksheet, Styles], None]
    """Puts them into the sheet."""
    faults: Sequence[Fault] = ()


def draw(ledger: Ledger, secret: bytes, marks: Marks) -> bytes:
    """The whole workbook of a ledger, with marks on what is to be corrected."""
    rows = ordered(ledger.rows)
    filled = [dict(marks.typed[row.no]) if row.no in marks.typed else prefilled(row.standing) for row in rows]
    table = Table(
        count=len(rows),
        overdue=[offset for offset, row in enumerate(rows) if row.overdue],
        summary=summary(rows, filled, ledger.filler),
        write=lambda sheet, styles: _write_rows(sheet, styles, ledger, rows, filled, secret, marks),
        faults=_faults(rows, filled, marks),
    )
    return assemble(ledger, secret, marks, table)


def assemble(ledger: Ledger, secret: bytes, marks: Marks, table: Table) -> bytes:
    """All sheets of a workbook around a table."""
    period = Period.parse(ledger.identity.period)
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    workbook = Workbook(stream, options)
    # A fixed creation date: the same ledger must give the same bytes.
    created = datetime(period.year, period.month, 1)  # noqa: DTZ001 - Excel knows no time zone
    workbook.set_properties({"title": title_of(ledger), "author": clean(ledger.office), "created": created})
    styles = Styles(workbook)
    if marks.front:
        marks.front(workbook, styles)
    sheet = workbook.add_worksheet(layout.SHEET)
    write_head(sheet, styles, ledger, period, marks)
    table.write(sheet, styles)
    add_lists(sheet, table.count, period)
    add_checks(sheet, styles, table.count, table.overdue, table.faults)
    add_summary(sheet, styles, table.count, table.summary)
    set_up(sheet, ledger, table.count, marked=marks.front is not None)
    write_guide(workbook, styles, ledger)
    write_identity(workbook, styles, ledger, secret)
    workbook.close()
    return stream.getvalue()


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
    locked = [locked_texts(row) for row in rows]
    widths = widths_of(locked, filled)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    key_style = styles.get(**KEY_LOOK)
    for offset, (row, texts, values) in enumerate(zip(rows, locked, filled, strict=True)):
        line = FIRST_ROW + offset
        height = 0.0
        for place, head in enumerate(layout.COLUMNS):
            value: Value = values.get(head.header) if head.is_input else texts[place]
            if isinstance(value, str):
                value = clean(value)
            size = SIZE
            if isinstance(value, str) and value:
                size = size_of(value, widths[place])
                height = max(height, height_of(lines_needed(value, widths[place], size), size))
            note = marks.notes.get((row.no, head.header))
            write_value(sheet, line, place, value, cell_look(styles, head, size, bool(note), row.is_carried))
            if note:
                write_comment(sheet, line, place, note)
        sheet.write_string(line, layout.KEY_COLUMN, row_key(ledger.identity, row.no, secret), key_style)
        sheet.set_row(line, row_height(height))
    sheet.set_column(layout.KEY_COLUMN, layout.KEY_COLUMN, layout.KEY_WIDTH, None, {"hidden": True})
