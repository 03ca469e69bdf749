"""The rows behind a score: each month and each dated task of a unit gets a share between 0 and 1, and says why.

A month without a sheet that counts is worth 0 for all four monthly criteria: who sends something, late or faulty,
never stands below who sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from flows.assessment.model import Criterion, Duty, Mark, MonthFacts, UnitFacts
from flows.assessment.settings import Assessment
from flows.periods import spoken
from flows.progress import Answer

_NOTHING = Fraction(0)
_WHOLE = Fraction(1)


def marks_of(facts: UnitFacts, rules: Assessment) -> dict[Criterion, tuple[Mark, ...]]:
    """Every row of a unit, counted or not, by criterion: months in order, tasks in the plan's order."""
    monthly: dict[Criterion, list[Mark]] = {criterion: [] for criterion in _MONTHLY}
    for month in facts.months:
        shut = _not_counted(month, facts, rules)
        for criterion, rows in monthly.items():
            rows.append(Mark(criterion, str(month.period), None, shut) if shut else _MONTHLY[criterion](month, rules))
    found = {criterion: tuple(rows) for criterion, rows in monthly.items()}
    found[Criterion.DONE] = tuple(_done(duty, rules) for duty in facts.duties)
    return {criterion: found[criterion] for criterion in Criterion}


def longest(
    months: Iterable[MonthFacts], meant: Callable[[MonthFacts], bool], counts: Callable[[MonthFacts], bool]
) -> tuple[MonthFacts, ...]:
    """The longest run of months that are meant, the latest of equal ones; months that do not count do not break it."""
    best: tuple[MonthFacts, ...] = ()
    run: list[MonthFacts] = []
    for month in months:
        if not counts(month):
            continue
        if not meant(month):
            run.clear()
            continue
        run.append(month)
        if len(run) >= len(best):
            best = tuple(run)
    return best


def could_answer(month: MonthFacts) -> bool:
    """A month that says something about the unit's reporting: it had a workbook, and its day is over."""
    return is_asked(month) and not month.open and not month.unreached


def is_missed(month: MonthFacts) -> bool:
    """A month in which a sheet was wanted, could have come, and none came."""
    return month.answer is Answer.MISSING and not month.open and not month.unreached


def is_asked(month: MonthFacts) -> bool:
    """Whether the unit had a workbook to fill in."""
    return month.answer not in (Answer.NOT_ISSUED, Answer.NOT_ASKED)


def _not_counted(month: MonthFacts, facts: UnitFacts, rules: Assessment) -> str:
    """Why a month is not counted at all, '' when it is."""
    names = (facts.unit.name, *facts.unit.aliases)
    for name in names:
        if reason := rules.exempt.get(f"{name}/{month.period}"):
            return f"不计：{reason}"
    if month.answer is Answer.NOT_ISSUED:
        return "不计：本期没有给它下发台账"
    if month.answer is Answer.NOT_ASKED:
        return "不计：本期没有任务"
    if month.answer is Answer.PENDING:
        return "不计：来件还没有处理"
    if month.open:
        return f"不计：报送截止{spoken(month.reply_by)}，还没有到"
    if month.answer is Answer.MISSING and month.unreached:
        return "不计：邮箱退信，台账没有送达"
    return ""


def _timely(month: MonthFacts, rules: Assessment) -> Mark:
    until = f"截止{month.reply_by.month}月{month.reply_by.day}日"
    share, said = _NOTHING, f"{_absent(month)}，{until}"
    if month.accepted and month.first:
        late = month.answer is Answer.LATE
        share = Fraction(rules.late_percent, 100) if late else _WHOLE
        said = f"{month.first.words}，{until}，{'逾期' if late else '按时'}"
    return _mark(Criterion.TIMELY, month, share, said)


def _complete(month: MonthFacts, rules: Assessment) -> Mark:
    if not month.accepted:
        return _mark(Criterion.COMPLETE, month, _NOTHING, _absent(month))
    if not month.wanted:
        return _mark(Criterion.COMPLETE, month, None, "不计：查不到下发了哪些任务")
    stale = Fraction(100 - rules.unchanged_percent, 100) * len(month.unchanged)
    share = max(_NOTHING, (min(month.filled, month.wanted) - stale) / month.wanted)
    said = f"台账{month.wanted}项，填报{month.filled}项"
    if month.unchanged and rules.unchanged_percent < 100:
        said += f"，其中{len(month.unchanged)}项进展与上期一字不差（{'、'.join(month.unchanged)}）"
    return _mark(Criterion.COMPLETE, month, share, said)


def _corrected(month: MonthFacts, rules: Assessment) -> Mark:
    if not month.accepted:
        return _mark(Criterion.CORRECTED, month, _NOTHING, _absent(month))
    share = max(_NOTHING, _WHOLE - Fraction(rules.return_percent, 100) * len(month.returned))
    told = "；".join(f"{paper.words}，{paper.faults}处需更正" for paper in month.returned)
    said = f"退回{len(month.returned)}次：{told}" if month.returned else "没有退回"
    return _mark(Criterion.CORRECTED, month, share, said)


def _quality(month: MonthFacts, _rules: Assessment) -> Mark:
    if not month.reviewed:
        return _mark(Criterion.QUALITY, month, None, "不计：本期没有核定")
    if not month.accepted:
        return _mark(Criterion.QUALITY, month, _NOTHING, _absent(month))
    if not month.filled:
        return _mark(Criterion.QUALITY, month, None, "不计：本期没有并入的填报")
    over = len(month.overstated)
    share = max(_NOTHING, _WHOLE - Fraction(over, month.filled))
    said = f"填报{month.filled}项，核定低于填报{over}项" + (f"（{'、'.join(month.overstated)}）" if over else "")
    return _mark(Criterion.QUALITY, month, share, said)


def _done(duty: Duty, rules: Assessment) -> Mark:
    limit = f"{duty.name}，{'延期至' if duty.extended else '时限'}{spoken(duty.due)}"
    measured = f"；{duty.measured}" if duty.measured else ""
    if duty.left_out:
        return Mark(Criterion.DONE, duty.no, None, f"不计：{duty.left_out}；{limit}", duty.source)
    if duty.finished is None:
        return Mark(Criterion.DONE, duty.no, _NOTHING, f"{limit}，没有完成（{duty.standing}）{measured}", duty.source)
    late = duty.finished > duty.due
    share = Fraction(rules.late_done_percent, 100) if late else _WHOLE
    said = f"{limit}，{spoken(duty.finished)}完成（{duty.finished_how}），{'逾期' if late else '按期'}{measured}"
    return Mark(Criterion.DONE, duty.no, share, said, duty.source)


def _absent(month: MonthFacts) -> str:
    """Why no sheet of a month counts."""
    if month.returned:
        last = month.returned[-1]
        return f"{last.words}，{last.faults}处需更正，退回后没有重新报送"
    return "没有收到任何文件"


def _mark(criterion: Criterion, month: MonthFacts, share: Fraction | None, said: str) -> Mark:
    paper = month.accepted or month.first
    return Mark(criterion, str(month.period), share, said, paper.archived if paper else "")


_MONTHLY = {
    Criterion.TIMELY: _timely,
    Criterion.COMPLETE: _complete,
    Criterion.CORRECTED: _corrected,
    Criterion.QUALITY: _quality,
}
