"""A returned 年报数据, judged: accepted, returned for correction with every breach named, or quarantined.

What cannot be read is told before what does not add up, and a balance is not judged by a number that nobody could read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from flows.annual import layout
from flows.annual.breaches import Breach, Severity
from flows.annual.format import FEE, FEE_NOTICES, FEES, KEYS, NAMES, PARTS, TABLES
from flows.annual.model import ZERO, Amount, AnnualReturned, AnnualTables, Filing, Mark, Narrative, Place
from flows.annual.numbers_read import read_number
from flows.annual.origin import AnnualExpectation, find_annual_origin
from flows.annual.reader import RawAnnual, read_annual
from flows.annual.rules import BLANK_RULE, SLOTS, check_filing
from flows.ledger.model import Identity
from flows.ledger.places import join_cells
from flows.ledger.values import is_nothing, short, shown
from flows.problems import Problem

__all__ = ["AnnualExpectation", "check_annual"]

_FEE_NAMES: Final = dict(FEES)
_MOST_CELLS: Final = 12
"""Cells that a problem names; of more only the first."""


def check_annual(data: bytes, name: str, expected: AnnualExpectation, secret: bytes) -> AnnualReturned:
    """Read and judge one returned file. Never raises for what people send."""
    raw = read_annual(data, secret)
    if raw.reason:
        return AnnualReturned(reason=raw.reason)
    origin = find_annual_origin(raw, expected)
    if origin.reason or origin.identity is None:
        return AnnualReturned(identity=origin.identity, reason=origin.reason, warnings=origin.warnings)
    return _judge(raw, origin.identity, origin.warnings, expected, name)


def _judge(
    raw: RawAnnual, identity: Identity, warnings: tuple[str, ...], expected: AnnualExpectation, name: str
) -> AnnualReturned:
    unit = identity.unit
    filing, faults, remarks, places = _filing(raw, unit, expected.year, name)
    marks = [*_missing_tables(raw, name), *_conflicts(raw, name), *_filler(filing, places, name), *faults]
    asked = {key for mark in faults for key in mark.keys}
    told = list(warnings)
    breaches = [_without(breach, asked, raw) for breach in check_filing(filing, expected.last.get(unit))]
    for breach in _together(breach for breach in breaches if breach is not None):
        if breach.sends_back:
            marks.append(_mark(breach, places, raw, name))
        elif breach.severity is Severity.EXPLAINED:
            told.append(f"{breach.message}；单位说明：{breach.reason}")
        else:
            told.append(breach.message)
    return AnnualReturned(identity, filing, tuple(marks), (*told, *remarks, *raw.remarks), "", places)


def _filing(raw: RawAnnual, unit: str, year: int, name: str) -> tuple[Filing, list[Mark], list[str], dict[str, Place]]:
    amounts: dict[str, Amount] = {}
    faults: list[Mark] = []
    remarks: dict[str, list[str]] = {}
    declared: list[str] = []
    places: dict[str, Place] = {}
    for key, cell in raw.numbers.items():
        places[key] = cell.place
        if cell.fault:
            message = (
                f"{_called(key)}这一格是公式，没有算出结果"
                if cell.fault.startswith("=")
                else f"{_called(key)}这一格是错误值 {cell.fault}"
            )
            faults.append(Mark(_problem(message, "请直接填数", cell.place, name, key, cell.fault), (key,)))
            continue
        reading = read_number(
            cell.value, "万元" if key == FEE else "件" if key in NAMES or key == FEE_NOTICES else "元"
        )
        if reading.fault:
            message = f"{_called(key)}填的{reading.fault}"
            faults.append(Mark(_problem(message, reading.cure, cell.place, name, key, shown(cell.value)), (key,)))
            continue
        amount = reading.amount
        if reading.remark:
            remarks.setdefault(reading.remark, []).append(cell.place.cell)
        if amount.is_blank and key in NAMES and int(key[0]) in raw.declared:
            amount = ZERO
            declared.append(key)
        amounts[key] = amount
    texts = {part.key: raw.texts[part.key] for part in PARTS if part.key in raw.texts}
    slots = {slot: raw.texts[slot] for slot in SLOTS if slot in raw.texts}
    places |= {key: label.place for key, label in (texts | slots).items()}
    places |= {word: raw.labels[word].place for word in (layout.FILLER, layout.PHONE) if word in raw.labels}
    filing = Filing(
        unit,
        year,
        AnnualTables.of({key: amounts[key] for key in KEYS if key in amounts}),
        Narrative(
            {key: label.text for key, label in texts.items() if label.text},
            {key: amounts[key] for key, _ in FEES if key in amounts and not amounts[key].is_blank},
        ),
        {slot: label.text for slot, label in slots.items() if not is_nothing(label.text)},
        _label(raw, layout.FILLER),
        _label(raw, layout.PHONE),
        tuple(declared),
    )
    said = [f"{remark}（{'、'.join(cells[:_MOST_CELLS])}）" for remark, cells in remarks.items()]
    if declared:
        said.append(f"单位声明空着的格子都是 0，共 {len(declared)} 格")
    return filing, faults, said, places


def _called(key: str) -> str:
    return NAMES.get(key) or f"信息处理费“{_FEE_NAMES[key]}”"


def _label(raw: RawAnnual, word: str) -> str:
    label = raw.labels.get(word)
    return label.text if label else ""


def _problem(message: str, cure: str, place: Place | None, file: str, field: str, found: str = "") -> Problem:
    cell = place.cell or None if place else None
    return Problem(message, cure, cell, place.sheet if place else None, file, field, found)


def _missing_tables(raw: RawAnnual, file: str) -> list[Mark]:
    """A missing table is the root of blanks in all its cells, so it is told once."""
    marks = []
    for table in TABLES:
        if table.section not in raw.sections:
            message = f"找不到“{table.title}”这张表"
            marks.append(Mark(Problem(message, "请在退回的年报数据表上填报", None, layout.SHEETS[table.section], file)))
            continue
        absent = [key for key in table.keys if key not in raw.numbers]
        if absent:
            message = f"“{table.title}”表里缺少 {len(absent)} 格（如{NAMES[absent[0]]}），行或列被删去了"
            cure = "请在退回的年报数据表上填报"
            marks.append(Mark(Problem(message, cure, None, layout.SHEETS[table.section], file), tuple(absent)))
    return marks


def _conflicts(raw: RawAnnual, file: str) -> list[Mark]:
    return [Mark(Problem(words, "请只留一张填好的表", None, None, file)) for words in raw.conflicts]


def _filler(filing: Filing, places: dict[str, Place], file: str) -> list[Mark]:
    if not is_nothing(filing.filler):
        return []
    problem = _problem("没有写填报人", "请写上填报人姓名", places.get(layout.FILLER), file, layout.FILLER)
    return [Mark(problem, (layout.FILLER,))]


def _without(breach: Breach, asked: set[str], raw: RawAnnual) -> Breach | None:
    """Blanks that are asked about already, because they could not be read or their table is missing, are not told."""
    if breach.rule != BLANK_RULE:
        return breach
    left = tuple(key for key in breach.cells if key not in asked and (key in raw.numbers or key.startswith("6.")))
    if not left:
        return None
    count = f"还有 {len(breach.cells)} 格"
    return replace(breach, cells=left, words=breach.words.replace(count, f"还有 {len(left)} 格"))


def _together(breaches: Iterable[Breach]) -> list[Breach]:
    """The seven columns of one cross-year rule have one cause and one place for the reason: they are told as one."""
    found: list[Breach] = []
    at: dict[tuple[str, str], int] = {}
    for breach in breaches:
        place = breach.rule, breach.slot
        if breach.rule != "R3.4" or place not in at:
            at[place] = len(found)
            found.append(breach)
            continue
        first = found[at[place]]
        found[at[place]] = replace(
            first,
            checks=(*first.checks, *breach.checks),
            cells=(*first.cells, *breach.cells),
            words=first.words,
            found=f"{first.found}；{breach.words.partition('的')[0]}{breach.found}",
        )
    return found


def _mark(breach: Breach, places: dict[str, Place], raw: RawAnnual, file: str) -> Mark:
    wanted = (*breach.cells, breach.slot) if breach.slot else breach.cells
    keys = tuple(key for key in wanted if key in places)
    spots = [places[key] for key in keys]
    sheet = spots[0].sheet if spots else None
    here = [places[key].cell for key in keys if places[key].sheet == sheet and key != breach.slot]
    cells = _named_cells(here) if breach.rule != "R3.6" else here[0] if here else None
    found = shown(raw.numbers[keys[0]].value) if len(breach.cells) == 1 and keys and keys[0] in raw.numbers else ""
    if keys and keys[0] in raw.texts:
        found = short(raw.texts[keys[0]].text, 60)
    problem = Problem(breach.message, breach.cure, cells, sheet, file, keys[0] if keys else None, found)
    return Mark(problem, keys or breach.cells, breach.rule)


def _named_cells(cells: Sequence[str]) -> str | None:
    ordered = join_cells(cells[:_MOST_CELLS])
    return f"{ordered}等" if ordered and len(cells) > _MOST_CELLS else ordered
