"""Letters out, mails in, and what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, Integer, String, Table, Text

from flows.tables.base import KEY, META

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
