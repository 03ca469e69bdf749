"""Look-back items enter the table of the new plan: each once, with a number, a day or a question, and its origin."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from flows.carry.model import Candidate, Key
from flows.periods import spoken
from flows.plan.carried import Carried
from flows.plan.checks import open_questions
from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind
from flows.plan.review import Reviewed
from flows.plan.targets import find_targets

MARK = "H"
"""How the numbers of look-back items begin (回头看): no plan numbers its tasks so."""
ASK_DAY = "上年没有完成的，还没有新的完成时限，请写明"
"""The question about an item without a day."""

Today = Callable[[Carried], str]
"""The number that the old plan gives an item today."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An item that was taken earlier, and of which the old plan says something else now."""

    no: str
    origin: str
    units: tuple[str, ...]
    """Who has finished since, or who owes it now."""
    whole: bool
    """Nobody owes it any more."""
    owing: bool = False
    """These units owe it and are not named on the item."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The table as it is to be written."""

    items: tuple[Item, ...]
    doubts: tuple[Doubt, ...]
    """New ones only."""
    carried: tuple[Carried, ...]
    """Of all look-back items, old and new."""
    added: tuple[Carried, ...]
    known: int
    """Candidates that had been taken before."""
    moved: tuple[Moved, ...]


def take(
    reviewed: Reviewed,
    before: Sequence[Carried],
    candidates: Iterable[Candidate],
    *,
    due: date | None,
    looked_at: str,
    today: Today,
    used: Iterable[str] = (),
) -> Taken:
    """Put candidates behind the plan's items. What was taken before stays as the office left it, deleted rows too.

    ``due``: new deadline of all that have none. ``looked_at``: slug of the old plan that was gone through ('' for
    none): items of it that are no candidates any more have been finished since. ``used``: numbers that the store
    knows, never given again.
    """
    found = tuple(candidates)
    known = {_key(each, today): each for each in before}
    numbers = _Numbers([item.no for item in (*reviewed.plan.items, *reviewed.cancelled)], before, used)
    items: list[Item] = []
    doubts: list[Doubt] = []
    added: list[Carried] = []
    for each in found:
        if each.key in known:
            continue
        no = numbers.next()
        item = _item(no, each, due)
        items.append(item)
        added.append(_origin(no, each))
        doubts += _asked(item, each)
    here = {item.no: item for item in reviewed.plan.items}
    moved = tuple(_moved(known, found, looked_at, here)) if looked_at else ()
    doubts += [doubt for each in moved if (doubt := _pointed_out(each)) not in reviewed.settled]
    return Taken(
        (*reviewed.plan.items, *items),
        tuple(doubt for doubt in dict.fromkeys(doubts) if doubt not in reviewed.plan.doubts),
        (*before, *added),
        tuple(added),
        len(found) - len(added),
        moved,
    )


def _key(each: Carried, today: Today) -> Key:
    return each.kind, each.plan, today(each), each.digest


class _Numbers:
    """H1, H2 …: one that was given once is never given to another item."""

    def __init__(self, there: Iterable[str], before: Iterable[Carried], used: Iterable[str]) -> None:
        every = (*there, *(each.no for each in before), *used)
        counts = (re.fullmatch(rf"原?{MARK}([0-9]+)′*", no) for no in every)
        self.last = max((int(found[1]) for found in counts if found), default=0)

    def next(self) -> str:
        self.last += 1
        return f"{MARK}{self.last}"


def _item(no: str, each: Candidate, due: date | None) -> Item:
    deadline = each.deadline
    if deadline.due is None and due is not None:
        deadline = Deadline(f"{spoken(due)}前", DeadlineSource.COLUMN, due, Kind.ONCE)
    targets = find_targets(each.requirement, deadline.text or "")
    return Item(no, each.requirement, each.kind.category, each.task, each.lead, each.responsible, deadline, targets)


def _origin(no: str, each: Candidate) -> Carried:
    source = each.source
    return Carried(
        no, each.kind, source.plan, source.title, each.no, source.numbering, each.digest, each.old_due, each.said
    )


def _asked(item: Item, each: Candidate) -> Iterator[Doubt]:
    asked = {(doubt.field, doubt.message) for doubt in each.doubts}
    dated = item.deadline.due is not None
    for doubt in each.doubts:
        if doubt.field not in ("due", "kind", "deadline_text") or dated:
            yield replace(doubt, no=item.no)
    if not dated:
        was = f"原时限{each.old_due}" if each.old_due else item.deadline.text or ""
        yield Doubt(item.no, "due", was, ASK_DAY, ("6月底前", "3月底前", "9月底前", "12月底前"))
    yield from (question for question in open_questions(item) if (question.field, question.message) not in asked)


def _moved(
    known: dict[Key, Carried], found: Sequence[Candidate], looked_at: str, here: dict[str, Item]
) -> Iterator[Moved]:
    now = {each.key: each for each in found}
    for key, old in known.items():
        item = here.get(old.no)
        if old.plan != looked_at or item is None:
            continue
        candidate = now.get(key)
        owing = set(candidate.units) if candidate else set[str]()
        named = {*item.lead, *item.responsible}
        finished = tuple(unit for unit in old.units if unit not in owing and unit in named)
        if finished:
            yield Moved(old.no, key[2], finished, whole=not owing)
        late = tuple(unit for unit in owing if unit not in old.units and unit not in named)
        if late:
            yield Moved(old.no, key[2], late, whole=False, owing=True)


def _pointed_out(moved: Moved) -> Doubt:
    units = "、".join(moved.units)
    if moved.owing:
        message = f"旧计划第{moved.origin}项，{units}现在也没有完成；要它承担的，请加到单位栏"
    elif moved.whole:
        message = f"旧计划第{moved.origin}项现已办结（{units}）；不再跟踪的，请选“不是任务，删去”"
    else:
        message = f"旧计划第{moved.origin}项，{units}现已办结；不再要它承担的，请从单位栏删去"
    return Doubt(moved.no, "note", "", message)
