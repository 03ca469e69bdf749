"""Formats and pages that all sheets of the review workbook share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Pages:
    """A workbook that is being written: makes sheets, puts texts into cells so that none can become a formula."""

    def __init__(self, book: Any) -> None:
        self.book = book
        font = {"font_name": "宋体", "font_size": 10, "valign": "top", "text_wrap": True}
        line = {**font, "border": 1, "border_color": "#BFBFBF"}
        add = book.add_format
        self.title = add({**font, "font_size": 12, "bold": True, "valign": "vcenter"})
        self.alarm = add({**font, "font_size": 12, "bold": True, "valign": "vcenter", "bg_color": "#FFE699"})
        self.head = add({**line, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#D9E2F3"})
        self.steep = add({**line, "rotation": 90, "align": "center", "valign": "bottom", "bg_color": "#D9E2F3"})
        self.text = add(line)
        self.faint = add({**line, "font_color": "#7F7F7F"})
        self.middle = add({**line, "align": "center"})
        self.key = add({**line, "align": "center", "num_format": "@"})
        self.link = add({**line, "align": "center", "num_format": "@", "font_color": "#0563C1", "underline": 1})
        self.quoted = add({**line, "quote_prefix": True})
        self.day = add({**line, "align": "center", "num_format": "yyyy-mm-dd"})
        self.asked = add({**line, "bold": True, "bg_color": "#FFF2CC"})
        self.answer = add({**line, "bold": True, "bg_color": "#FFD966", "num_format": "@", "border": 2})
        self.answered = add({"bg_color": "#E2EFDA", "bold": False})
        self.row_doubt = add({"bg_color": "#FFF9E0"})
        self.cell_doubt = add({"bg_color": "#FFD966", "bold": True})
        self.row_new = add({"bg_color": "#E2EFDA"})
        self.row_gone = add({"font_color": "#A6A6A6", "font_strikeout": True})

    def sheet(self, name: str, widths: Sequence[float], *, tab: str = "") -> Any:
        """A new sheet for A4 landscape with columns of these widths."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页，共 &N 页")
        if tab:
            sheet.set_tab_color(tab)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        return sheet

    def put(self, sheet: Any, row: int, column: int, text: str, style: Any = None) -> None:
        """A text; the default style also quotes what would look like a formula when the cell is edited."""
        if not text:
            sheet.write_blank(row, column, None, style or self.text)
            return
        risky = style is None and text.startswith(("=", "+", "-", "@"))
        sheet.write_string(row, column, text, self.quoted if risky else (style or self.text))

    def header(self, sheet: Any, row: int, names: Sequence[str]) -> None:
        """A row of column names."""
        for at, name in enumerate(names):
            self.put(sheet, row, at, name, self.head)


def letter(column: int) -> str:
    """The letters of a column counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))
