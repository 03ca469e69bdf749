"""年度报告.docx and its six sections: everything the template may print, from one year's material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.annual import format as official
from flows.annual.breaches import Breach, Severity
from flows.annual.narrative import check_text
from flows.annual.rules import BLANK_RULE, check_tables
from flows.documents.annual_frame import missing_notes, opening, others, title
from flows.documents.annual_material import Line, Material, Part
from flows.documents.annual_overall import hints, overall
from flows.documents.annual_problems import problems
from flows.documents.annual_words import NUMERALS, nested
from flows.documents.bulletin import SIGNATURE_WIDTH
from flows.documents.chinese import listed
from flows.documents.render import render
from flows.documents.titles import balanced
from flows.periods import spoken

_TEXTS = ("一", "五", "六")
"""Sections in words; the other three are a table each."""


@dataclass(frozen=True)
class Yearbook:
    """The report of one year, written once: document, sections, checks and traces all speak of the same sentences."""

    material: Material

    @cached_property
    def sections(self) -> Mapping[str, tuple[Part, ...]]:
        """一, 五 and 六 as parts."""
        return {
            "一": overall(self.material),
            "五": problems(self.material),
            "六": (others(self.material),),
        }

    @property
    def lines(self) -> tuple[tuple[str, str, Line], ...]:
        """(section, sub-heading, paragraph) of everything in words."""
        return tuple(
            (official.SECTIONS[NUMERALS.index(numeral)], part.title, line)
            for numeral, parts in self.sections.items()
            for part in parts
            for line in part.lines
        )

    @property
    def gaps(self) -> tuple[tuple[str, str], ...]:
        """(section and sub-heading, what a person has to write), as the document marks it."""
        return tuple(
            (f"{official.SECTIONS[NUMERALS.index(numeral)]}{part.title}", gap.strip("【】").removeprefix("请补写："))
            for numeral, parts in self.sections.items()
            for part in parts
            for gap in part.gaps
        )

    @property
    def own_text(self) -> str:
        """The sentences that speak of all units together. Units' own were checked against their own tables."""
        return "\n".join(line.text for _, _, line in self.lines if not line.statements)

    @cached_property
    def breaches(self) -> tuple[Breach, ...]:
        """What does not fit: the sums among each other, and our sentences against them (R3.6)."""
        tables = self.material.tables
        found = (*check_tables(tables), *check_text(self.own_text, tables, self.material.year))
        return tuple(
            breach for breach in found if breach.rule != BLANK_RULE and breach.severity is not Severity.WARNING
        )

    @property
    def hints(self) -> tuple[str, ...]:
        """What a person may want to look at, without stopping anything: content the law names, and length."""
        settings = self.material.settings
        found = list(hints(self.material))
        if not self.material.past:
            found.append("没有上年的年报数据，第五节没有写上年问题的改进情况，请核对是否需要补写")
        for numeral in _TEXTS:
            size = sum(len(line.text) for part in self.sections[numeral] for line in part.lines)
            name = official.SECTIONS[NUMERALS.index(numeral)]
            if settings.least_words and size < settings.least_words:
                found.append(f"“{name}”只有 {size} 字，少于设置的 {settings.least_words} 字")
            if settings.most_words and size > settings.most_words:
                found.append(f"“{name}”有 {size} 字，多于设置的 {settings.most_words} 字")
        return tuple(found)


def yearbook_context(book: Yearbook, signed_on: date, parts: str = NUMERALS) -> dict[str, Any]:
    """The words of the template and what they stand for; ``parts``: which of the six sections are printed.

    全文 部分{一 … 六} 标题 引言[] 待补[] · 总体情况/问题/其他 {段落[] 待补[] 小节[标题 段落[] 待补[]]} · 表注[] ·
    表二.规章.制发 … 表三.r05.自然人 … 表四.复议.维持: the 200 numbers as they are printed · 署名 成文日期 ·
    年度 编制主体 单位数 缺报单位, for offices that add sentences of their own.
    """
    material = book.material
    whole = parts == NUMERALS
    notes = list(missing_notes(material))
    figures = {key: material.tables[key].shown for key in official.KEYS}
    return {
        "全文": whole,
        "部分": {numeral: numeral in parts for numeral in NUMERALS},
        "标题": title(material),
        "引言": list(opening(material)),
        "待补": notes,
        "总体情况": _told(book.sections["一"]),
        "问题": _told(book.sections["五"]),
        "其他": _told(book.sections["六"]),
        "表注": [] if whole else notes,
        **nested(figures),
        "署名": "\n".join(balanced(material.office.name, SIGNATURE_WIDTH)),
        "成文日期": spoken(signed_on),
        "年度": f"{material.year}年",
        "编制主体": material.government,
        "单位数": len(material.filings),
        "缺报单位": listed(unit for unit, _ in material.missing),
    }


def _told(parts: tuple[Part, ...]) -> dict[str, Any]:
    """Parts without a heading stand before those with one."""
    plain = [part for part in parts if not part.title]
    return {
        "段落": [line.text for part in plain for line in part.lines],
        "待补": [gap for part in plain for gap in part.gaps],
        "小节": [
            {"标题": part.title, "段落": [line.text for line in part.lines], "待补": list(part.gaps)}
            for part in parts
            if part.title
        ],
    }


def write_yearbook(book: Yearbook, template: Path, out: Path, sections: Path, *, signed_on: date) -> tuple[Path, ...]:
    """年度报告.docx as ``out`` and each section as a document of its own below ``sections``; gives the latter.

    UserError when the template is missing or broken; see `render`.
    """
    render(template, yearbook_context(book, signed_on), out, stamp=signed_on)
    made = []
    for numeral, name in zip(NUMERALS, official.SECTIONS, strict=True):
        made.append(sections / f"{name}.docx")
        render(template, yearbook_context(book, signed_on, numeral), made[-1], stamp=signed_on)
    return tuple(made)
