"""Deadlines as plans print them, and what they mean."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.plan.deadlines import ReadDeadline, find_deadline, find_rhythm, mentions, read_deadline
from flows.plan.model import Kind


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
        ("春节前", None),
        ("立行立改", None),
        ("13月前", None),
        ("定期", None),
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
    ],
)
def test_a_requirement_names_a_deadline_only_where_it_plainly_does(text: str, span: str, due: date | None) -> None:
    read = find_deadline(text, 2026)
    assert (read.span, read.due) == (span, due)


def test_a_count_in_a_requirement_is_periodic() -> None:
    read = find_deadline("每年至少组织开展一次培训。", 2026)
    assert (read.kind, read.due, read.span) == (Kind.PERIODIC, None, "每年至少组织开展一次")


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
    "； ， 、 - 至 . / 99 0 13 印发后 个 工作日 内 （ ）"
)


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS.split()), max_size=12).map("".join)))
def test_no_text_makes_the_reading_fail_or_leaves_a_guess_unmarked(text: str) -> None:
    for read in (read_deadline(text, 2026), read_deadline(text, 0, date(2026, 3, 6)), find_deadline(text, 2026)):
        assert isinstance(read, ReadDeadline)
        assert read.kind is not Kind.NONE or read.due is None
    read = read_deadline(text, 2026)
    if read.kind is Kind.NONE and not read.doubts:
        assert re.fullmatch(r"[\s/\\—–\-_。.无暂不限空]*", text)
