"""The steps from version to version, oldest first. A step is never changed or taken out once it was released.

New tables need no step: they are made where they are missing. A step gets a connection inside a transaction in which
nobody else writes, and must come to the same end on SQLite and PostgreSQL. A new database has no need of any.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection

from flows.storage.database import POSTGRES
from flows.tables import META


@dataclass(frozen=True, slots=True)
class Step:
    """``name`` is how the database remembers it."""

    name: str
    run: Callable[[Connection], None]


def plain_text(db: Connection) -> None:
    """PostgreSQL: text of any length, compared byte by byte, as SQLite always had it.

    Version 0.1 made VARCHAR(n) in the server's own order, in which “2026-10” and times may stand elsewhere.
    """
    if db.dialect.name != POSTGRES:
        return
    found = sa.inspect(db)
    for table in META.sorted_tables:
        for column in found.get_columns(table.name):
            kind = column["type"]
            if isinstance(kind, sa.String) and (kind.length or kind.collation != "C"):
                db.execute(sa.text(f'ALTER TABLE "{table.name}" ALTER COLUMN "{column["name"]}" TYPE text COLLATE "C"'))


STEPS = (Step("0002 plain text", plain_text),)
