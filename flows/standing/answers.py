"""Where a unit's answer of a period stands, and what that rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flows.periods import spoken
from flows.progress import Answer
from flows.roster import Unit
from flows.standing.ground import Ground
from flows.storage.history import Arrival


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's answer, when it came, and what that rests on."""

    answer: Answer
    received: datetime | None
    evidence: str


def answer_of(ground: Ground, unit: Unit, came: Sequence[Arrival]) -> Standing:
    """Where a unit's answer stands. Naming a unit as 未报送 while something of it lies here is the worst error.

    A unit is on time when its first readable sheet was, even if that one had to be corrected.
    """
    if unit.name not in ground.assignment.by_unit:
        return Standing(Answer.NOT_ASKED, None, "没有承担任务")
    readable = [arrival for arrival in came if arrival.verdict != "quarantined"]
    accepted = [arrival for arrival in readable if arrival.verdict == "accepted"]
    if accepted:
        on_time = readable[0].received.date() <= ground.reply_by
        evidence = _shown(accepted[-1])
        if readable[-1].verdict == "returned":
            evidence += (
                f"；{_shown(readable[-1])}，有 {len(readable[-1].problems)} 处需更正，已退回{_kept(ground, unit)}"
            )
        elif len(readable) > 1:
            evidence += f"；第一份 {_shown(readable[0])}"
        return Standing(Answer.ON_TIME if on_time else Answer.LATE, accepted[-1].received, evidence)
    if readable:
        last = readable[-1]
        faults = f"{_shown(last)}，有 {len(last.problems)} 处需更正{_kept(ground, unit)}"
        return Standing(Answer.RETURNED, last.received, faults)
    if came:
        return Standing(Answer.PENDING, came[-1].received, f"{_shown(came[-1])}，{came[-1].reason}")
    if unit.name not in ground.issued:
        reviews = (ground.reviews.get((unit.name, no)) for no, _role in ground.assignment.by_unit[unit.name])
        if all(review and review.ruling.closed for review in reviews):
            return Standing(Answer.NOT_ASKED, None, "任务都已销号")
        return Standing(Answer.NOT_ISSUED, None, "本期没有给它下发台账")
    silent = f"截至{spoken(ground.as_of)}没有收到任何文件"
    return Standing(Answer.MISSING, None, f"{silent}{_not_reached(ground, unit)}")


def _not_reached(ground: Ground, unit: Unit) -> str:
    """Nobody is silent who was not reached: the addresses that sent our letters back."""
    told = "，".join(each.sentence for each in ground.bounced.get(unit.name, ()))
    if not told:
        return ""
    if unit.name in ground.unreached:
        return f"；台账没有送达（邮箱退信 {told}），请核对邮箱后再发一次"
    return f"；有邮箱退信（{told}）"


def _kept(ground: Ground, unit: Unit) -> str:
    held = ground.held.get(unit.name, 0)
    return f"，其中 {held} 项已收下备用" if held else ""


def _shown(arrival: Arrival) -> str:
    when = arrival.received
    return f"{when.month}月{when.day}日 {when:%H:%M} 收到“{arrival.name}”"
