"""People write the same thing in many ways; what cannot be read for certain is asked again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger.dates import read_date
from flows.ledger.model import Status
from flows.ledger.percents import read_percent
from flows.ledger.statuses import read_status
from flows.ledger.values import Reading, is_nothing, read_text, squeeze
from flows.periods import Period

MONTH = Period(2026, 10)
TODAY = date(2026, 10, 24)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            (word, Status.DONE)
            for word in [
                "已完成",
                "完成",
                "√",
                "✔",
                "已办结",
                "全部完成",
                "100%",
                "１００％",
                "100",
                100.0,
                "完成率100%",
                "完成。",
                "Done",
                "是",
            ]
        ),
        *((word, Status.MOVING) for word in ["推进中", "正在推进", "进行中", "持续推进", "已启动", "办理中"]),
        *((word, Status.IDLE) for word in ["未启动", "未开始", "尚未开展"]),
        *((word, Status.BLOCKED) for word in ["需协调", "需要协调", "待协调"]),
        *((word, Status.EXEMPT) for word in ["不涉及", "本单位不涉及", "N/A"]),
        (" 推 进 中 ", Status.MOVING),
        ("已完成（10月5日）", Status.DONE),
        ("推进中，预计11月完成", Status.MOVING),
        ("已完成（100%）", Status.DONE),
        ("完成率100%", Status.DONE),
        ("完成。", Status.DONE),
        ("Done", Status.DONE),
        ("是", Status.DONE),
        ("推进中，已完成前期工作", Status.MOVING),
    ],
)
def test_statuses_in_peoples_words(written: str, meant: Status) -> None:
    assert read_status(written).value is meant


@pytest.mark.parametrize(
    "written",
    [
        *("差不多了", "基本完成", "未完成", "已完成80%", "1", 1.0, 0.0, "？", date(2026, 1, 1), "否", False, "×"),
        *("已完成（部分）", "已完成，待验收", "推进中（已完成）", "推进中，需协调", "已完成/推进中"),
    ],
)
def test_statuses_that_could_mean_two_things_are_asked_again(written: object) -> None:
    reading = read_status(written)  # type: ignore[arg-type]
    assert reading.value is None
    assert "未启动、推进中、已完成、需协调、不涉及" in reading.cure


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (0.8, 80),
        (80.0, 80),
        (80, 80),
        (1.0, 100),
        (0.0, 0),
        (0.29, 29),
        ("80", 80),
        ("80%", 80),
        ("80％", 80),
        ("８０", 80),
        ("0.8", 80),
        ("约80%", 80),
        ("80%左右", 80),
        ("1%", 1),
        ("100.0%", 100),
        ("百分之八十", 80),
        ("百分之八十五", 85),
        ("百分之80", 80),
        ("百分之百", 100),
        ("八十", 80),
        ("十五", 15),
        ("八成", 80),
        ("近八成五", 85),
        ("100%（已完成）", 100),
        ("完成率：80%", 80),
        ("已完成", 100),
    ],
)
def test_percentages_in_every_way(written: str | float, meant: int) -> None:
    assert read_percent(written).value == meant


def test_half_percents_are_rounded_and_the_clerk_is_told() -> None:
    reading = read_percent(0.855)
    assert reading.value == 86
    assert "86%" in reading.remark


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("150%", "超出"),
        (150.0, "超出"),
        (-0.2, "超出"),
        (1.5, "看不准"),
        (0.008, "看不准"),
        ("1", "看不准"),
        ("大部分", "看不懂"),
        ("80-90%", "是一个范围"),
        ("过半", "看不懂"),
        ("80%（预计）", "看不懂"),
        ("8000%", "超出"),
        (date(2026, 10, 1), "看不懂"),
        (True, "看不懂"),
    ],
)
def test_percentages_that_are_none_say_why(written: object, why: str) -> None:
    reading = read_percent(written)  # type: ignore[arg-type]
    assert reading.value is None
    assert why in reading.fault
    assert reading.cure


@pytest.mark.parametrize(
    "written",
    [
        date(2026, 10, 5),
        datetime.fromisoformat("2026-10-05T08:30"),
        46300.0,
        "2026-10-05",
        "2026年10月5日",
        "2026 年 10 月 5 日",
        "２０２６年１０月５日",
        "2026.10.5",
        "2026/10/05",
        "2026-10-05 00:00:00",
        "20261005",
        20261005.0,
        "26.10.5",
        "10月5日",
        "10.5",
        "10月5号完成",
        "二〇二六年十月五日",
        "十月五日",
        "2026年10月5日（已办结）",
        "2026年10月5日 星期一",
        "今年10月5日",
        "2026 10 5",
        "5-Oct",
        "Oct-5",
        "Oct 5, 2026",
        "5-Oct-26",
        "46300",
        "已于10月5日完成",
        "2026-10-05T08:30:00",
    ],
)
def test_dates_in_every_way(written: object) -> None:
    assert read_date(written, MONTH, TODAY).value == date(2026, 10, 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026年13月5日", "不存在（2026年没有13月）"),
        ("2026年13月40日", "不存在"),
        ("2026-02-30", "不存在"),
        (date(2026, 10, 25), "将来"),
        ("12月1日", "将来"),
        (datetime.fromisoformat("1900-01-10T12:00"), "年份"),
        ("2016-10-05", "年份"),
        ("10月底", "没有写到哪一天"),
        ("2026年10月", "没有写到哪一天"),
        ("9月中旬", "没有写到哪一天"),
        ("Sep-26", "没有写到哪一天"),
        ("10月5日前", "不是日期"),
        ("预计10月5日", "不是日期"),
        ("10月5日至8日", "不是日期"),
        ("10/5/2026", "不是日期"),
        ("99999", "不是日期"),
        ("已完成", "不是日期"),
        (10.5, "不是日期"),
        (time(8, 0), "不是日期"),
        (timedelta(days=3), "不是日期"),
    ],
)
def test_days_that_cannot_be_say_why(written: object, why: str) -> None:
    reading = read_date(written, MONTH, TODAY)  # type: ignore[arg-type]
    assert reading.value is None
    assert why in reading.fault


@pytest.mark.parametrize(
    ("written", "remark"),
    [("9-10", "2026-09-10"), ("46300", "2026-10-05"), ("约80%", "80%"), ("八成", "80%")],
)
def test_what_is_likely_but_not_certain_is_taken_and_told(written: str, remark: str) -> None:
    found: Reading[int] | Reading[date]
    found = read_percent(written) if written[-1] in "%成" else read_date(written, MONTH, TODAY)
    assert found.value is not None
    assert remark in found.remark


def test_a_december_day_reported_in_january_is_of_the_year_before() -> None:
    found = read_date("12月20日", Period(2027, 1), date(2027, 1, 24))
    assert (found.value, found.remark) == (date(2026, 12, 20), "完成日期“12月20日”按 2026-12-20 记录")
    assert "将来" in read_date("6月20日", Period(2027, 1), date(2027, 1, 24)).fault


def test_a_month_without_a_day_is_asked_for_with_an_example_of_that_month() -> None:
    assert read_date("9月底", MONTH, TODAY).cure == "请写到日，如 2026-09-30"


def test_the_day_of_receipt_itself_is_no_future() -> None:
    assert read_date(TODAY, MONTH, TODAY).value == TODAY


def test_numbers_and_dates_in_text_cells_read_as_they_look() -> None:
    assert [read_text(value) for value in (2024.0, 3.5, date(2026, 10, 1), True, " 甲\r\n乙\x07 ")] == [
        "2024",
        "3.5",
        "2026-10-01",
        "是",
        "甲\n乙",
    ]
    assert read_text('=_xlfn.DISPIMG("ID_0",1)') == "（单元格内图片）"
    assert read_text("DISPIMG( 是什么意思") == "DISPIMG( 是什么意思"


PIECES = """
已完成 完成 未 基本 部分 推进中 需协调 （ ） ( ) ， / √ × 是 否 100 80 % ％ 成 约 过半 百分之 八十 1 0. 2026 26 年 月 日
9 10 31 底 旬 前 - . Sep Oct 今年 去年 星期 T 08:30 〇 十 预计 至
"""
words = st.lists(st.sampled_from(PIECES.split()), max_size=7).map("".join)
anything = st.one_of(
    words,
    st.text(max_size=30),
    st.text("0123456789年月日.-/%百分之十一二三〇 ", max_size=14),
    st.floats(allow_nan=True),
    st.integers(-10, 10**9),
    st.booleans(),
    st.dates(),
    st.datetimes(),
)


@given(anything)
def test_nothing_that_can_stand_in_a_cell_breaks_the_readers(value: object) -> None:
    for reading in (read_status(value), read_percent(value), read_date(value, MONTH, TODAY)):  # type: ignore[arg-type]
        assert (reading.value is None) == bool(reading.fault)
        assert not reading.fault or reading.cure
    assert isinstance(read_text(value), str)  # type: ignore[arg-type]


@given(words, st.dates(date(2026, 10, 1), date(2026, 12, 31)))
def test_no_reading_is_later_than_the_day_of_receipt_or_out_of_range(written: str, received: date) -> None:
    day, percent = read_date(written, MONTH, received).value, read_percent(written).value
    assert day is None or date(2024, 1, 1) <= day <= received
    assert percent is None or 0 <= percent <= 100


@given(words)
def test_a_status_is_done_only_when_no_word_takes_it_back(written: str) -> None:
    if read_status(written).value is Status.DONE:
        assert not set("未部基前") & set(written)
        assert "推进中" not in written
        assert "预计" not in written


def test_numbers_that_are_equal_are_not_the_same_percentage() -> None:
    """Readings are remembered; True, 1 and 1.0 are one key to Python."""
    assert read_percent(1).value == 100
    assert read_percent(True).fault
    assert read_percent(1.0).value == 100
    assert read_percent("1").fault


@given(st.text("无暂没有空一中丂鿿／＼－/\\-—。 \u3000\n全角ａA\u0301豈", max_size=6))
def test_a_text_says_nothing_by_its_squeezed_form_alone(text: str) -> None:
    nothing = {"", "无", "暂无", "没有", "/", "\\", "-", "--", "—", "——", "/无", "无。", "空"}
    assert is_nothing(text) is (squeeze(text) in nothing)
