"""Tables parted by commas or half-width semicolons, as Excel saves them: cells that hold such signs stand in quotes."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence

from flows.plan.documents.marks import strip_marks
from flows.plan.documents.model import Cell, Row, Table

_LONGEST_WORD = 14
_SIGNS = (",", ";")
_UNEVEN = "这一行的格数与表头不同，各栏可能错位，请对照原文核对"


def opens_commas(lines: Sequence[str], at: int) -> bool:
    """Short words parted by commas stand here or just below a title, and rows of as many cells follow."""
    return any(sign in lines[at] and _opens(lines, at, sign) for sign in _SIGNS)


def _opens(lines: Sequence[str], at: int, sign: str) -> bool:
    records = []
    for _, record in _records(lines, at, sign):
        records.append(record)
        if len(records) == 5:
            break
    width = len(records[0]) if records else 0
    if width < 3 or len(records) < 2 or len(records[1]) != width:
        return False
    heads = [record for record in records[:3] if len(record) == width and _is_head(record)]
    return bool(heads) and any(len(record) == width for record in records[records.index(heads[0]) + 1 :])


def take_commas(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """The table at ``start`` and the line after it. Nothing tells a merged cell from an empty one."""
    rows: list[Row] = []
    width, end = 0, start
    sign = next((sign for sign in _SIGNS if sign in lines[start] and _opens(lines, start, sign)), ",")
    for after, record in _records(lines, start, sign):
        width = width or len(record)
        if len(record) < 2 or (len(record) != width and not rows):
            break
        cells = [Cell(strip_marks(text).strip()) for text in record]
        cells.extend([Cell()] * (width - len(cells)))
        rows.append(Row(tuple(cells), f"第{end + 1}行", "" if len(record) == width else _UNEVEN))
        end = after
    return Table(tuple(rows)), end


def _records(lines: Sequence[str], start: int, sign: str) -> Iterator[tuple[int, list[str]]]:
    """The records from a line on, up to a blank one, each with the line after it."""
    reader = csv.reader((f"{line}\n" for line in lines[start:]), delimiter=sign, strict=False)
    try:
        for record in reader:
            if not any(text.strip() for text in record) and len(record) < 2:
                return
            yield start + reader.line_num, record
    except csv.Error:
        return


def _is_head(record: Sequence[str]) -> bool:
    words = [re.sub(r"\s", "", text) for text in record if text.strip()]
    return len(words) > 2 and all(len(word) <= _LONGEST_WORD and not re.search("[。；：0-9]", word) for word in words)
