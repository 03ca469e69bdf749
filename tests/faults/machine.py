"""Commands in processes of their own, in which a fault happens at a chosen point.

A process that has the program imported waits and forks a child for each command. An undisturbed command tells how many
events it has; faults are placed among them, so that each point is hit sooner or later, however short it is.
"""

from __future__ import annotations

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
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.faults import clock
from tests.faults.breaking import Breaking, Fault
from tests.killing import YES
from tests.needs import ROOT
from tests.servers import PASSWORD

__all__ = ["CHECK", "Ended", "Fault", "Machine"]

CHECK = "到点检查"
"""Instead of a command: what a running `taizhang serve` does every few minutes."""


@dataclass(frozen=True)
class Ended:
    """How a command ended. ``code`` None: killed."""

    code: int | None
    events: int
    said: str
    """On stderr."""
    struck: int = 0
    """How often the fault really broke something."""
    out: str = ""
    """On stdout."""


class Machine:
    """Runs commands of homes. A context manager."""

    def __init__(self, folder: Path, password: str = PASSWORD, *, clock_moves: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        library = clock.build(folder) if clock_moves else None
        self.clock_moves = library is not None
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
            | {"TAIZHANG_MAIL_PASSWORD": password, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT), "PATH": ""}
            | ({"LD_PRELOAD": str(library)} if library else {}),
        )
        assert self._read() == "ready", self._log_text()

    def __enter__(self) -> Machine:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._log.close()

    def run(
        self, home: Path, arguments: Sequence[str | Path], fault: Fault | None = None, *, now: float | None = None
    ) -> Ended:
        """One command; a clerk who is asked says yes. ``now``: what the clock shows when it starts."""
        assert self._process.stdin is not None
        self._answer.unlink(missing_ok=True)
        order = {
            "home": str(home),
            "arguments": list(map(str, arguments)),
            "fault": asdict(fault or Fault()),
            "answer": str(self._answer),
            "now": now,
        }
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = int(self._read())
        if code == -signal.SIGKILL:
            return Ended(None, 0, "", 1)
        found = json.loads(self._answer.read_text(encoding="utf-8"))
        return Ended(code, found["events"], found["said"], found["struck"], found["out"])

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _log_text(self) -> str:
        self._log.seek(0)
        return self._log.read()


def _child(order: dict[str, Any], execute: Callable[[list[str]], int]) -> int:
    said, out = io.StringIO(), io.StringIO()
    sys.stdout, sys.stderr = out, said
    sys.stdin = io.TextIOWrapper(io.BytesIO(YES.encode()), encoding="utf-8")
    if order["now"] is not None:
        clock.set_clock(order["now"])
    home = Path(order["home"])
    breaking = Breaking(home, Fault(**order["fault"] | {"names": tuple(order["fault"]["names"])}))
    breaking.begin()
    try:
        if order["arguments"] == [CHECK]:
            code = _check(home)
        else:
            code = execute(["--without-prefect", "--home", str(home), *order["arguments"]])
    except BaseException:
        code = 99
        said.write(traceback.format_exc())
    answer = {"events": breaking.events, "said": said.getvalue(), "struck": breaking.struck, "out": out.getvalue()}
    Path(order["answer"]).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    return code


def _check(home: Path) -> int:
    """到点检查 in this process; its steps as plain functions: Prefect's own runs would take seconds each."""
    from functools import partial

    from flows import serve

    os.environ[serve.HOME] = str(home)
    serve.run_flow = partial(serve.run_flow, engine=False)
    state = serve.due_check.fn()
    sys.stderr.write(f"{state.message}\n")
    return 2 if state.is_failed() else 0


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
    import flows.moving.backup
    import flows.moving.restore
    import flows.remind
    import flows.report
    import flows.supervise
    import flows.yearly
    from flows.cli import execute

    tempfile.gettempdir()
    random.seed()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if order["arguments"] == [CHECK]:
            import flows.serve  # noqa: F401  # Prefect is loaded once, and only where it is needed
        child = os.fork()
        if child == 0:
            code = 98
            try:
                code = _child(order, execute)
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
