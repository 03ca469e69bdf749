"""豁免: tasks and units that the office exempts from lights and ranking (不可抗力, 上级政策调整, 已批准延期 …).

[lights.exempt] says reason → list of names. A name is, in this order: ``单位：编号`` (one unit's task), ``编号`` or
``计划代号/编号`` (a task of all units), a unit by name or alias, a kind of the roster. A unit that is named without a
task is not ranked at all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from flows.roster import Roster, Unit


@dataclass(frozen=True)
class Exemptions:
    """Reasons by what they exempt."""

    items: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    """By the name of the roster."""
    places: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(unit, item number) → reason."""
    unknown: tuple[str, ...] = ()
    """Names that are neither a task of the plan nor a unit nor a kind: probably misspelt."""

    def reason(self, unit: str, no: str) -> str:
        """Why one unit's work on an item is exempt, '' when it is not."""
        return self.places.get((unit, no)) or self.items.get(no) or self.units.get(unit, "")


NONE = Exemptions()


def exemptions(
    settings: Mapping[str, Collection[str]], plan: str, numbers: Collection[str], roster: Roster
) -> Exemptions:
    """The settings for one plan. Names of other plans (``计划代号/编号``) are passed over."""
    items: dict[str, str] = {}
    units: dict[str, str] = {}
    places: dict[tuple[str, str], str] = {}
    unknown: list[str] = []
    for reason, names in settings.items():
        for text in names:
            name = text.strip()
            who, _, no = (part.strip() for part in re.sub("[：:]", "\0", name, count=1).partition("\0"))
            slug, _, rest = name.partition("/")
            if unit := roster.get(who) if no else None:
                places[unit.name, no] = reason
                if no not in numbers:
                    unknown.append(name)
            elif name in numbers or (slug.strip() == plan and rest.strip() in numbers):
                items[rest.strip() if rest and name not in numbers else name] = reason
            elif found := _units(name, roster):
                units |= {unit.name: reason for unit in found}
            elif not rest or slug.strip() == plan:
                unknown.append(name)
    return Exemptions(items, units, places, tuple(unknown))


def _units(name: str, roster: Roster) -> list[Unit]:
    unit = roster.get(name)
    return [unit] if unit else [each for each in roster if each.kind == name]
