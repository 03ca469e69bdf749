"""What a sheet changes: its entries set against those that count, and against what the office has ruled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flows.desk import Desk
from flows.ledger.model import Entry, Report
from flows.periods import Period
from flows.round.differences import Cells, Change, differing
from flows.round.intake import Parcel

_RULED: Final = "任务 {no} 办公室已核定，单位又有新报；核定照旧，请再看一眼"


@dataclass(frozen=True, slots=True)
class _Standing:
    """The entry that counts, and when it was received; ``now``: in this period."""

    report: Report
    received: datetime
    name: str
    now: bool


class Comparison:
    """What counts in a period, kept up to date while sheets come in."""

    def __init__(self, desk: Desk, period: Period) -> None:
        self.period = period
        current = desk.history.current(period)
        self._counts = {
            place: _Standing(each.report, each.arrival.received, each.arrival.name, each.arrival.period == str(period))
            for place, each in current.items()
        }
        self._today = {unit: dispatch.today for unit, dispatch in desk.history.dispatched(period).items()}
        self._ruled = desk.reviews(period, current)

    def compare(
        self,
        parcel: Parcel,
        unit: str,
        said: tuple[Entry, ...],
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
        for entry in said:
            place = (unit, today.get(entry.no, entry.no))
            old = self._counts.get(place)
            if not cells and not (old and old.now):
                if self._is_ruled(place) and (old is None or old.report != entry.report):
                    notes.append(_RULED.format(no=entry.no))
                self._counts[place] = _Standing(entry.report, parcel.received, parcel.name, True)
                continue
            found = tuple(differing(old.report if old else None, entry.report))
            late = old is not None and old.now and old.received > parcel.received
            made = [
                Change(
                    unit,
                    entry.no,
                    header,
                    before,
                    after,
                    parcel.shown,
                    places.cell(entry.sheet, entry.row, header) if cells else None,
                )
                for header, before, after in found
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
                self._counts[place] = _Standing(entry.report, parcel.received, parcel.name, True)
        return tuple(changes)

    def _is_ruled(self, place: tuple[str, str]) -> bool:
        """The office has ruled on what a unit said in this period, or has closed the item."""
        review = self._ruled.get(place)
        if review is None or review.lapsed:
            return False
        ruling = review.ruling
        return ruling.closed or (review.period == str(self.period) and bool(ruling.status or ruling.opinion))
