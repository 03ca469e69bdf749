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
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Table

from flows.problems import UserError
from flows.tables import (
    META,
    adjustments,
    approvals,
    arrivals,
    attempts,
    bounces,
    bulletins,
    carried,
    decisions,
    dispatches,
    entries,
    evidence,
    filings,
    finished,
    letters,
    mails,
    masters,
    meta,
    notices,
    numberings,
    printings,
    proposals,
    readings,
    reports,
    reviews,
    senders,
    snapshots,
    yearbooks,
)

__all__ = [
    "Store",
    "adjustments",
    "append",
    "append_many",
    "append_tuples",
    "approvals",
    "arrivals",
    "as_json",
    "attempts",
    "bounces",
    "bulletins",
    "carried",
    "decisions",
    "dispatches",
    "entries",
    "evidence",
    "filings",
    "finished",
    "letters",
    "mails",
    "masters",
    "notices",
    "now",
    "numberings",
    "printings",
    "proposals",
    "readings",
    "reports",
    "reviews",
    "senders",
    "snapshots",
    "yearbooks",
]

SCHEMA = 1


class Store:
    """One connection pool and the transactions on it."""

    def __init__(self, url: str) -> None:
        """Open (and create when new). UserError when the database is newer than this program or cannot be opened."""
        self.url = url
        try:
            parsed = sa.make_url(url)
            if parsed.get_backend_name() == "sqlite" and parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = sa.create_engine(parsed)
            if parsed.get_backend_name() == "sqlite":
                sa.event.listen(self.engine, "connect", _sqlite_pragmas)
            self._prepare()
        except ModuleNotFoundError as error:
            raise UserError(
                f"缺少数据库驱动 {error.name}", f"请运行 pip install {error.name}，或留空 [store] url"
            ) from error
        except (sa.exc.SQLAlchemyError, OSError) as error:
            if "readonly" in str(error) or "unable to open" in str(error) or isinstance(error, PermissionError):
                raise UserError("没有写入数据库的权限", "请检查 ledgers 文件夹的权限") from error
            place = "ledgers/台账.db" if url.startswith("sqlite") else "[store] url 所指的数据库"
            raise UserError(
                f"打不开{place}（{type(error).__name__}）", "请检查 config.toml 的 [store]，或从备份恢复"
            ) from error

    def _prepare(self) -> None:
        META.create_all(self.engine)
        with self.begin() as db:
            version = self._meta(db, "schema", str(SCHEMA))
            if int(version) > SCHEMA:
                raise UserError("数据库由更新版本的台账建立", "请升级程序后再用")

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
        with self.begin() as db:
            return bytes.fromhex(self._meta(db, "signing", secrets.token_hex(32)))

    @staticmethod
    def _meta(db: Connection, key: str, fresh: str) -> str:
        found = db.execute(sa.select(meta.c.value).where(meta.c.key == key)).scalar()
        if found is None:
            db.execute(meta.insert().values(key=key, value=fresh))
            return fresh
        return str(found)


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


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    # WAL survives a kill at any point; FULL survives a power cut; waiting is better than "database is locked".
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
