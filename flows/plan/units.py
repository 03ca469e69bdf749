"""Unit cells: “甲局牵头，乙局、丙局按职责分工负责” into the units that lead and those that are responsible.

A cell is read into pieces that together are the cell: each is a unit, a connecting word or a separator, so nothing
can get lost. What an expression means among the units of a roster is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from flows.plan.textual import clean, cut, full_width, unclosed
from flows.plan.unit_parts import close_breaks, parts_of, separated
from flows.plan.unit_words import (
    AND,
    DOING,
    END,
    HEAD,
    IS_LIST_MARK,
    LEADING,
    LEADS,
    MARK,
    PERSON,
    SEPARATOR,
    STARS,
    TAIL,
    WEAK_DOING,
    WEAK_TAIL,
    WITH,
)

EXCEPTION = re.compile(
    r"^除(?P<out>.+?)(?:以外|之外|外)的?，?(?P<all>[^，]+)$"
    r"|^(?P<whole>.+?)[（，](?:除(?P<but>.+?)(?:以外|之外|外)|(?:不含|不包括)(?P<without>[^（）]+?)|(?P<save>[^（）]+?)除外)）?$"
)
"""“市直各单位（除市公安局外）”, “除市公安局外的市直各单位”, “市直各单位（不含市公安局）”."""
DOES = re.compile(f"{DOING}|{WEAK_DOING}|各司其职|各负其责|各尽其责|齐抓共管")


class PieceKind(StrEnum):
    """What a piece of a unit cell is."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    WORD = "word"
    """A connecting word that says who does what: 牵头, 负责, 等部门按职责分工落实 …"""
    SEPARATOR = "separator"
    MARK = "mark"
    """The number of an entry of a list (1. ①), a star, or the name of a person behind a unit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a unit cell; the texts of all pieces joined are the normalised cell."""

    kind: PieceKind
    text: str


@dataclass(frozen=True, slots=True)
class UnitCell:
    """A read unit cell. ``doubts`` are pairs: the expression or words meant, and a Chinese sentence for the clerk."""

    pieces: tuple[Piece, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()

    @property
    def lead(self) -> tuple[str, ...]:
        """The units that lead, in order, each once."""
        return self._units(PieceKind.LEAD)

    @property
    def responsible(self) -> tuple[str, ...]:
        """The units that are responsible or assist, in order, each once; one that leads is not repeated here."""
        leading = self.lead
        return tuple(unit for unit in self._units(PieceKind.RESPONSIBLE) if unit not in leading)

    def _units(self, kind: PieceKind) -> tuple[str, ...]:
        return tuple(dict.fromkeys(piece.text for piece in self.pieces if piece.kind is kind))


def split_units(text: str, *, leads: bool = False) -> UnitCell:
    """Read a unit cell. ``leads``: it stands in a 牵头单位 column, so units without a verb lead.

    Half-width brackets, commas and semicolons become Chinese ones, line breaks inside a name are closed. Separators
    count only outside of brackets: “各县（市、区）政府（管委会）” stays one expression. A verb (牵头, 负责) speaks for
    the units before it, back to the last semicolon, comma or verb; a head (“牵头单位：”) for those after it.
    """
    if re.fullmatch(r"[\s/\\_—–-]*无?[\s/\\_—–-]*", text):
        return UnitCell((Piece(PieceKind.SEPARATOR, text),) if text else ())
    reading = _Reading(PieceKind.LEAD if leads else PieceKind.RESPONSIBLE)
    for part in parts_of(close_breaks(full_width(clean(text)))):
        reading.take(part)
    doubts = dict.fromkeys([*reading.doubts, *_strange(reading.units)])
    return UnitCell(tuple(reading.pieces), tuple(doubts))


def split_names(text: str) -> tuple[str, ...]:
    """Names joined by 、 ， ； or line breaks outside of brackets, as the office writes them in the review workbook.

    The same parting as in a plan's cell, but no verb is looked for and 和 parts nothing.
    """
    return tuple(dict.fromkeys(part for part in separated(full_width(clean(text))) if not SEPARATOR.fullmatch(part)))


def join_names(names: Iterable[str]) -> str:
    """The inverse of split_names for names without separators of their own."""
    return "、".join(names)


@dataclass(slots=True)
class _Reading:
    """The state while a cell is read from left to right."""

    default: PieceKind
    pieces: list[Piece] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    head: PieceKind | None = None
    run: list[int] = field(default_factory=list)
    """Places of the units that a following verb speaks for."""
    before: list[int] = field(default_factory=list)
    """Places of units in front of the last comma that no verb has spoken for."""

    @property
    def units(self) -> list[str]:
        return [piece.text for piece in self.pieces if piece.kind in (PieceKind.LEAD, PieceKind.RESPONSIBLE)]

    def take(self, part: str) -> None:
        if SEPARATOR.fullmatch(part) or AND.fullmatch(part) or part in "（）":
            self._separator(part)
            return
        if IS_LIST_MARK.fullmatch(part):
            self.run, self.before = [], []
            self._add(PieceKind.MARK, part)
            return
        star = STARS.match(part)
        if star:
            self._add(PieceKind.MARK, star[0])
            self.doubts.append((part, f"“{star[0]}”可能是牵头单位的记号，请核对牵头单位"))
            part = part[star.end() :]
        found = HEAD.match(part)
        if found:
            self._add(PieceKind.WORD, found[0])
            self.head = PieceKind.LEAD if found["role"] in LEADS else PieceKind.RESPONSIBLE
            self.run, self.before = [], []
            part = part[found.end() :]
        found = WITH.search(part)
        if found and re.search(f"{END}$", part[: found.start()]):
            if part.startswith("由"):
                self._add(PieceKind.WORD, "由")
                part, found = part[1:], WITH.search(part[1:]) or found
            self._unit(part[: found.start()], PieceKind.LEAD)
            self._add(PieceKind.WORD, found[0])
            if self.run or self.before:
                self.doubts.append((part, "“会同”前不止一个单位，只把最近的作为牵头单位，请核对"))
            self.run, self.before = [], []
            part = part[found.end() :]
        if PERSON.fullmatch(part) and (self.pieces[-1].text.isspace() if self.pieces else "某" in part):
            self._person(part)
            return
        starred = re.search(rf"{STARS.pattern}\Z", part)
        if starred:
            self.doubts.append((part, f"“{starred[0]}”可能是牵头单位的记号，请核对牵头单位"))
            part = part[: starred.start()]
        words = _tail(part)
        unit = part[: len(part) - len(words)]
        if (
            unit.startswith(("由", "会同"))
            and len(unit) > 3
            and (words or unit.startswith("会同"))
            and "会同县" not in unit
        ):
            length = 1 if unit.startswith("由") else 2
            self._add(PieceKind.WORD, unit[:length])
            unit = unit[length:]
        person = re.search(rf"（{PERSON.pattern}(?:[、，]{PERSON.pattern})*）\Z", unit)
        named = person[0] if person and person.start() else ""
        unit = unit[: len(unit) - len(named)]
        mark = MARK.search(unit)
        if mark and mark.start():
            kind = PieceKind.LEAD if mark["role"] in LEADS else PieceKind.RESPONSIBLE
            self._unit(unit[: mark.start()], kind)
            self._add(PieceKind.WORD, mark[0])
        elif unit:
            self.run.append(len(self.pieces))
            self._unit(unit, self.head or self.default)
        if named:
            self._person(named)
        self._add(PieceKind.WORD, words)
        self._add(PieceKind.MARK, starred[0] if starred else "")
        self._verb(words)

    def _person(self, text: str) -> None:
        """The name of somebody behind a unit; kept as a mark, it is no unit."""
        self._add(PieceKind.MARK, text)
        name = text.strip("（）")
        if len(name) < 3 and "某" not in name:
            self.doubts.append((text, f"“{text}”按人名处理，请核对"))

    def _separator(self, part: str) -> None:
        if re.search(r"[；。]", part):
            self.run, self.before = [], []
        elif "，" in part:
            self.before, self.run = self.run or self.before, []
        self._add(PieceKind.SEPARATOR, part)

    def _verb(self, words: str) -> None:
        if re.search(LEADING, words):
            kind = PieceKind.LEAD
            if self.run and self.before:
                self.doubts.append((words, "“牵头”前有逗号，只把逗号后的单位作为牵头单位，请核对"))
        elif DOES.search(words):
            kind = PieceKind.RESPONSIBLE
        else:
            return
        for place in self.run or self.before:
            self.pieces[place] = Piece(kind, self.pieces[place].text)
        self.run, self.before = [], []

    def _unit(self, text: str, kind: PieceKind) -> None:
        name = text
        while name.endswith("）") and name.count("）") > name.count("（"):
            name = name[:-1]
        self._add(kind, name)
        self._add(PieceKind.SEPARATOR, text[len(name) :])

    def _add(self, kind: PieceKind, text: str) -> None:
        if kind in (PieceKind.LEAD, PieceKind.RESPONSIBLE):
            text = text.replace("\n", "")
        if text:
            self.pieces.append(Piece(kind, text))


def _tail(part: str) -> str:
    """The words behind a unit's name that say what it does, '' when there are none."""
    found = TAIL.search(part)
    if found is None:
        return ""
    words = found[0]
    if WEAK_TAIL.fullmatch(words) and not re.search(f"{END}$", part[: found.start()]):
        return ""
    return words


def _strange(units: list[str]) -> Iterator[tuple[str, str]]:
    """What a person has to decide about expressions that are more than a name."""
    for unit in units:
        if unclosed(unit):
            yield unit, f"“{cut(unit)}”的括号不完整，请对照原文补全"
        elif EXCEPTION.search(unit):
            # Who is left when somebody is excepted, the roster tells: flows.units.expansion.
            continue
        elif re.search(r"除.*外|不含|不包括", unit):
            yield unit, f"“{cut(unit)}”有例外，须确定究竟是哪些单位"
        elif re.search(r"涉及|的|符合", unit):
            yield unit, f"“{cut(unit)}”带有条件，须确定究竟是哪些单位"
        elif re.search(r"（[0-9、，—-]{1,9}）$", unit):
            yield unit, f"“{cut(unit)}”的数字可能指第几条要求，请核对各条的单位"
        elif re.search(_VERB_INSIDE, _BY_ROLE.sub("", unit)):
            yield unit, f"“{cut(unit)}”里可能不止一个单位，请核对"
        elif len(unit) > 30:
            yield unit, f"“{cut(unit)}”不像单位名称，请核对"


_BY_ROLE = re.compile(
    r"(?:各|有关|相关|其他|其它|其余)+(?:牵头|责任|负责|配合|主办|承办|协办|参与|成员)(?:责任)?(?:单位|部门|科室|处室|主体|地区)"
)
"""“各牵头单位”: units called by their part in the plan."""
_VERB_INSIDE = r"(?<!^)(?:牵头|负责|配合|协助|会同(?!县)|责任单位|分别|共同)."
_LISTED = re.compile(
    r"(?:^|[\n；。;]|(?<=[一-龥）]))\s*(?:([0-9]{1,2})(?:[.．、](?![0-9])|[）)])|[（(]([0-9]{1,2})[）)]|([①-⑳]))"
)


def numbered_cells(text: str) -> dict[int, str]:
    """A cell “1.市A局；2.市B局” by its numbers; {} when it is not numbered 1, 2, … from its beginning."""
    text = clean(text)
    marks = list(_LISTED.finditer(text))
    numbers = [int(m[1] or m[2] or 0) or ord(m[3]) - ord("①") + 1 for m in marks]
    if len(marks) < 2 or marks[0].start() != 0 or numbers != list(range(1, len(marks) + 1)):
        return {}
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return {
        number: text[mark.end() : end].strip(" \n；;。") for number, mark, end in zip(numbers, marks, ends, strict=True)
    }
