"""Cell values as text: how they are shown, cleaned and compared. Their meaning: statuses, percents, dates."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final, Generic, TypeVar

from flows.ledger.forms.grid import Value
from flows.ledger.text import clean

T = TypeVar("T")

DIGITS: Final = {
    digit: number
    for number, digits in enumerate(("〇零○Oo", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
"""Chinese digits, and the letters that stand in for 〇."""
_OFTEN: Final = 300
"""Texts shorter than this are worth remembering."""
_PICTURE: Final = re.compile(r"=*(?:_xlfn\.)?DISPIMG\(\s*[\"“]")
"""How WPS writes a picture in a cell: the picture's own name follows."""
_NOTHING: Final = frozenset({"", "无", "暂无", "没有", "/", "\\", "-", "--", "—", "——", "/无", "无。", "空"})
_BEGINS: Final = frozenset(word[0] for word in _NOTHING if word)


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value as meant, possibly with a remark for the clerk; or a fault, then ``value`` is None.

    ``cure`` says what to write instead, ``kind`` is a short word by which equal faults of many rows are told as one.
    """

    value: T | None = None
    fault: str = ""
    cure: str = ""
    remark: str = ""
    kind: str = ""


def squeeze(text: str) -> str:
    """Text as it is compared: full width made half, no white space."""
    # Locked texts and short words come again in every file; long answers would only fill the memory.
    return _squeezed(text) if len(text) < _OFTEN else "".join(unicodedata.normalize("NFKC", text).split())


@lru_cache(maxsize=30_000)
def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_nothing(text: str) -> bool:
    """Whether a text cell says nothing: empty, 无, / and the like."""
    if not text:
        return True
    # An ideograph stays what it is when text is squeezed: most answers are told by their first one.
    if "\u4e00" <= text[0] <= "\u9fff" and text[0] not in _BEGINS:
        return False
    return len(text) < _OFTEN and squeeze(text) in _NOTHING


def same_text(one: str, other: str) -> bool:
    """Whether two progress texts say the same, whatever their blanks and punctuation."""
    return re.sub(r"\W+", "", one) == re.sub(r"\W+", "", other)


def shown(value: Value) -> str:
    """A cell's value as a person sees it, for messages and for text cells that hold a number or a date."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if not (value.hour or value.minute or value.second) else f"{value:%Y-%m-%d %H:%M}"
        )
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def read_text(value: Value) -> str:
    """A text cell: line ends made ``\\n``, outer white space and control characters removed; pictures are named."""
    if not value and isinstance(value, str):
        return ""
    text = clean(value if isinstance(value, str) else shown(value)).strip()
    if "DISPIMG(" in text and _PICTURE.match(text):
        return "（单元格内图片）"
    return text


def short(text: str, most: int = 30) -> str:
    """The beginning of a text on one line, for messages."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[:most] + "……"


def chinese_number(text: str) -> int | None:
    """八十五 → 85, 百 and 一百 → 100; None for anything else."""
    if text in {"百", "一百"}:
        return 100
    found = re.fullmatch(r"(?:([一二两三四五六七八九])?(十))?([一二两三四五六七八九〇零])?", text)
    if not found or not text:
        return None
    tens = DIGITS.get(found[1] or "一", 1) if found[2] else 0
    return tens * 10 + (DIGITS[found[3]] if found[3] else 0)
