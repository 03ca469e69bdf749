"""Tables drawn with characters, ┌─┬─┐ and │, or +--+ and |: how texts came out of old databases and terminals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from flows.plan.documents.marks import strip_marks
from flows.plan.documents.model import Cell, Row, Table

_SIDES = "│┃║"
_CORNERS = "┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╟╫╢┠╂┨╒╤╕╞╪╡╘╧╛╓╥╖╙╨╜┝┥┯┷┿╭╮╰╯"
_DRAWN = re.compile(rf"\s*[{_SIDES}{_CORNERS}]")
_TYPED = re.compile(r"\s*[+|]")
_TYPED_RULE = re.compile(r"\s*\+(?:[-=]{2,}\+)+\s*")
_UNSURE = "这张表的横线不全，按各行首格分行读入，请对照原文核对"
_UNEVEN = "这一行的竖线与表头不同，各栏可能错位，请对照原文核对"


@dataclass(slots=True)
class _Part:
    """What stands between two borders on a line, and where it ends, as a share of the line's width."""

    text: str
    ruled: bool
    end: float


@dataclass(slots=True)
class _Row:
    line: int
    texts: list[list[str]]
    above: list[bool]
    beside: list[bool]
    doubt: str = ""


def opens_box(lines: Sequence[str], at: int) -> bool:
    """A drawn table begins here: borders on this line and on the next one."""
    line = lines[at]
    if _TYPED_RULE.fullmatch(line):
        return any(re.match(r"\s*\|", other) for other in lines[at + 1 : at + 2])
    if not _DRAWN.match(line) or sum(line.count(sign) for sign in _SIDES + _CORNERS) < 2:
        return False
    return at + 1 < len(lines) and _DRAWN.match(lines[at + 1]) is not None


def take_box(lines: Sequence[str], start: int) -> tuple[Table, int]:
    """The drawn table at ``start`` and the line after it. A rule that leaves a cell out is the middle of a merge."""
    typed = _TYPED_RULE.fullmatch(lines[start]) is not None
    belongs = _TYPED if typed else _DRAWN
    end = start
    while end < len(lines) and belongs.match(lines[end]):
        end += 1
    parted = [(at, _parts(lines[at], typed)) for at in range(start, end)]
    said = [parts for _, parts in parted if not any(part.ruled for part in parts)]
    width = max((len(parts) for parts in said), default=0)
    full = next((parts for parts in said if len(parts) == width), [])
    ends = [part.end for part in full]
    rows = _rows(parted, ends)
    firsts = ["".join(row.texts[0]).strip("、.（）()") for row in rows[1:]] if width else []
    if firsts == [str(number) for number in range(1, len(firsts) + 1)]:
        for row in rows:
            row.doubt = "" if row.doubt == _UNSURE else row.doubt  # the numbers tell the rows
    return Table(tuple(_row(row) for row in rows if any(any(texts) for texts in row.texts))), end


def _parts(line: str, typed: bool) -> list[_Part]:
    signs = "+|" if typed else _SIDES + _CORNERS
    total = _width(line.strip()) or 1.0
    parts: list[_Part] = []
    text, at = "", 0.0
    for place, sign in enumerate(line.strip()):
        at += _width(sign)
        if sign in signs:
            if place:
                parts.append(_Part(strip_marks(text).strip(), _is_rule(text, typed), at / total))
            text = ""
        else:
            text += sign
    if text.strip():
        parts.append(_Part(strip_marks(text).strip(), _is_rule(text, typed), 1.0))
    return parts


def _is_rule(text: str, typed: bool) -> bool:
    return re.fullmatch(r"[-=]+" if typed else r"\s*[─━═┄┅┈┉╌╍]+\s*", text) is not None


def _width(text: str) -> float:
    return float(sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text))


def _spans(parts: Sequence[_Part], ends: Sequence[float]) -> list[tuple[int, int]]:
    """For each part the columns that it takes, as (first, after the last)."""
    if len(parts) == len(ends):
        return [(at, at + 1) for at in range(len(ends))]
    spans, begin = [], 0
    for number, part in enumerate(parts):
        left = len(parts) - number - 1
        last = min(range(len(ends)), key=lambda at: abs(ends[at] - part.end)) + 1
        after = len(ends) if not left else max(begin + 1, min(last, len(ends) - left))
        spans.append((begin, after))
        begin = after
    return spans


def _rows(parted: Sequence[tuple[int, list[_Part]]], ends: Sequence[float]) -> list[_Row]:
    width = len(ends)
    rows: list[_Row] = []
    goes_on = [False] * width  # columns that the rule above has left open
    fresh = True
    inner = sum(any(part.ruled for part in parts) for _, parts in parted[1:-1])
    content = sum(not any(part.ruled for part in parts) for _, parts in parted)
    ruled = inner > 1 or content < 3
    for at, parts in parted:
        if len(parts) > width:
            if not any(part.ruled for part in parts) and rows:
                rows[-1].doubt = _UNEVEN
            parts = parts[:width]
        spans = _spans(parts, ends)
        if any(part.ruled for part in parts):
            goes_on = [False] * width
            for part, (begin, after) in zip(parts, spans, strict=True):
                if part.ruled:
                    continue
                goes_on[begin] = bool(rows)
                if part.text and rows:
                    _owner(rows, begin).texts[begin].append(part.text)
                goes_on[begin:after] = [bool(rows)] * (after - begin)
            fresh = True
            continue
        begins = not ruled and len(rows) > 1 and parts and parts[0].text
        if fresh or begins or (not ruled and len(rows) == 1):
            rows.append(_Row(at, [[] for _ in range(width)], goes_on, [False] * width))
            rows[-1].doubt = "" if ruled else _UNSURE
            goes_on = [False] * width
            fresh = False
        for part, (begin, after) in zip(parts, spans, strict=True):
            rows[-1].beside[begin + 1 : after] = [True] * (after - begin - 1)
            if part.text:
                _owner(rows, begin).texts[begin].append(part.text)
    return rows


def _owner(rows: Sequence[_Row], column: int) -> _Row:
    """The row in which the merged cell of a column begins."""
    at = len(rows) - 1
    while at and rows[at].above[column]:
        at -= 1
    return rows[at]


def _row(row: _Row) -> Row:
    cells = tuple(
        Cell("" if above or beside else "\n".join(texts), above, beside)
        for texts, above, beside in zip(row.texts, row.above, row.beside, strict=True)
    )
    return Row(cells, f"第{row.line + 1}行", row.doubt)
