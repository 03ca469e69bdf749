"""From facts to scores: exact arithmetic, one rounding rule, the same order always.

Shares are fractions. Full marks of criteria that cannot be counted go to the others in proportion, in hundredths by
largest remainder. A criterion's points are full × average share, rounded half up to hundredths; its rows get their
parts by the rounded running sum, so that rows add up to the criterion, criteria to the base, base and changes to the
total, with nothing left over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from flows.assessment.grading import graded
from flows.assessment.marking import could_answer, is_asked, is_missed, longest, marks_of
from flows.assessment.model import (
    Adjustment,
    Assessed,
    Change,
    Criterion,
    Facts,
    Mark,
    MonthFacts,
    Part,
    Score,
    UnitFacts,
)
from flows.assessment.settings import Assessment
from flows.assessment.talks import talks
from flows.progress import Answer
from flows.roster import Unit

_WHY_NOT = {
    Criterion.TIMELY: "没有可考核的期次",
    Criterion.COMPLETE: "没有可考核的期次",
    Criterion.CORRECTED: "没有可考核的期次",
    Criterion.DONE: "没有到期的任务",
    Criterion.QUALITY: "没有核定",
}


def assess(facts: Facts, rules: Assessment) -> Assessed:
    """Score every unit, grade and rank them, and say who is to be talked to."""
    scores: list[Score] = []
    excluded: list[tuple[str, str]] = []
    for unit in facts.units:
        reason = exempt_reason(unit.unit, rules) or unit.excused
        score = None if reason else score_of(unit, facts.adjustments, rules, facts.as_of)
        if score:
            scores.append(score)
        else:
            excluded.append((unit.unit.name, reason or "没有可考核的内容"))
    series = graded(scores, rules)
    judged = {score.unit.name: score for each in series for score in each.scores}
    known = [unit for unit in facts.units if unit.unit.name in judged]
    return Assessed(
        facts=facts,
        full=rules.full,
        series=series,
        excluded=tuple(excluded),
        talks=talks(known, judged, rules),
        pending=tuple(u.unit.name for u in known if any(m.answer is Answer.PENDING for m in u.months)),
        doubtful=_doubtful(facts, rules),
    )


def score_of(facts: UnitFacts, adjustments: Sequence[Adjustment], rules: Assessment, as_of: date) -> Score | None:
    """One unit's score without rank and grade; None when nothing of it can be counted."""
    marks = marks_of(facts, rules)
    usual = rules.marks(facts.unit.kind)
    wanted = {c: usual[c.key] for c in Criterion if usual[c.key] and any(m.share is not None for m in marks[c])}
    if not wanted:
        return None
    full = spread(wanted, rules.full)
    parts = tuple(_part(c, usual[c.key], full.get(c, Decimal(0)), marks[c]) for c in Criterion if usual[c.key])
    own = [line for line in adjustments if line.unit == facts.unit.name]
    changes = (*_automatic(facts, rules), *(_by_hand(line) for line in own if line.points is not None))
    base = sum((part.points for part in parts), Decimal(0))
    bonus = min(sum((c.points for c in changes if c.points > 0), Decimal(0)), points(rules.bonus_limit))
    deduction = max(sum((c.points for c in changes if c.points < 0), Decimal(0)), -points(rules.deduction_limit))
    return Score(
        unit=facts.unit,
        parts=parts,
        changes=changes,
        base=base,
        bonus=bonus,
        deduction=deduction,
        total=max(Decimal(0), base + bonus + deduction),
        vetoes=(*_vetoes(facts, rules, as_of), *(line.reason for line in own if line.points is None)),
    )


def exempt_reason(unit: Unit, rules: Assessment) -> str:
    """Why a unit is not assessed at all, '' when it is; a unit's own line goes before its kind's."""
    for name in (unit.name, *unit.aliases, unit.kind):
        if reason := rules.exempt.get(name):
            return reason
    return ""


def points(value: float | int | Decimal) -> Decimal:
    """A number of the settings as exact points."""
    return Decimal(str(value)).quantize(Decimal("0.01"))


def rounded(value: Fraction) -> Decimal:
    """To hundredths, half up. Values are never negative here."""
    return Decimal((200 * value.numerator + value.denominator) // (2 * value.denominator)) / 100


def spread(wanted: dict[Criterion, int], total: int) -> dict[Criterion, Decimal]:
    """``total`` over the criteria in proportion to their marks, in hundredths that add up to it exactly."""
    whole = sum(wanted.values())
    exact = {criterion: Fraction(100 * total * marks, whole) for criterion, marks in wanted.items()}
    cents = {criterion: int(value) for criterion, value in exact.items()}
    order = sorted(exact, key=lambda c: (cents[c] - exact[c], list(Criterion).index(c)))
    for criterion in order[: 100 * total - sum(cents.values())]:
        cents[criterion] += 1
    return {criterion: Decimal(value) / 100 for criterion, value in cents.items()}


def _part(criterion: Criterion, usual: int, full: Decimal, marks: tuple[Mark, ...]) -> Part:
    count = sum(mark.share is not None for mark in marks)
    if not count:
        return Part(criterion, usual, Decimal(0), Decimal(0), marks, _WHY_NOT[criterion])
    rows = []
    running, before = Fraction(0), Decimal(0)
    for mark in marks:
        if mark.share is not None:
            running += mark.share
            now = rounded(Fraction(full) * running / count)
            mark, before = replace(mark, points=now - before), now
        rows.append(mark)
    return Part(criterion, usual, full, before, tuple(rows))


def _automatic(facts: UnitFacts, rules: Assessment) -> tuple[Change, ...]:
    """Bonuses and deductions that follow from the facts."""
    found = []
    asked = [month for month in facts.months if is_asked(month) and not month.open]
    if rules.punctual_bonus and asked and all(_is_spotless(month) for month in asked):
        found.append(Change(points(rules.punctual_bonus), f"{len(asked)}期全部按时报送，没有退回"))
    for month in facts.months:
        for level, called in month.notices:
            if loss := points(rules.notice_deductions[level - 1]):
                found.append(Change(-loss, "收到督办单", called, str(month.period)))
    return tuple(found)


def _is_spotless(month: MonthFacts) -> bool:
    return month.answer is Answer.ON_TIME and not month.returned


def _by_hand(line: Adjustment) -> Change:
    return Change(line.points or Decimal(0), line.reason, line.basis, line.period, by_hand=True)


def _vetoes(facts: UnitFacts, rules: Assessment, as_of: date) -> tuple[str, ...]:
    """Reasons for 一票否决 that follow from the facts."""
    found = []
    missed = longest(facts.months, is_missed, could_answer)
    if rules.veto_missing and len(missed) >= rules.veto_missing:
        found.append(f"连续{len(missed)}期没有报送（{missed[0].period.label}至{missed[-1].period.label}）")
    if rules.veto_overdue_days:
        stuck = [duty for duty in facts.duties if duty.finished is None and not duty.left_out]
        for duty in stuck:
            if (days := (as_of - duty.due).days) >= rules.veto_overdue_days:
                found.append(f"{duty.name}逾期{days}天没有完成")
    return tuple(found)


def _doubtful(facts: Facts, rules: Assessment) -> dict[str, str]:
    """What config.toml says about units, kinds and tasks that are not there."""
    units = {name for each in facts.units for name in (each.unit.name, *each.unit.aliases)}
    kinds = {each.unit.kind for each in facts.units}
    items = {name for no in facts.items for name in (no, f"{facts.plan}/{no}")}
    found = {key: "没有这类单位" for key in rules.kinds if key not in kinds}
    for key in rules.exempt:
        unit, _, month = key.partition("/")
        if unit not in units | ({*kinds} if not month else set()) or (
            month and not re.fullmatch(r"20\d\d-\d\d", month)
        ):
            found[key] = "没有这个单位或这类单位，期次要写成 单位/2026-07"
    return found | {key: "没有这项任务" for key in rules.exempt_items if "/" not in key and key not in items}
