"""One writing command at a time on a plan: a lock that names its owner and dies with it.

The lock is the operating system's own, on a file beside the plan: it is gone when its owner is, however that ended.
Drives that know no such locks get a claim file instead, which its owner touches while it works. Whoever only reads
asks for nothing and never waits.
"""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from flows.files import sweep
from flows.periods import CHINA
from flows.problems import PassingError, UserError
from flows.storage.database import is_postgres
from flows.storage.locks_database import database_lock

__all__ = ["Owner", "busy", "lock_file", "plan_lock"]

TAKEN = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
"""What systems answer when somebody else has the lock."""
_FAR = 1 << 30
"""The byte that is locked: Windows lets nobody read a locked one, and the owner's words stand at the front."""
_WORDS = 4096
BEAT = 20.0
"""Seconds between two touches of a claim file."""
SILENT = 180.0
"""A claim file that was not touched for so many seconds has lost its owner."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a plan."""

    command: str
    """As the clerk knows it: 下发台账."""
    user: str
    host: str
    pid: int
    since: str
    """ISO, China's time."""

    @classmethod
    def here(cls, command: str) -> Owner:
        """This process."""
        try:
            user = getpass.getuser()
        except (OSError, KeyError, ImportError):
            user = ""
        return cls(command, user, socket.gethostname(), os.getpid(), datetime.now(CHINA).isoformat(timespec="seconds"))


def lock_file(ledgers: Path, slug: str) -> Path:
    """Where the lock of a plan lies. Outside the plan's folder, which may not be there yet."""
    return ledgers / f".{slug}.lock"


@contextmanager
def plan_lock(engine: Engine | None, root: Path, slug: str, doing: str) -> Iterator[None]:
    """Hold a plan while ``doing`` (as the clerk calls it) lasts. PassingError, telling whose it is, when it is held.

    ``root`` is the plan's folder; ``engine`` that of the store, where several computers share one on a server.
    """
    path = lock_file(root.parent, slug)
    mine = Owner.here(doing)
    with _in_this_process(path, slug, mine), _open(path) as file:
        held = _words(file, mine) if _locked(file) else _claimed(path, slug, mine)
        with held as died, _on_server(engine, slug, mine):
            if died:
                sweep(root)
            try:
                yield
            finally:
                if not root.is_dir():  # a first document that could not be read leaves no trace
                    with contextlib.suppress(OSError):
                        path.unlink()


@contextmanager
def _on_server(engine: Engine | None, slug: str, mine: Owner) -> Iterator[None]:
    """The same among computers that share a PostgreSQL server; nothing where the store is a file of the home."""
    if engine is None or not is_postgres(engine):
        yield
        return
    with database_lock(engine, slug, asdict(mine)) as other:
        if other is not None:
            try:
                owner = Owner(**other)  # type: ignore[arg-type]
            except TypeError:  # its holder was just writing it
                owner = None
            raise busy(slug, owner)
        yield


def busy(slug: str, owner: Owner | None) -> PassingError:
    """What the one who comes second reads."""
    hint = "请等它结束后再运行，已做完的不会重做；只看进展可用 taizhang status"
    if owner is None:
        return PassingError(f"另一个台账程序正在处理“{slug}”", hint)
    try:
        since = datetime.fromisoformat(owner.since).astimezone(CHINA)
        when = f"从{since.month}月{since.day}日 {since:%H:%M} 起"
    except ValueError:
        when = ""
    where = "" if owner.host == socket.gethostname() else f"在电脑 {owner.host} 上"
    who = owner.user or "有人"
    return PassingError(f"{who}{where}{when}正在对“{slug}”做“{owner.command}”", hint)


_held: dict[Path, Owner] = {}
_guard = threading.Lock()


@contextmanager
def _in_this_process(path: Path, slug: str, mine: Owner) -> Iterator[None]:
    """The system's locks belong to a process: its threads are kept apart here."""
    with _guard:
        if path in _held:
            raise busy(slug, _held[path])
        _held[path] = mine
    try:
        yield
    finally:
        with _guard:
            del _held[path]


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("r+b" if path.exists() else "a+b")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError("磁盘已满，什么都还没有做", "请腾出空间后再运行") from None
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise UserError(
                f"没有写入 {path.parent.name} 文件夹的权限", "请检查文件夹是否只读，或换一个账户运行"
            ) from None
        raise
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):
            file.close()


def _locked(file: BinaryIO) -> bool:
    """Lock; False where the drive knows no locks. PassingError when somebody has it."""
    try:
        file.seek(_FAR)
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            # Of the process, not of the open file: a child that outlives its parent must not keep the plan.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _FAR)
    except OSError as error:
        if error.errno in TAKEN:
            raise busy(_slug(Path(file.name)), _read(Path(file.name))) from None
        return False
    return True


@contextmanager
def _words(file: BinaryIO, mine: Owner) -> Iterator[bool]:
    """Say whose the lock is while it is held. What cannot be said (disk full) does not stop the work.

    Gives whether the last owner died with its words still standing there.
    """
    died = False
    with contextlib.suppress(OSError):
        file.seek(0)  # by this very file: a system lock is lost when any other handle of its file is closed
        died = bool(file.read(1))
        file.seek(0)
        file.truncate()
        file.write(json.dumps(asdict(mine), ensure_ascii=False).encode())
        file.flush()
    try:
        yield died
    finally:
        with contextlib.suppress(OSError):
            file.seek(0)
            file.truncate()
            file.flush()


@contextmanager
def _claimed(path: Path, slug: str, mine: Owner) -> Iterator[bool]:
    """A file that only one can make, for drives without locks. A dead owner's is taken over; gives whether it was."""
    claim = path.with_suffix(".claim")
    words = json.dumps(asdict(mine), ensure_ascii=False).encode()
    died = False
    for _ in range(3):
        try:
            handle = os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        except FileExistsError:
            owner = _read(claim)
            if not _is_dead(claim, owner):
                raise busy(slug, owner) from None
            with contextlib.suppress(OSError):
                claim.unlink()
            died = True
            continue
        with os.fdopen(handle, "wb") as file:
            file.write(words)
        break
    else:
        raise busy(slug, _read(claim))
    done = threading.Event()
    threading.Thread(target=_beat, args=(claim, done), daemon=True).start()
    try:
        yield died
    finally:
        done.set()
        if _read(claim) == mine:
            claim.unlink(missing_ok=True)


def _beat(claim: Path, done: threading.Event) -> None:
    while not done.wait(BEAT):
        with contextlib.suppress(OSError):
            os.utime(claim)


def _is_dead(claim: Path, owner: Owner | None) -> bool:
    """Whether nobody works behind a claim any more: its process is gone, or it is silent.

    A process of another computer cannot be asked. A claim that looks old, or of tomorrow, may be that of a computer
    whose clock is another one than ours: it is watched until a living owner would have touched it.
    """
    try:
        touched = claim.stat().st_mtime_ns
        if owner and owner.host == socket.gethostname() and not _lives(owner.pid):
            return True
        if abs(time.time() - touched / 1e9) <= SILENT:
            return False
        end = time.monotonic() + 1.5 * BEAT
        while time.monotonic() < end:
            time.sleep(min(BEAT / 10, 1.0))
            if claim.stat().st_mtime_ns != touched:
                return False
    except OSError:
        return True
    return True


def _lives(pid: int) -> bool:
    if sys.platform == "win32":
        import ctypes

        process = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if process:
            ctypes.windll.kernel32.CloseHandle(process)
        return bool(process)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _read(path: Path) -> Owner | None:
    """Who stands in a lock or claim file; None while its owner is just writing."""
    try:
        with path.open("rb") as file:
            return Owner(**json.loads(file.read(_WORDS)))
    except (OSError, ValueError, TypeError):
        return None


def _slug(path: Path) -> str:
    return path.name.removeprefix(".").removesuffix(".lock")
