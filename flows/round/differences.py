"""Old → new: how an entry differs from the one it takes the place of, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.ledger import layout
from flows.ledger.model import Report
from flows.ledger.reader import RawTable, read_returned

_SHORT = 40


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry that says something else now. Empty fields are ''."""

    unit: str
    no: str
    field: str
    old: str
    new: str
    file: str
    cell: str | None

    @property
    def words(self) -> str:
        """完成状态 推进中 → 已完成, long texts cut."""
        return f"{self.field} {_cut(self.old)} → {_cut(self.new)}"

    def as_dict(self) -> dict[str, str | None]:
        """The contract's JSON object."""
        return {name: getattr(self, name) for name in ("unit", "no", "field", "old", "new", "file", "cell")}


def fields_of(report: Report | None) -> dict[str, str]:
    """A report as the cells of a ledger read, by header."""
    if report is None:
        return dict.fromkeys(layout.INPUTS, "")
    return {
        layout.STATUS: report.status.value,
        layout.PERCENT: "" if report.percent is None else f"{report.percent}%",
        layout.PROGRESS: report.progress,
        layout.DONE_ON: report.done_on.isoformat() if report.done_on else "",
        layout.EVIDENCE: report.evidence,
        layout.PROBLEM: report.problem,
        layout.NEXT_STEP: report.next_step,
    }


def differing(old: Report | None, new: Report) -> Iterator[tuple[str, str, str]]:
    """(header, old, new) for every field that differs."""
    before, after = fields_of(old), fields_of(new)
    for header in layout.INPUTS:
        if before[header] != after[header]:
            yield header, before[header], after[header]


class Cells:
    """Where in a returned file a field stands. The file is read when the first cell is asked for."""

    def __init__(self, data: bytes, name: str) -> None:
        self._read = (data, name)
        self._tables: dict[str, RawTable] | None = None

    def cell(self, sheet: str, row: int, header: str) -> str | None:
        """A1 reference, None when the sheet has no such column."""
        if self._tables is None:
            self._tables = {table.sheet: table for table in read_returned(*self._read).tables}
        table = self._tables.get(sheet)
        return table.cell(row, header) if table else None


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return "（空）" if not flat else flat if len(flat) <= _SHORT else f"{flat[:_SHORT]}……"
