"""What the readings of deadlines share: their result, the office's setting for “N月前”, counts that are no dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from flows.plan.deadline_rhythm import AMOUNT, COUNTED, Every
from flows.plan.model import Kind


@dataclass(frozen=True, slots=True)
class ReadDeadline:
    """A deadline as understood. ``doubts`` are Chinese sentences; ``span`` is the text that a date was read from.

    ``choices``: where there are doubts, the days (YYYY-MM-DD) and kinds (限期, 长期 …) that the words may mean.
    """

    due: date | None = None
    kind: Kind = Kind.NONE
    doubts: tuple[str, ...] = ()
    span: str = ""
    choices: tuple[str, ...] = ()


IN_YEAR = r"(?:全年|年内|年度内|本年度?|当年|一年|每年)"
AT_LEAST = r"(?:至少|最少|不少于|不低于|不得少于|不得低于)"
COUNT = re.compile(
    rf"(?:{IN_YEAR}[^，。；]{{0,40}}?)?{AT_LEAST}[^，。；]{{0,12}}?{AMOUNT}{COUNTED}"
    rf"|(?:全年|年内|一年|当年)[^，。；0-9]{{0,12}}?{AMOUNT}{COUNTED}"
)
ALL_YEAR_WORDS = r"(?:贯穿)?(?:全|整个?)学?年(?!度?(?:工作)?(?:总结|情况|报告|计划|目标|任务数))"


_MONTH_RULE: ContextVar[bool] = ContextVar("month_rule", default=True)


@contextmanager
def month_rule(inclusive: bool) -> Iterator[None]:
    """Inside the block “9月前” is 30 September (inclusive, the schema's rule) or 31 August: a setting of the office."""
    token = _MONTH_RULE.set(inclusive)
    try:
        yield
    finally:
        _MONTH_RULE.reset(token)


def counts_in(given: bool | None) -> bool:
    """The rule that was given, else the office's."""
    return _MONTH_RULE.get() if given is None else given


def hidden(found: re.Match[str]) -> str:
    """As many signs that mean nothing."""
    return "＊" * len(found[0])


def hide(text: str, start: int, end: int) -> str:
    """The text with a part hidden; its length stays."""
    return text[:start] + "＊" * (end - start) + text[end:]


def without_counts(text: str, again: list[Every]) -> str:
    """The text with “每季度末”, “年内…不少于1次” hidden: the times in them are no dates. The length stays.

    Of “每年3月底前” only 每年 is hidden: the rest is also a day of this year.
    """
    for every in again:
        end = every.end
        if every.dated:
            end = text.index("年", every.start) + 1
            end += text[end : end + 1] == "度"
        text = hide(text, every.start, end)
    return COUNT.sub(hidden, text)


def days_and_kinds(days: Iterable[date | None], kinds: Iterable[Kind] = ()) -> tuple[str, ...]:
    """The choices of a doubt about time: days in order, then kinds."""
    found = sorted({day for day in days if day is not None})
    return (*(day.isoformat() for day in found[:6]), *dict.fromkeys(kind.label for kind in kinds))
