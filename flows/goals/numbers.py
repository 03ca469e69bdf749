"""Numbers with a measure word in what a unit writes: 累计举办3场, 公开率达到85％, 二十余件; and how sure they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from flows.goals.model import Nature, Reading
from flows.plan.targets import number_value

_EVENTS: Final = frozenset({"次", "场", "场次", "批次", "期", "轮", "回", "遍"})
"""Measure words of one and the same thing: 举办培训2次 answers 不少于两场."""
_WIDE: Final = str.maketrans("０１２３４５６７８９．％，", "0123456789.%,")
_COUNT: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十百千]+|零)(?:万|亿)?"
_CLAUSE: Final = re.compile(r"[^，,。；;！？\n]+(?:(?<=[0-9]),(?=[0-9]{3})[^，,。；;！？\n]*)*[，,。；;！？\n]?")
_STOP: Final = re.compile(r"[。；;！？\n]$")

_MONTHS: Final = r"[0-9一]{1,2}\s?[-—~至]\s?[0-9十一二]{1,2}月"
_SUM: Final = re.compile(
    r"累计|共计|总计|合计|总共|已|今年以来|年初以来|年内|全年|本年|截至|目前|至今"
    r"|共(?!同|享|建|治|性|青|商|识)|" + _MONTHS
)
_STRONG_SUM: Final = re.compile(r"累计|今年以来|年初以来|全年|总计|截至|" + _MONTHS)
_NOW: Final = re.compile(
    r"本月|本期|当月|本季|当季|新增|新办|又|再次|另|本周|近日|日前"
    r"|(?<![0-9一二三四五六七八九十\-—~至])(?:1[0-2]|[1-9])月(?:份|[0-9上中下])?"
)
_NOT_DONE: Final = re.compile(
    r"计划|拟|将(?!.{0,6}(?:纳入|作为|列入))|预计|力争|争取|下月|下步|下一步|目标|任务要求|按照?要求|要求|应当?|须|需要|不少于|不得|不低于|确保|还差|尚缺|"
    r"未(?!成年)|没有|无法|去年|上年|同比|上年度|明年"
)
_RANGE: Final = re.compile(rf"{_COUNT}\s?(?:-|—|~|～|至|到)\s?{_COUNT}$")
_PAIR: Final = re.compile(r"(?:一两|两三|二三|三四|三五|四五|五六|六七|七八|八九)$")
_VAGUE: Final = re.compile(r"(?:约|近|大约|大概|将近|接近|左右|几|数|若干)$")
_UPWARD: Final = re.compile(r"(?:超过|超|突破|逾|不止|至少|高于)$")
_BEFORE_COUNT: Final = re.compile(r"第$|[0-9A-Za-z.〔（(《]$")


@dataclass(frozen=True, slots=True)
class Found:
    """A number in a text: a reading, and the clause that it stands in."""

    reading: Reading
    clause: str


def numbers_in(text: str, measure: str) -> Iterator[Found]:
    """Every number that counts in ``measure`` (场, 次, %, …) and tells of something done, in order.

    What is planned, asked for, lacking or of last year is left out, and so are ordinals (第二场).
    """
    plain = text.translate(_WIDE)
    pattern = _pattern(measure)
    inherited = ""
    for part in _CLAUSE.finditer(plain):
        clause = part[0]
        nature, own = _nature(clause, inherited)
        inherited = "" if _STOP.search(clause) else own or inherited
        for found in pattern.finditer(clause):
            reading = _reading(clause, found, nature)
            if reading:
                start = part.start() + found.start()
                printed = text[start : start + len(found[0])]
                yield Found(Reading(reading.value, nature, printed, reading.doubt, reading.surely), clause)


def same_measure(one: str, other: str) -> bool:
    """Whether two measure words may count the same thing: 场 and 次, not 件 and 篇."""
    return one == other or {one, other} <= _EVENTS


@cache
def _pattern(measure: str) -> re.Pattern[str]:
    if measure == "%":
        return re.compile(
            r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<more>)\s?%|百分之(?P<percent>[一二两三四五六七八九十百]+)"
        )
    words = "|".join(sorted(_EVENTS if measure in _EVENTS else {measure}, key=len, reverse=True))
    ends = "(?!间|限|货|性|流|准|复|应|者次)" if measure in _EVENTS else ""
    return re.compile(rf"(?P<number>{_COUNT})\s?(?P<more>余|多|几)?\s?(?:{words}){ends}(?P<percent>)")


def _nature(clause: str, inherited: str) -> tuple[Nature, str]:
    """累计 goes before 本月 only where the clause says so strongly; a clause without a word takes the one before."""
    if _STRONG_SUM.search(clause) and not re.search("本月累计|本期累计|当月累计", clause):
        return Nature.TOTAL, "sum"
    if _NOW.search(clause):
        return Nature.PERIOD, "now"
    if _SUM.search(clause):
        # “本月，共举办2场”: 共 alone does not undo what the sentence began with.
        return (Nature.PERIOD, "now") if inherited == "now" else (Nature.TOTAL, "sum")
    return {"sum": Nature.TOTAL, "now": Nature.PERIOD}.get(inherited, Nature.PLAIN), ""


def _reading(clause: str, found: re.Match[str], nature: Nature) -> Reading | None:
    digits = found["number"] or found["percent"]
    value = 0.0 if digits == "零" else number_value(digits.replace(",", ""))
    before, after = clause[: found.start()], clause[found.end() :]
    if value is None or _BEFORE_COUNT.search(before) or _NOT_DONE.search(before):
        return None
    if _RANGE.search(clause[: found.start("number") + len(digits)] if found["number"] else "") or _PAIR.search(digits):
        return Reading(value, nature, "", "写的是一个范围")
    if re.search(rf"{_COUNT}\s?(?:-|—|~|～|至|到)\s?$", before):
        return Reading(value, nature, "", "写的是一个范围")
    if re.match(r"\s?(?:-|—|~|～|至|到)\s?[0-9一二两三四五六七八九十]", after):
        return Reading(value, nature, "", "写的是一个范围")
    if found["more"] or _UPWARD.search(before) or re.match("以上|多", after):
        return Reading(value, nature, "", "不是确切的数", surely=found["more"] != "几")
    if _VAGUE.search(before) or re.match("左右|上下|不到", after):
        return Reading(value, nature, "", "不是确切的数")
    return Reading(value, nature, "")
