"""backup: settings, templates, ledgers and the history of an office in one zip, made while others work on.

The history is taken first and the files after it: whatever the history speaks of had been written before.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import sqlalchemy as sa
from sqlalchemy import Engine

from flows import __version__
from flows.desk import open_store
from flows.migrations import SCHEMA
from flows.moving import manifest as listed
from flows.moving.check import check
from flows.moving.manifest import DATABASE, SQLITE_MEMBER, Manifest, Member
from flows.moving.rows import counted, read_rows, to_lines
from flows.periods import CHINA
from flows.problems import UserError
from flows.storage.database import is_postgres
from flows.tables import META
from flows.troubles import cause
from flows.workspace import Home

_PACKED = {".xlsx", ".xlsm", ".docx", ".zip", ".rar", ".7z", ".png", ".jpg", ".jpeg", ".pdf", ".ofd", ".et", ".wps"}
"""Deflate gains nothing on these and takes most of the time."""
_PASSING = re.compile(r"~\$.*|\.~.*|\..*\.(?:lock|claim|tmp)|台账\.db(?:-wal|-shm|-journal)?")
"""Drafts, marks of open files and of work that goes on, and the live database."""
_PIECE = 1 << 20
_STALE = 600
"""Seconds after which a draft that nobody writes to is a leftover."""
_PASSWORD = re.compile(rb"(://[^\s\"'@/:]*):[^\s\"'@/]+@")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was written."""

    file: Path
    manifest: Manifest
    size: int
    masked: bool
    """A password stood in config.toml and was left out."""


def backup(home: Home, target: Path) -> BackedUp:
    """Write ``target`` whole, read it back and compare; killed before that, ``target`` is as it was.

    UserError when the target lies among the office's own files, cannot be written, or the database is damaged.
    """
    target = target.resolve()
    config = home.config()
    if any(target.is_relative_to(folder.resolve()) for folder in (home.ledgers, home.templates)):
        raise UserError("备份不能放在 ledgers 或 templates 里面", "请放到工作目录以外，最好是另一块盘")
    if target.is_dir():
        raise UserError(f"{target} 是文件夹", "请写出备份文件的名字，如 台账备份.zip")
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target)
    draft = target.with_name(f".~{target.name}.{os.getpid()}.tmp")
    try:
        with ZipFile(draft, "w", allowZip64=True) as archive:
            packer = _Packer(archive)
            store, rows = _pack_history(packer, open_store(home, config).engine, draft)
            masked = _pack_files(packer, home)
            made = Manifest(
                program=__version__,
                schema=SCHEMA,
                at=datetime.now(CHINA).isoformat(timespec="seconds"),
                store=store,
                rows=rows,
                members=tuple(packer.members),
                folders=tuple(packer.folders),
            )
            archive.writestr(listed.NAME, made.to_bytes(), ZIP_DEFLATED)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        check(draft)
        draft.replace(target)
    except PermissionError as error:
        raise UserError(
            f"{Path(error.filename or target).name} 正在被打开，或不许读写", "请关闭后再备份一次"
        ) from error
    except OSError as error:
        word = "磁盘已满" if error.errno == errno.ENOSPC else f"写不成（{cause(error)}）"
        raise UserError(f"{word}，{target.name} 没有做成", "请换一个地方再备份一次") from error
    finally:
        for left in (draft, _copy_beside(draft)):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    return BackedUp(target, made, target.stat().st_size, masked)


@dataclass
class _Packer:
    """Adds members and keeps the list of them."""

    archive: ZipFile
    members: list[Member] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)

    def add(self, name: str, pieces: Iterable[bytes], modified: float | None = None) -> None:
        info = ZipInfo(name, _moment(modified))
        info.compress_type = ZIP_STORED if Path(name).suffix.lower() in _PACKED else ZIP_DEFLATED
        seen, size = hashlib.sha256(), 0
        with self.archive.open(info, "w", force_zip64=True) as out:
            for piece in pieces:
                seen.update(piece)
                size += len(piece)
                out.write(piece)
        self.members.append(Member(name, size, seen.hexdigest(), modified))

    def add_file(self, name: str, path: Path) -> None:
        with path.open("rb") as source:
            self.add(name, iter(lambda: source.read(_PIECE), b""), path.stat().st_mtime)


def _pack_files(packer: _Packer, home: Home) -> bool:
    settings = home.config_file.read_bytes()
    kept = _PASSWORD.sub(rb"\1@", settings)
    packer.add("config.toml", [kept], home.config_file.stat().st_mtime)
    for top in (home.templates, home.ledgers):
        for path in _walk(top, set()):
            name = f"{top.name}/{path.relative_to(top).as_posix()}"
            if path.is_dir():
                packer.folders.append(name)
            else:
                with suppress(FileNotFoundError):  # a draft that has become what it was to be
                    packer.add_file(name, path)
    return kept != settings


def _walk(folder: Path, above: set[Path]) -> Iterator[Path]:
    """Files, and folders that are empty. A link to another disk is followed, one into its own parents is not."""
    real = folder.resolve()
    if real in above or not folder.is_dir():
        return
    names = sorted(path for path in folder.iterdir() if not _PASSING.fullmatch(path.name))
    if not names:
        yield folder
    for path in names:
        if path.is_dir():
            yield from _walk(path, above | {real})
        elif path.is_file():
            yield path


def _pack_history(packer: _Packer, engine: Engine, draft: Path) -> tuple[str, dict[str, int]]:
    """The kind of store and the number of rows of each table."""
    with closing(_Disposed(engine)):
        if not is_postgres(engine):
            return "sqlite", _pack_sqlite(packer, engine, _copy_beside(draft))
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as db, db.begin():
            for table in META.sorted_tables:
                packer.add(f"{DATABASE}{table.name}.jsonl", to_lines(table, read_rows(db, table)))
            return "postgresql", counted(db)


def _pack_sqlite(packer: _Packer, engine: Engine, copy: Path) -> dict[str, int]:
    """By SQLite's own backup, which is right also while another program writes."""
    with closing(sqlite3.connect(copy)) as target:
        with engine.connect() as db:
            source = db.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(target)
        if target.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise UserError("ledgers/台账.db 已损坏，没有备份", "请从较早的备份恢复")
        target.execute("PRAGMA journal_mode=DELETE")
    packer.add_file(SQLITE_MEMBER, copy)
    copied = sa.create_engine(f"sqlite:///{copy.as_posix()}")
    with closing(_Disposed(copied)), copied.connect() as db:
        return counted(db)


@dataclass(frozen=True)
class _Disposed:
    engine: Engine

    def close(self) -> None:
        self.engine.dispose()


def _copy_beside(draft: Path) -> Path:
    return draft.with_name(draft.name + ".db")


def _sweep(target: Path) -> None:
    """Drafts that a killed backup to the same place has left; not one that is just being written."""
    for old in target.parent.glob(f".~{target.name}.*.tmp*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > _STALE:
                old.unlink()


def _moment(modified: float | None) -> tuple[int, int, int, int, int, int]:
    when = datetime.fromtimestamp(modified, CHINA) if modified else datetime.now(CHINA)
    return (min(max(when.year, 1980), 2107), when.month, when.day, when.hour, when.minute, when.second)
