"""Build templates/年度报告.docx as an office first finds it: the six sections with the three official tables.

Run ``python -m flows.documents.annual_template`` after a change here. Page, grid and styles are those of 通报.docx. The
tables stand cell for cell in the template, without loops: 200 named cells that an office can see and may move.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from flows.annual import format as official
from flows.annual.format import Cell, Role, Table
from flows.documents import build_template
from flows.documents.annual_words import NUMERALS, name_of
from flows.documents.blocks import paragraph, tag
from flows.documents.official import CHARACTER, FANGSONG, HEITI, LINE, RED, TEXT_WIDTH, Style
from flows.documents.pieces import each, when, with_styles, with_text
from flows.documents.styles import STYLES
from flows.files import write_file
from flows.package import packed

TEMPLATE = build_template.TEMPLATE.parent / "年度报告.docx"
_STYLE_OF = {
    Role.BLOCK: "AnnualBlock",
    Role.HEAD: "AnnualHead",
    Role.LABEL: "AnnualLabel",
    Role.NOTE: "AnnualNote",
    Role.NUMBER: "AnnualNumber",
}
_ROW_HEIGHT = {2: 510, 3: 320, 4: 480}
"""Least height of a row in twips; 25 rows and their heads have to fit one page."""


def body() -> str:
    """The text of the template: title and opening, six sections each of which can be printed alone, signature."""
    head = (
        paragraph("DocTitle", "{{ 标题 }}")
        + paragraph("AnnualGap", "")
        + each("待补", "AnnualToFill")
        + each("引言", "BodyText")
    )
    end = paragraph("Signature", "{{ 署名 }}") + paragraph("SignatureDate", "{{ 成文日期 }}")
    parts = (_told("总体情况"), *map(_tabled, official.TABLES), _told("问题"), _last("其他"))
    sections = "".join(
        when(f"部分.{numeral}", paragraph(style, title) + content)
        for numeral, title, style, content in zip(
            NUMERALS,
            official.SECTIONS,
            # The third table fills a page: its heading opens one, or both would be torn from each other.
            ("LevelOne", "LevelOne", "AnnualLevelOnePage", "LevelOne", "LevelOne", "LevelOne"),
            parts,
            strict=True,
        )
    )
    return when("全文", head) + sections + when("全文", end)


def _told(name: str) -> str:
    """A section in words."""
    return (
        each(f"{name}.段落", "BodyText")
        + each(f"{name}.待补", "AnnualToFill")
        + tag(f"for 节 in {name}.小节")
        + paragraph("LevelTwo", "{{ 节.标题 }}")
        + each("节.段落", "BodyText")
        + each("节.待补", "AnnualToFill")
        + tag("endfor")
    )


def _last(name: str) -> str:
    """The last section: its last paragraph stays on the page of the signature (7.3.5)."""
    return (
        each(f"{name}.待补", "AnnualToFill")
        + each(f"{name}.段落[:-1]", "BodyText")
        + each(f"{name}.段落[-1:]", "Closing")
    )


def _tabled(table: Table) -> str:
    """A section that is one table, with room behind it."""
    return each("表注", "AnnualToFill") + table_xml(table) + paragraph("AnnualGap", "")


def table_xml(table: Table) -> str:
    """An official table in WordprocessingML: real merges (gridSpan, vMerge), every number cell with its tag."""
    widths = _twips(table)
    starts = {(cell.row, cell.column): cell for cell in table.cells}
    covered = {(row, cell.column): cell for cell in table.cells for row in range(cell.row + 1, cell.row + cell.down)}
    rows = ""
    for number in range(table.rows):
        places = sorted(place for place in {*starts, *covered} if place[0] == number)
        cells = "".join(_cell(widths, starts.get(place), covered.get(place), table) for place in places)
        height = f'<w:trHeight w:val="{_ROW_HEIGHT[table.section]}" w:hRule="atLeast"/>'
        rows += f"<w:tr><w:trPr><w:cantSplit/>{height}</w:trPr>{cells}</w:tr>"
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    margins = "".join(f'<w:{side} w:w="{size}" w:type="dxa"/>' for side, size in _MARGINS)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
    )


_MARGINS = (("top", 15), ("left", 10), ("bottom", 15), ("right", 10))
"""Narrow, so that six digits stand on one line in the columns of the third table and five in those of the fourth."""


def _cell(widths: list[int], starting: Cell | None, running: Cell | None, table: Table) -> str:
    cell = starting or running
    assert cell is not None
    width = sum(widths[cell.column : cell.column + cell.across])
    span = f'<w:gridSpan w:val="{cell.across}"/>' if cell.across > 1 else ""
    merge = ("<w:vMerge/>" if running else '<w:vMerge w:val="restart"/>') if cell.down > 1 else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{span}{merge}<w:vAlign w:val="center"/>'
    style = _style(cell, table)
    text = f"{{{{ {name_of(cell.key)} }}}}" if cell.key else cell.text
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(style, text if starting else '')}</w:tc>"


def _style(cell: Cell, table: Table) -> str:
    """Names of rows stand left in the third table, where they are sentences, and centred where they are words."""
    if cell.role is Role.LABEL and table.section != official.THIRD.section:
        return "AnnualHead"
    if cell.role is Role.HEAD and cell.across == 1 and len(cell.text) in (4, 6) and table is official.THIRD:
        return "AnnualHeadNarrow"
    return _STYLE_OF[cell.role]


def _twips(table: Table) -> list[int]:
    """Column widths that fill the text width exactly."""
    total = sum(table.widths)
    edges = [round(TEXT_WIDTH * sum(table.widths[:place]) / total) for place in range(len(table.widths) + 1)]
    return [right - left for left, right in pairwise(edges)]


def styles() -> tuple[Style, ...]:
    """The named styles beyond those of 通报.docx."""
    return (
        Style(
            "AnnualLevelOnePage",
            "一级标题（另起一页）",
            HEITI,
            16,
            "both",
            first=2 * CHARACTER,
            squeeze=-5,
            outline=0,
            keep_next=True,
            new_page=True,
        ),
        Style("AnnualToFill", "待补提示", HEITI, 16, "both", first=2 * CHARACTER, squeeze=-5, color=RED),
        Style("AnnualGap", "表格前后空行", FANGSONG, 8, line=LINE // 2),
        *(
            Style(name, word, face, size, align, line=270, left=left, right=right, squeeze=squeeze, keep_next=True)
            for name, word, face, size, align, left, right, squeeze in (
                ("AnnualBlock", "年报表格分块", HEITI, 10.5, "center", 0, 0, 0),
                ("AnnualHead", "年报表格表头", FANGSONG, 10.5, "center", 0, 0, 0),
                # Two characters a line: 商业｜企业, not 商业企｜业.
                ("AnnualHeadNarrow", "年报表格表头（窄）", FANGSONG, 10.5, "center", 100, 100, 0),
                ("AnnualLabel", "年报表格项目", FANGSONG, 10.5, "left", 30, 0, -5),
                ("AnnualNote", "年报表格说明", FANGSONG, 10.5, "center", 0, 0, 0),
                ("AnnualNumber", "年报表格数字", FANGSONG, 10, "center", 0, 0, 0),
            )
        ),
    )


def parts() -> dict[str, bytes]:
    """Every part of the package by name: that of 通报.docx with another text, title and a few more styles."""
    known = {style.id for style in STYLES}
    more = "".join(style.xml for style in styles() if style.id not in known)
    return with_styles(with_text(build_template.parts(), body(), "年度报告"), more)


def build(out: Path = TEMPLATE) -> None:
    """Write the template."""
    write_file(out, packed(parts()))


if __name__ == "__main__":
    build()
