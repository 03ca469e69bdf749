"""What 量化指标 and 定期任务 are for an assessment: each occurrence a dated task, each number evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from flows.assessment.model import Duty
from flows.assessment.settings import Assessment
from flows.documents.passages import item_name
from flows.goals.model import Verdict
from flows.progress import Cell, Snapshot
from flows.standing.followed import Again


def occurrence_duties(
    cell: Cell, again: Again, rules: Assessment, day: date, left_out: Callable[[date], str]
) -> Iterator[Duty]:
    """A dated task for each occurrence that has come due by a day. ``left_out``: why an open one does not count."""
    unit, item = cell.unit.name, cell.item
    for outcome in again.outcomes((unit, item.no)):
        due = outcome.occurrence.due
        if due > day:
            continue
        if outcome.done:
            reason = ""
        elif outcome.exempt:
            reason = "不涉及"
        else:
            reason = left_out(due) if again.was_asked(unit, outcome.occurrence) else "没有给它下发台账"
        by_report = rules.finished_by == "reported" and outcome.told_on is not None
        name = item_name(item.no, item.requirement, item.task)
        yield Duty(
            no=item.no,
            name=f"{name}（第{outcome.occurrence.number}次）",
            due=due,
            finished=outcome.told_on if outcome.done and by_report else outcome.done,
            finished_how="报来之日" if by_report else "单位填报的完成日期",
            standing="本次没有报完成",
            left_out=reason,
            source=outcome.source,
        )


def measured_words(snapshot: Snapshot, unit: str) -> dict[str, str]:
    """Item number → how the unit's numbers stand to those that the plan asks for."""
    found: dict[str, list[str]] = {}
    for goal in snapshot.goals:
        if goal.unit == unit and not goal.occurrences and goal.counts and goal.verdict is not Verdict.NONE:
            found.setdefault(goal.no, []).append(f"指标“{goal.target}”{goal.verdict.value}（{goal.why}）")
    return {no: "；".join(words) for no, words in found.items()}
