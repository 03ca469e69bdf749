"""What went out to units, and what came back from them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

from flows.tables.base import KEY, META

dispatches = Table(
    "dispatches",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows", Text, nullable=False),
    Column("layout", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("dispatch_place", "plan", "period", "unit"),
)
"""A workbook written for a unit; ``rows`` is the JSON of what stood in its locked cells."""

arrivals = Table(
    "arrivals",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("archived", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("received", String(32), nullable=False),
    Column("verdict", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("problems", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Column("filler", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("at", String(32), nullable=False),
    sa.UniqueConstraint("plan", "period", "sha256", "verdict", name="one_arrival_a_file_and_verdict"),
)
"""A returned file: ``verdict`` accepted | returned | quarantined. ``unit`` is '' when nobody knows whose it is.

A quarantined file may come again with another verdict, once the office has removed the cause.
"""

entries = Table(
    "entries",
    META,
    Column("id", KEY, primary_key=True),
    Column("arrival", sa.ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("no", String(40), nullable=False),
    Column("status", String(10), nullable=False),
    Column("percent", Integer),
    Column("progress", Text, nullable=False),
    Column("done_on", String(10)),
    Column("evidence", Text, nullable=False),
    Column("problem", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("merged", sa.Boolean, nullable=False),
    sa.Index("entry_place", "plan", "period", "unit", "no"),
)
"""A row that was right. ``merged`` False: held, because other rows of its sheet have to be corrected first."""

proposals = Table(
    "proposals",
    META,
    Column("id", KEY, primary_key=True),
    Column("arrival", sa.ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("cells", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    sa.Index("proposal_place", "plan", "period"),
)
"""A task that a unit added on its own, for the office to decide; ``cells`` is JSON, header → what stood there."""

evidence = Table(
    "evidence",
    META,
    Column("id", KEY, primary_key=True),
    Column("arrival", sa.ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer),
    Column("name", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    sa.Index("evidence_place", "plan", "period", "unit"),
)
"""佐证材料 as a file: a picture out of a workbook, or what came beside it in a mail. ``file`` is below the plan."""

senders = Table(
    "senders",
    META,
    Column("id", KEY, primary_key=True),
    Column("arrival", sa.ForeignKey("arrivals.id"), nullable=False, index=True),
    Column("standing", String(20), nullable=False),
    Column("held", sa.Boolean, nullable=False),
    Column("server", String(255), nullable=False),
    Column("spf", String(20), nullable=False),
    Column("dkim", String(20), nullable=False),
    Column("dmarc", String(20), nullable=False),
)
"""Who sent an arrival out of the mailbox: ``standing`` roster | domain | unknown | any, and what the receiving server
found out about it, '' where it wrote nothing. ``held``: in quarantine only because of its sender.
"""

filings = Table(
    "filings",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("received", String(32), nullable=False),
    Column("accepted", sa.Boolean, nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String(32), nullable=False),
    sa.UniqueConstraint("plan", "period", "sha256", "accepted", name="one_filing_a_file_and_verdict"),
    sa.Index("filing_place", "period", "plan", "unit"),
)
"""年报数据 of a unit, read out of the arrival with the same plan, period and sha256. ``period`` is the year, ``2026``.

``content`` is the JSON of the whole filing, blanks and “不适用” kept apart from zeros. Not ``accepted``: it went back
for correction, and is kept to show what the corrected one says instead.
"""
