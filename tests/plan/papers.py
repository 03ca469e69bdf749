"""Small plans as people lay them out, made as real files from rows of text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

UP = "^"
"""In a row: this cell is the lower part of a vertical merge."""
LEFT = "<"
"""In a row: this cell is the right part of a horizontal merge."""

Rows = Sequence[Sequence[str]]


def text_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "要点.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def tabbed(rows: Rows) -> str:
    """A row a line, cells parted by tabs, as a web page or a PDF leaves them."""
    return "\n".join("\t".join("" if cell in (UP, LEFT) else cell for cell in row) for row in rows) + "\n"


def cell_a_line(rows: Rows) -> str:
    """One cell a line, each led by a tab, rows parted by blank lines, as a converted .doc leaves them."""
    return "\n".join("".join(f"\t{'' if cell in (UP, LEFT) else cell}\n" for cell in row) for row in rows)


def word_file(folder: Path, *blocks: str | Rows, name: str = "要点.docx") -> Path:
    """A paragraph for a string, a table for rows; UP and LEFT become real merges."""
    import docx

    document = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
            continue
        table = document.add_table(len(block), max(len(row) for row in block))
        for r, row in enumerate(block):
            for c, text in enumerate(row):
                if text == UP:
                    table.cell(r - 1, c).merge(table.cell(r, c))
                elif text == LEFT:
                    table.cell(r, c - 1).merge(table.cell(r, c))
                else:
                    table.cell(r, c).text = text
    path = folder / name
    document.save(str(path))
    return path


def excel_file(folder: Path, rows: Rows, name: str = "要点.xlsx", title: str = "") -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    first = 1
    if title:
        sheet.cell(1, 1, title)
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(rows[0]))
        first = 2
    for r, row in enumerate(rows, first):
        for c, text in enumerate(row, 1):
            if text not in (UP, LEFT):
                sheet.cell(r, c, text)
    for c in range(len(rows[0])):
        owner = 0
        for r in range(len(rows) + 1):
            if r == len(rows) or rows[r][c] != UP:
                if r - owner > 1:
                    sheet.merge_cells(
                        start_row=first + owner, end_row=first + r - 1, start_column=c + 1, end_column=c + 1
                    )
                owner = r
    for r, row in enumerate(rows, first):
        if LEFT in row:
            start = row.index(LEFT)
            sheet.merge_cells(start_row=r, end_row=r, start_column=start, end_column=len(row))
    path = folder / name
    book.save(path)
    return path
