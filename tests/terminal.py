"""A person at a terminal: a command on a pseudo-terminal, what it shows read, what the person types written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.needs import ROOT

if sys.platform == "win32":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import pty
import select


@dataclass
class Terminal:
    """What is on the screen so far, and the keyboard."""

    program: subprocess.Popen[bytes]
    handle: int
    seen: str = ""
    _raw: bytes = field(default=b"", repr=False)
    _read: int = 0

    def wait_for(self, text: str, seconds: float = 30) -> str:
        """Read until ``text`` stands on the screen; gives what came since the last wait, up to and with it."""
        until = time.monotonic() + seconds
        while (at := self.seen.find(text, self._read)) < 0:
            if time.monotonic() > until or not self._more(until):
                raise AssertionError(f"“{text}” did not come after:\n{self.seen[self._read :]}")
        fresh = self.seen[self._read : at + len(text)]
        self._read = at + len(text)
        return fresh

    def type(self, text: str) -> None:
        """Type a line."""
        os.write(self.handle, f"{text}\n".encode())

    def end(self, seconds: float = 20) -> int:
        """Read to the end; the exit code."""
        while self._more(time.monotonic() + seconds):
            pass
        return self.program.wait(timeout=seconds)

    def _more(self, until: float) -> bool:
        ready, _, _ = select.select([self.handle], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return True
        try:
            data = os.read(self.handle, 65536)
        except OSError:  # the other side is closed
            return False
        self._raw += data
        self.seen = self._raw.decode("utf-8", errors="ignore").replace("\r\n", "\n")
        return bool(data)


def hears_ctrl_c() -> None:
    """What a shell runs in the background does not hear Ctrl-C, and its children inherit that: tests run so, too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def at_terminal(command: Sequence[str | Path], cwd: Path | None = None) -> Iterator[Terminal]:
    """Run ``command`` on a terminal of its own; it is ended when the block is left."""
    ours, theirs = pty.openpty()
    program = subprocess.Popen(
        [*map(str, command)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120", "TERM": "dumb"},
        start_new_session=True,
        preexec_fn=hears_ctrl_c,
    )
    os.close(theirs)
    try:
        yield Terminal(program, ours)
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()
        os.close(ours)
