"""What programs do to a workbook comes through exactly: epochs, lost results, rare characters, merges, pictures."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from flows.ledger import layout
from flows.ledger.model import Status
from flows.ledger.reader import RawTable, RawWorkbook, read_returned
from flows.ledger.writer import render
from tests.ledger.samples import COMPLETE, SECRET, by_person, check, ledger, opened, reports, resaved, row, saved, types

ISSUED = render(ledger(), SECRET)
SHEET = "xl/worksheets/sheet1.xml"


def with_part(data: bytes, **parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """The archive with parts replaced, changed or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            content = old.read(name) if name in old.namelist() else b""
            change = parts.get(name, content)
            new.writestr(name, change(content) if callable(change) else change)
    return stream.getvalue()


def table_of(data: bytes) -> RawTable:
    found = read_returned(data, "回复.xlsx")
    assert found.reason == ""
    (table,) = found.tables
    return table


def faults_of(data: bytes) -> dict[Any, Mapping[str, str]]:
    return {line.value(layout.NO): line.faults for line in table_of(data).rows if line.faults}


# Dates


def since_1904(data: bytes) -> bytes:
    """The same ledger in a workbook whose days count from 1904; its 完成日期 has lost its format once."""
    book = opened(data)
    book.epoch = CALENDAR_MAC_1904
    sheet = book[layout.SHEET]
    for line in sheet.iter_rows(min_row=6, max_row=8):
        if line[0].value == "2.1":
            line[10].number_format = "General"
            line[10].value = (date(2026, 10, 8) - date(1904, 1, 1)).days
    return saved(book)


@pytest.mark.parametrize("kind", ["as it is", "xlsx", "xls", "ods"])
def test_a_workbook_that_counts_from_1904_tells_the_same_days(kind: str, tmp_path: Path) -> None:
    data = since_1904(by_person(ISSUED, *COMPLETE, types("2.1", 完成状态="已完成")))
    if kind != "as it is":
        data = resaved(data, kind, tmp_path)
    found = reports(check(data))
    assert found["1"].done_on == date(2026, 9, 12), "a real date"
    assert found["2.1"].done_on == date(2026, 10, 8), "a bare serial number"


# Formulas and error values


def test_a_formula_with_its_result_counts_and_one_without_is_told() -> None:
    formulas = types("2.1", 完成状态='="推进"&"中"', 进展情况="=Sheet9!A1&B2", 佐证材料="=NA()")
    bare = by_person(ISSUED, *COMPLETE, formulas)
    assert faults_of(bare) == {
        "2.1": {layout.STATUS: '="推进"&"中"', layout.PROGRESS: "=Sheet9!A1&B2", layout.EVIDENCE: "=NA()"}
    }


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_results_of_formulas_are_read_and_error_values_are_told_in_every_format(kind: str, tmp_path: Path) -> None:
    formulas = types(
        "2.1", 完成状态='="推进"&"中"', 完成进度="=0.3+0.5", 进展情况="=1/0", 佐证材料="=NA()", 存在问题='=""'
    )
    worked_out = resaved(by_person(ISSUED, *COMPLETE, formulas), "xlsx", tmp_path / "first")
    data = resaved(worked_out, kind, tmp_path / "then")
    (line,) = [line for line in table_of(data).rows if line.value(layout.NO) == "2.1"]
    assert line.value(layout.PERCENT) == pytest.approx(0.8)
    assert (line.faults[layout.PROGRESS], line.faults[layout.EVIDENCE]) == ("#DIV/0!", "#N/A")
    if kind == "xls":
        # LibreOffice writes 0 as the result of a formula that makes a text: that 0 is nobody's answer.
        assert line.faults[layout.STATUS] == line.faults[layout.PROBLEM] == "公式"
    else:
        assert line.value(layout.STATUS) == "推进中"
        assert (line.value(layout.PROBLEM), len(line.faults)) == ("", 2), "an empty result is an empty cell"


def test_a_bare_error_value_is_told_and_the_same_word_as_text_is_text() -> None:
    data = by_person(ISSUED, types("2.2", 进展情况="#REF!"))
    assert faults_of(data) == {"2.2": {layout.PROGRESS: "#REF!"}}

    def as_text(sheet: Any) -> None:
        sheet["J7"].data_type = "s"

    assert faults_of(by_person(data, as_text)) == {}


def test_a_row_that_holds_nothing_but_errors_is_still_a_row() -> None:
    def spoil(sheet: Any) -> None:
        for column in range(1, 15):
            sheet.cell(9, column).value = "=A99"

    assert [line.row for line in table_of(by_person(ISSUED, spoil)).rows] == [6, 7, 8, 9]


def test_a_name_that_is_a_formula_without_result_is_told_at_its_label() -> None:
    found = read_returned(by_person(ISSUED, lambda sheet: sheet.__setitem__("D3", "=Z1")), "回复.xlsx")
    label = found.labels[layout.FILLER]
    assert (label.cell, label.value, label.fault) == ("D3", "", "=Z1")


# Characters

TEXTS = (
    "第一行\n第二行",
    "前后  空白　全角",
    "😀👨‍👩‍👧 𠮷𡨄 㐂 ﷽",
    "字面_x000D_下划线",
    "制表\t符",
    "<b>&amp;\"'</b>",
    "=1+1",
    "+推进 -完成 @某",
)


@pytest.mark.parametrize("kind", ["as written", "xlsx", "ods"])
def test_rare_characters_come_through_exactly(kind: str, tmp_path: Path) -> None:
    rows = [row(f"{number}", f"要求{number}") for number, _ in enumerate(TEXTS, 1)]

    def type_all(sheet: Any) -> None:
        for number, text in enumerate(TEXTS):
            cell = sheet.cell(6 + number, 10)
            cell.value = text.replace("_x000D_", "_x005F_x000D_")
            cell.data_type = "s"

    data = by_person(render(ledger(*rows), SECRET), type_all)
    if kind != "as written":
        data = resaved(data, kind, tmp_path)
    assert [line.value(layout.PROGRESS) for line in table_of(data).rows] == list(TEXTS)


def test_rich_text_is_read_without_its_formats_and_without_its_pronunciation() -> None:
    rich = (
        '<is><r><rPr><b/></rPr><t>重点</t></r><r><t xml:space="preserve"> 推进_x000D_\n第二行</t></r>'
        '<rPh sb="0" eb="2"><t>zhongdian</t></rPh></is>'
    )

    def write(sheet: bytes) -> bytes:
        pattern = rb'<c r="J6"( s="\d+")?[^>]*?(?:/>|>.*?</c>)'
        return re.sub(
            pattern, lambda found: b'<c r="J6"%s t="inlineStr">%s</c>' % (found[1] or b"", rich.encode()), sheet
        )

    line = table_of(with_part(ISSUED, **{SHEET: write})).rows[0]
    assert str(line.value(layout.PROGRESS)).replace("\r", "") == "重点 推进\n第二行"


# What WPS writes


def test_a_dimension_of_one_cell_and_empty_fills_hide_nothing() -> None:
    def shrink(sheet: bytes) -> bytes:
        return re.sub(rb'<dimension ref="[^"]*"/>', b'<dimension ref="A1"/>', sheet)

    def empty(styles: bytes) -> bytes:
        return re.sub(rb"<fill>.*?</fill>", b"<fill/>", styles)

    data = with_part(by_person(ISSUED, *COMPLETE), **{SHEET: shrink, "xl/styles.xml": empty})
    assert check(data).verdict == "accepted"


def test_parts_with_prefixed_names_and_cells_without_addresses_are_read() -> None:
    def prefix(sheet: bytes) -> bytes:
        sheet = re.sub(rb"<(/?)(\w+)(?=[\s/>])", rb"<\1x:\2", sheet.replace(b"<?xml", b"<\x00?xml"))
        return sheet.replace(b"<\x00?xml", b"<?xml").replace(b'xmlns="http', b'xmlns:x="http', 1)

    data = with_part(by_person(ISSUED, *COMPLETE, types("2.1", 佐证材料="=NA()")), **{SHEET: prefix})
    assert faults_of(data) == {"2.1": {layout.EVIDENCE: "=NA()"}}


# Merged cells


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_merged_cell_speaks_for_all_its_rows_in_every_format(kind: str, tmp_path: Path) -> None:
    def merge(sheet: Any) -> None:
        sheet["J6"], sheet["J7"] = "两项一并推进", None
        sheet.merge_cells("J6:J7")
        sheet["L6"], sheet["M6"], sheet["L7"], sheet["M7"] = "会议纪要", None, None, None
        sheet.merge_cells("L6:M7")

    first, second = table_of(resaved(by_person(ISSUED, merge), kind, tmp_path)).rows[:2]
    assert first.value(layout.PROGRESS) == second.value(layout.PROGRESS) == "两项一并推进"
    assert (second.value(layout.EVIDENCE), second.value(layout.PROBLEM)) == ("会议纪要", "")


# More than one table


def test_a_hidden_copy_is_told_only_when_it_says_something_else() -> None:
    def copy(data: bytes, status: str) -> RawWorkbook:
        book = opened(data)
        other = book.copy_worksheet(book[layout.SHEET])
        other.sheet_state, other["H6"] = "hidden", status
        return read_returned(saved(book), "回复.xlsx")

    data = by_person(ISSUED, *COMPLETE)
    assert copy(data, "未启动").remarks == ()
    (remark,) = copy(data, "已完成").remarks
    assert "隐藏的工作表" in remark
    assert len(copy(data, "已完成").tables) == 1


def test_a_second_table_with_other_columns_on_the_same_sheet_is_a_table_of_its_own() -> None:
    def append(sheet: Any) -> None:
        for column, word in enumerate(reversed(layout.HEADERS), 2):
            sheet.cell(12, column).value = word
            sheet.cell(13, column).value = f"{word}的内容"

    found = read_returned(by_person(ISSUED, append), "回复.xlsx")
    first, second = found.tables
    assert (first.sheet, [line.row for line in first.rows]) == (second.sheet, [6, 7, 8])
    assert second.cell(13, layout.NEXT_STEP) == "B13"
    assert second.rows[0].value(layout.STATUS) == "完成状态的内容"


def test_a_repeated_header_row_and_words_people_use_for_headers_change_nothing() -> None:
    def rewrite(sheet: Any) -> None:
        sheet["H5"], sheet["I5"], sheet["J5"] = "完成状态【必填】", "完成进度（％）", "工作进展"
        for column in range(1, 15):
            sheet.cell(9, column).value = sheet.cell(5, column).value

    found = check(by_person(ISSUED, *COMPLETE, rewrite))
    assert (found.verdict, set(reports(found))) == ("accepted", {"1", "2.1", "2.2"})


# Binary workbooks

_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def xlsb(rows: Mapping[tuple[int, int], object], *, hidden: str = "") -> bytes:
    """A minimal .xlsb by [MS-XLSB]: one sheet of texts, numbers and errors (“#N/A”)."""

    def record(kind: int, body: bytes = b"") -> bytes:
        head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        size, length = len(body), b""
        while True:
            length += bytes([size & 0x7F | (0x80 if size > 127 else 0)])
            size >>= 7
            if not size:
                return head + length + body

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value.encode("utf-16-le")) // 2) + value.encode("utf-16-le")

    cells, last = b"", -1
    for (number, column), value in sorted(rows.items()):
        if number != last:
            cells += record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
            last = number
        head = struct.pack("<II", column, 0)
        if value == "#N/A":
            cells += record(3, head + b"\x2a")
        elif isinstance(value, str):
            cells += record(6, head + text(value))
        else:
            cells += record(5, head + struct.pack("<d", value))
    most = max(number for number, _ in rows), max(column for _, column in rows)
    size = record(148, struct.pack("<IIII", 0, most[0], 0, most[1]))
    sheet = record(129) + size + record(145) + cells + record(146) + record(130)
    book = record(131) + record(153, struct.pack("<II", 0, 0) + text("")) + record(143)
    book += record(156, struct.pack("<II", 0, 1) + text("rId1") + text(layout.SHEET)) + record(144) + record(132)
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    link = f'<Relationship Id="rId1" Type="{_R}/worksheet" Target="worksheets/sheet1.bin"/>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("xl/workbook.bin", book)
        new.writestr("xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{space}">{link}</Relationships>')
        new.writestr("xl/worksheets/sheet1.bin", sheet)
    return stream.getvalue()


def cells_of(data: bytes) -> dict[tuple[int, int], object]:
    sheet = opened(data)[layout.SHEET]
    return {
        (cell.row - 1, cell.column - 1): cell.value
        for line in sheet.iter_rows()
        for cell in line
        if cell.value is not None and not isinstance(cell.value, date)
    }


def test_a_binary_workbook_is_read_and_its_error_values_are_told() -> None:
    cells = cells_of(by_person(ISSUED, *COMPLETE))
    assert reports(check(xlsb(cells), name="回复.xlsb"))["2.1"].status is Status.IDLE
    assert faults_of(xlsb(cells | {(5, 11): "#N/A"})) == {"2.1": {layout.EVIDENCE: "#N/A"}}


def test_a_stray_value_in_the_last_cell_of_a_binary_workbook_is_stopped() -> None:
    cells = cells_of(ISSUED)
    assert "范围异常" in read_returned(xlsb(cells | {(1_048_575, 16_383): "x"}), "回复.xlsb").reason


def test_an_empty_workbook_says_nothing_and_does_no_harm() -> None:
    found = read_returned(saved(Workbook()), "回复.xlsx")
    assert (found.tables, found.labels, found.tokens, found.reason) == ((), {}, (), "")
