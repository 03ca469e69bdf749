"""Copies of the table, rows of one's own, and what people write over the cells that are not theirs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.ledger.annotator import correction
from flows.ledger.identity import row_key
from flows.ledger.model import Ledger, Report, Returned, Status
from flows.ledger.writer import render
from tests.ledger.samples import (
    DONE,
    ISSUED,
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
    saved,
    sent_back,
    types,
    types_at,
)


def adds(**cells: Any) -> Act:
    """Writes a row below the table: ``adds(A="99", D="…")``."""

    def act(sheet: Any) -> None:
        for column, value in cells.items():
            sheet[f"{column}9"] = value

    return act


# Two tables


def two_sheets(first: tuple[Act, ...], second: tuple[Act, ...]) -> bytes:
    book = opened(ISSUED)
    copy = book.copy_worksheet(book["工作台账"])
    copy.title = "工作台账 (2)"
    for sheet, acts in ((book["工作台账"], first), (copy, second)):
        for act in (types_at("D3", "张三"), *acts):
            act(sheet)
    return saved(book)


FILLED = (types("2.1", 完成状态="推进中", 进展情况="正在起草"), types("2.2", 进展情况="已印发通知"))


def test_two_filled_copies_that_say_the_same_count_once() -> None:
    found = check(two_sheets(FILLED, FILLED))
    assert (found.verdict, len(found.entries)) == ("accepted", 3)


@pytest.mark.parametrize("order", [1, -1])
def test_a_spare_copy_that_nobody_touched_gives_way_and_the_clerk_is_told(order: int) -> None:
    found = check(two_sheets(*((FILLED, ())[::order])))
    assert found.verdict == "accepted", found.problems
    assert reports(found)["2.2"].progress == "已印发通知"
    spare = "工作台账 (2)" if order == 1 else "工作台账"
    assert f"“{spare}”表没有改动过，未计入，以填写过的表为准" in found.warnings


def test_two_copies_filled_differently_are_one_problem() -> None:
    other = (types("2.1", 完成状态="未启动"), types("2.2", 进展情况="又一种说法"))
    found = check(two_sheets(FILLED, other))
    (problem,) = found.problems
    assert problem.message == "“工作台账”和“工作台账 (2)”两张表里任务 2.1、2.2 填得不一样"
    assert (problem.sheet, problem.cell) == ("工作台账 (2)", "H6:H7")
    assert set(reports(found)) == {"1"}


def test_last_months_sheet_kept_beside_this_months_is_left_out() -> None:
    last = ledger(period="2026-09").identity

    def old(sheet: Any) -> None:
        for number in (6, 7, 8):
            sheet.cell(number, 15).value = row_key(last, str(sheet.cell(number, 1).value), SECRET)

    found = check(two_sheets(FILLED, (old, types("2.2", 进展情况="九月的说法"))))
    assert found.verdict == "accepted", found.problems
    assert reports(found)["2.2"].progress == "已印发通知"
    assert "“工作台账 (2)”表是2026年9月的台账，未计入" in found.warnings


def test_a_row_pasted_from_last_month_whose_text_is_not_this_months_is_asked_about() -> None:
    last = ledger(period="2026-09").identity

    def paste(sheet: Any) -> None:
        number = row_of(sheet, "2.2")
        sheet.cell(number, 15).value = row_key(last, "2.2", SECRET)
        sheet.cell(number, 4).value = "上个月的另一项要求"

    (problem,) = check(sent_back(paste)).problems
    assert problem.message == "这一行是从2026年9月的台账粘贴来的，与本期任务 2.2 的内容对不上"


# Rows of one's own


def proposed(*acts: Act) -> Returned:
    return check(sent_back(*acts))


def test_a_task_added_at_the_end_is_kept_for_the_office_and_is_no_fault() -> None:
    found = proposed(adds(C="拓展公开", D="建设村级公开栏", H="推进中", J="已建12个"))
    assert found.verdict == "accepted"
    assert len(found.entries) == 3
    (proposal,) = found.proposals
    assert (proposal.sheet, proposal.row) == ("工作台账", 9)
    assert proposal.cells == {
        "任务事项": "拓展公开",
        "具体要求": "建设村级公开栏",
        "完成状态": "推进中",
        "进展情况": "已建12个",
    }
    assert "第 9 行是单位自己加的任务“建设村级公开栏”，不计入，已转办公室研究" in found.warnings


def test_a_new_number_does_not_make_a_proposal_a_fault() -> None:
    found = proposed(adds(A="99", D="自己加的任务", H="推进中", J="做了"))
    assert (found.verdict, [one.cells["任务编号"] for one in found.proposals]) == ("accepted", ["99"])


def test_an_unknown_number_is_asked_about_when_a_task_is_missing_that_it_might_be() -> None:
    def rewrite(sheet: Any) -> None:
        number = row_of(sheet, "2.2")
        sheet.cell(number, 1).value, sheet.cell(number, 4).value = "22", "政策解读（改写过）"
        sheet.cell(number, 15).value = None

    found = check(sent_back(rewrite))
    assert [problem.message for problem in found.problems] == ["任务编号“22”不在下发的任务里", "缺少任务 2.2 的行"]
    assert found.proposals == ()


@pytest.mark.parametrize(
    ("cells", "said"), [({"H": "推进中", "J": "做了"}, "没有任务编号"), ({"A": "99", "H": "推进中"}, "不在下发")]
)
def test_a_row_with_an_answer_but_neither_number_nor_text_is_a_fault(cells: dict[str, Any], said: str) -> None:
    found = proposed(adds(**cells))
    (problem,) = found.problems
    assert said in problem.message
    assert problem.cell == "A9"


@pytest.mark.parametrize(
    "cells",
    [
        {"A": "审核人：李四"},
        {"D": "填报人：王五", "J": "联系电话：0700-0000000"},
        {"A": "注：以上情况属实"},
        {"D": "二、其他工作"},
    ],
)
def test_signatures_notes_and_headings_are_neither_tasks_nor_faults(cells: dict[str, Any]) -> None:
    found = proposed(adds(**cells))
    assert (found.verdict, found.proposals) == ("accepted", ())
    assert any("不是任务，未计入" in warning for warning in found.warnings)


def test_a_suggestion_in_one_cell_is_a_proposal() -> None:
    assert len(proposed(adds(D="建议增加：公开惠企政策清单")).proposals) == 1


def test_proposals_are_not_lost_in_the_correction_workbook() -> None:
    data = sent_back(adds(D="建设村级公开栏", J="已建12个"), types("2.1", 完成状态="差不多"))
    found = check(data)
    sheet = opened(correction(ledger(), found, data, SECRET))["更正清单"]
    words = [str(cell.value) for line in sheet for cell in line if cell.value]
    assert "已转办公室" in words
    assert any("建设村级公开栏" in word and "已建12个" in word for word in words)


# Cells that are not the unit's


@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("G2", "2026年9月", "期次被改成了“2026年9月”，仍按2026年10月计入"),
        ("G2", date(2026, 9, 1), "期次被改成了“2026-09-01”，仍按2026年10月计入"),
        ("J2", "2026-11-30", "报送截止被改成了“2026-11-30”，仍以2026年10月25日为准"),
        ("D2", "临湖区政务公开领导小组", "填报单位被改成了“临湖区政务公开领导小组”，仍计入临湖区人民政府"),
    ],
)
def test_labels_written_over_are_told_and_not_followed(cell: str, value: str | date, told: str) -> None:
    found = check(sent_back(types_at(cell, value)))
    assert (found.verdict, found.warnings) == ("accepted", (told,))


def test_locked_texts_written_over_are_told_once_a_row() -> None:
    def rewrite(sheet: Any) -> None:
        number = row_of(sheet, "2.2")
        sheet.cell(number, 3).value, sheet.cell(number, 6).value = "别的事项", "年底前"

    assert check(sent_back(rewrite)).warnings == ("任务 2.2 的任务事项、完成时限被改动，未计入",)


def test_a_lost_column_is_told_and_its_texts_are_not_lost_under_another_name() -> None:
    def drop(sheet: Any) -> None:
        sheet.delete_cols(13)

    found = check(sent_back(drop))
    assert found.verdict == "accepted"
    assert "缺少“存在问题”这一列，按没有填写计入" in found.warnings
    renamed = check(sent_back(types_at("L5", "附件清单及其他")))
    assert [problem.message for problem in renamed.problems] == ["缺少“佐证材料”这一列"]


def test_lightly_renamed_headers_are_understood() -> None:
    acts = (types_at("H5", "完成 状态（必填）"), types_at("J5", "工作进展"), types_at("M5", "存在的问题"))
    found = check(sent_back(*acts))
    assert found.verdict == "accepted", found.problems
    assert reports(found) == {"1": DONE, "2.1": Report(Status.IDLE), "2.2": MOVING}


def test_a_column_of_ones_own_is_told() -> None:
    found = check(sent_back(types_at("P5", "备注"), types_at("P7", "请领导关注")))
    assert found.warnings == ("第 7 行在台账以外的列里还有内容，未计入：请领导关注",)


@pytest.mark.parametrize("header", ["完成状态", "进展情况", "佐证材料"])
def test_an_error_value_is_not_a_blank(header: str) -> None:
    book: Ledger = ledger(row("1", "要求甲", MOVING))
    data = by_person(render(book, SECRET), types_at("D3", "张三"), types("1", **{header: "#REF!"}))
    (problem,) = check(data, expectation(book)).problems
    assert problem.message == f"任务 1 {header}这一格是错误值 #REF!"
    assert (problem.cure, problem.found) == ("请改成直接填写", "#REF!")
