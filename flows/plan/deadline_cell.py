"""A cell of a 时限 column: 10月底前, 上半年, 2021年9月前完成…；长期工作, 每季度一次."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from flows.plan.deadline_common import (
    ALL_YEAR_WORDS,
    COUNT,
    ReadDeadline,
    counts_in,
    days_and_kinds,
    hide,
    without_counts,
)
from flows.plan.deadline_dates import DASH, Found, alike, dates_in, day_of
from flows.plan.deadline_relative import counted_day, relative_day
from flows.plan.deadline_rhythm import ALONE, everies
from flows.plan.deadline_seasons import seasonal
from flows.plan.deadline_span import current_span
from flows.plan.model import Kind
from flows.plan.textual import cut, one_line

_DAY_NUMBER = re.compile(r"(?<![0-9])(20[0-9]{2})(0[1-9]|1[0-2])([0-3][0-9])(?![0-9])")
_POINTED = re.compile(r"(?P<m>[0-9]{1,2})[./](?P<d>[0-9]{1,2})(?:日|号)?(?:之前|以前|前)?")
_ALL_YEAR = re.compile(
    rf"{ALL_YEAR_WORDS}|年度(?:任务|工作)"
    rf"|(?<![0-9一二三四五六七八九十])(?:0?1|一)月?(?:份)?(?:0?1日)?{DASH}(?:12|十二)月(?:份)?(?:31日)?(?:底)?"
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
        return ReadDeadline(
            day[0], Kind.ONCE, (f"“{text}”按{day[0].month}月{day[0].day}日计，请核对",), text, days_and_kinds(day[:1])
        )
    return _Cell(text, year, issued, counts_in(inclusive_months)).read()


class _Cell:
    """One reading of a 时限 cell."""

    def __init__(self, text: str, year: int, issued: date | None, inclusive: bool) -> None:
        self.text, self.year, self.issued = text, year, issued
        self.span = current_span()
        self.doubts: list[str] = []
        self.again = list(everies(text))
        self.masked = without_counts(text, self.again)
        self.all_year = _ALL_YEAR.search(self.masked)
        if self.all_year:
            self.masked = hide(self.masked, self.all_year.start(), self.all_year.end())
        self.after = relative_day(self.masked)
        if self.after:
            self.masked = hide(self.masked, self.after.start, self.after.end)
        found = list(dates_in(self.masked, year, inclusive_months=inclusive))
        self.dates = [date for date in found if not date.begins]
        self.begins = len(found) > len(self.dates)

    def read(self) -> ReadDeadline:
        due = self._due()
        kind = self._kind(due)
        if kind is Kind.NONE and (season := seasonal(self.masked, self.year)).kind is not Kind.NONE:
            return season
        if kind is Kind.NONE:
            unread = days_and_kinds((), (Kind.ONGOING, Kind.PERIODIC, Kind.NONE))
            return ReadDeadline(doubts=("时限没有读懂，请填写截止日期和时限类型",), choices=unread)
        if due is None and self.all_year and 1 <= self.year <= 9999:
            due = self._year_end()
        words = "；".join(self.masked[found.start : found.end] for found in self.dates)
        doubts = tuple(dict.fromkeys(self.doubts))
        return ReadDeadline(due, kind, doubts, words, self._choices(due, kind) if doubts else ())

    def _choices(self, due: date | None, kind: Kind) -> tuple[str, ...]:
        """The days that the cell may mean, and the kinds where it speaks of more than one."""
        days = {due, *(day for found in self.dates for day in (found.due, *found.more))}
        if self.span:
            days |= {day for found in self.dates if found.open_year for day in self.span.readings(found.due)}
            days |= {self.span.end, date(self.year, 12, 31)} if self.all_year else set()
        said = {
            Kind.ONCE: bool(self.dates) or self.after is not None,
            Kind.PERIODIC: bool(self.again) or kind is Kind.PERIODIC or COUNT.search(self.text) is not None,
            Kind.ONGOING: kind is Kind.ONGOING or _LONG.search(self.masked) is not None,
        }
        kinds = [one for one, is_said in said.items() if is_said]
        return days_and_kinds(days, kinds if len(kinds) > 1 else ())

    def _year_end(self) -> date:
        if self.span is None:
            return date(self.year, 12, 31)
        self.doubts.append(
            f"计划跨{self.span.first}—{self.span.last}年，“{cut(self.text)}”按{self.span.end}止计，请核对"
        )
        return self.span.end

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
        periodic = bool(self.again) or COUNT.search(self.text) is not None
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


def _is_range(text: str, dates: list[Found]) -> bool:
    """“3月至10月”: two dates joined by 至; the end counts."""
    if any(found.more for found in dates):
        return False
    between = [text[a.end : b.start] for a, b in pairwise(dates)]
    return bool(between) and all(re.fullmatch(rf"\s*{DASH}\s*", words) for words in between)
