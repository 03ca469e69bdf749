"""上期通报问题整改情况, as data: what the last bulletin named, and what has become of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Complaint(StrEnum):
    """What a bulletin may name a unit for."""

    OVERDUE = "逾期未完成"
    BLOCKED = "需协调"
    MISSING = "未报送"
    LATE = "逾期报送"
    RETURNED = "待更正"


class Outcome(StrEnum):
    """What has become of it. Which of them go with which complaint: see ``follow_ups``."""

    DONE = "已办结"
    """Of a task: finished. Of a unit's answer: sent, in time where it was late."""
    MOVED = "已调整时限"
    EASED = "不再列为问题"
    """No longer overdue or in need of help, for another reason than the two above."""
    WAITING = "已收到待处理"
    """Of a unit's answer: something came, and has to be corrected or looked at first."""
    GONE = "不再承担"
    """The unit no longer carries the task, or was not asked this period."""
    OPEN = "仍未解决"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One complaint of the last bulletin."""

    complaint: Complaint
    unit: str
    no: str
    """The task by today's number; '' where it was about the answer."""
    outcome: Outcome
