"""Who files 年报数据, and by when: by the kinds of the roster and the office's settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.config import Annual
from flows.desk import Desk
from flows.problems import UserError
from flows.roster import Roster, Unit
from flows.years import month_day


@dataclass(frozen=True, slots=True)
class Declared:
    """A unit that files, and its own day."""

    unit: Unit
    deadline: date


def declared(desk: Desk, year: int) -> tuple[Declared, ...]:
    """Every unit that files for a year, in roster order; UserError when the settings leave nobody."""
    rules, roster = desk.config.annual, desk.roster
    added, exempt = _units(roster, rules.units), _units(roster, rules.exempt_units)
    found = tuple(
        Declared(unit, deadline(rules, roster, unit, year))
        for unit in roster
        if (unit.kind in rules.kinds or unit.name in added) and unit.name not in exempt
    )
    if not found:
        raise UserError(
            "没有一个单位要报年报数据",
            f"单位名录里的类别有{'、'.join(roster.kinds)}，请在 config.toml 的 [annual] 写明",
        )
    return found


def deadline(rules: Annual, roster: Roster, unit: Unit, year: int) -> date:
    """报送截止 of a unit: its own day, else its kind's, else everybody's; in the year after the reported one."""
    own = {known.name: text for name, text in rules.deadlines.items() if (known := roster.get(name))}
    return month_day(own.get(unit.name) or rules.deadlines.get(unit.kind) or rules.reply_by, year + 1)


def publish_by(rules: Annual, year: int) -> date:
    """By when the office's own government publishes its report."""
    return month_day(rules.publish_by, year + 1)


def unknown_names(desk: Desk) -> list[str]:
    """Names in the settings that nothing in the roster has: a typing error would let a unit slip through."""
    rules, roster = desk.config.annual, desk.roster
    named = [*rules.units, *rules.exempt_units]
    named += [name for name in rules.deadlines if name not in {*roster.kinds, *Annual().deadlines}]
    return [name for name in dict.fromkeys(named) if roster.get(name) is None]


def _units(roster: Roster, names: tuple[str, ...]) -> set[str]:
    return {unit.name for name in names if (unit := roster.get(name))}
