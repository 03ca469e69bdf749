"""What people write into the input cells, read as what they mean; what cannot be read for certain is a fault.

Every reader returns a :class:`Reading`: a value, or a fault with its cure, or a value with a remark for the clerk.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Generic, TypeVar

from flows.ledger.layout import STATUSES
from flows.ledger.model import Status
from flows.ledger.reader import Value
from flows.ledger.text import clean
from flows.periods import Period

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A value as meant. With ``fault`` set, ``value`` is None and ``cure`` says what to write instead."""

    value: T | None = None
    fault: str = ""
    cure: str = ""
    remark: str = ""


_WORDS: Final = {
    Status.DONE: (
        "已完成 完成 完成了 全部完成 已全部完成 按时完成 已按时完成 如期完成 已如期完成 完成任务 已完成任务 已办结",
        "办结 已办理 已办 已落实 落实到位 已落实到位 完毕 已完毕 已经完成 已销号 销号 √ ✓ ✔ ☑ ✅ 100% done 是",
    ),
    Status.MOVING: (
        "推进中 正在推进 推进 正推进 有序推进 有序推进中 持续推进 持续推进中 稳步推进 长期推进 正在推进中 进行中",
        "正在进行 正在进行中 办理中 正在办理 落实中 正在落实 实施中 正在实施 开展中 正在开展 在办 已启动",
        "部分完成 长期坚持",
    ),
    Status.IDLE: (
        "未启动 未开始 没开始 还没开始 尚未启动 尚未开始 没有启动 没有开始 还未启动 还未开始 未开展 尚未开展",
        "待启动 未推进 0%",
    ),
    Status.BLOCKED: ("需协调 需要协调 待协调 请求协调 需上级协调 需要上级协调 需协调解决 需要协调解决 有困难",),
    Status.EXEMPT: ("不涉及 不涉及本单位 本单位不涉及 无此项 无此项工作 无此职责 不适用 无关 n/a na",),
}
_STATUS_OF: Final = {word: status for status, lines in _WORDS.items() for word in " ".join(lines).split()}
_STATUS_HEAD = re.compile("^(" + "|".join(STATUSES) + r")[,，。;；:(（]")

_DIGITS: Final = {
    digit: number
    for number, digits in enumerate(("〇零○Oo", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_NOTHING: Final = frozenset({"", "无", "暂无", "没有", "/", "\\", "-", "--", "—", "——", "/无", "无。", "空"})
_EARLIEST_YEARS: Final = 2
"""A completion date more than so many years before the period is a slip of the pen."""


def squeeze(text: str) -> str:
    """Text as it is compared: full width made half, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_nothing(text: str) -> bool:
    """Whether a text cell says nothing: empty, 无, / and the like."""
    return squeeze(text) in _NOTHING


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
    text = clean(shown(value)).strip()
    if "DISPIMG(" in text and text.lstrip("=").startswith(("_xlfn.DISPIMG(", "DISPIMG(")):
        return "（单元格内图片）"
    return text


def read_status(value: Value) -> Reading[Status]:
    """完成状态 in the unit's own words; a word that is not certain (基本完成, 未完成) is a fault."""
    text = squeeze(shown(value)).strip("。.,，;；!！*'\"“”").lower()
    if isinstance(value, bool):
        text = "是" if value else ""
    status = _STATUS_OF.get(text)
    if status is None:
        head = _STATUS_HEAD.match(text)
        status = Status(head[1]) if head else None
    if status is not None:
        return Reading(status)
    return Reading(
        fault=f"完成状态“{shown(value).strip()}”不在可选项里", cure="请从下拉列表中选：" + "、".join(STATUSES)
    )


def read_percent(value: Value) -> Reading[int]:
    """完成进度: 80, 80%, 0.8, 八十 and 百分之八十 all give 80; half percents are rounded with a remark."""
    cure = "请填 0 到 100 的整数，例如 80"
    fault: Reading[int] = Reading(fault=f"完成进度“{shown(value).strip()}”看不懂", cure=cure)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return fault
    if isinstance(value, str):
        text = squeeze(value).rstrip("。左右").removeprefix("约").removeprefix("近").removeprefix("已完成")
        if text.startswith("百分之"):
            text = text.removeprefix("百分之") + "%"
        number = _chinese_number(text.removesuffix("%"))
        if number is not None:
            return _percentage(number, shown(value), cure)
        found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)(%?)", text)
        if not found:
            return fault
        number = float(found[1])
        if found[2]:
            return _percentage(number, text, cure)
        if number == 1:
            return Reading(fault="完成进度“1”看不准是 1% 还是 100%", cure="请写成 1% 或 100%")
        return read_percent(number)
    # A percent cell holds 80 % as 0.8; people who paste write 80.
    if 0 < value < 0.01 or 1 < value < 2:
        return Reading(fault=f"完成进度看不准（格子里是 {value:.4g}，即 {value * 100:.4g}%）", cure=cure)
    return _percentage(value * 100 if 0 <= value <= 1 else value, f"{value:.6g}", cure)


def _percentage(number: float, found: str, cure: str) -> Reading[int]:
    if not 0 <= number <= 100:
        return Reading(fault=f"完成进度“{found}”超出 0 到 100 的范围", cure=cure)
    whole = int(number + 0.5)
    remark = f"完成进度“{found}”按 {whole}% 记录" if abs(number - whole) > 0.001 else ""
    return Reading(whole, remark=remark)


def _chinese_number(text: str) -> float | None:
    """八十五 → 85, 百 and 一百 → 100; None for anything else."""
    if text in {"百", "一百"}:
        return 100
    found = re.fullmatch(r"(?:([一二两三四五六七八九])?(十))?([一二两三四五六七八九〇零])?", text)
    if not found or not text:
        return None
    tens = _DIGITS.get(found[1] or "一", 1) if found[2] else 0
    return tens * 10 + (_DIGITS[found[3]] if found[3] else 0)


def read_date(value: Value, period: Period, received: date) -> Reading[date]:
    """完成日期: real dates, serial numbers, 2026年10月5日, 2026.10.5, 10月5日 (year of the period) and the like.

    A day that does not exist, one after ``received`` and one of a wrong century are faults.
    """
    example = f"请写成 {period.year}-{period.month:02d}-15 这样的日期"
    text = shown(value).strip()
    found = _day(value, period)
    if found is None:
        return Reading(fault=f"完成日期“{text}”不是日期", cure=example)
    if not isinstance(found, date):
        year, month, day = found
        return Reading(fault=f"完成日期“{text}”不存在（{year}年{month}月没有{day}日）", cure="请核对后改正")
    if found > received:
        return Reading(
            fault=f"完成日期 {found.isoformat()} 是将来的日期",
            cure="请写实际完成的日期；还没完成的，请改完成状态并清空日期",
        )
    if found.year < period.year - _EARLIEST_YEARS:
        return Reading(fault=f"完成日期“{text}”的年份不对", cure=example)
    return Reading(found)


def _day(value: Value, period: Period) -> date | tuple[int, int, int] | None:
    """The day meant; three numbers when they make no day; None when it is no date at all."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int | float):
        if 30_000 <= value < 80_000:  # a serial number whose cell lost its date format
            return date(1899, 12, 30) + timedelta(days=int(value))
        if not float(value).is_integer():
            return None
        value = str(int(value))
    text = squeeze(value).rstrip("。;；")
    text = re.sub(r"\(.*\)$|(\d{1,2}:\d{2}(:\d{2})?)$|(前|完成|办结|已完成)$", "", text)
    text = _arabic(text)
    parts: tuple[str, str, str] | None = None
    full = r"(\d{4}|\d{2})[年./\-、](\d{1,2})[月./\-、](\d{1,2})[日号]?|(20\d\d)(\d\d)(\d\d)"
    if found := re.fullmatch(full, text):
        parts = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
    elif found := re.fullmatch(r"(\d{1,2})[月./\-](\d{1,2})[日号]?", text):
        parts = (str(period.year), found[1], found[2])
    if parts is None:
        return None
    year, month, day = (int(part) for part in parts)
    if year < 100:
        year += 2000
    try:
        return date(year, month, day)
    except ValueError:
        return year, month, day


def _arabic(text: str) -> str:
    """二〇二六年十月五日 → 2026年10月5日; other text unchanged."""
    if not re.search("[一二三四五六七八九十][月日号]", text):
        return text

    def number(found: re.Match[str]) -> str:
        word = found[0]
        if "十" in word:
            spoken = _chinese_number(word)
            return word if spoken is None else str(int(spoken))
        return "".join(str(_DIGITS[char]) for char in word)

    return re.sub("[〇零○一二三四五六七八九十]+", number, text)
