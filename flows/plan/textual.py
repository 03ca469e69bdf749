"""Small tools on Chinese text: layout spaces, brackets, numerals. Nothing here knows what a plan is."""

from __future__ import annotations

import re

_ASCII = "A-Za-z0-9"
_SPACE = "[ \u3000\t\u2002-\u200a]"
_WIDE = "\u3400-\u9fff\uf900-\ufaff"
_POINTS = "，。；：、！？（）《》“”‘’【】〔〕…—"
_OPEN, _CLOSE = "（(《〈【〔[“‘「『", "）)》〉】〕]”’」』"
_HALF_TO_FULL = str.maketrans("(),;:", "（），；：")
_DIGITS = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_FULL_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")


def clean(text: str) -> str:
    """A text as it would be typed: spaces that only the layout put there are gone.

    Spaces between a Chinese character and a digit, letter or punctuation mark go, a space between two Chinese
    characters stays (it may part two names); line breaks inside a text that wraps are closed, runs become one.
    """
    text = re.sub(rf"{_SPACE}+", " ", text.replace("\r", "\n").replace("﹒", "."))
    text = re.sub(r" ?\n ?", "\n", text).strip()
    text = re.sub(rf"(?<=[{_WIDE}{_POINTS}]) (?=[{_ASCII}{_POINTS}])", "", text)
    return re.sub(rf"(?<=[{_ASCII}%{_POINTS}]) (?=[{_WIDE}{_POINTS}])", "", text)


def one_line(text: str) -> str:
    """``clean`` text without line breaks: a break between two Latin letters becomes a space, any other goes."""
    text = re.sub(r"(?<=[A-Za-z])\n+(?=[A-Za-z])", " ", clean(text))
    return clean(text.replace("\n", ""))


def bare(text: str) -> str:
    """Without any white space, for comparing words of a header."""
    return re.sub(r"\s", "", text)


def full_width(text: str) -> str:
    """Brackets, commas, semicolons and colons in their Chinese width."""
    return text.translate(_HALF_TO_FULL)


def outside_brackets(text: str) -> list[bool]:
    """For every character whether it stands outside of all brackets; a bracket itself stands inside.

    A closing bracket without an opening one is taken as outside; an opening one that never closes holds nothing.
    """
    depth_at = [0] * (len(text) + 1)
    opened: list[int] = []
    for at, char in enumerate(text):
        if char in _OPEN:
            opened.append(at)
        elif char in _CLOSE and opened:
            start = opened.pop()
            depth_at[start] += 1
            depth_at[at + 1] -= 1
    outside, depth = [], 0
    for at in range(len(text)):
        depth += depth_at[at]
        outside.append(depth == 0)
    return outside


def unclosed(text: str) -> bool:
    """Some bracket or quotation mark is opened and never closed: the text was cut."""
    depth = 0
    for char in text:
        depth += (char in _OPEN) - (char in _CLOSE)
    return depth > 0


def number_of(text: str) -> int | None:
    """An integer written in digits (also full-width) or Chinese numerals up to 九十九; None when it is neither."""
    text = text.translate(_FULL_DIGITS)
    if re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    if text in _DIGITS:
        return _DIGITS[text]
    found = re.fullmatch(r"([一二三四五六七八九])?十([一二三四五六七八九])?", text)
    if found:
        return _DIGITS[found[1] or "一"] * 10 + (_DIGITS[found[2]] if found[2] else 0)
    return None


def cut(text: str, length: int = 30) -> str:
    """The beginning of a text, for messages."""
    return text if len(text) <= length else f"{text[: length - 1]}…"
