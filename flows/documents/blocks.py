"""Building blocks of a template in WordprocessingML: paragraphs, loops, tables, page numbers, 版记."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from flows.documents.official import (
    FOOTER_DISTANCE,
    LINE,
    MARGIN_BOTTOM,
    MARGIN_LEFT,
    MARGIN_RIGHT,
    MARGIN_TOP,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TEXT_WIDTH,
    mm,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an attachment table: heading (``\\n`` breaks it), width in mm, cell text, cell style id.

    ``fill``: an expression for the colour behind the text, RGB or auto.
    """

    head: str
    width: float
    text: str
    style: str = "TableText"
    fill: str = ""

    def cell(self, width: int) -> str:
        """A cell of the table's rows, ``width`` in twips."""
        # The colour is the office's setting, so that no style can hold it.
        colour = f"{{% cellbg {self.fill} %}}" if self.fill else ""
        return cell(width, self.style, colour + self.text)


def paragraph(style: str, text: str) -> str:
    """One paragraph; ``\\t`` becomes a tab, ``\\n`` a line break."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{_runs(text)}</w:p>'


def _runs(text: str) -> str:
    pieces = []
    for i, line in enumerate(text.split("\n")):
        pieces.append("<w:br/>" if i else "")
        for j, part in enumerate(line.split("\t")):
            pieces.append("<w:tab/>" if j else "")
            pieces.append(f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "")
    return f"<w:r>{''.join(pieces)}</w:r>"


def tag(code: str) -> str:
    """A paragraph that holds one control tag and vanishes when the template is filled."""
    return paragraph("BodyText", f"{{%p {code} %}}")


def cell(width: int, style: str, text: str, span: int = 1) -> str:
    """One table cell, centred vertically."""
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties = f'<w:tcW w:w="{width}" w:type="dxa"/>{grid}<w:vAlign w:val="center"/>'
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(style, text)}</w:tc>"


def row(cells: str, *, head: bool = False, whole: bool = True) -> str:
    """One table row: repeated on every page (head), kept on one page (whole)."""
    kept = "<w:cantSplit/>" if whole else ""
    return f"<w:tr><w:trPr>{kept}{'<w:tblHeader/>' if head else ''}</w:trPr>{cells}</w:tr>"


def grouped_table(columns: Sequence[Column], groups: str) -> str:
    """A table over ``groups``: for each an optional line across with 组.标题, then one row for each of 组.行."""
    widths = _fitted([column.width for column in columns])
    head = "".join(cell(width, "TableHead", column.head) for width, column in zip(widths, columns, strict=True))
    body = "".join(column.cell(width) for width, column in zip(widths, columns, strict=True))
    across = cell(sum(widths), "TableGroup", "{{ 组.标题 }}", len(columns))
    return _table(
        widths,
        row(head, head=True)
        + _row_tag(f"for 组 in {groups}", widths)
        + _row_tag("if 组.标题", widths)
        + row(across)
        + _row_tag("endif", widths)
        + _row_tag("for 行 in 组.行", widths)
        + row(body)
        + _row_tag("endfor", widths)
        + _row_tag("endfor", widths),
    )


def plain_table(columns: Sequence[Column], rows: str) -> str:
    """A table with one row for each of ``rows``."""
    widths = _fitted([column.width for column in columns])
    head = "".join(cell(width, "TableHead", column.head) for width, column in zip(widths, columns, strict=True))
    body = "".join(column.cell(width) for width, column in zip(widths, columns, strict=True))
    loop = _row_tag(f"for 行 in {rows}", widths) + row(body) + _row_tag("endfor", widths)
    return _table(widths, row(head, head=True) + loop)


def _row_tag(code: str, widths: Sequence[int]) -> str:
    return row(cell(sum(widths), "TableText", f"{{%tr {code} %}}", len(widths)))


def _fitted(widths: Sequence[float]) -> list[int]:
    """Column widths in twips that fill the text width exactly."""
    scaled = [mm(width) for width in widths]
    scaled[-1] += TEXT_WIDTH - sum(scaled)
    return scaled


def _table(widths: Sequence[int], rows: str) -> str:
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="OfficialTable"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>'
    )


def imprint(rows: Sequence[tuple[str, str, str]]) -> str:
    """版记 at the foot of the page it stands on: rows of (condition or "", style id, text).

    One floating table anchored to the bottom margin, its last line on the bottom edge of 版心; first and last line
    1 pt, those between 0.75 pt, all as wide as 版心 (7.4).
    """
    lines = "".join(
        f'<w:{side} w:val="{"single" if size else "nil"}" w:sz="{size}" w:space="0" w:color="000000"/>'
        for side, size in (("top", 8), ("left", 0), ("bottom", 8), ("right", 0), ("insideH", 6), ("insideV", 0))
    )
    body = ""
    for condition, style, text in rows:
        line = row(cell(TEXT_WIDTH, style, text))
        widths = (TEXT_WIDTH,)
        body += _row_tag(f"if {condition}", widths) + line + _row_tag("endif", widths) if condition else line
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:topFromText="0" w:bottomFromText="0"'
        f' w:vertAnchor="margin" w:horzAnchor="page" w:tblpX="{MARGIN_LEFT}" w:tblpYSpec="bottom"/>'
        f'<w:tblOverlap w:val="never"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="0" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{TEXT_WIDTH}"/></w:tblGrid>{body}</w:tbl>{paragraph("ImprintAnchor", "")}'
    )


def footer(style: str) -> str:
    """The paragraph of a footer: — 1 — with a PAGE field."""
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    dash = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{dash.format("— ")}{field}{dash.format(" —")}</w:p>'


def section(odd_footer: str, even_footer: str) -> str:
    """The page: A4, margins, line grid, page numbers outside (relationship ids of the two footers)."""
    return (
        f'<w:sectPr><w:footerReference w:type="default" r:id="{odd_footer}"/>'
        f'<w:footerReference w:type="even" r:id="{even_footer}"/><w:pgSz w:w="{PAGE_WIDTH}" w:h="{PAGE_HEIGHT}"/>'
        f'<w:pgMar w:top="{MARGIN_TOP}" w:right="{MARGIN_RIGHT}" w:bottom="{MARGIN_BOTTOM}" w:left="{MARGIN_LEFT}"'
        f' w:header="851" w:footer="{FOOTER_DISTANCE}" w:gutter="0"/>'
        f'<w:docGrid w:type="lines" w:linePitch="{LINE}"/></w:sectPr>'
    )
