"""What ran by schedule, and who agreed to a bulletin."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, String, Table, Text

from flows.tables.base import KEY, META

scheduled = Table(
    "scheduled",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("step", String(20), nullable=False),
    Column("slot", String(60), nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("scheduled_place", "plan", "period"),
)
"""A step that was run by schedule and how it ended; the last row of a (step, slot) counts, whatever its time says."""

clearances = Table(
    "clearances",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("given", sa.Boolean, nullable=False),
    Column("person", String(200), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("clearance_place", "plan", "period"),
)
"""A person's leave for what is not mail (``kind``: 通报); the last row counts, ``given`` False takes it back."""
