"""Commands in processes of their own, in which a fault happens at a chosen point.

A process that has the program imported waits and forks a child for each command. Every change that a command makes to
files, database or mail line is an event of the child; faults are counted in events, so that each point is hit sooner
or later, however short it is. An undisturbed command tells how many events it has.
"""

from __future__ import annotations

import errno
import io
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.killing import YES
from tests.needs import ROOT
from tests.servers import PASSWORD

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


@dataclass(frozen=True)
class Fault:
    """What breaks in a command, and from which event on."""

    kind: str = ""
    """kill | full | locked | line; '' for nothing."""
    at: int = 0
    names: tuple[str, ...] = ()
    """locked: endings of the files that another program holds."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``code`` None: killed."""

    code: int | None
    events: int
    said: str
    """On stderr."""


class Machine:
    """Runs commands of homes. A context manager."""

    def __init__(self, folder: Path, password: str = PASSWORD) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._answer = folder / "answer.json"
        self._log = (folder / "machine.log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.machine"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=os.environ
            # No LibreOffice: its PDFs take seconds, and what it leaves out is only told.
            | {"TAIZHANG_MAIL_PASSWORD": password, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "PATH": ""},
        )
        assert self._read() == "ready", self._log_text()

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._log.close()

    def run(self, home: Path, arguments: Sequence[str | Path], fault: Fault | None = None) -> Ended:
        """One command; a clerk who is asked says yes."""
        assert self._process.stdin is not None
        self._answer.unlink(missing_ok=True)
        order = {
            "home": str(home),
            "arguments": ["--without-prefect", "--home", str(home), *map(str, arguments)],
            "fault": asdict(fault or Fault()),
            "answer": str(self._answer),
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._read())
        if code == -signal.SIGKILL:
            return Ended(None, 0, "")
        found = json.loads(self._answer.read_text(encoding="utf-8"))
        return Ended(code, found["events"], found["said"])

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _log_text(self) -> str:
        self._log.seek(0)
        return self._log.read()


class _Breaking:
    """Counts events in the child and breaks what the fault says."""

    def __init__(self, home: Path, fault: Fault) -> None:
        self.home = str(home)
        self.fault = fault
        self.events = 0

    def begin(self) -> None:
        """From now on everything counts. Hooks cannot be taken away: only for a process that ends soon."""
        import smtplib

        import sqlalchemy as sa

        sys.addaudithook(self._audit)
        sa.event.listen(sa.Engine, "before_cursor_execute", self._statement)
        sa.event.listen(sa.Engine, "commit", lambda _connection: self._event("commit"))
        send = smtplib.SMTP.send

        def counted(client: smtplib.SMTP, data: Any) -> Any:
            self._event("line")
            if self._breaks("line"):
                client.close()
            return send(client, data)

        smtplib.SMTP.send = counted  # type: ignore[method-assign]

    def _audit(self, name: str, args: tuple[Any, ...]) -> None:
        if name == "open" and isinstance(args[0], str) and isinstance(args[2], int) and args[2] & WRITES:
            if args[0].startswith(self.home):
                self._event("open")
                if self._breaks("full"):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), args[0])
        elif name == "os.rename" and str(args[1]).startswith(self.home):
            self._event("rename")
            if self.fault.kind == "locked" and str(args[1]).endswith(self.fault.names):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(args[1]))
        elif name in ("os.remove", "os.mkdir", "os.truncate") and str(args[0]).startswith(self.home):
            self._event(name)
        elif name == "socket.connect" and self._breaks("line"):
            raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))

    def _statement(self, _connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "PRAGMA")):
            return
        self._event("statement")
        if self._breaks("full"):  # SQLite's own way to say so: the file may not grow any more
            with closing(cursor.connection.cursor()) as own:
                own.execute("PRAGMA max_page_count = 1")

    def _breaks(self, kind: str) -> bool:
        return self.fault.kind == kind and self.events >= self.fault.at

    def _event(self, _what: str) -> None:
        self.events += 1
        if self.fault.kind == "kill" and self.events == self.fault.at:
            os.kill(os.getpid(), signal.SIGKILL)


def _child(order: dict[str, Any], execute: Callable[[list[str]], int]) -> int:
    said = io.StringIO()
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = said
    sys.stdin = io.TextIOWrapper(io.BytesIO(YES.encode()), encoding="utf-8")
    breaking = _Breaking(Path(order["home"]), Fault(**order["fault"] | {"names": tuple(order["fault"]["names"])}))
    breaking.begin()
    try:
        code = execute(order["arguments"])
    except BaseException:
        code = 99
        said.write(traceback.format_exc())
    answer = {"events": breaking.events, "said": said.getvalue()}
    Path(order["answer"]).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return code


def serve() -> None:
    """Fork a child for every order that comes as a JSON line; say how it ended."""
    import imap_tools  # noqa: F401
    import yagmail  # noqa: F401

    import flows.annual_collect
    import flows.annual_distribute
    import flows.annual_remind
    import flows.assess
    import flows.collect
    import flows.distribute
    import flows.importing
    import flows.lookback
    import flows.remind
    import flows.report
    import flows.supervise
    import flows.yearly  # noqa: F401
    from flows.cli import execute

    tempfile.gettempdir()
    random.seed()
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 98
            try:
                code = _child(json.loads(line), execute)
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
