"""Workbooks of Excel, WPS and LibreOffice (.xlsx, .xlsm without macros): measured and searched on their raw parts."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from flows.ledger.forms import parts, pictures
from flows.ledger.forms.grid import Book
from flows.ledger.forms.parts import SheetPart
from flows.ledger.forms.spreadsheets import Faults, formula, grids
from flows.ledger.identity import find_tokens
from flows.ledger.layout import GUIDE_SHEET
from flows.ledger.safety import (
    DAMAGED,
    FILLED_LIMIT,
    LETTERS_LIMIT,
    LINKS,
    ROW_LIMIT,
    TOO_BIG,
    Measure,
    Package,
    RefusedError,
)

_TAGS_LIMIT: Final = 1_000_000
"""Cells of a sheet with and without content."""
_FAR = re.compile(rb'<c r="(?:[A-Za-z]{2}|[A-Za-z]\d{4})')
_TAG = re.compile(
    rb"<(row|c)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>(?:</(?:row|c)>)?",
)
_TAG_OPENS = re.compile(rb"<(?:row|c)[\s/>]")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_SHARED = re.compile(rb"<c\s[^<>]*?\bt=[\"']s[\"'][^<>]*>\s*(?:<f[^<>]*(?:/>|>[^<]*</f>)\s*)?<v[^<>]*>(\d+)</v>")
_SHARED_END = re.compile(rb"</\w+:si>")
_PREFIX = re.compile(rb"<(\w+):sheetData[\s/>]")
_SIGNS: Final = (b"<f", b't="e"', b"t='e'")
"""What cells have in which a value may be missing. `<f` opens nothing else inside a cell."""
_THIRD_COLUMN = re.compile(rb'<c r="(?:[C-Z]|[A-Z]{2})')
_DDE = re.compile(r"\w\s*\|\s*'?[^!]*!")
_ERROR = re.compile(rb"<v[^<>]*>([^<]*)</v>")
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?>([^<]*)</f>|<f(?:\s[^<>]*)?/>")


def read(data: bytes, package: Package) -> Book:
    """The workbook; ``package`` is loaded. Raises RefusedError for what is dangerous or too large."""
    if any(name.startswith("xl/externallinks/") for name in package.names):
        raise RefusedError(LINKS)
    links = package.part("xl/_rels/workbook.xml.rels")
    if b"media/" in links.lower() or b"&#" in links:
        raise RefusedError(DAMAGED)  # sheets hidden where only pictures are, out of our sight
    listed = parts.sheets(package)
    shown = [sheet.part for sheet in listed if sheet.part]
    if len(set(shown)) != len(shown):
        raise RefusedError(DAMAGED)  # one part shown as many sheets: read as often
    measure = Measure()
    by_part: dict[str, Faults] = {}
    for name in package.names:
        part = package.part(name)
        if b"sheetData" in part:
            content = _content(part)
            filled = _measure(content, measure)
            _measure_text(content, package, filled, measure)
            faults = dict(_faults(content))
            if faults:
                by_part[name] = faults
    faults_by_sheet = {}
    if by_part:
        faults_by_sheet = {number: by_part[sheet.part] for number, sheet in enumerate(listed) if sheet.part in by_part}
    found, remarks = pictures.collect(package, listed)
    tokens = find_tokens(html.unescape(package.part("docprops/custom.xml").decode("utf-8", "replace")))
    workbook = package.part("xl/workbook.xml")
    since_1904 = b"date1904" in workbook and _is_1904(workbook)
    idle = {number for number, sheet in enumerate(listed) if sheet.name == GUIDE_SHEET and _is_narrow(package, sheet)}
    package.release()
    return Book(grids(data, faults_by_sheet, idle=idle), tokens, found, remarks, since_1904)


def _is_narrow(package: Package, sheet: SheetPart) -> bool:
    """填报说明 as it was sent, in two columns: no table fits into it, and reading it costs as much as half a ledger."""
    content = _content(package.part(sheet.part))
    opened = content.count(b"<c ")
    return 0 < opened == content.count(b'<c r="') and not _THIRD_COLUMN.search(content)


def _is_1904(workbook: bytes) -> bool:
    found = re.search(rb"date1904\s*=\s*[\"'](\w+)[\"']", workbook)
    return bool(found) and found[1].lower() in {b"1", b"true", b"on"}  # type: ignore[index]


def _content(part: bytes) -> bytes:
    """The cells of a sheet part, without name space prefixes."""
    if b"<sheetData" not in part:
        prefix = _PREFIX.search(part)
        if prefix:
            part = part.replace(b"<%s:" % prefix[1], b"<").replace(b"</%s:" % prefix[1], b"</")
    start, end = part.find(b"<sheetData"), part.rfind(b"</sheetData")
    return part[start : end if end > 0 else len(part)] if start >= 0 else part


def _measure(content: bytes, measure: Measure) -> int:
    """Count the used rectangle; formatted empty cells do not count. How many cells hold something, at most."""
    named = content.count(b'<c r="')
    opened = content.count(b"<c")
    # The usual sheet: every cell has its address, none lies beyond Z999. Then the rectangle is small whatever it holds.
    if not opened:
        return 0
    if named == opened and named <= FILLED_LIMIT and not _FAR.search(content):
        measure.sheet(999, 26)
        return named
    if opened > _TAGS_LIMIT:
        raise RefusedError(TOO_BIG)
    row = column = rows = columns = filled = tags = 0
    for found in _TAG.finditer(content):
        tags += 1
        place = _REFERENCE.search(found[2])
        if found[1] == b"row":
            row = int(place[2]) if place and place[2] else row + 1
            column = 0
            continue
        if place and place[1] and place[2]:
            row, column = int(place[2]), _number(place[1])
        else:
            column += 1
        if found[3] or found[0].endswith(b"</c>"):
            continue
        filled += 1
        rows, columns = max(rows, row), max(columns, column)
        if filled > FILLED_LIMIT:
            raise RefusedError(TOO_BIG)
    if tags != len(_TAG_OPENS.findall(content)):
        raise RefusedError(DAMAGED)
    measure.sheet(min(rows, ROW_LIMIT + 1), columns)
    return filled


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _measure_text(content: bytes, package: Package, filled: int, measure: Measure) -> None:
    """Count the texts that the cells show: a long shared text shown by many cells is copied for each."""
    strings = package.part("xl/sharedstrings.xml")
    if not filled or len(strings) * filled < LETTERS_LIMIT:
        return
    prefixed = _SHARED_END.search(strings) if b":si>" in strings else None
    end = prefixed[0] if prefixed else b"</si>"
    if _none_longer(strings, end, LETTERS_LIMIT // filled):
        return
    sizes = list(map(len, strings.split(end)))
    for index, times in Counter(_SHARED.findall(content)).items():
        if len(index) < 9 and int(index) < len(sizes):
            measure.text(sizes[int(index)] * times)


def _none_longer(strings: bytes, end: bytes, limit: int) -> bool:
    """Whether every shared text is shorter than ``limit``: from text end to text end in strides as long as allowed."""
    place = 0
    while place + limit < len(strings):
        last = strings.rfind(end, place, place + limit)
        if last < 0:
            return False
        place = last + len(end)
    return True


def _places(content: bytes, sign: bytes) -> Iterator[int]:
    place = content.find(sign)
    while place >= 0:
        yield place
        place = content.find(sign, place + 1)


def _faults(content: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells that hold an error value, or a formula of which nobody has stored a result."""
    seen = -1
    for mark in sorted(place for sign in _SIGNS for place in _places(content, sign)):
        if mark < seen:
            continue
        start, end = content.rfind(b"<c", max(seen, 0), mark), content.find(b"</c>", mark)
        if end < 0:
            raise RefusedError(DAMAGED)
        seen = end  # each byte is looked at once, whatever the part is made of
        if start < 0:
            continue
        cell = content[start:end]
        head = cell[: cell.find(b">") + 1]
        place = _REFERENCE.search(head)
        if not place or not place[1] or not place[2]:
            continue
        stored = _ERROR.search(cell)
        written = _FORMULA.search(cell)
        text = html.unescape((written[1] or b"").decode("utf-8", "replace")) if written else ""
        if _DDE.search(re.sub(r'"[^"]*"', "", text)):
            raise RefusedError(LINKS)
        where = int(place[2]) - 1, _number(place[1]) - 1
        if b't="e"' in head or b"t='e'" in head:
            yield where, stored[1].decode("utf-8", "replace") if stored and stored[1] else formula(text)
        elif written and not (stored and stored[1]) and b't="str"' not in head and "DISPIMG(" not in text:
            yield where, formula(text)
