"""People write the same thing in many ways; what cannot be read for certain is asked again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.ledger.model import Status
from flows.ledger.values import read_date, read_percent, read_status, read_text
from flows.periods import Period

MONTH = Period(2026, 10)
TODAY = date(2026, 10, 24)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            (word, Status.DONE)
            for word in ["已完成", "完成", "√", "✔", "已办结", "全部完成", "100%", "１００％", "完成。", "Done"]
        ),
        *((word, Status.MOVING) for word in ["推进中", "正在推进", "进行中", "持续推进", "已启动", "办理中"]),
        *((word, Status.IDLE) for word in ["未启动", "未开始", "尚未开展"]),
        *((word, Status.BLOCKED) for word in ["需协调", "需要协调", "待协调"]),
        *((word, Status.EXEMPT) for word in ["不涉及", "本单位不涉及", "N/A"]),
        (" 推 进 中 ", Status.MOVING),
        ("已完成（10月5日）", Status.DONE),
        ("推进中，预计11月完成", Status.MOVING),
    ],
)
def test_statuses_in_peoples_words(written: str, meant: Status) -> None:
    assert read_status(written).value is meant


@pytest.mark.parametrize(
    "written", ["差不多了", "基本完成", "未完成", "已完成80%", "1", 1.0, 0.0, "？", date(2026, 1, 1)]
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
        ("80-90%", "看不懂"),
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
    ],
)
def test_dates_in_every_way(written: object) -> None:
    assert read_date(written, MONTH, TODAY).value == date(2026, 10, 5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("2026年13月40日", "不存在"),
        ("2026-02-30", "不存在"),
        (date(2026, 10, 25), "将来"),
        ("12月1日", "将来"),
        (datetime.fromisoformat("1900-01-10T12:00"), "年份"),
        ("2016-10-05", "年份"),
        ("10月底", "不是日期"),
        ("2026年10月", "不是日期"),
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


anything = st.one_of(
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
