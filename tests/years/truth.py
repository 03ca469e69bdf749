"""What was truly typed in a year, kept apart from the program, and every figure counted from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flows.periods import Period
from tests.years.people import CLOSED, Said

Place = tuple[str, str]
"""(unit, item number)."""


@dataclass
class Coming:
    """How one unit's answer of a month really went."""

    first: bool = False
    """Something came."""
    accepted: bool = False
    late: bool = False
    """The first sheet came after the day."""
    returned: int = 0


@dataclass
class Truth:
    """The book of a year: what stands for each unit and item, who answered how, what the office ruled."""

    stands: dict[Place, Said] = field(default_factory=dict)
    comings: dict[Period, dict[str, Coming]] = field(default_factory=dict)
    wanted: dict[Period, dict[str, int]] = field(default_factory=dict)
    """Month → unit → rows of its workbook."""
    told_in: dict[Place, Period] = field(default_factory=dict)
    """The month of what stands."""
    turns: dict[str, int] = field(default_factory=dict)
    """定期任务 → months in which it comes due once."""
    finished: set[tuple[Place, int]] = field(default_factory=set)
    """(place, turn) of 定期任务 that were reported as finished, turns from 0."""
    first: Period | None = None
    """The first month with ledgers: who was never asked has missed nothing."""
    now: Period = field(default_factory=lambda: Period(2000, 1))
    ruled: dict[Place, str] = field(default_factory=dict)
    """The office's 核定状态 where no later report has taken its place."""
    closed: set[Place] = field(default_factory=set)
    extended: dict[Place, date] = field(default_factory=dict)
    lowered: dict[Period, Counter[str]] = field(default_factory=dict)
    """Month with rulings → unit → items that the office found less far than said."""

    def take(self, unit: str, told: dict[str, Said]) -> None:
        """A sheet of the unit was accepted. Rows that stayed as they came say nothing new, also not about a ruling."""
        for no, said in told.items():
            self.ruled.pop((unit, no), None)
            self.stands[unit, no] = said
            self.told_in[unit, no] = self.now
            if no in self.turns and said.status == "已完成":
                self.finished.add(((unit, no), self.turn(no, self.now)))

    def look_at(self, items: list[dict[str, Any]], period: Period) -> None:
        """The plan as it stands in a month."""
        self.now, self.first = period, self.first or period
        for item in items:
            if item["kind"] == "periodic" and not item["due"]:
                text = str(item["deadline_text"] or item["requirement"])
                self.turns[item["no"]] = 3 if "季" in text else 12 if "年" in text else 1

    def turn(self, no: str, period: Period) -> int:
        """Which time of a 定期任务 a month asks about."""
        return (period.month - 1) // self.turns[no]

    def is_renewed(self, place: Place) -> bool:
        """A 定期任务 that has come due again since it was finished."""
        if place[1] not in self.turns or place not in self.told_in:
            return False
        before = self.turn(place[1], self.told_in[place])
        return self.stands[place].status == "已完成" and before != self.turn(place[1], self.now)

    def renumber(self, numbers: dict[str, str]) -> None:
        """The plan was revised: old number → new number; what is not in it is gone."""
        for name in ("stands", "told_in", "ruled", "extended"):
            book = getattr(self, name)
            setattr(self, name, {(unit, numbers[no]): each for (unit, no), each in book.items() if no in numbers})
        self.closed = {(unit, numbers[no]) for unit, no in self.closed if no in numbers}

    def status(self, place: Place) -> str | None:
        """完成状态 as it counts, None when nothing was ever said."""
        if place in self.closed:
            return "已完成"
        if self.is_renewed(place):
            return None
        said = self.stands.get(place)
        return self.ruled.get(place) or (said.status if said else None)

    def due(self, place: Place, item: dict[str, Any]) -> date | None:
        """The day that counts for the unit."""
        plan = date.fromisoformat(item["due"]) if item["due"] else None
        return self.extended.get(place, plan)

    def overdue(self, place: Place, item: dict[str, Any], as_of: date) -> bool:
        """Unfinished after its day."""
        if place[1] in self.turns:
            turn = self.turn(place[1], self.now)
            asked = self.first is not None and turn > self.turn(place[1], self.first)
            missed = asked and not {(place, turn), (place, turn - 1)} & self.finished
            return missed and self.status(place) not in CLOSED
        due = self.due(place, item)
        return due is not None and due < as_of and self.status(place) not in CLOSED

    def state(self, item: dict[str, Any], as_of: date) -> str:
        """The class of an item: done, overdue, moving or idle."""
        places = [(share["unit"], item["no"]) for share in item["assigned"]]
        told = [self.status(place) for place in places]
        if told and all(status in CLOSED for status in told):
            return "done"
        if any(self.overdue(place, item, as_of) for place in places):
            return "overdue"
        return "moving" if any(status in ("推进中", "需协调", "已完成") for status in told) else "idle"

    def totals(self, items: list[dict[str, Any]], period: Period) -> dict[str, int]:
        """The totals of a month as a person would count them."""
        as_of, comings = period.last_day, self.comings[period]
        own = [item for item in items if not item["no"].startswith("H")]
        states = Counter(self.state(item, as_of) for item in own)
        shares = [((share["unit"], item["no"]), item) for item in own for share in item["assigned"]]
        accepted = [coming for coming in comings.values() if coming.accepted]
        return {
            "items": len(own),
            **{word: states[word] for word in ("done", "moving", "idle", "overdue")},
            "assignments": len(shares),
            "assignments_done": sum(self.status(place) == "已完成" for place, _ in shares),
            "assignments_overdue": sum(self.overdue(place, item, as_of) for place, item in shares),
            "asked": len(comings),
            "answered": len(accepted),
            "on_time": sum(not coming.late for coming in accepted),
            "late": sum(coming.late for coming in accepted),
            "returned": sum(coming.first and not coming.accepted for coming in comings.values()),
            "missing": sum(not coming.first for coming in comings.values()),
        }
