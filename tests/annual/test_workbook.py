"""A county clerk opens the workbook, types, sees what does not fit, and gets back with reasons what is wrong."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.annual import layout
from flows.annual.annotator import annual_correction
from flows.annual.format import FEE, KEYS, LINES
from flows.annual.model import NA, ZERO, AnnualReturned
from flows.annual.rules import SLOT_CARRIED, SLOT_NORMS
from flows.annual.workbook import annual_file_name, render_annual
from tests.annual.samples import (
    ISSUED,
    NOW,
    SECRET,
    TEXTS,
    UNIT,
    book,
    check,
    corrected,
    filled,
    opened,
    saved,
    typed,
    types,
)
from tests.ledger.samples import resaved

SPOTS = layout.SPOTS


def address(key: str) -> str:
    spot = SPOTS[key]
    return f"{chr(65 + spot.column)}{spot.row + 1}"


def rules(returned: AnnualReturned) -> list[str]:
    return [mark.rule for mark in returned.marks]


def test_a_workbook_filled_in_rightly_is_accepted_with_every_number_and_text() -> None:
    returned = check(filled())
    assert returned.verdict == "accepted"
    assert returned.filing is not None
    assert returned.filing.tables == NOW
    assert dict(returned.filing.narrative.texts) == TEXTS
    assert returned.filing.filler == "张三"
    assert returned.places["3.r05.自然人"].cell == address("3.r05.自然人")
    assert set(KEYS) <= returned.places.keys()


def test_the_same_content_gives_the_same_bytes() -> None:
    assert render_annual(book(), SECRET) == ISSUED


def test_every_row_says_what_it_means_and_last_years_numbers_stand_beside() -> None:
    workbook = opened(ISSUED)
    third = workbook[layout.THIRD_SHEET]
    for line in LINES:
        assert third.cell(layout.TABLE_ROW + 3 + line.number, layout.THIRD_NOTE + 1).value
    second = workbook[layout.SECOND_SHEET]
    assert second.cell(SPOTS["2.1.行政规范性文件.有效"].row + 1, layout.SECOND_LAST + 1).value == 18
    assert third.cell(layout.ROW_LAST_CARRIED + 1, 4).value == 2


def test_only_the_cells_to_fill_in_are_open() -> None:
    workbook = opened(ISSUED)
    for sheet in workbook.worksheets:
        assert sheet.protection.sheet
    spots = {(spot.sheet, spot.row + 1, spot.column + 1) for spot in (*SPOTS.values(), *layout.DECLARE_SPOTS.values())}
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if type(cell).__name__ != "MergedCell" and not cell.protection.locked:
                    assert (sheet.title, cell.row, cell.column) in spots
    for name, row, column in spots:
        assert not workbook[name].cell(row, column).protection.locked


def test_an_untouched_workbook_goes_back_with_one_line_for_each_sheet() -> None:
    returned = check(ISSUED)
    assert returned.verdict == "returned"
    assert rules(returned) == ["", "空格", "空格", "空格", "空格", "文字"]
    assert "175" in returned.problems[2].message


def test_blanks_are_zeros_only_when_the_unit_says_so() -> None:
    numbers = {key: (value if value != 0 else None) for key, value in typed().items() if key in KEYS}
    blank = filled(numbers)
    assert set(rules(check(blank))) == {"空格"}
    workbook = opened(blank)
    for spot in layout.DECLARE_SPOTS.values():
        workbook[spot.sheet].cell(spot.row + 1, spot.column + 1).value = layout.ALL_ZERO
    returned = check(saved(workbook))
    assert returned.verdict == "accepted"
    assert returned.filing is not None
    assert returned.filing.tables == NOW
    assert len(returned.filing.declared) == sum(1 for key in KEYS if NOW[key] == ZERO)
    assert any("声明" in warning for warning in returned.warnings)


WRITTEN = (
    ("３", "3"),
    ("3件", "3"),
    (" 1,203 ", "1203"),
    ("/", "/"),
    ("／", "/"),
    ("—", "/"),
    ("-", "/"),
    ("不适用", "/"),
    ("无", "0"),
    ("零", "0"),
    (4.0, "4"),
)


@pytest.mark.parametrize(("written", "meant"), WRITTEN, ids=[str(case[0]) for case in WRITTEN])
def test_numbers_are_read_as_people_write_them(written: Any, meant: str) -> None:
    returned = check(filled({"2.6.行政强制.处理决定": written}))
    assert returned.verdict == "accepted"
    assert returned.filing is not None
    assert returned.filing.tables["2.6.行政强制.处理决定"].shown == meant
    assert returned.filing.tables["2.1.规章.制发"] == NA


@pytest.mark.parametrize("written", ["约3", "3-5", "见附件", "#REF!", "=1/0", True])
def test_what_cannot_be_read_goes_back_with_its_cell(written: Any) -> None:
    returned = check(filled({"2.6.行政强制.处理决定": written}))
    assert returned.verdict == "returned"
    assert [problem.cell for problem in returned.problems] == [address("2.6.行政强制.处理决定")]
    assert returned.problems[0].sheet == layout.SECOND_SHEET


def test_a_fee_in_yuan_is_asked_back() -> None:
    returned = check(filled({FEE: "12500元"}))
    assert "万元" in returned.problems[0].cure


FAULTS: tuple[tuple[str, Mapping[str, Any], str, Mapping[str, Any]], ...] = (
    ("one number too large", {"3.r05.自然人": 4}, "R3.2", {"3.r05.自然人": 1}),
    ("a sum wrong", {"4.复议.维持": 2}, "R4.1", {"4.复议.维持": 1}),
    ("valid norms", {"2.1.行政规范性文件.有效": 30}, "R2.1", {SLOT_NORMS: "机构改革划入文件十件"}),
    ("carried over", {"3.r02.自然人": 3, "3.r02.总计": 3, "3.r01.自然人": 9, "3.r01.总计": 11, "依申请公开": "见表"},
     "R3.4", {SLOT_CARRIED: "机构合并转入一件"}),
    ("text and table", {"依申请公开": "本年新收申请13件"}, "R3.6", {"依申请公开": "本年新收申请12件"}),
    ("a missing text", {"存在问题": None}, "文字", {"存在问题": "部分栏目更新不够及时"}),
    ("a blank", {"3.r09.科研机构": None}, "空格", {"3.r09.科研机构": 0}),
)  # fmt: skip


@pytest.mark.parametrize(("wrong", "rule", "cure"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_breach_goes_back_marked_and_comes_in_corrected(
    wrong: Mapping[str, Any], rule: str, cure: Mapping[str, Any]
) -> None:
    returned = check(filled(wrong))
    assert rules(returned) == [rule]
    back = annual_correction(book(), returned, SECRET)
    workbook = opened(back)
    assert workbook.sheetnames[0] == layout.CORRECTION_SHEET
    listed = workbook[layout.CORRECTION_SHEET]
    assert listed.cell(6, 5).value == returned.problems[0].message
    spot = SPOTS[next(iter(wrong))]
    assert workbook[spot.sheet].cell(spot.row + 1, spot.column + 1).comment is not None
    again = check(corrected(back, cure))
    assert again.verdict == "accepted", [problem.sentence for problem in again.problems]
    assert check(back).verdict == "returned"


def test_the_message_has_the_rule_in_words_and_both_sums() -> None:
    message = check(filled({"4.复议.总计": 2})).problems[0].message
    assert "“总计”应等于结果维持、结果纠正、其他结果、尚未审结之和" in message
    assert "总计是 2" in message
    assert "四项之和是 1" in message


def test_an_explained_breach_is_accepted_and_told_to_the_office() -> None:
    returned = check(filled({"2.1.行政规范性文件.有效": 30, SLOT_NORMS: "机构改革划入文件十件"}))
    assert returned.verdict == "accepted"
    assert any("机构改革划入文件十件" in warning for warning in returned.warnings)


def test_file_names_are_legal_everywhere() -> None:
    name = annual_file_name('市"数据/大数据"局' + "很长" * 40, 7, 2026)
    assert name.startswith("007_市数据大数据局")
    assert name.endswith("_年报数据_2026.xlsx")
    assert len(name) < 60


def test_the_live_checks_are_right_before_and_after_a_program_calculates(tmp_path: Path) -> None:
    """The stored texts of a correction workbook are what LibreOffice calculates; typing changes them."""
    wrong = {"3.r05.自然人": 4, "4.复议.总计": 2, "2.1.行政规范性文件.有效": 30, "3.r09.科研机构": None}
    back = annual_correction(book(), check(filled(wrong)), SECRET)
    spots = [
        (layout.THIRD_SHEET, SPOTS["3.r05.自然人"].row, layout.THIRD_CHECK, "差 -3"),
        (layout.THIRD_SHEET, SPOTS["3.r06.自然人"].row, layout.THIRD_CHECK, "√"),
        (layout.THIRD_SHEET, layout.ROW_CHECK_SUM, 3, "差 -3"),
        (layout.THIRD_SHEET, layout.ROW_CHECK_PRINTED, 3, "√"),
        (layout.THIRD_SHEET, layout.ROW_CHECK_CARRIED, 3, "√"),
        (layout.THIRD_SHEET, layout.DECLARE_ROW, 7, "还有 1 格没有填；2 处对不上，看红色的“差”"),
        (layout.FOURTH_SHEET, layout.ROW_CHECK_CASES, 1, "差 +1"),
        (layout.SECOND_SHEET, SPOTS["2.1.行政规范性文件.有效"].row, layout.SECOND_CHECK, "差 +10"),
        (layout.GUIDE_SHEET, layout.CHECK_ROW + 2, 1, "还有 1 格没有填；2 处对不上，看红色的“差”"),
        (layout.GUIDE_SHEET, layout.CHECK_ROW + 6, 1, "还不能报送，看上面红色的"),
    ]
    calculated = opened_values(resaved(saved(opened(back)), "xlsx", tmp_path / "one"))
    for sheet, row, column, shown in spots:
        assert stored(back, sheet, row, column) == shown
        assert calculated[sheet].cell(row + 1, column + 1).value == shown
    right = types(opened(back), {key: typed()[key] for key in wrong if key in KEYS})
    mended = resaved(saved(right), "xlsx", tmp_path / "two")
    assert check(mended).verdict == "accepted"
    after = opened_values(mended)
    assert after[layout.GUIDE_SHEET].cell(layout.CHECK_ROW + 7, 2).value == "√ 可以报送"
    for sheet, row, column, _ in spots:
        assert str(after[sheet].cell(row + 1, column + 1).value).startswith("√")


def stored(data: bytes, sheet: str, row: int, column: int) -> Any:
    """What a program shows that does not calculate on opening."""
    return opened_values(data)[sheet].cell(row + 1, column + 1).value


def opened_values(data: bytes) -> Any:
    return load_workbook(io.BytesIO(data), data_only=True)


def test_without_last_year_nothing_is_compared_and_the_sheet_says_so() -> None:
    fresh = render_annual(book(last=None), SECRET)
    assert "不核对" in opened(fresh)[layout.THIRD_SHEET].cell(layout.ROW_LAST_CARRIED + 1, 1).value
    assert check(filled({}, fresh), last=None).verdict == "accepted"


def test_the_unit_is_the_one_that_was_asked() -> None:
    returned = check(filled())
    assert returned.identity is not None
    assert (returned.identity.unit, returned.identity.period) == (UNIT, "2026")
