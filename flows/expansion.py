"""What a unit expression of a plan means among the units of a roster: one unit, a group (泛称), or a doubt."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from flows.config import Groups
from flows.roster import Roster, Unit

_PREFIX = re.compile(r"^[省市区县州]")
_VAGUE = re.compile(r"有关|相关|涉及|职能|等$|^其他|除.*外")
_LOCAL_WORDS = (
    r"各?(?:地区|地|级|市县区|县市区|区县市|县（市、区）|县（市）区|市（县、区）|市、县（区）"
    r"|市县|区县|县区|县|区|市|州)"
)
_LOCAL = re.compile(rf"^(?P<word>{_LOCAL_WORDS})(?:人民)?(?:政府)?(?P<board>(?:[（、和及]?(?:各?开发区)?管委会）?)?)")
_STREET = re.compile(
    r"^各?(?:乡镇（街道）|镇（街道）|乡镇街道|街道（乡镇）|街镇|乡镇|街道)(?:办事处|党工委)?(?:人民)?(?:政府)?"
)
_BOARD = re.compile(r"^各?(?:开发区|功能区|园区)?管委会")
_JOINT = re.compile(r"^[和及、，]")
_GOVERNMENT = re.compile(r"^[省市区县州]?(?:人民)?政府(?:各|所属各|组成)?(?:部门|委办局|单位)")
_DIRECT = re.compile(r"^(?:各[省市区县州]直(?:部门|单位|机关)|[省市区县州]直(?:属)?(?:各)?(?:部门|单位|机关)(?:单位)?)")
_DEPARTMENTS = re.compile(r"^[省市区县州]?各(?:部门|委办局)")
_EVERYONE = re.compile(r"^(?:各单位|各成员单位|全体单位|各责任单位)")


@dataclass(frozen=True, slots=True)
class Resolution:
    """The units an expression means. ``doubt`` is set when nobody could be found; ``meaning`` when it is a group."""

    units: tuple[Unit, ...] = ()
    meaning: str = ""
    doubt: str = ""


class Resolver:
    """Finds the units that an expression means; the office's own groups win, then names, then 泛称 by kind."""

    def __init__(self, roster: Roster, groups: Groups) -> None:
        self.roster = roster
        self.groups = groups
        self._exact: dict[str, Unit] = {}
        self._loose: dict[str, set[str]] = {}
        for unit in roster:
            for name in (unit.name, *unit.aliases):
                self._exact[_tidy(name)] = unit
                for form in (_canonical(name), _PREFIX.sub("", _canonical(name))):
                    self._loose.setdefault(form, set()).add(unit.name)
        self._known: dict[str, Resolution] = {}

    def resolve(self, expression: str) -> Resolution:
        """One expression as plan-schema.md writes it (one unit or one group a string)."""
        if expression not in self._known:
            self._known[expression] = self._resolve(_tidy(expression))
        return self._known[expression]

    def _resolve(self, text: str) -> Resolution:
        own = {_tidy(name): members for name, members in self.groups.named.items()}.get(text)
        if own is not None:
            return self._named(text, own)
        if unit := self._exact.get(text):
            return Resolution((unit,))
        for form in (_canonical(text), _PREFIX.sub("", _canonical(text))):
            if len(names := self._loose.get(form, set())) == 1:
                unit = self.roster.get(next(iter(names)))
                return Resolution((unit,) if unit else ())
        if _VAGUE.search(text):
            return Resolution(doubt=f"“{text}”指哪些单位要由办公室确定，请在单位栏写明单位名称")
        kinds = self._kinds(text)
        if kinds is None:
            return Resolution(doubt=self._unknown(text))
        units = self.roster.of_kinds(kinds)
        if not units:
            return Resolution(doubt=f"“{text}”指{'、'.join(kinds)}，但单位名录里没有这类单位，请补充名录或写明单位")
        return Resolution(units, meaning="、".join(kind for kind in kinds if kind in self.roster.kinds))

    def _named(self, text: str, members: tuple[str, ...]) -> Resolution:
        """The office's own group: members are kinds, unit names or aliases."""
        chosen = {unit.name for unit in self.roster if unit.kind in members}
        for member in members:
            if unit := self._exact.get(_tidy(member)):
                chosen.add(unit.name)
            elif member not in self.roster.kinds:
                return Resolution(doubt=f"设置里“{text}”写有“{member}”，单位名录里没有这个单位或类别")
        return Resolution(tuple(unit for unit in self.roster if unit.name in chosen), meaning="、".join(members))

    def _kinds(self, text: str) -> tuple[str, ...] | None:
        """The kinds that a group expression names; None when it is not one, to its last character."""
        kinds: list[str] = []
        rest = text
        while rest:
            step = self._part(rest)
            if step is None:
                return None
            kinds += step[0]
            rest = _JOINT.sub("", step[1])
        return tuple(dict.fromkeys(kinds))

    def _part(self, text: str) -> tuple[tuple[str, ...], str] | None:
        groups = self.groups
        for pattern, kinds in (
            (_GOVERNMENT, groups.government),
            (_DIRECT, groups.direct),
            (_DEPARTMENTS, groups.departments),
            (_EVERYONE, self.roster.kinds),
            (_STREET, ("街道",)),
            (_BOARD, ("管委会",)),
        ):
            if found := pattern.match(text):
                return kinds, text[found.end() :]
        found = _LOCAL.match(text)
        if not found or (not text.startswith("各") and len(found["word"]) < 2):
            return None
        if found["word"] in {"各地", "各地区", "各级"}:
            return groups.localities, text[found.end() :]
        return ("区县", "管委会") if found["board"] else ("区县",), text[found.end() :]

    def _unknown(self, text: str) -> str:
        names = [name for unit in self.roster for name in (unit.name, *unit.aliases)]
        near = difflib.get_close_matches(text, names, n=3, cutoff=0.6)
        units = dict.fromkeys(unit.name for name in near if (unit := self.roster.get(name)))
        hint = f"，是否指{'、'.join(units)}？" if units else "，"
        return f"单位名录里没有“{text}”{hint}请改写单位名称，或在名录里补充单位、别名"


def _tidy(text: str) -> str:
    """Full-width brackets and no blanks, so that typing differences do not matter."""
    return re.sub(r"\s+", "", text).replace("(", "（").replace(")", "）")


def _canonical(name: str) -> str:
    """A name without the words that short forms leave out: 发展和改革委员会 and 发展改革委 become one."""
    text = _tidy(name).replace("人民政府办公", "政府办公")
    for long, short in (("委员会", "委"), ("办公室", "办"), ("监督管理", "监管"), ("和", ""), ("与", "")):
        text = text.replace(long, short)
    return text
