"""The append-only history: what was read, issued, sent, received, reported. SQLite by default, PostgreSQL by URL.

Nothing is updated but the state of a letter, and nothing is deleted. What is current is computed: the last reading of
a plan, the last dispatch to a unit, the entries of the last accepted arrival.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from flows import tables
from flows.migrations import migrate
from flows.storage.database import alone, make_engine, trouble
from flows.tables import *  # noqa: F403 - the tables are listed once, there, and found here
from flows.tables import meta

__all__ = ["Store", "append", "append_many", "append_tuples", "as_json", "now"]
__all__ += tables.__all__


_AT_A_TIME = 2_000


class Store:
    """One connection pool and the transactions on it."""

    def __init__(self, url: str, schema: str = "", password: str | None = None) -> None:
        """Open, create when new, bring up to this version when old.

        UserError when the database is newer than this program or cannot be opened. ``schema`` and ``password`` are for
        PostgreSQL.
        """
        self.engine = make_engine(url, schema, password)
        try:
            migrate(self.engine)
        except (sa.exc.SQLAlchemyError, OSError) as error:
            self.engine.dispose()
            raise trouble(error, self.engine) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction: all of it or nothing."""
        with self.engine.begin() as db:
            yield db

    def rows(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """All rows of a query."""
        with self.engine.connect() as db:
            return db.execute(query).all()

    def each(self, query: sa.Select[Any]) -> Iterator[sa.Row[Any]]:
        """The rows of a query one after the other, a few at a time in memory: for hundreds of thousands."""
        with self.engine.connect() as db:
            # By the part: one after the other, a row goes through four more calls.
            for part in db.execution_options(yield_per=_AT_A_TIME).execute(query).partitions():
                yield from part

    def column(self, query: Any) -> list[Any]:
        """The first column of a query's rows."""
        with self.engine.connect() as db:
            return list(db.execute(query).scalars())

    def add(self, table: Table, **values: Any) -> int:
        """Append one row in a transaction of its own; gives its id."""
        with self.begin() as db:
            return append(db, table, **values)

    def secret(self) -> bytes:
        """The key that signs workbooks: made once, kept in the store, so that every machine of an office shares it."""
        query = sa.select(meta.c.value).where(meta.c.key == "signing")
        found = self.column(query)
        if not found:
            with self.begin() as db:
                alone(db)  # two workers may open a new database at once, and one key must come of it
                found = list(db.execute(query).scalars())
                if not found:
                    found = [secrets.token_hex(32)]
                    db.execute(meta.insert().values(key="signing", value=found[0]))
        return bytes.fromhex(found[0])


def append(db: Connection, table: Table, **values: Any) -> int:
    """Append one row inside a transaction; ``at`` is now where the table has it. Gives the row's id."""
    if "at" in table.c and "at" not in values:
        values["at"] = now()
    key = db.execute(table.insert().values(**values)).inserted_primary_key
    return int(key[0]) if key else 0


def append_many(db: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append rows that all have the same columns, of plain types only: handed to the driver as they are.

    Three times as fast as row by row through SQLAlchemy's types, which a round of 60,000 entries feels.
    """
    if not rows:
        return
    statement = table.insert().compile(dialect=db.dialect, column_keys=list(rows[0]))
    order = getattr(statement, "positiontup", None)
    if order:
        db.exec_driver_sql(str(statement), [tuple(row[name] for name in order) for row in rows])
    else:
        db.exec_driver_sql(str(statement), [dict(row) for row in rows])


def append_tuples(db: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Append rows given as tuples in the order of ``columns``, else as ``append_many``: for tens of thousands."""
    if not rows:
        return
    statement = table.insert().compile(dialect=db.dialect, column_keys=list(columns))
    order = getattr(statement, "positiontup", None)
    if order is None:
        db.exec_driver_sql(str(statement), [dict(zip(columns, row, strict=True)) for row in rows])
    elif list(order) == list(columns):
        db.exec_driver_sql(str(statement), list(rows))
    else:
        places = [columns.index(name) for name in order]
        db.exec_driver_sql(str(statement), [tuple(row[place] for place in places) for row in rows])


def now() -> str:
    """The moment as the store writes it: UTC, seconds, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def as_json(value: Any) -> str:
    """Compact JSON with Chinese as it is, in the order given: the order of a workbook's rows is part of what it was."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
