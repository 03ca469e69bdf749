"""One cause in many rows is told once, with every cell; and rows that slipped are credited to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from flows.ledger import layout
from flows.ledger.annotator import correction
from flows.ledger.model import Ledger, Report, Returned, Status
from flows.ledger.places import join_cells, join_rows, row_numbers
from flows.ledger.writer import render
from tests.ledger.samples import (
    FILLER,
    SECRET,
    Act,
    by_person,
    check,
    expectation,
    ledger,
    opened,
    reports,
    row,
    types,
    without_keys,
)

MONTH_BEFORE = [Report(Status.MOVING, 10 * n, f"第{n}件事做到第{n}步，还在做") for n in range(1, 8)]
BOOK = ledger(*(row(f"{n}", f"要求第{n}条的内容", MONTH_BEFORE[n - 1]) for n in range(1, 8)))
NEW = ledger(*(row(f"{n}", f"要求第{n}条的内容") for n in range(1, 8)))


def answer(book: Ledger, *acts: Act) -> tuple[Returned, bytes]:
    data = by_person(render(book, SECRET), FILLER, *acts)
    return check(data, expectation(book)), data


def each(**cells: Any) -> list[Act]:
    return [types(f"{n}", **cells) for n in range(1, 8)]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"完成进度": "8000%"}, "完成进度有 7 行超出 0 到 100（如“8000%”，任务 1、2、3、4、5、6、7）"),
        ({"完成状态": "否"}, "完成状态有 7 行不是可选的状态（如“否”，任务 1、2、3、4、5、6、7）"),
        ({"进展情况": None}, "进展情况有 7 行没有写（任务 1、2、3、4、5、6、7）"),
        (
            {"完成状态": "已完成", "进展情况": "办完了", "完成日期": "2027-10-05"},
            "完成日期有 7 行是将来的日期（如“2027-10-05”，任务 1、2、3、4、5、6、7）",
        ),
        (
            {"完成状态": "已完成", "进展情况": "办完了", "完成日期": "2025-10-05"},
            "完成日期有 7 行是去年的日期（如“2025-10-05”，任务 1、2、3、4、5、6、7）",
        ),
    ],
)
def test_the_same_fault_in_a_whole_column_is_one_problem(cells: dict[str, Any], message: str) -> None:
    found, data = answer(BOOK, *each(**cells))
    (problem,) = found.problems
    column = layout.column_name(layout.INDEX[problem.field or ""])
    assert (problem.message, problem.cell) == (message, f"{column}6:{column}12")
    assert found.entries == ()
    marked = opened(correction(BOOK, found, data, SECRET))["工作台账"]
    assert all(marked[f"{column}{number}"].comment for number in range(6, 13)), "each cell is marked"


def test_dates_of_last_year_in_many_rows_are_asked_about_even_in_the_first_month() -> None:
    found, _ = answer(NEW, *each(完成状态="已完成", 完成日期="2025年10月5日"))
    (problem,) = found.problems
    assert problem.message.startswith("完成日期有 7 行是去年的日期（如“2025年10月5日”")


def test_a_few_rows_are_told_one_by_one() -> None:
    found, _ = answer(BOOK, *(types(f"{n}", 完成进度="8000%") for n in (1, 2, 3)))
    assert [problem.cell for problem in found.problems] == ["I6", "I7", "I8"]


def test_a_status_column_pasted_one_row_too_low_is_credited_to_nobody() -> None:
    def paste(sheet: Any) -> None:
        for number in range(7, 14):
            sheet.cell(number, 8).value = "未启动"

    found, _ = answer(NEW, paste)
    (problem,) = found.problems
    assert problem.message == "“完成状态”像是整体下移了一行（表格下面多出一格内容）"
    assert problem.cell == "H6:H13"
    assert found.entries == ()


def test_a_prefilled_status_column_pasted_one_row_too_low_is_seen_by_the_cell_below_the_table() -> None:
    def paste(sheet: Any) -> None:
        for number in range(7, 14):
            sheet.cell(number, 8).value = "需协调"

    found, _ = answer(BOOK, paste)
    assert found.problems[0].cell == "H6:H13"
    assert found.entries == ()


def test_an_answer_of_several_cells_below_the_table_is_only_one_row_too_many() -> None:
    found, _ = answer(
        BOOK, lambda sheet: sheet.__setitem__("H13", "推进中"), lambda sheet: sheet.__setitem__("J13", "有进展")
    )
    assert [problem.message for problem in found.problems] == ["这一行没有任务编号"]
    assert len(found.entries) == 7


def test_inputs_pasted_one_column_to_the_right_are_told_once() -> None:
    def paste(sheet: Any) -> None:
        for number in range(6, 13):
            sheet.cell(number, 8).value, sheet.cell(number, 9).value = None, "推进中"
            sheet.cell(number, 10).value, sheet.cell(number, 11).value = 0.5, "做了一些事情"

    found, _ = answer(NEW, paste)
    (problem,) = found.problems
    assert problem.message == "填写的内容整体错了一列（第 6—12 行），与表头对不上"
    assert found.entries == ()


def sort_columns(first: int, last: int) -> Act:
    def act(sheet: Any) -> None:
        for column in range(first, last + 1):
            values = [sheet.cell(number, column).value for number in range(6, 13)]
            for number, value in enumerate(reversed(values), start=6):
                sheet.cell(number, column).value = value

    return act


def test_numbers_sorted_away_from_their_rows_are_one_problem_and_nothing_is_missing() -> None:
    found, data = answer(BOOK, sort_columns(1, 1))
    (problem,) = found.problems
    assert problem.message.startswith("第 6—8、10—12 行的任务编号与同一行的内容对不上")
    assert set(reports(found)) == {"4"}, "the row in the middle stayed where it was"
    notes = opened(correction(BOOK, found, data, SECRET))["工作台账"]
    assert "编号与内容对不上" in notes["H6"].comment.text


def test_a_filter_that_sorts_all_but_the_hidden_keys_changes_nothing() -> None:
    found, _ = answer(BOOK, sort_columns(1, 14))
    assert found.verdict == "accepted", found.problems
    assert reports(found) == {f"{n}": MONTH_BEFORE[n - 1] for n in range(1, 8)}


def test_without_numbers_key_and_text_that_disagree_are_not_believed() -> None:
    found, _ = answer(BOOK, sort_columns(1, 14), lambda sheet: sheet.delete_cols(1))
    assert found.verdict == "returned"
    assert set(reports(found)) == {"4"}


def test_answers_sorted_away_from_their_tasks_are_seen_by_last_months_texts() -> None:
    found, data = answer(BOOK, sort_columns(8, 14))
    assert found.verdict == "returned"
    assert found.problems[0].message.startswith("进展情况有 6 行是别的任务上期的内容")
    assert set(reports(found)) == {"4"}
    assert check(without_keys(data), expectation(BOOK)).verdict == "returned"


def test_one_text_reused_for_another_task_is_only_shown_to_the_clerk() -> None:
    found, _ = answer(BOOK, types("1", 进展情况=MONTH_BEFORE[1].progress), types("2", 进展情况="另有新事"))
    assert found.verdict == "accepted"
    assert "任务 1 的进展情况是任务 2 上期的内容，请留意核对" in found.warnings


def test_cells_and_rows_are_named_shortly_and_found_again() -> None:
    assert join_cells(["I6", "I7", "I8", "I10", None, "K3"]) == "I6:I8、I10、K3"
    assert list(row_numbers("I6:I8、I10、K3")) == [6, 7, 8, 10, 3]
    assert list(row_numbers("第7行")) == [7]
    assert list(row_numbers(None)) == []
    assert join_cells([None]) is None
    assert join_rows([9, 6, 7, 8, 12]) == "6—9、12"
