"""The attachments of a bulletin, cell by cell, and the figures inside its charts, held against what is true."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from lxml import etree

from tests.documents.made_months import DUE_SOON_DAYS
from tests.documents.truth import Fact, Truth, UnitFact, letters_of
from tests.documents.truth_measures import LIGHT_WORDS, exemption, item_pace, light

_STATE = {"已完成": "已完成", "正在推进": "推进中", "尚未启动": "未启动", "逾期未完成": "逾期"}
_WITHOUT = {"按时": "未填报", "逾期": "未填报", "待更正": "待更正", "核对中": "核对中"}
"""What stands for 完成状态 where nothing was ever reported, by the unit's answer; else the answer itself."""
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def percent(count: int, total: int) -> str:
    """One decimal, rounded half up."""
    tenths = int(Fraction(1000 * count, total) + Fraction(1, 2))
    return f"{tenths // 10}.{tenths % 10}%"


class Attachments:
    """Tables by the title above them."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth

    def check(self, parts: list[Any]) -> Iterator[str]:
        title, below = "", {}
        for part in parts:
            if part.style == "附件标题":
                title = part.text
            elif part.style == "表格" and title:
                below.setdefault(title, []).append(part.rows[1:])
            elif part.style in ("表注", "表前注", "图表标题"):
                yield from self._note(part.text)
            if part.style == "附件标题" and title not in _KNOWN:
                yield f"没有根据的附件：{title}"
        last = [rows for tables in below.values() for rows in tables][-1:]
        if last and len(last[0][0]) == 1:  # 版记 stands behind the last attachment
            for tables in below.values():
                if tables and tables[-1] is last[0]:
                    tables.pop()
        ranking = [row for rows in below.get("各单位任务完成情况统计表", []) for row in rows]
        yield from self._ranking(ranking)
        yield from self._overdue([row for rows in below.get("逾期任务清单", []) for row in rows])
        yield from self._progress([row for rows in below.get("全部任务进展情况", []) for row in rows])

    def _note(self, text: str) -> Iterator[str]:
        day = self.truth.month.as_of
        printed = re.findall(r"\d{4}年\d{1,2}月\d{1,2}日", text)
        if any(found != f"{day.year}年{day.month}月{day.day}日" for found in printed):
            yield f"日期：{text}"
        if text.startswith("灯"):
            yield from self._legend(text)
        if text.startswith("注：") and "各类单位分别排位" in text:
            yield from self._exempt(text)

    def _legend(self, text: str) -> Iterator[str]:
        """Every threshold that the meanings of the lights name is the office's own."""
        lights = self.truth.month.lights
        grace = lights.grace_days
        wanted = {"离时限": DUE_SOON_DAYS, "比时间进度慢": lights.behind_points, "在": grace, "超过": grace}
        told = re.findall(r"(离时限|比时间进度慢|在|超过)(\d+)(?:天|个百分点)", text)
        if len(told) != len(re.findall(r"\d+", text)) or any(int(number) != wanted[word] for word, number in told):
            yield f"图例：{text}"
        colours = re.findall(r"“([^”]+)”", text)
        known = {*LIGHT_WORDS[lights.scheme].values(), "红", *(("豁免",) if lights.exempt else ())}
        if set(colours) != known or len(colours) != len(known):
            yield f"图例：{colours}，应为{known}"

    def _exempt(self, text: str) -> Iterator[str]:
        """Who is counted out below the ranking: whole units with their reason, then other units' tasks one by one."""
        month = self.truth.month
        units = [unit for unit in self.truth.units.values() if unit.unranked]
        found = re.search(r"经批准豁免、不参加排位的单位：(.*?)，其未完成的任务列入“不涉及”。", text)
        told = re.findall(r"([^、（]+)（([^）]+)）", found[1]) if found else []
        if told != [(unit.unit.name, exemption(month, unit.unit, "")) for unit in units]:
            yield f"豁免的单位：{told}"
        out = {unit.unit.name for unit in units}
        facts = [fact for fact in self.truth.facts if fact.excused and fact.unit not in out]
        found = re.search(r"经批准豁免、不计逾期的任务(\d+)项次，列入“不涉及”，不参加排位：(.*)。", text)
        if bool(found) != bool(facts):
            yield f"豁免的任务：{text}"
        if not found or not facts:
            return
        pairs = []
        for part in found[2].split("；"):
            places, _, reason = part.removesuffix("）").rpartition("（")
            for unit, numbers in re.findall(r"([^，第]+)第([\d.、]+)项", places):
                pairs += [(unit, no, reason) for no in numbers.split("、")]
        wanted = [(fact.unit, fact.item.no, fact.excused) for fact in facts]
        if int(found[1]) != len(facts) or sorted(pairs) != sorted(wanted):
            yield f"豁免的任务：{found[0]}，应为{wanted}"

    def _ranking(self, rows: list[tuple[str, ...]]) -> Iterator[str]:
        units = self.truth.units
        series = [
            [u for u in units.values() if u.facts and u.unit.is_district is district] for district in (True, False)
        ]
        ordered = [u for each in series for u in sorted(each, key=lambda u: (u.rank is None, u.rank or 0))]
        if [row[1] for row in rows] != [unit.unit.name for unit in ordered]:
            yield f"统计表的单位或次序：{[row[1] for row in rows]}"
            return
        for row, unit in zip(rows, ordered, strict=True):
            wanted = self._row(unit)
            if row != wanted:
                yield f"统计表：{row}，应为{wanted}"

    def _row(self, unit: UnitFact) -> tuple[str, ...]:
        counts = (
            len(unit.facts),
            unit.count("已完成"),
            unit.count("推进中", "需协调"),
            unit.count("未启动", None),
            unit.overdue,
            unit.counted_out,
        )
        rate = percent(unit.count("已完成"), unit.base) if unit.base else "—"
        moved = "—"
        if self.truth.previous is not None and unit.rank is not None:
            step = None if unit.before is None else unit.before - unit.rank
            moved = "新" if step is None else f"↑{step}" if step > 0 else f"↓{-step}" if step < 0 else "平"
        return (str(unit.rank or "—"), unit.unit.name, *map(str, counts), rate, unit.answer, moved)

    def _overdue(self, rows: list[tuple[str, ...]]) -> Iterator[str]:
        left = [fact for fact in self.truth.facts if fact.late]
        number, no = 0, ""
        before = None
        for row in rows:
            if len(row) == 1:
                found = re.fullmatch(r"第([\d.]+)项　(.*)（(?:完成时限(\d+年\d+月\d+日)，)?已逾期(\d+)天）", row[0])
                facts = [fact for fact in left if found and fact.item.no == found[1]]
                if not found or not facts:
                    yield f"逾期清单：{row[0]}"
                    continue
                no, days = found[1], max(fact.late for fact in facts)
                due = min(fact.due for fact in facts if fact.due)
                printed = (letters_of(found[2]), found[3], int(found[4]))
                wanted = (letters_of(facts[0].item.requirement), f"{due.year}年{due.month}月{due.day}日", days)
                if printed != wanted or (before is not None and days > before):
                    yield f"逾期清单：{row[0]}，应为{wanted}"
                before = days
                continue
            number += 1
            fact = next((fact for fact in left if (fact.item.no, fact.unit) == (no, row[1])), None)
            if fact is None:
                yield f"逾期清单：{row} 没有逾期"
                continue
            left.remove(fact)
            yield from self._overdue_row(row, fact, number)
        for fact in left:
            yield f"逾期清单漏了{fact.unit}第{fact.item.no}项"

    def _overdue_row(self, row: tuple[str, ...], fact: Fact, number: int) -> Iterator[str]:
        word = fact.status or _WITHOUT.get(self._answer(fact), self._answer(fact))
        if row[:4] != (str(number), fact.unit, "牵头" if fact.lead else "责任", word):
            yield f"逾期清单：{row[:4]}，应为{number} {fact.unit} {word}"
        words = ((fact.progress, _since(fact) + _ruled(fact)), (fact.problem, ""), (fact.next_step, ""))
        for text, (said, behind) in zip(row[4:], words, strict=True):
            if not quotes(text, said, behind):
                yield f"逾期清单的文字：{text}"

    def _answer(self, fact: Fact) -> str:
        return self.truth.units[fact.unit].answer

    def _progress(self, rows: list[tuple[str, ...]]) -> Iterator[str]:
        lines = [row for row in rows if len(row) > 1]
        if [row[0] for row in lines] != [item.no for item in self.truth.month.plan.items]:
            yield f"进展表的任务：{[row[0] for row in lines]}"
            return
        tasks = {letters_of(item.task or "") for item in self.truth.month.plan.items}
        yield from (f"进展表的任务名：{row[0]}" for row in rows if len(row) == 1 and letters_of(row[0]) not in tasks)
        for row, item in zip(lines, self.truth.month.plan.items, strict=True):
            facts = self.truth.of(item.no)
            concerned = [fact for fact in facts if fact.status != "不涉及"]
            done = sum(fact.status == "已完成" for fact in concerned)
            fraction = f"{done}/{len(concerned)}" if concerned else "—"
            state = _STATE[self.truth.states[item.no]]
            if self.truth.month.lights.schedule and (word := item_pace(facts, self.truth.month)) != state:
                state = f"{state}\n{word}"
            wanted = (letters_of(item.requirement), fraction, state)
            if (letters_of(row[1]), row[2], row[3], row[4]) != (*wanted, light(facts, self.truth.month)):
                yield f"进展表：{row[:5]}，应为{wanted} {light(facts, self.truth.month)}"
            yield from self._sayings(row[5], facts)

    def _sayings(self, text: str, facts: list[Fact]) -> Iterator[str]:
        """甲局、乙局：words; at most three lines of it, then how many units more have said something."""
        speakers = [fact for fact in facts if letters_of(fact.progress)]
        if text == "未填报进展":
            if speakers:
                yield f"进展表：{[fact.unit for fact in speakers]}已填报进展"
            return
        named = 0
        for line in text.split("\n"):
            more = re.fullmatch(r"另有(\d+)个单位已填报。", line)
            if more:
                named += int(more[1])
                continue
            whom, _, words = line.partition("：")
            same = [fact.unit for fact in speakers if quotes(words, fact.progress, _since(fact))]
            told = re.sub(r"等\d+个单位$", "", whom).split("、")
            many = re.search(r"等(\d+)个单位$", whom)
            count = int(many[1]) if many else len(told)
            if not set(told) <= set(same) or count != len(same) or len(set(told)) != len(told):
                yield f"进展表：{line}，说这话的是{same}"
            named += count
        if named != len(speakers):
            yield f"进展表：{named}个单位，应为{len(speakers)}：{text}"


_KNOWN = {"各单位任务完成情况统计表", "逾期任务清单", "全部任务进展情况", "任务完成情况图"}


def _since(fact: Fact) -> str:
    """What stands behind a unit's words when they are of an earlier month."""
    return f"（{fact.month}月填报）" if fact.month and fact.progress.strip() else ""


def _ruled(fact: Fact) -> str:
    """What stands behind the words of a unit whose status the office has changed."""
    if fact.said is None or fact.said == fact.status:
        return ""
    why = f"：{fact.opinion.rstrip('。')}" if fact.opinion else ""
    return f"（单位报{fact.said}，办公室核定为{fact.status}{why}）"


def quotes(printed: str, said: str, behind: str = "") -> bool:
    """Whether a cell holds a unit's words, whole or cut short with ……, and then exactly what has to stand behind."""
    if not letters_of(said):
        return printed == f"—{behind}"
    if not printed.endswith(behind) or (not behind and printed.endswith("月填报）")):
        return False
    words = printed.removesuffix(behind)
    if words.endswith("……"):
        return letters_of(said).startswith(letters_of(words))
    return letters_of(words) == letters_of(said)


def check_charts(docx: Path, parts: list[Any], truth: Truth) -> Iterator[str]:
    """The values that are drawn, the words that are read out instead, and the captions below."""
    with zipfile.ZipFile(docx) as package:
        document = package.read("word/document.xml").decode("utf-8")
        names = [n for n in package.namelist() if re.fullmatch(r"word/charts/chart\d+\.xml", n)]
        drawn = [etree.fromstring(package.read(n)) for n in sorted(names, key=lambda n: int(re.findall(r"\d+", n)[0]))]
    told = [html.unescape(text) for text in re.findall(r'<wp:docPr [^>]*?descr="([^"]*)"', document)]
    captions = [part.text for part in parts if part.style == "图表标题"]
    if not len(told) == len(drawn) == len(captions):
        yield f"图表{len(drawn)}个，说明{len(told)}个，标题{len(captions)}个"
    for place, (text, chart, caption) in enumerate(zip(told, drawn, captions, strict=False), 1):
        values = sorted(float(v.text or 0) for v in chart.iterfind(f".//{_C}val//{_C}v"))
        title, _, words = text.partition("：")
        kind, _, scope = title.partition("（")
        counted = {"任务完成情况": _states, "各单位任务完成率": _rates, "逐月任务完成率": _months}.get(kind, _unknown)
        wanted = counted(words, truth)
        if (f"{scope.rstrip('）')}：{words}", values) != wanted or caption != f"图{place}　{title}":
            yield f"图表：{caption} {text} {values}，应为{wanted}"


def _unknown(_words: str, _truth: Truth) -> tuple[str, list[float]]:
    return "看不懂的图表", []


def _states(_words: str, truth: Truth) -> tuple[str, list[float]]:
    counts = {state: n for state in _STATE if (n := truth.state_count(state))}
    told = "、".join(f"{state}{n}项" for state, n in counts.items())
    day = truth.month.as_of
    scope = f"截至{day.year}年{day.month}月{day.day}日"
    return f"{scope}：任务共{len(truth.states)}项：{told}。", sorted(map(float, counts.values()))


def _rates(words: str, truth: Truth) -> tuple[str, list[float]]:
    """Each unit that is named, with its own rate; all of a series, or ten from either end."""
    shown = [unit for name, unit in truth.units.items() if re.search(rf"(^|、){re.escape(name)}\d", words)]
    series = [u for u in truth.units.values() if shown and u.unit.is_district is shown[0].unit.is_district and u.facts]
    present = {unit.unit.kind for unit in series}
    kinds = "、".join(dict.fromkeys(u.unit.kind for u in truth.units.values() if u.unit.kind in present))
    ranked = sorted((unit for unit in series if unit.base), key=lambda unit: unit.rank or 0)
    ends = [*ranked[:10], *ranked[-10:]] if len(ranked) > 20 else ranked
    rates = [percent(unit.count("已完成"), unit.base) for unit in ends]
    text = "、".join(f"{unit.unit.name}{rate}" for unit, rate in zip(ends, rates, strict=True))
    cut = f"；{len(ranked)}个单位中排在最前和最后的各10个" if ends != ranked else ""
    return f"{kinds}{cut}：{text}。", _figures(rates)


def _months(_words: str, truth: Truth) -> tuple[str, list[float]]:
    """The bulletin before and this one."""
    before = truth.previous or {"done": 0, "items": 1}
    rates = [percent(before["done"], before["items"]), percent(truth.state_count("已完成"), len(truth.states))]
    now = truth.month.period
    text = f"{truth.previous_label}{rates[0]}、{now.label}{rates[1]}。"
    last = f"{now.month}月" if truth.previous_label.startswith(f"{now.year}年") else now.label
    return f"{truth.previous_label}至{last}：{text}", _figures(rates)


def _figures(rates: list[str]) -> list[float]:
    return sorted(float(rate.rstrip("%")) for rate in rates)
