"""Word files (.docx) into paragraphs and tables; merged cells are kept as merges."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.plan.documents.model import Block, Cell, Document, Paragraph, Row, Table
from flows.problems import UserError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_IGNORED = {f"{_W}{name}" for name in ("del", "moveFrom", "instrText", "delText")}


def read_word(path: Path) -> Document:
    """Read the body of a .docx; UserError when the file is damaged, protected by a password or no .docx at all."""
    import docx
    from docx.opc.exceptions import OpcError

    with path.open("rb") as file:
        if file.read(8).startswith(b"\xd0\xcf\x11\xe0"):
            raise UserError(
                f"{path.name} 有密码保护，或其实是旧版 .doc", "请用 Word 或 WPS 打开，去掉密码并另存为 .docx 再试"
            )
    try:
        body = docx.Document(str(path)).element.body
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError):
        raise UserError(f"{path.name} 已损坏或不是 Word 文档", "请用 Word 或 WPS 打开后另存为 .docx 再试") from None
    return Document(path.name, tuple(_blocks(body)))


def _blocks(parent: Any) -> Iterator[Block]:
    for child in parent:
        if child.tag == f"{_W}p":
            for line in _text(child).split("\n"):
                if line.strip():
                    yield Paragraph(line.strip())
        elif child.tag == f"{_W}tbl":
            yield Table(tuple(_rows(child)))
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
            yield from _blocks(child)


def _text(element: Any) -> str:
    """The visible text of a paragraph; deleted revisions, fields' codes and bookmarks do not count."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        for child in node:
            if child.tag in _IGNORED:
                continue
            if child.tag == f"{_W}t":
                parts.append(child.text or "")
            elif child.tag in (f"{_W}br", f"{_W}cr"):
                parts.append("\n" if child.get(f"{_W}type") in (None, "textWrapping") else "")
            elif child.tag == f"{_W}tab":
                parts.append(" ")
            elif child.tag == f"{_W}noBreakHyphen":
                parts.append("-")
            elif child.tag != f"{_W}pPr":
                walk(child)

    walk(element)
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b\ufeff]", "", "".join(parts)).replace("\u00a0", " ")


def _children(parent: Any, name: str) -> Iterator[Any]:
    """Children of that name, also when content controls or revisions wrap them."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _children(child, name)


def _rows(table: Any) -> Iterator[Row]:
    for number, row in enumerate(_children(table, "tr"), 1):
        cells = [Cell(above=False, beside=True)] * _number(row, "trPr", "gridBefore")
        for cell in _children(row, "tc"):
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            above = merge is not None and merge.get(f"{_W}val") != "restart"
            text = "" if above else "\n".join(filter(str.strip, _paragraphs(cell)))
            cells.append(Cell(text.strip(), above))
            span = max(1, _number(cell, "tcPr", "gridSpan"))
            cells.extend([Cell(above=above, beside=True)] * (span - 1))
        yield Row(tuple(cells), f"表格第{number}行")


def _paragraphs(cell: Any) -> Iterator[str]:
    """The lines of a cell; a table inside a cell is read as lines too, so that nothing is lost."""
    for child in cell:
        if child.tag == f"{_W}p":
            yield _text(child)
        elif child.tag == f"{_W}tbl":
            for row in _rows(child):
                yield from (inner.text for inner in row.cells)
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}customXml"):
            yield from _paragraphs(child)


def _number(element: Any, properties: str, name: str) -> int:
    found = element.find(f"{_W}{properties}/{_W}{name}")
    value = found.get(f"{_W}val") if found is not None else None
    return int(value) if value and value.isdigit() else 0
