"""Web pages that are tables: “网页” exports of Excel, WPS, LibreOffice (.htm, or named .xls), single files (.mht)."""

from __future__ import annotations

import binascii
import email.header
import html
import quopri
import re
from collections.abc import Iterator
from typing import Final

import lxml.etree
import lxml.html

from flows.ledger.forms.grid import Book, Grid, Merge, Value
from flows.ledger.forms.spreadsheets import formula
from flows.ledger.forms.text import decode
from flows.ledger.identity import find_tokens
from flows.ledger.safety import (
    DAMAGED,
    ENTITIES,
    FRAMES,
    NO_TABLE,
    ROW_LIMIT,
    TEXT_LIMIT,
    TOO_BIG,
    Measure,
    RefusedError,
    limit_tags,
)

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_WIDEST: Final = 1_000
_SHEET_NAME = re.compile(r"<x:Name>([^<]*)</x:Name>", re.IGNORECASE)
_BOUNDARY = re.compile(rb"boundary\s*=\s*\"?([^\"\s;]{1,100})", re.IGNORECASE)
_HTML_PART = re.compile(rb"^content-type:\s*text/html", re.IGNORECASE | re.MULTILINE)
_PACKING = re.compile(rb"^content-transfer-encoding:\s*([\w-]+)", re.IGNORECASE | re.MULTILINE)
_LOCATED = re.compile(rb"^content-location:\s*(.*(?:\n[ \t].*)*)", re.IGNORECASE | re.MULTILINE)
_PAGES_LIMIT: Final = 1_000
_HEAD_LIMIT: Final = 500_000
_HIDDEN = re.compile("<x:Visible>Sheet(?:Very)?Hidden", re.IGNORECASE)
_SOURCE = re.compile(r"<x:WorksheetSource\s+HRef=[\"']?([^\"'>]+)", re.IGNORECASE)
_HEADED = re.compile(r"(?:Sheet|工作表)\s*\d+\s*[:：]\s*(.+)", re.DOTALL)


def is_page(head: bytes) -> bool:
    """Whether a file begins like a web page."""
    head = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return head.startswith(
        (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<body", b"<div", b"<style")
    ) or (head.startswith((b"<?xml", b"<!--")) and b"<html" in head)


def is_single_file(head: bytes) -> bool:
    """Whether a file begins like a single file web page (.mht)."""
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"mime-version:", b"from:", b"content-type: multipart/related")) and b"multipart" in head


def read_page(data: bytes) -> Book:
    """Every outer table of a page as a sheet. Raises RefusedError."""
    if len(data) > TEXT_LIMIT:
        raise RefusedError(TOO_BIG)
    return _book([("", data)], FRAMES if b"<frameset" in data.lower() else NO_TABLE)


def read_single_file(data: bytes) -> Book:
    """All pages packed into a .mht. Raises RefusedError."""
    if len(data) > 2 * TEXT_LIMIT:
        raise RefusedError(TOO_BIG)
    boundary = _BOUNDARY.search(data[:8192])
    if not boundary:
        raise RefusedError(DAMAGED)
    pages: list[tuple[str, bytes]] = []
    for part in data.split(b"--" + boundary[1], _PAGES_LIMIT)[1:]:
        head, _, body = part.replace(b"\r\n", b"\n").partition(b"\n\n")
        if len(head) < 8192 and _HTML_PART.search(head):
            pages.append((_location(head), _unpacked(head, body)))
    if sum(len(page) for _, page in pages) > TEXT_LIMIT:
        raise RefusedError(TOO_BIG)
    return _book(pages, NO_TABLE)


def _unpacked(head: bytes, body: bytes) -> bytes:
    found = _PACKING.search(head)
    packing = found[1].lower() if found else b""
    if packing == b"base64":
        try:
            return binascii.a2b_base64(body)
        except binascii.Error:
            raise RefusedError(DAMAGED) from None
    return quopri.decodestring(body) if packing == b"quoted-printable" else body


def _location(head: bytes) -> str:
    """The file name at the end of a part's Content-Location, which may be an encoded word over several lines."""
    found = _LOCATED.search(head)
    text = re.sub(r"\s*\n\s*", " ", found[1].decode("utf-8", "replace")) if found else ""
    decoded = "".join(
        part.decode(coding or "utf-8", "replace") if isinstance(part, bytes) else part
        for part, coding in email.header.decode_header(text)
    )
    return decoded.rpartition("/")[2].strip().lower()


def _book(pages: list[tuple[str, bytes]], without_table: str) -> Book:
    texts = [(place, _text(data)) for place, data in pages]
    names: dict[str, tuple[str, bool]] = {}
    ordered: list[tuple[str, bool]] = []
    tokens: dict[str, None] = {}
    for _, text in texts:
        cut = re.search("<body", text, re.IGNORECASE)
        head = text[: cut.start()] if cut else text[:65_536]
        tokens |= dict.fromkeys(token for token in find_tokens(html.unescape(head)) if token.startswith("tzs"))
        for rest in re.split("<x:ExcelWorksheet>", head[:_HEAD_LIMIT], flags=re.IGNORECASE)[1:]:
            named = _SHEET_NAME.search(rest)
            known = html.unescape(named[1]).strip() if named else "", not _HIDDEN.search(rest)
            ordered.append(known)
            source = _SOURCE.search(rest)
            if source:
                names[html.unescape(source[1]).rpartition("/")[2].lower()] = known
    grids: list[Grid] = []
    measure = Measure()
    for place, text in texts:
        for rows, merged, faults, title in _tables(text, measure):
            number = len(grids)
            name, visible = names.get(place) or (
                ordered[number] if len(texts) == 1 and number < len(ordered) else (title or f"表{number + 1}", True)
            )
            grids.append(Grid(name, rows, visible, merged, faults, typed=False))
    if not grids:
        raise RefusedError(without_table)
    return Book(tuple(grids), tuple(tokens))


def _text(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    text = decode(data, found[1].decode("ascii") if found else "")
    if "<!ENTITY" in text:
        raise RefusedError(ENTITIES)
    return text


_Table = tuple[list[list[Value]], list[Merge], dict[tuple[int, int], str], str]


def _tables(text: str, measure: Measure) -> Iterator[_Table]:
    parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True)
    markup = limit_tags(text.encode("utf-8", "replace"))
    try:
        tree = lxml.html.document_fromstring(markup, parser=parser)
    except (lxml.etree.LxmlError, ValueError):
        raise RefusedError(DAMAGED) from None
    for table in tree.iter("table"):
        if next(table.iterancestors("table"), None) is None:
            yield _table(table, measure)


def _table(table: lxml.html.HtmlElement, measure: Measure) -> _Table:
    rows: list[list[Value]] = []
    merged: list[Merge] = []
    faults: dict[tuple[int, int], str] = {}
    taken: dict[int, int] = {}
    """Column → rows below that a rowspan still covers."""
    widest = 0
    lines = [line for line in table.iter("tr") if next(line.iterancestors("table"), None) is table]
    if len(lines) > ROW_LIMIT:
        raise RefusedError(TOO_BIG)
    for number, line in enumerate(lines):
        cells: list[Value] = []
        covered, taken = taken, {column: left - 1 for column, left in taken.items() if left > 1}
        for cell in line:
            if cell.tag not in ("td", "th"):
                continue
            column = len(cells)
            while column in covered:
                cells.append("")
                column += 1
            across = min(_span(cell, "colspan"), _WIDEST)
            down = min(_span(cell, "rowspan"), len(lines) - number)
            value, fault = _value(cell)
            if fault:
                faults[number, column] = fault
            cells.append(value)
            cells.extend([""] * (across - 1))
            if len(cells) > _WIDEST:
                raise RefusedError(TOO_BIG)
            if across > 1 or down > 1:
                merged.append(((number, column), (number + down - 1, column + across - 1)))
            if down > 1:
                taken |= dict.fromkeys(range(column, column + across), down - 1)
        rows.append(cells)
        widest = max(widest, len(cells))
        Measure().sheet(len(rows), widest)
    measure.sheet(len(rows), widest)
    return rows, merged, faults, _title(table)


def _span(cell: lxml.html.HtmlElement, name: str) -> int:
    text = (cell.get(name) or "").strip()
    return max(int(text), 1) if text.isdecimal() and len(text) < 8 else 1


def _value(cell: lxml.html.HtmlElement) -> tuple[Value, str]:
    """What a cell shows, and its fault. Excel tells the number behind (x:num), which counts where it shows only ###."""
    text = _shown(cell)
    number, error, written = cell.get("x:num"), cell.get("x:err"), cell.get("x:fmla")
    if error is not None:
        return "", error or text or "#ERROR"
    if number and (not text or set(text) == {"#"}):
        try:
            return float(number), ""
        except ValueError:
            return text, ""
    if written and not text and number is None and cell.get("x:str") is None:
        return "", formula(written)
    return text, ""


def _shown(cell: lxml.html.HtmlElement) -> str:
    """The text of a cell: runs of blanks are one, <br> and paragraphs are line ends, hidden parts left out."""
    parts: list[str] = []

    def walk(node: lxml.html.HtmlElement, depth: int) -> None:
        tag = node.tag if isinstance(node.tag, str) else ""
        if tag in {"script", "style", "comment", "table"} and depth:
            return
        if tag == "br" or (tag in {"p", "div", "li"} and "".join(parts[-1:]).strip(" ")):
            parts.append("\n")
        if node.text and tag:
            parts.append(_BLANKS.sub(" ", node.text))
        if depth < 60:
            for child in node:
                walk(child, depth + 1)
                if child.tail:
                    parts.append(_BLANKS.sub(" ", child.tail))

    walk(cell, 0)
    lines = "".join(parts).split("\n")
    return "\n".join(_BLANKS.sub(" ", line).strip(" ") for line in lines).strip("\n")


def _title(table: lxml.html.HtmlElement) -> str:
    """The sheet's name as LibreOffice writes it above the table."""
    before = table.getprevious()
    if before is None:
        return ""
    found = _HEADED.search(" ".join("".join(before.itertext()).split()))
    return found[1].strip()[:31] if found else ""
