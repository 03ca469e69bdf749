"""Last month's text again: sent back where something had to change, accepted where nothing had to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.ledger.model import Returned
from flows.ledger.writer import render
from tests.ledger.samples import FILLER, MOVING, SECRET, by_person, check, expectation, ledger, place, row, types

BLOCKED_BEFORE = replace(MOVING, status=MOVING.status.BLOCKED)


def answered(due: bool = False, **cells: object) -> Returned:
    book = ledger(row("1", "要求甲", MOVING, due=due))
    data = by_person(render(book, SECRET), FILLER, types("1", **cells))
    return check(data, expectation(book))


def test_a_new_status_under_the_old_text_is_asked_about_and_the_text_is_named() -> None:
    found = answered(完成状态="已完成", 完成日期=date(2026, 10, 20))
    (problem,) = found.problems
    assert problem.cell == place("1", "进展情况", ledger(row("1", "要求甲", MOVING)))
    assert problem.message == "任务 1 状态由“推进中”改成了“已完成”，进展情况却和上期一样（“已完成前期调研”）"
    assert problem.cure == "请写本期的新情况"
    assert problem.found == MOVING.progress


def test_the_same_status_and_text_is_right_as_long_as_the_day_has_not_come() -> None:
    assert answered().verdict == "accepted"
    assert answered(进展情况="与上期相同").verdict == "accepted"


@pytest.mark.parametrize("text", [MOVING.progress, "已完成 前期调研。", "与上期相同", "暂无新进展"])
def test_a_task_whose_day_has_come_must_show_something_new(text: str) -> None:
    (problem,) = answered(due=True, 进展情况=text).problems
    assert "已到完成时限" in problem.message
    assert "没有进展的，请写明原因" in problem.cure


def test_new_text_is_enough() -> None:
    assert answered(due=True, 进展情况="已征求12个部门意见").verdict == "accepted"
    found = answered(due=True, 完成状态="已完成", 完成日期="10月20日", 完成进度=100, 进展情况="已印发")
    assert (found.verdict, found.warnings) == ("accepted", ())


def test_nobody_is_asked_when_there_was_no_text() -> None:
    book = ledger(row("1", "要求甲", replace(MOVING, status=MOVING.status.IDLE, progress=""), due=True))
    assert check(by_person(render(book, SECRET), FILLER), expectation(book)).verdict == "accepted"


def test_with_the_rule_switched_off_nothing_is_compared() -> None:
    book = ledger(row("1", "要求甲", MOVING, due=True))
    off = replace(expectation(book), previous={}, due={})
    assert check(by_person(render(book, SECRET), FILLER), off).verdict == "accepted"


def test_ditto_says_nothing_in_a_table_that_people_sort() -> None:
    (problem,) = answered(进展情况="同上").problems
    assert problem.message == "任务 1 进展情况只写了“同上”"


def test_a_completion_date_of_last_year_is_asked_about_when_last_month_it_was_not_done() -> None:
    (problem,) = answered(完成状态="完成", 完成日期="2025-10-05", 进展情况="已印发").problems
    assert problem.message == "任务 1 完成日期 2025-10-05 是去年的日期，上期报的还是“推进中”"
    book = ledger(row("1", "要求甲"))
    first = by_person(render(book, SECRET), FILLER, types("1", 完成状态="完成", 完成日期="2025-10-05"))
    found = check(first, expectation(book))
    assert found.verdict == "accepted"
    assert found.warnings == ("任务 1 的完成日期 2025-10-05 是去年的日期，请留意核对",)


def test_a_date_in_the_brackets_of_the_status_is_taken_and_told() -> None:
    found = answered(完成状态="已完成（10月15日）", 进展情况="已印发", 完成进度=100)
    assert [one.report.done_on for one in found.entries] == [date(2026, 10, 15)]
    assert found.warnings == ("任务 1 的完成日期按完成状态里写的“10月15日”记为 2026-10-15",)


def test_a_bare_one_is_100_percent_only_beside_a_date() -> None:
    found = answered(完成状态=1, 完成日期="10月15日", 进展情况="已印发", 完成进度=100)
    assert [one.report.status for one in found.entries] == [MOVING.status.DONE]
    assert answered(完成状态=1, 进展情况="已印发").verdict == "returned"
