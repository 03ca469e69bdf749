"""Commands in processes of their own that are killed with SIGKILL while they work, and what the other side then holds.

A process that has the program imported already waits and forks a child for each command: what is killed is the work,
not Python's start.
"""

from __future__ import annotations

import io
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.needs import ROOT
from tests.office import Office
from tests.servers import PASSWORD

YES = "是\n"
"""What a clerk types when asked whether the letters may leave."""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, None when it was killed, and how long it had run."""

    code: int | None
    seconds: float


class Killer:
    """Runs commands of one home and kills them. A context manager."""

    def __init__(self, home: Path, password: str = PASSWORD) -> None:
        self._home = home
        self._words = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.killing"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            bufsize=0,
            env=os.environ | {"TAIZHANG_MAIL_PASSWORD": password, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)},
        )
        assert self._read() == "ready"

    def __enter__(self) -> Killer:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._words.close()

    @property
    def last_words(self) -> str:
        """What the commands have said on stderr."""
        self._words.seek(0)
        return self._words.read()

    def run(self, *arguments: str, kill_after: float | None = None) -> Ended:
        """One command, killed so many seconds after its start unless it ends before that; None: not killed."""
        assert self._process.stdin is not None
        command = ["--without-prefect", "--home", str(self._home), *arguments]
        started = time.perf_counter()
        self._process.stdin.write((json.dumps(command) + "\n").encode())
        child = int(self._read())
        killed = kill_after is not None and not self._answers_within(kill_after)
        if killed:
            with suppress(ProcessLookupError):  # it has just ended by itself
                os.kill(child, signal.SIGKILL)
        code = int(self._read())
        seconds = time.perf_counter() - started
        return Ended(None if killed and code == -signal.SIGKILL else code, seconds)

    def _answers_within(self, seconds: float) -> bool:
        assert self._process.stdout is not None
        return bool(select.select([self._process.stdout], [], [], seconds)[0])

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().decode().strip()


def uncertain(office: Office, place: Sequence[str]) -> list[dict[str, Any]]:
    """Letters of which nobody knows whether they left, as `status` tells of them.

    ``place`` is the plan with ``--period`` and the period.
    """
    return [letter for letter in office.json("status", *place)["unsent"] if letter["state"] == "unknown"]


def settle(office: Office, place: Sequence[str], held: Callable[[dict[str, Any]], bool]) -> int:
    """The clerk answers for every such letter by what the receiving side holds; gives how many there were."""
    asked = uncertain(office, place)
    plan, *period = place
    for letter in asked:
        answer = office.run("mail", "settle", plan, *period, letter["message_id"], "sent" if held(letter) else "again")
        assert answer.code in (0, 1), answer.err
    return len(asked)


def serve() -> None:
    """Fork a child for every command that comes as a JSON line; say its number at once, and how it ended."""
    import imap_tools  # noqa: F401
    import yagmail  # noqa: F401

    import flows.collect
    import flows.distribute
    import flows.remind  # noqa: F401
    from flows.cli import execute

    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
            sys.stdin = io.TextIOWrapper(io.BytesIO(YES.encode()), encoding="utf-8")
            code = execute(json.loads(line))
            sys.stderr.flush()
            os._exit(code)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve()
