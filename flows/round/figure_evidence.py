"""What a printed figure rests on: for work the entry with its file and cell, for silence that nothing came."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.ledger import layout
from flows.periods import Period
from flows.progress import Answer, Cell, Snapshot, Source, UnitLine
from flows.round.differences import Cells
from flows.round.outbox import Outbox
from flows.round.posted import Posted
from flows.storage.history import Arrival
from flows.store import arrivals, dispatches

_HEADERS = (layout.NO, layout.STATUS, layout.PERCENT, layout.PROGRESS, layout.DONE_ON, layout.PROBLEM)


class Evidence:
    """Looks up what stands behind units and entries of one period; files are read once."""

    def __init__(self, desk: Desk, period: Period) -> None:
        self._desk = desk
        self._period = period
        self._arrivals = cache(self._of_period)
        self._cells = cache(self._read)

    def entry(self, cell: Cell, line: UnitLine, snap: Snapshot, *, with_cells: bool) -> dict[str, Any]:
        """One unit's work on one item as it counted; ``source`` None with ``why_none`` when nothing was reported."""
        report, ruling = cell.report, cell.ruling
        return {
            "unit": cell.unit.name,
            "no": cell.item.no,
            "role": cell.role.value,
            "requirement": cell.item.requirement,
            "status": cell.word,
            "reported": cell.said,
            "percent": report.percent if report else None,
            "progress": report.progress if report else "",
            "due": cell.due.isoformat() if cell.due else None,
            "days_late": cell.days_late,
            "light": snap.lights.word(cell.light),
            "why": cell.why,
            "fresh": cell.fresh,
            "unchanged": cell.unchanged,
            "closed": ruling.closed,
            "ruled": ruling.status.value if ruling.status else None,
            "extended": ruling.extended.isoformat() if ruling.extended else None,
            "source": self._source(cell.source, with_cells=with_cells) if cell.source else None,
            "why_none": "" if cell.source else line.evidence,
        }

    def unit(self, line: UnitLine) -> dict[str, Any]:
        """A unit's answer: what came in the period, and for a silent one that nothing did."""
        name = line.unit.name
        found: dict[str, Any] = {
            "unit": name,
            "answer": line.answer.value,
            "received": line.received.isoformat() if line.received else None,
            "evidence": line.evidence,
            "rank": line.rank,
            "previous_rank": line.previous_rank,
        }
        came = [_file(each) for each in self._arrivals(str(self._period)) if each.unit == name]
        if line.answer is not Answer.MISSING:
            return found | {"files": came, "silence": None}
        # A unit is silent only when nothing of it was there: whatever is there by now has come since.
        return found | {"files": [], "silence": self._silence(name, came)}

    def _silence(self, unit: str, came: list[dict[str, Any]]) -> dict[str, Any]:
        """That the unit was asked and how, that nothing came, what came since, and what nobody could attribute."""
        desk, period = self._desk, str(self._period)
        query = sa.select(dispatches).where(
            dispatches.c.plan == desk.folder.slug, dispatches.c.period == period, dispatches.c.unit == unit
        )
        issued = [{"file": row.file, "sha256": row.sha256, "at": row.at} for row in desk.store.rows(query)]
        letters = [
            {"kind": each.kind, "state": each.state.value, "at": each.changed, "message_id": each.message_id}
            for each in self._letters.get(unit, ())
        ]
        bounced = [each.sentence for each in desk.history.bounces(self._period) if each.unit == unit]
        return {
            "issued": issued,
            "letters": letters,
            "bounced": bounced,
            "came_since": came,
            "files_of_period": self._counted[0],
            "files_of_nobody": self._counted[1],
            "last_file_at": self._counted[2],
        }

    @cached_property
    def _letters(self) -> dict[str, list[Posted]]:
        found: dict[str, list[Posted]] = {}
        for letter in Outbox(self._desk, self._period).letters():
            found.setdefault(letter.unit, []).append(letter)
        return found

    @cached_property
    def _counted(self) -> tuple[int, int, str | None]:
        """How many files came in the period, how many of them nobody could attribute to a unit, and the last time."""
        query = sa.select(arrivals.c.unit, arrivals.c.received).where(
            arrivals.c.plan == self._desk.folder.slug, arrivals.c.period == str(self._period)
        )
        rows = self._desk.store.rows(query)
        last = max((each.received for each in self._arrivals(str(self._period))), default=None)
        return len(rows), sum(not row.unit for row in rows), last.isoformat() if last else None

    def _source(self, source: Source, *, with_cells: bool) -> dict[str, Any]:
        came = next((each for each in self._arrivals(source.period) if each.sha256 == source.sha256), None)
        found = {
            "period": source.period,
            "archived": source.file,
            "sha256": source.sha256,
            "sheet": source.sheet,
            "row": source.row,
            "received": source.received.isoformat(),
            "file": came.name if came else source.file.rpartition("/")[2],
            "arrival": came.id if came else None,
            "sender": (came.sender or None) if came else None,
            "message_id": (came.message_id or None) if came else None,
            "cells": None,
        }
        if with_cells:
            places = self._cells(source.file, found["file"])
            if places:
                cells = {header: places.cell(source.sheet, source.row, header) for header in _HEADERS}
                found["cells"] = {header: cell for header, cell in cells.items() if cell}
        return found

    def _of_period(self, period: str) -> list[Arrival]:
        return self._desk.history.arrivals(Period.parse(period))

    def _read(self, archived: str, name: str) -> Cells | None:
        """The archived file; None when somebody has taken it away."""
        path = self._desk.folder.root / archived
        return Cells(path.read_bytes(), name) if path.is_file() else None


def _file(came: Arrival) -> dict[str, Any]:
    return {
        "file": came.name,
        "archived": came.archived,
        "sha256": came.sha256,
        "received": came.received.isoformat(),
        "verdict": came.verdict,
        "reason": came.reason,
        "sender": came.sender or None,
        "message_id": came.message_id or None,
    }
