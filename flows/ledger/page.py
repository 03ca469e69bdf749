"""The ledger sheet, piece by piece: rows and their order, what stands in them, how wide, how it looks and prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.ledger import layout
from flows.ledger.identity import token
from flows.ledger.inputs import Value, previous_text
from flows.ledger.layout import FIRST_ROW, HEADER_ROW, INDEX
from flows.ledger.model import Ledger, LedgerRow, Report, Status
from flows.ledger.styles import CARRIED_FILL, FAULT_FILL, FAULT_INK, INPUT_FILL, SIZE, SMALLER, Styles
from flows.ledger.text import ROW_LIMIT, clean, fits

_LAST: Final = layout.column_name(len(layout.COLUMNS) - 1)
_ORDER: Final = {Status.EXEMPT: 1, Status.DONE: 2}
KEY_LOOK: Final = {"font_color": "#FFFFFF"}
"""Of the hidden row keys."""
_LEAST_HEIGHT: Final = 30.0


def ordered(rows: tuple[LedgerRow, ...]) -> tuple[LedgerRow, ...]:
    """The rows as they are written: what is finished goes to the end, else the plan's order stays."""
    return tuple(sorted(rows, key=lambda row: _ORDER.get(row.standing.status, 0) if row.standing else 0))


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


def locked_texts(row: LedgerRow) -> tuple[str, ...]:
    """The seven locked cells of a row, in layout order."""
    texts = (row.no, row.category, row.task, row.requirement, row.role.label, row.deadline, previous_text(row))
    return tuple(clean(text or "") for text in texts)


def widths_of(locked: Sequence[tuple[str, ...]], filled: Sequence[Mapping[str, Value]]) -> list[float]:
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


def size_of(text: str, width: float) -> float:
    """The largest size at which a text fits Excel's greatest row height in a column so wide."""
    return next((size for size in SMALLER if fits(text, width, size)), SMALLER[-1])


def row_height(height: float) -> float:
    """The height of a row whose highest text needs so much."""
    return min(max(height, _LEAST_HEIGHT), ROW_LIMIT)


def cell_look(styles: Styles, head: layout.Column, size: float, faulty: bool, carried: bool) -> Format:
    """How a cell of the table looks, by its column and the size of its text."""
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
        if carried and head.header in (layout.NO, layout.CATEGORY):
            look["bg_color"] = CARRIED_FILL
    if faulty:
        look |= {"font_color": FAULT_INK, "bold": True}
    return styles.cell(**look)


def set_up(sheet: Worksheet, ledger: Ledger, count: int, *, marked: bool) -> None:
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
    sheet.set_footer(f"&L{footer_name(ledger)}&C第 &P 页，共 &N 页&R{ledger.identity.period}")
    sheet.set_zoom(100)
    first = INDEX[layout.STATUS]
    sheet.set_selection(FIRST_ROW, first, FIRST_ROW, first)
    if not marked:
        sheet.activate()
    sheet.set_tab_color("#FFC000")


def footer_name(ledger: Ledger) -> str:
    """The unit as the footer names it."""
    return clean(ledger.identity.unit).replace("&", "&&").replace("\n", " ")[:60]


def write_identity(workbook: Workbook, styles: Styles, ledger: Ledger, secret: bytes) -> None:
    """The hidden sheet and the document property that say whose workbook this is."""
    text = token(ledger.identity, secret)
    sheet = workbook.add_worksheet(layout.IDENTITY_SHEET)
    sheet.write_string(0, 0, text, styles.get())
    sheet.write_string(1, 0, "本表供汇总时识别，请勿删改", styles.get())
    sheet.protect("")
    sheet.hide()
    # The two other places carry longer names.
    if len(text) <= layout.PROPERTY_LIMIT:
        workbook.set_custom_property(layout.PROPERTY, text, "text")
