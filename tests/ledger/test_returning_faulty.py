"""What is faulty goes back: every fault with its cell, what was found and what to write."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flows.ledger.writer import render
from tests.ledger.samples import (
    FILLER,
    ISSUED,
    SECRET,
    by_person,
    check,
    expectation,
    ledger,
    place,
    reports,
    row,
    row_of,
    sent_back,
    types,
)


@pytest.mark.parametrize(
    ("no", "cells", "header", "message"),
    [
        ("2.1", {"完成状态": None}, "完成状态", "没有选完成状态"),
        ("2.1", {"完成状态": "差不多了"}, "完成状态", "“差不多了”不在可选项里"),
        ("2.1", {"完成状态": "已完成"}, "完成日期", "没有写完成日期"),
        ("2.1", {"完成状态": "已完成", "完成日期": "无"}, "完成日期", "没有写完成日期"),
        ("2.1", {"完成状态": "已完成", "完成日期": "2026年13月1日"}, "完成日期", "不存在"),
        ("2.1", {"完成状态": "已完成", "完成日期": date(2026, 11, 1)}, "完成日期", "将来"),
        ("2.1", {"完成进度": 1.5}, "完成进度", "看不准"),
        ("2.1", {"完成进度": "一半吧"}, "完成进度", "看不懂"),
        ("2.1", {"完成进度": 120}, "完成进度", "超出"),
        ("2.2", {"进展情况": None}, "进展情况", "没有写进展情况"),
        ("2.2", {"完成状态": "需协调", "进展情况": "新做的事", "存在问题": "无"}, "存在问题", "没有写存在问题"),
    ],
)
def test_each_fault_names_its_cell_what_was_found_and_what_to_write(
    no: str, cells: dict[str, Any], header: str, message: str
) -> None:
    found = check(sent_back(types(no, **cells)))
    assert found.verdict == "returned"
    (problem,) = found.problems
    assert (problem.cell, problem.sheet, problem.file, problem.field) == (
        place(no, header),
        "工作台账",
        "回复.xlsx",
        header,
    )
    assert message in problem.message
    assert f"任务 {no}" in problem.message
    assert problem.cure
    value = cells.get(header)
    assert problem.found is not None
    assert problem.found.startswith("2026-11-01" if isinstance(value, date) else str(value or ""))
    assert set(reports(found)) == {"1", "2.1", "2.2"} - {no}, "rows that are right are held"


def test_a_missing_name_is_asked_for_beside_its_label() -> None:
    found = check(by_person(ISSUED, types("2.1", 完成状态="未启动")))
    assert [(problem.cell, problem.message) for problem in found.problems] == [("D3", "没有写填报人")]


def test_a_sheet_that_nobody_filled_in_has_one_fault_and_not_one_a_row() -> None:
    blank = ledger(*(row(f"{number}", f"要求{number}") for number in range(1, 9)))
    found = check(by_person(render(blank, SECRET), FILLER), expectation(blank))
    assert [problem.message for problem in found.problems] == ["全部 8 项任务都没有选完成状态"]


def test_a_deleted_column_is_told_once() -> None:
    found = check(sent_back(lambda sheet: sheet.delete_cols(8)))
    assert [problem.message for problem in found.problems] == ["缺少“完成状态”这一列"]
    assert found.entries == ()


def test_deleted_rows_are_named() -> None:
    found = check(sent_back(lambda sheet: sheet.delete_rows(6, 2)))
    (problem,) = found.problems
    assert problem.message == "缺少任务 2.1、2.2 的行"
    assert set(reports(found)) == {"1"}


def test_the_same_task_twice_with_different_content_is_asked_about() -> None:
    def add(sheet: Any) -> None:
        for column in range(1, 15):
            sheet.cell(9, column).value = sheet.cell(row_of(sheet, "2.2"), column).value
        sheet["J9"] = "另一种说法"

    found = check(sent_back(add))
    assert [(p.cell, p.message) for p in found.problems] == [("A9", "任务 2.2 填了两次（第 9 行与第 7 行），内容不同")]
    assert set(reports(found)) == {"1", "2.1"}


def test_rows_whose_text_was_sorted_away_from_their_numbers_are_not_credited_to_the_wrong_task() -> None:
    def sort_half(sheet: Any) -> None:
        for column in range(4, 15):
            a, b = sheet.cell(6, column), sheet.cell(7, column)
            a.value, b.value = b.value, a.value

    found = check(sent_back(sort_half))
    assert found.verdict == "returned"
    assert set(reports(found)) == {"1"}
    assert all("对不上" in p.message for p in found.problems if p.field == "任务编号" and p.cell)
