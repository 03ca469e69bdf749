"""Cells copied from Excel: parted by tabs, and in straight quotes where they hold line breaks, quotes or tabs."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MOST_LINES = 80
_OPENED = re.compile(r"(?:^|\t)\s*\"(?P<rest>(?:[^\"]|\"\")*)$")
_CLOSED = re.compile(r"(?:[^\"]|\"\")*\"\s*(?:\t|$)")
_QUOTED = re.compile(r"\s*\"(?P<text>(?:[^\"]|\"\")*)\"\s*")


def with_whole_cells(lines: Sequence[str]) -> list[str]:
    """The lines of a text with each quoted cell whole: the lines that it took become blank, so that places stay.

    A quote that is never closed at the end of a cell is none, and nothing is joined.
    """
    if not any("\t" in line and '"' in line for line in lines):
        return list(lines)
    found = list(lines)
    for at in range(len(lines)):
        last = at
        text = found[at]
        while "\t" in text and _open(text) and (end := _closing(lines, last)):
            text = "\n".join((text, *lines[last + 1 : end + 1]))
            last = end
        if last > at:
            found[at : last + 1] = [text, *[""] * (last - at)]
    return found


def cells_of(row: str) -> list[str]:
    """The cells of a row; a tab inside of quotes parts nothing, and the quotes are taken off."""
    cells: list[str] = []
    for part in row.split("\t"):
        if cells and _open(cells[-1]):
            cells[-1] += f"\t{part}"
        else:
            cells.append(part)
    return [_unquoted(cell) for cell in cells] if not _open(cells[-1]) else [_unquoted(c) for c in row.split("\t")]


def _open(text: str) -> bool:
    """The last cell of a line begins with a quote that is not closed on it."""
    return _OPENED.search(text) is not None


def _closing(lines: Sequence[str], at: int) -> int:
    """The line that closes the quote left open on a line, 0 when there is none."""
    for end in range(at + 1, min(len(lines), at + _MOST_LINES)):
        if '"' in lines[end].replace('""', ""):
            return end if _CLOSED.match(lines[end]) else 0
    return 0


def _unquoted(text: str) -> str:
    whole = _QUOTED.fullmatch(text)
    return whole["text"].replace('""', '"') if whole else text
