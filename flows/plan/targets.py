"""Counts and rates that an item asks for, as measurable targets: 不少于两场, 不得低于60%, 一季度一次."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flows.plan.deadline_dates import alike
from flows.plan.deadline_rhythm import Every, everies
from flows.plan.model import Target
from flows.plan.textual import one_line

_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+)(?:万|亿)?"
_RATE = r"(?:%|％|个百分点)"
_TIMES = r"(?:人次|场次|批次|次|场|期|轮|遍|回)"
_THINGS = (
    r"(?:件|篇|条|项|个|份|家|名|所|处|套|户|部|册|人|例|起|宗|座|台|辆|公里"
    r"|平方米|平方公里|亩|吨|万元|亿元|元|小时|学时|课时|学分|字|天)"
)
_AT_LEAST = (
    r"(?:不得?少于|不得?低于|不小于|至少|最少|最低|达到|达|超过|突破|高于|大于"
    r"|(?:提高|提升|增加|增长|扩大)[到至]|增至|升至|保持在|稳定在|力争实现|≥|>=)"
)
_NOT_MORE = re.compile(r"(?:不|未)(?:得|能|应|要)?(?:超过|高于|多于|大于|突破|达到|达)$|未$")
_COUNTED = re.compile(
    rf"(?P<word>{_AT_LEAST})(?P<between>[^，。；：、0-9一二两三四五六七八九十百千%％]{{0,12}}?)"
    rf"(?P<number>{_NUMBER})(?P<more>多|余)?(?P<unit>{_RATE}|{_TIMES}|{_THINGS})(?:及以上|以上|左右)?"
    rf"|(?P<least>{_AT_LEAST})百分之(?P<percent>[一二三四五六七八九十百]{{1,4}})(?:及以上|以上|左右)?"
)
_AND_MORE = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>{_RATE}|{_TIMES}|{_THINGS})(?:及|（含）)?以上")
_SHARE = re.compile(
    rf"[^，。；、\s]{{0,14}}?(?:率|比例|比重|占比|覆盖面|分值)[^，。；]{{0,8}}?(?P<number>{_NUMBER})(?P<unit>{_RATE})"
)
_EACH = re.compile(rf"[^，。；：]{{0,24}}?(?P<number>{_NUMBER})(?P<unit>{_TIMES}|篇|条|件|个|份)")
_WITHIN = re.compile(r"(?:全年|年内|年度内|一年|当年|本年度?)[^，。；：]{0,24}?$")
_DONE = re.compile(
    rf"(?:开展|举办|组织|召开|听取|进行|安排|发布|制作|推送|推出|专题研究)[^，。；：、%0-9一二两三四五六七八九十]{{0,14}}?(?P<number>{_NUMBER})(?P<unit>{_TIMES})"
)
_DESCRIBES = re.compile(r"未|不|的(?!要求|目标|标准|任务)")
"""“超过两次未达标的单位” tells of somebody, it asks for nothing."""
_NO_COUNT = re.compile(r"性|办|告|会办|解读|会商制|审议?稿|分配|元")
_MEASURES = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


def find_targets(requirement: str, deadline: str = "") -> tuple[Target, ...]:
    """The lower bounds and exact amounts that a requirement, or a deadline's words, ask for, in order of the text.

    Upper limits (不超过) are none: reaching them is no achievement. Numbers that only describe (26个试点领域, 第三方,
    二次解读) and what stands in 《》 or 〔〕 are none. ``text`` is as printed, ``per`` the period it is asked for each.
    """
    return tuple(
        dict.fromkeys(target for text in (requirement, deadline) if text for target in _targets(one_line(text)))
    )


def _targets(text: str) -> Iterator[Target]:
    masked = alike(re.sub(r"[《〔][^》〕]*[》〕]", lambda found: "＊" * len(found[0]), text))
    again = list(everies(masked))
    taken: list[tuple[int, int, Target]] = []
    for start, end, number, unit in _amounts(masked, again):
        if any(start < other_end and other_start < end for other_start, other_end, _ in taken):
            continue
        value = number_value(number)
        if value is None or _NO_COUNT.match(masked[end:]):
            continue
        per, start = _period(masked, start, again)
        taken.append((start, end, Target(text[start:end], value, "%" if unit == "％" else unit, per)))
    yield from (target for _, _, target in sorted(taken, key=lambda entry: entry[0]))


def _amounts(text: str, again: list[Every]) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, number, unit) of everything that looks like a target, the surest pattern first."""
    for found in _COUNTED.finditer(text):
        word, unit = found["word"] or found["least"], found["unit"] or "%"
        if not word.startswith(("不", "至", "最")) and _DESCRIBES.match(text[found.end() :]):
            continue
        if not _NOT_MORE.search(text[: found.start()] + word) or word.startswith("不"):
            start = found.start()
            if unit in "%％":
                start -= len(_subject(text[:start]))
            yield start, found.end(), found["number"] or found["percent"], unit
    for found in _AND_MORE.finditer(text):
        yield found.start(), found.end(), found["number"], found["unit"]
    for found in _SHARE.finditer(text):
        if not re.search(
            r"不(?:得|能|应)?(?:超过|高于|突破)|控制在|以内|以下|未达|低于|下降|降低",
            text[found.start() : found.end() + 2],
        ):
            yield found.start(), found.end(), found["number"], found["unit"]
    for every in again:
        rest = _EACH.match(text, every.end)
        inside = re.search(rf"(?P<number>{_NUMBER})(?P<unit>{_TIMES})", text[every.start : every.end])
        if inside:
            yield every.start, every.end, inside["number"], inside["unit"]
        elif rest and rest["number"] != "二":
            yield every.start, rest.end(), rest["number"], rest["unit"]
    for found in _DONE.finditer(text):
        if found["number"] != "二" and not re.search(r"第$", text[: found.start("number")]):
            yield found.start(), found.end(), found["number"], found["unit"]


def _subject(before: str) -> str:
    """“多元化解读率” of “…，年内多元化解读率不得低于60%”."""
    found = re.search(
        r"(?:[一-龥“”]{0,12}(?:率|比例|比重|占比|权重|覆盖面|满意度|知晓度))(?:要|应|须|均|需|力争)?$", before
    )
    if not found:
        return ""
    return re.sub(
        r"^.*?(?:年内|确保|且|并|及|使|力争|实现|推动|全市|全区|全县|的)(?=.{2,}(?:率|比例|比重|占比|权重|覆盖面|度))",
        "",
        found[0],
    )


def _period(text: str, start: int, again: list[Every]) -> tuple[str, int]:
    """The period that the amount is asked for each, and where its words begin."""
    for every in again:
        if every.start <= start and not re.search(r"[。；]", text[every.end : start]) and start - every.end <= 24:
            if "，" in text[every.end : start]:
                continue
            return every.per, every.start
        if every.start > start and every.start - start < 2:
            return every.per, start
    within = _WITHIN.search(text[:start])
    return ("", within.start()) if within and len(within[0]) <= 12 else ("", start)


def number_value(text: str) -> float | None:
    """60, 4.5, 两, 二十, 一百, 3万 as a number; None when it is none."""
    times = 1
    for word, factor in (("万", 10_000), ("亿", 100_000_000)):
        if text.endswith(word):
            text, times = text[:-1], factor
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return float(text) * times
    total = last = 0
    for char in text:
        if char in _MEASURES:
            last = _MEASURES[char]
        elif char in "十百千":
            total += (last or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            last = 0
        else:
            return None
    return float((total + last) * times) if text else None
