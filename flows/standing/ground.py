"""What a snapshot is computed from: everything is handed in, nothing is looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flows.periods import Period
from flows.plan.model import Plan
from flows.roster import Roster
from flows.standing.facts import Bounced, Review
from flows.standing.light_settings import Lights
from flows.storage.history import Arrival, Recorded
from flows.units.assignment import Assignment


@dataclass(frozen=True)
class Ground:
    """What a snapshot is computed from."""

    slug: str
    plan: Plan
    roster: Roster
    assignment: Assignment
    period: Period
    as_of: date
    reply_by: date
    due_soon_days: int
    current: Mapping[tuple[str, str], Recorded]
    """(unit, no) → last merged entry up to the period."""
    before: Mapping[tuple[str, str], Recorded]
    """(unit, no) → last merged entry up to the period before."""
    arrivals: Iterable[Arrival]
    """Of this period, in order of reception."""
    issued: Collection[str] = ()
    """Units for which a workbook was written in this period."""
    last_report: tuple[Period, dict[str, Any]] | None = None
    reviews: Mapping[tuple[str, str], Review] = field(default_factory=dict)
    """(unit, no) → the office's ruling as it stands."""
    held: Mapping[str, int] = field(default_factory=dict)
    """Unit → right rows of a sheet that went back and has not come again."""
    bounced: Mapping[str, tuple[Bounced, ...]] = field(default_factory=dict)
    """Unit → addresses that letters of the period did not reach."""
    unreached: Collection[str] = ()
    """Units that no letter of the period has reached."""
    missed: Mapping[tuple[str, str], date] = field(default_factory=dict)
    """(unit, no) of a 定期 item → the day of the occurrence before this one, which is still owed."""
    begins: Mapping[str, date] = field(default_factory=dict)
    """Number of a 定期 item → when the time of this occurrence began."""
    lights: Lights = field(default_factory=Lights)
    """How the office measures: schemes, thresholds, exemptions."""
