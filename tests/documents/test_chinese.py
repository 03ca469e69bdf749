"""Numbers, shares, lists and quotations as an official text writes them; titles in lines that keep words whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.documents.chinese import clipped, day_in_year, flat, numeral, quoted, share, shares
from flows.documents.titles import balanced, bulletin_title, plan_subject
from flows.periods import Period


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=6).filter(any))
def test_printed_shares_always_add_up_to_one_hundred_per_cent(counts: list[int]) -> None:
    printed = shares(counts)
    if printed:
        assert sum(Decimal(text.removesuffix("%")) for text in printed) == 100
    assert all(len(text.removesuffix("%").partition(".")[2]) <= 1 for text in printed)


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_something_is_never_printed_as_nothing_nor_a_part_as_all(part: int, rest: int) -> None:
    assert share(part, part + rest) not in ("0%", "100%")
    assert not {"0%", "100%"} & set(shares((part, rest)))


def test_shares_are_short_where_they_can_be() -> None:
    assert shares((6, 16)) == ["27.3%", "72.7%"]
    assert shares((12, 18)) == ["40%", "60%"]


def test_equal_counts_have_equal_shares() -> None:
    assert shares((35, 1, 1, 1)) == ["92.2%", "2.6%", "2.6%", "2.6%"]
    assert shares((5, 5, 5)) == []


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6).filter(any))
def test_no_share_is_a_whole_step_off(counts: list[int]) -> None:
    printed = shares(counts)
    for count, text in zip(counts, printed, strict=False):
        assert abs(Fraction(text.removesuffix("%")) - Fraction(100 * count, sum(counts))) <= Fraction(3, 20)
    assert len({(count, text) for count, text in zip(counts, printed, strict=False)}) <= len(set(counts))


def test_of_a_few_things_the_counts_say_enough() -> None:
    assert shares((1, 1)) == []
    assert shares((4, 1, 4)) == []


def test_what_one_decimal_cannot_tell_is_left_to_the_counts() -> None:
    assert shares((4000, 1)) == []


def test_a_share_is_what_a_calculator_says_whenever_that_adds_up() -> None:
    assert shares((4, 17, 14, 18)) == ["7.5%", "32.1%", "26.4%", "34%"]
    for counts in ((3, 5, 7), (7, 30, 5), (6, 16)):
        printed = [float(text.rstrip("%")) for text in shares(counts)]
        assert round(sum(printed), 6) == 100
        for count, number in zip(counts, printed, strict=True):
            assert abs(number - 100 * count / sum(counts)) <= 0.05 + 1e-9


def test_the_share_that_is_printed_elsewhere_too_never_gives_way() -> None:
    assert shares((2, 11, 1, 28)) == ["4.7%", "26.2%", "2.4%", "66.7%"]
    assert shares((2, 11, 1, 28), held=0) == ["4.8%", "26.2%", "2.4%", "66.6%"]
    assert shares((1, 3, 3), held=0) == []  # of few things the counts say enough
    assert shares((3, 7, 7), held=0) == ["17.6%", "41.2%", "41.2%"]


def test_nothing_at_all_has_no_share() -> None:
    assert shares((0, 0)) == []


def test_headings_count_beyond_ten() -> None:
    assert [numeral(n) for n in (1, 9, 10, 11, 20, 21, 30)] == ["一", "九", "十", "十一", "二十", "二十一", "三十"]


def test_a_day_of_another_year_says_so() -> None:
    assert day_in_year(date(2026, 1, 5), 2026) == "1月5日"
    assert day_in_year(date(2025, 12, 5), 2026) == "2025年12月5日"


def test_a_units_text_becomes_one_line() -> None:
    assert flat(" 已完成 初稿\n\n正在 会签。\r\n下月 印发 ") == "已完成初稿；正在会签。下月印发"
    assert flat("use Excel 2016 版") == "use Excel 2016版"
    assert quoted("接口由“省平台”管理。\n", 50) == "“接口由‘省平台’管理”"


@given(st.text(max_size=300), st.integers(4, 60))
def test_clipped_text_keeps_its_limit(text: str, limit: int) -> None:
    assert len(clipped(text, limit)) <= max(limit, 0)


@pytest.mark.parametrize(
    ("plan", "subject"),
    [
        ("云陵市2026年政务公开工作要点", "云陵市2026年政务公开工作要点"),
        ("关于印发《云陵市2026年政务公开工作要点》的通知", "云陵市2026年政务公开工作要点"),
        ("云陵市人民政府办公室关于印发云陵市政务公开实施方案的通知", "云陵市政务公开实施方案"),
        ("关于做好2026年政务公开工作的通知", "做好2026年政务公开工作"),
        ("2026年《政府工作报告》重点工作", "2026年政府工作报告重点工作"),
    ],
)
def test_a_plan_is_named_without_its_letter(plan: str, subject: str) -> None:
    assert plan_subject(plan) == subject


def test_the_year_is_said_once_in_a_title() -> None:
    october = Period(2026, 10)
    assert (
        bulletin_title("云陵市2026年政务公开工作要点", october)
        == "关于云陵市2026年政务公开工作要点10月份落实情况的通报"
    )
    assert bulletin_title("云陵市政务公开实施方案", october) == "关于云陵市政务公开实施方案2026年10月落实情况的通报"


def test_a_long_title_breaks_between_words() -> None:
    lines = balanced("关于云陵市2026年政务公开工作要点10月份落实情况的通报")
    assert lines == ("关于云陵市2026年政务公开工作要点", "10月份落实情况的通报")
    assert balanced("云陵市政务公开和政务服务管理办公室文件", 12) == ("云陵市政务公开和政务服务", "管理办公室文件")


@given(st.text("甲乙丙的年月市县（）《》、0123456789政务公开工作要点", max_size=120), st.integers(8, 22))
def test_title_lines_lose_nothing_and_fit(text: str, width: int) -> None:
    lines = balanced(text, width)
    assert "".join(lines) == text
    assert all(len(line) <= 2 * width for line in lines)
    assert all(sum(0.5 if c < "\x7f" else 1 for c in line) <= width for line in lines)
