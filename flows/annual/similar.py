"""Texts that repeat others: a unit's own last year, and other units' (内容雷同、敷衍塞责 is a ground for 追责).

Numbers do not count: last year's text with this year's figures in it is last year's text.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flows.annual.format import PARTS
from flows.annual.model import Filing

_SIZE: Final = 6
"""Characters of a shingle: long enough that usual phrases do not agree by chance."""
_SHORTEST: Final = 60
"""Texts shorter than this say much the same everywhere."""
_SAMPLE: Final = 8
"""One shingle in so many is looked at to find texts that are worth comparing as a whole."""
OWN_SHARE: Final = 0.7
OTHER_SHARE: Final = 0.6
"""From this share on a likeness is told."""
_PASSAGE: Final = 120
_WHOLE: Final = 200
"""Shingles of a text that is looked at as a whole."""
_MANY: Final = 30
_CANDIDATES: Final = 5
"""So many of the texts that share most of a sample are compared as a whole."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """One part of a unit's text that is nearly the same as another text."""

    unit: str
    part: str
    """Key of the part, see :data:`format.PARTS`."""
    other: str
    """The other unit; the same unit for its own last year."""
    year: int
    """The year of the other text."""
    share: float
    """How much of the shorter text stands in the other, 0 to 1."""
    passage: str
    """The longest common passage, as this unit wrote it."""

    @property
    def words(self) -> str:
        """The likeness in one sentence."""
        head = next(part.head for part in PARTS if part.key == self.part)
        whose = f"本单位{self.year}年年报" if self.other == self.unit else self.other
        return f"{self.unit}“{head}”与{whose}的文字有 {self.share:.0%} 相同，如“{self.passage}”"


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is compared: only letters, without the unit's own name."""

    unit: str
    year: int
    raw: str
    places: tuple[int, ...]
    """Where each letter that counts stands in ``raw``."""
    shingles: tuple[int, ...]
    """One for each letter but the last few."""
    distinct: frozenset[int]
    sample: tuple[int, ...]


def near_identical(filings: Iterable[Filing], last: Mapping[str, Filing] | None = None) -> tuple[Likeness, ...]:
    """Every unit's texts beside its own of last year and those of all other units; of others, the nearest one only."""
    listed = list(filings)
    found: list[Likeness] = []
    for part in PARTS:
        texts = [text for filing in listed if (text := _text(filing, part.key))]
        for text in texts:
            before = (last or {}).get(text.unit)
            old = _text(before, part.key) if before else None
            if old and (share := _share(text, old)) >= OWN_SHARE:
                found.append(_likeness(text, part.key, old, share))
        known: dict[int, list[int]] = {}
        for number, text in enumerate(texts):
            for one in text.sample:
                known.setdefault(one, []).append(number)
        for text in texts:
            nearest = _nearest(text, texts, known)
            if nearest:
                found.append(_likeness(text, part.key, *nearest))
    return tuple(found)


def _text(filing: Filing, part: str) -> _Text | None:
    raw = filing.narrative.text(part)
    # Blanks in place of the name: every other letter stays where it stands.
    nameless = raw.replace(filing.unit, " " * len(filing.unit))
    places = tuple(at for at, char in enumerate(nameless) if char.isalpha())
    if len(places) < _SHORTEST:
        return None
    bare = "".join(raw[at] for at in places)
    shingles = tuple(zlib.crc32(bare[at : at + _SIZE].encode()) for at in range(len(bare) - _SIZE + 1))
    distinct = frozenset(shingles)
    few = len(distinct) < _WHOLE
    sample = tuple(sorted(one for one in distinct if few or one % _SAMPLE == 0))
    return _Text(filing.unit, filing.year, raw, places, shingles, distinct, sample)


def _nearest(text: _Text, texts: Sequence[_Text], known: Mapping[int, Sequence[int]]) -> tuple[_Text, float] | None:
    """The text of another unit that shares most with this one, when it is enough."""
    common: Counter[int] = Counter()
    for one in text.sample:
        # What very many say alike needs no full list: any of them will do as the nearest.
        common.update(known[one][:_MANY])
    best: tuple[_Text, float] | None = None
    for number, _ in common.most_common(_CANDIDATES):
        other = texts[number]
        if other.unit == text.unit:
            continue
        share = _share(text, other)
        if share >= OTHER_SHARE and (best is None or share > best[1]):
            best = other, share
    return best


def _share(one: _Text, other: _Text) -> float:
    return len(one.distinct & other.distinct) / min(len(one.distinct), len(other.distinct))


def _likeness(text: _Text, part: str, other: _Text, share: float) -> Likeness:
    return Likeness(text.unit, part, other.unit, other.year, share, _passage(text, other))


def _passage(text: _Text, other: _Text) -> str:
    """The longest stretch of ``text`` all of whose shingles stand in the other."""
    best = start = end = 0
    run = 0
    for at, one in enumerate(text.shingles):
        run = run + 1 if one in other.distinct else 0
        if run > best:
            best, start, end = run, at - run + 1, at
    passage = " ".join(text.raw[text.places[start] : text.places[end + _SIZE - 1] + 1].split())
    return passage if len(passage) <= _PASSAGE else f"{passage[:_PASSAGE]}……"
