"""Writing single cells of a ledger, and the marks that a correction workbook puts on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.ledger.inputs import Value
from flows.ledger.styles import Styles
from flows.ledger.text import clean, lines_needed


@dataclass(frozen=True, slots=True)
class Marks:
    """What a correction workbook shows over a plain ledger.

    ``typed`` holds for each 任务编号 what the unit wrote under each input header, ``notes`` the comment for each faulty
    cell, keyed by 任务编号 (or a label such as 填报人, with an empty number) and header.
    """

    typed: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    front: Callable[[Workbook, Styles], None] | None = None
    """Adds a sheet before the ledger."""


def write_value(sheet: Worksheet, row: int, column: int, value: Value, style: object) -> None:
    """Write a value by its type; text always stays text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    else:
        # Never write(): a text that starts with “=” must stay text.
        sheet.write_string(row, column, clean(value), style)


def write_comment(sheet: Worksheet, row: int, column: int, note: str) -> None:
    """Attach a comment whose box is large enough for its text."""
    text = clean(note)
    size = {"author": "台账", "font_size": 10, "width": 260, "height": 30 + 18 * lines_needed(text, 34, 10)}
    sheet.write_comment(row, column, text, size)
