"""How a snapshot measures: light, reason and 序时进度 of every unit × item, by the office's settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
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
        self.scheme = scheme_of(ground.lights, ground.due_soon_days)
        points = self.settings.behind_points if self.settings.schedule else 0
        self.rules = Rules(ground.as_of, ground.due_soon_days, self.settings.grace_days, points)
        self.course = Course(
            ground.as_of, ground.plan.info.issued, self.settings.behind_points, self.settings.ahead_points
        )

    @cached_property
    def exempt(self) -> Exemptions:
        """Who is exempt from what in this plan."""
        numbers = {item.no for item in self.ground.plan.items}
        return exemptions(self.settings.exempt, self.ground.slug, numbers, self.ground.roster)

    def verdict(
        self, unit: Unit, item: Item, report: Report | None, said: Report | None, answer: Answer, review: Review | None
    ) -> tuple[Verdict, str]:
        """The light, and the reason of an exemption that made it what it is."""
        extended = review.ruling.extended if review else None
        due = extended or item.deadline.due
        status = report.status if report else None
        reason = "" if status in (Status.DONE, Status.EXEMPT) else self.exempt.reason(unit.name, item.no)
        points = lag(report, due, self._course(item).start, self.course.as_of) if self.rules.behind_points else None
        says = _says(report, said, answer, review)
        return judge(Work(status, says, due, bool(extended), points, reason), self.rules), reason

    def pace(self, item: Item, report: Report | None, review: Review | None) -> Pace | None:
        """The class of one unit's work on an item, None when classes are not looked at."""
        if not self.settings.schedule:
            return None
        due = (review.ruling.extended if review else None) or item.deadline.due
        return pace(report, item.deadline, due, self._course(item))

    def pace_of_item(self, cells: Iterable[Cell]) -> Pace | None:
        """The class of an item, None when classes are not looked at."""
        return pace_of_item([self._step(cell) for cell in cells], self.course) if self.settings.schedule else None

    def _course(self, item: Item) -> Course:
        """Of a periodic item time runs from where its occurrence began."""
        begun = self.ground.begins.get(item.no)
        return replace(self.course, start=max(begun, self.course.start or begun)) if begun else self.course

    def _step(self, cell: Cell) -> Step:
        points = lag(cell.report, cell.due, self._course(cell.item).start, self.course.as_of)
        return Step(cell.pace, points, cell.light is Light.OVERDUE, bool(cell.excused))

    def classes(self, items: Iterable[ItemLine]) -> tuple[tuple[str, int], ...]:
        """Word and number of items of each class that occurs, in the order of `Pace`."""
        counts = Counter(line.pace for line in items if line.pace)
        return tuple((self.scheme.pace_word(each), counts[each]) for each in Pace if counts[each])


def _says(report: Report | None, said: Report | None, answer: Answer, review: Review | None) -> str:
    """What a light rests on: what the unit reported, or what the office ruled in its place."""
    if report is None:
        return WITHOUT_REPORT[answer] or "没有填报"
    if review and review.ruling.closed:
        return "办公室已销号"
    ruled_so = said is None or said.status is not report.status
    return f"{'办公室核定' if ruled_so else '单位报'}{report.status.value}"
