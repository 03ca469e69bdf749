"""How a bulletin says things, read back: days, names, numbers of items, shares, enumerations."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from flows.config import Config
from tests.documents.truth import Fact, Truth, letters_of

DAY = r"(?:\d{4}年)?\d{1,2}月\d{1,2}日"
NOS = r"第[\d.]+项(?:、[\d.]+项)*"


class Words:
    """What the checks of all chapters need. Each gives faults as sentences, '' for none."""

    def __init__(self, truth: Truth, config: Config) -> None:
        self.truth = truth
        self.config = config
        self.found: list[str] = []
        names = sorted(truth.units, key=len, reverse=True)
        self.unit = f"(?:{'|'.join(map(re.escape, names))})"
        self.units = f"{self.unit}(?:、{self.unit})*"

    def filled(self, pattern: str) -> str:
        for word, meaning in (("UNITS", self.units), ("UNIT", self.unit), ("DAY", DAY), ("NOS", NOS)):
            pattern = pattern.replace(word, meaning)
        return pattern

    def same(self, what: str, printed: object, counted: object) -> str:
        return "" if printed == counted else f"{what}写的是{printed}，应为{counted}"

    def day(self, text: str, wanted: Any) -> str:
        short = f"{wanted.month}月{wanted.day}日"
        return self.same("日期", text, text if text in (short, spoken(wanted)) else spoken(wanted))

    def who(self, text: str, wanted: list[str]) -> str:
        return self.same("单位", sorted(self.names(text)), sorted(wanted))

    def names(self, text: str) -> list[str]:
        return re.findall(self.unit, text)

    def nos(self, text: str) -> list[str]:
        return re.findall(r"[\d.]+(?=项)", text)

    def shares(self, text: str, measure: str) -> dict[str, int]:
        """已完成3项，占27%；…: counts by word; shares fit their counts and add up to 100, or there is none at all."""
        found = re.findall(rf"([^；，]+?)(\d+){measure}(?:，占([\d.]+)%)?(?=；|，|。|$)", text)
        total = sum(int(count) for _, count, _ in found)
        given = [printed for _, _, printed in found if printed]
        if given and (len(given) < len(found) or total < 10):
            self.found.append(f"占比：{text}")
        for word, count, printed in found if given else ():
            if "." in printed and len(printed.partition(".")[2]) > 1:
                self.found.append(f"占比多于一位小数：{text}")
            if abs(Fraction(printed or 0) - Fraction(100 * int(count), total)) > Fraction(3, 20):
                self.found.append(f"占比：{word}{count}占{printed}%")
            if (int(count) == 0) != (printed == "0") or (int(count) == total) != (printed == "100"):
                self.found.append(f"占比：{word}{count}占{printed}%")
        if len({(count, printed) for _, count, printed in found}) > len({count for _, count, _ in found}):
            self.found.append(f"相同的数占比不同：{text}")
        if given and sum(map(Fraction, given)) != 100:
            self.found.append(f"占比合计不是100%：{text}")
        return {word: int(count) for word, count, _ in found}

    def rate(self, text: str, count: int, total: int) -> str:
        """46.7%, 50%: one decimal at most."""
        tenths = int(Fraction(1000 * count, total) + Fraction(1, 2)) if total else 0
        wanted = f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
        return self.same("比例", text, wanted)

    def carriers(self) -> list[str]:
        return [name for name, unit in self.truth.units.items() if unit.facts]

    def faultless(self) -> list[str]:
        return [name for name, u in self.truth.units.items() if u.answer == "按时" and not u.overdue]

    def finished_all(self, name: str) -> bool:
        unit = self.truth.units[name]
        return unit.rate == 1 and not any(fact.excused for fact in unit.facts)

    def leads(self, name: str) -> bool:
        """Among the first three of its series, not the last behind others, and with something finished."""
        unit, units = self.truth.units[name], self.truth.units.values()
        series = [u.rank for u in units if u.rank is not None and u.unit.is_district is unit.unit.is_district]
        behind_all = unit.rank == max(series, default=0) > 1
        return bool(unit.count("已完成") and unit.rank and unit.rank <= 3 and not behind_all)

    def some_units(self, told: str, many: str, wanted: list[str]) -> list[str]:
        """甲、乙, or the first of them and 等12个单位."""
        if not many:
            return [self.who(told, wanted)]
        return [
            self.same("单位数", int(many), len(wanted)),
            self.same("单位", sorted(set(self.names(told)) - set(wanted)), []),
        ]

    def quotes(self, quoted: str, text: str) -> bool:
        """Whether a quotation, perhaps cut short, is of this text; nothing quoted is of no text."""
        if not quoted:
            return not letters_of(text)
        return bool(letters_of(text)) and letters_of(text).startswith(letters_of(quoted))

    def by_unit(self, text: str, facts: list[Fact], count: int) -> list[str]:
        """甲局（第1.2项、3项）、乙局（第2项）: all pairs exist, none twice, as many as are said."""
        told = [(name, no) for name, nos in re.findall(self.filled(r"(UNIT)（(NOS)）"), text) for no in self.nos(nos)]
        wanted = {(fact.unit, fact.item.no) for fact in facts}
        rest = re.sub(self.filled(r"(UNIT)（(NOS)）"), "", text).strip("、")
        return [
            self.same("项次", (len(told), len(set(told))), (count, count)),
            self.same("单位与任务", sorted(set(told) - wanted), []),
            self.same("写法", rest, ""),
        ]

    def next_day(self, text: str) -> str:
        return self.day(text, self.truth.month.period.next.day(self.config.round.reply_day))

    def everyone(self, who: str) -> str:
        return "" if who == "各单位" else self.who(who, self.asked_one())

    def asked_one(self) -> list[str]:
        return self.carriers()[:1] if self.truth.asked == 1 else []


def spoken(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
