"""Times that name no day and are limits all the same: 秋季学期开学前, 汛期前, 中考前."""

from __future__ import annotations

import calendar
import re
from datetime import date

from flows.plan.deadline_common import ReadDeadline, days_and_kinds
from flows.plan.model import Kind

_TERM = r"(?:下一?|新|本|上一?|第[一二]|春季?|秋季?)?(?:学期|学年)"
_SEASON = re.compile(
    rf"(?:(?P<term>(?:{_TERM}|新?春季?|秋季?)?开学)|{_TERM}(?:结束)?|[暑寒]假(?:开始|结束)?|放假|(?:主|今年)?汛期(?:来临|到来|结束)?|入[汛冬夏]|防[火汛]期"
    r"|[雨冬]季(?:来临|到来)?|供[暖热](?:季|期)?(?:开始|来临)?|(?:冬|春|秋)(?:灌|耕|播|收)|春耕备耕|[中高]考|(?:全国|省|市|区|县)?[“]?两会[”]?(?:召开)?)"
    r"(?:之前|以前|前(?!后|期|往|景|移|列|沿|三|两|年|半)|(?<=学期)[末底](?:前)?|(?<=学年)[末底](?:前)?)(?!的)"
)


def seasonal(text: str, year: int) -> ReadDeadline:
    """The limit that a season sets, with a doubt since no day is named; where none can be offered the kind is none.

    Schools begin on 1 September and in February or March, so that 31 August and the end of February are offered.
    """
    found = _SEASON.search(text)
    if found is None:
        return ReadDeadline()
    words = found[0]
    due = None
    if found["term"] and re.search("[秋春]", found["term"]) and 1 <= year <= 9999:
        month = 8 if "秋" in found["term"] else 2
        due = date(year, month, calendar.monthrange(year, month)[1])
    told = f"按{due.month}月{due.day}日计，请核对" if due else "如作时限请填写截止日期"
    doubt = f"“{words}”没有写明日期，{told}"
    kind = Kind.ONCE if due else Kind.NONE
    return ReadDeadline(due, kind, (doubt,), words if due else "", days_and_kinds((due,), (Kind.NONE,)))
