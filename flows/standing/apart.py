"""Look-back items (回头看) are followed like the plan's own, and totals, rates and ranks leave them out."""

from __future__ import annotations

from dataclasses import replace

from flows.progress import Snapshot
from flows.standing.figures import Ground, snapshot


def snapshot_apart(ground: Ground) -> Snapshot:
    """Every figure of one period: items and cells are all that units carry, counts those of the plan's own items.

    Whether a unit is asked and has answered holds for its one workbook, whatever stands in it.
    """
    whole = snapshot(ground)
    own = tuple(item for item in ground.plan.items if not item.is_carried)
    if len(own) == len(ground.plan.items):
        return whole
    counted = snapshot(replace(ground, plan=replace(ground.plan, items=own)))
    cells = {line.unit.name: line.cells for line in whole.units}
    units = tuple(replace(line, cells=cells[line.unit.name]) for line in counted.units)
    # An exemption of a look-back item is no misspelling.
    return replace(counted, items=whole.items, units=units, unknown_exemptions=whole.unknown_exemptions)
