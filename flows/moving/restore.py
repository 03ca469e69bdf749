"""restore: a backup becomes a home again, here or elsewhere, in SQLite or PostgreSQL.

All of it is unpacked beside the target and compared before the target is touched; then it is moved in at one stroke.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import sqlalchemy as sa

from flows.config import Config, read_config
from flows.files import digest
from flows.migrations import migrate
from flows.moving.check import opened, pieces
from flows.moving.manifest import DATABASE, SQLITE_MEMBER, Manifest
from flows.moving.rows import Row, fill, from_lines, read_rows
from flows.moving.settings import with_key
from flows.periods import CHINA
from flows.problems import UserError
from flows.storage.database import is_postgres, make_engine, password_from
from flows.storage.locks import plan_lock
from flows.store import Store
from flows.tables import META
from flows.troubles import cause
from flows.workspace import Home

LOCAL = "sqlite"
"""What --store says for ledgers/台账.db."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of it."""

    home: Home
    manifest: Manifest
    kept: Path | None
    """Where the home that was there before has been put."""
    store: str
    """sqlite | postgresql."""
    sends: bool
    """Letters of this home really leave."""


def restore(
    file: Path, target: Path, *, store: str | None = None, schema: str | None = None, replace: bool = False
) -> Restored:
    """Lay the home in ``file`` at ``target``.

    ``store`` is ``sqlite``, a PostgreSQL URL, or None for what the backup's own config.toml names; ``schema`` goes with
    a URL. What lies at ``target`` is kept under another name, and only with ``replace``. UserError, with nothing
    changed, for a damaged backup, a target that is taken, or a database that holds something else.
    """
    target = target.resolve()
    _require_free(target, replace)
    scratch = target.with_name(f".~{target.name}.恢复")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if scratch.exists():  # of a restore that was killed
            shutil.rmtree(scratch)
        with opened(file) as (archive, manifest):
            _require_room(target.parent, manifest)
            fresh = Home(scratch / "home")
            _unpack(archive, manifest, fresh.root, scratch)
        url, place = _settle(fresh, manifest, store, schema)
        config = fresh.config()
        if url:
            _fill_server(config, url, place, manifest, scratch)
        else:
            _fill_local(fresh, manifest, scratch)
        kept = _move_in(fresh.root, target)
    except PermissionError as error:
        name = Path(error.filename or target).name
        raise UserError(f"{name} 正在被打开，或不许写入，没有恢复", "请关闭后再运行") from error
    except OSError as error:
        word = "磁盘已满" if error.errno == errno.ENOSPC else f"写不成（{cause(error)}）"
        raise UserError(f"{word}，没有恢复", "请腾出空间或换一个目录再运行") from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Restored(Home(target), manifest, kept, "postgresql" if url else LOCAL, config.mail.transport == "smtp")


def _require_free(target: Path, replace: bool) -> None:
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if not target.is_dir():
        raise UserError(f"{target} 不是文件夹", "请换一个目录名")
    if not replace:
        raise UserError(f"{target} 里已有内容，没有恢复", "请换一个新目录；确要替换，加 --replace，原来的会改名留下")
    # Nobody may be at work in what is put aside.
    with ExitStack() as held:
        for lock in sorted(target.glob("ledgers/.*.lock")):
            slug = lock.name[1 : -len(lock.suffix)]
            held.enter_context(plan_lock(None, target / "ledgers" / slug, slug, "恢复备份"))


def _require_room(folder: Path, manifest: Manifest) -> None:
    needed = sum(member.size for member in manifest.members)
    if shutil.disk_usage(folder).free < needed:
        raise UserError(f"磁盘空间不够，恢复需要 {needed / 1e6:.0f} MB", "请腾出空间或换一个目录再运行")


def _unpack(archive: ZipFile, manifest: Manifest, home: Path, scratch: Path) -> None:
    """Files into ``home``, the database's members beside it."""
    for name in ("templates", "ledgers", *manifest.folders):
        (home / name).mkdir(parents=True, exist_ok=True)
    for member in manifest.members:
        path = (scratch if member.name.startswith(DATABASE) else home).joinpath(*member.name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as out:
            out.writelines(pieces(archive, member))
        if member.modified is not None:
            os.utime(path, (member.modified, member.modified))


def _settle(home: Home, manifest: Manifest, store: str | None, schema: str | None) -> tuple[str, str]:
    """Write where the history will lie into config.toml; URL ('' for the local file) and schema."""
    config = read_config(home.config_file)
    named = config.store
    given = named.url if store is None and manifest.store == "postgresql" else store or LOCAL
    url = "" if given == LOCAL else given
    place = (named.schema_ if schema is None else schema) if url else ""
    if schema and not url:
        raise UserError("--schema 只用于 PostgreSQL", "请同时写 --store postgresql://用户名@主机/数据库")
    if url:
        engine = make_engine(url, place)  # a wrong address is told before anything is written
        engine.dispose()
        if not is_postgres(engine):
            raise UserError("--store 只能写 sqlite 或 PostgreSQL 地址", "例如 postgresql://taizhang@主机/taizhang")
    # The password of an address given here goes to the server, not into the file.
    plain = sa.make_url(url).set(password=None).render_as_string() if url else ""
    text = home.config_file.read_text(encoding="utf-8-sig")
    wanted = {"url": plain, "schema": place} if (plain, place) != (named.url, named.schema_) else {}
    for key, value in wanted.items():
        text = with_key(text, "store", key, value)
    if wanted:
        home.config_file.write_text(text, encoding="utf-8")
    return url, place


def _fill_local(home: Home, manifest: Manifest, scratch: Path) -> None:
    path = home.ledgers / "台账.db"
    if manifest.store == LOCAL:
        (scratch / SQLITE_MEMBER).replace(path)
        Store(home.database_url).close()  # opens it: brought up to this version, or refused
        return
    engine = make_engine(home.database_url)
    try:
        fill(engine, _tables(manifest, scratch), manifest.rows, _mark(manifest))
    finally:
        engine.dispose()


def _fill_server(config: Config, url: str, schema: str, manifest: Manifest, scratch: Path) -> None:
    with ExitStack() as held:
        # Store opens it first: a server that cannot be reached is told in words.
        target = Store(url, schema, password_from(config.store.password_env))
        held.callback(target.close)
        if manifest.store != LOCAL:
            fill(target.engine, _tables(manifest, scratch), manifest.rows, _mark(manifest))
            return
        source = make_engine(f"sqlite:///{(scratch / SQLITE_MEMBER).as_posix()}")
        held.callback(source.dispose)
        migrate(source)
        db = held.enter_context(source.connect())
        tables = {table.name: read_rows(db, table) for table in META.sorted_tables}
        fill(target.engine, tables, manifest.rows, _mark(manifest))


def _tables(manifest: Manifest, scratch: Path) -> Mapping[str, Iterable[Row]]:
    def lines(name: str) -> Iterable[Row]:
        with (scratch / f"{DATABASE}{name}.jsonl").open("rb") as file:
            yield from from_lines(file)

    return {name: lines(name) for name in manifest.rows}


def _mark(manifest: Manifest) -> str:
    return digest(manifest.to_bytes())


def _move_in(fresh: Path, target: Path) -> Path | None:
    kept = None
    if target.exists():
        if any(target.iterdir()):
            stamp = datetime.now(CHINA).strftime("%Y%m%d-%H%M%S")
            kept = target.with_name(f"{target.name}_恢复前_{stamp}")
            target.replace(kept)
        else:
            target.rmdir()
    try:
        fresh.replace(target)
    except OSError:
        if kept is not None:
            kept.replace(target)
        raise
    return kept
