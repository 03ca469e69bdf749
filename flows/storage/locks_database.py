"""The lock of a plan on a PostgreSQL server: for computers that share a history but perhaps no folder.

It is the server's own advisory lock: it ends with the connection, however its holder ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from flows.tables import meta

_TAKE = "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || '/' || :key, 0))"
_GIVE = _TAKE.replace("try_advisory_lock", "advisory_unlock")
NOTE = "lock/"
"""Keys of ``meta`` that say who held a plan last; they are no part of a backup."""


@contextmanager
def database_lock(engine: Engine, slug: str, words: dict[str, object]) -> Iterator[dict[str, object] | None]:
    """Hold the plan ``slug`` of the office's schema. Gives None, or the words of the one who has it: then go away."""
    key = {"key": f"taizhang/plan/{slug}"}
    # A connection of its own that is in no transaction: a flow may take long, and the server must not wait for it.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        if not db.execute(sa.text(_TAKE), key).scalar():
            yield _left(db, slug)
            return
        try:
            _leave(db, slug, words)
            yield None
        finally:
            with suppress(sa.exc.SQLAlchemyError):  # a lost connection has given the lock back already
                db.execute(sa.text(_GIVE), key)


def _leave(db: Connection, slug: str, words: dict[str, object]) -> None:
    db.execute(sa.delete(meta).where(meta.c.key == NOTE + slug))
    db.execute(meta.insert().values(key=NOTE + slug, value=json.dumps(words, ensure_ascii=False)))


def _left(db: Connection, slug: str) -> dict[str, object]:
    found = db.execute(sa.select(meta.c.value).where(meta.c.key == NOTE + slug)).scalar()
    try:
        return dict(json.loads(found or "{}"))
    except ValueError:
        return {}
