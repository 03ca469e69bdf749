"""总台账.xlsx comes back as people and programs leave it: sorted, cut, saved elsewhere, of another month, or broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.ledger.samples import resaved
from tests.office import Office, new_office
from tests.reviewing import (
    APRIL,
    DATA,
    EAST,
    MARCH,
    MONEY,
    WEST,
    Sheet,
    cell_of,
    march_reported,
    master,
    rules,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return march_reported(tmp_path)


def sorts_backwards(path: Path) -> None:
    sheet = Sheet(path)
    rows = [[c.value for c in row] for row in sheet.sheet.iter_rows(min_row=2)]
    for number, cells in enumerate(reversed(rows), 2):
        for column, value in enumerate(cells, 1):
            sheet.sheet.cell(number, column).value = value
    sheet.save()


def moves_columns(path: Path) -> None:
    sheet = Sheet(path)
    sheet.sheet.insert_cols(1, 2)
    sheet.sheet.insert_rows(1, 3)
    sheet.sheet["A1"] = "政务公开办 核定稿"
    sheet.save()


def deletes_rows_and_columns(path: Path) -> None:
    sheet = Sheet(path)
    sheet.sheet.delete_rows(sheet.row(WEST, "3"))
    sheet.sheet.delete_cols(sheet.columns["进展情况"])
    sheet.sheet.delete_cols(sheet.columns["办公室备注"])
    sheet.save()


def loses_the_keys(path: Path) -> None:
    sheet = Sheet(path)
    sheet.sheet.delete_cols(len(sheet.columns) + 1)
    sheet.save()


def pastes_into_a_fresh_book(path: Path) -> None:
    sheet = Sheet(path)
    fresh = Workbook()
    page = fresh.active
    assert page is not None
    for row in sheet.sheet.iter_rows(max_col=len(sheet.columns)):
        page.append([cell.value for cell in row])
    fresh.save(path)


@pytest.mark.parametrize(
    "act", [sorts_backwards, moves_columns, deletes_rows_and_columns, loses_the_keys, pastes_into_a_fresh_book]
)
def test_rows_are_found_again_whatever_was_done_to_the_sheet(office: Office, act: Callable[[Path], None]) -> None:
    rules(office, MONEY, "2", 核定状态="已完成", 办公室备注="先有的")
    office.json("report", *MARCH)
    sheet = Sheet(master(office))
    sheet.write(EAST, "1", 核定状态="需协调").write(DATA, "4", 核定意见="抓紧").save()
    act(master(office))
    answer = office.json("review", *MARCH)
    assert {(t["unit"], t["no"]) for t in answer["taken"]} == {(EAST, "1"), (DATA, "4")}
    assert (answer["problems"], answer["conflicts"]) == ([], [])
    assert cell_of(office, EAST, "1")["status"] == "需协调"
    assert cell_of(office, MONEY, "2")["review"]["note"] == "先有的"


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xls"])
def test_a_sheet_saved_by_libreoffice_says_the_same(office: Office, tmp_path: Path, kind: str) -> None:
    rules(office, EAST, "1", 核定状态="需协调", 延期至=date(2026, 6, 30), 延期理由="等系统上线", 销号=None)
    office.json("review", *MARCH)
    office.json("report", *MARCH)
    sheet = Sheet(master(office)).write(DATA, "4", 核定状态="已完成", 销号="是", 延期至=None)
    sheet.save()
    other = tmp_path / f"总台账.{kind}"
    other.write_bytes(resaved(master(office).read_bytes(), kind, tmp_path / "lo"))
    answer = office.json("review", *MARCH, "--from", other)
    assert [(t["unit"], t["no"]) for t in answer["taken"]] == [(DATA, "4")]
    assert (answer["unchanged"], answer["problems"]) == (7, [])


def test_office_cells_that_slipped_to_another_row_are_told(office: Office) -> None:
    """Somebody sorted only some of the columns: the visible row and its hidden key disagree."""
    sheet = Sheet(master(office))
    one, other = sheet.row(EAST, "1"), sheet.row(WEST, "1")
    for header in ("任务编号", "单位"):
        column = sheet.columns[header]
        first, second = sheet.sheet.cell(one, column), sheet.sheet.cell(other, column)
        first.value, second.value = second.value, first.value
    sheet.sheet.cell(one, sheet.columns["核定状态"]).value = "已完成"
    sheet.save()
    answer = office.run("review", *MARCH, "--json")
    assert (answer.code, answer.json["taken"]) == (1, [])
    assert "原来是" in answer.json["problems"][0]["message"]


def test_a_row_for_nobody_is_told(office: Office) -> None:
    sheet = Sheet(master(office))
    end = sheet.sheet.max_row + 1
    for header, value in {"任务编号": "99", "单位": MONEY, "核定状态": "已完成"}.items():
        sheet.sheet.cell(end, sheet.columns[header]).value = value
    for header, value in {"任务编号": "2", "单位": "市气象局", "核定状态": "已完成"}.items():
        sheet.sheet.cell(end + 1, sheet.columns[header]).value = value
    sheet.save()
    said = [p["message"] for p in office.json("review", *MARCH)["problems"]]
    assert any("没有任务“99”" in text for text in said)
    assert any("“市气象局”不在单位名录里" in text for text in said)


def test_the_sheet_of_another_month_is_refused(office: Office, tmp_path: Path) -> None:
    office.json("distribute", *APRIL)
    answer = office.run("review", *APRIL, "--from", master(office), "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "2026年3月的总台账" in answer.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"a,b\n1,2\n"])
def test_a_file_that_is_no_master_is_refused(office: Office, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "别的.xlsx"
    path.write_bytes(content)
    answer = office.run("review", *MARCH, "--from", path)
    assert answer.code == 2
    assert answer.err.startswith("错误：“别的.xlsx”")


def test_before_there_is_a_sheet_the_clerk_is_told_how_to_make_one(tmp_path: Path) -> None:
    made = new_office(tmp_path)
    made.adopt()
    answer = made.run("review", *MARCH)
    assert answer.code == 2
    assert "taizhang report" in answer.err
