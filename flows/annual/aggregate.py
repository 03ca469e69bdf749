"""A government's tables: the sum of its units' tables, cell by cell, over the declared list of units (R3.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.annual.breaches import Breach
from flows.annual.format import FEES, KEYS, NAMES
from flows.annual.model import BLANK, NA, Amount, AnnualTables, Filing, plain


@dataclass(frozen=True, slots=True)
class Aggregate:
    """The sum, and who stands in it. A unit that is missing is named, never counted as 0."""

    tables: AnnualTables
    fees: Mapping[str, Amount]
    counted: tuple[str, ...]
    """Units in the sum, in the order of the declared list."""
    missing: tuple[str, ...] = ()
    """Declared units of which there is no filing."""
    undeclared: tuple[str, ...] = ()
    """Units that filed without being on the list: not in the sum."""
    gaps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Key → units whose cell is blank: the sum lacks them."""
    filings: Mapping[str, Filing] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Every declared unit stands in every cell."""
        return not self.missing and not self.gaps

    def sources(self, key: str) -> tuple[tuple[str, Amount], ...]:
        """What each unit in the sum says in a cell."""
        return tuple((unit, self.filings[unit].tables[key]) for unit in self.counted)


def aggregate(filings: Iterable[Filing], declared: Sequence[str]) -> Aggregate:
    """Add up the filings of the declared units. A later filing of a unit replaces an earlier one.

    A cell is 不适用 when it is so in all units that filled it in; where only some say 不适用, the others are added.
    """
    given = {filing.unit: filing for filing in filings}
    counted = tuple(dict.fromkeys(unit for unit in declared if unit in given))
    missing = tuple(dict.fromkeys(unit for unit in declared if unit not in given))
    gaps: dict[str, tuple[str, ...]] = {}
    amounts: dict[str, Amount] = {}
    for key in KEYS:
        cells = [given[unit].tables[key] for unit in counted]
        blank = tuple(unit for unit, cell in zip(counted, cells, strict=True) if cell.is_blank)
        if blank:
            gaps[key] = blank
        amounts[key] = _sum(cells)
    fees = {key: _sum([given[unit].narrative.fee(key) for unit in counted]) for key, _ in FEES}
    return Aggregate(
        AnnualTables.of(amounts),
        {key: amount for key, amount in fees.items() if not amount.is_blank},
        counted,
        missing,
        tuple(unit for unit in given if unit not in set(declared)),
        gaps,
        {unit: given[unit] for unit in counted},
    )


def _sum(cells: Sequence[Amount]) -> Amount:
    numbers = [cell.number for cell in cells if cell.number is not None]
    if numbers:
        return Amount(sum(numbers[1:], numbers[0]))
    return NA if any(cell.inapplicable for cell in cells) else BLANK


def compare(stated: AnnualTables, summed: AnnualTables) -> tuple[Breach, ...]:
    """R3.7: where a government's own table differs from the sum of its units'."""
    found = []
    for key in KEYS:
        one, other = stated[key].counted, summed[key].counted
        if one is None or other is None or one == other:
            continue
        words = f"{NAMES[key]}应等于各单位之和"
        sums = f"表里是 {plain(one)}，各单位之和是 {plain(other)}，差 {plain(abs(one - other))}"
        cure = "请核对本级的表，或找有关单位更正"
        found.append(Breach("R3.7", (f"R3.7.{key}",), (key,), words, sums, cure, expected=plain(other)))
    return tuple(found)
