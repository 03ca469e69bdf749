"""A wrong name of a unit that was set right in the row itself counts as an answer to the question about that name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flows.plan.model import Item
from flows.plan.review_answers import Answers
from flows.plan.review_questions import is_vague
from flows.plan.review_sheet import Record
from flows.plan.review_state import Decided


def corrections(before: Item, now: Item) -> Iterator[tuple[str, str]]:
    """(what stood there, what stands there now) where one expression of a cell took the place of one other."""
    for old, new in ((before.lead, now.lead), (before.responsible, now.responsible)):
        if len(old) != len(new):
            continue
        for word, name in zip(old, new, strict=True):
            if word != name and word not in new and name not in old:
                yield word, name


def learn(answers: Answers, record: Record, corrected: Iterable[tuple[str, str]]) -> None:
    """Take corrections of names that the roster did not know as decisions, changing ``answers`` in place.

    Not of what means other units on every item, not where the question itself was answered, and not where one name
    was corrected in two ways.
    """
    unanswered = {each.word for each in answers.emptied if each.kind == "unit"}
    unknown = {doubt.text for doubt in record.roster_doubts}
    meant: dict[str, set[str]] = {}
    for word, name in corrected:
        if word in unanswered and word in unknown and not is_vague(word) and not is_vague(name):
            meant.setdefault(word, set()).add(name)
    for word, names in meant.items():
        if len(names) == 1:
            answers.decided.append(Decided("unit", word, tuple(names), f"{record.token}:单元格"))
            answers.emptied = [each for each in answers.emptied if each.word != word]
