"""Sheets of an OpenDocument spreadsheet (.ods), with their merges."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.plan.documents.grid import Merge, Place, Sheet, Value
from flows.plan.documents.marks import printable

_T = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_X = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_O = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_S = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def read_open_sheets(path: Path) -> tuple[Sheet, ...]:
    """All sheets, every cell as the text that it shows. Raises what zipfile and lxml raise for a damaged file."""
    import lxml.etree

    with zipfile.ZipFile(path) as package:
        if b"encryption-data" in package.read("META-INF/manifest.xml"):
            raise PermissionError("encrypted")
        data = package.read("content.xml")
    root = lxml.etree.fromstring(data, lxml.etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True))
    hidden = {
        style.get(f"{_S}name")
        for style in root.iter(f"{_S}style")
        if any(one.get(f"{_T}display") == "false" for one in style.iter(f"{_S}table-properties"))
    }
    return tuple(
        _sheet(table, hidden) for parent in root.iter(f"{_O}spreadsheet") for table in parent.iterchildren(f"{_T}table")
    )


def _sheet(table: Any, hidden: set[Any]) -> Sheet:
    texts: dict[Place, Value] = {}
    merges: list[Merge] = []
    row = 1
    for line in _rows(table):
        repeated = _whole(line, "number-rows-repeated")
        column = 1
        filled = False
        for cell in line:
            if cell.tag not in (f"{_T}table-cell", f"{_T}covered-table-cell"):
                continue
            times = _whole(cell, "number-columns-repeated")
            text = _text(cell) if cell.tag == f"{_T}table-cell" else ""
            if text:
                filled = True
                # A repeated text is a text in each cell; thousands of them are a format dragged to the edge.
                texts.update({(row, column + n): text for n in range(min(times, 64))})
            down, across = _whole(cell, "number-rows-spanned"), _whole(cell, "number-columns-spanned")
            if down > 1 or across > 1:
                merges.append((row, column, row + down - 1, column + across - 1))
            column += times
        if filled and 1 < repeated < 1000:
            own = {place[1]: text for place, text in texts.items() if place[0] == row}
            texts.update({(row + n, at): text for n in range(1, repeated) for at, text in own.items()})
        row += repeated
    name = table.get(f"{_T}name") or ""
    return Sheet(name, texts, tuple(merges), table.get(f"{_T}style-name") in hidden)


def _rows(parent: Any) -> Iterator[Any]:
    for child in parent:
        if child.tag == f"{_T}table-row":
            yield child
        elif child.tag in (f"{_T}table-rows", f"{_T}table-header-rows", f"{_T}table-row-group"):
            yield from _rows(child)


def _text(cell: Any) -> str:
    """The paragraphs of a cell as lines; notes and drawings in it do not count."""
    return "\n".join(printable("".join(_parts(line))) for line in cell.findall(f"{_X}p")).strip()


def _parts(element: Any) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_X}s":
            yield " " * max(1, int(child.get(f"{_X}c") or 1))
        elif child.tag == f"{_X}line-break":
            yield "\n"
        elif child.tag == f"{_X}tab":
            yield " "
        elif isinstance(child.tag, str) and child.tag.startswith(_X):
            yield from _parts(child)
        yield child.tail or ""


def _whole(element: Any, name: str) -> int:
    value = element.get(f"{_T}{name}") or ""
    return int(value) if value.isdigit() and value != "0" else 1
