"""What is made to hurt stays outside, and no file takes the process down."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from flows.ledger import layout
from flows.ledger.annotator import correction
from flows.ledger.examined import Terms
from flows.ledger.model import Role
from flows.ledger.reader import RawRow, RawTable
from flows.ledger.row_checks import examine
from flows.ledger.writer import render
from flows.periods import Period
from tests.ledger.samples import (
    FILLER,
    ISSUED,
    RECEIVED,
    SECRET,
    by_person,
    check,
    expectation,
    ledger,
    opened,
    resaved,
    row,
    sent_back,
)


def with_parts(data: bytes, **parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info, old.read(info))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def far_cell(sheet: Any) -> None:
    sheet["XFD1048576"] = "x"


def test_a_stray_value_in_the_last_cell_does_not_take_the_process_down() -> None:
    found = check(sent_back(far_cell))
    assert "范围异常" in found.reason


def test_a_formatted_but_empty_last_cell_does_no_harm() -> None:
    def colour(sheet: Any) -> None:
        sheet["XFD1048576"].number_format = "0.00"

    assert check(sent_back(colour)).verdict == "accepted"


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_parts(ISSUED, **{"xl/sharedStrings.xml": b"<sst>" + b" " * 80_000_000 + b"</sst>"})
    assert len(bomb) < 200_000
    assert "过大" in check(bomb).reason


def test_macros_links_passwords_and_other_documents_are_told_apart() -> None:
    assert "宏" in check(with_parts(ISSUED, **{"xl/vbaProject.bin": b"x"})).reason
    assert "外部文件" in check(with_parts(ISSUED, **{"xl/externalLinks/externalLink1.xml": b"<a/>"})).reason
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "密码" in check(ole + "EncryptedPackage".encode("utf-16-le")).reason
    assert "不是 Excel" in check(ole + "WordDocument".encode("utf-16-le")).reason
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as other:
        other.writestr("word/document.xml", "<w/>")
    assert "不是 Excel" in check(stream.getvalue()).reason


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(ISSUED) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_always_ends_in_a_verdict(at: int, noise: bytes) -> None:
    found = check(ISSUED[:at] + noise + ISSUED[at + len(noise) :])
    assert found.verdict in {"returned", "quarantined", "accepted"}


def test_columns_far_to_the_right_are_still_read() -> None:
    def push(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(1, 40)
        assert sheet[f"{get_column_letter(41)}5"].value == "任务编号"

    assert check(sent_back(push)).verdict == "accepted"


# Texts that would like to be more than texts


NASTY = (
    '=HYPERLINK("http://evil.example","点我")',
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "https://evil.example/a.exe",
    "{{ plan.title }}{% for x in y %}",
    "甲\x0b乙\x1b丙_x0041_",
    "字" * 32_700,
)


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_text_of_a_unit_becomes_a_formula_or_a_link_in_what_we_write(text: str, tmp_path: Path) -> None:
    book = ledger(row("1", "要求甲"), row("2", "要求乙"))
    typed = {"进展情况": text, "佐证材料": text, "存在问题": text, "完成状态": "推进中"}

    def write(sheet: Any) -> None:
        for number in (6, 7):
            for header, value in typed.items():
                cell = sheet.cell(number, layout.INDEX[header] + 1)
                cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell.data_type = "s"
        sheet["I7"].value, sheet["I7"].data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"
        sheet["D9"].value, sheet["D9"].data_type = "新任务" + text[:50].replace("\x0b", "").replace("\x1b", ""), "s"

    data = by_person(render(book, SECRET), FILLER, write)
    found = check(data, expectation(book))
    assert [problem.cell for problem in found.problems] == ["I7"]
    marked = correction(book, found, data, SECRET)
    told = found.entries[0].report
    following = render(replace(book, rows=tuple(replace(one, previous=told) for one in book.rows)), SECRET)
    for name, made in (("更正", marked), ("下期", following)):
        for again in (made, resaved(made, "xlsx", tmp_path / name)):
            sheets = opened(again)
            cells = [cell for sheet in sheets for line in sheet.iter_rows() for cell in line]
            formulas = [cell.value for cell in cells if cell.data_type == "f"]
            assert len(formulas) == 1, "填报检查 is the only formula"
            links = {cell.hyperlink.location or cell.hyperlink.target for cell in cells if cell.hyperlink}
            assert all("工作台账" in link for link in links)


def test_a_text_longer_than_a_cell_is_cut_and_told() -> None:
    exported = "字" * 40_000
    table = RawTable("表", 1, {"进展情况": 0}, ())
    raw = RawRow(2, {"完成状态": "推进中", "进展情况": exported})
    terms = Terms(Period(2026, 10), RECEIVED, {"1": ("要求", Role.LEAD)})
    found = examine(table, raw, "1", terms)
    assert found.remarks == ("任务 1 的进展情况有 40000 字，太长，只计入开头部分，全文在回收文件夹",)
