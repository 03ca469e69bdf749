"""The people of a year: how each unit answers in a month, and what it types about a task. Drawn from names alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from flows.demo.people import between, chance, pick
from flows.periods import CHINA, Period
from tests.years.hands import Row, Typed

_DAY = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_MUST = "本期须写新进展"
CLOSED = ("已完成", "不涉及")
_OWN = {
    "推进中": ("推进中", "正在推进", "进行中", "有序推进中"),
    "已完成": ("已完成", "已办结", "全部完成", "完成"),
    "未启动": ("未启动", "尚未开始"),
    "需协调": ("需协调",),
    "不涉及": ("不涉及", "我单位不涉及"),
}
"""Statuses in people's own words."""


class Way(StrEnum):
    """How a unit answers in a month."""

    RIGHT = "on time"
    LATE = "late"
    SILENT = "silent"
    CORRECTED = "faulty, corrected in time"
    LATE_CORRECTED = "faulty, corrected after the day"
    FAULTY = "faulty, never corrected"
    STALE = "last month's words under a task that is due, then new words"


_WAYS = (
    (0.07, Way.SILENT),
    (0.17, Way.LATE),
    (0.23, Way.CORRECTED),
    (0.26, Way.LATE_CORRECTED),
    (0.29, Way.FAULTY),
    (0.35, Way.STALE),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit has truly typed about a task, as the office must come to know it."""

    status: str
    percent: int | None
    progress: str
    done_on: date | None = None


def way_of(unit: str, period: Period) -> Way:
    """How the unit answers in this month; some units are diligent all year."""
    if chance(unit, "diligent") < 0.25:
        return Way.RIGHT
    drawn = chance(unit, period, "way")
    return next((way for until, way in _WAYS if drawn < until), Way.RIGHT)


def moment(unit: str, period: Period, reply_day: int, *, late: bool, again: bool = False) -> datetime:
    """When a sheet comes: some days before the day, or after it; a corrected one two days after the first."""
    day = period.day(reply_day) + timedelta(days=between(1, 4, unit, period) if late else -between(3, 9, unit, period))
    return datetime.combine(day + timedelta(days=2 if again else 0), time(9, between(0, 59, unit)), CHINA)


def due_of(row: Row) -> date | None:
    """The day in 完成时限 as a person reads it: the first full date."""
    found = _DAY.search(row["完成时限"])
    return date(*map(int, found.groups())) if found else None


def answer(unit: str, row: Row, period: Period, today: date) -> tuple[Typed, Said] | None:
    """What the unit types into a row and what that means; None: the row stays as it came."""
    key = (unit, row["具体要求"])
    if row["完成状态"] in CLOSED:
        return _after_ruling(unit, row, period, today)
    must, due = _MUST in row["上期进展"], due_of(row)
    if row["完成状态"] and not must and chance(*key, period, "idle") < 0.15:
        return None
    finish = _finish(key, due, period.year)
    if row["承担角色"] != "牵头" and chance(*key, "exempt") < 0.04:
        return _typed(unit, Said("不涉及", None, f"{unit}没有这方面的职责。"))
    if finish and finish <= today:
        return _typed(unit, Said("已完成", 100, f"已于{finish.month}月{finish.day}日办结：{_short(row)}", finish))
    if not row["完成状态"] and chance(*key, "slow start", period) < 0.3:
        return _typed(unit, Said("未启动", None, ""))
    stuck = chance(*key, period, "stuck") < 0.05
    percent = min(95, 10 + 7 * period.month) if chance(unit, "counts") < 0.8 else None
    text = f"{period.month}月，{_short(row)}又进一步，办理{between(2, 60, *key, period)}件。"
    return _typed(unit, Said("需协调" if stuck else "推进中", percent, text))


def _after_ruling(unit: str, row: Row, period: Period, today: date) -> tuple[Typed, Said] | None:
    """Finished work stays as it is; when the office did not accept it, some write what they have added since."""
    key = (unit, row["具体要求"])
    finish = _finish(key, due_of(row), period.year)
    heard = "办公室核定为" in row["上期进展"] and chance(*key, period, "hears") < 0.5
    if not heard or finish is None or finish > today:
        return None
    return _typed(unit, Said("已完成", 100, f"{period.month}月已补交佐证材料，{_short(row)}确已办结。", finish))


def _typed(unit: str, said: Said) -> tuple[Typed, Said]:
    typed: dict[str, str | float] = {
        "完成状态": pick(_OWN[said.status], unit, "words"),
        "完成进度": "" if said.percent is None else said.percent / 100,
        "进展情况": said.progress,
        "完成日期": "",
        "存在问题": "需要上级部门共享数据。" if said.status == "需协调" else "",
    }
    if said.done_on:
        day = said.done_on
        ways = (day.isoformat(), f"{day.year}年{day.month}月{day.day}日", f"{day.year}.{day.month}.{day.day}")
        typed["完成日期"] = pick(ways, unit, "dates")
    return typed, said


def _finish(key: tuple[str, str], due: date | None, year: int) -> date | None:
    """The day on which the work is done; None: not in this year."""
    drawn = chance(*key, "finish")
    if due is None:
        return date(year, between(5, 12, *key), 15) if drawn < 0.2 else None
    if drawn < 0.7:
        return due - timedelta(days=between(5, 60, *key, "early"))
    return due + timedelta(days=between(5, 50, *key, "slip")) if drawn < 0.88 else None


def _short(row: Row) -> str:
    return re.sub(r"\s", "", row["具体要求"])[:12]
