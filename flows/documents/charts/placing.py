"""Charts into a filled Word document: in place of their markers, with parts, relations and captions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, nsmap, qn
from lxml.etree import XPath

from flows.documents.charts.drawing import chart_xml
from flows.documents.charts.marker import TOKEN
from flows.documents.charts.model import Chart
from flows.documents.charts.workbook import data_workbook
from flows.documents.official import HEITI, fonts
from flows.problems import UserError

CHART_STYLE, CAPTION_STYLE, LAST_CAPTION_STYLE = "图表", "图表标题", "图表标题（末图）"
"""Names of the paragraph styles; a template without them gets the same look by direct formatting."""
CAPTION_SIZE = 12

_WIDTH_MM = 150
_EMU_PER_MM, _EMU_PER_TWIP = 36000, 635
_CELL_MARGINS = 240
"""Twips of a table cell that are not its text."""
_CAPTION_ROOM = 20
"""Millimetres of a page that a chart leaves to its caption."""
_CHART_URI = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_ENDS_SECTION = XPath("./w:pPr/w:sectPr | following::w:sectPr", namespaces={"w": nsmap["w"]})
_HARMLESS = {qn(f"w:{name}") for name in ("pPr", "r", "proofErr")}

Element = Any
"""An lxml element of python-docx, which ships no types."""


def place_charts(document: Document, charts: Mapping[str, tuple[Chart, ...]], stamp: date) -> int:
    """Put charts where the filled template has their markers; returns how many there are.

    A paragraph with nothing but a marker becomes the charts of that name, each with its caption 图1 …; other text of
    the paragraph stays before them. Where there is nothing to show, the paragraph vanishes. UserError when a marker
    stands where Word allows no chart: header, footer, footnote, text box.
    """
    body = document.element.body
    numbers = _Numbers(document)
    captions: list[Element] = []
    for paragraph in list(body.iter(qn("w:p"))):
        names = TOKEN.findall(_text(paragraph))
        if not names or any(True for _ in paragraph.iterancestors(qn("w:txbxContent"))):
            continue
        _empty(paragraph)
        wanted = [chart for name in names for chart in charts.get(name, ())]
        made = [part for chart in wanted for part in numbers.placed(chart, paragraph, stamp)]
        _replace(paragraph, made)
        captions += made[-1:]
    for caption in captions:
        _hold_imprint(caption, numbers.styles)
    _refuse_elsewhere(document)
    return numbers.figures


class _Numbers:
    """The numbers that a document gives its charts: of figures, drawings and parts."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.figures = 0
        self.drawings = max(_drawing_ids(document), default=0)
        self.styles = {style.name: style.style_id for style in document.styles}

    def placed(self, chart: Chart, paragraph: Element, stamp: date) -> Iterator[Element]:
        """Make the parts of a chart; the paragraphs of drawing and caption."""
        self.figures += 1
        self.drawings += 1
        relation = _add_parts(self.document, chart, stamp)
        width, height = _room(paragraph, chart)
        label = f"图{self.figures}　{chart.title}"
        yield _paragraph(
            self._look(CHART_STYLE, before=120, keep=True),
            "<w:r><w:rPr><w:noProof/></w:rPr><w:drawing>"
            f'<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width}" cy="{height}"/>'
            f'<wp:effectExtent l="0" t="0" r="0" b="0"/><wp:docPr id="{self.drawings}" name="图表 {self.figures}"'
            f" descr={quoteattr(f'{chart.title}：{chart.summary}')}/><wp:cNvGraphicFramePr/>"
            f'<a:graphic><a:graphicData uri="{_CHART_URI}"><c:chart r:id="{relation}"/></a:graphicData></a:graphic>'
            "</wp:inline></w:drawing></w:r>",
        )
        caption = _paragraph(
            self._look(CAPTION_STYLE, before=0, keep=False),
            f'<w:r>{self._letters()}<w:t xml:space="preserve"></w:t></w:r>',
        )
        caption.find(f".//{qn('w:t')}").text = label
        yield caption

    def _look(self, style: str, *, before: int, keep: bool) -> str:
        if style in self.styles:
            return f"<w:pStyle w:val={quoteattr(self.styles[style])}/>"
        return (
            f'{"<w:keepNext/>" if keep else ""}<w:snapToGrid w:val="0"/>'
            f'<w:spacing w:before="{before}" w:after="{120 - before}" w:line="240" w:lineRule="auto"/>'
            '<w:ind w:left="0" w:right="0" w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/>'
        )

    def _letters(self) -> str:
        if CAPTION_STYLE in self.styles:
            return ""
        return f'<w:rPr>{fonts(HEITI)}<w:sz w:val="{2 * CAPTION_SIZE}"/><w:szCs w:val="{2 * CAPTION_SIZE}"/></w:rPr>'


def _paragraph(properties: str, content: str) -> Element:
    return parse_xml(f"<w:p {nsdecls('w', 'wp', 'a', 'c', 'r')}><w:pPr>{properties}</w:pPr>{content}</w:p>")


def _add_parts(document: Document, chart: Chart, stamp: date) -> str:
    """Chart part and embedded workbook with their relations; the id by which the document knows the chart."""
    package = document.part.package
    name = package.next_partname("/word/charts/chart%d.xml")
    part = Part(name, CONTENT_TYPE.DML_CHART, chart_xml(chart, "rId1"), package)
    relation: str = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    book = package.next_partname("/word/embeddings/Microsoft_Excel_Worksheet%d.xlsx")
    workbook = Part(book, CONTENT_TYPE.SML_SHEET, data_workbook(chart, stamp), package)
    if part.relate_to(workbook, RELATIONSHIP_TYPE.PACKAGE) != "rId1":  # pragma: no cover
        raise AssertionError("a new part's first relation is rId1")
    return relation


def _room(paragraph: Element, chart: Chart) -> tuple[int, int]:
    """Width and height in EMU: as the chart wants, but no more than its cell, column or page has."""
    width, height = _WIDTH_MM * _EMU_PER_MM, round(chart.height * _EMU_PER_MM)
    size, margin = _page(paragraph)
    if size is not None and margin is not None:
        across = _twips(size, "w") - _twips(margin, "left") - _twips(margin, "right")
        down = _twips(size, "h") - _twips(margin, "top") - _twips(margin, "bottom")
        width = min(width, across * _EMU_PER_TWIP)
        height = min(height, down * _EMU_PER_TWIP - _CAPTION_ROOM * _EMU_PER_MM)
    cell = next(paragraph.iterancestors(qn("w:tc")), None)
    wide = None if cell is None else cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
    if wide is not None and wide.get(qn("w:type")) == "dxa":
        width = min(width, (_twips(wide, "w") - _CELL_MARGINS) * _EMU_PER_TWIP)
    return max(width, 10 * _EMU_PER_MM), max(height, 10 * _EMU_PER_MM)


def _twips(element: Element, name: str) -> int:
    return int(float(element.get(qn(f"w:{name}"), 0)))


def _page(paragraph: Element) -> tuple[Element, Element]:
    """Size and margins of the section that a paragraph lies in, which the next w:sectPr ends; None where unsaid."""
    sections: Any = _ENDS_SECTION(paragraph)
    section = sections[0] if sections else None
    return (None, None) if section is None else (section.find(qn("w:pgSz")), section.find(qn("w:pgMar")))


def _text(paragraph: Element) -> str:
    """The text of a paragraph, without that of text boxes in it."""
    return "".join(node.text or "" for node in _letters_of(paragraph))


def _letters_of(paragraph: Element) -> list[Element]:
    return [node for node in paragraph.iter(qn("w:t")) if next(node.iterancestors(qn("w:p"))) is paragraph]


def _empty(paragraph: Element) -> None:
    """Take the markers out of a paragraph's text; docxtpl writes each into one w:t."""
    for node in _letters_of(paragraph):
        node.text = TOKEN.sub("", node.text or "")


def _replace(paragraph: Element, made: list[Element]) -> None:
    """Put the new paragraphs beside this one, which goes when nothing is left in it that somebody needs."""
    properties = paragraph.find(qn("w:pPr"))
    ends_section = properties is not None and properties.find(qn("w:sectPr")) is not None
    content = any(
        child.tag not in _HARMLESS or any(part.tag not in (qn("w:rPr"), qn("w:t")) for part in child)
        for child in paragraph
        if child is not properties
    )
    # A paragraph that ends a section stays behind the charts, which belong to that section.
    for element in made if ends_section else reversed(made):
        (paragraph.addprevious if ends_section else paragraph.addnext)(element)
    last_of_cell = paragraph.getparent().tag == qn("w:tc") and not _other_paragraphs(paragraph)
    if not (ends_section or content or last_of_cell or _text(paragraph).strip()):
        paragraph.getparent().remove(paragraph)


def _hold_imprint(caption: Element, styles: Mapping[str, str]) -> None:
    """Keep a caption with the floating table behind it: 版记 shall not stand on a page of its own."""
    behind = caption.getnext()
    if behind is not None and behind.find(f"{qn('w:tblPr')}/{qn('w:tblpPr')}") is not None:
        style = caption.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        kept = parse_xml(f"<w:keepNext {nsdecls('w')}/>")
        if style is None:
            caption.find(qn("w:pPr")).insert(0, kept)
        elif LAST_CAPTION_STYLE in styles:
            style.set(qn("w:val"), styles[LAST_CAPTION_STYLE])
        else:
            style.addnext(kept)


def _other_paragraphs(paragraph: Element) -> bool:
    """Whether a cell still ends with a paragraph, as Word demands, without this one."""
    others = [child for child in paragraph.getparent() if child is not paragraph]
    return bool(others) and others[-1].tag == qn("w:p")


def _drawing_ids(document: Document) -> Iterator[int]:
    """Ids of drawings anywhere in the package: they have to be unique in a document."""
    for part in document.part.package.iter_parts():
        if part.content_type.endswith("+xml"):
            yield from (int(found) for found in re.findall(rb'<wp:docPr\b[^>]*?\bid="(\d+)"', part.blob))


def _refuse_elsewhere(document: Document) -> None:
    for part in document.part.package.iter_parts():
        if part.content_type.endswith("+xml"):
            found = TOKEN.search(part.blob.decode("utf-8", "replace"))
            if found:
                raise UserError(
                    f"模板中的图表标记“{found[1]}”放在了页眉、页脚、脚注或文本框里，这些地方放不下图表",
                    "请把它移到正文中单独的一段",
                )
