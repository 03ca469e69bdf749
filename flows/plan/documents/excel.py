"""Spreadsheets (.xlsx, .xls, .et, .ods) as grids of values with their merges, and as Documents."""

from __future__ import annotations

import sys
import zipfile
import zlib
from collections.abc import Collection
from contextlib import nullcontext
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from flows.absent import absent
from flows.plan.documents.grid import Sheet, Value, day_as_shown
from flows.plan.documents.model import Block, Cell, Document, Row, Table
from flows.plan.documents.ods import read_open_sheets
from flows.plan.documents.plain_xlsx import read_plain
from flows.problems import UserError

_DAMAGED = "请用 Excel 或 WPS 打开后另存为 .xlsx 再试"


def read_sheets(path: Path, *, without: Collection[str] = ()) -> tuple[Sheet, ...]:
    """All sheets of a workbook, hidden ones too; UserError when it is damaged or protected by a password.

    ``without``: names of sheets that nobody will look at; those of an .xlsx are not even unpacked.

    An .xlsx of the usual parts is read here; any other by openpyxl, which knows merges and survives stray cells at the
    far end of a sheet; what it cannot open (WPS writes styles that it refuses) and .xls are read by calamine.
    """
    with path.open("rb") as file:
        head = file.read(100)
    if b"mimetypeapplication/vnd.oasis.opendocument" in head:
        return _by_content(path)
    zipped = head.startswith(b"PK")
    if not zipped and not head.startswith(b"\xd0\xcf\x11\xe0"):
        raise UserError(f"{path.name} 不是 Excel 文件", _DAMAGED)
    if zipped:
        if (plain := read_plain(path, without)) is not None:
            return plain
        try:
            return _by_openpyxl(path, without)
        except (zipfile.BadZipFile, zlib.error, EOFError):
            raise UserError(f"{path.name} 已损坏", _DAMAGED) from None
        except (TypeError, ValueError, KeyError, AttributeError, IndexError, SyntaxError):
            pass
    return _by_calamine(path)


def _by_openpyxl(path: Path, without: Collection[str]) -> tuple[Sheet, ...]:
    # openpyxl loads numpy, if there is one, to know its number types; we have none.
    with nullcontext() if "openpyxl" in sys.modules else absent("numpy"):
        from openpyxl.reader.excel import ExcelReader

    class Chosen(ExcelReader):
        """load_workbook() reads every sheet there is."""

        def read_worksheets(self) -> None:
            found = [pair for pair in self.parser.find_sheets() if pair[0].name not in without]
            parser: Any = self.parser
            parser.find_sheets = lambda: iter(found)
            parser.assign_names = lambda: None  # they count sheets by place, and nobody here asks for them
            super().read_worksheets()

    with path.open("rb") as file:  # by handle: openpyxl refuses a workbook that is only named .xls
        reader = Chosen(file, data_only=True)
        reader.read()
        book = reader.wb
    sheets = []
    for sheet in book.worksheets:
        values: dict[tuple[int, int], Value] = {}
        # Not iter_rows(): a stray cell in XFD1048576 would make it walk 17 thousand million cells.
        for place, cell in sheet._cells.items():
            value = _plain(cell.value)
            if isinstance(value, date):
                value = day_as_shown(value, cell.number_format)
            if value not in (None, ""):
                values[place] = value
        merges = tuple((m.min_row, m.min_col, m.max_row, m.max_col) for m in sheet.merged_cells.ranges)
        sheets.append(Sheet(sheet.title, values, merges, sheet.sheet_state != "visible"))
    book.close()
    return tuple(sheets)


def _by_calamine(path: Path) -> tuple[Sheet, ...]:
    import python_calamine

    try:
        with path.open("rb") as file:  # by handle: from_path() goes by the ending and refuses .et
            book = python_calamine.CalamineWorkbook.from_filelike(file)
        sheets = []
        for info in book.sheets_metadata:
            sheet = book.get_sheet_by_name(info.name)
            values: dict[tuple[int, int], Value] = {}
            for row, line in enumerate(sheet.to_python(skip_empty_area=False), 1):
                for column, found in enumerate(line, 1):
                    value = _plain(found)
                    if value not in (None, ""):
                        values[row, column] = value
            merges = tuple(
                (first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1) for first, last in sheet.merged_cell_ranges or ()
            )
            hidden = info.visible != python_calamine.SheetVisibleEnum.Visible
            sheets.append(Sheet(info.name, values, merges, hidden))
    except python_calamine.PasswordError:
        raise UserError(f"{path.name} 有密码保护", "请打开后去掉密码、另存后再试") from None
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError):
        raise UserError(f"{path.name} 打不开，可能已损坏或有密码保护", _DAMAGED) from None
    return tuple(sheets)


def _by_content(path: Path) -> tuple[Sheet, ...]:
    """.ods: calamine does not tell its merges, so its content is read here."""
    import lxml.etree

    try:
        return read_open_sheets(path)
    except PermissionError:
        raise UserError(f"{path.name} 有密码保护", "请打开后去掉密码、另存后再试") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, lxml.etree.XMLSyntaxError):
        raise UserError(f"{path.name} 已损坏", _DAMAGED) from None


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, (date, bool, int, float, str)) or value is None:
        return value
    if isinstance(value, (time, timedelta)):
        return str(value)
    return str(value)


def read_excel(path: Path) -> Document:
    """Every visible sheet as one table, blank rows above and left of it cut off."""
    blocks: list[Block] = []
    for sheet in read_sheets(path):
        if sheet.values and not sheet.hidden:
            blocks.append(Table(tuple(_rows(sheet)), sheet.name))
    return Document(path.name, tuple(blocks))


def _rows(sheet: Sheet) -> list[Row]:
    above: set[tuple[int, int]] = set()
    beside: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merges:
        # Only cells inside the used area matter, however far a merge was dragged.
        for row in range(top, min(bottom, sheet.height) + 1):
            for column in range(left, min(right, sheet.width) + 1):
                if row > top:
                    above.add((row, column))
                if column > left:
                    beside.add((row, column))
    occupied = sorted({row for row, _ in sheet.values})
    first = min(column for _, column in sheet.values)
    rows = []
    for row in occupied:
        cells = [
            Cell(sheet.text(row, column).strip(), (row, column) in above, (row, column) in beside)
            for column in range(first, min(sheet.width, first + 63) + 1)
        ]
        rows.append(Row(tuple(cells), f"{sheet.name}第{row}行"))
    return rows
