"""What a unit files for a year: numbers that keep 0, blank and 不适用 apart, texts, and reasons for what does not fit.

Free of any Excel library. Everything turns into JSON and back, for the store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from flows.annual import format as official
from flows.ledger.model import Identity
from flows.problems import Problem

NOT_APPLICABLE: Final = "/"
"""How 不适用 is written in the official tables."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One number cell: a number, 不适用 (``/``), or nothing at all.

    A blank is never a zero: nobody knows what it means until the unit says so.
    """

    number: Decimal | None = None
    inapplicable: bool = False

    @classmethod
    def of(cls, value: int | str | Decimal) -> Amount:
        """From a number, or from what ``shown`` gives: ``Amount.of(12)``, ``Amount.of("3.5")``, ``Amount.of("/")``."""
        if value == "":
            return BLANK
        return NA if value == NOT_APPLICABLE else cls(Decimal(value))

    @property
    def is_blank(self) -> bool:
        """Nothing was written."""
        return self.number is None and not self.inapplicable

    @property
    def counted(self) -> Decimal | None:
        """The number as it enters a sum: 不适用 counts nothing, a blank cannot be counted (None)."""
        return Decimal(0) if self.inapplicable else self.number

    @property
    def shown(self) -> str:
        """As a person reads it: 12, 3.5, / or nothing."""
        if self.number is None:
            return NOT_APPLICABLE if self.inapplicable else ""
        return plain(self.number)


def plain(number: Decimal) -> str:
    """A number without exponent and without zeros at its end."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


BLANK: Final = Amount()
NA: Final = Amount(inapplicable=True)
ZERO: Final = Amount(Decimal(0))


@dataclass(frozen=True, slots=True)
class AnnualTables:
    """The 200 numbers of the three tables, by key. Blank ones are left out, so that equal tables are equal."""

    amounts: Mapping[str, Amount] = field(default_factory=dict)

    @classmethod
    def of(cls, amounts: Mapping[str, Amount | int | str | Decimal]) -> AnnualTables:
        """From numbers by key, in the order of the format; KeyError for a key that is none."""
        unknown = amounts.keys() - set(official.KEYS)
        if unknown:
            raise KeyError(sorted(unknown)[0])
        made = {
            key: value if isinstance(value, Amount) else Amount.of(value)
            for key in official.KEYS
            if (value := amounts.get(key)) is not None
        }
        return cls({key: amount for key, amount in made.items() if not amount.is_blank})

    def __getitem__(self, key: str) -> Amount:
        return self.amounts.get(key, BLANK)

    def changed(self, changes: Mapping[str, Amount | int | str | Decimal]) -> AnnualTables:
        """The same tables with some cells written over; an empty text makes a cell blank."""
        return AnnualTables.of({**self.amounts, **changes})

    @property
    def blanks(self) -> tuple[str, ...]:
        """Keys that nobody has filled in."""
        return tuple(key for key in official.KEYS if key not in self.amounts)

    def as_json(self) -> dict[str, str]:
        """Key → what ``shown`` gives; blank cells are left out."""
        return {key: amount.shown for key, amount in self.amounts.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, str]) -> AnnualTables:
        """The inverse of ``as_json``; keys that the format does not know are passed over."""
        return cls.of({key: value for key, value in data.items() if key in _KEYS})


_KEYS: Final = frozenset(official.KEYS)


@dataclass(frozen=True, slots=True)
class Narrative:
    """The texts by the keys of :data:`format.PARTS` (empty ones left out) and the 信息处理费 by :data:`format.FEES`."""

    texts: Mapping[str, str] = field(default_factory=dict)
    fees: Mapping[str, Amount] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """The text of a part, '' when there is none."""
        return self.texts.get(key, "")

    def fee(self, key: str) -> Amount:
        """件数, 应收 or 实收 of the 信息处理费."""
        return self.fees.get(key, BLANK)


@dataclass(frozen=True, slots=True)
class Filing:
    """What one unit reports for one year."""

    unit: str
    year: int
    tables: AnnualTables = field(default_factory=AnnualTables)
    narrative: Narrative = field(default_factory=Narrative)
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Slot (see :data:`rules.SLOTS`) → why the year before does not fit."""
    filler: str = ""
    phone: str = ""
    declared: tuple[str, ...] = ()
    """Keys of cells that the unit left empty and declared to be 0."""

    def as_json(self) -> dict[str, Any]:
        """Everything but unit and year, which are columns of the store."""
        return {
            "tables": self.tables.as_json(),
            "texts": dict(self.narrative.texts),
            "fees": {key: amount.shown for key, amount in self.narrative.fees.items()},
            "reasons": dict(self.reasons),
            "filler": self.filler,
            "phone": self.phone,
            "declared": list(self.declared),
        }

    @classmethod
    def from_json(cls, unit: str, year: int, data: Mapping[str, Any]) -> Filing:
        """The inverse of ``as_json``."""
        fees = {key: Amount.of(value) for key, value in data.get("fees", {}).items()}
        return cls(
            unit,
            year,
            AnnualTables.from_json(data.get("tables", {})),
            Narrative(dict(data.get("texts", {})), fees),
            dict(data.get("reasons", {})),
            data.get("filler", ""),
            data.get("phone", ""),
            tuple(data.get("declared", ())),
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stood in the file that the unit sent. ``cell`` is A1, or 第3行 in a Word table."""

    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A problem and the keys of the cells (numbers, fees, texts, labels) that it is about; none for the whole file."""

    problem: Problem
    keys: tuple[str, ...] = ()
    rule: str = ""
    """R2.1 … R4.1, 空格 or 文字; '' for what could not be read."""


@dataclass(frozen=True, slots=True)
class AnnualReturned:
    """One returned 年报数据 after reading and checking; the annual counterpart of the ledger's ``Returned``.

    * quarantined: ``reason`` is set.
    * returned for correction: ``problems`` is not empty; ``filing`` holds what could be read.
    * accepted: no problems. ``warnings``: Chinese sentences for the office, explained breaches among them.
    """

    identity: Identity | None = None
    filing: Filing | None = None
    marks: tuple[Mark, ...] = ()
    warnings: tuple[str, ...] = ()
    reason: str = ""
    places: Mapping[str, Place] = field(default_factory=dict)
    """Key of a number or of a text → where it stood."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What has to be corrected."""
        return tuple(mark.problem for mark in self.marks)

    @property
    def verdict(self) -> str:
        """accepted | returned | quarantined."""
        if self.reason:
            return "quarantined"
        return "returned" if self.marks else "accepted"


@dataclass(frozen=True, slots=True)
class AnnualBook:
    """One unit's 年报数据 workbook, ready to be written. ``identity.period`` is the year as text: “2026”."""

    identity: Identity
    plan_title: str
    office: str
    reply_by: str
    """报送截止 as the unit reads it, e.g. 2027年1月26日."""
    contact: str = ""
    last: AnnualTables | None = None
    """Last year's tables of the unit, where they are known."""
    filler: str = ""
    phone: str = ""

    @property
    def year(self) -> int:
        """The year that is reported."""
        return int(self.identity.period)
