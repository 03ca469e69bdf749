"""Deadlines as plans print them, by grammar: 10月底前, 上半年, 2021年9月前完成…；长期工作, 每季度一次.

The rules stand in plan-schema.md: “N月前” includes month N, 上旬 ends on the 10th, 全年 is ongoing until 31 December,
a count per quarter or year is periodic only where no date stands beside it.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from flows.plan.model import Kind
from flows.plan.textual import number_of, one_line


@dataclass(frozen=True, slots=True)
class ReadDeadline:
    """A deadline as understood. ``doubts`` are Chinese sentences; ``span`` is the text that a date was read from."""

    due: date | None = None
    kind: Kind = Kind.NONE
    doubts: tuple[str, ...] = ()
    span: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    due: date
    doubt: str = ""


_N = r"[0-9]{1,2}|[一二三四五六七八九十]{1,3}"
_YEAR = r"(?:(?P<year>20[0-9]{2})年?(?:度)?|(?P<relative>今年|本年度?|当年|明年|次年|下一?年度?|翌年))"
_QUARTER = r"第?(?P<quarter>[一二三四1-4])季度"
_LIMIT = r"(?:份)?(?:底|末|终)?(?:之前|以前|前|止|内|完成|之内|以内)?"
_DATE = re.compile(
    rf"(?P<full>20[0-9]{{2}})[年\-./](?P<fm>{_N})[月\-./](?P<fd>{_N})(?:日|号)?{_LIMIT}"
    rf"|(?:{_YEAR})?(?:"
    rf"(?P<month>{_N})月(?P<day>{_N})(?:日|号)"
    rf"|(?P<tmonth>{_N})月份?(?P<third>上旬|中旬|下旬|初|中)"
    rf"|(?P<emonth>{_N})月"
    r"|第?(?P<quarter>[一二三四1-4])季度"
    r"|(?P<half>上半年|下半年)度?"
    rf"|(?P<yearend>年底|年末|年终|年内|年中|(?<=年)底|(?<=年)末|(?<=年)内)"
    rf"){_LIMIT}"
    rf"|(?P<dotted>20[0-9]{{2}})[\-./](?P<dm>[0-9]{{1,2}})(?![0-9]){_LIMIT}"
    r"|(?P<relend>今年|本年度?|当年|明年|次年|翌年)(?:底|末|内)(?:前|之前|以前)?"
    r"|(?P<only>20[0-9]{2})年(?:度)?(?:之前|以前|前)?"
    rf"|(?P<eday>[0-9]{{1,2}})(?:日|号){_LIMIT}"
)
_AFTER = re.compile(
    r"(?:印发|发布|下发|发文|公布|实施)[^，。；]{0,10}?(?:之日起|后|起|之日)(?P<n>[0-9]+|[一二三四五六七八九十]+)个?(?P<unit>工作日|日|天|月|个月|周)(?:之?以?内)?"
)
_EVERY = re.compile(
    r"(?:每(?:个|半)?(?:年度?|季度?|月度?|周|星期|旬|日|天|两周|双周|双月|[0-9一二两三四五六]个?(?:年|季度|月|周))"
    r"|按(?:年度?|季度?|月度?|周)(?=报|更新|公开|公布|通报|开展|调度|$|推进|汇总|上报)|逐[月季年]|季度性|(?<!第)(?:一个?|1个?|半)(?:季度|月|年|周)[^，。；、底末前初内]{0,10}[一二两三四五0-9]+次)"
)
_COUNT = re.compile(
    r"(?:(?:全年|年内|年度内|本年度?|当年|一年|每年)[^，。；]{0,40}?)?(?:至少|不少于|不低于|不得少于)[^，。；]{0,12}?[0-9一二两三四五六七八九十]+(?:次|场|期|轮|遍|批)"
)
_DAY_NUMBER = re.compile(r"(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])")
_ALL_YEAR = re.compile(r"(?:贯穿)?全年|整年|年度(?:任务|工作)|1月?(?:-|－|—|–|至|到|~|～)12月")
_LONG = re.compile(
    r"长期|持续|常态|经常|日常|贯穿始终|一贯|随时|实时|适时|及时|动态|不断|(?<!全)连续|常年|即时|同步推进"
)
_NONE = re.compile(r"[\s/\\—–\-_。.]*(?:无|暂无|不限|空)?[\s/\\—–\-_。.]*")


def read_deadline(text: str, year: int, issued: date | None = None) -> ReadDeadline:
    """Read a cell of a 时限 column. Never raises: what is not understood has kind none and a doubt.

    ``year`` is the plan's year, for dates without one; ``issued`` starts “印发后N个工作日内”.
    """
    text = _DAY_NUMBER.sub(r"\1-\2-\3", one_line(text))
    if _NONE.fullmatch(text):
        return ReadDeadline()
    doubts: list[str] = []
    masked = _without_counts(text)
    periodic = masked != text or "定期" in text
    if "定期" in text and masked == text:
        doubts.append("“定期”没有写明多久一次，请核对")
    all_year = _ALL_YEAR.search(masked)
    if all_year:
        masked = masked[: all_year.start()] + "＊" * len(all_year[0]) + masked[all_year.end() :]
    if periodic and re.search(r"(?<!月)(?:[0-9]{1,2})(?:日|号)", masked) and not re.search(f"(?:{_N})月", masked):
        masked = re.sub(r"[0-9]{1,2}(?:日|号)", _hidden, masked)
    dates = list(_dates(masked, year))
    doubts.extend(found.doubt for found in dates if found.doubt)
    after = _AFTER.search(masked)
    due = dates[-1].due if dates else None
    if len({found.due for found in dates}) > 1 and not _is_range(masked, dates):
        due = max(found.due for found in dates)
        doubts.append("时限里有几个日期，按最晚的一个计，请核对")
    if after and due is None:
        due, doubt = _count_from(after, issued)
        doubts.append(doubt)
    long = bool(all_year or _LONG.search(masked))
    span = "；".join(masked[found.start : found.end] for found in dates)
    if due is not None and periodic and not long:
        doubts.append("时限里既有日期又有频次，按日期计，请核对")
    if due is None and all_year and 1 <= year <= 9999:
        due = date(year, 12, 31)
    if long:
        kind = Kind.ONGOING
    elif due is not None or after:
        kind = Kind.ONCE
    elif periodic:
        kind = Kind.PERIODIC
    else:
        return ReadDeadline(doubts=("时限没有读懂，请填写截止日期和时限类型",))
    return ReadDeadline(due, kind, tuple(doubts), span)


def find_deadline(text: str, year: int) -> ReadDeadline:
    """The deadline that the text of a requirement itself names, kind none when it names none.

    Only what is plainly a limit counts: a date with 前, 底前 or after 于/到/至; not “2022年1月1日起”, not the number
    of a document. A count per quarter or year counts where there is no date. ``span`` is the words as printed.
    """
    text = one_line(text)
    quoted = re.sub(r"[《“〔（(][^》”〕）)]*[》”〕）)]", _hidden, text)
    masked = _without_counts(quoted)
    limits = [found for found in _dates(masked, year) if _is_limit(masked, found)]
    if limits:
        last = max(limits, key=lambda found: found.due)
        doubts = [found.doubt for found in limits if found.doubt]
        if len({found.due for found in limits}) > 1:
            doubts.append("要求里有几个日期，按最晚的一个计，请核对")
        return ReadDeadline(last.due, Kind.ONCE, tuple(doubts), text[last.start : last.end])
    count = _every_count(text)
    if count:
        return ReadDeadline(None, Kind.PERIODIC, (), count)
    return ReadDeadline()


def find_rhythm(text: str) -> str:
    """“一季度听取一次”, “每月…不少于两次”: words of a text that ask for something more often than once a year."""
    found = _every_count(text)
    return found if re.search(r"月|季|周|旬|半年", found) else ""


def mentions(text: str, year: int) -> tuple[tuple[str, date], ...]:
    """Every date that a text names as a time for something, limits or not, as (words, date); for comparisons."""
    text = one_line(text)
    masked = re.sub(r"[《“〔][^》”〕]*[》”〕]", _hidden, _without_counts(text))
    return tuple(
        (text[found.start : found.end], found.due)
        for found in _dates(masked, year)
        if _is_limit(masked, found)
        or (
            re.search("[底末]$", masked[found.start : found.end])
            and re.search(r"(?:^|[，。；、])$", masked[: found.start])
        )
    )


def names_relative_day(text: str) -> str:
    """“印发后20个工作日内”: words that set a limit counted from the plan's issue, '' when there are none."""
    found = _AFTER.search(one_line(text))
    return found[0] if found else ""


def _hidden(found: re.Match[str]) -> str:
    return "＊" * len(found[0])


def _without_counts(text: str) -> str:
    """The text with “每季度”, “年内…不少于1次” hidden: the times in them are no dates. The length stays."""
    return _EVERY.sub(_hidden, _COUNT.sub(_hidden, text))


def _every_count(text: str) -> str:
    for found in _EVERY.finditer(text):
        rest = re.match(r"[^，。；]{0,24}?[0-9一二两三四五六七八九十]+(?:次|场|期|轮|遍|批)", text[found.end() :])
        if re.search(r"次$", found[0]):
            return found[0]
        if rest:
            return found[0] + rest[0]
    counted = _COUNT.search(text)
    return counted[0] if counted and re.match("全年|年内|年度内|本年|当年|一年|每年", counted[0]) else ""


def _is_limit(text: str, found: _Found) -> bool:
    words = text[found.start : found.end]
    if re.match(r"起|以来|至今|[年以]?后|之后|印发|出台|度", text[found.end :]):
        return False
    if words.endswith("年内"):
        return re.match(r"[^，。；]{0,20}(?:完成|实现|建成|出台|全覆盖)", text[found.end :]) is not None
    return bool(
        re.search(r"前$|内$|止$", words)
        or (
            re.search(r"底$|末$|月$|旬$|日$|半年$|季度$|完成$", words)
            and text[found.end :].startswith(("完成", "实现"))
        )
        or (re.search(r"(?:于|到|至|截至|截止)$", text[: found.start]) and re.search(r"底|末|旬|日|月|年", words))
    )


def _is_range(text: str, dates: list[_Found]) -> bool:
    """“3月至10月”: two dates joined by 至; the end counts."""
    between = [text[a.end : b.start] for a, b in pairwise(dates)]
    return bool(between) and all(re.fullmatch(r"\s*(?:至|到|-|－|—|–|~|～|——)\s*", words) for words in between)


def _dates(text: str, year: int) -> Iterator[_Found]:
    """Dates in a text in order; a date without a year takes that of the date before it."""
    month_before: int | None = None
    for found in _DATE.finditer(text):
        groups = found.groupdict()
        read = _value(groups, year, month_before)
        if read is None:
            continue
        due, doubt = read
        yield _Found(found.start(), found.end(), due, doubt)
        stated = groups["full"] or groups["dotted"] or groups["year"] or groups["only"]
        if stated:
            year = int(stated)
        month_before = due.month


def _value(groups: dict[str, str | None], plan_year: int, month_before: int | None) -> tuple[date, str] | None:
    year = plan_year
    if groups["year"]:
        year = int(groups["year"])
    elif re.match("明年|次年|下|翌年", groups["relative"] or groups["relend"] or ""):
        year += 1
    if groups["full"]:
        return _day(int(groups["full"]), groups["fm"], groups["fd"])
    if groups["day"]:
        return _day(year, groups["month"], groups["day"])
    if groups["third"]:
        days = {"上旬": 10, "初": 10, "中旬": 20, "中": 15, "下旬": 31}
        doubt = {"初": "“月初”按10日计，请核对", "中": "“月中”按15日计，请核对"}.get(groups["third"], "")
        return _month(year, groups["tmonth"], days[groups["third"]], doubt)
    if groups["emonth"]:
        return _month(year, groups["emonth"])
    if groups["dotted"]:
        return _month(int(groups["dotted"]), groups["dm"])
    if groups["quarter"]:
        quarter = number_of(groups["quarter"]) or 4
        return _month(year, str(quarter * 3))
    if groups["half"]:
        return _month(year, "6" if groups["half"] == "上半年" else "12")
    if groups["yearend"]:
        doubt = "“年中”按6月底计，请核对" if groups["yearend"] == "年中" else ""
        return _month(year, "6" if groups["yearend"] == "年中" else "12", 31, doubt)
    if groups["relend"] or groups["only"]:
        return _month(int(groups["only"] or year), "12")
    if groups["eday"] and month_before:
        return _day(year, str(month_before), groups["eday"])
    return None


def _month(year: int, month: str | None, day: int = 31, doubt: str = "") -> tuple[date, str] | None:
    number = number_of(month or "")
    if number is None or not 1 <= number <= 12 or not 1 <= year <= 9999:
        return None
    return date(year, number, min(day, calendar.monthrange(year, number)[1])), doubt


def _day(year: int, month: str | None, day: str | None) -> tuple[date, str] | None:
    number = number_of(day or "")
    if number is None or not 1 <= number <= 31:
        return None
    read = _month(year, month, number)
    if read and read[0].day != number:
        return read[0], f"{month}月没有{number}日，按{read[0].day}日计，请核对"
    return read


def _count_from(after: re.Match[str], issued: date | None) -> tuple[date | None, str]:
    """“印发后20个工作日内”: weekends are left out; public holidays are not known here, so a person must look."""
    number = number_of(after["n"]) or 0
    if issued is None:
        return None, f"“{after[0]}”须知道印发日期才能算出，请填写截止日期"
    if after["unit"] == "工作日":
        day, left = issued, min(number, 2000)
        while left:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day, f"“{after[0]}”按印发日期推算为{day.isoformat()}，未扣除法定节假日，请核对"
    days = {"周": 7, "月": 30, "个月": 30}.get(after["unit"], 1) * min(number, 2000)
    return issued + timedelta(days=days), f"“{after[0]}”按印发日期推算，请核对"
