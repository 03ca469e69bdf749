"""What the annual report is made of: the year's figures, units' words, and paragraphs with their sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flows.annual.format import PARTS
from flows.annual.model import Amount, AnnualTables, Filing
from flows.config import AnnualReport, Office
from flows.documents.annual_subjects import Source, Statement, parted, says_nothing
from flows.documents.chinese import clipped, flat
from flows.ledger.model import Status
from flows.progress import Cell, Snapshot

TO_FILL = "【请补写：{}】"
"""How the report marks what nobody has written: seen at once, never invented."""
_LONGEST = 150
"""Characters of one unit's words in the report; the rest is in 年报核对.xlsx."""
_SELF = re.compile("(?:我|本)(?:(局|委|办|院|县|区|镇|街道|乡|厅|中心|公司|集团)|单位|机关|部门)|我们")
"""How a unit calls itself. 我市 and 全市 mean the whole and stay."""
_END = re.compile(r"[。；;！？]")


@dataclass(frozen=True, slots=True)
class PastProblem:
    """A subject of last year's report's 存在的主要问题 and the units that it named."""

    subject: str
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Everything the report of one year is written from. ``tables`` and ``fees`` are the sums over ``filings``."""

    year: int
    office: Office
    settings: AnnualReport
    plan_title: str
    issuer: str | None
    """发文机关 of the plan."""
    declared: tuple[str, ...]
    """Units that have to file, in roster order."""
    filings: Mapping[str, Filing]
    tables: AnnualTables
    fees: Mapping[str, Amount]
    missing: tuple[tuple[str, str], ...]
    """(unit, why its numbers are not in the tables)."""
    snapshot: Snapshot | None
    """Where the plan stands at the end of the year; None when no month was ever run."""
    past: tuple[PastProblem, ...] = ()
    """What the report of the year before said, where the store has it."""
    filed_in: Mapping[str, str] = field(default_factory=dict)
    """Unit → the file that its filing stands in."""

    @property
    def government(self) -> str:
        """编制主体: whose report it is, such as 云川市人民政府."""
        if self.settings.issuer:
            return self.settings.issuer
        return re.sub(r"(?<=人民政府)办公[厅室]$", "", self.issuer or "") or self.office.name

    @property
    def region(self) -> str:
        """全市, 全县 …: how sentences call all of it."""
        if self.settings.region:
            return self.settings.region
        found = re.match(r"[^省市县区旗州盟]{1,12}([省市县区旗州盟])", self.government)
        if found:
            return f"全{found[1]}"
        return "各单位" if len(self.declared) > 1 else "本机关"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph and what it rests on: statements of units, or cells of the tables."""

    text: str
    statements: tuple[Statement, ...] = ()
    """Everything that was said about it; ``quoted`` are those whose words the paragraph gives."""
    quoted: tuple[Statement, ...] = ()
    figures: tuple[str, ...] = ()
    """Keys of the official tables and of the 信息处理费."""


@dataclass(frozen=True, slots=True)
class Part:
    """A sub-heading (without mark; '' for none) with its paragraphs and what a person still has to write."""

    title: str
    lines: tuple[Line, ...]
    gaps: tuple[str, ...] = ()


def filed(material: Material, key: str) -> tuple[Statement, ...]:
    """What units wrote in one part of 年报数据, unit by unit, single statements; 无 and the like left out."""
    head = next(part.head for part in PARTS if part.key == key)
    return tuple(
        Statement(unit, text, Source("年报数据", f"{head}（{material.filed_in.get(unit, '年报数据')}）"))
        for unit, filing in material.filings.items()
        for text in parted(filing.narrative.text(key))
    )


def whole(material: Material, key: str) -> tuple[Statement, ...]:
    """The same with each unit's text in one piece."""
    head = next(part.head for part in PARTS if part.key == key)
    return tuple(
        Statement(unit, text, Source("年报数据", f"{head}（{material.filed_in.get(unit, '年报数据')}）"))
        for unit, filing in material.filings.items()
        if not says_nothing(text := filing.narrative.text(key))
    )


def progress_of(cells: Iterable[Cell]) -> tuple[Statement, ...]:
    """进展情况 of ledger entries, as accepted."""
    return tuple(
        Statement(cell.unit.name, cell.report.progress, source_of(cell), cell.item.category or cell.item.task or "")
        for cell in cells
        if cell.report and not says_nothing(cell.report.progress)
    )


def problems_of(cells: Iterable[Cell]) -> tuple[Statement, ...]:
    """存在问题 of ledger entries that are not finished: a finished task has overcome its problem."""
    return _told(cells, "problem")


def measures_of(cells: Iterable[Cell]) -> tuple[Statement, ...]:
    """下步措施 of ledger entries that are not finished and name a problem."""
    return tuple(
        replace(each, about=problem)
        for cell in cells
        if cell.report and not says_nothing(problem := cell.report.problem)
        for each in _told((cell,), "next_step")
    )


def _told(cells: Iterable[Cell], column: str) -> tuple[Statement, ...]:
    return tuple(
        Statement(cell.unit.name, text, source_of(cell), cell.item.category or cell.item.task or "")
        for cell in cells
        if cell.report and cell.report.status not in (Status.DONE, Status.EXEMPT)
        for text in parted(getattr(cell.report, column))
    )


def source_of(cell: Cell) -> Source:
    """The chain of a ledger entry: task → period, file, sheet, row."""
    place = f"任务{cell.item.no}"
    if cell.source:
        found = cell.source
        place = f"{place}，{found.period}，{found.file}，{found.sheet}第{found.row}行"
    return Source("台账", place)


def sentence(statement: Statement) -> str:
    """甲局办结……: a unit's words as part of running text, without stop.

    我局 at the beginning becomes the unit's name, later on 该局; whole sentences are kept as far as they fit.
    """
    words = _fitting(statement.text)
    opening = _SELF.match(words)
    if opening:
        words = words[opening.end() :].lstrip("，,：: ")
    words = _SELF.sub(lambda found: f"该{found[1] or '单位'}", words)
    if words.count("“") != words.count("”"):
        words = words.replace("“", "").replace("”", "")
    return words if words.startswith(statement.unit) else f"{statement.unit}{words}"


def _fitting(text: str) -> str:
    """As many whole sentences as fit, at least one clause; flat, without stop at the end."""
    text = flat(text).strip("。；;，, ")
    if len(text) <= _LONGEST:
        return text
    ends = [found.start() for found in _END.finditer(text[:_LONGEST])]
    return text[: ends[-1]] if ends and ends[-1] >= _LONGEST // 3 else clipped(text, _LONGEST).removesuffix("……")


def chosen(statements: Sequence[Statement], most: int, told: set[str] | None = None) -> tuple[Statement, ...]:
    """At most ``most`` statements for the report: one of each unit and wording, those that tell a number first.

    The order of the units stays; a statement that says what another has said is passed over, and what is in ``told``,
    to which the chosen ones are added.
    """
    seen = set() if told is None else set(told)
    units: set[str] = set()
    fresh = []
    for each in sorted(statements, key=lambda each: not _tells_number(each.text)):
        wording = _wording(each)
        if wording not in seen and each.unit not in units:
            seen.add(wording)
            units.add(each.unit)
            fresh.append(each)
    kept = {id(each): each for each in fresh[:most]}
    if told is not None:
        told |= {_wording(each) for each in kept.values()}
    return tuple(each for each in statements if id(each) in kept)


def _wording(statement: Statement) -> str:
    return re.sub(r"\W", "", statement.text)


def _tells_number(text: str) -> bool:
    return re.search(r"\d", text) is not None
