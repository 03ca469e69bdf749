"""Doubts as questions to the clerk: the same unknown unit on thirty items is asked once, and what can be answered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.plan.model import Doubt, Item
from flows.plan.review_layout import DROP, KEEP, KINDS, label_of, shown

UNIT_FIELDS = frozenset({"lead", "responsible"})
TIME_FIELDS = frozenset({"due", "deadline_text", "kind", "deadline_source"})
TEXT_FIELDS = {"requirement": "具体要求", "task": "任务事项", "category": "任务大类"}
COLUMN_MEANINGS = ("任务大类", "任务事项", "具体要求", "牵头单位", "责任单位", "完成时限", "不读入")
"""What a column of a plan can mean, as the clerk picks it."""
_VAGUE = re.compile("有关|相关|涉及|职能|其他|其它|(?:责任|牵头|配合|对应)(?:部门|单位|科室|处室)")
"""Words that mean other units in every sentence: an answer holds for its own item only."""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the sheet 存疑. All its doubts have the same text and message."""

    doubts: tuple[Doubt, ...]
    shared: bool
    """About what an expression means, wherever it stands: the answer is remembered."""

    @property
    def first(self) -> Doubt:
        """The doubt whose place the row links to."""
        return self.doubts[0]

    @property
    def where(self) -> str:
        """The numbers of the items."""
        numbers = list(dict.fromkeys(doubt.no for doubt in self.doubts if doubt.no))
        return "、".join(numbers) if len(numbers) <= 3 else f"{'、'.join(numbers[:2])}等{len(numbers)}条"

    @property
    def row(self) -> tuple[str, str, str, str]:
        """The texts by which the row is known again: 编号, 栏目, 读到的, 为什么存疑."""
        label = "责任单位" if self.shared and len({d.field for d in self.doubts}) > 1 else label_of(self.first.field)
        return shown(self.where), label, shown(self.first.text), shown(self.first.message)

    def options(self, units: tuple[str, ...]) -> tuple[str, ...]:
        """What the drop-down offers: the likeliest reading, then to keep or to drop it, then all else.

        Anything that is not offered may be typed.
        """
        found = [*self.first.choices[:1], KEEP]
        if any(doubt.no for doubt in self.doubts) and not self.shared:
            found.append(DROP)
        found.extend(self.first.choices[1:])
        if self.first.field == "column":
            found.extend(COLUMN_MEANINGS)
        if self.first.field == "kind":
            found.extend(KINDS)
        if self.first.field in UNIT_FIELDS:
            found.extend(units)
        return tuple(dict.fromkeys(found))


def is_expression(doubt: Doubt, item: Item | None) -> bool:
    """The doubt is about one unit expression of its item."""
    return doubt.field in UNIT_FIELDS and item is not None and doubt.text in (*item.lead, *item.responsible)


def is_vague(expression: str) -> bool:
    """An expression that means other units on every item (有关部门): what it means here is not remembered."""
    return _VAGUE.search(re.sub(r"\s", "", expression)) is not None


def questions(doubts: Iterable[Doubt], items: Mapping[str, Item]) -> list[Question]:
    """The rows of 存疑: the whole plan first, then item by item; doubts that are asked once stand together."""
    rows: dict[tuple[str | None, ...], list[Doubt]] = {}
    for doubt in dict.fromkeys(doubts):
        item = items.get(doubt.no or "")
        if is_expression(doubt, item) and not is_vague(doubt.text):
            key: tuple[str | None, ...] = ("shared", doubt.text, doubt.message)
        else:
            key = ("", doubt.no, doubt.field, doubt.text, doubt.message)
        rows.setdefault(key, []).append(doubt)
    found = [Question(tuple(kept), key[0] == "shared") for key, kept in rows.items()]
    place = {no: at for at, no in enumerate(items)}
    return sorted(found, key=lambda question: place.get(question.first.no or "", -1))
