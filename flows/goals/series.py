"""A number followed through the months: what a unit has come to, and whether that reaches the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from flows.goals.model import Month, Nature, Reading, Verdict, shown
from flows.goals.reading import read_number
from flows.plan.model import Target
from flows.plan.plan_time import PlanTime

_MONTHS: Final = {"月": 1, "季": 3, "半年": 6}
RULED: Final = "认定"


@dataclass(frozen=True, slots=True)
class Told:
    """What a unit wrote about an item in one month."""

    period: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the office has set for one month: 认定数 (None: taken back) and 说明; ``id``: its row in the store."""

    value: float | None
    note: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class Course:
    """A number through the months. ``least``: at least so many there are, whatever is in doubt."""

    value: float | None
    least: float
    doubt: str
    """Why ``value`` may be too small or is not known, '' when it is certain."""
    months: tuple[Month, ...]


def follow(
    target: Target,
    requirement: str,
    told: Sequence[Told],
    marks: Mapping[str, Mark] | None = None,
    others: Sequence[Target] = (),
) -> Course:
    """Read every month (oldest first) and add up. A rate is what was reported last; a count follows these rules:

    累计 replaces what was known, 本期 is added to it, and a number without either word proves only that there are so
    many. The same text sent again adds nothing. 认定数 of the office takes the place of all that came until then.
    """
    marks = marks or {}
    said = {each.period: each for each in told}
    run = _Run(target)
    for period in sorted({*said, *(period for period, mark in marks.items() if mark.value is not None)}):
        mark, each = marks.get(period), said.get(period)
        reading = read_number(target, requirement, each.text, others) if each else None
        source = each.source if each else ""
        if mark and mark.value is not None:
            run.rule(period, mark.value, reading, source)
        elif each:
            run.add(each, reading)
    return run.course()


class _Run:
    """The running total."""

    def __init__(self, target: Target) -> None:
        self.rate = target.unit == "%"
        self.value: float | None = None
        self.least = 0.0
        self.doubt = ""
        self.months: list[Month] = []
        self._text = ""

    def rule(self, period: str, value: float, reading: Reading | None, source: str) -> None:
        self.value = self.least = value
        self.doubt = ""
        self._text = ""
        self.months.append(Month(period, value, RULED, "", reading.text if reading else "", source))

    def add(self, each: Told, reading: Reading | None) -> None:
        if reading is None:
            self.months.append(Month(each.period, None, "", "", "", each.source))
            return
        again, self._text = each.text.strip() == self._text, each.text.strip()
        doubt = reading.doubt
        if not doubt and not (again and reading.nature is Nature.PERIOD and not self.rate):
            doubt = self._count(reading)
        elif doubt:
            self._doubtful(reading)
        said = "" if self.rate else reading.nature.value
        self.months.append(Month(each.period, reading.value, said, doubt, reading.text, each.source))

    def _count(self, reading: Reading) -> str:
        value = reading.value
        if self.rate:
            self.value = self.least = value
            self.doubt = ""
        elif reading.nature is Nature.TOTAL:
            if value < self.least:
                self.doubt = f"累计数由{shown(self.least)}变成了{shown(value)}"
                return "比以前报的累计数少"
            self.value = self.least = value
            self.doubt = ""
        elif reading.nature is Nature.PERIOD:
            self.least += value
            self.value = self.least
        else:
            self.least = max(self.least, value)
            if self.value is None or value > self.value:
                self.value = self.least
            self.doubt = "没有写明是累计数"
        return ""

    def _doubtful(self, reading: Reading) -> None:
        self.doubt = reading.doubt
        if reading.surely and (self.rate or reading.nature is not Nature.PERIOD):
            self.least = reading.value if self.rate else max(self.least, reading.value)

    def course(self) -> Course:
        return Course(self.value, self.least, self.doubt, tuple(self.months))


def wanted_by(target: Target, judged_on: date, time: PlanTime) -> float:
    """The number that must be reached by a day: 每季一次 is 4 at the year's end and 3 in October; a rate is itself."""
    length = _MONTHS.get(target.per)
    if length is None or target.unit == "%":
        return target.value
    return target.value * max(1, time.months_to(judged_on) // length)


def judged(course: Course, wanted: float, measure: str, judged_on: date, as_of: date) -> tuple[Verdict, str]:
    """How a number stands on a day, and why: reached as soon as it is certain, missed only when time is up."""
    have = shown(course.value, measure)
    goal = shown(wanted, measure)
    if course.least >= wanted and (course.value is not None or course.doubt):
        return Verdict.MET, f"已有{shown(course.least, measure)}，目标{goal}"
    over = as_of >= judged_on
    if course.value is None and not course.doubt:
        told = [month for month in course.months if month.source]
        reason = "进展情况里没有写明数字" if told else "没有填报过"
        return (Verdict.UNKNOWN if over else Verdict.OPEN), reason
    if course.doubt:
        reason = f"{course.doubt}，需核实"
        return (Verdict.UNKNOWN if over else Verdict.OPEN), reason
    return (Verdict.MISSED if over else Verdict.OPEN), f"{have}，目标{goal}"
