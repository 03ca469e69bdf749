"""What is true of lights, schedule, exemptions and of the last bulletin's problems, counted once more.

The rules are written down again from README and config.toml, as in `truth`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from statistics import fmean
from typing import TYPE_CHECKING

from flows.roster import Unit
from tests.documents.made_months import DUE_SOON_DAYS, SLUG, Month

if TYPE_CHECKING:
    from tests.documents.truth import Fact, Truth

OPEN_CLASSES = ("超序时", "按序时", "慢序时")


def exemption(month: Month, unit: Unit, no: str) -> str:
    """Why a unit's work on an item is exempt: one unit's task before a task of all, before the unit or its kind."""
    found = {}
    for reason, names in month.lights.exempt.items():
        for name in names:
            if name == f"{unit.name}：{no}":
                found[0] = reason
            elif name in (no, f"{SLUG}/{no}"):
                found[1] = reason
            elif name in (unit.name, unit.kind):
                found[2] = reason
    return found[min(found)] if found else ""


def is_unranked(month: Month, unit: Unit) -> bool:
    """A unit or a kind that is named without a task."""
    return any(name in (unit.name, unit.kind) for names in month.lights.exempt.values() for name in names)


def passed(due: date, month: Month) -> float | None:
    """Per cent of the time from 1 January of the deadline's year to the deadline."""
    first = date(due.year, 1, 1)
    whole = (due - first).days
    return min(100.0, max(0.0, 100 * (month.as_of - first).days / whole)) if whole else None


def lag(fact: Fact, month: Month) -> float | None:
    """Points behind the time; what is not begun stands at 0, what is done at 100."""
    time = passed(fact.due, month) if fact.due else None
    if time is None or fact.status == "不涉及":
        return None
    done = {None: 0, "未启动": 0, "已完成": 100}.get(fact.status, fact.percent)
    return None if done is None else time - done


def pace(fact: Fact, month: Month) -> str | None:
    """The class of one unit's work."""
    if fact.status == "不涉及":
        return None
    if fact.status == "已完成":
        return "提前完成" if fact.due and month.as_of < fact.due else "已完成"
    if fact.status in (None, "未启动"):
        return "未启动"
    if fact.due is None:
        return "其他"
    if month.as_of > fact.due:
        return "慢序时"
    behind = lag(fact, month)
    return "其他" if behind is None else by_points(behind, month)


def by_points(behind: float, month: Month) -> str:
    if behind >= month.lights.behind_points:
        return "慢序时"
    return "超序时" if -behind >= month.lights.ahead_points else "按序时"


def item_pace(facts: list[Fact], month: Month) -> str:
    """The class of an item: of the mean of its units."""
    own = [(pace(fact, month), fact) for fact in facts if fact.status != "不涉及"]
    if facts and all(word in ("已完成", "提前完成") for word, _ in own):
        return "提前完成" if own and all(word == "提前完成" for word, _ in own) else "已完成"
    if all(word == "未启动" for word, _ in own):
        return "未启动"
    counted = [(word, fact) for word, fact in own if not fact.excused] or own
    if any(fact.late for _, fact in counted):
        return "慢序时"
    still = [fact for word, fact in counted if word not in ("已完成", "提前完成")]
    if all(lag(fact, month) is None for fact in still):
        return "其他"
    return by_points(fmean(p for _, fact in counted if (p := lag(fact, month)) is not None), month)


_WORST = ("红", "behind", "near", "steady", "豁免", "finished")
LIGHT_WORDS = {
    "绿黄红": {"finished": "蓝", "steady": "绿", "near": "黄", "behind": "黄"},
    "蓝黄红": {"finished": "办结", "steady": "正常", "near": "蓝", "behind": "黄"},
    "蓝橙红": {"finished": "办结", "steady": "正常", "near": "蓝", "behind": "橙"},
}


def light(facts: list[Fact], month: Month) -> str:
    """The word of an item's worst light."""
    worst = min((_WORST.index(_light(fact, month)) for fact in facts), default=None)
    return "—" if worst is None else LIGHT_WORDS[month.lights.scheme].get(_WORST[worst], _WORST[worst])


def _light(fact: Fact, month: Month) -> str:
    if fact.closed:
        return "finished"
    if fact.excused:
        return "豁免"
    if fact.late:
        return "红"
    behind = lag(fact, month) if month.lights.schedule else None
    passed_by = fact.due is not None and fact.due < month.as_of
    if passed_by or fact.status == "需协调" or (behind is not None and behind >= month.lights.behind_points):
        return "behind"
    return "near" if fact.due and (fact.due - month.as_of).days <= DUE_SOON_DAYS else "steady"


def followed(now: Truth, last: Truth) -> Iterator[tuple[str, str, str, str]]:
    """(what the last bulletin named, unit, item number or '', what has become of it)."""
    known = {(fact.unit, fact.item.no): fact for fact in now.facts}
    for before in last.facts:
        fact = known[before.unit, before.item.no]
        if before.late:
            yield "逾期未完成的任务", before.unit, before.item.no, _overdue(before, fact)
        if before.status == "需协调":
            left = "仍需协调" if fact.status == "需协调" else "不再需要协调"
            yield "需协调解决的事项", before.unit, before.item.no, "已办结" if fact.closed else left
    for unit, old in last.units.items():
        answer = now.units[unit].answer
        if old.answer in _NAMED:
            what, outcomes = _NAMED[old.answer]
            yield what, unit, "", outcomes.get(answer, outcomes["else"])


def _overdue(before: Fact, fact: Fact) -> str:
    if fact.closed:
        return "已办结"
    if fact.late:
        return "仍未完成"
    return "不再计为逾期" if fact.due == before.due else "已调整时限"


_WAITING, _NONE = "本期来件待更正或正在核对", "本期没有报送任务"
_NAMED = {
    "未报送": (
        "未报送的单位",
        {
            "按时": "本期已报送",
            "逾期": "本期已报送",
            "未报送": "本期仍未报送",
            "待更正": _WAITING,
            "核对中": _WAITING,
            "else": _NONE,
        },
    ),
    "逾期": (
        "逾期报送的单位",
        {
            "按时": "本期按时报送",
            "逾期": "本期仍未按时报送",
            "未报送": "本期仍未按时报送",
            "待更正": _WAITING,
            "核对中": _WAITING,
            "else": _NONE,
        },
    ),
    "待更正": (
        "需更正未重报的单位",
        {
            "按时": "本期已报送",
            "逾期": "本期已报送",
            "待更正": "本期仍未报送合格台账",
            "未报送": "本期仍未报送合格台账",
            "核对中": "本期来件正在核对",
            "else": _NONE,
        },
    ),
}
"""The unit's answer then → what it was named for, and what each answer of today means for that."""
