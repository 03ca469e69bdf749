"""The museum's pieces as real files: stored texts in their encoding, Office files made from the descriptions beside."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.needs import soffice
from tests.plan.papers import LEFT, UP

PIECES = Path(__file__).parent / "pieces"

Cell = Any
"""A cell's text; a tuple of rows for a table inside the cell; a date or number in workbooks."""


@dataclass(frozen=True)
class Grid:
    """A table. UP and LEFT (papers.py) are the lower and right parts of merges; ``head`` rows repeat on each page."""

    rows: Sequence[Sequence[Cell]]
    head: int = 1


@dataclass(frozen=True)
class Listed:
    """A paragraph that Word numbers by itself. ``form`` is its number, “%1.” or “（%1）”; one ``list`` counts on."""

    text: str
    list: int = 1
    form: str = "%1."
    counting: str = "decimal"


@dataclass(frozen=True)
class Word:
    """A Word file; ``to`` pdf or doc has LibreOffice turn it into that."""

    blocks: Sequence[str | Grid | Listed]
    to: str = "docx"
    landscape: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: ``rows`` as in Grid, ``hidden`` columns counted from 1."""

    name: str
    rows: Sequence[Sequence[Cell]]
    hidden: Sequence[int] = ()


@dataclass(frozen=True)
class Excel:
    """A workbook; ``to`` xls or ods has LibreOffice turn it into that."""

    sheets: Sequence[Sheet]
    to: str = "xlsx"
    date_format: str = ""


@dataclass(frozen=True)
class Text:
    """A stored text or web page, handed over in ``encoding``."""

    file: str
    encoding: str = "utf-8"


Piece = Word | Excel | Text


@dataclass
class _Lists:
    document: Any
    numbers: dict[int, str] = field(default_factory=dict)

    def number(self, item: Listed) -> str:
        """The w:numId of a list, made when it is first asked for."""
        if item.list in self.numbers:
            return self.numbers[item.list]
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls, qn

        root = self.document.part.numbering_part.element
        abstract = str(900 + item.list)
        level = (
            f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{item.counting}"/>'
            f'<w:lvlText w:val="{item.form}"/><w:suff w:val="nothing"/></w:lvl>'
        )
        definition = f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{abstract}">{level}</w:abstractNum>'
        root.insert(0, parse_xml(definition))
        number = root._next_numId
        root.append(
            parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/></w:num>')
        )
        assert root.find(qn("w:abstractNum")) is not None
        self.numbers[item.list] = str(number)
        return str(number)

    def apply(self, paragraph: Any, item: Listed) -> None:
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        paragraph.add_run(item.text)
        paragraph._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{self.number(item)}"/></w:numPr>')
        )


def _grid(document: Any, lists: _Lists, place: Any, grid: Grid) -> None:
    width = max(len(row) for row in grid.rows)
    table = (
        place.add_table(len(grid.rows), width)
        if place is not document
        else (document.add_table(len(grid.rows), width, style="Table Grid"))
    )
    for r, row in enumerate(grid.rows):
        for c, value in enumerate(row):
            if value == UP:
                table.cell(r - 1, c).merge(table.cell(r, c))
            elif value == LEFT:
                table.cell(r, c - 1).merge(table.cell(r, c))
            else:
                _fill(document, lists, table.cell(r, c), value)
    if place is document:
        _repeat(table, grid.head)


def _fill(document: Any, lists: _Lists, cell: Any, value: Cell) -> None:
    if isinstance(value, Grid):
        _grid(document, lists, cell, value)
    elif isinstance(value, tuple):
        for at, part in enumerate(value):
            paragraph = cell.paragraphs[0] if at == 0 else cell.add_paragraph()
            if isinstance(part, Listed):
                lists.apply(paragraph, part)
            else:
                paragraph.add_run(str(part))
    else:
        cell.text = str(value)


def _repeat(table: Any, count: int) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    for row in table.rows[:count]:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))


def _word(piece: Word, path: Path) -> None:
    import docx
    from docx.enum.section import WD_ORIENT

    document = docx.Document()
    lists = _Lists(document)
    if piece.landscape:
        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
    for block in piece.blocks:
        if isinstance(block, Grid):
            _grid(document, lists, document, block)
        elif isinstance(block, Listed):
            lists.apply(document.add_paragraph(), block)
        else:
            document.add_paragraph(block)
    document.save(str(path))


def _excel(piece: Excel, path: Path) -> None:
    import openpyxl
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for described in piece.sheets:
        sheet = book.create_sheet(described.name)
        for r, row in enumerate(described.rows, 1):
            for c, value in enumerate(row, 1):
                if value not in (UP, LEFT):
                    made = sheet.cell(r, c, value)
                    if piece.date_format and isinstance(value, date):
                        made.number_format = piece.date_format
        for top, left, bottom, right in _merges(described.rows):
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for column in described.hidden:
            sheet.column_dimensions[get_column_letter(column)].hidden = True
    book.save(path)


def _merges(rows: Sequence[Sequence[Cell]]) -> list[tuple[int, int, int, int]]:
    found = []
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value in (UP, LEFT):
                continue
            right = c
            while right + 1 < len(row) and row[right + 1] == LEFT:
                right += 1
            bottom = r
            while bottom + 1 < len(rows) and c < len(rows[bottom + 1]) and rows[bottom + 1][c] == UP:
                bottom += 1
            if (bottom, right) != (r, c):
                found.append((r + 1, c + 1, bottom + 1, right + 1))
    return found


def build(name: str, piece: Piece, folder: Path) -> Path:
    """The piece as a file in ``folder``, named as the expected reading's ``source``."""
    if isinstance(piece, Text):
        path = folder / piece.file
        path.write_bytes((PIECES / piece.file).read_text(encoding="utf-8").encode(piece.encoding))
        return path
    made = folder / f"{name}.{'docx' if isinstance(piece, Word) else 'xlsx'}"
    if isinstance(piece, Word):
        _word(piece, made)
    else:
        _excel(piece, made)
    if piece.to == made.suffix[1:]:
        return made
    profile = (folder / "profile").as_uri()
    command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", piece.to, "--outdir"]
    subprocess.run([*command, str(folder), str(made)], check=True, capture_output=True, timeout=180)
    result = made.with_suffix(f".{piece.to}")
    assert result.exists(), f"LibreOffice made no {result.name}"
    return result
