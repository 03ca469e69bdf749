"""The one number of a text that answers a target; what is not sure is read with its doubt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from flows.goals.model import Nature, Reading
from flows.goals.numbers import Found, numbers_in, same_measure
from flows.plan.model import Target

_COMMON: Final = re.compile(
    r"不少于|不得少于|不得低于|不低于|至少|必须|年内|每年|每季度?|每月|全年|本单位|各单位|各地|各部门|工作|开展|举办|组织|进行|完成|情况|"
    r"[0-9一二两三四五六七八九十百千%％]+(?:场次|批次|场|次|件|篇|条|个|项|期)?"
)
_BARE: Final = re.compile(
    r"[0-9]{1,2}月(?:[0-9]{1,2}日|份|底|末)?|累计|共计?|总计|合计|已|目前|年内|今年以来|全年|本[月期年季]度?|当月|新增|又"
    r"|举办|开展|组织|召开|完成|进行|场次|批次|[场次期轮回遍件篇条个项家份名人例]|[0-9，,。；;\s零一二两三四五六七八九十百千万余多约]"
)
_RATE: Final = re.compile(r"[一-龥]{1,8}?(?:率|比例|比重|占比|覆盖面|满意度|知晓度|权重)")


def read_number(target: Target, requirement: str, text: str, others: Sequence[Target] = ()) -> Reading | None:
    """What ``text`` says about ``target`` of ``requirement``; None when it holds no such number.

    ``others``: the requirement's other targets: of two numbers the one is taken whose clause speaks of this target.
    Never a number that does not stand in the text.
    """
    return _read(target, requirement, text, tuple(others))


@lru_cache(maxsize=32768)
def _read(target: Target, requirement: str, text: str, others: tuple[Target, ...]) -> Reading | None:
    """The same; kept, because each month is read again for every later one."""
    found = list(numbers_in(text, target.unit))
    if not found:
        return None
    rivals = [other for other in others if other != target and same_measure(other.unit, target.unit)]
    own = _pairs(_around(requirement, target))
    only = own.difference(*(_pairs(_around(requirement, other)) for other in rivals)) if rivals else frozenset()
    best, score = _chosen(found, own, only)
    sure = score[0] > 0 if rivals else score[1] > 0
    # Who is asked for “累计2场” may write just that; of a rate it would not be known which.
    sure = sure or (not rivals and target.unit != "%" and all(_is_bare(each) for each in best))
    reading = best[-1].reading
    sums = [each.reading for each in best if each.reading.nature is Nature.TOTAL]
    if sums:
        # “本月新增2件，累计7件”: the sum is what counts.
        reading = sums[-1]
    values = {each.reading.value for each in best if each.reading.nature is reading.nature}
    if len(values) > 1:
        rest = "、".join(dict.fromkeys(each.reading.text for each in best))
        return replace(reading, doubt=reading.doubt or f"写有几个数（{rest}）", surely=False)
    if not sure:
        return replace(reading, doubt=reading.doubt or "看不出说的是不是这项指标", surely=False)
    return reading


def _chosen(found: list[Found], own: frozenset[str], only: frozenset[str]) -> tuple[list[Found], tuple[int, int]]:
    """The numbers whose clauses speak most of the target, and how much they do so.

    ``only``: what tells this target from the requirement's others, counted before all.
    """
    scores = [(len(_pairs(each.clause) & only), len(_pairs(each.clause) & own)) for each in found]
    top = max(scores)
    # “本月新增2件，累计7件”: a bare sum belongs to the clause before it.
    best = [
        each
        for place, (each, score) in enumerate(zip(found, scores, strict=True))
        if score == top or (score == (0, 0) and place and scores[place - 1] == top and _is_bare(each))
    ]
    return best, top


def _is_bare(found: Found) -> bool:
    """累计7件, 本月新增2件: nothing but a word for a sum and the number."""
    return len(_BARE.sub("", found.clause)) <= 1


@lru_cache(maxsize=4096)
def _around(requirement: str, target: Target) -> str:
    """The clause of a requirement that holds the target, with the clause before where it is short."""
    place = requirement.find(target.text)
    if place < 0:
        return requirement
    start = max(requirement.rfind(mark, 0, place) for mark in "。；，") + 1
    ends = [end for mark in "。；，" if (end := requirement.find(mark, place + len(target.text))) >= 0]
    clause = requirement[start : min(ends, default=len(requirement))]
    if target.unit == "%" and (noun := _RATE.findall(clause)):
        return str(noun[-1])
    if len(_pairs(clause)) < 3 and start > 1:
        return requirement[max(requirement.rfind(mark, 0, start - 1) for mark in "。；") + 1 : place + len(target.text)]
    return clause


@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters of what is not just a word of asking or counting."""
    pieces = re.findall("[一-龥]+", _COMMON.sub(" ", text))
    return frozenset(piece[at : at + 2] for piece in pieces for at in range(len(piece) - 1))
