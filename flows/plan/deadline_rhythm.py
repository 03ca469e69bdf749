"""What comes again: 每月5日前, 每季度末, 一季度一次, 每年不少于两次; its words, its RRULE and its days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from flows.plan.deadline_dates import NUMBER, alike, dates_in
from flows.plan.model import Deadline, Kind
from flows.plan.textual import number_of, one_line


@dataclass(frozen=True, slots=True)
class Every:
    """Words that ask for something again and again: text[start:end], with the day inside the period if one is named.

    ``per`` is 年, 半年, 季, 月, 旬, 周 or 日; ``rule`` an RRULE without the word, “” when nothing is to be computed.
    ``dated``: a yearly date, which is also a day of the plan's year.
    """

    start: int
    end: int
    per: str
    rule: str
    dated: bool = False


COUNTED = (
    r"(?:次(?!性|办|告|会办|分配|元)|场次?(?!所|景|地|馆|合)"
    r"|期(?!间|限|货)|轮(?!流|岗)|遍|批次?(?!准|复|评)|回(?!应|复|头))"
)
AMOUNT = r"(?:[0-9]+|[一两三四五六七八九]?十?[一两三四五六七八九]|[一二两三四五六七八九]?十)"
VERBS = (
    "报送|上报|报|更新|公开|公布|通报|开展|调度|推进|汇总|梳理|检查|研究|听取|召开|组织|总结|反馈|填报|统计|分析|调整|"
    "督查|发布|报告|评估|会商|维护|自查|巡查|抽查|完成|实施|考核|一次"
)
ALONE = re.compile(r"季度末?|季末|月度|半年度|按?季|按?月|季报|月报")
"""A deadline cell that is nothing but a period."""
_UNIT = r"(?P<unit>半年度?|学期|年度?|季度?|月度?|旬|周|星期|工作日|日|天)"
_EVERY = re.compile(
    rf"(?:每(?:隔|逢)?(?P<n>[0-9一二两双单三四五六])?个?{_UNIT}(?!级|来|报(?!送|告|备|表))"
    rf"|(?:按|逐)(?P<by>半年度?|年度?|季度?|月度?|周|日)(?=$|[，。；、]|{VERBS})"
    rf"|(?<![第前0-9一二三四])(?:一|1)个?(?P<one>半年|季度?|月|年|周)(?=[^，。；、底末前初内]{{0,10}}?(?:{AMOUNT}){COUNTED})"
    r"|上、?下(?P<each>半年)度?(?=(?:各|分别))"
    rf"|(?<![上下])(?P<half>半年)(?=[^，。；、底末前初内上下]{{0,10}}?(?:{AMOUNT}){COUNTED})"
    rf"|(?<![0-9])(?P<two>[两二三四2346])个?(?P<many>年|月|周)(?=[^，。；、底末前初内]{{0,2}}?一次)"
    rf"|(?P<bare>季度|月度|半年度)性?(?=(?:{AMOUNT}){COUNTED})"
    rf"|{AMOUNT}{COUNTED}[/／每](?P<slash>半年|年度?|季度?|月度?|周|日|天)"
    r"|(?P<nature>季度|月度|年度)性(?=$|[，。；]))"
)
_MONTH_DAY = re.compile(
    rf"(?:度)?(?:的)?(?:(?P<day>{NUMBER})(?:日|号)|月?(?P<end>底|末)|(?P<third>上旬|中旬|下旬)|(?P<first>初))"
    r"(?:之前|以前|前|内)?"
)
_NEXT_MONTH = re.compile(rf"[^，。；]{{0,8}}?(?:次月|下月|下个月)(?P<day>{NUMBER})(?:日|号)(?:之前|以前|前|内)?")
_QUARTER_DAY = re.compile(
    rf"(?:度)?的?(?:(?:最后一个|末|末个|第三个?|第3个?)月(?:(?P<last>{NUMBER})(?:日|号)|(?:底|末)|(?P<lastthird>上旬|中旬|下旬))?"
    rf"|(?:首|首个|第一个?|第1个?|头一个|下季度首|次季度首|后首)月(?:(?P<first>{NUMBER})(?:日|号)|(?P<firstend>底|末)|(?P<firstthird>上旬|中旬|下旬))?"
    rf"|(?:结束)?后(?:的)?(?P<after>{NUMBER})(?:个工作日|日|天|号)(?:之?以?内)?|(?:底|末)(?:前)?(?P<before>{NUMBER})?(?:日|天)?)"
    r"(?:之前|以前|前|内)?"
)
_YEAR_DAY = re.compile(
    rf"(?:度)?的?(?:(?P<month>{NUMBER})月(?:份)?(?:(?P<day>{NUMBER})(?:日|号)|(?P<third>上旬|中旬|下旬)|底|末)?"
    rf"|(?:第?(?P<quarter>[一二三四1-4])季度)|(?P<half>上半年|下半年)|(?P<end>年?底|年?末))(?:底|末)?(?:之前|以前|前|内)?"
)
_WEEK_DAY = re.compile(
    r"(?:的)?(?:周|星期)?(?P<day>[一二三四五六日天])(?:(?:上午|下午|中午)?[0-9]{1,2}(?:时|点|[:：][0-9]{2})?|上午|中午|下午)?"
    r"(?:之前|以前|前|下班前)?"
)
_MORE_DAYS = re.compile(
    rf"(?:、|和|及|与)(?P<month>{NUMBER})月(?:份)?(?:(?P<day>{NUMBER})(?:日|号)|(?P<third>上旬|中旬|下旬)|底|末)?"
    r"(?:之前|以前|前|内)?"
)
_DAYS = {"一": "MO", "二": "TU", "三": "WE", "四": "TH", "五": "FR", "六": "SA", "日": "SU", "天": "SU"}
_THIRDS = {"上旬": 10, "中旬": 20, "下旬": 31}
_QUARTER_ENDS = "3,6,9,12"


def everies(text: str) -> Iterator[Every]:
    """Every recurrence that a text names, in order. Pure words: “每年” counts even where no number stands beside it."""
    text = alike(text)
    for found in _EVERY.finditer(text):
        unit = next(
            word
            for word in (found[n] for n in ("unit", "by", "one", "each", "half", "many", "bare", "slash", "nature"))
            if word
        )
        number = found["n"] or found["two"] or "1"
        interval = 2 if number in "两双" else number_of(number) or 1
        yield _every(text, found.start(), found.end(), unit, interval)


def _every(text: str, start: int, end: int, unit: str, interval: int) -> Every:
    rest = text[end:]
    if unit == "学期":
        return Every(start, end, "半年", "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=-1")
    if unit.startswith("半年"):
        return Every(start, end, "半年", "FREQ=YEARLY;BYMONTH=6,12;BYMONTHDAY=-1")
    if unit.startswith("年"):
        found = _YEAR_DAY.match(rest)
        rule, length = ("FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31", 0) if found is None else (_yearly(found), found.end())
        if interval > 1:
            rule = rule.replace("YEARLY", f"YEARLY;INTERVAL={interval}", 1)
        if found and found["month"] and (more := _MORE_DAYS.match(rest, length)):
            return _several(Every(start, end + length, "年", rule), text, more)
        return Every(start, end + length, "年", rule, dated=found is not None)
    if unit.startswith("季"):
        found = _QUARTER_DAY.match(rest)
        rule, length = (
            (f"FREQ=YEARLY;BYMONTH={_QUARTER_ENDS};BYMONTHDAY=-1", 0)
            if found is None
            else (_quarterly(found), found.end())
        )
        return Every(start, end + length, "季" if interval == 1 else "", rule if interval == 1 else "")
    if unit.startswith("月"):
        return _monthly(start, end, rest, interval)
    if unit == "旬":
        return Every(start, end, "旬", "FREQ=MONTHLY;BYMONTHDAY=10,20,-1")
    if unit in {"周", "星期"}:
        found = _WEEK_DAY.match(rest)
        every = f";INTERVAL={interval}" if interval > 1 else ""
        day = _DAYS[found["day"]] if found else "FR"
        length = found.end() if found else 0
        return Every(start, end + length, "周" if interval == 1 else "", f"FREQ=WEEKLY{every};BYDAY={day}")
    working = ";BYDAY=MO,TU,WE,TH,FR" if unit == "工作日" else ""
    return Every(start, end, "日" if interval == 1 else "", f"FREQ=DAILY;INTERVAL={interval}{working}")


def _several(first: Every, text: str, more: re.Match[str] | None) -> Every:
    """每年4月、10月: more often than once a year, so no day of the year is the one."""
    months = re.findall("BYMONTH=([0-9]+)", first.rule)
    at, rule = first.end, first.rule
    while more:
        months.append(str(number_of(more["month"]) or 12))
        day = number_of(more["day"] or "") or _THIRDS.get(more["third"] or "", 31)
        rule = f"FREQ=YEARLY;BYMONTH={','.join(months)};BYMONTHDAY={day if 1 <= day <= 28 else -1}"
        at += more.end() - more.start()
        more = _MORE_DAYS.match(text, at)
    per = "半年" if len(months) == 2 else ""
    return Every(first.start, at, per, rule)


def _monthly(start: int, end: int, rest: str, interval: int) -> Every:
    found = _MONTH_DAY.match(rest) or _NEXT_MONTH.match(rest)
    groups = found.groupdict() if found else {}
    day = number_of(groups.get("day") or "") or _THIRDS.get(groups.get("third") or "", 0)
    day = day or (10 if groups.get("first") else 31)
    length = found.end() if found else 0
    if interval == 1:
        return Every(start, end + length, "月", f"FREQ=MONTHLY;{_month_day(day)}")
    months = ",".join(str(month) for month in range(interval, 13, interval))
    per = {3: "季", 6: "半年", 12: "年"}.get(interval, "")
    return Every(start, end + length, per, f"FREQ=YEARLY;BYMONTH={months};{_month_day(day)}")


def _month_day(day: int) -> str:
    """A day of every month; the 29th, 30th and 31st fall on the last day of a shorter month."""
    if day >= 31 or day < 1:
        return "BYMONTHDAY=-1"
    if day <= 28:
        return f"BYMONTHDAY={day}"
    return f"BYMONTHDAY={','.join(str(number) for number in range(28, day + 1))};BYSETPOS=-1"


def _quarterly(found: re.Match[str]) -> str:
    day = number_of(found["last"] or "") or _THIRDS.get(found["lastthird"] or "", 0)
    if day:
        return f"FREQ=YEARLY;BYMONTH={_QUARTER_ENDS};BYMONTHDAY={day if day < 31 else -1}"
    first = number_of(found["first"] or found["after"] or "") or _THIRDS.get(found["firstthird"] or "", 0)
    if first or found["firstend"] or re.search("首|第一|第1|头", found[0]):
        return f"FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY={first if 1 <= first < 31 else -1}"
    return f"FREQ=YEARLY;BYMONTH={_QUARTER_ENDS};BYMONTHDAY=-1"


def _yearly(found: re.Match[str]) -> str:
    month = number_of(found["month"] or "") or (number_of(found["quarter"] or "") or 0) * 3
    month = month or (6 if found["half"] == "上半年" else 12)
    day = number_of(found["day"] or "") or _THIRDS.get(found["third"] or "", 31)
    return f"FREQ=YEARLY;BYMONTH={min(month, 12)};BYMONTHDAY={day if 1 <= day <= 28 else -1 if day >= 31 else day}"


def rhythm_in(text: str) -> str | None:
    """The rule of the most frequent recurrence that a deadline's words name; None when they name none."""
    text = one_line(text)
    if ALONE.fullmatch(text):
        text = f"每{text.removeprefix('按').removesuffix('报')}"
    found = [every for every in everies(text) if every.rule]
    if found:
        return min(found, key=lambda every: ("日周旬月季半年".find(every.per) if every.per else 9, every.start)).rule
    if re.search(rf"(?:全年|年内|年度内|一年|本年度?|当年).{{0,40}}{AMOUNT}{COUNTED}", text):
        return "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31"
    months = {day.month for date_ in dates_in(text, 2000) if len(date_.more) > 1 for day in (date_.due, *date_.more)}
    if months:
        return f"FREQ=YEARLY;BYMONTH={','.join(str(month) for month in sorted(months))};BYMONTHDAY=-1"
    return None


def rhythm_of(deadline: Deadline, requirement: str) -> str | None:
    """How often an item comes due, from its deadline and, where that leaves it open, from what is asked for.

    None for an item with one date (kind once), unless its deadline's own words name a recurrence.
    """
    rule = rhythm_in(deadline.text) if deadline.text else None
    if rule is None and deadline.kind in (Kind.PERIODIC, Kind.ONGOING):
        rule = (
            rhythm_in(requirement)
            if re.search(rf"{AMOUNT}{COUNTED}|每[月季周旬日]|每半年|逐[月季]", requirement)
            else None
        )
    return rule


def due_days(rhythm: str, year: int, *, since: date | None = None, until: date | None = None) -> tuple[date, ...]:
    """The days on which an item with this rhythm comes due, in order: those of a year, or ``since`` to ``until``.

    ``rhythm`` is an RRULE without the word, as Item.rhythm holds it; ValueError when it is not one.
    """
    from dateutil.rrule import rrulestr

    first, last = since or date(year, 1, 1), until or date(year, 12, 31)
    # What comes every other week is counted from New Year, wherever the time asked about begins.
    rule = rrulestr(f"RRULE:{rhythm}", dtstart=datetime(first.year, 1, 1))  # noqa: DTZ001 - days, not moments
    start, end = datetime.combine(first, time.min), datetime.combine(last, time.max)
    return tuple(moment.date() for moment in rule.between(start, end, inc=True))


def rhythm_words(rhythm: str) -> str:
    """A rhythm in Chinese, for people: 每月5日, 每季度末, 每年3月底; the rule itself where it is of another make."""
    rule = dict(part.split("=", 1) for part in rhythm.split(";") if "=" in part)
    months = [int(month) for month in rule.get("BYMONTH", "").split(",") if month]
    day = rule.get("BYMONTHDAY", "").split(",")[-1]
    when = "底" if day in {"-1", "31"} else f"{day}日"
    if rule.get("FREQ") == "DAILY":
        return "每个工作日" if "BYDAY" in rule else "每日"
    if rule.get("FREQ") == "WEEKLY":
        names = {code: name for name, code in _DAYS.items() if name != "天"}
        return f"{'每两周' if rule.get('INTERVAL') == '2' else '每周'}{names.get(rule.get('BYDAY', ''), '')}"
    if rule.get("FREQ") == "MONTHLY":
        return "每旬" if rule.get("BYMONTHDAY") == "10,20,-1" else f"每月{when}"
    if rule.get("FREQ") != "YEARLY" or not months:
        return rhythm
    if months in ([3, 6, 9, 12], [1, 4, 7, 10]):
        month = "末" if months[0] == 3 else "首月"
        return (
            f"每季度{month}"
            if when == "底" and months[0] == 3
            else f"每季度{month}{'月' if months[0] == 3 else ''}{when}"
        )
    if months in ([6, 12], [1, 7]):
        return "每半年" if months == [6, 12] else "每学期"
    years = f"每{rule['INTERVAL']}年" if "INTERVAL" in rule else "每年"
    return f"{years}{'、'.join(str(month) for month in months)}月{when}"
