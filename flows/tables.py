"""The tables of the store. A new table is made in old databases when they are opened; columns are never added here."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, MetaData, String, Table, Text

META = MetaData()
KEY = sa.BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", META, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

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

letters = Table(
    "letters",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("occasion", String(120), nullable=False),
    Column("message_id", String(200), nullable=False, unique=True),
    Column("recipients", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("at", String(32), nullable=False),
    Column("changed", String(32), nullable=False),
    sa.UniqueConstraint("plan", "period", "unit", "kind", "occasion", name="one_letter_an_occasion"),
)
"""The outbox. ``state``: queued → sending → sent | refused | unknown; ``occasion`` makes a letter happen once."""

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

mails = Table(
    "mails",
    META,
    Column("id", KEY, primary_key=True),
    Column("account", String(200), nullable=False),
    Column("folder", String(200), nullable=False),
    Column("uidvalidity", String(40), nullable=False),
    Column("uid", String(40), nullable=False),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("at", String(32), nullable=False),
    sa.UniqueConstraint("account", "folder", "uidvalidity", "uid", "plan", "period", name="one_reading_a_mail"),
)
"""Mails that a round has finished with, whatever was in them."""

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
"""A 总台账 that was written; ``content`` is the digest of all that the office is not asked to fill in."""

attempts = Table(
    "attempts",
    META,
    Column("id", KEY, primary_key=True),
    Column("letter", sa.ForeignKey("letters.id"), nullable=False, index=True),
    Column("outcome", String(20), nullable=False),
    Column("code", Integer),
    Column("answer", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("taken", Text, nullable=False),
    Column("person", String(200), nullable=False),
    Column("retry", String(32)),
    Column("everyone", sa.Boolean, nullable=False),
    Column("at", String(32), nullable=False),
)
"""Every try to send a letter and how it ended; ``taken``: JSON addresses that the server took it for."""

approvals = Table(
    "approvals",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("letters", Integer, nullable=False),
    Column("recipients", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("person", String(200), nullable=False),
    Column("means", String(20), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("approval_place", "plan", "period"),
)
"""确认寄出: who agreed when that so many letters of a kind leave for these recipients."""

bounces = Table(
    "bounces",
    META,
    Column("id", KEY, primary_key=True),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("unit", String(200), nullable=False),
    Column("letter", sa.ForeignKey("letters.id"), nullable=False, index=True),
    Column("address", String(320), nullable=False),
    Column("code", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("permanent", sa.Boolean, nullable=False),
    Column("notice", String(64), nullable=False),
    Column("archived", Text, nullable=False),
    Column("received", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    sa.UniqueConstraint("plan", "notice", "address", name="one_bounce_a_notice_and_address"),
    sa.Index("bounce_place", "plan", "period"),
)
"""退信: an address that a letter of ours did not reach (``permanent``) or has not reached yet.

``plan``, ``period`` and ``unit`` are the letter's; ``notice`` is the sha256 of the mail that says so, ``words`` what
the server said, ``reason`` what that means.
"""

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

finished = Table(
    "finished",
    META,
    Column("id", KEY, primary_key=True),
    Column("account", String(200), nullable=False),
    Column("folder", String(200), nullable=False),
    Column("uidvalidity", String(40), nullable=False),
    Column("uid", String(40), nullable=False),
    Column("plan", String(120), nullable=False),
    Column("period", String(7), nullable=False),
    Column("at", String(32), nullable=False),
    sa.Index("finished_place", "account", "folder", "uidvalidity"),
)
"""Mails that belonged to a round and of which nothing waits for a person: they may be moved out of the inbox."""

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
