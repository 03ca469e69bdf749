"""Deadlines as plans print them, and what they mean."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.plan.deadline_rhythm import due_days, rhythm_in, rhythm_of, rhythm_words
from flows.plan.deadlines import ReadDeadline, find_deadline, find_rhythm, mentions, read_deadline
from flows.plan.model import Deadline, Kind
from flows.plan.workdays import add_workdays


@pytest.mark.parametrize(
    ("text", "due", "kind"),
    [
        ("10月底前", "2026-10-31", "once"),
        ("9月前", "2026-09-30", "once"),  # N月前 includes month N
        ("2027年1月前", "2027-01-31", "once"),
        ("2月底前", "2026-02-28", "once"),
        ("十一月底前", "2026-11-30", "once"),
        ("9月份", "2026-09-30", "once"),
        ("上半年", "2026-06-30", "once"),
        ("下半年", "2026-12-31", "once"),
        ("年底前", "2026-12-31", "once"),
        ("2027年底前", "2027-12-31", "once"),
        ("明年1月底前", "2027-01-31", "once"),
        ("第三季度", "2026-09-30", "once"),
        ("二季度末", "2026-06-30", "once"),
        ("6月上旬", "2026-06-10", "once"),
        ("6月中旬前", "2026-06-20", "once"),
        ("6月下旬", "2026-06-30", "once"),
        ("6月15日前", "2026-06-15", "once"),
        ("2026 年 9 月 30 日前", "2026-09-30", "once"),
        ("2026-09-30", "2026-09-30", "once"),
        ("2026/9/30", "2026-09-30", "once"),
        ("2026.9", "2026-09-30", "once"),
        ("20260930", "2026-09-30", "once"),
        ("3月至10月", "2026-10-31", "once"),
        ("2026年9月—2027年3月", "2027-03-31", "once"),
        ("到2028年", "2028-12-31", "once"),
        ("全年", "2026-12-31", "ongoing"),
        ("1-12月", "2026-12-31", "ongoing"),
        ("长期工作", None, "ongoing"),
        ("持续推进", None, "ongoing"),
        ("2026年9月前完成汇编；长期工作", "2026-09-30", "ongoing"),
        ("每季度一次", None, "periodic"),
        ("一季度一次", None, "periodic"),
        ("每月5日前", None, "periodic"),
        ("按季度报送", None, "periodic"),
        ("全年不少于4次", None, "periodic"),
        ("二〇二六年底前", "2026-12-31", "once"),
        ("二○二七年三月底前", "2027-03-31", "once"),
        ("二零二六年十二月三十一日前", "2026-12-31", "once"),
        ("26年底前", "2026-12-31", "once"),
        ("3—10月", "2026-10-31", "once"),
        ("2026年3—10月", "2026-10-31", "once"),
        ("3、4月", "2026-04-30", "once"),
        ("9月1—15日", "2026-09-15", "once"),
        ("9月1日至15日", "2026-09-15", "once"),
        ("9月15前", "2026-09-15", "once"),
        ("2026年9月30日18:00前", "2026-09-30", "once"),
        ("2026-09-30 00:00:00", "2026-09-30", "once"),
        ("一至三季度", "2026-09-30", "once"),
        ("前三季度", "2026-09-30", "once"),
        ("2026年 Q3", "2026-09-30", "once"),
        ("“十五五”末", "2030-12-31", "once"),
        ("2026—2028年", "2028-12-31", "once"),
        ("明年3月底", "2027-03-31", "once"),
        ("下一年第一季度", "2027-03-31", "once"),
        ("即日起至12月底", "2026-12-31", "once"),
        ("9月底前及时公开", "2026-09-30", "once"),
        ("11月-12月", "2026-12-31", "once"),
        ("2027年全年", "2027-12-31", "ongoing"),
        ("2026年1月—12月", "2026-12-31", "ongoing"),
        ("1月1日-12月31日", "2026-12-31", "ongoing"),
        ("常年", None, "ongoing"),
        ("12月底前，持续推进", "2026-12-31", "ongoing"),
        ("季度", None, "periodic"),
        ("每季度末月20日前", None, "periodic"),
        ("每半年一次", None, "periodic"),
        ("1次/季度", None, "periodic"),
        ("每周五前", None, "periodic"),
        ("", None, "none"),
        ("—", None, "none"),
        ("无", None, "none"),
    ],
)
def test_a_deadline_cell_means(text: str, due: str | None, kind: str) -> None:
    read = read_deadline(text, 2026)
    assert (read.due.isoformat() if read.due else None, read.kind.value) == (due, kind)
    assert read.doubts == ()


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("春节前", "2026-02-14"),
        ("立行立改", None),
        ("13月前", None),
        ("定期", None),
        ("按上级要求", None),
        ("按国家规定期限执行", None),
        ("月底前", None),
        ("30日前", None),
        ("年度", None),
        ("即日起", None),
        ("7月1日起", None),
        ("尽快", None),
        ("国庆节前", "2026-09-30"),
        ("9.30", "2026-09-30"),
        ("年中", "2026-06-30"),
        ("四季度前", "2026-12-31"),
        ("2027年前", "2027-12-31"),
        ("2025年底前", "2025-12-31"),
        ("6、12月底前", "2026-12-31"),
        ("上半年、下半年各一次", "2026-12-31"),
        ("6月底前完成，动态更新", "2026-06-30"),
        ("每月25日前，12月底前总结", "2026-12-31"),
        ("长期工作，每季度报送", None),
        ("省方案印发后30日内", None),
        ("收到通知后5个工作日内", None),
        ("6月底前报方案，12月底前完成", "2026-12-31"),
        ("每年12月底前", "2026-12-31"),
        ("2月30日前", "2026-02-28"),
        ("印发后20个工作日内", None),
    ],
)
def test_what_a_clerk_has_to_look_at_carries_a_doubt(text: str, due: str | None) -> None:
    read = read_deadline(text, 2026)
    assert (read.due.isoformat() if read.due else None) == due
    assert read.doubts


@pytest.mark.parametrize(
    ("text", "issued", "due"),
    [
        ("印发后20个工作日内", date(2026, 2, 10), "2026-03-16"),  # 春节 off, 2月14日 and 28日 are made up
        ("印发后10个工作日内", date(2024, 4, 22), "2024-05-08"),  # 4月28日 is made up
        ("自印发之日起30日内", date(2026, 3, 6), "2026-04-05"),
        ("本方案印发后1个月内", date(2026, 1, 31), "2026-02-28"),
        ("印发之日起一周内", date(2026, 3, 6), "2026-03-13"),
    ],
)
def test_a_limit_from_the_day_of_issue_is_counted_by_the_chinese_calendar(text: str, issued: date, due: str) -> None:
    read = read_deadline(text, issued.year, issued)
    assert (str(read.due), read.kind, read.doubts) == (due, Kind.ONCE, ())


def test_working_days_of_a_year_whose_holidays_are_not_known_yet_are_doubtful() -> None:
    assert add_workdays(date(2035, 3, 2), 5) == (date(2035, 3, 9), False)
    read = read_deadline("印发后5个工作日内", 2035, date(2035, 3, 2))
    assert read.due == date(2035, 3, 9)
    assert "节假日" in read.doubts[0]


def test_the_office_may_count_a_month_out() -> None:
    assert read_deadline("9月前", 2026, inclusive_months=False).due == date(2026, 8, 31)
    assert read_deadline("1月前", 2026, inclusive_months=False).due == date(2025, 12, 31)
    assert read_deadline("9月底前", 2026, inclusive_months=False).due == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("每月5日前", [f"{month:02}-05" for month in range(1, 13)]),
        ("每季度末", ["03-31", "06-30", "09-30", "12-31"]),
        ("每季度末月20日前", ["03-20", "06-20", "09-20", "12-20"]),
        ("每季度首月10日前", ["01-10", "04-10", "07-10", "10-10"]),
        ("每季度结束后15日内", ["01-15", "04-15", "07-15", "10-15"]),
        ("一季度一次", ["03-31", "06-30", "09-30", "12-31"]),
        ("季度", ["03-31", "06-30", "09-30", "12-31"]),
        ("每半年", ["06-30", "12-31"]),
        ("每两月一次", ["02-28", "04-30", "06-30", "08-31", "10-31", "12-31"]),
        ("每年3月底前", ["03-31"]),
        ("年内不少于4次", ["12-31"]),
        ("3、6、9月底前", ["03-31", "06-30", "09-30"]),
    ],
)
def test_what_comes_again_has_its_days(text: str, days: list[str]) -> None:
    rhythm = rhythm_in(text)
    assert rhythm is not None
    assert [day.strftime("%m-%d") for day in due_days(rhythm, 2026)] == days


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("每月5日前", "每月5日"),
        ("按月通报", "每月底"),
        ("一季度一次", "每季度末"),
        ("每季度末月20日前", "每季度末月20日"),
        ("每季度首月10日前", "每季度首月10日"),
        ("每半年", "每半年"),
        ("每年3月底前", "每年3月底"),
        ("每周五前", "每周五"),
        ("每日", "每日"),
    ],
)
def test_a_rhythm_is_shown_in_words(text: str, words: str) -> None:
    assert rhythm_words(rhythm_in(text) or "") == words


def test_the_30th_of_every_month_is_the_last_day_of_february() -> None:
    days = due_days(rhythm_in("每月30日前") or "", 2026)
    assert (len(days), days[0], days[1]) == (12, date(2026, 1, 30), date(2026, 2, 28))


def test_a_weekly_item_is_due_on_fridays() -> None:
    assert {day.weekday() for day in due_days(rhythm_in("每周报送") or "", 2026)} == {4}


def test_an_item_with_one_date_has_no_rhythm_even_if_its_text_asks_for_a_count() -> None:
    once = Deadline("10月底前", None, date(2026, 10, 31), Kind.ONCE)
    again = Deadline("每季度至少1次", None, None, Kind.PERIODIC)
    assert rhythm_of(once, "分管领导一季度听取一次汇报。") is None
    assert rhythm_of(again, "听取汇报。") == "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
    assert rhythm_of(Deadline("长期", None, None, Kind.ONGOING), "每月通报1次。") == "FREQ=MONTHLY;BYMONTHDAY=-1"


def test_a_second_date_takes_the_year_of_the_first() -> None:
    assert read_deadline("2027年3月至6月", 2026).due == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("text", "span", "due"),
    [
        ("各单位在2026年10月底前公布清单。", "2026年10月底前", date(2026, 10, 31)),
        ("制定方案并于10月31日前报市数据局。", "10月31日前", date(2026, 10, 31)),
        ("于6月上旬报送。", "6月上旬", date(2026, 6, 10)),
        ("自2027年1月1日起施行。", "", None),
        ("落实云政办〔2025〕60号文件。", "", None),
        ("编制2026年重点任务台账。", "", None),
        ("多元化解读率年内不得低于60%。", "", None),
        ("建立常态化机制。", "", None),
        ("4月底前印发方案。", "4月底前", date(2026, 4, 30)),
        ("力争年内完成。", "年内", date(2026, 12, 31)),
        ("截至2025年底，全市已建专区20个。", "", None),
        ("做好每年的统计。", "", None),
    ],
)
def test_a_requirement_names_a_deadline_only_where_it_plainly_does(text: str, span: str, due: date | None) -> None:
    read = find_deadline(text, 2026)
    assert (read.span, read.due) == (span, due)


def test_a_count_in_a_requirement_is_periodic() -> None:
    read = find_deadline("每年至少组织开展一次培训。", 2026)
    assert (read.kind, read.due, read.span) == (Kind.PERIODIC, None, "每年至少组织开展一次")


@pytest.mark.parametrize(
    ("text", "span", "due", "kind"),
    [
        ("9月组织开展一次集中检查。", "9月", date(2026, 9, 30), Kind.ONCE),
        ("每季度研究进展。", "每季度研究", None, Kind.PERIODIC),
        ("学校每年12月上旬组织考评。", "每年12月上旬", date(2026, 12, 10), Kind.PERIODIC),
        ("每年1月31日前发布年报。", "每年1月31日前", date(2026, 1, 31), Kind.PERIODIC),
        ("对2025年底前未完成的逐项督办。", "2025年底前", date(2025, 12, 31), Kind.ONCE),
    ],
)
def test_what_is_only_probably_a_deadline_is_read_with_a_doubt(
    text: str, span: str, due: date | None, kind: Kind
) -> None:
    read = find_deadline(text, 2026)
    assert (read.span, read.due, read.kind) == (span, due, kind)
    assert read.doubts


def test_what_is_plainly_done_once_in_each_period_needs_no_doubt() -> None:
    read = find_deadline("每季度通报进展。", 2026)
    assert (read.kind, read.span, read.doubts) == (Kind.PERIODIC, "每季度通报", ())


def test_a_limit_from_the_day_of_issue_may_stand_in_the_requirement() -> None:
    read = find_deadline("在本要点印发后20个工作日内报办公室。", 2026, date(2026, 3, 6))
    assert (read.due, read.span, read.doubts) == (date(2026, 4, 3), "印发后20个工作日内", ())


def test_a_rhythm_within_the_year_is_told_from_a_count_per_year() -> None:
    assert find_rhythm("分管领导一季度听取一次汇报。")
    assert not find_rhythm("每年至少听取1次汇报。")


def test_times_in_a_text_are_listed_for_comparison() -> None:
    assert mentions("年底开展评估，并于下一年第一季度公布。", 2026) == (
        ("年底", date(2026, 12, 31)),
        ("下一年第一季度", date(2027, 3, 31)),
    )
    assert mentions("纳入年底绩效考核。", 2026) == ()


WORDS = (
    "2026 年 月 日 底 前 上半年 第 一 三 十 季度 每 次 不少于 旬 上 下 全年 长期 明年 "
    "； ， 、 - 至 . / 99 0 13 印发后 个 工作日 内 （ ） 〇 二〇二六 半年 周 末 起 春节 十五五 Q3 即日起 24 31"
)


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS.split()), max_size=12).map("".join)))
def test_no_text_makes_the_reading_fail_or_leaves_a_guess_unmarked(text: str) -> None:
    for read in (read_deadline(text, 2026), read_deadline(text, 0, date(2026, 3, 6)), find_deadline(text, 2026)):
        assert isinstance(read, ReadDeadline)
        assert read.kind is not Kind.NONE or read.due is None
    rhythm = rhythm_in(text)
    assert rhythm is None or due_days(rhythm, 2026)
    read = read_deadline(text, 2026)
    if read.kind is Kind.NONE and not read.doubts:
        assert re.fullmatch(r"[\s/\\—–\-_。.无暂不限空]*", text)
