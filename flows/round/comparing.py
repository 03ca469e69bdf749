"""What a sheet changes: its entries set against those that count, and against what the office has ruled."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.desk import Desk
from flows.ledger.model import Entry, Report
from flows.ledger.packing import PackedEntries, packed
from flows.periods import Period
from flows.round.differences import Cells, Change, differing
from flows.round.intake import Parcel
from flows.storage.history import Dispatch, Recorded
from flows.storage.reviews import Place

_RULED: Final = "任务 {no} 办公室已核定，单位又有新报；核定照旧，请再看一眼"


@dataclass(frozen=True, slots=True)
class _Came:
    """The sheet that an entry came with; ``now``: in this period."""

    received: datetime
    name: str
    now: bool


class Comparison:
    """What counts in a period, kept up to date while sheets come in."""

    def __init__(
        self, desk: Desk, period: Period, issued: Mapping[str, Dispatch], current: Mapping[Place, Recorded]
    ) -> None:
        self.period = period
        sheets: dict[int, _Came] = {}
        self._counts: dict[Place, tuple[Report, _Came]] = {}
        for place, each in current.items():
            came = each.arrival
            if came.id not in sheets:
                sheets[came.id] = _Came(came.received, came.name, came.period == str(period))
            self._counts[place] = (each.report, sheets[came.id])
        self._taken: dict[str, tuple[_Came, bytes]] = {}
        """Unit → its one sheet of this run, packed: only those who send a second one are asked what the first said."""
        self._today = {unit: dispatch.today for unit, dispatch in issued.items() if dispatch.today}
        self._ruled = desk.reviews(period, current)

    def compare(
        self,
        parcel: Parcel,
        unit: str,
        said: Sequence[Entry],
        warnings: list[str],
        notes: list[str],
        *,
        cells: bool = False,
    ) -> tuple[Change, ...]:
        """Set a sheet against what counts so far. Of two answers in one period the one received later counts.

        ``notes`` are for the office alone; ``warnings`` also stand in a receipt. ``cells``: find out where each stands;
        without it only what differs from this period's own answer is told field by field.
        """
        places = Cells(parcel.data, parcel.name)
        today = self._today.get(unit, {})
        changes: list[Change] = []
        this = _Came(parcel.received, parcel.name, True)
        self._unpack(unit, today)
        rows = packed(said).rows
        if not cells and not any(self._is_of_now((unit, today.get(row[0], row[0]))) for row in rows):
            self._note_rulings(unit, today, said, notes)
            self._taken[unit] = (this, pickle.dumps(rows, pickle.HIGHEST_PROTOCOL))
            return ()
        for entry in said:
            place = (unit, today.get(entry.no, entry.no))
            before, old = self._counts.get(place, (None, None))
            if not cells and not (old and old.now):
                self._note_rulings(unit, today, (entry,), notes)
                self._counts[place] = (entry.report, this)
                continue
            found = tuple(differing(before, entry.report))
            late = old is not None and old.now and old.received > parcel.received
            made = [
                Change(
                    unit,
                    entry.no,
                    header,
                    was,
                    says,
                    parcel.shown,
                    places.cell(entry.sheet, entry.row, header) if cells else None,
                )
                for header, was, says in found
            ]
            if made and old and old.now:
                words = "；".join(change.words for change in made)
                if late:
                    warnings.append(f"任务 {entry.no} 与较晚收到的“{old.name}”不同，以后收到的为准（{words}）")
                else:
                    warnings.append(f"任务 {entry.no} 与先前报的“{old.name}”不同，以这份为准：{words}")
            if made and not late and self._is_ruled(place):
                notes.append(_RULED.format(no=entry.no))
            if not late:
                changes += made
                self._counts[place] = (entry.report, this)
        return tuple(changes)

    def _unpack(self, unit: str, today: Mapping[str, str]) -> None:
        """What the unit's first sheet of this run says now counts entry by entry."""
        if unit in self._taken:
            came, rows = self._taken.pop(unit)
            for entry in PackedEntries(pickle.loads(rows)):  # packed by compare()
                self._counts[unit, today.get(entry.no, entry.no)] = (entry.report, came)

    def _is_of_now(self, place: Place) -> bool:
        """Whether the unit has answered this task in this period before."""
        old = self._counts.get(place)
        return old is not None and old[1].now

    def _note_rulings(self, unit: str, today: Mapping[str, str], said: Sequence[Entry], notes: list[str]) -> None:
        """Tell the office where a unit says something new about what was ruled on."""
        if not self._ruled:
            return
        for entry in said:
            place = (unit, today.get(entry.no, entry.no))
            before = self._counts.get(place)
            if self._is_ruled(place) and (before is None or before[0] != entry.report):
                notes.append(_RULED.format(no=entry.no))

    def _is_ruled(self, place: tuple[str, str]) -> bool:
        """The office has ruled on what a unit said in this period, or has closed the item."""
        review = self._ruled.get(place)
        if review is None or review.lapsed:
            return False
        ruling = review.ruling
        return ruling.closed or (review.period == str(self.period) and bool(ruling.status or ruling.opinion))
