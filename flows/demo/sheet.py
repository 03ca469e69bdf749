"""A ledger workbook as a person sees it: words in cells.

Nothing of flows.ledger is used here: the stand-ins know no more than what a unit sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flows.problems import UserError

_NEEDED = ("任务编号", "具体要求", "承担角色", "完成时限", "完成状态", "完成进度", "进展情况", "完成日期", "存在问题")
_DATE = re.compile(r"(20\d\d)\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One task of the sheet: its row number and what stands in it, by header word, as text."""

    number: int
    values: dict[str, str]

    def __getitem__(self, header: str) -> str:
        return self.values.get(header, "")


class Sheet:
    """An opened workbook with the place of its header row. Cells are addressed by header word and row number."""

    def __init__(self, path: Path) -> None:
        from openpyxl import load_workbook

        self.path = path
        self.book = load_workbook(path)
        for sheet in self.book.worksheets:
            for row in sheet.iter_rows():
                places = {str(cell.value).strip(): cell.column for cell in row if cell.value is not None}
                if all(word in places for word in _NEEDED):
                    self.sheet: Any = sheet
                    self.header_row = int(row[0].row or 0)
                    self._columns = places
                    return
        raise UserError(f"{path.name} 里没有工作台账", "请用下发的台账文件")

    @property
    def rows(self) -> tuple[SheetRow, ...]:
        """The tasks below the header row, in the order of the sheet."""
        found = []
        for number in range(self.header_row + 1, self.sheet.max_row + 1):
            values = {header: self.text(header, number) for header in self._columns}
            if values["任务编号"]:
                found.append(SheetRow(number, values))
        return tuple(found)

    def text(self, header: str, row: int) -> str:
        """What the cell shows, near enough; a date in ISO form."""
        return _shown(self.sheet.cell(row, self._columns[header]).value)

    def type_in(self, header: str, row: int, value: str | date | int | float | None) -> None:
        """Type into a task's cell; a header that is not there is passed over, as a person would."""
        if header in self._columns:
            cell = self.sheet.cell(row, self._columns[header])
            _put(cell, value)

    def type_percent(self, row: int, percent: float) -> None:
        """Type a percentage: in a cell formatted as one, Excel keeps 80 % as 0.8; elsewhere the figure stays."""
        cell = self.sheet.cell(row, self._columns["完成进度"])
        scaled = str(cell.number_format).replace('"%"', "").replace("\\%", "").endswith("%")
        _put(cell, percent / 100 if scaled else percent)

    def beside(self, label: str) -> str:
        """What stands right of a label above the table."""
        cell = self._label(label)
        return _shown(self.sheet.cell(cell.row, cell.column + 1).value) if cell else ""

    def type_beside(self, label: str, value: str) -> None:
        """Type right of a label above the table."""
        cell = self._label(label)
        if cell:
            _put(self.sheet.cell(cell.row, cell.column + 1), value)

    def day_beside(self, label: str) -> date | None:
        """The date that stands right of a label, in any usual way of writing."""
        found = _DATE.search(self.beside(label))
        return date(*(int(part) for part in found.groups())) if found else None

    def _label(self, label: str) -> Any:
        for row in self.sheet.iter_rows(max_row=self.header_row - 1):
            for cell in row:
                if str(cell.value or "").strip().rstrip("：:") == label:
                    return cell
        return None


def day_in(text: str) -> date | None:
    """The first full date in a text such as 2026年10月31日（10月底前）."""
    found = _DATE.search(text)
    return date(*(int(part) for part in found.groups())) if found else None


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value).strip()


def _put(cell: Any, value: str | date | int | float | None) -> None:
    # Setting a date makes openpyxl change the cell's format; a person's typing leaves it as it is.
    look = cell.number_format
    cell.value = value
    cell.number_format = look if look != "General" or not isinstance(value, date) else "yyyy-mm-dd"
