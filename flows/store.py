"""The append-only history: what was read, issued, sent, received, reported. SQLite by default, PostgreSQL by URL.

Nothing is updated but the state of a letter, and nothing is deleted. What is current is computed: the last reading of
a plan, the last dispatch to a unit, the entries of the last accepted arrival.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, Text

from flows.problems import UserError

SCHEMA = 1
_META = MetaData()
_KEY = sa.BigInteger().with_variant(Integer, "sqlite")

meta = Table("meta", _META, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False))

readings = Table(
    "readings",
    _META,
    Column("id", _KEY, primary_key=True),
    Column("plan", String(120), nullable=False, index=True),
    Column("source_sha256", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
"""What `import` read, as plan-schema.md JSON: the office's edits are told from it."""

dispatches = Table(
    "dispatches",
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
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
    _META,
    Column("id", _KEY, primary_key=True),
    Column("plan", String(120), nullable=False, index=True),
    Column("revision", String(32), nullable=False),
    Column("dispatch", _KEY, nullable=False),
    Column("arrival", _KEY, nullable=False),
    Column("moves", Text, nullable=False),
    Column("at", String(32), nullable=False),
)
"""How item numbers moved when a plan was read again: ``moves`` is JSON, old number → new number.

``dispatch`` and ``arrival`` are the last rows of those tables that still speak of the old numbers. Of a revision the
last row counts; revisions follow each other in the order of their first rows.
"""


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
        _META.create_all(self.engine)
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
