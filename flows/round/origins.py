"""Where look-back items (回头看) came from: back into the old plan's entries, and how they stand now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from flows.desk import Desk, open_desk
from flows.plan.carried import Carried
from flows.problems import UserError
from flows.progress import ItemLine, Snapshot
from flows.round.trace import trace
from flows.storage.reviews import Renumbered
from flows.workspace import Home


@dataclass(frozen=True, slots=True)
class CarriedItem:
    """A look-back item as it stands, with its origin; None for one that the office wrote into the table itself."""

    line: ItemLine
    origin: Carried | None


def carried_items(desk: Desk, snapshot: Snapshot) -> tuple[CarriedItem, ...]:
    """Every look-back item of a snapshot, in the plan's order."""
    origins = {each.no: each for each in desk.carried}
    return tuple(CarriedItem(line, origins.get(line.item.no)) for line in snapshot.carried_lines)


def with_origin(home: Home, desk: Desk, found: dict[str, Any]) -> dict[str, Any]:
    """The object of ``trace`` with ``origin``: None, or where the item came from and the old plan's own chain.

    ``chain`` is None for a list from outside and for an old plan that can no longer be opened.
    """
    origin = next((each for each in desk.carried if each.no == found["no"]), None)
    if origin is None:
        return found | {"origin": None}
    no = origin.origin
    if origin.plan:
        no = Renumbered(desk.store, origin.plan).today(origin.origin, origin.numbering)
    said = next((each for each in origin.said if each.unit == found["unit"]), None)
    return found | {
        "origin": {
            "kind": origin.kind.value,
            "plan": origin.plan or None,
            "no": no or None,
            "title": origin.title,
            "due": origin.due,
            "said": asdict(said) if said else None,
            "chain": _chain(home, origin.plan, no, found["unit"]) if origin.plan else None,
        }
    }


def _chain(home: Home, plan: str, no: str, unit: str) -> dict[str, Any] | None:
    """What ``trace`` says about the item in its old plan; that may again be a look-back item."""
    try:
        with open_desk(home, plan) as old:
            return with_origin(home, old, trace(old, no, unit))
    except UserError:
        return None
