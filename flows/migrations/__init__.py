"""How a database of an earlier version becomes one of this version: whole steps, recorded, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from flows import __version__
from flows.migrations.steps import STEPS, Step
from flows.problems import UserError
from flows.storage.database import alone
from flows.tables import META, meta, migrations

__all__ = ["SCHEMA", "STEPS", "Step", "migrate", "version_of"]

SCHEMA = 1
"""Raised by a step after which programs of before can no longer work with the database. Tables alone never do that."""


def migrate(engine: Engine, steps: Sequence[Step] = STEPS) -> None:
    """Make missing tables and do the steps that the database has not seen, in one transaction.

    UserError for a database that only a newer program understands. A database that has everything is only read.
    """
    with engine.connect() as db:
        _refuse_newer(db)
        if not _missing(db) and not _open_steps(db, steps):
            return
    with engine.begin() as db:
        alone(db)
        _refuse_newer(db)  # again: another program may have been here in between
        fresh = not _names(db)
        made = _missing(db)
        META.create_all(db, tables=[META.tables[name] for name in made])
        if made:
            _record(db, f"tables: {' '.join(made)}")
        for step in _open_steps(db, steps):
            if not fresh:
                step.run(db)
            _record(db, step.name)
        _write_version(db)


def version_of(db: Connection) -> int | None:
    """The schema that a database says it has; None for an empty one."""
    if meta.name not in _names(db):
        return None
    found = db.execute(sa.select(meta.c.value).where(meta.c.key == "schema")).scalar()
    return int(found) if found is not None else None


def _refuse_newer(db: Connection) -> None:
    version = version_of(db)
    if version is not None and version > SCHEMA:
        raise UserError("数据库由更新版本的台账建立", "请升级程序后再用")


def _write_version(db: Connection) -> None:
    if version_of(db) is None:
        db.execute(meta.insert().values(key="schema", value=str(SCHEMA)))
    else:
        db.execute(meta.update().where(meta.c.key == "schema").values(value=str(SCHEMA)))


def _names(db: Connection) -> set[str]:
    return set(sa.inspect(db).get_table_names())


def _missing(db: Connection) -> list[str]:
    """Tables of this version that are not there, those that others refer to first."""
    names = _names(db)
    return [table.name for table in META.sorted_tables if table.name not in names]


def _open_steps(db: Connection, steps: Sequence[Step]) -> list[Step]:
    if migrations.name not in _names(db):
        return list(steps)
    done = set(db.execute(sa.select(migrations.c.name)).scalars())
    return [step for step in steps if step.name not in done]


def _record(db: Connection, name: str) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    db.execute(migrations.insert().values(name=name[:400], at=at, program=__version__))
