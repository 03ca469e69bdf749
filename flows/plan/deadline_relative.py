"""Limits counted from a day: “印发后20个工作日内”, “自印发之日起30日内”, “3个月内”."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flows.plan.textual import number_of
from flows.plan.workdays import add_workdays


@dataclass(frozen=True, slots=True)
class Relative:
    """Such words: text[start:end]. ``event``: what the count starts from, '' when only a span of time is named.

    ``ours``: it starts when this plan is issued, whose date is known; not when something else happens.
    """

    start: int
    end: int
    words: str
    number: int
    unit: str
    event: str
    ours: bool


_N = r"[0-9]{1,4}|[一二三四五六七八九十两]{1,3}|半"
_SPAN = (
    rf"(?:(?P<n>{_N})个?(?P<unit>工作日|自然日|日历日|日|天|周|星期)"
    rf"|(?P<months>{_N})个月|(?P<years>[一二两三半1-3])年)(?:之?以?内)"
)
_ISSUE = r"(?:印发|发布|下发|发文|公布|实施|出台|下达|签发|发出|施行|收到|通过|批复|批准|审定|结束|完成)"
_AFTER = re.compile(
    rf"(?P<what>[^，。；：、]{{0,16}}?)(?P<event>{_ISSUE})[^，。；0-9一二三四五六七八九十两半]{{0,8}}?(?:之日起|之日|之后|后|起|次日起)(?:的|，|算)?{_SPAN}"
)
_PLAIN = re.compile(rf"(?<![月前后第0-9]){_SPAN}")
_OURS = re.compile(
    r"(?:^|自|在|于|从|本|该|请|须)(?:本|该)?(?:工作)?(?:文件|通知|方案|要点|意见|计划|文|分工|分解表|任务分解表|清单)?$"
)

_OTHER = re.compile(
    r"政策(?:性)?文件|规范性文件|政策(?:措施)?(?:出台|发布|公布)|起草(?:单位|部门|机关)|解读(?:材料|文本|稿|方案)|解读$"
)
"""A rule for every paper that is issued; it counts from that paper, not from this plan."""


def relative_day(text: str) -> Relative | None:
    """The first limit of that sort in a text; a bare “20个工作日内” only where it is nearly the whole text."""
    found = _AFTER.search(text)
    if found:
        event = found["event"]
        ours = (
            _OURS.search(found["what"]) is not None
            and not _OTHER.search(text)
            and event
            not in {
                "收到",
                "通过",
                "批复",
                "批准",
                "审定",
                "结束",
                "完成",
            }
        )
        start = found.start("event")
        words = text[start : found.end()]
        return Relative(start, found.end(), words, *_amount(found), event, ours)
    plain = _PLAIN.search(text)
    if plain and len(text) - len(plain[0]) <= 8:
        return Relative(plain.start(), plain.end(), plain[0], *_amount(plain), "", True)
    return None


def counted_day(limit: Relative, issued: date | None) -> tuple[date | None, str]:
    """The last day of the limit and a doubt, '' when it is certain. The day of issue itself does not count."""
    if not limit.ours:
        return None, f"“{limit.words}”从哪一天算起不清楚，请填写截止日期"
    if issued is None:
        return None, f"“{limit.words}”须知道印发日期才能算出，请填写截止日期"
    day, certain = _count(limit, issued)
    if day is None:
        return None, f"“{limit.words}”算不出日期，请填写截止日期"
    if not certain:
        return day, f"“{limit.words}”推算为{day.isoformat()}，当年节假日安排尚未收录，只扣除了周末，请核对"
    if not limit.event:
        return day, f"“{limit.words}”从印发日期算起为{day.isoformat()}，请核对"
    return day, ""


def _count(limit: Relative, issued: date) -> tuple[date | None, bool]:
    from dateutil.relativedelta import relativedelta

    number = limit.number
    if number > 2000:
        return None, True
    try:
        if limit.unit == "工作日":
            return add_workdays(issued, number)
        if number == 0:
            half = {"月": relativedelta(days=15), "年": relativedelta(months=6)}.get(limit.unit)
            return (issued + half, True) if half else (None, True)
        if limit.unit in {"月", "年"}:
            months = number * (12 if limit.unit == "年" else 1)
            return issued + relativedelta(months=months), True
        return issued + timedelta(days=number * (7 if limit.unit in {"周", "星期"} else 1)), True
    except (OverflowError, ValueError):
        return None, True


def _amount(found: re.Match[str]) -> tuple[int, str]:
    """Number and unit; 半 is 0, the unit then says what half is."""
    for name, unit in (("n", found["unit"]), ("months", "月"), ("years", "年")):
        if text := found[name]:
            return (0 if text == "半" else number_of(text) or 0), unit
    raise AssertionError(found[0])
