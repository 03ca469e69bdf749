"""泛称 by their words: 各县（市、区）人民政府（管委会）, 市委、市政府各部门, 各镇（街道）, and which are too vague."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flows.config import Groups
from flows.roster import Roster, Unit

_TOWNS = ("街道", "乡镇", "镇街", "街镇", "镇", "乡")
_PARTY = ("党委部门",)
_ALL = r"(?:全[省市区县州]|本[市区县])?"
_GOVERNMENT_WORD = r"(?:党委|党委和)?(?:[、和]?(?:人民)?政府)?"
_LOCAL = re.compile(
    rf"^{_ALL}(?P<each>各)?(?:地级以上|辖|所辖|设区)?(?P<word>地区|地|级|(?:[市县区旗州](?!直|级|政府各|委|内)|（[市县区旗、及和]+）|[、及和](?=[市县区旗]))+)"
    rf"{_GOVERNMENT_WORD}(?P<board>(?:[（、和及]?(?:各?(?:开发区|功能区|园区))?(?:管委会|管理委员会)）?)?)"
)
_STREET = re.compile(
    r"^各?(?=[乡镇街])(?:(?:乡|镇|街道|街|农场)(?!村)|（[乡镇街道园区办事处、及和场]+）|[、及和](?=[乡镇街]))+"
    r"(?:办事处|办|党工委)?(?:人民)?(?:政府)?(?:（(?:街道)?办事处）|[、和及]街道办事处|[、和及]街道办)?"
)
_BOARD = re.compile(
    r"^各?(?:(?:经济|高新)?(?:技术)?(?:产业)?(?:开发区|功能区|园区|新区)(?:（园区）)?(?:管委会|管理委员会|党工委)?|管委会|管理委员会)"
)
_JOINT = re.compile(r"^[和及与、，]")
_BOTH = re.compile(
    r"^[省市区县州]委[、和]?[省市区县州]?(?:人民)?政府(?:各|所属各|直属各?)?(?:工作)?(?:部门|委办局|单位)"
)
_PARTY_ONLY = re.compile(r"^[省市区县州]委(?:各|所属各)?(?:工作)?(?:部门|部委办局|部委)")
_GOVERNMENT = re.compile(r"^[省市区县州]?(?:人民)?政府(?:各|所属各|组成)?(?:工作|组成)?(?:部门|委办局|单位|系统各部门)")
_DIRECT = re.compile(
    r"^(?:全[省市区县州])?(?:各[省市区县州](?:直|级)(?:机关)?|[省市区县州](?:直|级)(?:属|机关)?(?:各)?|[省市区县州]属各?)(?P<what>部门|单位|机关|企事业单位)(?:单位)?"
)
_DEPARTMENTS = re.compile(
    r"^(?:全[省市区县州])?(?:[省市区县州]?各(?:级)?|[省市区县州])(?:部门|委办局|委、办、局)(?:和单位|、各?单位)?"
)
_EVERYONE = re.compile(r"^(?:全[省市区县州])?(?:各单位|全体单位|各责任单位|所有单位)")
_ORDER = re.compile(r"^(?:各|全体|所有)?")
_VAGUE = re.compile(
    r"有关|相关|涉及|职能|等$|其他|其它|除.*外|成员单位|符合|具有|承担|主管|的|驻[^、]{0,2}(?:各)?(?:有关)?(?:单位|企业)|中省|垂直|业务部门"
    r"|市县各|直属机构|派出机构"
)
_VAGUE_WORDS = re.compile(r"各?(?:有关|相关|其他|其它)(?:各)?|各?(?:职能|行业|主管|业务|成员)|.*的")


@dataclass(frozen=True, slots=True)
class Group:
    """The units of a group expression, and the kinds it was read as."""

    units: tuple[Unit, ...]
    kinds: tuple[str, ...]
    meaning: str
    unsure: tuple[Unit, ...] = ()
    """Places that the words leave out by the letter, though probably not in earnest: 县级市 in “各县区”."""


@dataclass(frozen=True, slots=True)
class _Step:
    kinds: tuple[str, ...]
    rest: str
    letters: str = ""
    """县, 市, 区: only units of these kinds of places."""


def is_vague(text: str) -> bool:
    """Only the office can say who is meant: 有关部门, 有…职能的, 其他成员单位."""
    return _VAGUE.search(text) is not None


def without_vague_words(text: str) -> Iterator[str]:
    """The groups that a vague expression may be a part of, the nearest first: 市直有关部门 → 市直各部门."""
    bare = _VAGUE_WORDS.sub("", text)
    for wording in (bare, f"各{bare}", re.sub("(部门|单位)$", r"各\1", bare)):
        if wording and wording != text:
            yield wording
    if re.search("单位|企业", text):
        yield "各单位"
    elif "部门" in text:
        yield "各部门"


def group_at(text: str, groups: Groups, roster: Roster) -> Group | None:
    """What a group expression names, to its last character; None when it is not one."""
    plain = _ORDER.sub("", text)
    if plain in roster.kinds:
        return Group(roster.of_kinds((plain,)), (plain,), plain)
    kinds: list[str] = []
    chosen: list[Unit] = []
    narrowed = ""
    unsure: list[Unit] = []
    rest = text
    while rest:
        step = _step(rest, groups, roster)
        if step is None:
            return None
        units = roster.of_kinds(step.kinds)
        if step.letters:
            places = [unit for unit in units if unit.kind != "区县" or _letter(unit) in (*step.letters, "")]
            narrowed = f"（只含{'、'.join(step.letters)}）" if len(places) < len(units) else narrowed
            unsure += [unit for unit in units if unit not in places] if len(step.letters) > 1 else []
            units = tuple(places)
        chosen += units
        kinds += step.kinds
        rest = _JOINT.sub("", step.rest)
    names = {unit.name for unit in chosen}
    kinds = list(dict.fromkeys(kinds))
    present = "、".join(kind for kind in kinds if kind in roster.kinds)
    shown = tuple(kind for kind in kinds if kind in roster.kinds or kind not in _TOWNS[1:])
    return Group(tuple(unit for unit in roster if unit.name in names), shown, f"{present}{narrowed}", tuple(unsure))


def _step(text: str, groups: Groups, roster: Roster) -> _Step | None:
    direct = _DIRECT.match(text)
    if direct:
        kinds = groups.departments if direct["what"] == "部门" else groups.direct
        return _Step(kinds, text[direct.end() :])
    for pattern, kinds in (
        (_BOTH, tuple(dict.fromkeys((*groups.government, *_PARTY)))),
        (_PARTY_ONLY, _PARTY),
        (_GOVERNMENT, groups.government),
        (_DEPARTMENTS, groups.departments),
        (_EVERYONE, roster.kinds),
        (_STREET, _TOWNS),
        (_BOARD, ("管委会",)),
    ):
        if found := pattern.match(text):
            return _Step(kinds, text[found.end() :])
    return _local(text, groups)


def _local(text: str, groups: Groups) -> _Step | None:
    found = _LOCAL.match(text)
    if not found or not (found["each"] or len(re.findall("[市县区旗州]", found["word"])) > 1):
        return None
    if found["word"] in {"地", "地区", "级"}:
        return _Step(groups.localities, text[found.end() :])
    kinds = ("区县", "管委会") if found["board"] else ("区县",)
    return _Step(kinds, text[found.end() :], "".join(dict.fromkeys(re.findall("[市县区旗州]", found["word"]))))


def _letter(unit: Unit) -> str:
    """区, 县, 市 of a place: the last such letter of its name, '' when there is none."""
    found = re.search(r"([市县区旗州])(?:人民政府|政府|委)?$", unit.name)
    return found[1] if found else ""
