"""Cell formats of all workbooks: one palette, one set of faces, each format made once per workbook."""

from __future__ import annotations

from typing import Any, Final

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

BODY_FACE: Final = "宋体"
HEAD_FACE: Final = "黑体"
SIZE: Final = 10.0
SMALLER: Final = (10.0, 9.0, 8.0, 7.0, 6.0)
"""Sizes tried in turn for a text that would not fit Excel's greatest row height."""

INPUT_FILL: Final = "#FFF8DC"
INPUT_HEAD_FILL: Final = "#FFE699"
HEAD_FILL: Final = "#D9E2F3"
GREY_FILL: Final = "#EDEDED"
GREY_INK: Final = "#7F7F7F"
FAULT_FILL: Final = "#FF9C9C"
FAULT_INK: Final = "#C00000"
WANTED_FILL: Final = "#F8CBAD"
CARRIED_FILL: Final = "#E4DFEC"
"""Behind number and category of look-back items (回头看)."""
BORDER: Final = "#A6A6A6"


class Styles:
    """Formats by their properties; asking twice for the same properties gives the same format."""

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **properties: Any) -> Format:
        """A format with these XlsxWriter properties over the defaults (宋体 10, vertically centred)."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": BODY_FACE, "font_size": SIZE, "valign": "vcenter"}
            self._made[key] = self._workbook.add_format(base | properties)
        return self._made[key]

    def cell(self, **properties: Any) -> Format:
        """A wrapped, bordered table cell."""
        return self.get(**({"text_wrap": True, "border": 1, "border_color": BORDER} | properties))

    def head(self, **properties: Any) -> Format:
        """A table's header cell."""
        base = {"font_name": HEAD_FACE, "align": "center", "bg_color": HEAD_FILL}
        return self.cell(**(base | properties))

    def differential(self, **properties: Any) -> Format:
        """A format for conditional formatting, which may carry colours but neither face nor size."""
        key = tuple(sorted({"differential": True, **properties}.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format(properties)
        return self._made[key]
