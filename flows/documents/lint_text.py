"""What a Word template says, paragraph by paragraph, and the tags in it, read as docxtpl will read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from flows.documents.charts.marker import plain_markers

TEXT, PARAGRAPH, TABLE, ROW, CELL = (qn(f"w:{name}") for name in ("t", "p", "tbl", "tr", "tc"))
BOX = qn("w:txbxContent")
_PARTS = {"header": "页眉", "footer": "页脚", "footnotes": "脚注"}
_START = 14
"""Characters of a paragraph by which a person finds it again."""
_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_PREFIX = re.compile(r"(p|tr|tc|r) (.*)", re.DOTALL)
_QUOTES = str.maketrans("“”‘’", "\"\"''")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph: ``place`` as a person would say it, ``text`` with tags joined again over Word's runs.

    ``element`` is its w:p, None for document properties; ``part`` tells body, headers and footers apart.
    """

    place: str
    text: str
    element: Any
    part: int

    @property
    def where(self) -> str:
        """第3段“按照《要点》要求…”."""
        start = " ".join(self.text.split())
        return f"{self.place}“{start[:_START]}{'…' if len(start) > _START else ''}”"

    def above(self, name: str) -> Any:
        """The nearest element of this name around the paragraph, None when there is none."""
        return next(self.element.iterancestors(name), None) if self.element is not None else None


@dataclass(frozen=True)
class Tag:
    """A whole tag. ``level`` is docxtpl's p, tr, tc or r, '' for a tag that stands in running text."""

    opening: str
    level: str
    code: str
    paragraph: Paragraph
    shown: str
    """As it stands in the template."""

    @property
    def word(self) -> str:
        """The first word of a control tag: for, if, endif …; '' for {{ }} and comments."""
        found = re.match(r"\w+", self.code) if self.opening == "{%" else None
        return found[0] if found else ""


def paragraphs(document: Document) -> list[Paragraph]:
    """Every paragraph that docxtpl fills: body, headers, footers, footnotes, in this order."""
    found = list(_of_part(document.element.body, "", 0))
    for number, (kind, part) in enumerate(_related(document), 1):
        found += _of_part(parse_xml(part.blob), kind, number)
    properties = document.core_properties
    for name, word in (("title", "标题"), ("subject", "主题"), ("author", "作者"), ("comments", "备注")):
        text = getattr(properties, name)
        if "{" in text:
            found.append(Paragraph(f"文档属性“{word}”", text, None, -1))
    return found


def _related(document: Document) -> Iterator[tuple[str, Any]]:
    related = [(rel.reltype.rsplit("/", 1)[-1], rel) for rel in document.part.rels.values() if not rel.is_external]
    for kind, rel in sorted(related, key=lambda pair: (pair[0], pair[1].rId)):
        if kind in _PARTS and rel.target_part.blob:
            yield _PARTS[kind], rel.target_part


def _of_part(root: Any, kind: str, number: int) -> Iterator[Paragraph]:
    tables: dict[Any, int] = {}
    count = 0
    for element in root.iter(PARAGRAPH):
        table = next((t for t in element.iterancestors(TABLE) if next(t.iterancestors(TABLE), None) is None), None)
        if table is not None:
            place = f"第{tables.setdefault(table, len(tables) + 1)}个表格第{_row_number(table, element)}行"
        elif _is_boxed(element):
            place = f"第{count}段的文本框" if not kind else "文本框"
        else:
            count += 1
            place = f"第{count}段"
        yield Paragraph(kind + place if kind not in ("页眉", "页脚") else kind, text_of(element), element, number)


def _row_number(table: Any, element: Any) -> int:
    rows = [row for row in table.iter(ROW) if next(row.iterancestors(TABLE)) is table]
    around = set(element.iterancestors(ROW))
    return next((n for n, row in enumerate(rows, 1) if row in around), 0)


def _is_boxed(element: Any) -> bool:
    return next(element.iterancestors(BOX), None) is not None


def text_of(element: Any) -> str:
    """A paragraph's text without that of text boxes anchored in it; deleted revisions do not count."""
    return "".join(t.text or "" for t in element.iter(TEXT) if next(t.iterancestors(PARAGRAPH)) is element)


def tags(paragraph: Paragraph) -> list[Tag]:
    """The whole tags of a paragraph, in order. Curly quotes in them are straight, as docxtpl makes them."""
    return [_tag(found[0], paragraph) for found in _TAG.finditer(paragraph.text)]


def without_tags(text: str) -> str:
    """What is left of a text when its whole tags are taken out."""
    return _TAG.sub("", text)


def _tag(shown: str, paragraph: Paragraph) -> Tag:
    inner = plain_markers(shown)[2:-2].translate(_QUOTES)
    level = ""
    found = _PREFIX.fullmatch(inner)
    if found:
        level, inner = found[1], found[2]
    return Tag(shown[:2], level, inner.strip().strip("-+").strip(), paragraph, shown)


def revised(element: Any) -> bool:
    """Whether a paragraph holds tracked changes that nobody has accepted."""
    return any(True for _ in element.iter(qn("w:del"), qn("w:ins"), qn("w:moveFrom"), qn("w:moveTo")))
