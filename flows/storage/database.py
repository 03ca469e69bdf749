"""The database behind the store: SQLite beside the plans, or PostgreSQL by URL, one schema an office."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine

from flows.problems import UserError
from flows.troubles import told

SQLITE, POSTGRES = "sqlite", "postgresql"
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg"}
"""What people write for PostgreSQL; without this SQLAlchemy takes the driver of before."""
_READ_ONLY = "taizhang_read_only"
_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
_FAULTS = {
    # sqlstate or words of the client library, the server's messages may be in any language
    "28": (
        "数据库不认这个用户名或密码",
        "请检查 [store] url 里的用户名和 password_env 所写的环境变量",
    ),
    "3D": ("没有 [store] url 所写的数据库", "请在 PostgreSQL 里先建好空的数据库"),
    "42501": ("数据库用户没有建表的权限", "请让数据库管理员授权，或先建好 [store] schema 所写的模式"),
}


def make_engine(url: str, schema: str = "", password: str | None = None) -> Engine:
    """An engine that connects lazily. UserError for an address or a schema that cannot be meant, or a missing driver.

    ``schema`` is PostgreSQL's, '' for the user's own; ``password`` is used when the URL has none.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise UserError(
            "[store] url 写法不对", '请写成 "postgresql://用户名@主机/数据库"；留空则用 ledgers/台账.db'
        ) from None
    parsed = parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername))
    kind = parsed.get_backend_name()
    if kind not in (SQLITE, POSTGRES):
        raise UserError(f"不支持 {kind} 数据库", "请用 PostgreSQL，或留空 [store] url")
    if schema and not _SCHEMA.fullmatch(schema):
        raise UserError(f"[store] schema 不能写“{schema}”", "请用小写英文字母、数字和下划线，如 office_yunchuan")
    try:
        return _sqlite(parsed) if kind == SQLITE else _postgres(parsed, schema, password)
    except ModuleNotFoundError as error:
        raise UserError(
            f"缺少数据库驱动 {error.name}", "请运行 pip install taizhang[postgres]，或留空 [store] url"
        ) from error


def is_postgres(engine: Engine) -> bool:
    """Whether the store lies on a PostgreSQL server."""
    return engine.dialect.name == POSTGRES


def is_read_only(engine: Engine) -> bool:
    """Whether this account may only read the store: what it finds is shown, and nothing is recorded."""
    return bool(engine.get_execution_options().get(_READ_ONLY))


def alone(db: Connection) -> None:
    """From here to its end the transaction is the only one that writes: before tables are made or changed.

    SQLite's driver begins no transaction for statements that make tables; this one does, so that they are taken back
    together with the rest.
    """
    if db.dialect.name == SQLITE:
        db.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        db.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('taizhang/' || current_schema(), 0))"))


def trouble(error: Exception, engine: Engine) -> UserError:
    """What a clerk reads when the database cannot be opened."""
    if not is_postgres(engine):
        return told(error) or UserError(
            f"打不开ledgers/台账.db（{type(error).__name__}）", "请检查 config.toml 的 [store]，或从备份恢复"
        )
    cause = getattr(error, "orig", None)
    state = str(getattr(cause, "sqlstate", None) or "") or _state_of(str(cause or error))
    for start, (message, hint) in _FAULTS.items():
        if state.startswith(start):
            return UserError(message, hint)
    return UserError(
        f"连不上 [store] url 所写的数据库（{engine.url.host or '本机'}）",
        "请检查网络和服务器是否开着，过一会儿再运行；已做完的不会重做",
    )


def _state_of(words: str) -> str:
    """A refused connection carries no state, only the server's words."""
    if "password" in words or "role" in words:
        return "28"
    return "3D" if re.search(r'database "[^"]*" does not exist', words) else ""


def password_from(name: str, environment: Mapping[str, str] = os.environ) -> str | None:
    """The password that an environment variable keeps; None leaves it to PGPASSWORD or the user's pgpass file."""
    return environment.get(name) or None if name else None


def _sqlite(url: URL) -> Engine:
    if url.database:
        path = Path(url.database)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError("没有写入数据库的权限", "请检查 ledgers 文件夹的权限") from error
        if path.is_file() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return _only_read(url, path)
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", _sqlite_pragmas)
    return engine


def _only_read(url: URL, path: Path) -> Engine:
    """A database in a folder that this account may only read: the usual mode would make files beside it."""
    log, index = (path.with_name(path.name + ending) for ending in ("-wal", "-shm"))
    unwritten = log.is_file() and log.stat().st_size > 0
    if unwritten and not index.is_file():  # what was committed last stands in the log only
        folder = Path(tempfile.mkdtemp(prefix="taizhang-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for each in (path, log):
            shutil.copyfile(each, folder / each.name)
        path, how = folder / path.name, "rw"
    else:
        how = "ro" if unwritten else "ro&immutable=1"
    name = f"{path.resolve().as_uri()}?mode={how}"
    engine = sa.create_engine(url, creator=lambda: sqlite3.connect(name, uri=True, check_same_thread=False))
    engine.update_execution_options(**{_READ_ONLY: True})
    sa.event.listen(engine, "connect", _reading_pragmas)
    return engine


def _postgres(url: URL, schema: str, password: str | None) -> Engine:
    if password and not url.password:
        url = url.set(password=password)
    options = {"application_name": "taizhang", "connect_timeout": "15"}
    given = {name: value for name, value in options.items() if name not in url.query}
    # A connection that a firewall has dropped meanwhile is replaced before it is used.
    engine = sa.create_engine(url, connect_args=given, pool_pre_ping=True)
    import psycopg.types.string

    class Text(psycopg.types.string.StrDumper):
        """Mails bring NUL characters, which PostgreSQL's text cannot hold."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)

    @sa.event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.adapters.register_dumper(str, Text)
        if not schema:
            return
        with connection.cursor() as cursor:
            # Asked first: a clerk's role may use a schema without the right to make one.
            cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (schema,))
            if cursor.fetchone() is None:
                # The server itself lets two that make one schema at once collide.
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", (f"taizhang/{schema}",))
                cursor.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            cursor.execute(f'SET search_path TO "{schema}"')
        connection.commit()

    return engine


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    # WAL survives a kill at any point; FULL survives a power cut; waiting is better than "database is locked".
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _reading_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("query_only=ON", "busy_timeout=20000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
