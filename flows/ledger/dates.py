"""完成日期 in the ways that units write it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from flows.ledger.reader import Value
from flows.ledger.values import DIGITS, Reading, chinese_number, short, shown
from flows.periods import Period

_EARLIEST_YEARS: Final = 2
"""A completion date more than so many years before the period is a slip of the pen."""
_RECENT: Final = timedelta(days=100)
"""A day without year that would lie in the future is last year's when it is no further back than this."""
_SERIAL: Final = (30_000, 80_000)
"""1982 to 2119 as Excel counts days."""
_EPOCH: Final = date(1899, 12, 30)

_NAMES: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTHS: Final = {word: number for number, name in enumerate(_NAMES, start=1) for word in (name, name[:3])} | {
    "sept": 9
}
_TIME: Final = re.compile(r"[ t]*(上午|下午|晚上?|中午)?\d{1,2}[:时]\d{2}([:分]\d{2}(\.\d+)?)?秒?z?$", re.IGNORECASE)
_TAIL: Final = re.compile(r"(\([^()]*\)|星期[一二三四五六日天]|周[一二三四五六日天]|已?完成|已?办结|[。;；,，])$")
_DOUBT: Final = re.compile("预计|计划|拟|暂定|约|前|未|左右|目标")
_FULL: Final = re.compile(
    r"(\d{4}|\d{2})[年./\-、,](\d{1,2})[月./\-、,](\d{1,2})[日号]?|(20\d\d)(\d\d)(\d\d)",
)
_SHORT: Final = re.compile(r"(\d{1,2})[月./\-](\d{1,2})[日号]?")
_DAY_MONTH: Final = re.compile(r"(\d{1,2})[-/.]?([a-z]{3,9})(?:[-/.,]?(\d{4}|\d{2}))?")
_MONTH_DAY: Final = re.compile(r"([a-z]{3,9})[-/.]?(\d{1,2})(?:st|nd|rd|th)?(?:[-/.,](\d{4}|\d{2}))?")
_NO_DAY: Final = re.compile(
    r"(?:(\d{4}|\d{2})[年./\-])?(\d{1,2})月份?(?:底|末|初|中|内|上旬|中旬|下旬|月底|月末)?|(20\d\d)[./\-](\d{1,2})|20\d\d年?"
)


@dataclass(frozen=True, slots=True)
class _Found:
    """Numbers that were read as a day. ``implied``: the year was not written."""

    year: int
    month: int
    day: int
    implied: bool = False
    remark: bool = False


def read_date(value: Value, period: Period, received: date) -> Reading[date]:
    """完成日期: real dates, serial numbers, 2026年10月5日, 2026.10.5, 10月5日, 5-Oct and the like.

    A day that does not exist, one after ``received``, one of a wrong century and a month without a day are faults:
    “9月底” may be the 30th or any of the days before, and the office counts by days.
    """
    example = f"请写成 {period.year}-{period.month:02d}-15 这样的日期"
    text = short(shown(value))
    found = _day(value, period)
    if isinstance(found, str):
        return Reading(fault=f"完成日期“{text}”没有写到哪一天", cure=f"请写到日，如 {found}", kind="没有写到哪一天")
    if found is None:
        return Reading(fault=f"完成日期“{text}”不是日期", cure=example, kind="不是日期")
    try:
        day = date(found.year, found.month, found.day)
        if found.implied and day > received and received - day.replace(year=day.year - 1) <= _RECENT:
            day = day.replace(year=day.year - 1)
            found = _Found(day.year, day.month, day.day, remark=True)
    except ValueError:
        missing = f"{found.month}月没有{found.day}日" if 1 <= found.month <= 12 else f"没有{found.month}月"
        fault = f"完成日期“{text}”不存在（{found.year}年{missing}）"
        return Reading(fault=fault, cure="请核对后改正", kind="不存在")
    if day > received:
        return Reading(
            fault=f"完成日期 {day.isoformat()} 是将来的日期",
            cure="请写实际完成的日期；还没完成的，请改完成状态并清空日期",
            kind="是将来的日期",
        )
    if day.year < period.year - _EARLIEST_YEARS:
        return Reading(fault=f"完成日期“{text}”的年份不对", cure=example, kind="年份不对")
    return Reading(day, remark=f"完成日期“{text}”按 {day.isoformat()} 记录" if found.remark else "")


def _day(value: Value, period: Period) -> _Found | str | None:
    """The day meant, None when it is no date at all; a text with an example when only the month is certain."""
    if isinstance(value, date):  # datetime included
        return _Found(value.year, value.month, value.day)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int | float):
        if _SERIAL[0] <= value < _SERIAL[1]:  # its cell lost the date format
            return _from_serial(value)
        if not float(value).is_integer():
            return None
        value = str(int(value))
    text = _plain(value, period)
    if not text or len(text) > 30:
        return None
    if serial := re.fullmatch(r"(\d{5})(?:\.\d+)?", text):
        number = int(serial[1])
        return _from_serial(number, remark=True) if _SERIAL[0] <= number < _SERIAL[1] else None
    if found := _FULL.fullmatch(text):
        parts = (found[1], found[2], found[3]) if found[1] else (found[4], found[5], found[6])
        year, month, day = (int(part) for part in parts)
        return _Found(year + 2000 if year < 100 else year, month, day)
    if found := _SHORT.fullmatch(text):
        # “9-10” is a day as often as a span of months: taken, but told.
        return _Found(period.year, int(found[1]), int(found[2]), implied=True, remark="-" in text or "/" in text)
    if re.search("[a-z]", text):
        return _english(text, period)
    if found := _NO_DAY.fullmatch(text):
        return _example(found, period)
    return None


def _from_serial(number: float, *, remark: bool = False) -> _Found:
    day = _EPOCH + timedelta(days=int(number))
    return _Found(day.year, day.month, day.day, remark=remark)


def _plain(value: str, period: Period) -> str:
    """The text without time, weekday, remarks and blanks, its Chinese numerals in digits; '' when it is a plan."""
    text = unicodedata.normalize("NFKC", value).strip().lower()
    if _DOUBT.search(text):
        return text if _NO_DAY.fullmatch(text) else ""
    text = _TIME.sub("", text)
    text = re.sub(r"(?<=\d)\s+(?=\d)", "-", text)
    text = re.sub(r"^(已?于)", "", "".join(text.split()))
    for _ in range(4):
        text = _TAIL.sub("", text)
    text = re.sub("^(今年|本年度?)", f"{period.year}年", text)
    text = re.sub("^去年", f"{period.year - 1}年", text)
    return _arabic(text)


def _english(text: str, period: Period) -> _Found | str | None:
    """5-Sep, Sep-5, Sep 5, 2026: what an English Excel or a csv export shows. Sep-26 may be a day or a year."""
    if found := _DAY_MONTH.fullmatch(text):
        day, month, year = int(found[1]), _MONTHS.get(found[2]), found[3]
    elif found := _MONTH_DAY.fullmatch(text):
        day, month, year = int(found[2]), _MONTHS.get(found[1]), found[3]
        if month and not year and abs(day - period.year % 100) <= 1:
            return f"{period.year}-{month:02d}-15"
    else:
        return None
    if not month:
        return None
    if not year:
        return _Found(period.year, month, day, implied=True)
    return _Found(int(year) + (2000 if len(year) == 2 else 0), month, day)


def _example(found: re.Match[str], period: Period) -> str | None:
    month = int(found[2] or found[4] or period.month)
    if not 1 <= month <= 12:
        return None
    year = int(found[1] or found[3] or period.year)
    return Period(year + 2000 if year < 100 else year, month).last_day.isoformat()


def _arabic(text: str) -> str:
    """二〇二六年十月五日 → 2026年10月5日; other text unchanged."""
    if not re.search("[一二三四五六七八九十][月日号]", text):
        return text

    def number(found: re.Match[str]) -> str:
        word = found[0]
        if "十" in word:
            spoken = chinese_number(word)
            return word if spoken is None else str(spoken)
        return "".join(str(DIGITS[char]) for char in word)

    return re.sub("[〇零○一二三四五六七八九十]+", number, text)
