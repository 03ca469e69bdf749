"""Numbered requirements: parting “1.…；2.…” into requirements and giving every item its number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from flows.plan.textual import number_of, one_line

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_HAN = "一二三四五六七八九十"
_STYLES = (
    re.compile(r"(?P<n>[0-9]{1,3})[.．、](?!\s*[0-9]{1,2}(?![0-9]|[.．、]|年|月|日|[个项岁家所名处件场次辆条户座套]))"),
    re.compile(r"[（(](?P<n>[0-9]{1,3})[）)][.、]?"),
    re.compile(r"(?P<n>[0-9]{1,3})[）)]"),
    re.compile(rf"(?P<n>[{_CIRCLED}])"),
    re.compile(rf"[（(](?P<n>[{_HAN}]{{1,3}})[）)][.、]?"),
    re.compile(rf"(?P<n>[{_HAN}]{{1,3}})、"),
)
_BORDER = re.compile(r"[\n。；;！？：:\s]$")
_ORDINAL = re.compile(
    rf"(?:[{_HAN}]{{1,3}}、|[（(][{_HAN}]{{1,3}}[）)]|第[{_HAN}]{{1,3}}[部章节项类]分?[、：:\s]*|[0-9]{{1,2}}[.．、](?![0-9]))"
)


@dataclass(frozen=True, slots=True)
class Part:
    """One requirement of a cell. ``number`` is its printed mark, None when it has none."""

    number: int | None
    text: str


def split_requirement(text: str) -> tuple[Part, ...]:
    """Part a cell at its running numbers; a cell without a number at its start is one part.

    Only marks of one style that count on (n, n+1, …) at the start, after a line break or after the end of a sentence
    are borders, so “26个试点领域”, “2.5万” and years inside the text are not. A sentence that introduces the numbers
    stays with the first of them.
    """
    text = text.strip()
    for style in _STYLES:
        first = style.match(text)
        if first:
            return _chain(text, style, first)
    lead_in = re.match(r"[^\n]{2,60}?[：:]\s*(?=(?:1[.．、]|[（(]1[）)]|①|[（(]一[）)]))", text)
    if lead_in:
        parts = split_requirement(text[lead_in.end() :])
        if len(parts) > 1:
            return (Part(parts[0].number, one_line(lead_in[0]) + parts[0].text), *parts[1:])
    return (Part(None, finish(text)),) if finish(text) else ()


def has_mark(text: str) -> bool:
    """The text begins with a number mark."""
    return any(style.match(text.strip()) for style in _STYLES)


def finish(text: str) -> str:
    """A requirement as it is kept: one line, without a trailing semicolon."""
    return re.sub(r"[；;\s]+$", "", one_line(text))


def without_ordinal(text: str) -> str:
    """A category or task without its 一、 or （一） mark."""
    text = one_line(text)
    rest = _ORDINAL.sub("", text, count=1) if _ORDINAL.match(text) else text
    return rest.strip() or text


def _chain(text: str, style: re.Pattern[str], first: re.Match[str]) -> tuple[Part, ...]:
    marks = [first]
    for found in style.finditer(text, first.end()):
        counted = _value(found) == (_value(marks[-1]) or 0) + 1
        if counted and _BORDER.search(text[: found.start()]):
            marks.append(found)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = (Part(_value(mark), finish(text[mark.end() : end])) for mark, end in zip(marks, ends, strict=True))
    return tuple(part for part in parts if part.text)


def _value(mark: re.Match[str]) -> int | None:
    found = mark["n"]
    return _CIRCLED.index(found) + 1 if found in _CIRCLED else number_of(found)


@dataclass(frozen=True, slots=True)
class Place:
    """What is known about the place of one item: enough to give it a number.

    ``own`` is the cell of the 序号 column that belongs to the item's row ('' when there is none), ``group`` tells
    rows of one task from those of the next, ``row`` rows from one another, ``mark`` is the number inside the cell.
    """

    own: str
    group: int
    row: int
    mark: int | None
    task: str = ""
    """The printed number of the task, where it is no cell of its own."""


def number_items(places: Sequence[Place]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Numbers for all items in order, each one different, and sentences about what is odd in the printed ones.

    A plan that counts its rows or requirements through keeps its own numbers; otherwise an item is “task.requirement”.
    """
    rows: dict[int, list[Place]] = {}
    for place in places:
        rows.setdefault(place.row, []).append(place)
    single = all(len(group) == 1 for group in rows.values())
    own = [_own(place.own) for place in places]
    if single and all(own) and len(set(own)) == len(own):
        return tuple(own), _gaps(own)
    if by_row := _by_row(places):
        return by_row
    marks = [place.mark for place in places]
    counted = [mark for mark in marks if mark is not None]
    if len(counted) == len(marks) and len(rows) > 1 and all(b > a for a, b in pairwise(counted)):
        numbers = [str(mark) for mark in counted]
        return tuple(numbers), _gaps(numbers)
    enough = len(counted) * 5 >= len(marks) * 4 > 8 or (
        single and len(counted) * 5 >= len(marks) * 3 > 11 and counted == list(range(1, len(counted) + 1))
    )
    if enough and all(b > a for a, b in pairwise(counted)) and marks[-1] is None:
        # A plan that counts its requirements through, with a few uncounted ones behind: they count on.
        tail = marks[len(counted) :]
        if all(mark is None for mark in tail):
            counted.extend(range(counted[-1] + 1, counted[-1] + 1 + len(tail)))
            return tuple(map(str, counted)), ()
    doubts = (
        ["序号有缺失或重复，已重新编号"]
        if single and any(own) and len(set(filter(None, own))) == sum(map(bool, own))
        else []
    )
    repeated = single and len(set(own)) < len(own) and all(own)
    if repeated and not _restarts(own) and len({place.group for place in places}) == len(places):
        doubts = ["序号有重复，已重新编号"]
    return _by_task(places), tuple(doubts)


def _restarts(numbers: Sequence[str]) -> bool:
    """The numbers begin again at 1 in each chapter or on each sheet, and count on without a gap between."""
    values = [int(number) if number.isdigit() else 0 for number in numbers]
    return values[0] == 1 and all(b in (a + 1, 1) for a, b in pairwise(values))


def _by_row(places: Sequence[Place]) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Numbers where the 序号 stands on each row although several rows share a task: 1, 2, 3, and 4.1, 4.2 in one cell.

    None when a task has just one 序号, or when the printed ones do not tell the rows apart.
    """
    own: list[str] = []
    group = -1
    for place in places:
        # A blank cell below a number in the same task is the lower part of a merge.
        merged = own[-1] if own and place.group == group else ""
        own.append(_own(place.own) or merged)
        group = place.group
    runs = [number for at, number in enumerate(own) if not at or number != own[at - 1]]
    several = len({(place.group, number) for place, number in zip(places, own, strict=True)}) > len(
        {place.group for place in places}
    )
    if not all(own) or not several or len(set(runs)) < len(runs):
        return None
    counts: dict[str, int] = {}
    numbers = []
    for number in own:
        counts[number] = counts.get(number, 0) + 1
        numbers.append(f"{number}.{counts[number]}" if own.count(number) > 1 else number)
    if len(set(numbers)) < len(numbers):
        return None
    return tuple(numbers), _gaps(runs)


def _by_task(places: Sequence[Place]) -> tuple[str, ...]:
    order: dict[object, str] = {}
    counts: dict[str, int] = {}
    printed = {place.group: _own(place.own or place.task) for place in reversed(places) if place.own or place.task}
    usable = len(set(printed.values())) == len(printed) == len({place.group for place in places})
    numbers = []
    for place in places:
        if place.group not in order:
            order[place.group] = printed[place.group] if usable else str(len(order) + 1)
        task = order[place.group]
        counts[task] = counts.get(task, 0) + 1
        numbers.append(f"{task}.{counts[task]}")
    return tuple(numbers)


def _own(text: str) -> str:
    """A 序号 as kept: 3, 三, （三）, 3. are all “3”; 1.2 and 1-2 stay."""
    bare = re.sub(r"\s", "", text)
    number = number_of(bare.strip("（）().．、"))
    return str(number) if number is not None else bare


def _gaps(numbers: Sequence[str]) -> tuple[str, ...]:
    if not all(number.isdigit() for number in numbers):
        return ()
    values = [int(number) for number in numbers]
    return tuple(f"序号不连续：{a}之后是{b}，请核对有无漏项" for a, b in pairwise(values) if b != a + 1)
