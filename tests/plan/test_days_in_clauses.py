"""Times inside a requirement: which of them say until when, and which only belong to a name or to a rule."""

from __future__ import annotations

from datetime import date

import pytest

from flows.plan.deadlines import find_deadline, mentions
from flows.plan.model import Kind
from flows.plan.numbering import Place, number_items


@pytest.mark.parametrize(
    ("text", "span", "due"),
    [
        ("改版民生地图，6月中旬上线运行。", "6月中旬", date(2026, 6, 20)),
        ("上半年召开职工大会。", "上半年", date(2026, 6, 30)),
        ("完善流程，第三季度印发各科室执行。", "第三季度", date(2026, 9, 30)),
        ("拟于10月下旬移交档案。", "10月下旬", date(2026, 10, 31)),
    ],
)
def test_a_part_of_the_year_in_front_of_the_work_is_its_deadline(text: str, span: str, due: date) -> None:
    read = find_deadline(text, 2026)
    assert (read.span, read.due, read.kind, read.doubts) == (span, due, Kind.ONCE, ())


@pytest.mark.parametrize(
    "text",
    [
        "清理2025年底前制发的文件。",
        "公开上半年数据。",
        "下半年的决算一并公开。",
        "起草部门在文件印发后3个工作日内发布解读材料。",
        "规范性文件出台后5个工作日内公布。",
    ],
)
def test_a_time_that_names_a_thing_or_a_rule_is_no_deadline(text: str) -> None:
    assert find_deadline(text, 2026, date(2026, 3, 6)).kind is Kind.NONE


def test_a_month_alone_or_two_halves_of_the_year_are_asked_about() -> None:
    assert find_deadline("9月举办开放日。", 2026).doubts
    assert find_deadline("上半年、下半年各召开一次会议。", 2026).doubts


def test_an_older_day_that_names_things_does_not_contradict_the_column() -> None:
    assert mentions("复核2025年底前划定的范围。", 2026) == ()


def test_numbers_that_stand_on_each_row_are_kept_although_rows_share_a_task() -> None:
    rows = [("1", 0, 0, None), ("2", 0, 1, None), ("3", 0, 2, 1), ("3", 0, 2, 2), ("4", 1, 3, None)]
    numbers, odd = number_items([Place(own, group, row, mark) for own, group, row, mark in rows])
    assert (numbers, odd) == (("1", "2", "3.1", "3.2", "4"), ())


def test_one_number_a_task_still_numbers_its_requirements() -> None:
    rows = [("1", 0, 0, 1), ("1", 0, 0, 2), ("2", 1, 1, None)]
    numbers, _ = number_items([Place(own, group, row, mark) for own, group, row, mark in rows])
    assert numbers == ("1.1", "1.2", "2.1")
