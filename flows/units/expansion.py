"""What a unit expression of a plan means among the units of a roster: one unit, a group (泛称), or a doubt."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flows.config import Groups
from flows.plan.textual import cut
from flows.plan.units import EXCEPTION, split_names
from flows.roster import Roster, Unit
from flows.units.group_words import Group, group_at, is_vague, without_vague_words
from flows.units.unit_names import NameKey, key_of, place_of

_PREFIX = re.compile(r"^[省市区县州](?!场|监(?!察)|容|政(?!府|务|协|数|策|法|研))")
_WITH = re.compile(r"（(?:含|包括)(?P<with>[^（）]+)）")
_BRACKET = re.compile(r"^(?P<outer>[^（）]+)（(?P<inner>[^（）]+)）$")
_LONGEST = 120
"""No name and no group is longer; a cell that is was not taken apart."""
_WRITE = "请写明单位名称，几个的用顿号“、”隔开"
_AND = re.compile("以及|和|及|与")
_SUBUNIT = re.compile(r"(?:科|处|室|支队|大队|中队|队|所|站|中心|办|分局|股)$")


@dataclass(frozen=True, slots=True)
class Resolution:
    """The units an expression means. ``doubt`` is set when nobody could be found; ``meaning`` when it is a group.

    ``choices`` go with a doubt: names of units, or of a group that can be resolved, to pick from.
    """

    units: tuple[Unit, ...] = ()
    meaning: str = ""
    doubt: str = ""
    choices: tuple[str, ...] = ()


class Resolver:
    """Finds the units that an expression means.

    In this order: the office's own groups; names and aliases as written; the same bureau under another standard name
    (市发改委, 发展和改革局), where only one unit of that level fits; a sub-unit in brackets (市公安局（交警支队）);
    groups by kind, with exceptions and additions. Whatever is left is a doubt, with what it may mean.
    """

    def __init__(self, roster: Roster, groups: Groups) -> None:
        self.roster = roster
        self.groups = groups
        self._own = {_tidy(name): members for name, members in groups.named.items()}
        self._exact: dict[str, Unit] = {}
        self._loose: dict[str, set[str]] = {}
        self._bare: dict[str, set[str]] = {}
        self._places_of: dict[str, set[str]] = {}
        self._places = tuple(dict.fromkeys(unit.parent for unit in roster if unit.parent))
        for unit in roster:
            for name in (unit.name, *unit.aliases):
                self._learn(name, unit)
        self._known: dict[str, Resolution] = {}

    def _learn(self, name: str, unit: Unit) -> None:
        self._exact[_tidy(name)] = unit
        form = _canonical(name)
        for known in (form, _PREFIX.sub("", form)):
            self._loose.setdefault(known, set()).add(unit.name)
        if not _PREFIX.match(form):
            self._bare.setdefault(form, set()).add(unit.name)
        if unit.is_district:
            self._places_of.setdefault(place_of(_tidy(name)), set()).add(unit.name)

    @cached_property
    def _keys(self) -> list[tuple[NameKey, Unit]]:
        """Every name of a bureau taken apart: only asked for where an expression is no name as it stands."""
        named = ((name, unit) for unit in self.roster if not unit.is_district for name in (unit.name, *unit.aliases))
        return [(key, unit) for name, unit in named if (key := key_of(_tidy(name), self._places))]

    def resolve(self, expression: str) -> Resolution:
        """One expression as plan-schema.md writes it (one unit or one group a string)."""
        if expression not in self._known:
            self._known[expression] = self._resolve(_tidy(expression))
        return self._known[expression]

    def _resolve(self, text: str) -> Resolution:
        if text in self._own:
            return self._named(text, self._own[text])
        if unit := self._unit(text):
            return Resolution((unit,))
        if len(text) > _LONGEST:
            return Resolution(doubt=f"“{cut(text)}”不像单位名称，{_WRITE}")
        for reading in (self._excepted, self._with_others, self._subunit, self._joined):
            if found := reading(text):
                return found
        if is_vague(text):
            return self._vague(text)
        group = self._group(text)
        if group is None:
            return self._unknown(text)
        return self._of_group(text, group)

    def _unit(self, text: str) -> Unit | None:
        """The one unit of this name, written in full, by alias or by a standard short form."""
        if unit := self._exact.get(text):
            return unit
        form = _canonical(text)
        place = self._places_of.get(place_of(text), set())
        for names in (self._loose.get(form, set()), self._bare.get(_PREFIX.sub("", form), set()), place):
            if len(names) == 1:
                return self.roster.get(next(iter(names)))
        key = key_of(text, self._places)
        if key is None:
            return None
        fitting = list(dict.fromkeys(unit for other, unit in self._keys if key.fits(other)))
        return fitting[0] if len(fitting) == 1 else None

    def _named(self, text: str, members: tuple[str, ...]) -> Resolution:
        """The office's own group: members are kinds, unit names or aliases."""
        chosen = {unit.name for unit in self.roster if unit.kind in members}
        for member in members:
            if unit := self._exact.get(_tidy(member)):
                chosen.add(unit.name)
            elif member not in self.roster.kinds:
                return Resolution(doubt=f"设置里“{text}”写有“{member}”，单位名录里没有这个单位或类别")
        return Resolution(tuple(unit for unit in self.roster if unit.name in chosen), meaning="、".join(members))

    def _excepted(self, text: str) -> Resolution | None:
        """“市直各单位（除市公安局外）”: the group without those."""
        found = EXCEPTION.match(text)
        if found is None:
            return None
        whole = found["all"] or found["whole"]
        named = found["out"] or found["but"] or found["without"] or found["save"] or ""
        everyone = self.resolve(whole)
        if everyone.doubt:
            return Resolution(doubt=everyone.doubt, choices=everyone.choices)
        out, unknown = self._several(named)
        if unknown:
            return Resolution(
                doubt=f"“{text}”要除去的“{unknown}”不在单位名录里，{_WRITE}",
                choices=tuple(unit.name for unit in everyone.units),
            )
        left = tuple(unit for unit in everyone.units if unit not in out)
        if not left:
            return Resolution(doubt=f"“{text}”除去以后没有单位了，{_WRITE}")
        return Resolution(left, meaning=f"{everyone.meaning or whole}，除{'、'.join(unit.name for unit in out)}")

    def _with_others(self, text: str) -> Resolution | None:
        """“各区（含葛店开发区）人民政府”: the group and those."""
        found = _WITH.search(text)
        if found is None:
            return None
        rest = text[: found.start()] + text[found.end() :]
        everyone = self.resolve(rest)
        more, unknown = self._several(found["with"])
        if everyone.doubt or unknown:
            return Resolution(
                doubt=everyone.doubt or f"“{text}”里的“{unknown}”不在单位名录里，{_WRITE}",
                choices=everyone.choices or tuple(unit.name for unit in everyone.units),
            )
        both = {*everyone.units, *more}
        return Resolution(
            tuple(unit for unit in self.roster if unit in both), meaning=everyone.meaning or f"{rest}和{found['with']}"
        )

    def _several(self, text: str) -> tuple[tuple[Unit, ...], str]:
        """The units of a list of names, and the first name that means none."""
        units: dict[str, Unit] = {}
        for name in split_names(text):
            parts = [name] if self.resolve(name).units else re.split("以及|和|及|与", name)
            for part in parts:
                found = self.resolve(part)
                if not found.units:
                    return (), part
                units.update((unit.name, unit) for unit in found.units)
        return tuple(units.values()), ""

    def _subunit(self, text: str) -> Resolution | None:
        """“市公安局（交警支队）” is the bureau, unless the roster holds the part as a unit of its own."""
        found = _BRACKET.match(text)
        if found is None or (unit := self._unit(found["outer"])) is None:
            return None
        inner = self._unit(found["inner"])
        if inner is None or inner == unit:
            return Resolution((unit,))
        return Resolution(
            doubt=f"“{text}”指{unit.name}还是{inner.name}？请选一个，或写明单位名称", choices=(unit.name, inner.name)
        )

    def _joined(self, text: str) -> Resolution | None:
        """“市民政局和市公安局” where both sides are units; a name with 和 inside is found before."""
        for found in _AND.finditer(text):
            left = self._unit(text[: found.start()])
            rest = text[found.end() :]
            right = self._unit(rest) if left else None
            more = self._joined(rest) if left and right is None else None
            others = (right,) if right else more.units if more else ()
            if left and others:
                units = tuple(dict.fromkeys((left, *others)))
                return Resolution(units, meaning="、".join(unit.name for unit in units))
        return None

    def _group(self, text: str) -> Group | None:
        """What a group expression names, to its last character; None when it is not one."""
        return group_at(text, self.groups, self.roster)

    def _of_group(self, text: str, group: Group) -> Resolution:
        if group.unsure:
            names = "、".join(unit.name for unit in group.unsure[:3])
            return Resolution(
                doubt=f"“{text}”是否包括{names}等{len(group.unsure)}个单位？{_WRITE}",
                choices=tuple(unit.name for unit in (*group.units, *group.unsure)),
            )
        if not group.units:
            kinds = "、".join(group.kinds)
            return Resolution(
                doubt=f"“{text}”指{kinds}，但单位名录里没有这类单位，请补充名录，或写明单位名称（几个的用顿号“、”隔开）"
            )
        return Resolution(group.units, meaning=group.meaning)

    def _vague(self, text: str) -> Resolution:
        """“市直有关部门”: nobody but the office knows which; the whole group is offered."""
        choices: Iterable[str] = ()
        for wording in without_vague_words(text):
            group = self._group(wording)
            if group and group.units:
                choices = (unit.name for unit in group.units)
                break
        return Resolution(doubt=f"“{text}”指哪些单位要由办公室确定，{_WRITE}", choices=tuple(choices))

    def _unknown(self, text: str) -> Resolution:
        near = self._near(text)
        hint = f"，是否指{'、'.join(near[:3])}？" if near else "，"
        return Resolution(doubt=f"单位名录里没有“{text}”{hint}请改写单位名称，或在名录里补充单位、别名", choices=near)

    def _near(self, text: str) -> tuple[str, ...]:
        """Units with some of the same duties, those that the text begins with, and names that look alike."""
        key = key_of(text, self._places)
        found: dict[str, None] = {}
        if key:
            words = [unit for other, unit in self._keys if other.touches(key)]
            found.update(dict.fromkeys(unit.name for unit in words))
        if _SUBUNIT.search(text):
            found.update(dict.fromkeys(unit.name for name, unit in self._exact.items() if text.startswith(name)))
        names = [name for unit in self.roster for name in (unit.name, *unit.aliases)]
        for name in difflib.get_close_matches(text, names, n=3, cutoff=0.6):
            unit = self.roster.get(name)
            found.update({unit.name: None} if unit else {})
        return tuple(found)[:5]


def _tidy(text: str) -> str:
    """Full-width brackets and no blanks, so that typing differences do not matter."""
    text = re.sub(r"\s+", "", text).translate(str.maketrans("()〔〕[],", "（）（）（），"))
    return re.sub(r"^(?:由|会同(?!县))(?=.{3,})", "", text)


def _canonical(name: str) -> str:
    """A name without the words that short forms leave out: 发展和改革委员会 and 发展改革委 become one."""
    text = _tidy(name).replace("人民政府办公", "政府办公")
    for long, short in (("委员会", "委"), ("办公室", "办"), ("监督管理", "监管"), ("和", ""), ("与", "")):
        text = text.replace(long, short)
    return text
