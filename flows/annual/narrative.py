"""Numbers in a report's text against its tables (R3.6).

Only phrases that can mean one thing are compared. What 收到申请总量 means differs between offices (本年新收, or all
that was handled and carried over): such a number is wrong only when it fits neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from flows.annual.breaches import Breach, Severity
from flows.annual.format import (
    AFTER,
    CARRIED_IN,
    CARRIED_OUT,
    DIRECT,
    DONE,
    MADE,
    NEW,
    NORMS,
    REVIEW,
    TOTAL,
    VALID,
    key2,
    key3,
    key4,
)
from flows.annual.model import AnnualTables, plain
from flows.annual.sums import total
from flows.ledger.values import chinese_number

# Possessive (*+): what fills a phrase can be cut into words in many ways, and a hostile text must not try them all.
_NUMBER: Final = r"(?P<n>\d{1,12}|[〇零一二两三四五六七八九十百]{1,4})\s*(?:余)?(?:件|宗|起|份|例|条|个)"
_WORDS: Final = (
    r"(?:的|共计|总计|合计|共有|共|总数|总量|有|为|是|达|了|各类|办理|政府信息公开|政府信息|信息公开|依申请公开|公开"
    r"|申请|数量|件数|案件|数|[:,、]|\(含.{1,12}?\))*+"
)
_BETWEEN: Final = (
    r"(?:了|到|的|各类|有效|书面|社会公众|群众|公民|法人|和|或者|或|及|其他组织|[、,]|提出|提交|共计|共|政府信息公开"
    r"|政府信息|信息公开|依申请公开|公开)*+"
)
_PAST: Final = re.compile(
    r"(?:上年度?|去年|上一年度?|往年|历年|前年)(?!度?结转)|同比|环比|(?:审理|受理|办理|办结|审结)$"
)
_SHARE: Final = re.compile(r"其中")
_CLAUSE_ENDS: Final = "。;!?\n"
_CASE_WORDS: Final = r"(?:案件|申请|答复|应诉|案|数量|数|件数|共计|总计|合计|共有|共|有|为|是|达|了|的|[:,])*+"
_NOTHING: Final = r"(?:未|没有|无|未曾|从未)"
_HAPPENED: Final = r"(?:发生|收到|出现|涉及|因.{0,16}?)?(?:被申请|被提起|引发|引起|提起)?过?的?(?:政府信息公开)?"
_NOT_LOST: Final = r"(?!.{0,6}(?:纠正|维持|败诉|机构|决定|撤销))"


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase and what its number may be: (words, keys whose sum it is), any of which is right."""

    pattern: re.Pattern[str]
    meanings: tuple[tuple[str, tuple[str, ...]], ...]
    severity: Severity = Severity.ERROR
    zero: bool = False
    """The phrase itself says 0."""
    not_after: re.Pattern[str] | None = None
    """What must not stand right before it: there it is the end of another phrase."""


def _phrase(
    pattern: str,
    *meanings: tuple[str, tuple[str, ...]],
    weak: bool = False,
    zero: bool = False,
    not_after: str = "",
) -> _Phrase:
    severity = Severity.WARNING if weak else Severity.ERROR
    before = re.compile(not_after) if not_after else None
    return _Phrase(re.compile(pattern), meanings, severity, zero, before)


_NEW = ("本年新收", (key3(NEW, TOTAL),))
_IN = ("上年结转", (key3(CARRIED_IN, TOTAL),))
_OUT = ("结转下年度继续办理", (key3(CARRIED_OUT, TOTAL),))
_ALL = ("办理结果总计加结转下年度", (key3(DONE, TOTAL), key3(CARRIED_OUT, TOTAL)))
_DONE = ("办理结果总计", (key3(DONE, TOTAL),))
_REVIEWS = ("行政复议总计", (key4(REVIEW, TOTAL),))
_SUITS = ("行政诉讼总计（两组之和）", (key4(DIRECT, TOTAL), key4(AFTER, TOTAL)))
_CASES = ("行政复议与行政诉讼之和", (*_REVIEWS[1], *_SUITS[1]))
_YEAR: Final = r"(?:20\d\d年度?)"
_AND: Final = r"(?:[、,和及与或]|以及)+(?:被?提起)?"
_BOTH: Final = rf"行政复议(?:案件)?{_AND}(?:行政)?诉讼"
_REQUEST: Final = r"(?:政府信息公开|政府信息|信息公开|依申请公开|公开)*+申请"

_PHRASES: Final = (
    _phrase(rf"新收(?:到)?{_WORDS}{_NUMBER}", _NEW),
    _phrase(
        rf"(?:(?:上年度?|上一年度?|去年|{_YEAR})结转|结转(?:自|的)?(?:上年度?|上一年度?|去年)){_WORDS}{_NUMBER}", _IN
    ),
    _phrase(rf"结转(?:至|到)?(?:下年度?|下一年度?|次年|明年|{_YEAR})(?:继续)?{_WORDS}{_NUMBER}", _OUT),
    _phrase(rf"(?<!新)收到{_BETWEEN}申请(?:表|书)?{_WORDS}{_NUMBER}", _NEW, _ALL),
    _phrase(rf"(?<!新)收到{_BETWEEN}{_NUMBER}{_REQUEST}", _NEW, _ALL),
    _phrase(rf"(?:办结|答复){_BETWEEN}申请{_WORDS}{_NUMBER}", _DONE, _ALL, weak=True),
    _phrase(rf"{_BOTH}{_CASE_WORDS}(?:均|各){_CASE_WORDS}{_NUMBER}", _REVIEWS),
    _phrase(rf"{_BOTH}{_CASE_WORDS}(?:均|各){_CASE_WORDS}{_NUMBER}", _SUITS),
    _phrase(rf"{_BOTH}{_CASE_WORDS}{_NUMBER}", _CASES),
    _phrase(rf"行政复议{_CASE_WORDS}{_NUMBER}", _REVIEWS),
    _phrase(rf"行政诉讼{_CASE_WORDS}{_NUMBER}", _SUITS, not_after=rf"行政复议(?:案件)?{_AND}$"),
    _phrase(
        rf"(?:制发|印发|出台){_WORDS}(?:行政)?规范性文件{_WORDS}{_NUMBER}",
        ("行政规范性文件本年制发", (key2(1, NORMS, MADE),)),
        weak=True,
    ),
    _phrase(
        rf"现行有效的?(?:行政)?规范性文件{_WORDS}{_NUMBER}",
        ("行政规范性文件现行有效", (key2(1, NORMS, VALID),)),
        weak=True,
    ),
    _phrase(rf"{_NOTHING}收到(?:任何|过)?{_BETWEEN}申请", _NEW, _ALL, zero=True),
    _phrase(rf"{_NOTHING}{_HAPPENED}行政复议{_NOT_LOST}", _REVIEWS, zero=True),
    _phrase(
        rf"{_NOTHING}{_HAPPENED}(?:行政复议(?:案件)?[、,和及与或]+{_HAPPENED})?行政诉讼{_NOT_LOST}", _SUITS, zero=True
    ),
)


def check_text(text: str, tables: AnnualTables, year: int | None = None, part: str = "") -> tuple[Breach, ...]:
    """Breaches of R3.6 in one text; ``part`` is its key and comes first in ``cells``.

    Numbers of other years, of shares (其中 …) and of changes (同比 …) are passed over, as are numbers whose table cells
    are still blank.
    """
    plain_text = _plain(text)
    found = dict.fromkeys(_breaches(plain_text, tables, year, part))
    return tuple(found)


def _plain(text: str) -> str:
    """Half width, without blanks and thousands separators."""
    text = "".join(unicodedata.normalize("NFKC", text).split(" "))
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text).replace("\t", "")


def _breaches(text: str, tables: AnnualTables, year: int | None, part: str) -> Iterator[Breach]:
    for phrase in _PHRASES:
        for match in phrase.pattern.finditer(text):
            said = 0 if phrase.zero else _value(match["n"])
            if said is None or _other_matter(text, match, year):
                continue
            if phrase.not_after and phrase.not_after.search(text, 0, match.start()):
                continue
            sums = [(words, keys, total(tables, keys)) for words, keys in phrase.meanings]
            if any(blank or number == said for _, _, (number, blank) in sums):
                continue
            yield _told(match, said, [(words, keys, number) for words, keys, (number, _) in sums], phrase, part)


def _told(
    match: re.Match[str],
    said: int,
    sums: list[tuple[str, tuple[str, ...], Decimal]],
    phrase: _Phrase,
    part: str,
) -> Breach:
    keys = tuple(key for _, keys, _ in sums for key in keys)
    should = "，或".join(f"{words} {plain(number)}" for words, _, number in sums)
    return Breach(
        "R3.6",
        tuple(f"R3.6.{words}" for words, _, _ in sums[:1]),
        (part, *keys) if part else keys,
        "文字里的数应与表格一致",
        f"文字写“{match[0]}”（即 {said}），表里是{should}",
        "请改文字或改表格，使两处一致",
        phrase.severity,
        expected=plain(sums[0][2]),
    )


def _value(text: str) -> int | None:
    return int(text) if text.isdigit() and text.isascii() else chinese_number(text)


def _other_matter(text: str, match: re.Match[str], year: int | None) -> bool:
    """Whether the clause before the phrase speaks of another year or of a share."""
    start = max(text.rfind(end, 0, match.start()) for end in _CLAUSE_ENDS) + 1
    before = text[max(start, match.start() - 24) : match.start()]
    # “共收到 15 件，其中新收 12 件”: 新收 and 结转 are shares that have a cell of their own.
    if _PAST.search(before) or (_SHARE.search(before) and not re.search("新收|结转", match[0])):
        return True
    years = re.findall(r"(20\d\d)年", before)
    return bool(year and years and int(years[-1]) != year)
