"""Entries on their way from one process to another: rows of plain values, made into entries when somebody looks.

A big round has 60,000 of them; most go from the worker that read them into the store and are never looked at. Pickled
as dataclasses they cost more than reading the workbooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, overload

from flows.ledger.model import Entry, Report, Status

EntryRow = tuple[str, str, int | None, str, str | None, str, str, str, str, int]
COLUMNS: Final = ("no", "status", "percent", "progress", "done_on", "evidence", "problem", "next_step", "sheet", "row")
"""What stands in an EntryRow, as the store names it. Days are 2026-10-31."""


class PackedEntries(Sequence[Entry]):
    """The entries of one sheet as rows."""

    def __init__(self, rows: tuple[EntryRow, ...]) -> None:
        self.rows = rows

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> PackedEntries: ...
    def __getitem__(self, at: int | slice) -> Entry | PackedEntries:
        """The entry, or entries, at a place."""
        return PackedEntries(self.rows[at]) if isinstance(at, slice) else _entry(self.rows[at])

    def __len__(self) -> int:
        """How many there are."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Entry]:
        """The entries, made one by one."""
        return map(_entry, self.rows)

    def __eq__(self, other: object) -> bool:
        """Whether the other one, packed or not, has the same entries."""
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def packed(entries: Sequence[Entry]) -> PackedEntries:
    """The same entries as rows."""
    return entries if isinstance(entries, PackedEntries) else PackedEntries(tuple(map(_row, entries)))


def _row(entry: Entry) -> EntryRow:
    report = entry.report
    return (
        entry.no,
        report.status.value,
        report.percent,
        report.progress,
        report.done_on.isoformat() if report.done_on else None,
        report.evidence,
        report.problem,
        report.next_step,
        entry.sheet,
        entry.row,
    )


def _entry(row: EntryRow) -> Entry:
    no, status, percent, progress, done_on, evidence, problem, next_step, sheet, at = row
    day = date.fromisoformat(done_on) if done_on else None
    return Entry(no, Report(Status(status), percent, progress, day, evidence, problem, next_step), sheet, at)
