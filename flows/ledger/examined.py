"""A returned row whose task is known, with what is wrong in it; and faults as they become problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flows.ledger import layout
from flows.ledger.matching import Match
from flows.ledger.model import Report, Role
from flows.ledger.reader import RawRow, RawTable, Value
from flows.ledger.values import shown
from flows.periods import Period
from flows.problems import Problem


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong in one cell. Faults of one ``kind`` under one header in many rows have one cause."""

    header: str
    kind: str
    """What is wrong in a word or two, e.g. “是将来的日期”: the common message of many rows is made of it."""
    message: str
    """The predicate for this row: the words “任务 2.1 ” go before it."""
    cure: str


@dataclass(frozen=True, slots=True)
class Row:
    """One returned row. ``report`` is None when a fault stands in the way."""

    no: str
    table: RawTable
    raw: RawRow
    report: Report | None = None
    faults: tuple[Fault, ...] = ()
    remarks: tuple[str, ...] = ()

    def blamed(self, *faults: Fault) -> Row:
        """The row with further faults, and therefore without a report."""
        return replace(self, report=None, faults=(*self.faults, *faults))

    @property
    def is_empty(self) -> bool:
        """Whether no input cell says anything."""
        return all(self.raw.value(header) == "" for header in layout.INPUTS) and not self.raw.faults


Unmatched = tuple[RawTable, RawRow, Match]
"""A row whose task is not certain, with what the matcher says about it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rows of one unit are held against."""

    period: Period
    received: date
    issued: Mapping[str, tuple[str, Role]]
    previous: Mapping[str, Report] = field(default_factory=dict)
    due: frozenset[str] = frozenset()
    locked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """任务编号 → header → text as issued, for locked columns other than 具体要求 and 承担角色."""


def found_in(raw: RawRow, header: str) -> Value:
    """What stands under a header, also when it is a formula without result or an error value."""
    return raw.faults.get(header) or raw.value(header)


def problem_of(row: Row, fault: Fault, file: str) -> Problem:
    """A fault of one row as a problem."""
    found = found_in(row.raw, fault.header)
    return Problem(
        f"任务 {row.no} {fault.message}",
        fault.cure,
        row.table.cell(row.raw.row, fault.header),
        row.table.sheet,
        file,
        fault.header,
        shown(found) if found != "" else "",
    )
