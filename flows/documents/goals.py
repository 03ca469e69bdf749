"""量化指标 and 定期任务 in words: for the bulletin, its list of progress, and the annual report."""

from __future__ import annotations

from collections.abc import Sequence

from flows.documents.chinese import flat, listed
from flows.documents.passages import item_name
from flows.goals.model import WHOLE, GoalLine, Verdict
from flows.progress import Snapshot

_TOLD = 8
"""Units named one by one for a target."""
_JUDGED = (Verdict.MET, Verdict.MISSED, Verdict.UNKNOWN)


def goal_sentences(snapshot: Snapshot) -> tuple[str, ...]:
    """The passage of the bulletin: one sentence with the counts, then each target whose time is up and is not reached.

    () for a plan that asks for no number. While nothing is due the counts alone are told; in December, or at a
    target's day, every unit that has missed it is named, and so is who has to be asked.
    """
    goals = [goal for goal in snapshot.goals if goal.counts and goal.verdict is not Verdict.NONE]
    if not goals:
        return ()
    due = [goal for goal in goals if goal.is_final]
    again = (
        "定期任务每到一次重新计算完成情况，上一次完成的不计入本次。" if any(goal.occurrences for goal in goals) else ""
    )
    return ("".join((_counts(goals), again, *(_shortfall(snapshot, group) for group in _by_target(due)))),)


def goal_words(snapshot: Snapshot, no: str) -> str:
    """The targets of one item for a cell of the progress list; '' for an item without any."""
    groups = _by_target([goal for goal in snapshot.goals if goal.no == no and goal.counts])
    return "\n".join(f"{_name(group[0])}：{_states(group)}" for group in groups if _states(group))


def goal_report(snapshot: Snapshot) -> str:
    """The paragraph of the annual report's 工作要点落实情况; '' for a plan that asks for no number."""
    goals = [goal for goal in snapshot.goals if goal.counts and goal.verdict is not Verdict.NONE]
    if not goals:
        return ""
    due = [goal for goal in goals if goal.verdict is Verdict.MISSED]
    return "".join(("量化指标和定期任务方面，", _counts(goals, opening=False), *map(_missed_words, _by_target(due))))


def _by_target(goals: Sequence[GoalLine]) -> list[list[GoalLine]]:
    groups: dict[tuple[str, str], list[GoalLine]] = {}
    for goal in goals:
        groups.setdefault((goal.no, goal.target), []).append(goal)
    return list(groups.values())


def _counts(goals: Sequence[GoalLine], *, opening: bool = True) -> str:
    """量化指标和定期任务按单位分解为5项次，其中达标3项次，未达标1项次，…。"""
    parts = [(verdict, sum(goal.verdict is verdict for goal in goals)) for verdict in (*_JUDGED, Verdict.OPEN)]
    told = "，".join(f"{verdict.value}{count}项次" for verdict, count in parts if count)
    head = "量化指标和定期任务" if opening else ""
    if sum(1 for _, count in parts if count) == 1:
        return f"{head}按单位分解为{len(goals)}项次，均{'为' if '达标' not in told else ''}{_only(parts)}。"
    return f"{head}按单位分解为{len(goals)}项次，其中{told}。"


def _only(parts: Sequence[tuple[Verdict, int]]) -> str:
    return next(verdict.value for verdict, count in parts if count)


def _shortfall(snapshot: Snapshot, goals: Sequence[GoalLine]) -> str:
    """第3项“…”要求不少于两场：未达标的有甲县（1场）；无法判断的有乙局（没有填报过）。"""
    name = next(
        (
            item_name(line.item.no, line.item.requirement, line.item.task)
            for line in snapshot.items
            if line.item.no == goals[0].no
        ),
        f"第{goals[0].no}项",
    )
    told = "" if _name(goals[0]) in name.replace("‘", "“").replace("’", "”") else f"（{_name(goals[0])}）"
    return f"{name}{told}，{_named(goals)}。"


def _missed_words(goals: Sequence[GoalLine]) -> str:
    return f"第{goals[0].no}项（{_name(goals[0])}），{_named(goals)}。"


def _named(goals: Sequence[GoalLine]) -> str:
    parts = []
    for verdict in (Verdict.MISSED, Verdict.UNKNOWN):
        lines = [goal for goal in goals if goal.verdict is verdict]
        if lines:
            more = f"等{len(lines)}个单位" if len(lines) > _TOLD else ""
            parts.append(f"{verdict.value}的有{_units(lines[:_TOLD])}{more}")
    return "；".join(parts)


def _units(goals: Sequence[GoalLine]) -> str:
    """甲县、乙县（没有填报过），丙局（1场，目标2场）: a reason is said once."""
    reasons: dict[str, list[str]] = {}
    for goal in goals:
        who = "各承担单位合计" if goal.unit == WHOLE else goal.unit
        reasons.setdefault(goal.why.replace("（", "，").replace("）", ""), []).append(who)
    return "，".join(f"{listed(units)}（{why}）" for why, units in reasons.items())


def _name(goal: GoalLine) -> str:
    return flat(goal.target)


def _states(goals: Sequence[GoalLine]) -> str:
    """达标2个、未达标1个."""
    counts = [(verdict, sum(goal.verdict is verdict for goal in goals)) for verdict in (*_JUDGED, Verdict.OPEN)]
    if len(goals) == 1:
        return f"{goals[0].verdict.value}（{goals[0].why}）" if goals[0].verdict is not Verdict.NONE else ""
    return "、".join(f"{verdict.value}{count}个单位" for verdict, count in counts if count)
