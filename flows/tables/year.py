"""What the year needs beside its months."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

from flows.tables.base import KEY, META

adjustments = Table(
    "adjustments",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("year", Integer, nullable=False),
    Column("unit", String(200), nullable=False),
    Column("points", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("period", String(7), nullable=False),
    Column("stands", sa.Boolean, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("cell", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("adjustment_place", "plan", "year"),
)
"""加减分 of the office in an assessment: ``points`` is a decimal, '' for 一票否决; ``period`` '' for the whole year.

A line is known by unit, points, reason, basis and period together; of such a line the last row counts, ``stands``
False takes it back. ``file``, ``sha256`` and ``cell`` say where the office wrote it, or the file it is gone from.
"""


yearbooks = Table(
    "yearbooks",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("year", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("yearbook_place", "plan", "year"),
)
"""年度报告 that was made. ``content`` is JSON: ``tables`` (key → number as printed), ``problems`` (subjects and the
units that named them, which next year's report answers) and ``files`` (name → sha256 of each document as written).
"""
