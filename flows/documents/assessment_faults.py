"""What went wrong in the assessed months, with every unit named; and how units and months are enumerated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.assessment.marking import could_answer, is_missed
from flows.assessment.model import Assessed, Facts, MonthFacts, UnitFacts
from flows.documents.chinese import listed, numbers_of
from flows.documents.passages import Passage
from flows.periods import Period
from flows.progress import Answer

TOLD = 15
"""Units named in one sentence; the rest is in the workbook."""
_ITEMS_TOLD = 8


def faults(assessed: Assessed) -> tuple[Passage, ...]:
    """The passages of the chapter; () when nothing was wrong."""
    judged = {score.unit.name for score in assessed.scores}
    units = [unit for unit in assessed.facts.units if unit.unit.name in judged]
    passages = [
        Passage(title, ("".join(sentences),))
        for title, sentences in (
            ("报送不及时、不规范", _reports(units, assessed.facts)),
            ("任务没有按期完成", _undone(units)),
            ("填报与核定不符", _overstated(units)),
        )
        if sentences
    ]
    return tuple(passages)


def _reports(units: Iterable[UnitFacts], facts: Facts) -> list[str]:
    """Silent, uncorrected and late are told apart."""
    # Over New Year a month is not told without its year.
    year = facts.year if facts.first.year == facts.last.year else 0
    found = []
    for said, meant in (
        ("有期次没有报送", is_missed),
        ("退回后没有重新报送", _is_uncorrected),
        ("有期次逾期报送", _is_late),
    ):
        told = [(unit, [m for m in unit.months if meant(m)]) for unit in units]
        named = [(unit, months) for unit, months in told if months]
        named.sort(key=lambda pair: -len(pair[1]))
        if named:
            who = [f"{unit.unit.name}（{months_of([m.period for m in months], year)}）" for unit, months in named]
            found.append(f"{said}的单位{len(named)}个：{named_units(who)}。")
    often = [(unit, sum(len(month.returned) for month in unit.months)) for unit in units]
    often = sorted(((unit, count) for unit, count in often if count > 1), key=lambda pair: -pair[1])
    if often:
        found.append(
            f"台账被退回两次以上的单位{len(often)}个：{named_units([f'{u.unit.name}（{n}次）' for u, n in often])}。"
        )
    return found


def _is_uncorrected(month: MonthFacts) -> bool:
    return could_answer(month) and month.answer is Answer.RETURNED


def _is_late(month: MonthFacts) -> bool:
    return month.answer is Answer.LATE


def _undone(units: Iterable[UnitFacts]) -> list[str]:
    found = []
    for said, late in (("到期没有完成任务", False), ("逾期完成任务", True)):
        named = []
        for unit in units:
            numbers = [
                duty.no
                for duty in unit.duties
                if not duty.left_out
                and (duty.finished is not None and duty.finished > duty.due if late else duty.finished is None)
            ]
            if numbers:
                named.append((unit.unit.name, numbers))
        named.sort(key=lambda pair: -len(pair[1]))
        if named:
            who = [f"{name}（{_numbers(numbers)}）" for name, numbers in named]
            found.append(f"{said}的单位{len(named)}个：{named_units(who)}。")
    return found


def _overstated(units: Iterable[UnitFacts]) -> list[str]:
    named = []
    for unit in units:
        numbers = list(dict.fromkeys(no for month in unit.months if month.reviewed for no in month.overstated))
        if numbers:
            named.append(f"{unit.unit.name}（{_numbers(numbers)}）")
    return [f"填报的完成情况经核定没有达到的单位{len(named)}个：{named_units(named)}。"] if named else []


def _numbers(numbers: Sequence[str]) -> str:
    """第1.1项、2.3项; a 定期任务 that was missed several times stands once, with how often."""
    times = Counter(numbers)
    once = list(times)
    if len(once) == 1 < len(numbers):
        return f"{numbers_of(once)}{len(numbers)}次"
    often = listed([f"第{no}项{count}次" for no, count in times.items() if count > 1])
    more = f"，其中{often}" if often else ""
    if len(once) <= _ITEMS_TOLD:
        return numbers_of(once) + more
    return f"{numbers_of(once[:_ITEMS_TOLD])}等{len(once)}项{more}"


def named_units(words: Sequence[str]) -> str:
    """All, or the first and how many there are."""
    return listed(words) if len(words) <= TOLD else f"{listed(words[:TOLD])}等{len(words)}个"


def months_of(months: Sequence[Period], year: int = 0) -> str:
    """2026年3—12月, or 2026年3月、5月 where they do not follow each other; ``year`` need not be said."""
    runs: list[list[Period]] = []
    for month in months:
        if runs and runs[-1][-1].next == month and runs[-1][-1].year == month.year:
            runs[-1].append(month)
        else:
            runs.append([month])
    said = []
    for run in runs:
        head = f"{run[0].year}年" if run[0].year != year else ""
        year = run[0].year
        said.append(head + (f"{run[0].month}月" if len(run) == 1 else f"{run[0].month}—{run[-1].month}月"))
    return listed(said)
