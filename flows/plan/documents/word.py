"""Word files (.docx) into paragraphs and tables, as Word shows them: with numbers, text boxes, merges, revisions."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from flows.plan.documents.marks import printable
from flows.plan.documents.model import Block, Cell, Document, Paragraph, Table
from flows.plan.documents.spans import only_lays_out
from flows.plan.documents.word_numbers import Numbers, W
from flows.plan.documents.word_rows import WordCell, rows_of
from flows.problems import UserError

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode("ascii"))
_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "ins", "moveTo", "smartTag", "customXml")}
_IGNORED = {
    *(f"{W}{name}" for name in ("del", "moveFrom", "instrText", "delText", "rt", "pPr", "rPr", "txbxContent")),
    f"{_MC}Fallback",
}
_ADVICE = "请用 Word 或 WPS 打开后另存为 .docx 再试"


def read_word(path: Path) -> Document:
    """Read the body of a .docx; UserError when the file is damaged, protected by a password or no .docx at all.

    Headers, footers, notes, comments, hidden text and tables of contents are no part of what is read.
    """
    with path.open("rb") as file:
        if file.read(8).startswith(b"\xd0\xcf\x11\xe0"):
            raise UserError(
                f"{path.name} 有密码保护，或其实是旧版 .doc", "请用 Word 或 WPS 打开，去掉密码并另存为 .docx 再试"
            )
    import lxml.etree

    try:
        with zipfile.ZipFile(path) as package:
            main = _main_part(package)
            document = _part(package, main)
            folder = main.rpartition("/")[0]
            numbers = Numbers.read(_part(package, f"{folder}/numbering.xml"), _part(package, f"{folder}/styles.xml"))
    except (
        KeyError,
        ValueError,
        zipfile.BadZipFile,
        zlib.error,
        lxml.etree.XMLSyntaxError,
        NotImplementedError,
        EOFError,
        OSError,
    ):
        raise UserError(f"{path.name} 已损坏或不是 Word 文档", _ADVICE) from None
    body = None if document is None else document.find(f"{W}body")
    if body is None:
        raise UserError(f"{path.name} 已损坏或不是 Word 文档", _ADVICE)
    return Document(path.name, tuple(_Reader(numbers).blocks(body)))


def _main_part(package: zipfile.ZipFile) -> str:
    """The document's own part: nearly always word/document.xml, but the package says so itself."""
    relations = package.read("_rels/.rels").decode("utf-8") if "_rels/.rels" in package.namelist() else ""
    for relation in re.findall(r"<Relationship\b[^>]*>", relations):
        target = re.search(r'Target="([^"]+)"', relation)
        if re.search(r'Type="[^"]*/officeDocument"', relation) and target:
            return target[1].lstrip("/")
    return "word/document.xml"


def _part(package: zipfile.ZipFile, name: str) -> Any:
    """The root of a part; None when there is no such part."""
    import lxml.etree

    if name not in package.namelist():
        return None
    parser = lxml.etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)
    return lxml.etree.fromstring(package.read(name).replace(*_STRICT), parser)


class _Reader:
    """Walks a body in reading order; the order matters, because automatic numbers count on."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers

    def blocks(self, parent: Any) -> Iterator[Block]:
        joined = ""
        for child in self._children(parent):
            if child.tag == f"{W}tbl":
                yield from self._table(child)
                continue
            for box in _boxes(child):
                yield from self.blocks(box)
            text = joined + self._labelled(child, _text(child))
            joined = ""
            if child.find(f"{W}pPr/{W}rPr/{W}del") is not None:
                joined = text  # its end was deleted: it goes on in the next paragraph
                continue
            for line in text.split("\n"):
                if line.strip():
                    yield Paragraph(line.strip())
        if joined.strip():
            yield Paragraph(joined.strip())

    def _children(self, parent: Any) -> Iterator[Any]:
        """Paragraphs and tables, also those that content controls, revisions or alternatives wrap."""
        for child in parent:
            if child.tag in (f"{W}p", f"{W}tbl"):
                if not _is_contents_line(child):
                    yield child
            elif child.tag in _WRAPPERS:
                gallery = child.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
                if gallery is None or "Contents" not in (gallery.get(f"{W}val") or ""):
                    yield from self._children(child)
            elif child.tag == f"{_MC}AlternateContent":
                yield from self._children(child.find(f"{_MC}Choice") if len(child) else [])

    def _labelled(self, paragraph: Any, text: str, *, in_cell: bool = False) -> str:
        """The text with its automatic number; a number alone counts only in a cell, where it is the row's number."""
        if not text.strip() and not in_cell:
            return text
        label = self.numbers.label(paragraph)
        if not text.strip():
            return label
        if re.fullmatch(r"[0-9]+", label):
            label += "."
        return label + text.lstrip() if label else text

    def _table(self, table: Any) -> Iterator[Block]:
        rows = [row for row in _through(table, "tr") if row.find(f"{W}trPr/{W}del") is None]
        nested = [inner for row in rows for inner in row.iter(f"{W}tbl")]
        frame = all(len(list(_through(row, "tc"))) < 2 for row in rows)
        if frame or only_lays_out(_length(table), [_size(inner) for inner in nested]):
            for row in rows:
                for cell in _through(row, "tc"):
                    yield from self.blocks(cell)
            return
        widths = [int(col.get(f"{W}w") or 0) for col in table.findall(f"{W}tblGrid/{W}gridCol")]
        yield Table(rows_of([self._row(row) for row in rows], widths))

    def _row(self, row: Any) -> list[WordCell]:
        before = _number(row, "trPr", "gridBefore")
        cells = [WordCell(Cell(above=False, beside=True), before)] if before else []
        for cell in _through(row, "tc"):
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            above = merge is not None and merge.get(f"{W}val") != "restart"
            across = cell.find(f"{W}tcPr/{W}hMerge")
            beside = across is not None and across.get(f"{W}val") != "restart"
            # The hidden paragraphs of a covered cell are not numbered.
            hidden = beside or (above and not _length(cell))
            text = "" if hidden else "\n".join(filter(str.strip, self._lines(cell)))
            cells.append(WordCell(Cell(text.strip(), above, beside), max(1, _number(cell, "tcPr", "gridSpan"))))
        return cells

    def _lines(self, cell: Any) -> Iterator[str]:
        """The lines of a cell; a table inside a cell is read as lines too, so that nothing is lost."""
        for child in self._children(cell):
            if child.tag == f"{W}tbl":
                for row in _through(child, "tr"):
                    for inner in _through(row, "tc"):
                        yield from self._lines(inner)
            else:
                for box in _boxes(child):
                    yield from self._lines(box)
                yield self._labelled(child, _text(child), in_cell=True)


def _text(element: Any) -> str:
    """The visible text of a paragraph; deleted revisions, fields' codes, hidden text and text boxes do not count."""
    parts: list[str] = []

    def walk(node: Any) -> None:
        for child in node:
            if child.tag in _IGNORED or (child.tag == f"{W}r" and _is_hidden(child)):
                continue
            if child.tag == f"{W}t":
                parts.append(child.text or "")
            elif child.tag in (f"{W}br", f"{W}cr"):
                parts.append("\n" if child.get(f"{W}type") in (None, "textWrapping") else "")
            elif child.tag in (f"{W}tab", f"{W}ptab"):
                parts.append(" ")
            elif child.tag == f"{W}noBreakHyphen":
                parts.append("-")
            else:
                walk(child)

    walk(element)
    return printable("".join(parts))


def _is_hidden(run: Any) -> bool:
    hidden = run.find(f"{W}rPr/{W}vanish")
    return hidden is not None and hidden.get(f"{W}val") not in ("0", "false", "off")


def _boxes(paragraph: Any) -> Iterator[Any]:
    """The text boxes that are anchored in a paragraph, each once although it is stored for old programs again."""
    for box in paragraph.iter(f"{W}txbxContent"):
        outer = list(box.iterancestors(f"{W}txbxContent", f"{_MC}Fallback", f"{W}p"))
        tags = [one.tag for one in outer[: outer.index(paragraph)]]
        if f"{_MC}Fallback" not in tags and f"{W}txbxContent" not in tags:
            yield box


def _is_contents_line(element: Any) -> bool:
    style = element.find(f"{W}pPr/{W}pStyle")
    return style is not None and re.fullmatch(r"(?i)toc ?[1-9]", style.get(f"{W}val") or "") is not None


def _through(parent: Any, name: str) -> Iterator[Any]:
    """Children of that name, also when content controls or revisions wrap them."""
    for child in parent:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _through(child, name)


def _size(table: Any) -> tuple[int, int, int]:
    rows = list(_through(table, "tr"))
    return len(rows), max((len(list(_through(row, "tc"))) for row in rows), default=0), _length(table)


def _length(element: Any) -> int:
    texts: Iterable[Any] = element.iter(f"{W}t")
    return sum(len((text.text or "").strip()) for text in texts)


def _number(element: Any, properties: str, name: str) -> int:
    found = element.find(f"{W}{properties}/{W}{name}")
    value = found.get(f"{W}val") if found is not None else None
    return int(value) if value and value.isdigit() else 0
