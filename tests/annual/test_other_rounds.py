"""Files that belong to another round: a month's ledger in the year's, a year's table in a month's, another year's."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from flows.periods import CHINA
from flows.round import intake
from tests.annual.filers import UNITS, YEAR, fill_annual, numbers
from tests.office import Office, fill, moving, new_office


def moment(day: int) -> datetime:
    return datetime(2027, 1, day, 9, 0, tzinfo=CHINA)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """It is the end of January 2027: no file of this round comes from the future."""
    monkeypatch.setattr(intake, "this_moment", lambda: moment(31))
    made = new_office(tmp_path)
    made.adopt(units=UNITS)
    return made


def ask_year(office: Office) -> dict[str, Path]:
    """Send the tables of the year out; unit → its workbook."""
    return {book["unit"]: Path(book["file"]) for book in office.json("distribute", *YEAR)["workbooks"]}


def collect(office: Office, folder: Path) -> dict[str, Any]:
    return office.json("collect", *YEAR, "--from", folder)


def test_a_months_ledger_and_a_years_table_are_told_which_command_takes_them(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    month = {
        book["unit"]: Path(book["file"]) for book in office.json("distribute", "要点", "-p", "2026-12")["workbooks"]
    }
    fill_annual(books["市财政局"], tmp_path / "收" / "年报.xlsx", numbers(), received=moment(20))
    fill(month["市数据局"], tmp_path / "收" / "台账.xlsx", moving(), received=moment(20))

    yearly = collect(office, tmp_path / "收")
    assert [entry["unit"] for entry in yearly["accepted"]] == ["市财政局"]
    (ledger,) = yearly["quarantined"]
    assert "taizhang collect 要点 --period 2026-12" in ledger["reason"]

    monthly = office.json("collect", "要点", "--period", "2026-12", "--from", tmp_path / "收")
    assert [entry["unit"] for entry in monthly["accepted"]] == ["市数据局"]
    (table,) = monthly["quarantined"]
    assert "年报数据" in table["reason"]
    assert "taizhang collect 要点 --year 2026" in table["reason"]
    status = office.json("status", "要点", "--period", "2026-12")
    answers = {unit["unit"]: unit["answer"] for unit in status["units"]}
    assert answers["市财政局"] == "未报送", "its year says nothing about its month"
    assert "市数据局" in [entry["unit"] for entry in yearly["missing"] if entry["reason"] == "没有报送"]
    assert office.json("report", "要点", "--period", "2026-12")["bulletin"], "months go on beside the year"


def without_identity(path: Path, out: Path) -> Path:
    """The same sheets pasted into a workbook of the unit's own: no hidden sheet, no keys."""
    book, bare = load_workbook(path), Workbook()
    bare.remove(bare.worksheets[0])
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            copy = bare.create_sheet(sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None and not str(cell.value).startswith(("tzs1;", "tzr1;")):
                        copy.cell(cell.row, cell.column).value = cell.value
    out.parent.mkdir(parents=True, exist_ok=True)
    bare.save(out)
    os.utime(out, (moment(20).timestamp(), moment(20).timestamp()))
    return out


def test_a_years_table_that_has_lost_its_identity_is_told_where_to_go_too(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    office.json("distribute", "要点", "-p", "2026-12")
    unit = "市财政局"
    filled = fill_annual(books[unit], tmp_path / "填" / f"{unit}.xlsx", numbers())
    without_identity(filled, tmp_path / "收" / f"{unit}.xlsx")
    (table,) = office.json("collect", "要点", "--period", "2026-12", "--from", tmp_path / "收")["quarantined"]
    assert table["reason"] == (
        f"这是{unit}2026年度的年报数据，不是月度台账（标识已丢失），请运行 taizhang collect 要点 --year 2026 收"
    )
    status = office.json("status", "要点", "--period", "2026-12")
    assert {each["unit"]: each["answer"] for each in status["units"]}[unit] == "未报送"
    assert [each["unit"] for each in collect(office, tmp_path / "收")["accepted"]] == [unit]


def test_another_years_table_is_left_for_its_own_round(office: Office, tmp_path: Path) -> None:
    ask_year(office)
    other = office.json("distribute", "要点", "--year", "2025")["workbooks"]
    book = next(Path(each["file"]) for each in other if each["unit"] == "市财政局")
    fill_annual(book, tmp_path / "收" / "市财政局.xlsx", numbers(), received=moment(20))
    (entry,) = collect(office, tmp_path / "收")["quarantined"]
    assert "2025" in entry["reason"]
    assert office.json("collect", "要点", "--year", "2025", "--from", tmp_path / "收")["filed"] == 1


def test_an_altered_identity_is_not_believed(office: Office, tmp_path: Path) -> None:
    books = ask_year(office)
    out = fill_annual(books["市财政局"], tmp_path / "收" / "市财政局.xlsx", numbers(), received=moment(20))
    book = load_workbook(out)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and cell.value.startswith(("tzs1;", "tzr1;")):
                    cell.value = cell.value.replace("市财政局", "市数据局")
    for prop in book.custom_doc_props.props:
        prop.value = str(prop.value).replace("市财政局", "市数据局")
    book.save(out)
    result = collect(office, tmp_path / "收")
    assert [entry["file"] for entry in result["quarantined"]] == ["市财政局.xlsx"], result
    assert result["filed"] == 0
