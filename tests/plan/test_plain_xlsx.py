"""Workbooks of the usual parts are read without openpyxl, and give what openpyxl would give."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flows.plan.documents import excel
from flows.plan.documents.grid import Sheet
from flows.plan.documents.plain_xlsx import read_plain
from tests.plan.format_papers import convert

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co")), max_size=12)
VALUES = (
    TEXTS
    | st.sampled_from(["第一行\n第二行", " 前后有空 ", "=更新", "_x005F_", "_x000D_", "#N/A"])
    | st.integers(-(10**9), 10**9)
    | st.floats(-1e9, 1e9)
    | st.booleans()
    | st.dates(date(1900, 3, 2), date(2099, 12, 31))
)
FORMATS = st.sampled_from(
    [
        *("General", "0", "0.00%", "@", "#,##0", "0.00E+00", "¥#,##0.00", '"共"0"项"', "[Red]0;[Blue]-0"),
        *("yyyy-mm-dd", "mm-dd-yy", "mmm-yy", "d-mmm-yy", 'yyyy"年"m"月"', 'yyyy"年"m"月"d"日"', "yyyy/m"),
    ]
)
CELLS = st.tuples(st.integers(1, 9), st.integers(1, 5), VALUES, st.none() | FORMATS)
MERGES = st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(0, 3), st.integers(0, 2))


def seen(sheets: Iterable[Sheet]) -> list[tuple[Any, ...]]:
    """Sheets so that two readings can be held against each other: 1, 1.0 and True are three things."""
    return [
        (each.name, {at: (type(value), value) for at, value in each.values.items()}, sorted(each.merges), each.hidden)
        for each in sheets
    ]


def by_openpyxl(path: Path) -> list[tuple[Any, ...]]:
    """What openpyxl reads."""
    return seen(excel._by_openpyxl(path, ()))


def plainly(path: Path) -> list[tuple[Any, ...]]:
    """What is read without it; a workbook that is left to it fails the test."""
    found = read_plain(path, ())
    assert found is not None
    return seen(found)


def book_of(path: Path, *fill: Callable[[Any], None]) -> Path:
    """A workbook with one sheet for each of the functions that fill them."""
    book = openpyxl.Workbook()
    del book["Sheet"]
    for number, each in enumerate(fill, 1):
        each(book.create_sheet(f"第{number}张"))
    book.save(path)
    return path


@pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")
@settings(max_examples=150, deadline=None)
@given(st.lists(CELLS, max_size=25), st.lists(MERGES, max_size=3), st.sampled_from(["visible", "hidden", "veryHidden"]))
def test_any_sheet_is_read_as_openpyxl_reads_it(
    cells: list[tuple[int, int, Any, str | None]], merges: list[tuple[int, int, int, int]], state: str
) -> None:
    def fill(sheet: Any) -> None:
        for row, column, value, shown in cells:
            cell = sheet.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # what looks like a formula is a text here
            if shown and not isinstance(value, str):
                cell.number_format = shown
        taken: set[tuple[int, int]] = set()
        for top, left, down, right in merges:
            places = {(row, column) for row in range(top, top + down + 1) for column in range(left, left + right + 1)}
            if len(places) > 1 and not places & taken:
                taken |= places
                sheet.merge_cells(start_row=top, start_column=left, end_row=top + down, end_column=left + right)

    def other(sheet: Any) -> None:
        sheet["B2"] = "另一张"
        sheet.sheet_state = state

    with tempfile.TemporaryDirectory() as place:
        path = book_of(Path(place, "簿.xlsx"), fill, other)
        found = read_plain(path, ())
        told = by_openpyxl(path)
        if found is None:  # days as parts of a day, and before March 1900, are left to openpyxl
            assert any(isinstance(value, (float, int)) and "y" in str(shown) for _, _, value, shown in cells)
        else:
            assert seen(found) == told


def test_texts_in_several_fonts_and_inline_texts_are_whole(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"] = CellRichText("要求：", TextBlock(InlineFont(b=True), "年底前"), "办结")
        sheet["A2"] = "普通"

    path = book_of(tmp_path / "簿.xlsx", fill)
    assert plainly(path) == by_openpyxl(path)
    assert plainly(path)[0][1][1, 1] == (str, "要求：年底前办结")


def test_formulas_stand_for_what_they_gave(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"] = 2, "=A1*2", '="共"&A1&"项"', "=1/0"

    path = convert(book_of(tmp_path / "簿.xlsx", fill), "xlsx", tmp_path)
    assert plainly(path) == by_openpyxl(path)
    assert plainly(path)[0][1][2, 1] == (int, 4)


def test_what_libreoffice_saves_is_read_as_openpyxl_reads_it(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for at, value in enumerate(("任务", 3, 2.5, True, date(2026, 6, 30)), 1):
            sheet.cell(1, at, value)
        sheet["A3"], sheet["A3"].number_format = date(2026, 9, 1), 'yyyy"年"m"月"'
        sheet.merge_cells("A4:C5")
        sheet["A4"] = "合并"

    path = convert(book_of(tmp_path / "簿.xlsx", fill), "xlsx", tmp_path)
    assert plainly(path) == by_openpyxl(path)
    assert plainly(path)[0][1][3, 1] == (str, "2026年9月")


def test_sheets_that_nobody_wants_are_not_even_unpacked(tmp_path: Path) -> None:
    path = book_of(tmp_path / "簿.xlsx", lambda sheet: None, lambda sheet: sheet.append(["要看"]))
    whole = zipfile.ZipFile(path)
    parts = {info.filename: whole.read(info) for info in whole.infolist()}
    parts["xl/worksheets/sheet1.xml"] = b"no sheet at all"
    rewrite(path, parts)
    assert read_plain(path, ("第1张",)) == (Sheet("第2张", {(1, 1): "要看"}),)
    assert read_plain(path, ()) is None


def test_formats_of_rules_are_none_of_cells(tmp_path: Path) -> None:
    """Conditional formats have number formats of their own, and may number them as cells do."""

    def fill(sheet: Any) -> None:
        sheet.append([45000, date(2026, 3, 1)])
        sheet["A1"].number_format, sheet["B1"].number_format = '0.0"项"', 'yyyy"年"m"月"'

    rules = "".join(
        f'<dxf><numFmt numFmtId="{number}" formatCode="{code}"/></dxf>'
        for number, code in ((164, "yyyy-mm-dd"), (165, "General"))
    )
    path = book_of(tmp_path / "簿.xlsx", fill)
    changed(path, "xl/styles.xml", rb"<colors>", f'<dxfs count="2">{rules}</dxfs><colors>'.encode())
    assert plainly(path) == by_openpyxl(path)
    assert plainly(path)[0][1] == {(1, 1): (int, 45000), (1, 2): (str, "2026年3月")}


@pytest.mark.parametrize("number", [27, 31, 36, 57])
def test_days_that_only_a_chinese_excel_knows_are_left_to_others(tmp_path: Path, number: int) -> None:
    path = book_of(tmp_path / "簿.xlsx", lambda sheet: sheet.append([date(2026, 3, 1)]))
    changed(path, "xl/styles.xml", rb'(<xf [^>]*)numFmtId="164"', rb'\1numFmtId="%d"' % number)
    assert read_plain(path, ()) is None


@pytest.mark.parametrize("value", [time(9, 30), datetime.combine(date(2026, 3, 1), time(9, 30))])
def test_hours_are_left_to_openpyxl(tmp_path: Path, value: Any) -> None:
    path = book_of(tmp_path / "簿.xlsx", lambda sheet: sheet.append([value]))
    assert read_plain(path, ()) is None
    assert excel.read_sheets(path) == (Sheet("第1张", {(1, 1): excel._plain(value)}),)


def test_a_workbook_that_counts_from_1904_is_left_to_openpyxl(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append([date(2026, 3, 1)])
    book.save(tmp_path / "簿.xlsx")
    assert read_plain(tmp_path / "簿.xlsx", ()) is None
    assert excel.read_sheets(tmp_path / "簿.xlsx")[0].values == {(1, 1): date(2026, 3, 1)}


@pytest.mark.parametrize(
    ("part", "before", "after"),
    [
        ("xl/worksheets/sheet1.xml", rb' r="A1"', b""),
        ("xl/worksheets/sheet1.xml", rb"spreadsheetml/2006", b"spreadsheetml/1999"),
        ("xl/worksheets/sheet1.xml", rb"</row>", b""),
        ("xl/worksheets/sheet1.xml", rb"(?s)^.*$", b"<!DOCTYPE x [" + b"<!ENTITY a 'aaaaaaaaaa'>" + b"]><x>&a;&b;</x>"),
        ("xl/styles.xml", rb"</styleSheet>", b""),
        ("xl/workbook.xml", rb"^", b"<?xml version='1.0' encoding='foo'?>"),
        ("xl/workbook.xml", rb'r:id="\w+"', b'r:id="rId99"'),
        ("xl/_rels/workbook.xml.rels", rb"relationships/worksheet", b"relationships/dialogsheet"),
        (
            "xl/worksheets/sheet1.xml",
            rb"</sheetData>",
            b"</sheetData>" + b'<mergeCells><mergeCell ref="A1:B2"/></mergeCells>' * 2,
        ),
        (
            "xl/worksheets/sheet1.xml",
            rb"</sheetData>",
            b'</sheetData><mergeCells><mergeCell ref="B2:A1"/></mergeCells>',
        ),
        ("xl/worksheets/sheet1.xml", rb'<c r="A1"', b'<c r="A1" s="-1"'),
    ],
)
def test_a_workbook_of_other_parts_is_left_to_openpyxl(tmp_path: Path, part: str, before: bytes, after: bytes) -> None:
    path = changed(book_of(tmp_path / "簿.xlsx", lambda sheet: sheet.append([3])), part, before, after)
    assert read_plain(path, ()) is None


def test_a_part_that_is_longer_than_it_says_is_not_taken_into_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book_of(tmp_path / "簿.xlsx", lambda sheet: sheet.append(["要看"]))
    assert read_plain(path, ()) is not None
    monkeypatch.setattr("flows.plan.documents.plain_xlsx._MOST", 100)
    assert read_plain(path, ()) is None


def changed(path: Path, part: str, before: bytes, after: bytes) -> Path:
    """A workbook one of whose parts is another."""
    whole = zipfile.ZipFile(path)
    parts = {info.filename: whole.read(info) for info in whole.infolist()}
    made, times = re.subn(before, after, parts[part])
    assert times
    rewrite(path, parts | {part: made})
    return path


def rewrite(path: Path, parts: dict[str, bytes]) -> None:
    """Write a package anew from its parts."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in parts.items():
            out.writestr(name, content)
