"""Which item of a new reading is which item of the one before, whatever its number is now."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from flows.plan.model import Item

_SURE = 0.72
"""Shared pairs of characters from which on two requirements are the same item with another wording."""
_LIKELY = 0.45
"""From here on they may be; the clerk is asked."""
_NEARLY_SAME = 0.9
"""From here on a rival does not matter."""
_NEAR = 0.1
"""A rival is another possible partner whose score is less than this behind."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An item before and after. ``sure`` False: only alike."""

    old: str
    new: str
    sure: bool = True


def match_items(old: Sequence[Item], new: Sequence[Item]) -> list[Pair]:
    """Pairs of numbers, each number at most once, in the order of the new items.

    Same words first (of several the ones with the same task, then in their order), then similar words. Similarity is
    the share of common pairs of neighbouring characters (Dice); the same task and the same number speak for it.
    """
    pairs: list[Pair] = []
    left, right = list(old), list(new)
    for key in (_task_and_words, _words):
        groups: dict[str, list[Item]] = defaultdict(list)
        for item in left:
            groups[key(item)].append(item)
        for item in right:
            kept = groups.get(key(item))
            if kept:
                same = next((other for other in kept if other.no == item.no), kept[0])
                kept.remove(same)
                pairs.append(Pair(same.no, item.no))
        left, right = _rest(left, right, pairs)
    pairs.extend(_similar(left, right))
    order = {item.no: at for at, item in enumerate(new)}
    return sorted(pairs, key=lambda pair: order[pair.new])


def _rest(left: list[Item], right: list[Item], pairs: Iterable[Pair]) -> tuple[list[Item], list[Item]]:
    gone, found = {pair.old for pair in pairs}, {pair.new for pair in pairs}
    return [item for item in left if item.no not in gone], [item for item in right if item.no not in found]


@dataclass(frozen=True, slots=True)
class _Likeness:
    """Two items that may be the same; ``score`` is the likeness with what else speaks for it."""

    old: str
    new: str
    share: float
    score: float


def _similar(left: list[Item], right: list[Item]) -> list[Pair]:
    """The best pairs first. One that has a free rival nearly as good is not sure, unless its words are nearly same."""
    found = sorted(_likely(left, right), key=lambda each: -each.score)
    free = {("old", item.no) for item in left} | {("new", item.no) for item in right}
    pairs = []
    for at, best in enumerate(found):
        ends = {("old", best.old), ("new", best.new)}
        if not ends <= free:
            continue
        rival = any(
            other.score > best.score - _NEAR
            and (other.old == best.old or other.new == best.new)
            and {("old", other.old), ("new", other.new)} <= free
            for other in found[at + 1 :]
        )
        free -= ends
        pairs.append(Pair(best.old, best.new, best.share >= _SURE and (not rival or best.share >= _NEARLY_SAME)))
    return pairs


def _likely(left: list[Item], right: list[Item]) -> Iterator[_Likeness]:
    before = [(item, _bigrams(item)) for item in left]
    for item in right:
        mine = _bigrams(item)
        for other, theirs in before:
            share = 2 * len(mine & theirs) / (len(mine) + len(theirs))
            if share >= _LIKELY:
                same_task = bool(item.task) and _plain(item.task or "") == _plain(other.task or "")
                yield _Likeness(other.no, item.no, share, share + 0.08 * same_task + 0.02 * (item.no == other.no))


def _task_and_words(item: Item) -> str:
    return f"{_plain(item.task or '')}\n{_plain(item.requirement)}"


def _words(item: Item) -> str:
    return _plain(item.requirement)


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _bigrams(item: Item) -> frozenset[str]:
    text = _plain(item.requirement)
    return frozenset(text[at : at + 2] for at in range(len(text) - 1)) or frozenset((text,))
