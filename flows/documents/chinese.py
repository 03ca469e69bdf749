"""How a Chinese official text writes numbers, shares, lists and quotations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

_DIGITS = "〇一二三四五六七八九"
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


def shares(counts: Sequence[int]) -> list[str]:
    """Each count's share of their sum as ``27%`` or ``72.9%``; the printed shares add up to exactly 100.

    Every share is rounded as a reader's calculator rounds it, to as few decimals (from one on) as make the sum right
    and print neither 0% for something nor 100% for less than everything. Where no number of decimals does (three
    equal parts), the largest remainder decides in the second decimal. All zero gives ``0%`` throughout.
    """
    total = sum(counts)
    if not total:
        return ["0%" for _ in counts]
    for decimals in (1, 2, 3):
        steps = 100 * 10**decimals
        parts = [(2 * count * steps + total) // (2 * total) for count in counts]
        if sum(parts) == steps and _tells(counts, parts, steps, total):
            return [_percent(part, decimals) for part in parts]
    for decimals in range(2, 8):
        parts = _largest_remainder(counts, total, 100 * 10**decimals)
        if _tells(counts, parts, 100 * 10**decimals, total):
            break
    return [_percent(part, decimals) for part in parts]


def _tells(counts: Sequence[int], parts: Sequence[int], steps: int, total: int) -> bool:
    """Nothing that exists is printed as 0%, and nothing less than everything as 100%."""
    return all(
        (count == 0) == (part == 0) and (count == total) == (part == steps)
        for count, part in zip(counts, parts, strict=True)
    )


def share(count: int, total: int) -> str:
    """One count's share of a total for a column: always one decimal, rounded half up."""
    tenths = (2 * count * 1000 + total) // (2 * total)
    return f"{tenths // 10}.{tenths % 10}%"


def _largest_remainder(counts: Sequence[int], total: int, steps: int) -> list[int]:
    floors = [count * steps // total for count in counts]
    order = sorted(range(len(counts)), key=lambda i: (-(counts[i] * steps % total), i))
    for i in order[: steps - sum(floors)]:
        floors[i] += 1
    return floors


def _percent(part: int, decimals: int) -> str:
    whole, rest = divmod(part, 10**decimals)
    fraction = f"{rest:0{decimals}d}".rstrip("0")
    return f"{whole}.{fraction}%" if fraction else f"{whole}%"


def day_in_year(day: date, year: int) -> str:
    """10月25日, with the year in front only when it is another one."""
    short = f"{day.month}月{day.day}日"
    return short if day.year == year else f"{day.year}年{short}"


def flat(text: str) -> str:
    """A unit's text on one line: line breaks become ；, other white space one blank, none beside Chinese characters."""
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
