"""The tables of the store, by what they are about.

A new table is made in old databases when they are opened; columns are never added.
"""

from __future__ import annotations

from sqlalchemy import String, Text

from flows.tables.base import KEY, META, meta
from flows.tables.goals import goal_marks
from flows.tables.keeping import migrations
from flows.tables.office import (
    bulletins,
    complaints,
    master_files,
    masters,
    notices,
    printings,
    reports,
    reviews,
    snapshots,
)
from flows.tables.plans import carried, decisions, numberings, readings
from flows.tables.post import approvals, attempts, bounces, finished, letters, mails
from flows.tables.rounds import arrivals, dispatches, entries, evidence, filings, proposals, senders
from flows.tables.serving import clearances, scheduled
from flows.tables.year import adjustments, yearbooks

__all__ = [
    "KEY",
    "META",
    "adjustments",
    "approvals",
    "arrivals",
    "attempts",
    "bounces",
    "bulletins",
    "carried",
    "clearances",
    "complaints",
    "decisions",
    "dispatches",
    "entries",
    "evidence",
    "filings",
    "finished",
    "goal_marks",
    "letters",
    "mails",
    "master_files",
    "masters",
    "meta",
    "migrations",
    "notices",
    "numberings",
    "printings",
    "proposals",
    "readings",
    "reports",
    "reviews",
    "scheduled",
    "senders",
    "snapshots",
    "yearbooks",
]

for _table in META.tables.values():
    for _column in _table.columns:
        if isinstance(_column.type, String):
            # PostgreSQL as SQLite has it: no text is too long, and what is compared is bytes, whatever its locale.
            _column.type = _column.type.with_variant(Text(collation="C"), "postgresql")
