"""A faulty sheet goes back: the unit sees what is wrong, where, and what to write; what was right is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.ledger.annotator import correction, write_correction
from flows.ledger.model import Report, Status
from flows.ledger.writer import render
from tests.ledger.samples import (
    COMPLETE,
    DONE,
    FILLER,
    MOVING,
    SECRET,
    Act,
    by_person,
    check,
    expectation,
    ledger,
    opened,
    reports,
    row,
    row_of,
    types,
    types_at,
)

FAULT_FILL = "FFFF9C9C"


def returned_with(*acts: Act) -> tuple[Any, bytes]:
    data = by_person(render(ledger(), SECRET), *acts)
    found = check(data)
    assert found.verdict == "returned"
    return found, correction(ledger(), found, data, SECRET)


def red(book: Any) -> set[str]:
    sheet = book["工作台账"]
    return {cell.coordinate for line in sheet.iter_rows() for cell in line if cell.fill.fgColor.rgb == FAULT_FILL}


def commented(book: Any) -> dict[str, str]:
    return {c.coordinate: c.comment.text for line in book["工作台账"].iter_rows() for c in line if c.comment}


def test_faulty_cells_are_red_with_a_comment_and_no_others() -> None:
    _, data = returned_with(types("2.1", 完成状态="差不多了"), types("2.2", 进展情况=None))
    book = opened(data)
    assert red(book) == set(commented(book)) == {"D3", "H6", "J7"}
    notes = commented(book)
    assert "差不多了" in notes["H6"]
    assert "请从下拉列表中选：未启动、推进中、已完成、需协调、不涉及" in notes["H6"]
    assert "没有写进展情况" in notes["J7"]
    assert "没有写填报人" in notes["D3"]


def test_the_first_sheet_lists_every_fault_with_a_link_to_its_cell() -> None:
    found, data = returned_with(*COMPLETE, types("2.1", 完成状态="已完成", 完成日期="2026年13月1日", 完成进度=1.5))
    book = opened(data)
    sheet = book["更正清单"]
    assert book.sheetnames[0] == "更正清单"
    assert sheet["A1"].value == "请更正以下 2 处"
    lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=6, max_row=7)]
    assert [line[1:3] for line in lines] == [["2.1", "I6"], ["2.1", "K6"]]
    assert [line[4] for line in lines] == [problem.message for problem in found.problems]
    assert [line[3] for line in lines] == ["1.5", "2026年13月1日"]
    assert sheet["C6"].hyperlink.location == "'工作台账'!I6"
    assert "其余 2 项已收到并保留在表中" in sheet["A3"].value


def test_the_cells_named_to_the_unit_are_the_same_in_the_sheet_it_sent_and_the_one_it_gets() -> None:
    found, data = returned_with(types("2.1", 完成状态="?"), types("2.2", 完成进度="?"))
    assert {problem.cell for problem in found.problems} == red(opened(data))


def test_what_the_unit_wrote_stays_whether_right_or_wrong() -> None:
    changed = Report(Status.DONE, 100, "新的进展", date(2026, 10, 9), "证据", "", "")
    _, data = returned_with(
        FILLER,
        types_at("G3", "0700-0000000"),
        types("2.1", 完成状态="大概吧", 进展情况="写了很多", 佐证材料="文件"),
        types(
            "2.2",
            完成状态="完成",
            完成进度=100,
            进展情况="新的进展",
            完成日期="10月9日",
            佐证材料="证据",
            存在问题=None,
            下步措施=None,
        ),
    )
    sheet = opened(data)["工作台账"]
    assert (sheet["D3"].value, sheet["G3"].value) == ("张三", "0700-0000000")
    assert [sheet[f"{column}6"].value for column in "HIJKL"] == ["大概吧", None, "写了很多", None, "文件"]
    again = check(by_person(data, types("2.1", 完成状态="推进中")))
    assert again.verdict == "accepted"
    assert reports(again)["2.2"] == changed
    assert reports(again)["1"] == DONE


def test_the_corrected_sheet_comes_home_like_any_other() -> None:
    found, data = returned_with(types("2.1", 完成状态="差不多了"))
    again = check(by_person(data, *COMPLETE))
    assert (again.verdict, again.warnings) == ("accepted", ())
    assert again.identity == found.identity
    assert reports(again) == {"1": DONE, "2.1": Report(Status.IDLE), "2.2": MOVING}


def test_a_sheet_sent_back_unchanged_has_the_same_faults() -> None:
    found, data = returned_with(FILLER, types("2.1", 完成状态="差不多了"), types("2.2", 完成进度=1.7, 完成日期="去年"))
    again = check(data)
    assert [p.cell for p in again.problems] == [p.cell for p in found.problems]


def test_missing_rows_are_put_back_with_last_months_text_and_marked() -> None:
    _, data = returned_with(*COMPLETE, lambda sheet: sheet.delete_rows(row_of(sheet, "2.2")))
    book = opened(data)
    assert red(book) == {"H7"}
    assert book["工作台账"]["J7"].value == MOVING.progress
    assert "没有这一行" in commented(book)["H7"]
    assert check(data).verdict == "accepted", "the row is there again with last month's answer"


def test_two_different_answers_are_both_told() -> None:
    def twice(sheet: Any) -> None:
        for column in range(1, 15):
            sheet.cell(9, column).value = sheet.cell(7, column).value
        sheet["J9"] = "另一种说法"

    _, data = returned_with(*COMPLETE, twice)
    assert "填了两次" in commented(opened(data))["H7"]


def test_a_red_cell_loses_its_colour_when_it_is_changed() -> None:
    _, data = returned_with(*COMPLETE, types("2.1", 完成状态='说"不"清'))
    rules = {
        (str(area.sqref), rule.formula[0])
        for area, rules in opened(data)["工作台账"].conditional_formatting._cf_rules.items()
        for rule in rules
    }
    assert ("H6", 'EXACT($H$6,"说""不""清")') in rules
    assert ("H6", "TRUE") in rules


def test_a_long_and_nasty_text_does_not_break_the_correction(tmp_path: Any) -> None:
    nasty = "=cmd|'/c calc'!A1 " + "很长的状态" * 200 + "\n\x0b<&>"
    book = ledger(row("1", "要求"))

    def type_as_text(sheet: Any) -> None:
        sheet["H6"].value = nasty.replace("\x0b", "")
        sheet["H6"].data_type = "s"

    data = by_person(render(book, SECRET), FILLER, type_as_text)
    found = check(data, expectation(book))
    write_correction(book, found, data, tmp_path / "更正.xlsx", SECRET)
    sheet = opened((tmp_path / "更正.xlsx").read_bytes())["工作台账"]
    assert sheet["H6"].data_type == "s"
    assert sheet["H6"].value.startswith("=cmd|")
