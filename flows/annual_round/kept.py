"""年报数据 in the store: what each unit filed for a year, in every version that came."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flows.annual.model import Filing
from flows.roster import Roster
from flows.store import Store, as_json, filings
from flows.years import Year


@dataclass(frozen=True, slots=True)
class Kept:
    """A filing and the file that it was read from."""

    unit: str
    filing: Filing
    sha256: str
    name: str
    received: datetime
    accepted: bool


def row_of(plan: str, kept: Kept) -> dict[str, object]:
    """A filing as a row of the store."""
    return {
        "plan": plan,
        "period": str(kept.filing.year),
        "unit": kept.unit,
        "sha256": kept.sha256,
        "name": kept.name,
        "received": kept.received.isoformat(),
        "accepted": kept.accepted,
        "content": as_json(kept.filing.as_json()),
    }


def versions(store: Store, plan: str, year: Year) -> dict[str, list[Kept]]:
    """Unit → everything readable that it filed for a year, in the order in which it was received."""
    query = sa.select(filings).where(filings.c.plan == plan, filings.c.period == str(year))
    return _by_unit(store.rows(query))


def accepted(store: Store, plan: str, year: Year) -> dict[str, Kept]:
    """Unit → the filing that counts: the last one that was right."""
    found = {}
    for unit, kept in versions(store, plan, year).items():
        right = [each for each in kept if each.accepted]
        if right:
            found[unit] = right[-1]
    return found


def filed_before(store: Store, plan: str, year: Year, roster: Roster) -> dict[str, Kept]:
    """Unit, as it is called today, → what counted for the year before.

    Of this plan, else of any: each year has a plan of its own, and the bodies that file are the same.
    """
    query = sa.select(filings).where(filings.c.period == str(year.previous), filings.c.accepted.is_(True))
    rows = store.rows(query)
    found: dict[str, Kept] = {}
    for wanted in (False, True):  # what this plan has takes the place of what others have
        for name, kept in _by_unit(row for row in rows if (row.plan == plan) is wanted).items():
            known = roster.get(name)
            found[known.name if known else name] = kept[-1]
    return found


def _by_unit(rows: Iterable[sa.Row[Any]]) -> dict[str, list[Kept]]:
    found: dict[str, list[Kept]] = {}
    for row in sorted(rows, key=lambda row: (datetime.fromisoformat(row.received), row.id)):
        kept = Kept(
            unit=row.unit,
            filing=Filing.from_json(row.unit, int(row.period), json.loads(row.content)),
            sha256=row.sha256,
            name=row.name,
            received=datetime.fromisoformat(row.received),
            accepted=row.accepted,
        )
        found.setdefault(row.unit, []).append(kept)
    return found
