"""The tables of the store, by what they are about.

A new table is made in old databases when they are opened; columns are never added.
"""

from __future__ import annotations

from flows.tables.base import KEY, META, meta
from flows.tables.office import bulletins, masters, notices, printings, reports, reviews, snapshots
from flows.tables.plans import carried, decisions, numberings, readings
from flows.tables.post import approvals, attempts, bounces, finished, letters, mails
from flows.tables.rounds import arrivals, dispatches, entries, evidence, filings, proposals, senders
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
    "decisions",
    "dispatches",
    "entries",
    "evidence",
    "filings",
    "finished",
    "letters",
    "mails",
    "masters",
    "meta",
    "notices",
    "numberings",
    "printings",
    "proposals",
    "readings",
    "reports",
    "reviews",
    "senders",
    "snapshots",
    "yearbooks",
]
