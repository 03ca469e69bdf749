"""A figure that a bulletin printed, with the units and the work that it counts."""

from __future__ import annotations

from dataclasses import dataclass

from flows.progress import Cell, ItemLine, UnitLine


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure and what it counts: ``cells`` (a unit's work on an item), ``items``, ``units`` or notices."""

    key: str
    """The same in every bulletin: items.done, unit.临江区 …."""
    place: str
    """The section or attachment that prints it."""
    texts: tuple[str, ...]
    """As printed, the fullest first; the others are forms that stand elsewhere or that people use."""
    value: int
    cells: tuple[Cell, ...] = ()
    items: tuple[ItemLine, ...] = ()
    units: tuple[UnitLine, ...] = ()
    rule: str = ""
    """How it is counted."""
    earlier: str | None = None
    """The period of an earlier bulletin that half of it comes from."""
    notice: tuple[int, str] | None = None
    """Level and colour of the notices that it counts."""
    names: tuple[str, ...] = ()
    """Of a row in an attachment: the unit's names, the item's number. It is meant only when one of them is said."""
