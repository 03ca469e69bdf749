"""约谈: who is to be talked to by the office's rules, and every reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.assessment.marking import longest
from flows.assessment.model import MonthFacts, Score, Talk, UnitFacts
from flows.assessment.settings import Assessment
from flows.assessment.words import number

_RED = 3
"""The level of a 督办单 of the third colour."""


def talks(units: Sequence[UnitFacts], scores: Mapping[str, Score], rules: Assessment) -> tuple[Talk, ...]:
    """Units with at least one reason, in roster order."""
    found = []
    for facts in units:
        reasons = _reasons(facts, scores[facts.unit.name], rules)
        if reasons:
            found.append(Talk(facts.unit.name, tuple(reasons)))
    return tuple(found)


def _reasons(facts: UnitFacts, score: Score, rules: Assessment) -> list[str]:
    found = []
    behind = longest(facts.months, lambda month: month.last, lambda _: True)
    if rules.talk_last and len(behind) >= rules.talk_last:
        found.append(f"{_span(behind)}连续{len(behind)}期在通报同类单位中排名末位")
    red = longest(facts.months, lambda month: bool(_reds(month)), lambda _: True)
    if rules.talk_red and len(red) >= rules.talk_red:
        numbers = "、".join(called for month in red for called in _reds(month))
        found.append(f"{_span(red)}连续{len(red)}期收到第三色督办单（{numbers}）")
    if rules.talk_failed and score.grade == rules.grades[-1]:
        why = f"一票否决：{'；'.join(score.vetoes)}" if score.vetoes else f"总分{number(score.total)}分"
        found.append(f"考核{score.grade}（{why}）")
    return found


def _reds(month: MonthFacts) -> tuple[str, ...]:
    return tuple(called for level, called in month.notices if level == _RED)


def _span(months: Sequence[MonthFacts]) -> str:
    first, last = months[0].period, months[-1].period
    if first == last:
        return first.label
    return f"{first.label}至{last.label}" if first.year != last.year else f"{first.year}年{first.month}—{last.month}月"
