"""How a snapshot measures: light, reason and 序时进度 of every unit × item, by the office's settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import cached_property

from flows.ledger.model import Report, Status
from flows.plan.model import Item
from flows.progress import WITHOUT_REPORT, Answer, Cell, ItemLine
from flows.roster import Unit
from flows.standing.exemptions import Exemptions, exemptions
from flows.standing.facts import Review
from flows.standing.ground import Ground
from flows.standing.lights import Light, Rules, Verdict, Work, judge, scheme_of
from flows.standing.schedule import Course, Pace, Step, lag, pace, pace_of_item


class Measure:
    """Lights and classes of one snapshot, by the office's settings."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.settings = ground, ground.lights
        self.period = str(ground.period)
        self.scheme = scheme_of(ground.lights, ground.due_soon_days)
        points = self.settings.behind_points if self.settings.schedule else 0
        self.rules = Rules(ground.as_of, ground.due_soon_days, self.settings.grace_days, points)
        self.course = Course(
            ground.as_of, ground.plan.info.issued, self.settings.behind_points, self.settings.ahead_points
        )
        # Tens of thousands of places share a few hundred deadlines and states: each is judged once.
        self._verdicts: dict[tuple[object, ...], Verdict] = {}
        self._paces: dict[tuple[object, ...], Pace | None] = {}
        self._lags: dict[tuple[object, ...], float | None] = {}
        self._courses: dict[str, Course] = {}

    @cached_property
    def exempt(self) -> Exemptions:
        """Who is exempt from what in this plan."""
        numbers = {item.no for item in self.ground.plan.items}
        return exemptions(self.settings.exempt, self.ground.slug, numbers, self.ground.roster)

    @cached_property
    def _anybody(self) -> bool:
        return bool(self.exempt.items or self.exempt.units or self.exempt.places)

    def verdict(
        self, unit: Unit, item: Item, report: Report | None, said: Report | None, answer: Answer, review: Review | None
    ) -> tuple[Verdict, str]:
        """The light, and the reason of an exemption that made it what it is."""
        extended = review.ruling.extended if review else None
        due = extended or item.deadline.due
        status = report.status if report else None
        done = status is Status.DONE or status is Status.EXEMPT
        reason = "" if done or not self._anybody else self.exempt.reason(unit.name, item.no)
        percent = report.percent if report and self.rules.behind_points else None
        ruled_so = said is None or said.status is not status
        closed = bool(review and review.ruling.closed)
        asked = (item.no, status, percent, due, bool(extended), reason, None if report else answer, ruled_so, closed)
        known = self._verdicts.get(asked)
        if known is None:
            points = self._lag(item, report, due) if self.rules.behind_points else None
            says = _says(report, ruled_so, answer, closed)
            known = judge(Work(status, says, due, bool(extended), points, reason), self.rules)
            self._verdicts[asked] = known
        return known, reason

    def pace(self, item: Item, report: Report | None, review: Review | None) -> Pace | None:
        """The class of one unit's work on an item, None when classes are not looked at."""
        if not self.settings.schedule:
            return None
        due = (review.ruling.extended if review else None) or item.deadline.due
        asked = (item.no, due, item.deadline.kind, *((report.status, report.percent, report.done_on) if report else ()))
        if asked not in self._paces:
            self._paces[asked] = pace(report, item.deadline, due, self._course(item))
        return self._paces[asked]

    def pace_of_item(self, cells: Iterable[Cell]) -> Pace | None:
        """The class of an item, None when classes are not looked at."""
        return pace_of_item([self._step(cell) for cell in cells], self.course) if self.settings.schedule else None

    def _course(self, item: Item) -> Course:
        """Of a periodic item time runs from where its occurrence began."""
        begun = self.ground.begins.get(item.no)
        if begun is None:
            return self.course
        if item.no not in self._courses:
            self._courses[item.no] = replace(self.course, start=max(begun, self.course.start or begun))
        return self._courses[item.no]

    def _lag(self, item: Item, report: Report | None, due: date | None) -> float | None:
        asked = (item.no, due, *((report.status, report.percent) if report else ()))
        if asked not in self._lags:
            self._lags[asked] = lag(report, due, self._course(item).start, self.course.as_of)
        return self._lags[asked]

    def _step(self, cell: Cell) -> Step:
        points = self._lag(cell.item, cell.report, cell.due)
        return Step(cell.pace, points, cell.light is Light.OVERDUE, bool(cell.excused))

    def classes(self, items: Iterable[ItemLine]) -> tuple[tuple[str, int], ...]:
        """Word and number of items of each class that occurs, in the order of `Pace`."""
        counts = Counter(line.pace for line in items if line.pace)
        return tuple((self.scheme.pace_word(each), counts[each]) for each in Pace if counts[each])


def _says(report: Report | None, ruled_so: bool, answer: Answer, closed: bool) -> str:
    """What a light rests on: what the unit reported, or what the office ruled in its place."""
    if report is None:
        return WITHOUT_REPORT[answer] or "没有填报"
    if closed:
        return "办公室已销号"
    return f"{'办公室核定' if ruled_so else '单位报'}{report.status.value}"
