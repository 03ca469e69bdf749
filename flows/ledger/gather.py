"""The rows of a returned file by task: one for each, read; and those that are nobody's."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from flows.ledger.copies import one_row_each, untouched_copies
from flows.ledger.examined import Row, Terms, Unmatched
from flows.ledger.matching import match_rows
from flows.ledger.model import Identity
from flows.ledger.origin import Expectation, Origin
from flows.ledger.reader import RawTable, RawWorkbook
from flows.ledger.row_checks import examine
from flows.periods import Period
from flows.problems import Problem


@dataclass(frozen=True, slots=True)
class Gathered:
    """What stands in a file. ``problems``: tasks that are answered twice and differently."""

    rows: list[Row]
    unmatched: list[Unmatched]
    problems: list[Problem]
    warnings: list[str]
    places: dict[tuple[str, int], str]
    """(sheet, row) → 任务编号, for every row whose task is certain, the spare ones too."""


def terms_of(identity: Identity, expected: Expectation, received: date) -> Terms:
    """What the rows of this unit are held against."""
    unit = identity.unit
    return Terms(
        Period.parse(identity.period),
        received,
        expected.issued[unit],
        expected.previous.get(unit, {}),
        expected.due.get(unit, frozenset()),
        expected.locked.get(unit, {}),
    )


def gather(raw: RawWorkbook, origin: Origin, terms: Terms, file: str) -> Gathered:
    """Match and read every row; of several rows of one task the one that counts is kept."""
    raw, warnings = _without_old_tables(raw, origin)
    rows: list[Row] = []
    unmatched: list[Unmatched] = []
    places: dict[tuple[str, int], str] = {}
    for table, line, match in match_rows(raw, terms.issued, origin.keys, origin.pasted):
        if match.no is None:
            unmatched.append((table, line, match))
            continue
        places[table.sheet, line.row] = match.no
        row = examine(table, line, match.no, terms)
        if match.remark:
            row = replace(row, remarks=(f"第 {line.row} 行{match.remark}", *row.remarks))
        rows.append(row)
    rows, spare = untouched_copies(rows, terms.previous)
    rows, problems = one_row_each(rows, file)
    return Gathered(rows, unmatched, problems, [*warnings, *spare], places)


def _without_old_tables(raw: RawWorkbook, origin: Origin) -> tuple[RawWorkbook, list[str]]:
    """A table whose rows are all keyed for another month, beside one of this month, is an old copy."""

    def keyed(table: RawTable, places: AbstractSet[tuple[str, int]]) -> bool:
        return any((table.sheet, row.row) in places for row in table.rows)

    ours = {place for place, numbers in origin.keys.items() if numbers}
    old = [table for table in raw.tables if keyed(table, origin.pasted.keys()) and not keyed(table, ours)]
    if not old or not any(keyed(table, ours) for table in raw.tables):
        return raw, []
    told = [f"“{table.sheet}”表是{_period(table, origin)}的台账，未计入" for table in old]
    return replace(raw, tables=tuple(table for table in raw.tables if table not in old)), told


def _period(table: RawTable, origin: Origin) -> str:
    return next(origin.pasted[table.sheet, row.row] for row in table.rows if (table.sheet, row.row) in origin.pasted)
