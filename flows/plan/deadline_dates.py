"""Dates as plans print them: 2026年10月底前, 二〇二六年底, 3—10月, 第三季度末, 6月上旬, “十五五”末 …"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flows.plan.deadline_span import Span, current_span
from flows.plan.textual import number_of
from flows.plan.workdays import first_day_of

NUMBER = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"
DASH = r"(?:至|到|-|－|—|–|~|～|——|―|─)"


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text: its words are text[start:end]. ``begins``: “…起”, the day something starts, no deadline."""

    start: int
    end: int
    due: date
    doubt: str = ""
    begins: bool = False
    more: tuple[date, ...] = ()
    """Earlier dates that the same words name: “6、12月底前”."""
    bare_year: bool = False
    """Only a year: in running text it is seldom a deadline."""
    open_year: bool = False
    """No year stands beside it, and the plan is for more than one."""


_YEAR_DIGITS = r"20[0-9]{2}|二[〇零][〇零一二三四五六七八九]{2}"
_YEAR = (
    rf"(?:(?P<year>{_YEAR_DIGITS})年?(?:度)?|(?<![0-9])(?P<short>2[0-9])年(?=[0-9底末终内年上下第初])"
    r"|(?P<relative>今年|本年度?|当年|同年|明年|次年|下一?年度?|翌年|后年))"
)
_CLOCK = r"(?:\s?[0-9]{1,2}(?:[:：][0-9]{2}(?:[:：][0-9]{2})?|时整?|点))?"
_LIMIT = r"(?P<limit>(?:底|末|终)?(?:之前|以前|前(?!后)|止|内|之内|以内)?)(?:前后|左右)?"
_DATE = re.compile(
    rf"(?:(?P<full>{_YEAR_DIGITS})(?:年|(?P<sep>[\-./])(?:[0-9]{{1,2}}[./][0-9]{{1,2}}日?[\-—–～~至](?=[0-9]{{1,2}}[./][0-9]{{1,2}}(?![0-9.])))?)(?P<fm>{NUMBER})(?(sep)(?P=sep)|[月\-./])(?P<fd>{NUMBER})(?![0-9])(?:日|号)?{_CLOCK}"
    rf"|(?:{_YEAR})?(?:"
    rf"(?P<month>{NUMBER})月(?:{NUMBER}(?:日|号)?{DASH})?(?P<day>{NUMBER})(?:(?:日|号){_CLOCK}|(?=前|之前|以前|止|$))"
    rf"|(?:(?P<from>{NUMBER})月(?:份)?{DASH})?(?P<tmonth>{NUMBER})月(?:份)?(?P<third>上旬|中旬|下旬|初|中(?!旬|心|国|小|央|共))"
    rf"|(?:(?P<since>{NUMBER})月?(?:份)?{DASH})?(?P<list>(?:[0-9]{{1,2}}月?[、和])*)(?P<emonth>{NUMBER})月(?!度|均|日|龄|薪)(?:份)?"
    rf"|(?:第?[一二三四1-4](?:季度)?(?:{DASH}|、|和))?第?(?P<quarter>[一二三四1-4])(?:季度|季(?=[末底前]))"
    r"|\s?[QＱq](?P<q>[1-4])(?![0-9])"
    r"|(?P<ahead>前[三3]季度|前三个季度)"
    r"|(?P<half>上半年|下半年)度?"
    r"|(?P<yearend>年底|年末|年终|岁末|(?<!学)年度?内|年中|年初|(?<=年)底|(?<=年)末|(?<=年)(?<!学年)内|(?<=年)初)"
    r"|[“‘\"]?(?P<festival>元旦|春节|清明节?|五一|劳动节|端午节?|中秋节?|国庆|十一(?!月)|三八|六一|七一|八一|教师节)[”’\"]?"
    r"(?:国际劳动|国际妇女|妇女|国际儿童|儿童|建党|建军)?(?:节|假期|小长假)?(?=之前|以前|前)"
    r")"
    rf"|(?P<dotted>20[0-9]{{2}})[\-./](?:[0-9]{{1,2}}月?[\-—～~至](?=[0-9]{{1,2}}(?![0-9.])))?(?P<dm>[0-9]{{1,2}})(?![0-9])月?"
    r"|(?P<relend>今年|本年度?|当年|明年|次年|翌年|后年)(?=底|末|内)"
    rf"|(?P<only>{_YEAR_DIGITS})年(?:度)?(?!以来|至今)"
    r"|[“‘\"]?(?P<five>十[三四五六七])五[”’\"]?(?P<period>末|期末|期间|时期|规划期)"
    rf"|(?P<eday>[0-9]{{1,2}})(?:日|号)"
    rf"){_LIMIT}"
)
_ALIKE = str.maketrans("０１２３４５６７８９○Ｏ◯", "0123456789〇〇〇")
_CHINESE_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_FIXED_DAYS = {"三八": (3, 8), "六一": (6, 1), "七一": (7, 1), "八一": (8, 1), "教师节": (9, 10)}
"""Festivals that plans count to and that are no days off."""
_FIVE_YEARS = {"十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035, "十七": 2040}


def alike(text: str) -> str:
    """Full-width digits and the many shapes of 〇 as one; the length stays."""
    text = text.translate(_ALIKE)
    return re.sub(r"二0(?=[一二三四五六七八九〇零]{2}年)", "二〇", text)


def dates_in(text: str, year: int, *, inclusive_months: bool = True) -> Iterator[Found]:
    """Dates in a text in order; one without a year takes that of the date before it, the first that of the plan.

    ``inclusive_months``: “9月前” is 30 September; otherwise 31 August. Inside of plan_years() (deadline_span.py) a day
    without a year falls into one of the plan's years.
    """
    text = alike(text)
    span = current_span()
    before: tuple[int, int] | None = None
    last: date | None = None
    stated = False
    for found in _DATE.finditer(text):
        groups = found.groupdict()
        month_before = None
        if before and re.fullmatch(rf"前?(?:{DASH}|、|和|及|或)?", text[before[0] : found.start()]):
            month_before = before[1]
        read = _value(groups, year, month_before, inclusive_months)
        if read is None:
            continue
        due, doubt = read
        more = tuple(_listed(groups, due, inclusive_months))
        own = any(groups[name] for name in ("full", "dotted", "year", "only", "short", "relative", "relend", "five"))
        if span and not own:
            due, more, unsure = _spanned(span, due, more, last if stated else None)
            doubt = doubt or unsure
        begun = number_of(groups["from"] or groups["since"] or "")
        if begun and begun > due.month and due.year < 9999 and (own or not span):
            # 11月至3月: it ends on the other side of the turn of the year.
            due = date(due.year + 1, due.month, min(due.day, calendar.monthrange(due.year + 1, due.month)[1]))
            doubt = doubt or ("" if span else f"“{found[0]}”跨年，按{due.year}年{due.month}月计，请核对")
        last, stated = due, stated or own
        after = text[found.end() :]
        begins = re.match(r"起|开始|以后|之后|后(?!期|续)", after) is not None and not groups["limit"].endswith(
            ("前", "内", "止")
        )
        yield Found(
            found.start(),
            found.end(),
            due,
            doubt,
            begins,
            more,
            groups["only"] is not None,
            open_year=span is not None and not stated,
        )
        if own and not groups["five"]:
            year = due.year
        before = (found.end(), due.month)


def _spanned(span: Span, due: date, more: tuple[date, ...], before: date | None) -> tuple[date, tuple[date, ...], str]:
    """A date without a year in a plan for several years; ``before``: the one before it, whose year is stated."""
    if before is not None:
        # 2025年9月至6月: on the other side of the turn of the year.
        year = due.year + (due < before)
        return date(year, due.month, min(due.day, calendar.monthrange(year, due.month)[1])), more, ""
    due, doubt = span.place(due)
    return due, tuple(span.place(day)[0] for day in more), doubt


def _listed(groups: dict[str, str | None], due: date, inclusive: bool) -> Iterator[date]:
    """The other months of “6、12月底前”; “3、4月” without 底 or 前 is one stretch of time."""
    numbers = [int(number) for number in re.findall(r"[0-9]+", groups["list"] or "")]
    stretch = not groups["limit"] and [*numbers, due.month] == list(range(due.month - len(numbers), due.month + 1))
    for number in () if stretch else numbers:
        read = _whole_month(due.year, str(number), groups["limit"] or "", inclusive)
        if read:
            yield read[0]


def _year_of(groups: dict[str, str | None], plan_year: int) -> int:
    stated = groups["year"] or groups["only"] or groups["full"] or groups["dotted"]
    if stated:
        return int(stated.translate(_CHINESE_DIGITS))
    if groups["short"]:
        return 2000 + int(groups["short"])
    relative = groups["relative"] or groups["relend"] or ""
    if re.match("明年|次年|下|翌年", relative):
        return plan_year + 1
    return plan_year + 2 if relative == "后年" else plan_year


def _value(
    groups: dict[str, str | None], plan_year: int, month_before: int | None, inclusive: bool
) -> tuple[date, str] | None:
    year = _year_of(groups, plan_year)
    limit = groups["limit"] or ""
    if groups["full"]:
        return day_of(year, groups["fm"], groups["fd"])
    if groups["day"]:
        return day_of(year, groups["month"], groups["day"])
    if groups["third"]:
        return _third(year, groups["tmonth"], groups["third"])
    if groups["emonth"] or groups["dotted"]:
        return _whole_month(year, groups["emonth"] or groups["dm"], limit, inclusive)
    if groups["quarter"]:
        doubt = f"“{groups['quarter']}季度前”按该季度末计，请核对" if limit.endswith("前") and limit[0] == "前" else ""
        return month_end(year, str((number_of(groups["quarter"]) or 4) * 3), doubt=doubt)
    if groups["q"]:
        return month_end(year, str(int(groups["q"]) * 3))
    if groups["ahead"]:
        return month_end(year, "9")
    if groups["half"]:
        doubt = "“下半年前”按12月底计，请核对" if groups["half"] == "下半年" and limit == "前" else ""
        return month_end(year, "6" if groups["half"] == "上半年" else "12", doubt=doubt)
    if groups["yearend"]:
        return _part_of_year(year, groups["yearend"])
    if groups["five"]:
        doubt = "" if groups["period"] in {"末", "期末"} else f"“{groups['five']}五”{groups['period']}按期末计，请核对"
        return month_end(_FIVE_YEARS[groups["five"]], "12", doubt=doubt)
    if groups["only"] and limit in {"前", "之前", "以前"}:
        return month_end(year, "12", doubt=f"“{year}年前”按{year}年底计，请核对")
    if groups["relend"] or groups["only"]:
        return month_end(year, "12")
    if groups["festival"]:
        return _before_festival(year, groups["festival"])
    return day_of(year, str(month_before), groups["eday"]) if groups["eday"] and month_before else None


def _part_of_year(year: int, words: str) -> tuple[date, str] | None:
    if words.endswith("中"):
        return month_end(year, "6", doubt="“年中”按6月底计，请核对")
    if words.endswith("初"):
        return month_end(year, "1", doubt="“年初”按1月底计，请核对")
    return month_end(year, "12")


def _third(year: int, month: str | None, third: str) -> tuple[date, str] | None:
    days = {"上旬": 10, "初": 10, "中旬": 20, "中": 15, "下旬": 31}
    doubt = {"初": "“月初”按10日计，请核对", "中": "“月中”按15日计，请核对"}.get(third, "")
    return month_end(year, month, days[third], doubt)


def _before_festival(year: int, name: str) -> tuple[date, str] | None:
    """“春节前”: the last day before the days off, where the calendar knows them."""
    name = name.removesuffix("节") if name[:2] in {"清明", "端午", "中秋"} else name
    first = first_day_of(name, year) if 1 < year < 9999 else None
    if name in _FIXED_DAYS and 1 < year < 9999:
        return date(year, *_FIXED_DAYS[name]) - timedelta(days=1), f"“{name}前”按{year}年节日前一天计，请核对"
    if first is None:
        return None
    return first - timedelta(days=1), f"“{name}前”按{year}年放假前一天计，请核对"


def _whole_month(year: int, month: str | None, limit: str, inclusive: bool) -> tuple[date, str] | None:
    """The last day of a month; “N月前” without 底 is the month before it where the office counts so."""
    read = month_end(year, month)
    if read and not inclusive and limit in {"前", "之前", "以前"} and read[0].year > 1:
        return read[0].replace(day=1) - timedelta(days=1), ""
    return read


def month_end(year: int, month: str | None, day: int = 31, doubt: str = "") -> tuple[date, str] | None:
    """A day of a month, at most its last; None when there is no such month or year."""
    number = number_of(month or "")
    if number is None or not 1 <= number <= 12 or not 1 <= year <= 9999:
        return None
    return date(year, number, min(day, calendar.monthrange(year, number)[1])), doubt


def day_of(year: int, month: str | None, day: str | None) -> tuple[date, str] | None:
    """A day as printed; one that the month does not have becomes its last day, with a doubt."""
    number = number_of(day or "")
    if number is None or not 1 <= number <= 31:
        return None
    read = month_end(year, month, number)
    if read and read[0].day != number:
        return read[0], f"{month}月没有{number}日，按{read[0].day}日计，请核对"
    return read
