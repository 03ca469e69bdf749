"""What the database keeps about itself."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from flows.tables.base import KEY, META

migrations = Table(
    "migrations",
    META,
    Column("id", KEY, primary_key=True),
    Column("name", String(400), nullable=False),
    Column("at", String(32), nullable=False),
    Column("program", String(40), nullable=False),
)
"""How the database came to be as it is: steps of ``flows.migrations`` by name, and tables as ``tables: …``.

``program`` is the version that did it.
"""
