"""Text on its way into and out of cells: what Excel cannot hold is removed, and lines are counted before they wrap."""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Final

CELL_LIMIT: Final = 32_000
"""Excel holds 32,767 UTF-16 units in a cell."""
ROW_LIMIT: Final = 409.0
"""The greatest row height in points that Excel knows."""

# XML 1.0 forbids C0 controls except tab, line feed and carriage return, lone surrogates and two non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LONG_WORD = re.compile(r"[!-~]{9,}")

# At 96 dpi a column of width w is 7w + 5 pixels wide (Calibri 11 as the workbook's default font), of which about
# 8 are lost to padding; a half-width character of size s takes s × 2/3 pixels.
_PIXELS_PER_UNIT = 7.0
_PADDING = 3.0
_LEADING = 1.46
"""Line height ÷ font size of the tallest usual face (Noto CJK 1.448; SimSun needs 1.3)."""


def clean(text: str) -> str:
    """Text as it may stand in a cell: line ends as ``\\n``, no control characters, at most CELL_LIMIT long."""
    if len(text) <= CELL_LIMIT // 2 and text.isprintable():
        return text  # nearly every cell: no line end, nothing forbidden
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _FORBIDDEN.sub("", text)
    if len(text) <= CELL_LIMIT // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) // 2 <= CELL_LIMIT:
        return text
    return units[: (CELL_LIMIT - 2) * 2].decode("utf-16-le", "ignore") + "……"


def breadth(text: str) -> int:
    """Width of one line in half-width characters: CJK counts 2."""
    length = len(text)
    # UTF-8 spends 3 bytes on a CJK character and 1 on ASCII: much faster than asking unicodedata for each character.
    return length + (len(text.encode("utf-8", "replace")) - length + 1) // 2


def lines_needed(text: str, width: float, size: float) -> int:
    """How many lines ``text`` takes in a wrapped column of ``width`` characters at font ``size`` points."""
    capacity, room = _room(width, size)
    if 2 * len(text) <= room and "\n" not in text:
        return 1
    lines = 0
    for part in text.split("\n"):
        wide = breadth(part)
        lines += max(math.ceil(wide / room), 1)
        if wide > capacity and _LONG_WORD.search(part):
            lines += 1
    return lines


@cache
def _room(width: float, size: float) -> tuple[int, int]:
    """How many half-width characters a line holds, and how many of them count on."""
    capacity = max(int((width * _PIXELS_PER_UNIT - _PADDING) / (size * 2 / 3)), 2)
    # Full-width characters come in twos, and punctuation may not open a line, which costs a character now and then.
    return capacity, max(capacity - capacity % 2 - (1 if capacity > 12 else 0), 2)


def height_of(lines: int, size: float) -> float:
    """Row height in points for so many lines, with a little air."""
    return lines * size * _LEADING + 4


def fits(text: str, width: float, size: float) -> bool:
    """Whether a single row can be made high enough to show the whole text."""
    return height_of(lines_needed(text, width, size), size) <= ROW_LIMIT
