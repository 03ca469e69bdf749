"""Who has to reach a target: each unit, the units of one kind, the lead alone, or all together; by the plan's words.

The rule, in this order: “各单位”, “各地各部门”, “均” in the target's clause mean every unit that carries the item;
“各地”, “各县” only districts, “各部门” only the others (宜春 49 asks two trainings of the ones and one of the others);
without such a word an item with a lead is the lead's to count; “全市”, “共” without a lead is the sum of all; else
each unit that carries it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from flows.plan.model import Item, Target


class Scope(StrEnum):
    """Who counts."""

    EACH = "每个承担单位"
    DISTRICTS = "每个区县、街道"
    DEPARTMENTS = "每个部门"
    LEAD = "牵头单位"
    WHOLE = "承担单位合计"


_PLACES: Final = r"各地(?!各)|各(?:县|区|市|镇|乡|街道|旗|州)"
_OFFICES: Final = r"(?<!各地)各(?:部门|局|委办|市直|县直|区直)|(?:市|县|区|省)(?:直|政府)各?(?:单位|部门)"
_ALL: Final = (
    r"各(?:有关|相关|责任|成员|级|承担)?单位|各地各部门|各级|各[^，。；]{0,20}各"
    r"|每个(?:单位|部门)|(?<!平)均|分别|每家"
)
_SUM: Final = r"全(?:市|县|区|省|州|域)|共计?|合计|总计|总数|总量"


@dataclass(frozen=True, slots=True)
class Whose:
    """Who has to reach a target, and the plan's word for it ('' where it has none)."""

    scope: Scope
    word: str = ""

    def concerns(self, *, is_lead: bool, is_district: bool) -> bool:
        """Whether a unit that carries the item is one of them."""
        if self.scope is Scope.LEAD:
            return is_lead
        if self.scope in (Scope.DISTRICTS, Scope.DEPARTMENTS):
            return is_district is (self.scope is Scope.DISTRICTS)
        return True

    @property
    def words(self) -> str:
        """For people: 每个部门（计划写“各部门”）."""
        if self.word:
            return f"{self.scope.value}（计划写“{self.word}”）"
        return f"{self.scope.value}（计划没有写“各单位”）" if self.scope is Scope.LEAD else self.scope.value


def whose(item: Item, target: Target, *, has_lead: bool) -> Whose:
    """The rule of this module. ``has_lead``: a unit of the roster carries the item as its lead."""
    for clause in _clauses(item.requirement, target):
        for scope, pattern in ((Scope.EACH, _ALL), (Scope.DISTRICTS, _PLACES), (Scope.DEPARTMENTS, _OFFICES)):
            if found := re.search(pattern, clause):
                return Whose(scope, found[0])
    if has_lead:
        return Whose(Scope.LEAD)
    found = re.search(_SUM, _clauses(item.requirement, target)[0])
    if found and target.unit != "%":
        return Whose(Scope.WHOLE, found[0])
    return Whose(Scope.EACH)


def _clauses(requirement: str, target: Target) -> tuple[str, str]:
    """The clause that ends with the target, and all of its sentence up to there."""
    place = requirement.find(target.text)
    if place < 0:
        return requirement, requirement
    end = place + len(target.text)
    sentence = max(requirement.rfind(mark, 0, place) for mark in "。；") + 1
    clause = max(sentence, requirement.rfind("，", 0, place) + 1)
    return requirement[clause:end], requirement[sentence:end]
