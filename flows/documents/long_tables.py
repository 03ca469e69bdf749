"""Tables that are too long for LibreOffice, made so that it prints them soon and whole.

The time it takes for a table grows with the square of its rows, so very long ones are cut into several: one table of
6,700 rows (2,300 pages) took it more than six minutes, the same rows in tables of a hundred took 25 s. And a line
across that shall stay with the next row, but is itself longer than a page, loses text at the foot of the page: such a
line is let go.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import pairwise, takewhile
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

CONTINUED_STYLE = "续表分页"
"""Name of the paragraph style between two parts, which begins a page; a template without it gets the same by hand."""
MOST_ROWS = 300
"""Rows of one part: dozens of pages, so that hardly ever a page is left half empty where two parts meet."""
_EARLIER = 60
"""A part may end this many rows early, where a group of rows does."""
GROUP_STYLE, LONG_GROUP_STYLE = "表格分组", "表格分组（长）"
_LONG_GROUP = 600
"""Characters of a line across, about fifteen lines, beyond which it is let go."""
_ROW = qn("w:tr")

Element = Any
"""An lxml element of python-docx, which ships no types."""


def cut_long_tables(document: Document) -> int:
    """Continue every table of the text after `MOST_ROWS` rows in a new one on a new page, below the same head rows.

    Returns how many tables were added. Tables that float or stand in a cell, as 版记 does, are left alone.
    """
    styles = {style.name: style.style_id for style in document.styles}
    added = 0
    for table in document.element.body.findall(qn("w:tbl")):
        if table.find(f"{qn('w:tblPr')}/{qn('w:tblpPr')}") is not None:
            continue
        rows = table.findall(_ROW)
        _let_go(rows, styles)
        heads = list(takewhile(_is_head, rows))
        bounds = _bounds(rows, len(heads))
        last = table
        for start, stop in pairwise(bounds):
            part = _like(table, heads)
            part.extend(rows[start:stop])
            page = _new_page(styles)
            last.addnext(page)
            page.addnext(part)
            last = part
        added += len(bounds) - 1
    return added


def _let_go(rows: list[Element], styles: dict[str, str]) -> None:
    """Lines across that are too long to be kept with the next row take the style that is not kept."""
    kept = styles.get(GROUP_STYLE)
    for row in rows:
        if not _is_group(row) or len("".join(text.text or "" for text in row.iter(qn("w:t")))) <= _LONG_GROUP:
            continue
        for style in row.iter(qn("w:pStyle")):
            if style.get(qn("w:val")) != kept:
                continue
            if LONG_GROUP_STYLE in styles:
                style.set(qn("w:val"), styles[LONG_GROUP_STYLE])
            else:
                style.addnext(parse_xml(f'<w:keepNext {nsdecls("w")} w:val="0"/>'))


def _bounds(rows: list[Element], heads: int) -> list[int]:
    """Where parts begin after the first one, and the end of the last; only the end when nothing is to be cut."""
    found = []
    start = heads
    while len(rows) - start > MOST_ROWS:
        limit = start + MOST_ROWS
        possible = [place for place in range(limit, start, -1) if not _continues(rows[place])]
        grouped = [place for place in possible if place > limit - _EARLIER and _is_group(rows[place])]
        if not possible:
            break
        start = (grouped or possible)[0]
        found.append(start)
    return [*found, len(rows)]


def _is_head(row: Element) -> bool:
    return row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None


def _is_group(row: Element) -> bool:
    """A line across: one cell."""
    return len(row.findall(qn("w:tc"))) == 1


def _continues(row: Element) -> bool:
    """Whether a cell of the row belongs to the row above."""
    merges = row.iterfind(f"{qn('w:tc')}/{qn('w:tcPr')}/{qn('w:vMerge')}")
    return any(merge.get(qn("w:val"), "continue") == "continue" for merge in merges)


def _like(table: Element, heads: list[Element]) -> Element:
    """A table of the same look with the same head rows and no others."""
    part = parse_xml(f"<w:tbl {nsdecls('w')}/>")
    before = takewhile(lambda child: child.tag != _ROW, table)
    part.extend(deepcopy(child) for child in (*before, *heads))
    return part


def _new_page(styles: dict[str, str]) -> Element:
    """A paragraph without height that begins a page; between two tables Word wants one."""
    if CONTINUED_STYLE in styles:
        look = f"<w:pStyle w:val={quoteattr(styles[CONTINUED_STYLE])}/>"
    else:
        look = (
            '<w:pageBreakBefore/><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="20"'
            ' w:lineRule="exact"/>'
        )
    return parse_xml(f"<w:p {nsdecls('w')}><w:pPr>{look}</w:pPr></w:p>")
