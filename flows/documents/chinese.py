"""How a Chinese official text writes numbers, shares, lists and quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

_DIGITS = "〇一二三四五六七八九"
FEW = 10
"""Of fewer things than this a share tells a reader less than the counts do."""
_STEPS = 1000
"""Tenths of a per cent in everything."""
_ENDS = "。；;，,、.！!？? \u3000"


def numeral(number: int) -> str:
    """1 to 99 as 一, 十二, 三十, the form of headings and of 一是…二是…."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens]) + "十" + (_DIGITS[ones] if ones else "")


def listed(words: Iterable[str]) -> str:
    """Names in one enumeration: 甲、乙、丙."""
    return "、".join(words)


def numbers_of(numbers: Iterable[str]) -> str:
    """Item numbers as one phrase: 第1.2项、3.1项.

    项 stands behind each: LibreOffice breaks no line inside 1.2、3.1, so a long list would tear the line before it.
    """
    return "第" + listed(f"{number}项" for number in numbers)


def shares(counts: Sequence[int], held: int | None = None) -> list[str]:
    """Each count's share of their sum as ``27%`` or ``72.9%``; the printed shares add up to exactly 100.

    One decimal at most. Every share is rounded as a reader's calculator rounds it; where that does not add up, those
    give way that are then least wrong, each by one step, and never one of two equal counts, nor the one at ``held``,
    which is printed elsewhere too (任务完成率). [] where shares tell nothing or would say something wrong: of fewer
    than `FEW` in all, where equal counts alone could give way, and where something would be printed as 0% or less
    than everything as 100%.
    """
    total = sum(counts)
    if total < FEW:
        return []
    parts = [share_tenths(count, total) for count in counts]
    wrong = _STEPS - sum(parts)
    step = 1 if wrong > 0 else -1
    alone = [i for i, count in enumerate(counts) if i != held and list(counts).count(count) == 1]
    alone.sort(key=lambda i: (abs((parts[i] + step) * total - counts[i] * _STEPS), i))
    if len(alone) < abs(wrong):
        return []
    for i in alone[: abs(wrong)]:
        parts[i] += step
    pairs = list(zip(counts, parts, strict=True))
    if any((count == 0) != (part == 0) or (count == total) != (part == _STEPS) for count, part in pairs):
        return []
    return [_percent(part) for part in parts]


def share(count: int, total: int) -> str:
    """One count's share of a total for a column: always one decimal, rounded half up."""
    tenths = share_tenths(count, total)
    return f"{tenths // 10}.{tenths % 10}%"


def share_tenths(count: int, total: int) -> int:
    """The same in tenths of a per cent."""
    return (2 * count * _STEPS + total) // (2 * total)


def _percent(part: int) -> str:
    whole, rest = divmod(part, 10)
    return f"{whole}.{rest}%" if rest else f"{whole}%"


def day_in_year(day: date, year: int) -> str:
    """10月25日, with the year in front only when it is another one."""
    short = f"{day.month}月{day.day}日"
    return short if day.year == year else f"{day.year}年{short}"


_SPACE = re.compile(r"\s")


def flat(text: str) -> str:
    """A unit's text on one line: line breaks become ；, other white space one blank, none beside Chinese characters."""
    if not _SPACE.search(text):  # most are: a bulletin looks at all texts of all units
        return text
    lines = [line.strip() for line in re.split(r"[\r\n\v\f\u2028\u2029]+", text)]
    lines = [line for line in lines if line]
    joined = ""
    for line in lines:
        joined += ("" if not joined or joined[-1] in _ENDS + "：:" else "；") + line
    joined = re.sub(r"[ \t\u00a0\u3000]+", " ", joined)
    return re.sub(r"(?<=[^\x00-\x7f]) | (?=[^\x00-\x7f])", "", joined)


def clipped(text: str, limit: int) -> str:
    """`flat` text of at most ``limit`` characters, cut at a comma or stop when one is near, marked with ……."""
    text = flat(text)
    if len(text) <= limit:
        return text
    head = text[: limit - 2]
    stop = max(head.rfind(mark) for mark in "。；，、")
    head = head[:stop] if stop >= limit * 2 // 3 else head
    return head.rstrip(_ENDS) + "……"


def quoted(text: str, limit: int) -> str:
    """A unit's words inside “ ”: one line, clipped, no stop at the end, inner quotation marks made ‘ ’."""
    inner = clipped(text, limit).rstrip(_ENDS)
    return "“" + inner.replace("“", "‘").replace("”", "’") + "”"


def stopped(text: str) -> str:
    """A sentence with exactly one full stop."""
    return text.rstrip(_ENDS) + "。"
