"""An office that rules on what was reported, in 总台账.xlsx: what the tests of 核定 share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, Row, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")
APRIL = ("要点", "--period", "2026-04")
DATA, MONEY, EAST, WEST = "市数据局", "市财政局", "东山县人民政府", "西河区人民政府"


def march_reported(tmp_path: Path) -> Office:
    """March: everybody has answered, everything is on its way, 总台账 is made."""
    made = new_office(tmp_path)
    made.adopt()
    answer_all(made, tmp_path / "收", MARCH, moving("正在办理。"))
    made.json("report", *MARCH)
    return made


def answer_all(
    office: Office, folder: Path, month: tuple[str, ...], answer: Callable[[Row], Row | None], *units: str
) -> dict[str, Any]:
    """Every unit (or the named ones) fills in its workbook, and the office collects."""
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *month)["workbooks"]}
    number = int(month[-1][-2:])
    for unit, book in books.items():
        if not units or unit in units:
            when = datetime(2026, number, 20, 9, 30, tzinfo=CHINA)
            fill(book, folder / f"{unit}{number}.xlsx", answer, received=when)
    return office.json("collect", *month, "--from", folder)


def master(office: Office, month: tuple[str, ...] = MARCH) -> Path:
    return office.home / "ledgers" / "要点" / month[-1] / "总台账.xlsx"


class Sheet:
    """总台账 open in the office's spreadsheet program."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = load_workbook(path)
        self.sheet = self.book["总台账"]

    @property
    def columns(self) -> dict[str, int]:
        return {cell.value: cell.column for cell in self.sheet[1] if cell.value}

    def row(self, unit: str, no: str) -> int:
        at = self.columns
        for number in range(2, self.sheet.max_row + 1):
            found = (self.sheet.cell(number, at["单位"]).value, self.sheet.cell(number, at["任务编号"]).value)
            if found == (unit, no):
                return number
        raise AssertionError((unit, no))

    def write(self, unit: str, no: str, **cells: Any) -> Sheet:
        for header, value in cells.items():
            self.sheet.cell(self.row(unit, no), self.columns[header]).value = value
        return self

    def read(self, unit: str, no: str, *headers: str) -> list[Any]:
        return [self.sheet.cell(self.row(unit, no), self.columns[header]).value for header in headers]

    def save(self) -> None:
        self.book.save(self.path)


def rules(office: Office, unit: str, no: str, month: tuple[str, ...] = MARCH, **cells: Any) -> None:
    """The office writes into one row and saves."""
    Sheet(master(office, month)).write(unit, no, **cells).save()


def cell_of(office: Office, unit: str, no: str, month: tuple[str, ...] = MARCH) -> dict[str, Any]:
    items = office.json("status", *month)["items"]
    return next(u for item in items if item["no"] == no for u in item["units"] if u["unit"] == unit)


def unit_of(office: Office, unit: str, month: tuple[str, ...] = MARCH) -> dict[str, Any]:
    return next(u for u in office.json("status", *month)["units"] if u["unit"] == unit)


def issued_numbers(office: Office, unit: str, month: tuple[str, ...]) -> list[str]:
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *month)["workbooks"]}
    if unit not in books:
        return []
    sheet = load_workbook(books[unit])["工作台账"]
    return [row[0].value for row in sheet.iter_rows(min_row=6) if row[0].value]
