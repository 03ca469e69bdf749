"""分工: which unit carries which item, from the plan's unit expressions and the roster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flows.config import Groups
from flows.ledger.model import Role
from flows.plan.model import Doubt, Item, Plan
from flows.roster import GroupReading, Roster, Unit
from flows.units.expansion import Resolution, Resolver


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
    decided: frozenset[str] = frozenset()
    """Expressions that are read as the office once decided."""

    def of(self, no: str) -> tuple[Share, ...]:
        """Shares of an item; empty when nobody could be found."""
        return self.shares.get(no, ())

    @cached_property
    def by_unit(self) -> dict[str, tuple[tuple[str, Role], ...]]:
        """Unit name → its (item number, role), in item order."""
        found: dict[str, list[tuple[str, Role]]] = {}
        for no, shares in self.shares.items():
            rows = {role: (no, role) for role in Role}  # one for all units: of a province these are 600,000
            for share in shares:
                found.setdefault(share.unit.name, []).append(rows[share.role])
        return {unit: tuple(rows) for unit, rows in found.items()}

    def only(self, unit: str) -> Assignment:
        """The same with the shares of one unit alone."""
        mine = {no: tuple(share for share in shares if share.unit.name == unit) for no, shares in self.shares.items()}
        return Assignment(mine, self.doubts, self.groups, self.decided)

    def pairs(self) -> dict[str, list[tuple[str, str]]]:
        """Item number → [(unit name, lead | responsible)], the form of the contract."""
        return {no: [(s.unit.name, s.role.value) for s in shares] for no, shares in self.shares.items()}


def all_doubts(plan: Plan, assignment: Assignment, settled: Iterable[Doubt] = ()) -> tuple[Doubt, ...]:
    """Doubts of the reader and of the assignment; of two about one expression, the one that knows the roster.

    What a remembered decision answers is no doubt any more, nor is what the office has ``settled``, unless it leaves
    an item without any unit.
    """
    known = {(doubt.no, doubt.field, doubt.text) for doubt in assignment.doubts}
    done = {(doubt.no, doubt.field, doubt.text) for doubt in settled}
    read = [d for d in plan.doubts if (d.no, d.field, d.text) not in known and not _decided(d, assignment)]
    return (*read, *(d for d in assignment.doubts if (d.no, d.field, d.text) not in done or _idle(d, assignment)))


def _idle(doubt: Doubt, assignment: Assignment) -> bool:
    """Its item has nobody at all: that may be left as it is, but not unseen."""
    return doubt.no is not None and not assignment.of(doubt.no)


def _decided(doubt: Doubt, assignment: Assignment) -> bool:
    return doubt.field in ("lead", "responsible") and doubt.text in assignment.decided


def assign(
    plan: Plan, roster: Roster, groups: Groups, decided: Mapping[str, tuple[str, ...]] | None = None
) -> Assignment:
    """Expand every expression of every item. An expression that nobody can resolve becomes a doubt, never a guess.

    ``decided``: what the office once said an expression means; it goes before everything else, as long as the roster
    has all that it names.
    """
    resolver = Resolver(roster, groups)
    wanted = decided or {}
    remembered = {word: found for word, names in wanted.items() if (found := _named(names, resolver))}
    doubts: list[Doubt] = []
    readings: dict[str, GroupReading] = {}
    shares: dict[str, tuple[Share, ...]] = {}
    parts: dict[tuple[str, Role], dict[str, Share]] = {}
    for item in plan.items:
        taken: dict[str, Share] = {}
        for expression, role, field in _expressions(item):
            resolution = remembered.get(expression) or resolver.resolve(expression)
            if resolution.doubt:
                doubts.append(Doubt(item.no, field, expression, *_asked(resolution, wanted.get(expression))))
            if resolution.meaning:
                names = tuple(unit.name for unit in resolution.units)
                readings.setdefault(expression, GroupReading(expression, resolution.meaning, names))
            part = parts.get((expression, role))
            if part is None:
                part = parts[expression, role] = {unit.name: Share(unit, role) for unit in resolution.units}
            # Of two expressions that name a unit the first one decides.
            taken = taken | {name: part[name] for name in part if name not in taken} if taken else part
        shares[item.no] = tuple(taken.values())
    return Assignment(shares, tuple(doubts), tuple(readings.values()), frozenset(remembered))


def _asked(resolution: Resolution, decided: tuple[str, ...] | None) -> tuple[str, tuple[str, ...]]:
    """Message and choices of a doubt; a decision that names somebody unknown is told with it."""
    if not decided:
        return resolution.doubt, resolution.choices
    return f"已定为“{'、'.join(decided)}”，但单位名录里没有这样的单位；{resolution.doubt}", resolution.choices


def _named(names: tuple[str, ...], resolver: Resolver) -> Resolution | None:
    """Units, kinds and groups that the office named; None when the roster lacks one of them."""
    units: dict[str, Unit] = {}
    for name in names:
        if name in resolver.roster.kinds:
            found = resolver.roster.of_kinds((name,))
        else:
            resolution = resolver.resolve(name)
            if resolution.doubt:
                return None
            found = resolution.units
        units.update((unit.name, unit) for unit in found)
    alone = len(names) == 1 and len(units) == 1
    return Resolution(tuple(units.values()), meaning="" if alone else "、".join(names)) if units else None


def _expressions(item: Item) -> Iterator[tuple[str, Role, str]]:
    yield from ((text, Role.LEAD, "lead") for text in item.lead)
    yield from ((text, Role.RESPONSIBLE, "responsible") for text in item.responsible)
