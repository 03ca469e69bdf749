"""Unit cells: “甲局牵头，乙局、丙局按职责分工负责” into the units that lead and those that are responsible.

A cell is read into pieces that together are the cell: each is a unit, a connecting word or a separator, so nothing
can get lost. What an expression means among the units of a roster is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from flows.plan.textual import clean, cut, full_width, outside_brackets, unclosed


class PieceKind(StrEnum):
    """What a piece of a unit cell is."""

    LEAD = "lead"
    RESPONSIBLE = "responsible"
    WORD = "word"
    """A connecting word that says who does what: 牵头, 负责, 等部门按职责分工落实 …"""
    SEPARATOR = "separator"


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


_LEVEL = r"(?:市直|区直|县直|省直|州直|市级|区级|县级|市|区|县)"
_WHOSE = rf"(?:(?:相关|有关|各|成员|责任|职能|其他|{_LEVEL})*(?:部门|单位|科室|处室|地区|地))"
_OPEN_END = rf"等(?:[0-9一二三四五六七八九十]+个?)?{_WHOSE}?"
_DUTY = r"(?:按照|根据|依据|依照|按)(?:各自|部门|单位|工作|任务|的)*(?:职责|职能|任务|责任)*(?:分工|职责|职能|要求)"
_MANNER = r"(?:共同|分别|具体|协同|积极|密切|联合|统筹|各负其责|主动|组织|抓好|做好|加强|强化|参照|认真|给予|予以|全力)"
_LEADING = r"(?:牵头|主办|抓总)"
_DOING = (
    r"(?:负责|执行|落实|配合|协助|协办|承办|参与|参加|实施|推进|办理|支持|监管|(?:配合|相关|有关|落实|具体|各项)工作)"
)
_TAIL = re.compile(
    rf"(?:(?:{_OPEN_END})?(?:{_MANNER}|{_DUTY}|{_LEADING}|{_DOING})*(?:{_LEADING}|{_DOING}|{_DUTY})|{_OPEN_END})$"
)
_HEAD = re.compile(
    r"(?:主要|第一|具体|其他|共同)?(?P<role>牵头|主办|主责|责任|落实|配合|协办|协同|协助|协作|参与|参加|承办|实施|负责|执行|完成)(?:责任)?"
    r"(?:单位|部门|科室|处室|地区|主体)?(?:为|是)?："
)
_MARK = re.compile(r"（(?P<role>牵头|主办|主责|配合|责任|协办|协助|参与)(?:责任)?(?:单位|部门|科室)?）$")
_LEADS = {"牵头", "主办", "主责"}
_INNER_VERB = re.compile(r"(?<=牵头|主办|负责|配合)(?=[各市县区省州])")
_WITH = re.compile(r"(?<!^)(?:牵头)?会同(?!县)")
_SEPARATOR = re.compile(r"[、，。；\s]+|(?<![A-Za-z0-9])/|/(?![A-Za-z0-9])")
_SHORT_END = r"(?:局|厅|政府|中心|办公室|部门|单位|公司|管委会|委员会|法院|检察院|街道|医院|学校|集团|办事处|科|室)"
_END = (
    r"(?:局|委|办|厅|院|部|署|会|中心|室|政府|公司|集团|队|行|台|站|馆|校|学|组|处|科|所|库|网|社|团|县|区|市|镇|乡|街道|单位|部门|机构|地|企业|"
    r"海关|税务|港|厂|）|牵头|负责|落实|配合|、|，|；)"
)
_START = r"(?:各|全[省市县区]|省|市|县|区|州|国|[一-龥]{2,4}[省市县区])"
_AND = re.compile(r"以及|及|和|与")
_STUB = re.compile(r"(?:中央|国家|省|市|州|县|区|乡|镇|村)")


def split_units(text: str, *, leads: bool = False) -> UnitCell:
    """Read a unit cell. ``leads``: it stands in a 牵头单位 column, so units without a verb lead.

    Half-width brackets, commas and semicolons become Chinese ones, line breaks inside a name are closed. Separators
    count only outside of brackets: “各县（市、区）政府（管委会）” stays one expression. A verb (牵头, 负责) speaks for
    the units before it, back to the last semicolon, comma or verb; a head (“牵头单位：”) for those after it.
    """
    if re.fullmatch(r"[\s/\\_—–-]*无?[\s/\\_—–-]*", text):
        return UnitCell((Piece(PieceKind.SEPARATOR, text),) if text else ())
    reading = _Reading(PieceKind.LEAD if leads else PieceKind.RESPONSIBLE)
    for part in _parts(full_width(_close_breaks(clean(text)))):
        reading.take(part)
    doubts = dict.fromkeys([*reading.doubts, *_strange(reading.units)])
    return UnitCell(tuple(reading.pieces), tuple(doubts))


def split_names(text: str) -> tuple[str, ...]:
    """Names joined by 、 ， ； or line breaks outside of brackets, as the office writes them in the review workbook.

    The same parting as in a plan's cell, but no verb is looked for and 和 parts nothing.
    """
    return tuple(dict.fromkeys(part for part in _separated(full_width(clean(text))) if not _SEPARATOR.fullmatch(part)))


def join_names(names: Iterable[str]) -> str:
    """The inverse of split_names for names without separators of their own."""
    return "、".join(names)


def _close_breaks(text: str) -> str:
    """Line breaks and spaces inside a name are closed, those between two names stay and part them."""
    lines = [line for line in re.split(r"[\n ]+", text) if line]
    outside = outside_brackets(text)
    listed = any(outside[at] and char in "、，；。,;" for at, char in enumerate(text))
    if not listed and len(lines) > 1 and all(len(line) > 2 and re.search(f"{_END}$", line) for line in lines):
        return "\n".join(lines)
    closed = ""
    for line in lines:
        parted = closed and re.search(f"{_END}$", closed) and re.match(_START, line)
        closed += f"\n{line}" if parted else line
    return closed


def _separated(text: str) -> Iterator[str]:
    """Parts and separators in turn; a stub (市、县直各单位) keeps its separator and what follows."""
    outside = outside_brackets(text)
    parts: list[str] = []
    start = 0
    for found in _SEPARATOR.finditer(text):
        if all(outside[found.start() : found.end()]):
            parts.extend((text[start : found.start()], found[0]))
            start = found.end()
    parts.append(text[start:])
    held = ""
    for at, part in enumerate(parts):
        following = parts[at + 2] if at + 2 < len(parts) else ""
        stub = parts[at + 1 : at + 2] == ["、"] and _STUB.fullmatch(part) and _STUB.match(following)
        if part and (stub or (held and _SEPARATOR.fullmatch(part))):
            held += part
        elif part:
            yield held + part
            held = ""
    if held:
        yield held


def _parts(text: str) -> Iterator[str]:
    """Separated parts, parted further where two units stand together without a separator."""
    if text.startswith("（") and text.endswith("）") and "：" in text and not any(outside_brackets(text)):
        yield "（"
        yield from _parts(text[1:-1])
        yield "）"
        return
    for part in _separated(text):
        start = 0
        for found in _INNER_VERB.finditer(part):
            yield part[start : found.start()]
            start = found.start()
        yield from _parted_by_and(part[start:])


def _parted_by_and(part: str) -> Iterator[str]:
    """“市教育局和市体育局” is two units, “市工业和信息化局” is one, as is an expression with a condition (…的…)."""
    if "的" in part or "涉及" in part or _SEPARATOR.fullmatch(part):
        yield part
        return
    outside = outside_brackets(part)
    start = 0
    for found in _AND.finditer(part):
        left, right = part[start : found.start()], part[found.end() :]
        ended = re.search(f"{_SHORT_END}$", left) or (re.search(f"{_END}$", left) and re.match("[各省市县区]", right))
        if (
            outside[found.start()]
            and len(left) > 1
            and ended
            and len(right) > 2
            and not re.match("其|所属|下属", right)
        ):
            yield left
            yield found[0]
            start = found.end()
    yield part[start:]


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
        if _SEPARATOR.fullmatch(part) or _AND.fullmatch(part) or part in "（）":
            self._separator(part)
            return
        found = _HEAD.match(part)
        if found:
            self._add(PieceKind.WORD, found[0])
            self.head = PieceKind.LEAD if found["role"] in _LEADS else PieceKind.RESPONSIBLE
            self.run, self.before = [], []
            part = part[found.end() :]
        found = _WITH.search(part)
        if found and re.search(f"{_END}$", part[: found.start()]):
            self._unit(part[: found.start()], PieceKind.LEAD)
            self._add(PieceKind.WORD, found[0])
            self.doubts.append((part, "“会同”前的单位按牵头单位处理，请核对"))
            self.run, self.before = [], []
            part = part[found.end() :]
        tail = _TAIL.search(part)
        words = tail[0] if tail else ""
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
        mark = _MARK.search(unit)
        if mark and mark.start():
            kind = PieceKind.LEAD if mark["role"] in _LEADS else PieceKind.RESPONSIBLE
            self._unit(unit[: mark.start()], kind)
            self._add(PieceKind.WORD, mark[0])
        elif unit:
            self.run.append(len(self.pieces))
            self._unit(unit, self.head or self.default)
        self._add(PieceKind.WORD, words)
        self._verb(words)

    def _separator(self, part: str) -> None:
        if re.search(r"[；。]", part):
            self.run, self.before = [], []
        elif "，" in part:
            self.before, self.run = self.run or self.before, []
        self._add(PieceKind.SEPARATOR, part)

    def _verb(self, words: str) -> None:
        if re.search(_LEADING, words):
            kind = PieceKind.LEAD
            if self.run and self.before:
                self.doubts.append((words, "“牵头”前有逗号，只把逗号后的单位作为牵头单位，请核对"))
        elif re.search(_DOING, words):
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
        if text:
            self.pieces.append(Piece(kind, text))


def _strange(units: list[str]) -> Iterator[tuple[str, str]]:
    """What a person has to decide about expressions that are more than a name."""
    for unit in units:
        if unclosed(unit):
            yield unit, f"“{cut(unit)}”的括号不完整，请对照原文补全"
        elif re.search(r"除.*外|不含|不包括", unit):
            yield unit, f"“{cut(unit)}”有例外，须确定究竟是哪些单位"
        elif re.search(r"涉及|的|符合", unit):
            yield unit, f"“{cut(unit)}”带有条件，须确定究竟是哪些单位"
        elif len(unit) > 30:
            yield unit, f"“{cut(unit)}”不像单位名称，请核对"
