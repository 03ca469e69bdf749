"""What has been filed for a year: the ground that a government's own report is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flows.annual.model import Filing
from flows.annual_round.kept import accepted, filed_before
from flows.annual_round.standing import lines
from flows.desk import Desk
from flows.years import Year


@dataclass(frozen=True, slots=True)
class Missing:
    """A unit whose numbers are not there, and why."""

    unit: str
    reason: str
    """Chinese, without full stop."""
    deadline: date


@dataclass(frozen=True, slots=True)
class Filed:
    """All filings of a plan for a year. A unit stands either in ``filings`` or in ``missing``."""

    year: int
    declared: tuple[str, ...]
    """Units that file, in roster order."""
    filings: Mapping[str, Filing]
    """Unit → what counts, in roster order."""
    last: Mapping[str, Filing]
    """Unit → what counted for the year before, where it is known."""
    missing: tuple[Missing, ...]


def filed(desk: Desk, year: int) -> Filed:
    """The filings of a plan for a year; UserError when nobody files by the office's settings."""
    round_ = Year(year)
    kept = accepted(desk.store, desk.folder.slug, round_)
    standing = lines(desk, round_)
    before = filed_before(desk.store, desk.folder.slug, round_, desk.roster)
    names = tuple(line.unit.name for line in standing)
    return Filed(
        year=year,
        declared=names,
        filings={name: kept[name].filing for name in names if name in kept},
        last={name: before[name].filing for name in names if name in before},
        missing=tuple(
            Missing(line.unit.name, line.reason or "没有报送", line.who.deadline)
            for line in standing
            if line.unit.name not in kept
        ),
    )
