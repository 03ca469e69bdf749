"""The letters of a round, made from text templates that the office edits in a text editor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from flows.periods import CHINA, Period, spoken
from flows.post.templates import TextTemplate, read_template
from flows.problems import Problem


class LetterKind(StrEnum):
    """The kinds of letters; the value is the name of the template and part of the .eml's name."""

    ISSUE = "下发"
    """A unit's workbook goes out."""
    REMIND = "催报"
    RETURN = "退回"
    """A faulty workbook goes back, its cells marked."""
    RECEIPT = "回执"
    """A workbook was taken in."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one unit, complete but for its date.

    ``message_id`` comes from ``message.new_message_id`` and is kept with the letter, so that a reply finds it.
    """

    kind: LetterKind
    unit: str
    to: tuple[str, ...]
    subject: str
    body: str
    attachments: tuple[Path, ...] = ()
    message_id: str = ""
    in_reply_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a letter can say. A fact that is None has no placeholder in that letter: using it is an error, not a gap."""

    unit: str
    plan_title: str
    period: Period
    reply_by: date
    today: date
    office: str
    contact: str = ""
    phone: str = ""
    address: str = ""
    """Where the answer goes."""
    tasks: int | None = None
    """How many items the unit carries."""
    problems: tuple[Problem, ...] | None = None
    """What must be corrected (退回)."""
    file: str | None = None
    """Name of the file that the letter answers (退回, 回执)."""
    received: datetime | None = None
    """When that file came; shown in China's time."""
    entries: int | None = None
    """How many rows were taken in (回执)."""
    warnings: tuple[str, ...] | None = None
    """What was noticed although the file was taken in (回执); Chinese sentences."""

    def values(self) -> dict[str, str | int]:
        """The placeholders by their Chinese names; empty text is '' and false in ``{% if … %}``."""
        away = (self.reply_by - self.today).days
        facts: dict[str, str | int | None] = {
            "单位": self.unit,
            "计划名称": self.plan_title.strip().removeprefix("《").removesuffix("》"),
            "期次": self.period.label,
            "截止日期": spoken(self.reply_by),
            "今天": spoken(self.today),
            "剩余天数": max(away, 0),
            "逾期天数": max(-away, 0),
            "天数": abs(away),
            "办公室": self.office,
            "联系人": self.contact,
            "联系电话": self.phone,
            "邮箱": self.address,
            "任务数": self.tasks,
            "问题数": None if self.problems is None else len(self.problems),
            "问题清单": None if self.problems is None else numbered([problem.sentence for problem in self.problems]),
            "文件名": self.file,
            "收到时间": None if self.received is None else _moment(self.received),
            "填报数": self.entries,
            "提醒清单": None if self.warnings is None else numbered(self.warnings),
        }
        return {name: value for name, value in facts.items() if value is not None}


PLACEHOLDERS = frozenset(
    {"单位", "计划名称", "期次", "截止日期", "今天", "剩余天数", "逾期天数", "天数", "办公室", "联系人", "联系电话"}
    | {"邮箱", "任务数", "问题数", "问题清单", "文件名", "收到时间", "填报数", "提醒清单"}
)
"""Every placeholder that any letter knows."""


class LetterBook:
    """The four templates of ``folder``, read and checked together before the first letter is written.

    UserError names the file, and the line or the placeholder, when one is missing or broken.
    """

    def __init__(self, folder: Path) -> None:
        self._templates: dict[LetterKind, TextTemplate] = {
            kind: read_template(folder / f"{kind}.txt", PLACEHOLDERS) for kind in LetterKind
        }

    def compose(
        self,
        kind: LetterKind,
        facts: LetterFacts,
        *,
        to: Sequence[str],
        message_id: str,
        attachments: Sequence[Path] = (),
        in_reply_to: str | None = None,
    ) -> Letter:
        """Write one letter. UserError when its template uses a placeholder that ``facts`` leave None."""
        subject, body = self._templates[kind].render(facts.values())
        return Letter(kind, facts.unit, tuple(to), subject, body, tuple(attachments), message_id, in_reply_to)


def numbered(sentences: Sequence[str]) -> str:
    """A list as text: one line each, ``1. …``."""
    lines = (re.sub(r"\s*\n\s*", " ", sentence).strip() for sentence in sentences)
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _moment(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{spoken(local.date())} {local:%H:%M}"
