"""分工: which unit carries which item, from the plan's unit expressions and the roster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flows.config import Groups
from flows.expansion import Resolver
from flows.ledger.model import Role
from flows.plan.model import Doubt, Item, Plan
from flows.roster import GroupReading, Roster, Unit


@dataclass(frozen=True, slots=True)
class Share:
    """One unit's part in one item."""

    unit: Unit
    role: Role


@dataclass(frozen=True)
class Assignment:
    """All shares of a plan. A unit stands at most once on an item; 牵头 goes before 责任."""

    shares: dict[str, tuple[Share, ...]]
    """Item number → shares, 牵头 first, then in roster order of each expression."""
    doubts: tuple[Doubt, ...]
    groups: tuple[GroupReading, ...]
    """The 泛称 that occur, with their expansion."""

    def of(self, no: str) -> tuple[Share, ...]:
        """Shares of an item; empty when nobody could be found."""
        return self.shares.get(no, ())

    @cached_property
    def by_unit(self) -> dict[str, tuple[tuple[str, Role], ...]]:
        """Unit name → its (item number, role), in item order."""
        found: dict[str, list[tuple[str, Role]]] = {}
        for no, shares in self.shares.items():
            for share in shares:
                found.setdefault(share.unit.name, []).append((no, share.role))
        return {unit: tuple(rows) for unit, rows in found.items()}

    def pairs(self) -> dict[str, list[tuple[str, str]]]:
        """Item number → [(unit name, lead | responsible)], the form of the contract."""
        return {no: [(s.unit.name, s.role.value) for s in shares] for no, shares in self.shares.items()}


def all_doubts(plan: Plan, assignment: Assignment) -> tuple[Doubt, ...]:
    """Doubts of the reader and of the assignment; of two about one expression, the one that knows the roster."""
    known = {(doubt.no, doubt.field, doubt.text) for doubt in assignment.doubts}
    return (*(d for d in plan.doubts if (d.no, d.field, d.text) not in known), *assignment.doubts)


def assign(plan: Plan, roster: Roster, groups: Groups) -> Assignment:
    """Expand every expression of every item. An expression that nobody can resolve becomes a doubt, never a guess."""
    resolver = Resolver(roster, groups)
    doubts: list[Doubt] = []
    readings: dict[str, GroupReading] = {}
    shares: dict[str, tuple[Share, ...]] = {}
    for item in plan.items:
        taken: dict[str, Share] = {}
        for expression, role, field in _expressions(item):
            resolution = resolver.resolve(expression)
            if resolution.doubt:
                doubts.append(Doubt(item.no, field, expression, resolution.doubt))
            if resolution.meaning:
                names = tuple(unit.name for unit in resolution.units)
                readings.setdefault(expression, GroupReading(expression, resolution.meaning, names))
            for unit in resolution.units:
                taken.setdefault(unit.name, Share(unit, role))
        shares[item.no] = tuple(taken.values())
    return Assignment(shares, tuple(doubts), tuple(readings.values()))


def _expressions(item: Item) -> Iterator[tuple[str, Role, str]]:
    yield from ((text, Role.LEAD, "lead") for text in item.lead)
    yield from ((text, Role.RESPONSIBLE, "responsible") for text in item.responsible)
