"""What stands beside a label: texts and reasons, 填报人 and the like, the declaration that empty cells are 0."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.annual import layout
from flows.annual.format import FEES, PARTS
from flows.annual.model import Place
from flows.annual.rules import SLOTS
from flows.annual.words import FEE_WORDS, PART_WORDS, word
from flows.ledger.forms.grid import Grid, Value
from flows.ledger.identity import looks_like_claim
from flows.ledger.layout import cell_name
from flows.ledger.values import read_text

_SLOT_WORDS: Final = {word(label): slot for slot, label in SLOTS.items()}
_KEYS: Final = frozenset({part.key for part in PARTS} | {key for key, _ in FEES})
_HINTS: Final = frozenset({"一致的空着"})
_TOP: Final = 12
"""Rows at the top of a sheet in which labels such as 填报单位 stand."""
_FEWEST: Final = 3
"""So many parts make a sheet the one with the texts; single words such as 主动公开 stand on others, too."""
_BETWEEN: Final = re.compile("(" + "|".join(r"\s*".join(label) for label in layout.LABELS) + r")\s*[:：]\s*")
_ZERO: Final = re.compile(r"0|零|〇")


@dataclass(frozen=True, slots=True)
class Label:
    """A text beside a label. ``spot``: 0-based row and column."""

    text: str
    place: Place
    spot: tuple[int, int] = (0, 0)


def place_of(grid: Grid, row: int, column: int) -> Place:
    """A cell as people find it: A1, or row and column of a Word table."""
    return Place(grid.name, cell_name(row, column) if grid.lettered else f"第{row + 1}行第{column + 1}列")


def find_labels(grid: Grid) -> dict[str, Label]:
    """填报单位, 年度, 填报人 … with what stands beside them, or behind a colon in the same cell."""
    found: dict[str, Label] = {}
    for number, cells in enumerate(grid.rows[:_TOP]):
        for at, value in enumerate(cells):
            if not isinstance(value, str) or not value:
                continue
            head = word(unicodedata.normalize("NFKC", value).partition(":")[0])
            if head not in layout.LABELS or head in found:
                continue
            pairs = _pairs(value)
            if pairs:
                found |= {name: Label(text, place_of(grid, number, at), (number, at)) for name, text in pairs}
                continue
            found[head] = _beside(grid, number, at, layout.LABELS)
    for line in grid.lead:
        for name, text in _pairs(line):
            found.setdefault(name, Label(text, Place(grid.name, "")))
    return found


def _pairs(line: str) -> list[tuple[str, str]]:
    parts = _BETWEEN.split(line)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return [("".join(name.split()), text.strip(" \t\u3000,，;；。")) for name, text in pairs if text.strip()]


def _beside(grid: Grid, row: int, column: int, stops: Sequence[str], reach: int = 4) -> Label:
    """The first cell with a content to the right of a label, before the next label."""
    cells = grid.rows[row]
    for at in range(column + 1, min(column + 1 + reach, len(cells))):
        if word(cells[at]) in stops:
            break
        text = read_text(cells[at])
        if text and not looks_like_claim(text) and text not in _HINTS:
            return Label(text, place_of(grid, row, at), (row, at))
    return Label("", place_of(grid, row, column + 1), (row, column + 1))


def find_declaration(grid: Grid) -> bool:
    """Whether the unit declares on this sheet that its empty cells are 0."""
    for number, cells in enumerate(grid.rows[:_TOP]):
        for at, value in enumerate(cells):
            if word(value) == layout.DECLARE:
                return bool(_ZERO.search(_beside(grid, number, at, (layout.CHECK,)).text))
    return False


def find_texts(grid: Grid, keys: Mapping[int, str]) -> dict[str, Label]:
    """Parts, fees and reasons of a sheet. ``keys``: row → name that a signed row key gives it."""
    named = {number: _key_of(cells, keys.get(number, "")) for number, cells in enumerate(grid.rows)}
    parts = {key for _, key in named.values() if key in _KEYS}
    content = _content_column(grid)
    found: dict[str, Label] = {}
    for number, (at, key) in named.items():
        if not key or (key in _KEYS and len(parts) < _FEWEST):
            continue
        if key in found and found[key].text:  # the heading of a section may read like its only part
            continue
        if key in _KEYS and content is not None:
            value = grid.rows[number][content] if content < len(grid.rows[number]) else ""
            found[key] = Label(read_text(value), place_of(grid, number, content), (number, content))
        else:
            found[key] = _beside(grid, number, at, (), 9)
    return found


def _key_of(cells: Sequence[Value], signed: str) -> tuple[int, str]:
    """(column of the label, key) of a row with a text; ('' for none)."""
    for at, value in enumerate(cells[:4]):
        text = word(value)
        if not text:
            continue
        if text in _SLOT_WORDS:
            return at, _SLOT_WORDS[text]
        if text in PART_WORDS:
            return at, PART_WORDS[text]
        for fee, key in FEE_WORDS.items():
            if text.endswith(fee):
                return at, key
    return (0, signed) if signed in _KEYS else (0, "")


def _content_column(grid: Grid) -> int | None:
    for cells in grid.rows[:_TOP]:
        for at, value in enumerate(cells):
            if word(value) == "内容":
                return at
    return None
