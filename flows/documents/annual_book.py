"""年报表格.xlsx and 年报表格.html: the three official tables outside of Word, for filing systems and web sites."""

from __future__ import annotations

import io
from datetime import datetime
from html import escape
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from flows.annual import format as official
from flows.annual.format import Cell, Role, Table
from flows.annual.model import AnnualTables
from flows.documents.official import TEXT_WIDTH, TWIPS_PER_MM
from flows.files import write_file
from flows.ledger.styles import FAULT_INK
from flows.ledger.text import clean

SHEETS = {2: "主动公开", 3: "依申请公开", 4: "复议诉讼"}
"""Sheet of each table, by the section it stands in."""
_MM_A_CHARACTER = 1.95
"""Width of one unit of Excel's column width."""
_HEIGHTS = {2: 24.0, 3: 18.0, 4: 24.0}
_TALL = {(3, 2): 44.0, (3, 6): 30.0, (3, 22): 30.0, (3, 23): 44.0, (3, 24): 44.0, (4, 2): 30.0}
"""(section, row) whose labels need more than one line."""


def write_book(title: str, tables: AnnualTables, notes: tuple[str, ...], out: Path) -> None:
    """One sheet a table in the official layout: numbers as numbers, 不适用 as “/”, blank cells blank."""
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": clean(title), "created": datetime(2000, 1, 1)})  # noqa: DTZ001
        looks = _looks(book)
        for table in official.TABLES:
            _sheet(book.add_worksheet(SHEETS[table.section]), table, tables, looks, title, notes)
    write_file(out, buffer.getvalue())


def _looks(book: Workbook) -> dict[str, Format]:
    plain = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
    base = plain | {"border": 1, "align": "center", "text_wrap": True}
    return {
        Role.NUMBER: book.add_format(base),
        Role.HEAD: book.add_format(base),
        Role.NOTE: book.add_format(base),
        Role.LABEL: book.add_format(base | {"align": "left"}),
        Role.BLOCK: book.add_format(base | {"font_name": "黑体"}),
        "above.title": book.add_format({"font_name": "黑体", "font_size": 14, "align": "center", "valign": "vcenter"}),
        "above.report": book.add_format(plain | {"align": "center"}),
        "above.note": book.add_format(plain | {"font_color": FAULT_INK, "text_wrap": True}),
    }


def _sheet(
    sheet: Worksheet, table: Table, tables: AnnualTables, looks: dict[str, Format], title: str, notes: tuple[str, ...]
) -> None:
    """The section's heading, the report's title, notes about missing units, then the table."""
    last = table.columns - 1
    sheet.merge_range(0, 0, 0, last, clean(table.title), looks["above.title"])
    sheet.merge_range(1, 0, 1, last, clean(" ".join(title.split())), looks["above.report"])
    sheet.set_row(0, 28)
    top = 2
    for note in notes:
        sheet.merge_range(top, 0, top, last, clean(note), looks["above.note"])
        sheet.set_row(top, 16 * (1 + len(note) // 40))
        top += 1
    for place, width in enumerate(table.widths):
        sheet.set_column(place, place, width * TEXT_WIDTH / TWIPS_PER_MM / sum(table.widths) / _MM_A_CHARACTER)
    for row in range(table.rows):
        sheet.set_row(top + row, _TALL.get((table.section, row), _HEIGHTS[table.section]))
    for cell in table.cells:
        words = cell.role is Role.LABEL and table.section != official.THIRD.section
        _write(sheet, top, cell, tables, looks[Role.HEAD if words else cell.role])
    sheet.set_paper(9)
    sheet.set_portrait()
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 1)
    sheet.set_footer("&C— &P —")


def _write(sheet: Worksheet, top: int, cell: Cell, tables: AnnualTables, look: Format) -> None:
    row, column = top + cell.row, cell.column
    if cell.down > 1 or cell.across > 1:
        sheet.merge_range(row, column, row + cell.down - 1, column + cell.across - 1, "", look)
    if not cell.key:
        sheet.write_string(row, column, cell.text, look)
        return
    amount = tables[cell.key]
    if amount.number is not None:
        sheet.write_number(row, column, float(amount.number), look)
    elif amount.shown:
        sheet.write_string(row, column, amount.shown, look)
    else:
        sheet.write_blank(row, column, None, look)


_FACE = "font-family:FangSong,STFangsong,'Noto Serif CJK SC',serif"
_STYLES = {
    "body": f"{_FACE};max-width:60em;margin:2em auto;padding:0 1em;color:#000",
    "h1": "font-size:22pt;text-align:center;font-weight:normal",
    "h2": "font-family:SimHei,'Noto Sans CJK SC',sans-serif;font-size:16pt;font-weight:normal;margin-top:2em",
    "note": f"color:{FAULT_INK}",
    "table": f"{_FACE};border-collapse:collapse;width:100%;table-layout:fixed;font-size:10.5pt;border:1px solid #000",
}
_CELL = "border:1px solid #000;padding:.3em;vertical-align:middle;font-weight:normal;overflow-wrap:anywhere;text-align:"
"""On every cell, not in the head of the page: what stands on a cell survives when the table is pasted elsewhere."""


def write_page(title: str, tables: AnnualTables, notes: tuple[str, ...], out: Path) -> None:
    """One page with the three tables as tables: headers are th with their scope, merges are rowspan and colspan."""
    name = escape(" ".join(clean(title).split()))
    told = "".join(f'<p style="{_STYLES["note"]}">{escape(clean(note))}</p>\n' for note in notes)
    body = "".join(_section(table, tables) for table in official.TABLES)
    page = (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{name}</title>\n'
        f'</head>\n<body style="{_STYLES["body"]}">\n<h1 style="{_STYLES["h1"]}">{name}</h1>\n{told}{body}'
        "</body>\n</html>\n"
    )
    write_file(out, page.encode("utf-8"))


def _section(table: Table, tables: AnnualTables) -> str:
    total = sum(table.widths)
    columns = "".join(f'<col style="width:{100 * width / total:.2f}%">' for width in table.widths)
    rows = []
    for number in range(table.rows):
        cells = "".join(_tagged(cell, table, tables) for cell in table.cells if cell.row == number)
        rows.append(f"<tr>{cells}</tr>\n")
    heading = f'<h2 id="s{table.section}" style="{_STYLES["h2"]}">{escape(table.title)}</h2>\n'
    opening = f'<table aria-labelledby="s{table.section}" style="{_STYLES["table"]}"><colgroup>{columns}</colgroup>\n'
    if table.section == official.SECOND.section:
        return f"<section>\n{heading}{opening}<tbody>\n{''.join(rows)}</tbody>\n</table>\n</section>\n"
    head = table.head_rows
    return (
        f"<section>\n{heading}{opening}<thead>\n{''.join(rows[:head])}</thead>\n"
        f"<tbody>\n{''.join(rows[head:])}</tbody>\n</table>\n</section>\n"
    )


def _tagged(cell: Cell, table: Table, tables: AnnualTables) -> str:
    spans = f' rowspan="{cell.down}"' if cell.down > 1 else ""
    spans += f' colspan="{cell.across}"' if cell.across > 1 else ""
    centred = f' style="{_CELL}center"'
    if cell.key:
        return f"<td{spans}{centred}>{escape(tables[cell.key].shown)}</td>"
    if cell.role is Role.NOTE:
        return f"<td{spans}{centred}>{escape(cell.text)}</td>"
    sentence = cell.role is Role.LABEL and table.section == official.THIRD.section
    look = f' style="{_CELL}left"' if sentence else centred
    return f'<th scope="{_scope(cell)}"{spans}{look}>{escape(cell.text)}</th>'


def _scope(cell: Cell) -> str:
    if cell.role is Role.LABEL:
        return "rowgroup" if cell.down > 1 else "row"
    return "colgroup" if cell.across > 1 else "col"
