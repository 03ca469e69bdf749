"""Tables about 量化指标: what the office sets."""

from __future__ import annotations

from sqlalchemy import Column, Float, String, Table, Text

from flows.tables.base import KEY, META

goal_marks = Table(
    "goal_marks",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False, index=True),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("no", String(40), nullable=False),
    Column("numbering", KEY, nullable=False),
    Column("target", Text, nullable=False),
    Column("value", Float),
    Column("note", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("cell", String(20), nullable=False),
    Column("at", String(32), nullable=False),
)
"""认定数 and 说明 of a unit's number in one month; of such a place the last row counts, an empty one takes it back.

``target`` is the target as printed, ``numbering`` as in ``reviews``. ``file``, ``sha256`` and ``cell`` say where the
office wrote it.
"""
