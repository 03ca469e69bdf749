"""The lines of 量化指标: every target of every unit that has to reach it, and the occurrences of periodic items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.goals.model import WHOLE, GoalLine, Month, Verdict, shown
from flows.goals.occurrences import Outcome
from flows.goals.series import Course, Mark, Told, follow, judged, wanted_by
from flows.goals.whose import Scope, Whose, whose
from flows.ledger.model import Role, Status
from flows.plan.deadline_rhythm import rhythm_words
from flows.plan.model import Item, Kind, Target
from flows.plan.plan_time import PlanTime
from flows.progress import Answer, Cell, ItemLine, Snapshot

Place = tuple[str, str]
"""(unit, item number)."""


@dataclass(frozen=True)
class Known:
    """What the lines follow from, beside the snapshot."""

    time: PlanTime
    told: Mapping[Place, Sequence[Told]]
    """What units wrote, month by month."""
    marks: Mapping[tuple[str, str, str], Mapping[str, Mark]]
    """(unit, no, target) → month → what the office set."""
    outcomes: Mapping[Place, Sequence[tuple[Outcome, bool]]]
    """Of periodic items: each occurrence, and whether the unit was asked about it."""


def has_goals(items: Sequence[Item]) -> bool:
    """Whether any of the plan's own items asks for a number."""
    return any(item.targets for item in items if not item.is_carried)


def goal_lines(snapshot: Snapshot, known: Known) -> tuple[GoalLine, ...]:
    """Every line, in the plan's order. Look-back items (回头看) have none: their year is over."""
    return tuple(
        goal for line in snapshot.items if not line.item.is_carried for goal in _of_item(line, snapshot, known)
    )


def _of_item(line: ItemLine, snapshot: Snapshot, known: Known) -> Iterator[GoalLine]:
    item = line.item
    times = [(cell, known.outcomes.get((cell.unit.name, item.no), ())) for cell in line.cells]
    again = max((len(each) for _, each in times), default=0)
    numbers = [target for target in item.targets if not (again > 1 and _is_the_rhythm(target))]
    if again > 1 or (again and not numbers):
        yield from (_times(cell, each, snapshot) for cell, each in times if each)
    has_lead = any(cell.role is Role.LEAD for cell in line.cells)
    scopes = {target: whose(item, target, has_lead=has_lead) for target in numbers}
    for target in numbers:
        cells = [cell for cell in line.cells if _concerns(scopes[target], cell)]
        lines = []
        for cell in cells:
            own = [other for other in numbers if _concerns(scopes[other], cell)]
            lines.append(_number(cell, target, scopes[target], own, snapshot, known))
        if scopes[target].scope is Scope.WHOLE and len(lines) > 1:
            yield _sum(lines, snapshot)
            yield from (replace(goal, counts=False, verdict=_part(goal), why="计入合计") for goal, _ in lines)
        else:
            yield from (goal for goal, _ in lines)


def _is_the_rhythm(target: Target) -> bool:
    """一季度听取一次: to do it every time is the target, there is nothing to count beside that."""
    return target.value == 1 and target.per in ("月", "季", "半年") and target.unit != "%"


def _concerns(scope: Whose, cell: Cell) -> bool:
    return scope.concerns(is_lead=cell.role is Role.LEAD, is_district=cell.unit.is_district)


def _left_out(cell: Cell) -> str:
    """Why a unit has nothing to reach, '' when it has."""
    if cell.report and cell.report.status is Status.EXEMPT:
        return "单位报不涉及" if cell.source else "不涉及"
    return f"豁免：{cell.excused}" if cell.excused else ""


def _judged_on(cell: Cell, time: PlanTime) -> date:
    """The day of the item; what is ongoing or comes again is judged at the plan's end."""
    kind = cell.item.deadline.kind
    return cell.due if cell.due and kind is not Kind.PERIODIC else time.last


def _number(
    cell: Cell, target: Target, scope: Whose, own: Sequence[Target], snapshot: Snapshot, known: Known
) -> tuple[GoalLine, Course]:
    place = (cell.unit.name, cell.item.no)
    marks = known.marks.get((*place, target.text), {})
    course = follow(target, cell.item.requirement, known.told.get(place, ()), marks, own)
    day = _judged_on(cell, known.time)
    wanted = wanted_by(target, day, known.time)
    verdict, why = judged(course, wanted, target.unit, day, snapshot.as_of)
    if left_out := _left_out(cell):
        verdict, why = Verdict.NONE, left_out
    elif verdict in (Verdict.MISSED, Verdict.UNKNOWN) and cell.answer is Answer.PENDING:
        verdict, why = Verdict.UNKNOWN, "来件还没有处理"
    mark = marks.get(snapshot.period, Mark(None))
    goal = GoalLine(
        no=cell.item.no,
        unit=cell.unit.name,
        target=target.text,
        wanted=wanted,
        measure=target.unit,
        whose=scope.words,
        judged_on=day,
        value=course.value,
        verdict=verdict,
        why=why,
        months=course.months,
        ruled=mark.value,
        note=mark.note,
        mark=mark.id,
    )
    return goal, course


def _part(goal: GoalLine) -> Verdict:
    return Verdict.NONE if goal.verdict is Verdict.NONE else Verdict.OPEN


def _sum(lines: Sequence[tuple[GoalLine, Course]], snapshot: Snapshot) -> GoalLine:
    """All units together: reached as soon as what is certain suffices, missed only when every number is known."""
    counted = [(goal, course) for goal, course in lines if goal.verdict is not Verdict.NONE]
    first = lines[0][0]
    day = max((goal.judged_on for goal, _ in counted), default=first.judged_on)
    least = sum(course.least for _, course in counted)
    unsure = [goal.unit for goal, course in counted if course.value is None or course.doubt]
    values = [course.value for _, course in counted if course.value is not None]
    total = sum(values) if values else None
    told = f"{len(counted)}个单位合计{shown(total, first.measure)}，目标{shown(first.wanted, first.measure)}"
    over = snapshot.as_of >= day
    if not counted:
        verdict, told = Verdict.NONE, "没有单位涉及"
    elif least >= first.wanted:
        verdict = Verdict.MET
    elif unsure:
        verdict = Verdict.UNKNOWN if over else Verdict.OPEN
        told = f"{told}；{len(unsure)}个单位的数不清楚（{'、'.join(unsure[:5])}{'等' if len(unsure) > 5 else ''}）"
    else:
        verdict = Verdict.MISSED if over else Verdict.OPEN
    return replace(
        first, unit=WHOLE, value=total, verdict=verdict, why=told, judged_on=day, months=(), ruled=None, note="", mark=0
    )


def _times(cell: Cell, times: Sequence[tuple[Outcome, bool]], snapshot: Snapshot) -> GoalLine:
    """完成4次/应完成4次: every occurrence that the unit was asked about counts, finished late or in time."""
    counted = [each for each, asked in times if not each.exempt and (asked or each.done)]
    come = [each for each in counted if each.occurrence.due <= snapshot.as_of]
    done = [each for each in counted if each.done]
    lacking = [each for each in come if each.done is None]
    late = sum(1 for each in done if each.done and each.done > each.occurrence.due)
    unasked = sum(1 for each, asked in times if not asked and not each.exempt and each.occurrence.due <= snapshot.as_of)
    last = times[-1][0].occurrence.due
    open_still = [each for each, asked in times if not each.exempt and each.occurrence.due > snapshot.as_of]
    over = not open_still
    wanted = len(counted) if over else len({each.occurrence.number for each in (*counted, *open_still)})
    told = f"到期{len(come)}次，完成{sum(1 for each in come if each.done)}次"
    if lacking:
        told += f"，缺{'、'.join(f'{each.occurrence.due.month}月{each.occurrence.due.day}日' for each in lacking)}"
    told += f"，其中{late}次逾期完成" if late else ""
    told += f"；另有{unasked}次没有下发台账，不计" if unasked else ""
    if not wanted:
        verdict = Verdict.NONE if not unasked else Verdict.UNKNOWN
        told = told if unasked else _left_out(cell) or "不涉及"
    elif over and not lacking:
        verdict = Verdict.MET
    elif over:
        verdict = Verdict.UNKNOWN if cell.answer is Answer.PENDING else Verdict.MISSED
    else:
        verdict = Verdict.OPEN
    item = cell.item
    return GoalLine(
        no=item.no,
        unit=cell.unit.name,
        target=f"定期：{rhythm_words(item.rhythm or '')}",
        wanted=float(wanted),
        measure="次",
        whose=Scope.EACH.value,
        judged_on=last,
        value=float(len(done)),
        verdict=verdict,
        why=told,
        months=tuple(
            Month(str(each.period), 1.0, "完成", "", f"{each.done.month}月{each.done.day}日", each.source)
            for each in done
            if each.period and each.done
        ),
        occurrences=True,
    )
