"""What breaks inside a command: every change that it makes to files, database or mail line is an event, counted, and
the fault strikes at the chosen one.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults import clock

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
HERE, GO = ".here", ".go"
DIE = b"die"
PATIENCE = 20.0
"""Seconds for which a paused command waits to be let go."""


@dataclass(frozen=True)
class Fault:
    """What breaks in a command, and from which event on."""

    kind: str = ""
    """kill | full | fills | locked | line | clock | pause | dropped; '' for nothing."""
    at: int = 0
    names: tuple[str, ...] = ()
    """locked: endings of the files that another program holds. fills: the file that takes all room. pause: the file
    beside which the command says that it waits. dropped: ``all`` for every connection of the office."""
    seconds: float = 0.0
    """clock: how far it jumps."""


class Breaking:
    """Counts events in the child and breaks what the fault says. ``struck``: how often it did."""

    def __init__(self, home: Path, fault: Fault) -> None:
        self.home = str(home)
        self.fault = fault
        self.events = 0
        self.struck = 0

    def begin(self) -> None:
        """From now on everything counts. Hooks cannot be taken away: only for a process that ends soon."""
        import imaplib
        import smtplib

        import sqlalchemy as sa

        sys.addaudithook(self._audit)
        sa.event.listen(sa.Engine, "before_cursor_execute", self._statement)
        sa.event.listen(sa.Engine, "commit", lambda _connection: self._event())
        send = smtplib.SMTP.send
        ask = imaplib.IMAP4.send

        def counted(client: smtplib.SMTP, data: Any) -> Any:
            self._event()
            if self._breaks("line"):
                client.close()
            return send(client, data)

        def asked(client: imaplib.IMAP4, data: Any) -> Any:
            self._event()
            if self._breaks("line"):
                client.sock.close()
            return ask(client, data)

        smtplib.SMTP.send = counted  # type: ignore[method-assign]
        imaplib.IMAP4.send = asked  # type: ignore[method-assign]
        if self.fault.at == 0:
            self._at_once()

    def _audit(self, name: str, args: tuple[Any, ...]) -> None:
        if name == "open" and isinstance(args[0], str) and isinstance(args[2], int) and args[2] & WRITES:
            if args[0].startswith(self.home):
                self._event()
                if self._breaks("full"):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), args[0])
        elif name == "os.rename" and str(args[1]).startswith(self.home):
            self._event()
            if self.fault.kind == "locked" and str(args[1]).endswith(self.fault.names):
                self.struck += 1
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(args[1]))
        elif name in ("os.remove", "os.mkdir", "os.truncate") and str(args[0]).startswith(self.home):
            self._event()
        elif name == "socket.connect" and self._breaks("line"):
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))

    def _statement(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            return
        self._event()
        if self.fault.kind == "dropped" and self.events >= self.fault.at and not self.struck:
            self._drop(cursor.connection)
        if hasattr(cursor.connection, "backup") and self._breaks("full"):
            # SQLite's own way to say so: the file may not grow any more.
            with closing(cursor.connection.cursor()) as own:
                own.execute("PRAGMA max_page_count = 1")

    def _breaks(self, kind: str) -> bool:
        broken = self.fault.kind == kind and self.events >= self.fault.at
        self.struck += broken
        return broken

    def _event(self) -> None:
        self.events += 1
        if self.events == self.fault.at:
            self._at_once()

    def _at_once(self) -> None:
        kind = self.fault.kind
        if kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif kind == "clock":
            clock.jump(self.fault.seconds)
            self.struck += clock.can_move()
        elif kind == "fills":
            self._fill(Path(self.fault.names[0]))
        elif kind == "pause":
            self._pause(self.fault.names[0])

    def _fill(self, filler: Path) -> None:
        """No byte is left on the disk of the home."""
        room = os.statvfs(filler.parent)
        handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
        with suppress(OSError):
            os.posix_fallocate(handle, 0, max(room.f_bavail * room.f_frsize, 1))
        os.close(handle)
        self.struck += 1

    def _pause(self, mark: str) -> None:
        """Say that one is here, and wait for what the other does meanwhile."""
        self.struck += 1
        Path(mark + HERE).touch()
        end = time.monotonic() + PATIENCE
        go = Path(mark + GO)
        while not go.exists() and time.monotonic() < end:
            time.sleep(0.005)
        if go.exists() and go.read_bytes() == DIE:
            os.kill(os.getpid(), signal.SIGKILL)

    def _drop(self, connection: Any) -> None:
        """The server ends this connection, or all of the office's, as a restart or a firewall does."""
        if not hasattr(connection, "info"):
            return
        import psycopg

        self.struck += 1
        whose = "application_name = 'taizhang'" if "all" in self.fault.names else f"pid = {connection.info.backend_pid}"
        with psycopg.connect(connection.info.dsn, application_name="breaker", autocommit=True) as other:
            other.execute(f"SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE {whose}")
