"""What was read of a plan, and what the office decided about it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, String, Table, Text

from flows.tables.base import KEY, META

readings = Table(
    "readings",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False, index=True),
    Column("source_sha256", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
"""What `import` read, as plan-schema.md JSON: the office's edits are told from it."""

decisions = Table(
    "decisions",
    META,
    Column("id", KEY, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("word", String(400), nullable=False),
    Column("meaning", Text, nullable=False),
    Column("plan", String(120), nullable=False),
    Column("origin", String(700), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("decision_word", "kind", "word"),
)
"""What a clerk decided once: ``meaning`` is a JSON list, [] takes the word back. Of a word the last row counts."""

numberings = Table(
    "numberings",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False, index=True),
    Column("revision", String(32), nullable=False),
    Column("dispatch", KEY, nullable=False),
    Column("arrival", KEY, nullable=False),
    Column("moves", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
"""How item numbers moved when a plan was read again: ``moves`` is JSON, old number → new number.

``dispatch`` and ``arrival`` are the last rows of those tables that still speak of the old numbers. Of a revision the
last row counts; revisions follow each other in the order of their first rows.
"""

carried = Table(
    "carried",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False, index=True),
    Column("no", String(40), nullable=False),
    Column("numbering", KEY, nullable=False),
    Column("origin_plan", String(120), nullable=False),
    Column("origin_no", String(40), nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
"""回头看: an item taken into ``plan`` from an earlier plan, or ('' for ``origin_plan``) from a list from outside.

``content`` is the JSON of plan.carried.Carried; ``no`` is a number of that day, ``numbering`` as in ``reviews``. Of a
number the last row counts.
"""
