"""The engine's own server for one command: begun while the command still loads, and gone when the command is.

Prefect would start the same server itself, but only when the first flow runs, after importing the whole server into
the client to do so, and a command that is killed would leave it running.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue

_START = 180.0
"""Seconds that a first start on a slow disk may take."""
_END = 5.0
"""Seconds that an orderly end may take."""
_LEAN = {
    "PREFECT_UI_ENABLED": "0",
    "PREFECT__SERVER_EPHEMERAL": "1",
    # Nobody makes automations or blocks here; looking for block types loads every collection that is installed.
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    # What becomes of flow and task runs is recorded without it; that every change was an event, nobody looks up.
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_ENABLED": "false",
    "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
    "PREFECT_SERVER_MEMOIZE_BLOCK_AUTO_REGISTRATION": "false",
    # What Prefect keeps its background work with checks the types of all it is called with, and is rewritten for it.
    "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",
}
"""A server that serves one process: no page, few services."""


class EmbeddedServer:
    """A server that is starting, or has started, in a process of its own."""

    def __init__(self) -> None:
        env = os.environ | _LEAN | {"PYTHONUTF8": "1", "PYTHONWARNINGS": "ignore"}
        # Found also where the program was not installed.
        env["PYTHONPATH"] = os.pathsep.join(
            filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "flows.embedded_host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=env,
        )
        self._told: Queue[str] = Queue()
        threading.Thread(target=self._listen, name="taizhang-embedded", daemon=True).start()
        self._port = ""
        self._ready = False
        atexit.register(self._let_go)

    @property
    def api(self) -> str:
        """Where Prefect's API will answer; RuntimeError when it does not start."""
        self._port = self._port or self._next_word()
        return f"http://127.0.0.1:{self._port}/api"

    def wait(self) -> None:
        """Until it answers; RuntimeError when it does not start."""
        if not self._ready:
            self._port = self._port or self._next_word()
            self._next_word()
            self._ready = True

    def _next_word(self) -> str:
        with contextlib.suppress(Empty):
            if word := self._told.get(timeout=_START):
                return word
        self._stop()
        raise RuntimeError("Prefect's embedded API server did not start")

    @property
    def is_alive(self) -> bool:
        """Whether its process runs."""
        return self._process.poll() is None

    def _let_go(self) -> None:
        """Let it end: it goes when nobody holds its input any more, and the command need not see it off."""
        if not self._ready:  # nothing was ever asked of it
            self._process.kill()
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.close()

    def _stop(self) -> None:
        """See it end."""
        atexit.unregister(self._let_go)
        self._let_go()
        try:
            self._process.wait(_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):
            for line in self._process.stdout:
                self._told.put(line.decode("ascii", "replace").strip())
        self._told.put("")


_RUNNING: list[EmbeddedServer] = []


def embedded_server() -> EmbeddedServer:
    """The server of this process, begun when there is none; several flows in a row share it."""
    if not (_RUNNING and _RUNNING[0].is_alive):
        _RUNNING[:] = [EmbeddedServer()]
    return _RUNNING[0]
