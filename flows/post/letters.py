"""The letters of a round, made from text templates that the office edits in a text editor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from flows.periods import CHINA, Period, spoken
from flows.problems import Problem

if TYPE_CHECKING:
    from flows.post.templates import TextTemplate


class LetterKind(StrEnum):
    """The kinds of letters; the value is the name of the template and part of the .eml's name."""

    ISSUE = "下发"
    """A unit's workbook goes out."""
    REMIND = "催报"
    RETURN = "退回"
    """A faulty workbook goes back, its cells marked."""
    RECEIPT = "回执"
    """A workbook was taken in."""
    SUPERVISE = "督办"
    """Work that is overdue goes to its unit with a notice attached."""


_LATER = (LetterKind.SUPERVISE,)
"""Kinds for which a home of an earlier version has no template: the package's own is used."""


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
    references: tuple[str, ...] = ()
    """Message-IDs of the letters before it, oldest first, so that all of them stand in one thread; RFC 5322, 3.6.4."""


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
    reminders: int | None = None
    """How many reminders of this period went before (催报)."""
    matters: tuple[str, ...] | None = None
    """What is overdue, one sentence each (督办)."""
    answer_by: date | None = None
    """Until when the notice wants an answer (督办)."""

    @property
    def firmness(self) -> int:
        """催报级别: 0 before and on the day, then 1 to 3 by days late and by how many reminders went before."""
        late = (self.today - self.reply_by).days
        if late <= 0:
            return 0
        before = self.reminders or 0
        return 3 if late > 7 or before >= 4 else 2 if late > 3 or before >= 2 else 1

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
            "已催次数": self.reminders,
            "催报级别": None if self.reminders is None else self.firmness,
            "督办数": None if self.matters is None else len(self.matters),
            "督办事项": None if self.matters is None else numbered(self.matters),
            "回复期限": None if self.answer_by is None else spoken(self.answer_by),
        }
        return {name: value for name, value in facts.items() if value is not None}


PLACEHOLDERS = frozenset(
    {"单位", "计划名称", "期次", "截止日期", "今天", "剩余天数", "逾期天数", "天数", "办公室", "联系人", "联系电话"}
    | {"邮箱", "任务数", "问题数", "问题清单", "文件名", "收到时间", "填报数", "提醒清单"}
    | {"已催次数", "催报级别", "督办数", "督办事项", "回复期限"}
)
"""Every placeholder that any letter knows."""


class LetterBook:
    """The templates of ``folder``, read and checked together before the first letter is written.

    A kind that came with a later version is taken from ``spare`` where the office's folder is older than it.
    UserError names the file, and the line or the placeholder, when one is missing or broken.
    """

    def __init__(self, folder: Path, spare: Path | None = None) -> None:
        self._templates: dict[LetterKind, TextTemplate] = {}
        for kind in LetterKind:
            path = folder / f"{kind}.txt"
            if spare and kind in _LATER and not path.is_file():
                path = spare / path.name
            from flows.post.templates import read_template  # jinja2 is not loaded where letters are only listed

            self._templates[kind] = read_template(path, PLACEHOLDERS)

    def compose(
        self,
        kind: LetterKind,
        facts: LetterFacts,
        *,
        to: Sequence[str],
        message_id: str,
        attachments: Sequence[Path] = (),
        in_reply_to: str | None = None,
        references: Sequence[str] = (),
    ) -> Letter:
        """Write one letter. UserError when its template uses a placeholder that ``facts`` leave None."""
        subject, body = self._templates[kind].render(facts.values())
        return Letter(
            kind,
            facts.unit,
            tuple(to),
            subject,
            body,
            tuple(attachments),
            message_id,
            in_reply_to,
            tuple(references),
        )


def numbered(sentences: Sequence[str]) -> str:
    """A list as text: one line each, ``1. …``."""
    lines = (re.sub(r"\s*\n\s*", " ", sentence).strip() for sentence in sentences)
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


def _moment(moment: datetime) -> str:
    local = moment.astimezone(CHINA)
    return f"{spoken(local.date())} {local:%H:%M}"
