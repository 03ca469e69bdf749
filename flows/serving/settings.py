"""[serve], [schedule] and [approval] of config.toml: where the page is found, and which days the steps have."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, field_validator
from pydantic_core import PydanticCustomError

from flows.periods import Period
from flows.problems import UserError
from flows.years import month_day

FAULTS = {
    "clock_time": '应写成 时:分，如 "09:00"',
    "month_span": '应写成 从哪月至哪月，如 "2026-03至2027-06"',
    "month_day_or_none": '应写成 月-日，如 "03-10"，不要的留空 ""',
}
"""What a person reads about the faults that are only found here."""

Span = tuple[Period, Period]
"""First and last month."""
Days = Annotated[tuple[Annotated[int, Field(ge=1, le=20)], ...], Strict(False)]


def span(text: str) -> Span:
    """``2026-03至2027-06`` as first and last month; a single month is a span of one."""
    first, _, last = text.partition("至")
    try:
        found = Period.parse(first), Period.parse(last or first)
    except UserError:
        found = None
    if found is None or found[0] > found[1]:
        raise PydanticCustomError("month_span", "no span")
    return found


def _a_span(text: str) -> str:
    span(text)
    return text


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Serve(_Section):
    """[serve]: the page in the browser. It is only ever reached from this machine."""

    port: int = Field(default=4200, ge=1024, le=65535)


class Schedule(_Section):
    """[schedule]: which plans run by themselves, and when. All times are Beijing's."""

    plans: tuple[str, ...] = Field(default=(), strict=False)
    """Plans (代号) that run by schedule; empty: every step is started by a person."""
    check_minutes: int = Field(default=10, ge=1, le=240)
    """How often 到点检查 looks what is due."""
    issue_workday: int = Field(default=1, ge=0, le=23)
    """下发 on the n-th working day of the period's month; 0: by a person."""
    issue_at: str = "09:00"
    collect_minutes: int = Field(default=60, ge=0, le=1440)
    """回收 every so many minutes; 0: by a person."""
    remind_before: Days = (3,)
    """催报 so many working days before 报送截止日."""
    remind_on: bool = True
    """催报 on the day itself, or on the last working day before it."""
    remind_after: Days = (1, 3)
    """催报 so many working days after it."""
    remind_at: str = "09:00"
    bulletin_day: int = Field(default=8, ge=0, le=31)
    """通报 on this day of the next month, or on the next working day; 0: by a person."""
    bulletin_at: str = "09:00"
    supervise: bool = False
    """督办单 of a bulletin that was made go out by letter, once somebody has agreed to these letters."""
    months: dict[str, Annotated[str, AfterValidator(_a_span)]] = Field(default_factory=dict)
    """Plan → the months that it is run for, ``2026-03至2027-06``; by default those of the plan's year."""
    annual_plans: tuple[str, ...] = Field(default=(), strict=False)
    """Plans whose 年报数据 are gathered by schedule, in the year after the plan's; 回收 as often as a month's."""
    annual_issue_workday: int = Field(default=5, ge=0, le=23)
    """下发年报数据 on the n-th working day of that January; 0: by a person."""
    annual_remind_before: Days = (10, 3)
    """催报 so many working days before each unit's own day; on it and after it as in a month."""
    annual_report_on: str = ""
    """年度报告 on this day (``03-10``) or the next working day, unless a person has made it; empty: by a person."""

    @property
    def named(self) -> tuple[str, ...]:
        """Every plan that anything is done for by schedule."""
        return tuple(dict.fromkeys((*self.plans, *self.annual_plans)))

    def span(self, plan: str) -> Span | None:
        """The months that the office has set for a plan."""
        return span(self.months[plan]) if plan in self.months else None

    @field_validator("annual_report_on")
    @classmethod
    def _a_day(cls, text: str) -> str:
        if text.strip():
            _day(text, 2024)
        return text

    @field_validator("issue_at", "remind_at", "bulletin_at")
    @classmethod
    def _a_time(cls, text: str) -> str:
        clock(text)
        return text


class Approval(_Section):
    """[approval]: what by schedule waits for a person. Mass mail always does."""

    bulletin: bool = False
    """Whether a scheduled 通报 waits until somebody has agreed."""


def clock(text: str) -> time:
    """``09:00`` as a time of day."""
    found = re.fullmatch(r"\s*(\d{1,2})[:：](\d{2})\s*", text)
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise PydanticCustomError("clock_time", "no time")
    return time(int(found[1]), int(found[2]))


def report_day(text: str, year: int) -> date | None:
    """``03-10`` as the day of a year; None for an empty text."""
    return _day(text, year) if text.strip() else None


def _day(text: str, year: int) -> date:
    try:
        return month_day(text, year)
    except ValueError:
        raise PydanticCustomError("month_day_or_none", "no day") from None
