"""A returned 年报数据, or any file with the official tables, as raw values: found by words, never by places.

Nothing is judged here. :mod:`flows.ledger.forms` makes grids of whatever form the file has (Excel, WPS, LibreOffice,
web pages, Word tables); the tables in them are found by :mod:`grids`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from flows.annual import layout
from flows.annual.format import FEE, NAMES
from flows.annual.grids import Found, cell, find_tables
from flows.annual.model import Amount, AnnualTables, Place
from flows.annual.numbers_read import read_number
from flows.annual.sideways import Label, find_declaration, find_labels, find_texts, place_of
from flows.annual.words import OLD_HEADS, word
from flows.ledger.forms import word as word_file
from flows.ledger.forms.grid import Book, Grid, Value
from flows.ledger.forms.opening import guarded, open_book
from flows.ledger.identity import Claim, looks_like_claim, read_claim
from flows.ledger.safety import NO_TABLE, Package, RefusedError
from flows.ledger.values import shown

__all__ = ["Official", "RawAnnual", "RawNumber", "read_annual", "read_official"]

_NOTHING_FOUND: Final = "文件里找不到年报的三张表（“本年新收政府信息公开申请数量”等），请对方在下发的年报数据表上填报"
_DEEP: Final = 600
_WIDE: Final = 80
"""Rows and columns of a sheet among which the tables are looked for."""
_OLD_FORMAT: Final = "这是2019年试行格式的表，请对方按现行格式（国办公开办函〔2021〕30号）在下发的年报数据表上填报"


@dataclass(frozen=True, slots=True)
class RawNumber:
    """A number cell as it stands there, and its place."""

    value: Value
    place: Place
    fault: str = ""
    """What stands there instead of a value: “=A1+B1” (a formula without result) or “#REF!”."""


@dataclass(frozen=True, slots=True)
class RawAnnual:
    """All that a file says. ``reason`` is set, and all else empty, when it could not be read."""

    numbers: Mapping[str, RawNumber] = field(default_factory=dict)
    """Key of a number or fee → its cell; keys whose cell the file does not have are missing."""
    texts: Mapping[str, Label] = field(default_factory=dict)
    """Key of a part or slot of a reason → what is written there."""
    labels: Mapping[str, Label] = field(default_factory=dict)
    """填报单位, 年度, 填报人, 联系电话."""
    declared: frozenset[int] = frozenset()
    """Sections whose empty cells the unit declares to be 0."""
    sections: frozenset[int] = frozenset()
    """Which of the tables 2, 3 and 4 are there."""
    tokens: tuple[Claim | None, ...] = ()
    """Identities of hidden sheets and properties; None for one that is damaged."""
    row_claims: tuple[Claim, ...] = ()
    """Identities of row keys, only valid ones."""
    broken: tuple[Claim | None, ...] = ()
    """Row keys whose signature does not hold: they matter when nothing else says whose file it is."""
    conflicts: tuple[str, ...] = ()
    """Sentences on tables that stand in the file twice with different numbers."""
    remarks: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Official:
    """The tables of a published report. ``faults``: sentences on cells that could not be read (they are blank)."""

    tables: AnnualTables = field(default_factory=AnnualTables)
    places: Mapping[str, Place] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    reason: str = ""


def read_annual(data: bytes, secret: bytes) -> RawAnnual:
    """Read a file of any form; one that cannot or must not be opened comes back with ``reason``."""
    try:
        with guarded():
            book = _open(data)
            return _read(replace(book, grids=tuple(book.grids)), secret)
    except RefusedError as refused:
        return RawAnnual(reason=refused.reason)


def read_official(data: bytes) -> Official:
    """The official tables of any file, e.g. last year's published report; blank cells stay blank."""
    raw = read_annual(data, b"")
    if not raw.sections:
        return Official(reason=raw.reason or _NOTHING_FOUND)
    amounts: dict[str, Amount] = {}
    faults = list(raw.conflicts)
    for key, found in raw.numbers.items():
        if key not in NAMES:
            continue
        reading = read_number(found.value, "万元" if key == FEE else "件")
        amounts[key] = reading.amount
        if found.fault or reading.fault:
            faults.append(f"{found.place.sheet} {found.place.cell}：{found.fault or reading.fault}")
    places = {key: found.place for key, found in raw.numbers.items() if key in NAMES}
    return Official(AnnualTables.of(amounts), places, tuple(faults))


def _open(data: bytes) -> Book:
    try:
        return open_book(data)
    except RefusedError as refused:
        if refused.reason != NO_TABLE or not data.startswith(b"PK"):
            raise
        package = Package(data)
        package.load()
        return word_file.read_tables(package)


def _read(book: Book, secret: bytes) -> RawAnnual:
    found: list[Found] = []
    texts: dict[str, Label] = {}
    labels: dict[str, Label] = {}
    tokens: dict[str, None] = dict.fromkeys(book.tokens)
    row_claims: list[Claim] = []
    broken: list[Claim | None] = []
    declared: set[int] = set()
    fees: dict[str, RawNumber] = {}
    old = False
    for whole in book.grids:
        grid = replace(whole, rows=[cells[:_WIDE] for cells in whole.rows[:_DEEP]])
        keys: dict[int, str] = {}
        for row, text in _claims(grid):
            claim = read_claim(text, secret) if secret else None
            if claim is not None and claim.no is not None:
                if claim.valid:
                    row_claims.append(claim)
                    keys[row] = claim.no
                else:
                    broken.append(claim)
            elif text.startswith("tzs"):
                tokens[text] = None
            else:
                broken.append(None)
        here = list(find_tables(grid, keys))
        found += here
        old |= any(word(value) in OLD_HEADS for cells in grid.rows for value in cells if isinstance(value, str))
        if grid.visible and find_declaration(grid):
            declared |= {one.section for one in here}
        for key, label in (find_texts(grid, keys) if grid.visible else {}).items():
            if key.startswith("6."):
                row, column = label.spot
                fault = grid.faults.get(label.spot, "")
                fees.setdefault(key, RawNumber(cell(grid.rows, row, column), label.place, fault))
            elif key not in texts or not texts[key].text:
                texts[key] = label
        for name, label in find_labels(grid).items():
            if name not in labels or not labels[name].text:
                labels[name] = label
    chosen, conflicts = _choose(found)
    numbers = {key: _raw(one, key) for one in chosen for key in one.places} | fees
    reason = _OLD_FORMAT if old and not chosen else ""
    return RawAnnual(
        numbers,
        texts,
        labels,
        frozenset(declared),
        frozenset(one.section for one in chosen),
        tuple(read_claim(token, secret) for token in tokens) if secret else (),
        tuple(row_claims),
        tuple(broken),
        tuple(conflicts),
        book.remarks,
        reason,
    )


def _claims(grid: Grid) -> Iterator[tuple[int, str]]:
    for number, cells in enumerate(grid.rows):
        for value in cells:
            if value and isinstance(value, str) and looks_like_claim(text := value.strip()):
                yield number, text


def _choose(found: Iterable[Found]) -> tuple[list[Found], list[str]]:
    """One table for each section: of several the visible one that is filled in most; differing copies are told."""
    chosen: list[Found] = []
    conflicts: list[str] = []
    by_section: dict[int, list[Found]] = {}
    for one in found:
        by_section.setdefault(one.section, []).append(one)
    for section, several in sorted(by_section.items()):
        shown_ones = [one for one in several if one.grid.visible] or several
        best = max(shown_ones, key=lambda one: one.filled)
        chosen.append(best)
        for other in shown_ones:
            differing = [key for key in other.places if _differs(other, best, key)]
            if other is not best and differing:
                conflicts.append(
                    f"“{best.grid.name}”和“{other.grid.name}”里都有{layout.SHEETS[section]}的表，"
                    f"填得不一样（如{NAMES[differing[0]]}）"
                )
    return chosen, conflicts


def _differs(one: Found, other: Found, key: str) -> bool:
    if key not in other.places or one.value(key) == "":
        return False
    return shown(one.value(key)).strip() != shown(other.value(key)).strip()


def _raw(found: Found, key: str) -> RawNumber:
    row, column = found.places[key]
    return RawNumber(found.value(key), place_of(found.grid, row, column), found.grid.faults.get((row, column), ""))
