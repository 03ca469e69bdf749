"""量化指标 of a plan as a month sees them: the snapshot with its lines, from what the store knows."""

from __future__ import annotations

from dataclasses import replace

from flows.goals.building import Known, goal_lines, has_goals
from flows.goals.series import Told
from flows.periods import Period
from flows.plan.model import Plan
from flows.plan.plan_time import PlanTime
from flows.progress import Snapshot
from flows.standing.followed import Again, entries_of
from flows.standing.goal_marks import kept_marks
from flows.store import Store


def with_goals(snapshot: Snapshot, store: Store, slug: str, plan: Plan, period: Period, again: Again) -> Snapshot:
    """The same with its lines of 量化指标; this very snapshot for a plan without targets and periodic items."""
    numbered = has_goals(plan.items)
    if not numbered and not again.known:
        return snapshot
    wanted = {item.no for item in plan.items if item.targets and not item.is_carried}
    told = {
        place: [Told(str(each.period), each.report.progress, each.source) for each in entries]
        for place, entries in entries_of(store, slug, wanted, period).items()
    }
    outcomes = {
        (cell.unit.name, cell.item.no): tuple(
            (each, again.was_asked(cell.unit.name, each.occurrence))
            for each in again.outcomes((cell.unit.name, cell.item.no))
        )
        for cell in snapshot.cells
        if cell.item.no in again.known
    }
    marks = kept_marks(store, slug, period) if numbered else {}
    return replace(snapshot, goals=goal_lines(snapshot, Known(PlanTime.of(plan.info), told, marks, outcomes)))
