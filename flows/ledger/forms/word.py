"""A ledger pasted into a Word document (.docx): its tables as grids, the lines above them for 填报人 and the like."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import lxml.etree

from flows.ledger.forms.grid import Book, Grid, Merge, Value, find_header
from flows.ledger.identity import find_tokens
from flows.ledger.safety import DAMAGED, NO_TABLE, TOO_BIG, Measure, Package, RefusedError, limit_tags

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_LEFT_OUT: Final = frozenset({f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr")})
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WIDEST: Final = 200
_LINES_ABOVE: Final = 50
_Element = lxml.etree._Element


def read(package: Package) -> Book:
    """The tables of a loaded document; NO_TABLE when none of them is a ledger. Raises RefusedError."""
    book = read_tables(package)
    if not any(find_header(grid.rows) for grid in book.grids):
        raise RefusedError(NO_TABLE)
    return book


def read_tables(package: Package) -> Book:
    """All tables of a loaded document, whatever they are. Raises RefusedError."""
    document = package.part("word/document.xml").replace(_STRICT, _W[1:-1].encode())
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    limit_tags(document)
    try:
        tree = lxml.etree.fromstring(document, parser)
    except (lxml.etree.LxmlError, ValueError):
        raise RefusedError(DAMAGED) from None
    body = tree.find(f"{_W}body")
    if body is None:
        raise RefusedError(NO_TABLE)
    measure = Measure()
    grids: list[Grid] = []
    lead: list[str] = []
    for block in _blocks(body):
        if block.tag == f"{_W}p":
            text = _text(block).strip()
            if text:
                lead.append(text)
            continue
        rows, merged = _table(block, measure)
        grids.append(
            Grid(
                f"第{len(grids) + 1}个表格",
                rows,
                True,
                merged,
                lead=tuple(lead[-_LINES_ABOVE:]),
                typed=False,
                lettered=False,
            )
        )
    tokens = find_tokens(html.unescape(package.part("docprops/custom.xml").decode("utf-8", "replace")))
    pictures = sum(1 for name in package.names if name.startswith("word/media/"))
    remarks = (f"Word 文件里有 {pictures} 张图片，没有取出",) if pictures else ()
    return Book(tuple(grids), tokens, (), remarks)


def _blocks(parent: _Element) -> Iterator[_Element]:
    """Paragraphs and tables in order, content controls opened."""
    for child in parent:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
            yield from _blocks(child)


@dataclass(slots=True)
class _Span:
    """One merged cell while its rows are read."""

    row: int
    column: int
    right: int
    last: int


def _table(table: _Element, measure: Measure) -> tuple[list[list[Value]], list[Merge]]:
    rows: list[list[Value]] = []
    spans: list[_Span] = []
    above: dict[int, _Span] = {}
    for line in _inside(table, "tr"):
        number = len(rows)
        cells: list[Value] = [""] * min(_setting(line, "trPr", "gridBefore"), _WIDEST)
        here: dict[int, _Span] = {}
        for cell in _inside(line, "tc"):
            column = len(cells)
            across = max(_setting(cell, "tcPr", "gridSpan"), 1)
            if column + across > _WIDEST:
                raise RefusedError(TOO_BIG)
            down = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = down is not None and down.get(f"{_W}val", "continue") == "continue"
            span = above.get(column) if goes_on else None
            if span is None:
                span = _Span(number, column, column + across - 1, number)
                spans.append(span)
                cells.append(_cell(cell))
            else:
                span.last = number
                cells.append("")
            if down is not None:
                here[column] = span
            cells.extend([""] * (across - 1))
        above = here
        rows.append(cells)
    measure.sheet(len(rows), max(map(len, rows), default=0))
    merged = [
        ((span.row, span.column), (span.last, span.right))
        for span in spans
        if span.last > span.row or span.right > span.column
    ]
    return rows, merged


def _inside(parent: _Element, name: str) -> Iterator[_Element]:
    """Rows of a table or cells of a row, through content controls and tracked insertions."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            if child.find(f"{_W}trPr/{_W}del") is None:
                yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _inside(child, name)


def _setting(element: _Element, group: str, name: str) -> int:
    found = element.find(f"{_W}{group}/{_W}{name}")
    text = "" if found is None else found.get(f"{_W}val", "")
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _cell(cell: _Element) -> str:
    """Paragraphs are lines; of a table within the cell, its cells."""
    lines = [_text(paragraph) for paragraph in cell.iter(f"{_W}p") if _fallback_free(paragraph)]
    return "\n".join(lines).strip()


def _fallback_free(element: _Element) -> bool:
    return next(element.iterancestors(_FALLBACK, f"{_W}txbxContent"), None) is None


def _text(paragraph: _Element) -> str:
    parts: list[str] = []

    def walk(node: _Element) -> None:
        for child in node:
            tag = child.tag
            if tag == f"{_W}t":
                parts.append(child.text or "")
            elif tag in (f"{_W}br", f"{_W}cr"):
                parts.append("\n")
            elif tag == f"{_W}tab":
                parts.append("\t")
            elif tag == f"{_W}noBreakHyphen":
                parts.append("-")
            elif tag not in _LEFT_OUT and tag != _FALLBACK and tag != f"{_W}txbxContent" and isinstance(tag, str):
                walk(child)

    walk(paragraph)
    return "".join(parts)
