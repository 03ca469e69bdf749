"""A workbook read row by row says what it says when it is read whole; its digest knows what somebody has changed."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from flows.files import digest
from flows.ledger.forms.grid import Grid
from flows.ledger.forms.long_xlsx import LongBook, Room, UnusualError
from flows.ledger.forms.opening import read_book
from flows.ledger.master import make_master, render_master
from flows.ledger.master_content import Content, grid_of, written_content
from flows.ledger.master_tables import office_places
from flows.ledger.safety import RefusedError
from flows.ledger.values import shown
from flows.progress import Snapshot
from tests.ledger.samples import SECRET, resaved, saved
from tests.ledger.test_master import month  # noqa: F401 - a fixture
from tests.typing_in import with_part

ROOM = Room.of(1000)


@pytest.fixture
def master(month: Snapshot) -> bytes:  # noqa: F811
    return render_master(month, SECRET)


def whole(data: bytes) -> list[Grid]:
    return list(read_book(data).grids)


def by_row(data: bytes) -> list[Grid]:
    book = LongBook(data, ROOM)
    found = []
    for sheet in book.sheets:
        rows = [(n, [(cell[0], book.value(cell), *cell[2:]) for cell in cells]) for n, cells in book.rows(sheet)]
        found.append(grid_of(rows, sheet.name))
    return found


def texts(grid: Grid) -> dict[tuple[int, int], str]:
    """Every cell that holds something, as a person sees it."""
    return {
        (row, column): shown(value)
        for row, cells in enumerate(grid.rows)
        for column, value in enumerate(cells)
        if value != ""
    }


def both(data: bytes) -> tuple[list[Any], list[Any]]:
    return tuple([(g.name, texts(g), dict(g.faults)) for g in way(data)] for way in (whole, by_row))  # type: ignore[return-value]


def everything() -> bytes:
    """A workbook with every kind of cell."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "总台账 & 别的"
    bold = CellRichText("已完成", TextBlock(InlineFont(b=True), "（重点）"))
    half_past_nine = datetime(2026, 6, 30, 9, 30)  # noqa: DTZ001 - Excel knows no time zone
    sheet.append(["任务编号", "单位", 1, 0.333, True, date(2026, 6, 30), half_past_nine, "a<b>&“c”\n下一行"])
    sheet.append([None, bold, None, "_x0041_", "", "　全角 ", 1e-7, 46203])
    sheet["J9"] = "=1/0"
    sheet["K9"] = "=A1"
    sheet["L9"] = 46203
    sheet["L9"].number_format = "yyyy年m月"
    sheet["M9"] = 45
    sheet["M9"].number_format = '0.0"days"'
    book.create_sheet("空的")
    return saved(book)


def test_row_by_row_or_whole_the_same_is_read() -> None:
    one, other = both(everything())
    assert one == other


def test_what_libreoffice_saves_is_read_the_same(tmp_path: Path) -> None:
    one, other = both(resaved(everything(), "xlsx", tmp_path))
    assert one == other


def test_reading_aids_over_chinese_words_are_no_text() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_string(0, 0, "东京")
    aided = '<si><t>东京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si>'
    data = with_part(stream.getvalue(), lambda xml: xml.replace("<si><t>东京</t></si>", aided), "xl/sharedStrings.xml")
    assert texts(by_row(data)[0]) == {(0, 0): "东京"}


@pytest.mark.parametrize(
    ("before", "after"),
    [("<sheetData", "<x:sheetData"), ('<c r="A1"', "<c"), ("<sheetData>", "<!-- 备注 --><sheetData>")],
)
def test_what_is_written_in_another_way_is_left_to_the_other_reader(before: str, after: str) -> None:
    with pytest.raises(UnusualError):
        by_row(with_part(everything(), lambda xml: xml.replace(before, after)))


def test_attributes_in_another_order_are_read() -> None:
    data = with_part(everything(), lambda xml: xml.replace('<c r="A1" t="', '<c vm="1" r="A1" t="'))
    assert data != everything()
    assert texts(by_row(data)[0]) == texts(by_row(everything())[0])


def test_a_cut_off_workbook_is_damaged_and_a_shared_text_that_is_missing_too(master: bytes) -> None:
    with pytest.raises(RefusedError):
        by_row(master[:-200])
    with pytest.raises(RefusedError):
        by_row(with_part(master, lambda xml: xml.replace("<v>0</v>", "<v>999999</v>")))


def content_of(data: bytes) -> str:
    """The digest as it is made of a workbook that somebody has saved: row by row."""
    book, content = LongBook(data, ROOM), Content()
    for sheet in book.sheets:
        rows = list(book.rows(sheet))
        skipped = office_places(grid_of(rows, sheet.name))
        for _, cells in rows:
            content.add(sheet.name, cells, skipped)
    return content.digest


def changed(master: bytes, cell: str, value: object, sheet: str = "总台账") -> bytes:
    """After somebody has typed into one cell."""
    book = load_workbook(io.BytesIO(master))
    book[sheet][cell] = value
    return saved(book)


def test_the_digest_of_what_was_written_is_that_of_what_somebody_has_saved(master: bytes, tmp_path: Path) -> None:
    written = written_content(master, 100)
    assert content_of(master) == written
    assert content_of(saved(load_workbook(io.BytesIO(master)))) == written
    assert content_of(resaved(master, "xlsx", tmp_path)) == written


def test_what_the_office_is_asked_to_fill_in_does_not_count_and_all_else_does(master: bytes) -> None:
    written = written_content(master, 100)
    head = {cell.value: cell.column_letter for cell in load_workbook(io.BytesIO(master))["总台账"][1]}
    assert content_of(changed(master, f"{head['核定意见']}3", "属实")) == written
    touched = [
        changed(master, f"{head['进展情况']}3", "属实"),
        changed(master, "AE3", "向领导汇报"),
        changed(master, "AE400", "向领导汇报"),
        changed(master, "B40", "见附件", "汇总"),
        changed(master, f"{head['完成状态']}3", None),
    ]
    digests = {content_of(data) for data in touched}
    assert written not in digests
    assert len(digests) == len(touched)


def test_sorted_rows_are_the_same_content(master: bytes) -> None:
    book = load_workbook(io.BytesIO(master))
    sheet = book["总台账"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    for number, cells in enumerate(reversed(rows), 2):
        for column, value in enumerate(cells, 1):
            sheet.cell(number, column).value = value
    assert content_of(saved(book)) == written_content(master, 100)


def test_a_key_that_libreoffice_has_spoilt_is_no_change_by_hand(master: bytes) -> None:
    """It reads the “_x2_” that a signature may hold as a character's number."""
    spoilt = with_part(master, lambda xml: re.sub(r"(tzr1;[^<]*;[^<]{8})[^<]{4}([^<]{4};)", r"\1_x2_\2", xml, count=1))
    assert spoilt != master
    assert content_of(spoilt) == written_content(master, 100)


def test_the_digest_made_while_rows_are_written_is_that_of_the_workbook(month: Snapshot, master: bytes) -> None:  # noqa: F811
    out = io.BytesIO()
    made = make_master(out, month, SECRET)
    assert out.getvalue() == master
    assert made.sha256 == digest(master)
    assert made.content == written_content(master, 100) == content_of(master)
