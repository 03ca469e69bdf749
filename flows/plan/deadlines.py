"""Deadlines as plans print them, by grammar: 10月底前, 上半年, 2021年9月前完成…；长期工作, 每季度一次.

The rules stand in plan-schema.md: “N月前” includes month N, 上旬 ends on the 10th, 全年 is ongoing until 31 December,
a count per quarter or year is periodic only where no date stands beside it. Dates themselves are read in
deadline_dates.py, what comes again in deadline_rhythm.py, “印发后N日内” in deadline_relative.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from flows.plan.deadline_dates import DASH, Found, alike, dates_in, day_of
from flows.plan.deadline_relative import Relative, counted_day, relative_day
from flows.plan.deadline_rhythm import ALONE, AMOUNT, COUNTED, VERBS, Every, everies
from flows.plan.model import Kind
from flows.plan.textual import cut, one_line


@dataclass(frozen=True, slots=True)
class ReadDeadline:
    """A deadline as understood. ``doubts`` are Chinese sentences; ``span`` is the text that a date was read from."""

    due: date | None = None
    kind: Kind = Kind.NONE
    doubts: tuple[str, ...] = ()
    span: str = ""


_IN_YEAR = r"(?:全年|年内|年度内|本年度?|当年|一年|每年)"
_AT_LEAST = r"(?:至少|最少|不少于|不低于|不得少于|不得低于)"
_COUNT = re.compile(
    rf"(?:{_IN_YEAR}[^，。；]{{0,40}}?)?{_AT_LEAST}[^，。；]{{0,12}}?{AMOUNT}{COUNTED}"
    rf"|(?:全年|年内|一年|当年)[^，。；0-9]{{0,12}}?{AMOUNT}{COUNTED}"
)
_DAY_NUMBER = re.compile(r"(?<![0-9])(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])")
_POINTED = re.compile(r"(?P<m>[0-9]{1,2})[./](?P<d>[0-9]{1,2})(?:日|号)?(?:之前|以前|前)?")
_ALL_YEAR = re.compile(
    rf"(?:贯穿)?全年|整年|年度(?:任务|工作)|(?<![0-9一二三四五六七八九十])(?:0?1|一)月?(?:份)?(?:0?1日)?{DASH}(?:12|十二)月(?:份)?(?:31日)?(?:底)?"
)
_LONG = re.compile(
    r"长期|持续|常态|经常|贯穿始终|一贯|常年|坚持|永久|滚动|每时每刻|(?:长效|日常)(?:工作|任务)|同步推进"
)
_SOMETIMES = re.compile(r"日常|随时|实时|适时|及时|动态|不断|(?<!全)连续|即时|按需|平时")
_FROM_NOW = re.compile(
    r"即日起|从即日|自即日|即刻起|从现在起|自印发之日起(?![0-9一二三四五六七八九十]{1,3}个?(?:工作日|日|天|月|周))"
)
_AT_ONCE = re.compile(r"立即|立刻|马上|立行立改|即知即改|立查立改|即刻|尽快|抓紧|限期")
_NONE = re.compile(r"[\s/\\—–\-_。.]*(?:无|暂无|不限|空)?[\s/\\—–\-_。.]*")


_MONTH_RULE: ContextVar[bool] = ContextVar("month_rule", default=True)


@contextmanager
def month_rule(inclusive: bool) -> Iterator[None]:
    """Inside the block “9月前” is 30 September (inclusive, the schema's rule) or 31 August: a setting of the office."""
    token = _MONTH_RULE.set(inclusive)
    try:
        yield
    finally:
        _MONTH_RULE.reset(token)


def _rule(given: bool | None) -> bool:
    return _MONTH_RULE.get() if given is None else given


def read_deadline(
    text: str, year: int, issued: date | None = None, *, inclusive_months: bool | None = None
) -> ReadDeadline:
    """Read a cell of a 时限 column. Never raises: what is not understood has kind none and a doubt.

    ``year`` is the plan's year, for dates without one; ``issued`` starts “印发后N个工作日内”; ``inclusive_months``:
    “N月前” ends with month N (True) or with the month before it.
    """
    text = _DAY_NUMBER.sub(r"\1-\2-\3", alike(one_line(text)))
    if _NONE.fullmatch(text):
        return ReadDeadline()
    if ALONE.fullmatch(text):
        return ReadDeadline(None, Kind.PERIODIC)
    pointed = _POINTED.fullmatch(text)
    if pointed and (day := day_of(year, pointed["m"], pointed["d"])):
        return ReadDeadline(day[0], Kind.ONCE, (f"“{text}”按{day[0].month}月{day[0].day}日计，请核对",), text)
    return _Cell(text, year, issued, _rule(inclusive_months)).read()


class _Cell:
    """One reading of a 时限 cell."""

    def __init__(self, text: str, year: int, issued: date | None, inclusive: bool) -> None:
        self.text, self.year, self.issued = text, year, issued
        self.doubts: list[str] = []
        self.again = list(everies(text))
        self.masked = _without_counts(text, self.again)
        self.all_year = _ALL_YEAR.search(self.masked)
        if self.all_year:
            self.masked = _hide(self.masked, self.all_year.start(), self.all_year.end())
        self.after = relative_day(self.masked)
        if self.after:
            self.masked = _hide(self.masked, self.after.start, self.after.end)
        found = list(dates_in(self.masked, year, inclusive_months=inclusive))
        self.dates = [date for date in found if not date.begins]
        self.begins = len(found) > len(self.dates)

    def read(self) -> ReadDeadline:
        due = self._due()
        kind = self._kind(due)
        if kind is Kind.NONE:
            return ReadDeadline(doubts=("时限没有读懂，请填写截止日期和时限类型",))
        if due is None and self.all_year and 1 <= self.year <= 9999:
            due = date(self.year, 12, 31)
        span = "；".join(self.masked[found.start : found.end] for found in self.dates)
        return ReadDeadline(due, kind, tuple(dict.fromkeys(self.doubts)), span)

    def _due(self) -> date | None:
        self.doubts.extend(found.doubt for found in self.dates if found.doubt)
        due = self.dates[-1].due if self.dates else None
        all_dues = {day for found in self.dates for day in (found.due, *found.more)}
        if len(all_dues) > 1 and not _is_range(self.masked, self.dates):
            due = max(all_dues)
            self.doubts.append("时限里有几个日期，按最晚的一个计，请核对")
        if due is not None and due.year < self.year:
            self.doubts.append(f"时限早于计划年度{self.year}年，请核对")
        if self.after and due is None:
            due, doubt = counted_day(self.after, self.issued)
            self.doubts.extend([doubt] if doubt else [])
        elif self.after:
            self.doubts.append(f"时限里还有“{self.after.words}”，按写明的日期计，请核对")
        return due

    def _kind(self, due: date | None) -> Kind:
        periodic = bool(self.again) or _COUNT.search(self.text) is not None
        long = self.all_year is not None or _LONG.search(self.masked) is not None
        if not long and _SOMETIMES.search(self.masked):
            long = due is None or self._apart()
            if long and due is not None:
                self.doubts.append("时限里既有日期又有“及时、动态”一类的话，按长期任务计，请核对")
        if re.search("(?<!规)定期(?!限)", self.masked) and not periodic:
            self.doubts.append("“定期”没有写明多久一次，请核对")
            periodic = True
        if long:
            if periodic:
                self.doubts.append("时限里既有长期又有频次，按长期任务计，请核对")
            return Kind.ONGOING
        if any(every.dated for every in self.again) and due is not None:
            self.doubts.append(f"“{cut(self.text)}”每年都要完成，截止日期填的是今年的，请核对")
            return Kind.PERIODIC
        if due is not None or self.after:
            if periodic:
                self.doubts.append("时限里既有日期又有频次，按日期计，请核对")
            return Kind.ONCE
        if periodic:
            return Kind.PERIODIC
        if self.begins or _FROM_NOW.search(self.masked):
            self.doubts.append("时限只写了开始时间，按长期任务计，请核对")
            return Kind.ONGOING
        if _AT_ONCE.search(self.masked):
            self.doubts.append(f"“{cut(self.text)}”没有写明日期，请填写截止日期")
            return Kind.ONCE
        return Kind.NONE

    def _apart(self) -> bool:
        """“及时” stands in a clause of its own, not with the date: “9月底前完成，及时更新”."""
        clauses = re.split("[，；。]", self.masked)
        return any(_SOMETIMES.search(clause) and not list(dates_in(clause, self.year)) for clause in clauses)


def find_deadline(
    text: str, year: int, issued: date | None = None, *, inclusive_months: bool | None = None
) -> ReadDeadline:
    """The deadline that the text of a requirement itself names, kind none when it names none.

    Only what is plainly a limit counts without a doubt: a date with 前, 底前 or after 于/到/至; not “2022年1月1日起”,
    not the number of a document. A count per quarter or year counts where there is no date. A time that only says when
    something is done (“9月开展检查”) is read with a doubt. ``span`` is the words as printed.
    """
    text = one_line(text)
    same = alike(text)
    quoted = re.sub(r"[《“〔（(](?!(?:三八|五一|六一|七一|八一|十一)”)[^》”〕）)]*[》”〕）)]", _hidden, same)
    again = list(everies(quoted))
    masked = _without_counts(quoted, again)
    after = relative_day(masked)
    if after:
        masked = _hide(masked, after.start, after.end)
    found = [date for date in dates_in(masked, year, inclusive_months=_rule(inclusive_months)) if not date.begins]
    limits = [date for date in found if _is_limit(masked, date, year)]
    if limits:
        return _from_limits(text, limits, again, year)
    if after and after.ours:
        due, doubt = counted_day(after, issued)
        return ReadDeadline(due, Kind.ONCE, (doubt,) if doubt else (), text[after.start : after.end])
    count = _every_count(quoted, text)
    if count:
        return ReadDeadline(None, Kind.PERIODIC, (), count)
    return _from_hints(text, found, again, year)


def _from_limits(text: str, limits: list[Found], again: list[Every], year: int) -> ReadDeadline:
    last = max(limits, key=lambda found: found.due)
    span = text[last.start : last.end]
    doubts = [found.doubt for found in limits if found.doubt]
    if len({day for found in limits for day in (found.due, *found.more)}) > 1:
        doubts.append("要求里有几个日期，按最晚的一个计，请核对")
    if last.due.year < year:
        doubts.append(f"要求里的“{span}”早于计划年度，请核对")
    yearly = next((every for every in again if every.dated and every.start <= last.start <= every.end), None)
    if yearly:
        span = text[yearly.start : max(yearly.end, last.end)]
        doubts.append(f"“{span}”每年都要完成，截止日期填的是今年的，请核对")
        return ReadDeadline(last.due, Kind.PERIODIC, tuple(doubts), span)
    return ReadDeadline(last.due, Kind.ONCE, tuple(doubts), span)


def _from_hints(text: str, found: list[Found], again: list[Every], year: int) -> ReadDeadline:
    """What is probably a deadline, always with a doubt: “9月组织开展…”, “每季度通报…”."""
    for every in again:
        verb = re.match(rf"(?!的)[^，。；]{{0,10}}?(?:{VERBS})", text[every.end :])
        if verb and (every.start == 0 or re.search(r"[，。；、：要应须]$", text[: every.start])):
            span = text[every.start : every.end] + verb[0]
            return ReadDeadline(None, Kind.PERIODIC, (f"“{cut(span)}”没有写次数，按定期任务计，请核对",), span)
    for date_ in found:
        if date_.bare_year or date_.due.year < year:
            continue
        doing = re.match(
            rf"[^，。；、的]{{0,8}}?(?:组织|举办|启动|进行|编制|公示|印发|制定|{VERBS})", text[date_.end :]
        )
        if doing and (date_.start == 0 or re.search(r"[，。；、：在于拟]$", text[: date_.start])):
            span = text[date_.start : date_.end]
            return ReadDeadline(
                date_.due, Kind.ONCE, (f"时限按要求里的“{span}”计，请核对", *filter(None, [date_.doubt])), span
            )
    return ReadDeadline()


def find_rhythm(text: str) -> str:
    """“一季度听取一次”, “每月…不少于两次”: words of a text that ask for something more often than once a year."""
    return next((words for words, per in _every_counts(text, text) if per not in {"年", ""}), "")


def mentions(text: str, year: int, *, inclusive_months: bool | None = None) -> tuple[tuple[str, date], ...]:
    """Every date that a text names as a time for something, limits or not, as (words, date); for comparisons."""
    text = one_line(text)
    quoted = re.sub(r"[《“〔][^》”〕]*[》”〕]", _hidden, alike(text))
    masked = _without_counts(quoted, list(everies(quoted)))
    after = relative_day(masked)
    if after:
        masked = _hide(masked, after.start, after.end)
    return tuple(
        (text[found.start : found.end], found.due)
        for found in dates_in(masked, year, inclusive_months=_rule(inclusive_months))
        if _is_limit(masked, found, year)
        or (
            re.search("[底末]$", masked[found.start : found.end])
            and re.search(r"(?:^|[，。；、])$", masked[: found.start])
        )
    )


def names_relative_day(text: str) -> str:
    """“印发后20个工作日内”: words that set a limit counted from the plan's issue, '' when there are none."""
    found = relative_day(alike(one_line(text)))
    return found.words if isinstance(found, Relative) and found.ours and found.event else ""


def _hidden(found: re.Match[str]) -> str:
    return "＊" * len(found[0])


def _hide(text: str, start: int, end: int) -> str:
    return text[:start] + "＊" * (end - start) + text[end:]


def _without_counts(text: str, again: list[Every]) -> str:
    """The text with “每季度末”, “年内…不少于1次” hidden: the times in them are no dates. The length stays.

    Of “每年3月底前” only 每年 is hidden: the rest is also a day of this year.
    """
    for every in again:
        end = every.end
        if every.dated:
            end = text.index("年", every.start) + 1
            end += text[end : end + 1] == "度"
        text = _hide(text, every.start, end)
    return _COUNT.sub(_hidden, text)


def _every_counts(masked: str, text: str) -> Iterator[tuple[str, str]]:
    """(words, period) of every count per period in a text."""
    for every in everies(masked):
        rest = re.match(rf"[^，。；]{{0,24}}?{AMOUNT}{COUNTED}", masked[every.end :])
        if re.search(f"{AMOUNT}{COUNTED}", masked[every.start : every.end]):
            yield text[every.start : every.end], every.per
        elif rest:
            yield text[every.start : every.end + rest.end()], every.per
    for counted in _COUNT.finditer(masked):
        if re.match(_IN_YEAR, counted[0]):
            yield text[counted.start() : counted.end()], "年"


def _every_count(masked: str, text: str) -> str:
    return next(_every_counts(masked, text), ("", ""))[0]


def _is_limit(text: str, found: Found, year: int) -> bool:
    words = text[found.start : found.end]
    if found.begins or re.match(r"起|以来|至今|[年以]?后|之后|度|(?:印发|出台|发布|实施)的", text[found.end :]):
        return False
    if not re.search("[前内止]$", words) and re.match("印发|出台", text[found.end :]):
        return False
    if re.search(r"截[至止]$", text[: found.start]) and found.due.year < year:
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


def _is_range(text: str, dates: list[Found]) -> bool:
    """“3月至10月”: two dates joined by 至; the end counts."""
    if any(found.more for found in dates):
        return False
    between = [text[a.end : b.start] for a, b in pairwise(dates)]
    return bool(between) and all(re.fullmatch(rf"\s*{DASH}\s*", words) for words in between)
