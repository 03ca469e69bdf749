"""Plans that run over the turn of the year: which year a month without one falls in, or that somebody must say it."""

from __future__ import annotations

from datetime import date

import pytest

from flows.plan.deadline_span import Span, span_of
from flows.plan.deadlines import find_deadline, mentions, plan_years, read_deadline

SCHOOL = "青岚中学2025—2026学年校务公开要点"
WINTER = "青岚市2025—2026年度供暖保障方案"


@pytest.mark.parametrize(
    ("title", "years"),
    [
        (SCHOOL, (2025, 2026)),
        ("2025-2026学年工作安排", (2025, 2026)),
        ("2025至2026年度安排", (2025, 2026)),
        ("2025～26学年安排", (2025, 2026)),
        ("三年行动（2024—2026年）", (2024, 2026)),
        ("2025年要点", None),
        ("2025-03-01印发", None),
        ("2026—2025年", None),
    ],
)
def test_a_title_may_name_more_than_one_year(title: str, years: tuple[int, int] | None) -> None:
    span = span_of(title)
    assert (span and (span.first, span.last)) == years


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("9月底前", "2025-09-30"),
        ("12月15日前", "2025-12-15"),
        ("3月底前", "2026-03-31"),
        ("上半年", "2026-06-30"),
        ("2025年6月底前", "2025-06-30"),
        ("9月至6月", "2026-06-30"),
        ("2025年11月至3月", "2026-03-31"),
        ("10月—次年1月", "2026-01-31"),
    ],
)
def test_in_a_school_year_spring_is_in_the_second_year(text: str, due: str) -> None:
    with plan_years(SCHOOL):
        read = read_deadline(text, 2025)
    assert (str(read.due), read.doubts) == (due, ())


def test_outside_of_such_a_plan_nothing_changes() -> None:
    with plan_years(SCHOOL):
        pass
    assert read_deadline("3月底前", 2025).due == date(2025, 3, 31)


def test_the_same_holds_inside_a_requirement() -> None:
    with plan_years(SCHOOL):
        assert find_deadline("4月底前公布采购结果。", 2025).due == date(2026, 4, 30)
        assert mentions("4月底前公布采购结果。", 2025) == (("4月底前", date(2026, 4, 30)),)


def test_a_plan_issued_in_autumn_asks_for_what_lies_ahead() -> None:
    with plan_years(WINTER, date(2025, 10, 20)):
        read = [read_deadline(text, 2025) for text in ("11月底前", "3月底前", "9月底前")]
    assert [str(one.due) for one in read] == ["2025-11-30", "2026-03-31", "2026-09-30"]
    assert not any(one.doubts for one in read)


def test_august_belongs_to_either_school_year_and_is_asked_about_with_both_days() -> None:
    with plan_years(SCHOOL):
        read = read_deadline("8月底前", 2025)
    assert read.doubts
    assert read.choices == ("2025-08-31", "2026-08-31")


@pytest.mark.parametrize("text", ["9月底前", "3月底前", "年底前"])
def test_two_years_that_may_be_two_whole_years_are_asked_about(text: str) -> None:
    with plan_years(WINTER):
        read = read_deadline(text, 2025)
    assert "两年" in "".join(read.doubts)
    assert len(read.choices) == 2


def test_a_plan_for_three_years_is_asked_about_and_offers_each_of_them() -> None:
    with plan_years("三年行动（2024—2026年）"):
        read, dated = read_deadline("6月底前", 2024), read_deadline("2025年6月底前", 2024)
    assert read.choices == ("2024-06-30", "2025-06-30", "2026-06-30")
    assert (dated.due, dated.doubts) == (date(2025, 6, 30), ())


def test_the_whole_school_year_ends_in_august_and_is_shown_to_the_clerk() -> None:
    with plan_years(SCHOOL):
        read = read_deadline("全学年", 2025)
    assert (read.due, read.kind) == (date(2026, 8, 31), "ongoing")
    assert read.doubts
    assert read_deadline("全学年", 2025).due == date(2025, 12, 31)


def test_the_last_day_of_february_is_there_in_every_year() -> None:
    assert Span(2023, 2024, True).place(date(2023, 2, 28))[0] == date(2024, 2, 28)
    assert Span(2024, 2025, True).place(date(2024, 2, 29))[0] == date(2025, 2, 28)
