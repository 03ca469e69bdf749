"""What the office said and printed: rulings, bulletins, notices."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

from flows.tables.base import KEY, META

reports = Table(
    "reports",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("number", Integer, nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("figures", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
"""A bulletin that was made, with the figures it printed: the next one is compared with these."""

reviews = Table(
    "reviews",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("no", String(40), nullable=False),
    Column("numbering", KEY, nullable=False),
    Column("status", String(10), nullable=False),
    Column("opinion", Text, nullable=False),
    Column("closed", sa.Boolean, nullable=False),
    Column("extended", String(10)),
    Column("reason", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("mark", String(40), nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("cell", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("review_place", "plan", "period"),
)
"""核定: what the office decided about one unit's work on one item, whole, as it stands from this row on.

``mark`` names the report that the office looked at, '' for none. ``numbering`` is the last row of ``numberings`` when
it was written: ``no`` is a number of that day. ``file``, ``sha256`` and ``cell`` say where the office wrote it.
"""

masters = Table(
    "masters",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("content", String(64), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("master_place", "plan", "period"),
)
"""A 总台账 that was written; ``content`` is the digest of all that the office is not asked to fill in.

Only read any more: ``master_files`` has taken its place.
"""

master_files = Table(
    "master_files",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("content", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("master_file_place", "plan", "period"),
)
"""A 总台账 that was written: the digest of its bytes, that of all that the office is not asked to fill in (whatever
program saves it), and how many tasks stand in it."""

notices = Table(
    "notices",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("level", Integer, nullable=False),
    Column("colour", String(10), nullable=False),
    Column("series", String(60), nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("dated", String(10), nullable=False),
    Column("answer_by", String(10), nullable=False),
    Column("numbering", KEY, nullable=False),
    Column("items", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("at", String(32), nullable=False),
    sa.UniqueConstraint("series", "year", "number", name="one_notice_a_number"),
    sa.Index("notice_place", "plan", "period"),
)
"""提示单, 督办单 and 约谈建议 that were issued. ``level``: 0 hint, 1 to 3 the colours, 4 talk.

``items`` is the JSON of the tasks on it, ``content`` that of every word that the template prints: a lost file is made
again as it was. ``series``, ``year`` and ``number`` make 督办〔2026〕3号. ``numbering`` as in ``reviews``.
"""

snapshots = Table(
    "snapshots",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("numbering", KEY, nullable=False),
    Column("content", sa.LargeBinary, nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("snapshot_place", "plan", "period"),
)
"""Every figure of a bulletin and the entries behind it, as they were: zlib of the JSON of ``frozen.freeze``.

``digest`` is the sha256 of that JSON: figures that are printed again as they were are not kept again. ``numbering`` as
in ``reviews``.
"""

printings = Table(
    "printings",
    META,
    Column("id", KEY, primary_key=True),
    Column("report", sa.ForeignKey("reports.id"), nullable=False, index=True),
    Column("snapshot", sa.ForeignKey("snapshots.id"), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("at", String(32), nullable=False),
)
"""Which snapshot a bulletin of ``reports`` was printed from; ``sha256``: of the document as it was written."""

complaints = Table(
    "complaints",
    META,
    Column("id", KEY, primary_key=True),
    Column("printing", sa.ForeignKey("printings.id"), nullable=False, index=True),
    Column("content", sa.LargeBinary, nullable=False),
)
"""Everybody whom a printed bulletin named; ``content``: see ``round.complaints.packed``."""

bulletins = Table(
    "bulletins",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("series", String(200), nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("at", String(32), nullable=False),
    sa.UniqueConstraint("series", "year", "number", name="one_bulletin_a_number"),
    sa.UniqueConstraint("plan", "period", "series", name="one_number_a_bulletin"),
)
"""Numbers of bulletins: ``series`` (style, 机关代字 or own name), ``year`` and ``number`` make 〔2026〕5号 or 第5期."""
