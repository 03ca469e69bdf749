"""[serve], [schedule] and [approval] of config.toml: where the page is found, and which days the steps have."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Strict, field_validator
from pydantic_core import PydanticCustomError

FAULTS = {"clock_time": '应写成 时:分，如 "09:00"'}
"""What a person reads about the faults that are only found here."""

Days = Annotated[tuple[Annotated[int, Field(ge=1, le=20)], ...], Strict(False)]


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
