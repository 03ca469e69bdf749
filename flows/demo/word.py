"""The sample plan as a Word document, laid out as an office would: text, signature, then the task table as 附件."""

from __future__ import annotations

import io
from datetime import datetime, time
from typing import Any

from flows.demo.content import SamplePlan, Task
from flows.package import settled
from flows.periods import spoken

_HEADERS = ("序号", "任务事项", "具体要求", "牵头单位", "责任单位", "完成时限")
_WIDTHS_MM = (11, 25, 53, 26, 35, 22)
_FANGSONG, _HEITI, _TITLE = "仿宋_GB2312", "黑体", "方正小标宋简体"


def plan_document(plan: SamplePlan) -> bytes:
    """The .docx: A4, heads of merged tasks span their rows, the header row repeats on every page."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(35),
        Mm(30),
        Mm(20),
        Mm(18),
    )
    _font(document.styles["Normal"], _FANGSONG, 16)
    document.styles["Normal"].paragraph_format.space_after = Mm(0)

    _line(document, plan.title, _TITLE, 22, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, plan.doc_number, _FANGSONG, 16, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, "", _FANGSONG, 16)
    _line(document, plan.salutation, _FANGSONG, 16)
    for text in plan.introduction:
        _line(document, text, _FANGSONG, 16).paragraph_format.first_line_indent = Mm(11.2)
    _line(document, "", _FANGSONG, 16)
    _line(document, f"附件：{plan.table_title}", _FANGSONG, 16).paragraph_format.first_line_indent = Mm(11.2)
    _line(document, "", _FANGSONG, 16)
    for text in (plan.issuer, spoken(plan.issued)):
        signed = _line(document, text, _FANGSONG, 16, WD_ALIGN_PARAGRAPH.RIGHT)
        signed.paragraph_format.right_indent = Mm(22)
    signed.runs[0].add_break(WD_BREAK.PAGE)
    _line(document, "附件", _HEITI, 16)
    _line(document, plan.table_title, _TITLE, 20, WD_ALIGN_PARAGRAPH.CENTER)
    _table(document, plan)

    properties = document.core_properties
    properties.title, properties.author, properties.comments = plan.title, plan.issuer, ""
    properties.last_modified_by = plan.issuer
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue(), datetime.combine(plan.issued, time(9)))


def _table(document: Any, plan: SamplePlan) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    table = document.add_table(rows=1, cols=len(_HEADERS), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(table.columns, _WIDTHS_MM, strict=True):
        column.width = Mm(width)
    for cell, text in zip(table.rows[0].cells, _HEADERS, strict=True):
        _cell(cell, text, _HEITI, centred=True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for number, task in enumerate(plan.tasks, start=1):
        _task(table, number, task)
    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell, width in zip(row.cells, _WIDTHS_MM, strict=True):
            cell.width = Mm(width)


def _task(table: Any, number: int, task: Task) -> None:
    rows = [table.add_row() for _ in task.rows]
    for row, entry in zip(rows, task.rows, strict=True):
        for index, text in ((2, entry.cell), (3, entry.lead), (4, entry.responsible), (5, entry.deadline)):
            _cell(row.cells[index], text, _FANGSONG, centred=index in (3, 5))
    for index, text in ((0, str(number)), (1, task.name)):
        head = rows[0].cells[index]
        if len(rows) > 1:
            head = head.merge(rows[-1].cells[index])
        _cell(head, text, _FANGSONG, centred=True)


def _cell(cell: Any, text: str, font: str, *, centred: bool) -> None:
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    # A merge leaves one empty paragraph for each row that it swallowed.
    for surplus in cell.paragraphs[1:]:
        surplus._p.getparent().remove(surplus._p)
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _font(paragraph.add_run(text), font, 10.5)


def _line(document: Any, text: str, font: str, points: float, alignment: Any = None) -> Any:
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    paragraph.paragraph_format.line_spacing = Pt(max(28, points * 1.5))
    _font(paragraph.add_run(text), font, points)
    return paragraph


def _font(holder: Any, name: str, points: float) -> None:
    """Latin and Chinese letters alike; Word looks for the Chinese font in an attribute of its own."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    holder.font.name, holder.font.size = name, Pt(points)
    properties = holder._element.get_or_add_rPr() if hasattr(holder, "_element") else holder.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), name)
