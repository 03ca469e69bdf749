"""回头看: what an earlier plan left open, and problems that others found, become a part of their own in a new plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.carry.model import Candidate, Gathered, Source
from flows.carry.outside import problem_list
from flows.carry.taking import Taken, take
from flows.carry.unfinished import unfinished
from flows.desk import NO_ROSTER, Desk, open_desk
from flows.engine import flow, show, step
from flows.files import keep_copy, write_file
from flows.periods import Period, today
from flows.plan.carried import Carried
from flows.plan.deadlines import month_rule
from flows.plan.model import Doubt, Plan
from flows.plan.review import Backdrop, Change, write_review
from flows.plan.review_layout import ADDED
from flows.problems import UserError
from flows.standing.figures import CLOSED
from flows.storage.carried import keep_carried
from flows.storage.reviews import Renumbered
from flows.store import carried as carried_table
from flows.units.assignment import Assignment, all_doubts, assign
from flows.workspace import Home


@flow(
    name="回头看",
    flow_run_name="回头看 {slug} → {into}",
    description="把上一计划没有完成的任务和问题清单列入新计划，供办公室核对。",
)
def lookback(
    home: str, slug: str, into: str, problems: str | None = None, year: int | None = None, due: str | None = None
) -> dict[str, Any]:
    """Gather what ``slug`` left open (up to the end of ``year``, by default up to now), and the problems of a list;
    put it behind the items of ``into``, where the office reviews it like everything else.

    Run again, nothing is taken twice and what the office has changed stays. Gives ``needs_person`` beside the rest.
    """
    place = Home(Path(home))
    with open_desk(place, slug) as old:
        last = _last_period(old, year)
        left = gather_unfinished(old, last, date(year, 12, 31) if year else None)
    with open_desk(place, into, need_roster=False, doing="回头看") as new:
        listed = read_problems(new, Path(problems)) if problems else Gathered(())
        taken = take_in(new, (*left.candidates, *listed.candidates), slug, date.fromisoformat(due) if due else None)
        taken = replace(taken, doubts=(*taken.doubts, *_about_list(new, listed)))
        if taken.added or taken.doubts:
            write_table(new, taken)
        keep_origins(new, taken.carried)
        result = _result(new, slug, last, left, listed, taken)
    show("lookback", into, f"{slug} → {into} 回头看", result)
    return result


@step("查上年未完成")
def gather_unfinished(desk: Desk, period: Period, as_of: date | None = None) -> Gathered:
    """The look-back items of an old plan by its last snapshot."""
    snap = desk.snapshot(period, as_of or today())
    held = {place for place, each in desk.history.held(period).items() if each.report.status in CLOSED}
    info = desk.plan.info
    numbering = Renumbered(desk.store, desk.folder.slug).last
    return unfinished(snap, Source(desk.folder.slug, info.title, info.year, numbering), held)


@step("读问题清单")
def read_problems(desk: Desk, path: Path) -> Gathered:
    """The problems of a list from outside; the file is kept beside the plan."""
    with month_rule(desk.config.plan.inclusive_months):
        found = problem_list(path, desk.plan.info.year, desk.decisions.columns)
    target = desk.folder.root / f"问题清单_{path.name}"
    if target.resolve() != path.resolve():
        write_file(target, path.read_bytes())
    return found


@step("并入新计划")
def take_in(desk: Desk, candidates: Sequence[Candidate], looked_at: str, due: date | None) -> Taken:
    """Number what is new, find out what has changed since it was taken."""
    slug = desk.folder.slug
    moved = Renumbered(desk.store, looked_at)
    ever = desk.store.column(sa.select(carried_table.c.no).where(carried_table.c.plan == slug))

    def number_today(each: Carried) -> str:
        return moved.today(each.origin, each.numbering) if each.plan == looked_at else each.origin

    return take(desk.reviewed, desk.carried, candidates, due=due, looked_at=looked_at, today=number_today, used=ever)


@step("写任务分解表")
def write_table(desk: Desk, taken: Taken) -> None:
    """任务分解表.xlsx with the new part; everything that the office has done in it stays, and a copy of it."""
    reviewed, config = desk.reviewed, desk.config
    plan, assignment = _assigned(desk, taken)
    added = [each.no for each in taken.added]
    items = {item.no: item for item in taken.items}
    if reviewed.edited:
        keep_copy(desk.folder.review)
    write_review(
        plan,
        desk.folder.review,
        assignment.pairs(),
        assignment.groups,
        Backdrop(
            reading=reviewed.reading or reviewed.plan,
            roster_doubts=frozenset(plan.doubts) - frozenset((*reviewed.own_doubts, *taken.doubts)),
            kept_doubts=frozenset((*reviewed.kept_doubts, *taken.doubts)),
            settled=reviewed.settled,
            cancelled=reviewed.cancelled,
            marks=dict(reviewed.marks) | dict.fromkeys(added, ADDED),
            pending=reviewed.pending,
            changes=tuple(_change(items[no].requirement, no) for no in added),
            remembered=desk.decisions.rows,
            units=(*desk.roster.kinds, *config.groups.named, *(unit.name for unit in desk.roster)),
            carried=taken.carried,
        ),
    )


@step("记下来源")
def keep_origins(desk: Desk, carried: Sequence[Carried]) -> None:
    """The table is what counts; the store keeps where each item came from, also when the table is lost."""
    keep_carried(desk.store, desk.folder.slug, carried)


def _change(requirement: str, no: str) -> Change:
    return Change(no, None, ADDED, "", "", requirement, requirement)


def _last_period(desk: Desk, year: int | None) -> Period:
    """The period whose figures count; UserError when nothing was ever issued."""
    known = [each for each in desk.history.periods() if year is None or each.year <= year]
    if not known:
        when = f"{year}年以前" if year else ""
        raise UserError(f"“{desk.folder.slug}”{when}还没有下发过台账，不知道哪些没有完成", "请核对计划代号和年份")
    return known[-1]


def _about_list(desk: Desk, listed: Gathered) -> list[Doubt]:
    """What was not understood in a list, for the sheet 存疑; not again once somebody has answered it."""
    told = [Doubt(None, "items", "问题清单", sentence) for sentence in listed.remarks]
    known = {*desk.reviewed.settled, *desk.reviewed.plan.doubts}
    return [doubt for doubt in told if doubt not in known]


def _assigned(desk: Desk, taken: Taken) -> tuple[Plan, Assignment]:
    """The plan with the new part and every open question, and who carries what."""
    reviewed = desk.reviewed
    plan = replace(reviewed.plan, items=taken.items, doubts=(*reviewed.own_doubts, *taken.doubts))
    assignment = assign(plan, desk.roster, desk.config.groups, desk.decisions.units)
    blank = not desk.roster.units
    doubts = (*plan.doubts, NO_ROSTER) if blank else all_doubts(plan, assignment, reviewed.settled)
    return plan.with_doubts(doubts), assignment


def _result(desk: Desk, slug: str, last: Period, left: Gathered, listed: Gathered, taken: Taken) -> dict[str, Any]:
    items = {item.no: item for item in taken.items}
    plan, _assignment = _assigned(desk, taken)
    doubts = [doubt for doubt in plan.doubts if doubt.no in items and items[doubt.no].is_carried]
    return {
        "plan": desk.folder.slug,
        "from": slug,
        "period": str(last),
        "added": [
            {
                "no": each.no,
                "kind": each.kind.value,
                "origin": {"plan": each.plan or None, "no": each.origin or None, "title": each.title},
                "requirement": items[each.no].requirement,
                "units": [*items[each.no].lead, *items[each.no].responsible],
                "due": due.isoformat() if (due := items[each.no].deadline.due) else None,
            }
            for each in taken.added
        ],
        "known": taken.known,
        "closed": [
            {"no": each.no, "origin": each.origin, "units": list(each.units), "whole": each.whole}
            for each in taken.moved
            if not each.owing
        ],
        "owing": [
            {"no": each.no, "origin": each.origin, "units": list(each.units)} for each in taken.moved if each.owing
        ],
        "left_out": [{"no": each.no, "units": list(each.units), "reason": each.reason} for each in left.left_out],
        "remarks": list(listed.remarks),
        "undated": [item.no for item in taken.items if item.is_carried and item.deadline.due is None],
        "warnings": [doubt.as_dict() for doubt in doubts],
        "review": str(desk.folder.review),
        "needs_person": bool(doubts or taken.moved or any(doubt.no is None for doubt in taken.doubts)),
    }
