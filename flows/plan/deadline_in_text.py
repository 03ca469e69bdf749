"""Deadlines that the text of a requirement names by itself: …，9月底前完成；每月5日前报送；…，长期坚持."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from flows.plan.deadline_common import (
    ALL_YEAR_WORDS,
    AT_LEAST,
    COUNT,
    IN_YEAR,
    ReadDeadline,
    counts_in,
    days_and_kinds,
    hidden,
    hide,
    without_counts,
)
from flows.plan.deadline_dates import Found, alike, dates_in
from flows.plan.deadline_relative import Relative, counted_day, relative_day
from flows.plan.deadline_rhythm import AMOUNT, COUNTED, VERBS, Every, everies
from flows.plan.deadline_seasons import seasonal
from flows.plan.deadline_span import current_span
from flows.plan.model import Kind
from flows.plan.textual import cut, one_line
from flows.plan.unit_likeness import is_unit

_LONGEST = 40
_CLOSING = re.compile(
    r"(?:^|[，。；、])(?:并|要|做到|且|此项工作|该项工作)?(?P<words>"
    r"(?:长期|常年|持续)(?:坚持|推进|开展|实施|执行|工作|任务|抓好|落实)"
    r"|常态化(?:长效化)?(?:开展|推进|落实|实施|坚持|进行|抓好)|(?:长期|持续)(?:长期|持续)(?:推进|坚持)|常抓不懈"
    rf"|{ALL_YEAR_WORDS}(?:推进|开展|坚持|实施|进行|持续推进|落实)?)[。；]?$"
)
"""A last clause that says nothing but that the work goes on."""
_DOING = rf"(?!的)[^，。；]{{0,10}}?(?:{VERBS})"
_DONE_THEN = re.compile(
    r"(?:前|底)?[^，。；、的]{0,8}?(?:组织|举办|举行|启动|启用|进行|编制|公示|印发|制定|修订|出台|下发|上线|设立|成立|建立|建成|建好"
    r"|投入|投用|投运|运行|运营|开通|开放|开业|开工|竣工|完工|交付|落地|挂牌|签订|签约|验收|实现|达到|提交|上报|召集|集中|开设|整改"
    rf"|{VERBS})"
)
"""Work that follows a day in its clause."""
_PLAIN_ACTS = "通报|公布|公开|发布|报送|上报|报告|报|更新|汇总|测评|评估|检查|巡查|抽查|调度|会商|召开|听取|填报|反馈"
"""Acts that are plainly done once in each period: 每季度通报."""
_NAMES_A_THING = re.compile(
    r"(?:的|度|以来|至今|[、和及与至到—-]|各?一次|数据|情况|工作情况|进展|预算|决算|目标|任务|报告|报表|计划|总结|指标|经济|成绩|份?考核)"
)
"""What follows a part of the year that is no time for doing but belongs to the name of something."""
_OF_THINGS = re.compile(
    r"(?:已|新|由[^，。；、]{1,10}?|依法)?(?:制发|印发|出台|发布|公布|公开|制定|形成|产生|签订|成立|建成|立项|开工|竣工|取得|受理"
    r"|登记|注册|入库|实施|完成|提出|批准|批复|移交|结转)的(?!基础)"
)
"""2025年底前制发的文件: the day says which papers are meant, not until when."""
_THING = re.compile("机制|制度|会议|例会|台账|工作法")
_SYSTEM = re.compile("建立|落实|执行|实行|完善|健全|推行|坚持|按照|根据|形成|制定|的$")
"""Words before 每月 that make it part of a thing's name: 落实每日巡查制度."""
_SUBJECT = re.compile("(?:单位|部门|局|办|委|街道|乡镇|学校|科室|小组|专班|政府|中心|于|在|各地|企业|应|须|要|需)$")
_MEASURED = r"(?:人次|天|小时|学时|课时|学分|篇|条|件|个(?!月|工作日)|份|家|户|名|人(?!民)|处|项|节|堂|例|宗|公里)"


def find_deadline(
    text: str, year: int, issued: date | None = None, *, inclusive_months: bool | None = None
) -> ReadDeadline:
    """The deadline that the text of a requirement itself names, kind none when it names none.

    Only what is plainly a limit counts without a doubt: a date with 前, 底前 or after 于/到/至; not “2022年1月1日起”,
    not the number of a document; so does a part of the year before its work (“6月中旬上线”). A count per quarter or
    year counts where there is no date. A bare month (“9月开展检查”) is read with a doubt. ``span`` is the words as
    printed.
    """
    text = one_line(text)
    same = alike(text)
    quoted = re.sub(r"[《“〔（(](?!(?:三八|五一|六一|七一|八一|十一)”)[^》”〕）)]*[》”〕）)]", hidden, same)
    again = list(everies(quoted))
    masked = without_counts(quoted, again)
    after = relative_day(masked)
    if after:
        masked = hide(masked, after.start, after.end)
    found = [date for date in dates_in(masked, year, inclusive_months=counts_in(inclusive_months)) if not date.begins]
    limits = [date for date in found if _is_limit(masked, date, year)]
    closing = _CLOSING.search(masked)
    if limits:
        return _kept_up(text, _from_limits(text, limits, again, year), closing)
    if after and after.ours:
        due, doubt = counted_day(after, issued)
        return ReadDeadline(due, Kind.ONCE, (doubt,) if doubt else (), text[after.start : after.end])
    count = _every_count(quoted, text)
    if count:
        return ReadDeadline(None, Kind.PERIODIC, (), count)
    hint = _from_every(text, again)
    if hint.kind is Kind.NONE and closing:
        return _ongoing(text[closing.start("words") : closing.end("words")], year)
    if hint.kind is Kind.NONE:
        hint = _from_dates(text, found, year)
    return hint if hint.kind is not Kind.NONE else seasonal(masked, year)


def _from_limits(text: str, limits: list[Found], again: list[Every], year: int) -> ReadDeadline:
    last = max(limits, key=lambda found: found.due)
    words = text[last.start : last.end]
    days = [day for found in limits for day in (found.due, *found.more)]
    doubts = [found.doubt for found in limits if found.doubt]
    if len(set(days)) > 1:
        doubts.append("要求里有几个日期，按最晚的一个计，请核对")
    if last.due.year < year:
        doubts.append(f"要求里的“{words}”早于计划年度，请核对")
    span = current_span()
    days.extend(day for found in limits if span and found.open_year for day in span.readings(found.due))
    yearly = next((every for every in again if every.dated and every.start <= last.start <= every.end), None)
    if yearly:
        words = text[yearly.start : max(yearly.end, last.end)]
        doubts.append(f"“{words}”每年都要完成，截止日期填的是今年的，请核对")
        choices = days_and_kinds(days, (Kind.PERIODIC, Kind.ONCE))
        return ReadDeadline(last.due, Kind.PERIODIC, tuple(doubts), words, choices)
    beside = next((every for every in again if not every.dated and _is_limited(text, every)), None)
    if beside:
        other = text[beside.start : beside.end]
        doubts.append(f"要求里还有“{other}”，须定期完成；现按“{words}”作限期任务，请核对")
    kinds = (Kind.ONCE, Kind.PERIODIC) if beside else ()
    return ReadDeadline(last.due, Kind.ONCE, tuple(doubts), words, days_and_kinds(days, kinds) if doubts else ())


def _kept_up(text: str, read: ReadDeadline, closing: re.Match[str] | None) -> ReadDeadline:
    """“9月底前建成…，长期坚持”: a day and, behind it, that the work goes on."""
    if closing is None or read.kind is not Kind.ONCE:
        return read
    at = text.rfind(read.span, 0, closing.start())
    words = text[at : closing.end("words")] if at >= 0 else read.span
    if len(words) > _LONGEST:
        words = read.span
    doubt = f"要求里既有“{cut(read.span)}”又有“{closing['words']}”，按长期任务计，请核对"
    choices = dict.fromkeys((*read.choices, *days_and_kinds((read.due,), (Kind.ONGOING, Kind.ONCE))))
    return ReadDeadline(read.due, Kind.ONGOING, (*read.doubts, doubt), words, tuple(choices))


def _ongoing(words: str, year: int) -> ReadDeadline:
    """What a requirement closes with: 长期坚持 has no end, 贯穿全年 ends with the year."""
    if not re.search(ALL_YEAR_WORDS, words):
        return ReadDeadline(None, Kind.ONGOING, (), words)
    span = current_span()
    if span is None:
        return ReadDeadline(date(year, 12, 31), Kind.ONGOING, (), words)
    doubt = f"计划跨{span.first}—{span.last}年，“{words}”按{span.end}止计，请核对"
    return ReadDeadline(span.end, Kind.ONGOING, (doubt,), words, days_and_kinds((span.end, date(year, 12, 31))))


def _is_limited(text: str, every: Every) -> bool:
    """每月5日前, 每周五17时前, 每年4月、10月: days in each period, so that it plainly comes again."""
    if every.per == "年":
        return False
    words = text[every.start : every.end]
    return words.endswith("前") or (words.startswith("每年") and "月" in words)


def _from_every(text: str, again: list[Every]) -> ReadDeadline:
    """“每季度末月25日前…”, “每季度通报…”, and with a doubt “每季度研究…”; not 建立每月通报机制."""
    for every in again:
        verb = re.match(
            rf"(?!的)[^。；]{{0,30}}?(?:{VERBS})" if _is_limited(text, every) else _DOING, text[every.end :]
        )
        before = re.split("[，。；、：]", text[: every.start])[-1]
        if (
            not verb
            or (every.dated and not _is_limited(text, every))  # 每年12月上旬: a day of this year too
            or _SYSTEM.search(before)
            or (not _is_limited(text, every) and _THING.match(text[every.end + verb.end() :]))
        ):
            continue
        if _is_limited(text, every):
            return ReadDeadline(None, Kind.PERIODIC, (), text[every.start : every.end])
        asked = not before or re.search("(?:[要应须]|做到)$", before) or is_unit(before)
        if asked or (len(before) <= 12 and _SUBJECT.search(before)):
            words = text[every.start : every.end] + verb[0]
            if re.search(f"(?:{_PLAIN_ACTS})$", words) and every.per != "年":
                return ReadDeadline(None, Kind.PERIODIC, (), words)
            doubt = f"“{cut(words)}”没有写次数，按定期任务计，请核对"
            choices = days_and_kinds((), (Kind.PERIODIC, Kind.ONGOING, Kind.NONE))
            return ReadDeadline(None, Kind.PERIODIC, (doubt,), words, choices)
    return ReadDeadline()


def _from_dates(text: str, found: list[Found], year: int) -> ReadDeadline:
    """A day at the front of a clause: “6月中旬上线运行”; with a doubt where it is only a month or no work follows."""
    told = [date_ for date_ in found if _opens_clause(text, date_, year)]
    firm = [date_ for date_ in told if _DONE_THEN.match(text, date_.end)]
    if not told:
        return _from_opening(text, year)
    last = max(firm or told[:1], key=lambda date_: date_.due)
    words = text[last.start : last.end]
    doubts = [last.doubt] if last.doubt else []
    if yearly := re.search("每年度?$", text[: last.start]):
        words = text[yearly.start() : last.end]
        doubts.append(f"“{words}”每年都要完成，截止日期填的是今年的，请核对")
        choices = days_and_kinds((last.due,), (Kind.PERIODIC, Kind.ONCE))
        return ReadDeadline(last.due, Kind.PERIODIC, tuple(doubts), words, choices)
    each = re.match("各|分别", text[last.end :]) is not None
    if each or len({date_.due for date_ in firm}) > 1:
        doubts.append("要求里有几个日期，按最晚的一个计，请核对")
    elif not firm or re.search("月(?:份)?$", words):
        doubts.insert(0, f"时限按要求里的“{words}”计，请核对")
    days = (date_.due for date_ in firm or told[:1])
    return ReadDeadline(last.due, Kind.ONCE, tuple(doubts), words, days_and_kinds(days, (Kind.NONE,)) if doubts else ())


def _opens_clause(text: str, found: Found, year: int) -> bool:
    """A part of the plan's year that says when the clause behind it is done; not 上半年的, 第三季度数据, 12月份以来."""
    if found.bare_year or found.due.year < year or _NAMES_A_THING.match(text, found.end):
        return False
    before = text[: found.start]
    return (
        found.start == 0
        or re.search(r"(?:[，。；、：在于拟]|每年度?|力争|计划|预计|确保|争取|原则上)$", before) is not None
    )


def _from_opening(text: str, year: int) -> ReadDeadline:
    """“全年开展…” at the front of a requirement."""
    opening = re.match(rf"(?:^|.{{0,12}}，)({ALL_YEAR_WORDS})(?:持续|不间断|常态化)?(?:{VERBS})", text)
    if opening and not re.search(f"{AMOUNT}{COUNTED}", text):
        read = _ongoing(opening[1], year)
        doubt = f"时限按要求里的“{opening[1]}”计，请核对"
        return replace(
            read, doubts=(doubt, *read.doubts), choices=days_and_kinds((read.due,), (Kind.ONGOING, Kind.NONE))
        )
    return ReadDeadline()


def find_rhythm(text: str) -> str:
    """“一季度听取一次”, “每月…不少于两次”: words of a text that ask for something more often than once a year."""
    return next((words for words, per in _every_counts(text, text) if per not in {"年", ""}), "")


def mentions(text: str, year: int, *, inclusive_months: bool | None = None) -> tuple[tuple[str, date], ...]:
    """Every date that a text names as a time for something, limits or not, as (words, date); for comparisons."""
    text = one_line(text)
    quoted = re.sub(r"[《“〔][^》”〕]*[》”〕]", hidden, alike(text))
    masked = without_counts(quoted, list(everies(quoted)))
    after = relative_day(masked)
    if after:
        masked = hide(masked, after.start, after.end)
    return tuple(
        (text[found.start : found.end], found.due)
        for found in dates_in(masked, year, inclusive_months=counts_in(inclusive_months))
        if (found.due.year >= year or not re.match("[^，。；]{1,20}的", masked[found.end :]))
        and (
            _is_limit(masked, found, year)
            or (
                re.search("[底末]$", masked[found.start : found.end])
                and re.search(r"(?:^|[，。；、])$", masked[: found.start])
            )
        )
    )


def names_relative_day(text: str) -> str:
    """“印发后20个工作日内”: words that set a limit counted from the plan's issue, '' when there are none."""
    found = relative_day(alike(one_line(text)))
    return found.words if isinstance(found, Relative) and found.ours and found.event else ""


def _every_counts(masked: str, text: str) -> Iterator[tuple[str, str]]:
    """(words, period) of every count per period in a text."""
    for every in everies(masked):
        rest = re.match(rf"[^，。；]{{0,24}}?{AMOUNT}{COUNTED}", masked[every.end :])
        if re.search(f"{AMOUNT}{COUNTED}", masked[every.start : every.end]):
            yield text[every.start : every.end], every.per
        elif rest:
            yield text[every.start : every.end + rest.end()], every.per
        elif every.per not in ("日", "") and (
            rest := re.match(
                rf"(?!的)[^，。；]{{0,24}}?{AT_LEAST}[^，。；]{{0,12}}?{AMOUNT}{_MEASURED}", masked[every.end :]
            )
        ):
            # 每月外出招商不少于10天
            yield text[every.start : every.end + rest.end()], every.per
    for counted in COUNT.finditer(masked):
        if re.match(IN_YEAR, counted[0]):
            yield text[counted.start() : counted.end()], "年"


def _every_count(masked: str, text: str) -> str:
    return next(_every_counts(masked, text), ("", ""))[0]


def _is_limit(text: str, found: Found, year: int) -> bool:
    words = text[found.start : found.end]
    if found.begins or re.match(r"起|以来|至今|[年以]?后|之后|度", text[found.end :]):
        return False
    if _OF_THINGS.match(text, found.end):
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
