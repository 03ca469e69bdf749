"""Automatic numbers of Word paragraphs: “一、” and “3.” stand in no text, only in numbering.xml and the styles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HAN = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CHINESE = {
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "koreanCounting"),
    *("taiwaneseCountingThousand", "japaneseDigitalTenThousand", "ideographDigital", "taiwaneseDigital"),
}


@dataclass(frozen=True, slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    legal: bool = False
    restarts: bool = True


@dataclass(slots=True)
class Numbers:
    """The number of each paragraph in turn: label() must be called once a paragraph, in reading order."""

    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    """Abstract list → level → how it counts."""
    lists: dict[str, tuple[str, dict[int, int]]] = field(default_factory=dict)
    """List → its abstract list and the levels that it starts anew."""
    styles: dict[str, tuple[str | None, str | None, int | None]] = field(default_factory=dict)
    """Paragraph style → the style it is based on, its list, its level."""
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, numbering: Any, styles: Any) -> Numbers:
        """From the roots of numbering.xml and styles.xml, either may be None."""
        found = cls()
        if styles is not None:
            for style in styles.iter(f"{W}style"):
                based = style.find(f"{W}basedOn")
                list_, level = _list_of(style.find(f"{W}pPr/{W}numPr"))
                found.styles[_value(style, "styleId") or ""] = (_value(based), list_, level)
        if numbering is not None:
            for abstract in numbering.findall(f"{W}abstractNum"):
                name = _value(abstract, "abstractNumId") or ""
                found.levels[name] = {
                    _whole(_value(lvl, "ilvl"), 0): _level(lvl) for lvl in abstract.findall(f"{W}lvl")
                }
                found._link_styles(abstract)
            for one in numbering.findall(f"{W}num"):
                found._add_list(one, numbering)
        return found

    def _link_styles(self, abstract: Any) -> None:
        """A level may name the style that it numbers: the style then needs no level of its own."""
        for lvl in abstract.findall(f"{W}lvl"):
            style = _value(lvl.find(f"{W}pStyle"))
            if style in self.styles and self.styles[style][1] and self.styles[style][2] is None:
                based, list_, _ = self.styles[style]
                self.styles[style] = (based, list_, _whole(_value(lvl, "ilvl"), 0))

    def _add_list(self, one: Any, numbering: Any) -> None:
        name = _value(one, "numId") or ""
        abstract = _value(one.find(f"{W}abstractNumId")) or ""
        linked = numbering.find(f"{W}abstractNum[@{W}abstractNumId='{abstract}']/{W}numStyleLink")
        if linked is not None and not self.levels.get(abstract):
            other = numbering.find(f".//{W}styleLink[@{W}val='{_value(linked)}']")
            if other is not None:
                abstract = _value(other.getparent(), "abstractNumId") or abstract
        starts: dict[int, int] = {}
        for override in one.findall(f"{W}lvlOverride"):
            level = _whole(_value(override, "ilvl"), 0)
            start = _value(override.find(f"{W}startOverride"))
            if start is not None:
                starts[level] = _whole(start, 1)
            own = override.find(f"{W}lvl")
            if own is not None:
                # A list that overrides the look of a level counts for itself.
                alone = f"{abstract}/{name}"
                self.levels[alone] = {**self.levels.get(alone, self.levels.get(abstract, {})), level: _level(own)}
        if f"{abstract}/{name}" in self.levels:
            abstract = f"{abstract}/{name}"
        self.lists[name] = (abstract, starts)

    def label(self, paragraph: Any) -> str:
        """The number that Word prints before this paragraph; '' for none and for bullets."""
        list_, level = self._place(paragraph)
        if list_ is None or list_ not in self.lists:
            return ""
        abstract, starts = self.lists[list_]
        levels = self.levels.get(abstract, {})
        known = levels.get(level)
        if known is None:
            return ""
        counts = self.counts.setdefault(abstract, {})
        if list_ not in self.begun:
            self.begun.add(list_)
            for at, start in starts.items():
                counts[at] = start - 1
        counts[level] = counts.get(level, known.start - 1) + 1
        for deeper in [at for at in counts if at > level and levels.get(at, known).restarts]:
            del counts[deeper]
        if known.style in ("bullet", "none") and "%" not in known.text:
            return "" if known.style == "bullet" else known.text

        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            one = levels.get(at, known)
            value = counts.get(at, one.start)
            return numeral(value, "decimal" if known.legal and at < level else one.style)

        return re.sub(r"%([1-9])", number, known.text).strip()

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        """The list and level of a paragraph: its own, else those of its style or of the styles that one is based on."""
        own, level = _list_of(paragraph.find(f"{W}pPr/{W}numPr"))
        style = _value(paragraph.find(f"{W}pPr/{W}pStyle"))
        for _ in range(10):
            if style is None or style not in self.styles or (own is not None and level is not None):
                break
            based, list_, at = self.styles[style]
            own, level, style = own or list_, at if level is None else level, based
        return (None if own == "0" else own), level or 0


def numeral(value: int, style: str) -> str:
    """A number in one of Word's numbering styles; styles that are not known here print digits."""
    if style in _CHINESE:
        return _chinese(value, _HAN)
    if style in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return _chinese(value, _LEGAL, "拾")
    if style == "ideographTraditional" and 0 < value <= len(_STEMS):
        return _STEMS[value - 1]
    if style == "ideographZodiac" and 0 < value <= len(_BRANCHES):
        return _BRANCHES[value - 1]
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 0 < value <= 20:
        return chr(0x245F + value)
    if style == "decimalEnclosedParen" and 0 < value <= 20:
        return f"（{value}）"
    if style == "decimalEnclosedFullstop" and 0 < value <= 20:
        return f"{value}."
    if style in ("upperLetter", "lowerLetter") and value > 0:
        letter = chr(ord("A") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if style == "upperLetter" else letter.lower()
    if style in ("upperRoman", "lowerRoman") and 0 < value < 4000:
        roman = _roman(value)
        return roman if style == "upperRoman" else roman.lower()
    if style == "none":
        return ""
    return f"{value:02d}" if style == "decimalZero" else str(value)


def _chinese(value: int, digits: str, ten: str = "十") -> str:
    if not 0 < value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ten if tens == 1 else digits[tens] + ten
    return head + (digits[ones] if ones else "")


def _roman(value: int) -> str:
    parts = (
        *((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC")),
        *((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")),
    )
    text = ""
    for size, sign in parts:
        count, value = divmod(value, size)
        text += sign * count
    return text


def _level(lvl: Any) -> _Level:
    return _Level(
        start=_whole(_value(lvl.find(f"{W}start")), 1),
        style=_value(lvl.find(f"{W}numFmt")) or "decimal",
        text=_value(lvl.find(f"{W}lvlText")) or "",
        legal=lvl.find(f"{W}isLgl") is not None,
        restarts=_value(lvl.find(f"{W}lvlRestart")) != "0",
    )


def _list_of(properties: Any) -> tuple[str | None, int | None]:
    if properties is None:
        return None, None
    level = _value(properties.find(f"{W}ilvl"))
    return _value(properties.find(f"{W}numId")), None if level is None else _whole(level, 0)


def _value(element: Any, name: str = "val") -> str | None:
    return None if element is None else element.get(f"{W}{name}")


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and re.fullmatch(r"-?[0-9]+", text) else default
