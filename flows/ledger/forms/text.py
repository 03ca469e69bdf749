"""Text exports (.csv, .tsv, .txt): encoding and separator are found by what makes a ledger of them."""

from __future__ import annotations

import csv
import io
import re
from typing import Final

from flows.ledger.forms.grid import Book, Grid, Value, find_header
from flows.ledger.safety import CELL_LIMIT, DAMAGED, NOT_A_WORKBOOK, TEXT_LIMIT, TOO_BIG, Measure, RefusedError

_SEPARATORS: Final = ("\t", ",", ";", "，", "|")
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_QUOTED_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
_FIELD_LIMIT: Final = 131_072


def decode(data: bytes, declared: str = "") -> str:
    """Text of a file in UTF-8, UTF-16 or GB18030; ``declared`` is tried first. NOT_A_WORKBOOK when none fits."""
    if data.startswith(b"\xef\xbb\xbf"):
        return data.decode("utf-8-sig", "replace")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if b"\x00" in data[:2048]:
        # UTF-16 without a mark: separators and line ends put a zero into every second byte.
        return data.decode("utf-16-le" if data[1:2048:2].count(0) >= data[:2048:2].count(0) else "utf-16-be", "replace")
    tried = [coding for coding in (declared, "utf-8", "gb18030") if coding]
    for coding in tried:
        try:
            return data.decode("gb18030" if coding.lower() in {"gb2312", "gbk", "gb_2312-80"} else coding)
        except (UnicodeDecodeError, LookupError):
            continue
    if len(data) > 64:
        # One broken character (a program cut the text in the middle of it) shall not cost the whole ledger.
        for coding in ("utf-8", "gb18030"):
            text = data.decode(coding, "replace")
            if text.count("\ufffd") <= len(text) // 500 + 1:
                return text
    raise RefusedError(NOT_A_WORKBOOK)


def read(data: bytes) -> Book:
    """The one sheet of a text export; NOT_A_WORKBOOK when the text holds no ledger. Raises RefusedError."""
    if len(data) > TEXT_LIMIT:
        raise RefusedError(TOO_BIG)
    text = decode(data)
    if _CONTROLS.search(text[:65_536]):
        raise RefusedError(NOT_A_WORKBOOK)
    for separator in _SEPARATORS:
        if text.count(separator) < 4:
            continue
        if text.count(separator) + text.count("\n") > CELL_LIMIT:
            raise RefusedError(TOO_BIG)
        rows = _rows(text, separator)
        if rows is not None and find_header(rows) is not None:
            Measure().sheet(len(rows), max(map(len, rows)))
            return Book((Grid("文本", rows, typed=False),))
    raise RefusedError(NOT_A_WORKBOOK)


def _rows(text: str, separator: str) -> list[list[Value]] | None:
    """Rows as a spreadsheet program would show them; None when quotes swallow half of the file."""
    if len(text) > _FIELD_LIMIT and csv.field_size_limit() < len(text):
        csv.field_size_limit(max(_FIELD_LIMIT, TEXT_LIMIT))
    try:
        return [[_value(cell) for cell in line] for line in csv.reader(io.StringIO(text, ""), delimiter=separator)]
    except csv.Error:
        raise RefusedError(DAMAGED) from None


def _value(cell: str) -> Value:
    if cell.startswith('="'):
        # The trick by which a text export keeps leading zeros: ="007".
        found = _QUOTED_FORMULA.fullmatch(cell)
        if found:
            return found[1].replace('""', '"')
    return "" if not cell.strip() else cell
