"""Values of the binary and packed workbooks (.xlsx, .xlsb, .xls, .et, .ods), as calamine gives them.

The module of each form has measured the file before: calamine would allocate whatever the file asks for.
"""

from __future__ import annotations

import io
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

import python_calamine
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from flows.ledger.forms.grid import Grid, Merge, Value

Faults = dict[tuple[int, int], str]
"""0-based (row, column) → what stands there instead of a value."""

SHOWN: Final = 60
"""Characters of a formula that a message quotes."""


def formula(text: str) -> str:
    """A formula as a fault tells it: with “=”, not too long."""
    text = " ".join(text.split()).removeprefix("of:").removeprefix("=")
    if not text:
        return "公式"
    return f"={text}" if len(text) <= SHOWN else f"={text[:SHOWN]}……"


def grids(
    data: bytes,
    faults: Mapping[int, Faults],
    merged: Mapping[int, Sequence[Merge]] | None = None,
    idle: Container[int] = (),
) -> Iterator[Grid]:
    """All sheets in their order. ``faults`` and, where calamine does not know them, ``merged``: by sheet number.

    ``idle``: numbers of sheets in which nothing can stand that is looked for.
    """
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        for place, meta in enumerate(book.sheets_metadata):
            if place in idle:
                continue
            try:
                sheet = book.get_sheet_by_index(place)
            except python_calamine.WorksheetNotFound:  # a chart sheet
                continue
            rows: list[list[Value]] = sheet.to_python(skip_empty_area=False)
            ranges = merged.get(place, ()) if merged is not None else sheet.merged_cell_ranges or ()
            yield Grid(meta.name, rows, meta.visible is SheetVisibleEnum.Visible, ranges, faults.get(place, {}))
