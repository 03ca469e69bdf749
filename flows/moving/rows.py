"""The rows of a store, out and in again: the same whatever database they come from or go to.

As JSON lines a table is a list of column names and then one list a row; bytes are ``{"base64": …}``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table

from flows.migrations import migrate
from flows.problems import UserError
from flows.storage.database import alone, is_postgres
from flows.storage.locks_database import NOTE
from flows.tables import META, meta, migrations

CHUNK = 1000
_MARK = "restored"
"""Key of ``meta``: which backup the database was filled from."""

Row = dict[str, Any]


def read_rows(db: Connection, table: Table) -> Iterator[Row]:
    """A table's rows in the order in which they were written, a thousand at a time in memory."""
    query = sa.select(table).order_by(*table.primary_key.columns)
    if table is meta:
        query = query.where(meta.c.key.not_like(NOTE + "%"), meta.c.key != _MARK)
    for row in db.execution_options(yield_per=CHUNK).execute(query).mappings():
        yield dict(row)


def to_lines(table: Table, rows: Iterable[Row]) -> Iterator[bytes]:
    """JSON lines of a table."""
    names = [column.name for column in table.columns]
    yield _line(names)
    for row in rows:
        yield _line([row[name] for name in names])


def from_lines(lines: Iterable[bytes]) -> Iterator[Row]:
    """The rows behind JSON lines."""
    todo = iter(lines)
    names = json.loads(next(todo))
    for line in todo:
        yield dict(zip(names, map(_value, json.loads(line)), strict=True))


def fill(engine: Engine, tables: Mapping[str, Iterable[Row]], counts: Mapping[str, int], mark: str) -> None:
    """Put all rows into an empty store, in one transaction: killed at any point, it is empty as before.

    ``mark`` names the backup: a database that was filled from this very backup and stands as it was filled is left so.
    UserError when the database holds anything else, or the backup has tables that this version does not know.
    """
    unknown = set(tables) - set(META.tables)
    if unknown:
        raise UserError("备份由更新版本的台账做成", "请升级程序后再恢复")
    migrate(engine)
    with engine.begin() as db:
        alone(db)
        if _is_filled(db, mark, counts):
            return
        db.execute(sa.delete(meta))
        db.execute(sa.delete(migrations))
        for table in META.sorted_tables:
            rows = iter(tables.get(table.name, ()))
            while chunk := list(islice(rows, CHUNK)):
                db.execute(table.insert(), chunk)
            _continue_numbers(db, table)
        db.execute(meta.insert().values(key=_MARK, value=mark))
    migrate(engine)  # what the backup's own version had not done yet


def counted(db: Connection) -> dict[str, int]:
    """Table → number of rows that a backup takes."""
    found = {}
    for table in META.sorted_tables:
        query = sa.select(sa.func.count()).select_from(table)
        if table is meta:
            query = query.where(meta.c.key.not_like(NOTE + "%"), meta.c.key != _MARK)
        found[table.name] = int(db.execute(query).scalar_one())
    return found


def _is_filled(db: Connection, mark: str, counts: Mapping[str, int]) -> bool:
    there = counted(db)
    content = {name: number for name, number in there.items() if name not in (meta.name, migrations.name)}
    signed = db.execute(sa.select(meta.c.key).where(meta.c.key == "signing")).first()
    if not any(content.values()) and not signed:
        return False
    same = db.execute(sa.select(meta.c.value).where(meta.c.key == _MARK)).scalar() == mark
    if same and all(number == counts.get(name, 0) for name, number in content.items()):
        return True
    raise UserError(
        "要恢复到的数据库里已有台账的数据，没有动它", "请用空的数据库或另写一个 --schema，或写 --store sqlite"
    )


def _continue_numbers(db: Connection, table: Table) -> None:
    """The next row gets the number after the last: PostgreSQL counts beside the table and has not seen these rows."""
    if not is_postgres(db.engine) or "id" not in table.c:
        return
    last = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0)).scalar_subquery()
    sequence = sa.func.pg_get_serial_sequence(table.name, "id")
    db.execute(sa.select(sa.func.setval(sequence, last + 1, False)))


def _line(values: Sequence[Any]) -> bytes:
    shown = [{"base64": base64.b64encode(v).decode()} if isinstance(v, bytes | memoryview) else v for v in values]
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _value(value: Any) -> Any:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value
