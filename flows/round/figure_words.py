"""Which figure a clerk means: a number of the list, words of the bulletin, or a number with words around it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.round.figure import Figure

_FILLING = re.compile("单位|任务|项次|共|有|的|占|为|中|家|个|项|份|条|是|约|上期|本期|其")
"""Words that stand around many figures and tell none from another."""
_NUMBER = re.compile(r"\d+(?:[./]\d+)*%?")
_ALIKE = str.maketrans({"家": "个", "件": "项"})


@dataclass(frozen=True, slots=True)
class Match:
    """What was found: figures by their place in the list, and whether they only resemble what was asked."""

    found: tuple[int, ...]
    near: bool = False
    """The words fit, the number does not: the bulletin printed another one."""


def matching(asked: str, figures: Sequence[Figure]) -> Match:
    """The figures that a text can mean, the closest kind of likeness only; none when nothing is like it.

    A bare whole number is a place in the list, from 1 on; 1.2 and 第3项 are numbers of items.
    """
    text = _plain(asked)
    if text.isdigit():
        return Match((int(text) - 1,) if 0 < int(text) <= len(figures) else ())
    printed = {place: tuple(map(_plain, figure.texts)) for place, figure in enumerate(figures)}
    rows = [place for place, figure in enumerate(figures) if any(_names(name, text) for name in figure.names)]
    if rows:
        # Words beside a name are a sentence about it (“第1.2项反映…”); only a number can speak against the row.
        rests = {place: _parts(_without(text, figures[place].names))[0] for place in rows}
        found = tuple(place for place in rows if _fits(rests[place], (), printed[place]))
        return Match(found) if found else Match(tuple(rows), near=True)
    totals = {place: texts for place, texts in printed.items() if not figures[place].names}
    numbers, words = _parts(text)
    ways: tuple[Callable[[tuple[str, ...]], bool], ...] = (
        lambda texts: text in texts,
        lambda texts: bool(words) and any(_bare(each) == _bare(text) and _fits(numbers, (), (each,)) for each in texts),
        lambda texts: any(_within(text, each) for each in texts),
        lambda texts: bool(numbers) and any(_within(each, text) for each in texts if _NUMBER.search(each)),
        lambda texts: bool(words) and _fits(numbers, words, texts),
    )
    for way in ways:
        found = tuple(place for place, texts in totals.items() if way(texts))
        if found:
            return Match(found)
    if numbers and words:
        return Match(tuple(place for place, texts in totals.items() if _fits([], words, texts)), near=True)
    return Match(())


def _names(name: str, text: str) -> bool:
    """Whether a unit or an item is named: 1.2 is a number of an item by itself, 4 only as 第4项."""
    plain = _plain(name)
    if plain.isdigit():
        return f"第{plain}项" in text
    return plain in _NUMBER.findall(text) if plain[:1].isdigit() else plain in text


def _without(text: str, names: tuple[str, ...]) -> str:
    for name in sorted(map(_plain, names), key=len, reverse=True):
        text = text.replace(f"第{name}项", "", 1) if name.isdigit() else text.replace(name, "", 1)
    return text


def _plain(text: str) -> str:
    """Half-width digits, no blanks and no punctuation but that inside numbers."""
    text = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    text = re.sub(r"\s+", "", text)
    return re.sub(r"(?<!\d)[./]|[./](?!\d)|[^\w./%↑↓]", "", text)


def _parts(text: str) -> tuple[list[str], list[str]]:
    numbers = _NUMBER.findall(text)
    words = [word for word in re.split(r"\s+", _FILLING.sub(" ", _NUMBER.sub(" ", text))) if word]
    return numbers, words


def _bare(text: str) -> str:
    """What is left of a figure's words without numbers and filling: 已完成 of 已完成17项，占40.5%."""
    return "".join(_parts(text.partition("占")[0])[1])


def _within(inner: str, outer: str) -> bool:
    """Whether a text stands in another one, without cutting a number in two."""
    return len(inner) > 1 and bool(re.search(rf"(?<![\d.]){re.escape(inner)}(?!\d|\.\d)", outer))


def _fits(numbers: Sequence[str], words: Sequence[str], texts: tuple[str, ...]) -> bool:
    every = "|".join(texts)
    known = _NUMBER.findall(every)
    return all(number in known for number in numbers) and all(word in every for word in words)
