"""Who answers, and how: names, habits and a calendar for the people of the sample, drawn from their names alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

from flows.periods import CHINA

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
_GIVEN = (
    "文静",
    "建平",
    "晓东",
    "志远",
    "雅琴",
    "立新",
    "秋月",
    "国栋",
    "思源",
    "海燕",
    "明轩",
    "春梅",
    "永强",
    "佳宁",
)


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on ``parts`` and on nothing else: no clock, no random state."""
    digest = hashlib.sha256("|".join(str(part) for part in parts).encode("utf-8")).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def between(low: int, high: int, *parts: object) -> int:
    """A whole number from ``low`` to ``high`` inclusive, by ``chance``."""
    return low + int(chance(*parts) * (high - low + 1))


def pick(options: Sequence[str], *parts: object) -> str:
    """One of ``options``, by ``chance``."""
    return options[int(chance(*parts) * len(options))]


def person(unit: str) -> tuple[str, str]:
    """The invented contact of a unit: name, and a telephone number that cannot be dialled."""
    name = pick(_SURNAMES, unit, "surname") + pick(_GIVEN, unit, "given")
    return name, f"0000-00{between(0, 99999, unit, 'phone'):05d}"


def cast(units: Sequence[str], year: int, month: int) -> Mapping[str, str]:
    """Which units do not simply answer right this month: unit → missing, late, faulty, xls.

    The parts rotate through the units, so that in a roster of eight or more nobody has one two months running. At least
    one unit always answers right.
    """
    parts = ("missing", "late", "faulty", "xls")[: max(0, len(units) - 1)]
    order = sorted(units, key=lambda unit: chance(unit, "turn"))
    step = len(parts) if len(units) >= 2 * len(parts) else 1
    first = (year * 12 + month) * step
    return {order[(first + n) % len(order)]: part for n, part in enumerate(parts)}


def workday(day: date) -> date:
    """``day``, or the Monday after when it is a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def workdays_before(day: date, count: int) -> tuple[date, ...]:
    """The last ``count`` weekdays before ``day``, earliest first."""
    found: list[date] = []
    while len(found) < count:
        day -= timedelta(days=1)
        if day.weekday() < 5:
            found.append(day)
    return tuple(reversed(found))


def office_hour(day: date, *parts: object) -> datetime:
    """A moment of that day between 8:30 and 17:29, China time."""
    minutes = 8 * 60 + 30 + between(0, 539, *parts)
    return datetime.combine(day, time(minutes // 60, minutes % 60), CHINA)
