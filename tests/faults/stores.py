"""Where the office of the rounds keeps its history: in its own folder, or in a schema of a PostgreSQL server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from flows.desk import open_store
from flows.storage.database import make_engine
from flows.workspace import Home
from tests.postgres.cluster import settle

SCHEMA = "faults"


@dataclass(frozen=True)
class Ledger:
    """SQLite beside the plans; with ``url`` a server's."""

    url: str = ""

    def prepare(self, base: Path) -> None:
        """The base home keeps its history here."""
        if self.url:
            self._drop(SCHEMA)
            settle(base / "config.toml", self.url, SCHEMA)

    def keep(self, base: Path) -> dict[str, list[dict[str, Any]]]:
        """What every round begins with, where it does not lie in the home's folder."""
        if not self.url:
            return {}
        with self.opened(base) as engine, engine.connect() as db:
            tables = sa.MetaData()
            tables.reflect(db, schema=SCHEMA)
            return {
                table.name: [dict(row) for row in db.execute(sa.select(table)).mappings()]
                for table in tables.sorted_tables
            }

    def fresh(self, base: Path, home: Path, kept: dict[str, list[dict[str, Any]]]) -> None:
        """A home as the base is."""
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(base, home)
        if not self.url:
            return
        self._drop(SCHEMA)
        open_store(Home(home), Home(home).config()).close()
        with self.opened(home) as engine, engine.begin() as db:
            tables = sa.MetaData()
            tables.reflect(db, schema=SCHEMA)
            for table in tables.sorted_tables:
                db.execute(table.delete())
            for table in tables.sorted_tables:
                if rows := kept.get(table.name):
                    db.execute(table.insert(), rows)
                    if "id" in table.c:
                        last = max(row["id"] for row in rows)
                        name = f"{SCHEMA}.{table.name}"
                        db.execute(
                            sa.text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"),
                            {"name": name, "last": last},
                        )

    @contextmanager
    def opened(self, home: Path) -> Iterator[Engine]:
        """The database itself, without the program's own opening."""
        path = home / "ledgers" / "台账.db"
        engine = make_engine(self.url, SCHEMA) if self.url else make_engine(f"sqlite:///{path.as_posix()}")
        try:
            yield engine
        finally:
            engine.dispose()

    def _drop(self, schema: str) -> None:
        engine = make_engine(self.url)
        with engine.begin() as db:
            db.execute(sa.text(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE'))
        engine.dispose()
