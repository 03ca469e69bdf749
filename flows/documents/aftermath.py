"""上期通报问题整改情况: what has become of everything that the last bulletin named, each kind in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.documents.chinese import listed, numbers_of
from flows.periods import Period
from flows.progress import Snapshot
from flows.standing.followup import Complaint, FollowUp, Outcome

_PAIRS_TOLD = 20
"""Open tasks that are named with their units; the overdue ones all stand in 附件2."""


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of complaint is told: what it was, what each outcome is called."""

    what: str
    measure: str
    outcomes: dict[Outcome, str]
    all_done: str
    """When nothing is left open, and nothing else has happened."""
    none_done: str
    """When every one of them is still open."""


WORDS = {
    Complaint.OVERDUE: Words(
        "逾期未完成的任务",
        "项次",
        {
            Outcome.DONE: "已办结",
            Outcome.MOVED: "已调整时限",
            Outcome.EASED: "不再计为逾期",
            Outcome.GONE: "不再由原单位承担",
            Outcome.OPEN: "仍未完成",
        },
        "已全部办结",
        "均未完成",
    ),
    Complaint.BLOCKED: Words(
        "需协调解决的事项",
        "项次",
        {
            Outcome.DONE: "已办结",
            Outcome.EASED: "不再需要协调",
            Outcome.GONE: "不再由原单位承担",
            Outcome.OPEN: "仍需协调",
        },
        "已全部办结",
        "均仍需协调",
    ),
    Complaint.MISSING: Words(
        "未报送的单位",
        "个",
        {
            Outcome.DONE: "本期已报送",
            Outcome.WAITING: "本期来件待更正或正在核对",
            Outcome.GONE: "本期没有报送任务",
            Outcome.OPEN: "本期仍未报送",
        },
        "本期均已报送",
        "本期均未报送",
    ),
    Complaint.LATE: Words(
        "逾期报送的单位",
        "个",
        {
            Outcome.DONE: "本期按时报送",
            Outcome.WAITING: "本期来件待更正或正在核对",
            Outcome.GONE: "本期没有报送任务",
            Outcome.OPEN: "本期仍未按时报送",
        },
        "本期均按时报送",
        "本期均未按时报送",
    ),
    Complaint.RETURNED: Words(
        "需更正未重报的单位",
        "个",
        {
            Outcome.DONE: "本期已报送",
            Outcome.WAITING: "本期来件正在核对",
            Outcome.GONE: "本期没有报送任务",
            Outcome.OPEN: "本期仍未报送合格台账",
        },
        "本期均已报送",
        "本期均未报送合格台账",
    ),
}


def aftermath(snapshot: Snapshot) -> tuple[str, ...]:
    """One paragraph: 上期通报（2026年9月）指出的问题中，……; () when the last bulletin named nobody or is not known."""
    if not snapshot.followups or not snapshot.followed_period:
        return ()
    told = []
    for complaint, words in WORDS.items():
        found = [each for each in snapshot.followups if each.complaint is complaint]
        if found:
            told.append(_sentence(words, found, complaint))
    return (f"上期通报（{Period.parse(snapshot.followed_period).label}）指出的问题中，" + "。".join(told) + "。",)


def _sentence(words: Words, found: Sequence[FollowUp], complaint: Complaint) -> str:
    start = f"{words.what}{len(found)}{words.measure}"
    groups = {outcome: [each for each in found if each.outcome is outcome] for outcome in words.outcomes}
    present = {outcome: each for outcome, each in groups.items() if each}
    left = groups[Outcome.OPEN]
    if len(present) > 1:
        parts = [f"{words.outcomes[outcome]}{len(each)}{words.measure}" for outcome, each in present.items()]
        return f"{start}，其中{'，'.join(parts)}{_named(left, complaint)}"
    (outcome,) = present
    if outcome is Outcome.DONE:
        return f"{start}，{_alone(words.all_done, found)}"
    if outcome is Outcome.OPEN:
        return f"{start}，{_alone(words.none_done, found)}{_named(left, complaint)}"
    return f"{start}，{_alone('均' + words.outcomes[outcome], found)}"


def _alone(text: str, found: Sequence[FollowUp]) -> str:
    """均 and 全部 are said of two or more."""
    if len(found) > 1:
        return text
    for many, one in (("均未", "仍未"), ("均仍", "仍"), ("均已", "已"), ("均", ""), ("已全部", "已")):
        if many in text:
            return text.replace(many, one, 1)
    return text


def _named(left: Sequence[FollowUp], complaint: Complaint) -> str:
    if not left:
        return ""
    if not left[0].no:
        return "：" + listed(each.unit for each in left)
    if len(left) > _PAIRS_TOLD:
        return "，见附件2" if complaint is Complaint.OVERDUE else ""
    units: dict[str, list[str]] = {}
    for each in left:
        units.setdefault(each.unit, []).append(each.no)
    return "：" + listed(f"{unit}（{numbers_of(numbers)}）" for unit, numbers in units.items())
