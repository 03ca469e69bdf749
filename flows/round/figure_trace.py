"""trace --figure: from a figure of a printed bulletin to the units, entries, files and cells that it counted.

What is shown is what was printed: the kept snapshot of `freezing`. Where the store says something else by now, the
difference is shown beside it, never instead of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flows.desk import Desk
from flows.periods import Period
from flows.problems import UserError
from flows.progress import Cell, ItemLine, Snapshot, UnitLine
from flows.round.figure import Figure
from flows.round.figure_evidence import Evidence
from flows.round.figure_list import figures_of
from flows.round.figure_words import matching
from flows.round.following import complete
from flows.round.freezing import Printing, last_printing
from flows.standing.notices import counted, notices_of
from flows.storage.reviews import Renumbered

_Place = tuple[str, str]
"""(unit, today's item number); '' where a unit or an item is meant as a whole."""


@dataclass(frozen=True)
class Printed:
    """A printed bulletin beside what the store says today."""

    desk: Desk
    printing: Printing

    @cached_property
    def now(self) -> Snapshot:
        """The same figures by the store of today, to the same day."""
        period = self.printing.period
        snap = self.desk.snapshot(period, self.printing.as_of)
        return complete(snap, self.desk.store, counted(notices_of(self.desk, period)))

    @cached_property
    def then(self) -> Snapshot:
        """The figures as printed; of a bulletin by an older version, which kept only sums, those of today."""
        return self.printing.snapshot or self.now

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """Everything that the bulletin printed."""
        return figures_of(self.then)

    @cached_property
    def todays(self) -> dict[str, Figure]:
        """The same figures by the store of today, by key."""
        return {figure.key: figure for figure in figures_of(self.now)}

    @cached_property
    def numbers(self) -> Renumbered:
        """How the items that it printed are called today."""
        return Renumbered(self.desk.store, self.desk.folder.slug)

    def today(self, no: str) -> str:
        """Today's number of an item that it printed."""
        return self.numbers.today(no, self.printing.numbering) if no and self.printing.snapshot else no

    def as_dict(self) -> dict[str, Any]:
        """Which bulletin it is. ``document``: same | changed | missing | None, when nobody knows."""
        file = self.desk.folder.period(self.printing.period).bulletin
        state = None
        if self.printing.sha256:
            state = "missing"
            if file.is_file():
                same = hashlib.sha256(file.read_bytes()).hexdigest() == self.printing.sha256
                state = "same" if same else "changed"
        return {
            "number": self.printing.number,
            "as_of": self.printing.as_of.isoformat(),
            "at": self.printing.at.isoformat(),
            "kept": self.printing.snapshot is not None,
            "file": str(file),
            "document": state,
        }


def printed_bulletin(desk: Desk, period: Period | None) -> Printed:
    """The last bulletin of a period, or of all; UserError when there is none."""
    printing = last_printing(desk.store, desk.folder.slug, period=period)
    if printing is None:
        when = f"{period.label}" if period else ""
        command = f"taizhang report {desk.folder.slug} --period {period or '年-月'}"
        raise UserError(f"{when}还没有生成过通报", f"请先运行 {command}")
    return Printed(desk, printing)


def list_figures(desk: Desk, period: Period | None) -> dict[str, Any]:
    """Every figure that a bulletin printed, numbered."""
    printed = printed_bulletin(desk, period)
    return _head(printed) | {"figures": [_named(n, figure) for n, figure in enumerate(printed.figures, 1)]}


def trace_figure(desk: Desk, period: Period | None, asked: str, *, cells: int | None = None) -> dict[str, Any]:
    """What a figure rests on. Several ``candidates`` and no ``figure`` when the words fit more than one.

    ``cells``: of how many entries the cells are looked up in the archived files; None: of all.
    """
    printed = printed_bulletin(desk, period)
    match = matching(asked, printed.figures)
    if not match.found:
        raise UserError(
            f"{printed.printing.period.label}的通报里没有找到“{asked}”",
            f"全部数字见 taizhang trace {desk.folder.slug} --period {printed.printing.period} --figure",
        )
    candidates = [_named(place + 1, printed.figures[place]) for place in match.found]
    found = _head(printed) | {"asked": asked, "near": match.near, "candidates": candidates, "figure": None}
    if len(match.found) == 1 and not match.near:
        place = match.found[0]
        found["figure"] = _chain(printed, place + 1, printed.figures[place], cells)
    return found


def _head(printed: Printed) -> dict[str, Any]:
    return {
        "plan": printed.desk.folder.slug,
        "period": str(printed.printing.period),
        "printed": printed.as_dict(),
    }


def _named(number: int, figure: Figure) -> dict[str, Any]:
    return {
        "n": number,
        "key": figure.key,
        "place": figure.place,
        "words": figure.texts[0],
        "value": figure.value,
        "row": bool(figure.names),
    }


def _chain(printed: Printed, number: int, figure: Figure, cells: int | None) -> dict[str, Any]:
    evidence = Evidence(printed.desk, printed.printing.period)
    lines = {line.unit.name: line for line in printed.then.units}
    entries = figure.cells or tuple(cell for line in figure.items for cell in line.cells)
    limit = len(entries) if cells is None else cells
    shown = [
        evidence.entry(cell, lines[cell.unit.name], printed.then, with_cells=place < limit)
        for place, cell in enumerate(entries)
    ]
    return _named(number, figure) | {
        "rule": figure.rule,
        "items": [_item(line) for line in figure.items],
        "units": [evidence.unit(line) for line in figure.units],
        "entries": shown,
        "notices": _issued(printed, figure),
        "earlier": figure.earlier,
        "since": _since(printed, figure),
    }


def _item(line: ItemLine) -> dict[str, Any]:
    return {
        "no": line.item.no,
        "requirement": line.item.requirement,
        "state": line.state.value,
        "units": [cell.unit.name for cell in line.cells],
    }


def _issued(printed: Printed, figure: Figure) -> list[dict[str, Any]]:
    if figure.notice is None:
        return []
    every = notices_of(printed.desk, printed.printing.period)
    return [each.as_dict() for each in every if (int(each.issued.level), each.issued.colour) == figure.notice]


def _since(printed: Printed, figure: Figure) -> dict[str, Any] | None:
    """How the same figure stands by the store of today; None when nothing has changed.

    ``changes`` are the works, items and units that it counts or counted, and what has become of them.
    """
    now = printed.todays.get(figure.key)
    if printed.printing.snapshot is None:
        old = _kept_value(printed.printing, figure.key)
        value = now.value if now else 0
        return None if old in (None, value) else {"then": old, "now": value, "changes": []}
    before = _members(figure, printed)
    after = _members(now, None) if now else {}
    states = _states(printed.now)
    changes = [
        {
            "unit": unit,
            "no": no,
            "then": before.get((unit, no)),
            "now": states.get((unit, no)),
            "counted": (unit, no) in after,
        }
        for unit, no in dict.fromkeys((*before, *after))
        if before.get((unit, no)) != after.get((unit, no))
    ]
    value = now.value if now else 0
    if value == figure.value and not changes:
        return None
    return {"then": figure.value, "now": value, "changes": changes}


def _members(figure: Figure, printed: Printed | None) -> dict[_Place, str]:
    """What a figure counts and how each stands, by today's numbers (``printed``: whose numbers they are of)."""

    def today(no: str) -> str:
        return printed.today(no) if printed else no

    found: dict[_Place, str] = {("", today(line.item.no)): line.state.value for line in figure.items}
    found |= {(line.unit.name, ""): line.answer.value for line in figure.units}
    return found | {(cell.unit.name, today(cell.item.no)): cell.word for cell in figure.cells}


def _states(snap: Snapshot) -> dict[_Place, str]:
    return _all(snap.items, snap.units, snap.cells)


def _all(items: Iterable[ItemLine], units: Iterable[UnitLine], cells: Iterable[Cell]) -> dict[_Place, str]:
    found: dict[_Place, str] = {("", line.item.no): line.state.value for line in items}
    found |= {(line.unit.name, ""): line.answer.value for line in units}
    return found | {(cell.unit.name, cell.item.no): cell.word for cell in cells}


_KEPT = {
    "items": "items",
    "items.done": "done",
    "items.moving": "moving",
    "items.idle": "idle",
    "items.overdue": "overdue",
    "pairs": "assignments",
    "pairs.done": "assignments_done",
    "pairs.overdue": "assignments_overdue",
    "asked": "asked",
    "answer.on_time": "on_time",
    "answer.late": "late",
    "answer.returned": "returned",
    "answer.pending": "pending",
    "answer.missing": "missing",
}


def _kept_value(printing: Printing, key: str) -> int | None:
    """What an older version kept of a figure: only the sums."""
    name = _KEPT.get(key)
    return int(printing.figures["totals"][name]) if name else None
