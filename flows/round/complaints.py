"""Everybody whom a bulletin named, kept beside its figures: the next bulletin looks at these alone.

The whole figures of a province are hundreds of megabytes, and reading them takes gigabytes.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from flows.documents.faults import overdue_lines
from flows.ledger.model import Status
from flows.progress import Answer, Snapshot
from flows.standing.followup import Complaint

_ANSWERS = {
    Answer.MISSING: Complaint.MISSING,
    Answer.LATE: Complaint.LATE,
    Answer.RETURNED: Complaint.RETURNED,
}


@dataclass(frozen=True, slots=True)
class Named:
    """A unit that a bulletin named."""

    complaint: Complaint
    unit: str
    no: str = ""
    """The task by the number of its day; '' where it was about the answer."""
    due: date | None = None
    """The day that counted for the task."""


def named(printed: Snapshot) -> Iterator[Named]:
    """Everybody whom a bulletin names, in its order; ``printed``: its figures without look-back items."""
    for _, cells in overdue_lines(printed):
        yield from (Named(Complaint.OVERDUE, cell.unit.name, cell.item.no, cell.due) for cell in cells)
    for cell in printed.cells:
        if cell.report and cell.report.status is Status.BLOCKED:
            yield Named(Complaint.BLOCKED, cell.unit.name, cell.item.no, cell.due)
    for answer, complaint in _ANSWERS.items():
        yield from (Named(complaint, line.unit.name) for line in printed.units if line.answer is answer)


def packed(every: Sequence[Named]) -> bytes:
    """As the store keeps them: zlib of the JSON of [complaint, unit, number, day or null] each."""
    rows = [[each.complaint, each.unit, each.no, each.due and each.due.isoformat()] for each in every]
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8"))


def unpacked(content: bytes) -> list[Named] | None:
    """The inverse of ``packed``; None when a later version of the program wrote what this one cannot read."""
    try:
        rows = json.loads(zlib.decompress(content))
        return [
            Named(Complaint(word), unit, no, date.fromisoformat(due) if due else None) for word, unit, no, due in rows
        ]
    except (zlib.error, ValueError, TypeError):
        return None
