"""A Dask cluster on loopback, as an office has it on several machines: a scheduler, and workers as processes."""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.needs import ROOT


def need_dask() -> None:
    """Skips where the extra is not installed; fails on CI, where it is."""
    if importlib.util.find_spec("distributed") and importlib.util.find_spec("prefect_dask"):
        return
    if os.environ.get("CI"):
        pytest.fail("the extra dask is missing on CI: pip install -e '.[test]'")
    pytest.skip("needs the extra dask: pip install -e '.[dask]'")


@dataclass
class Machines:
    """The scheduler and its workers."""

    folder: Path
    port: int
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        """What stands in [workers] dask."""
        return f"tcp://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[subprocess.Popen[bytes]]:
        """All but the scheduler."""
        return self.running[1:]

    def start(self, *arguments: str, path: Path = ROOT) -> subprocess.Popen[bytes]:
        """Run a program of Dask's; ``path`` is where it finds our program."""
        env = os.environ | {"PYTHONPATH": str(path), "DO_NOT_TRACK": "1", "PYTHONUTF8": "1"}
        log = (self.folder / f"{len(self.running)}.log").open("wb")
        run = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments], env=env, stdout=log, stderr=log, cwd=self.folder
        )
        log.close()
        self.running.append(run)
        return run

    def add_worker(self, path: Path = ROOT, threads: int = 1) -> subprocess.Popen[bytes]:
        """One more, without a nanny: dead is dead."""
        more = ("--nthreads", str(threads), "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder))
        return self.start("worker", self.address, *more, path=path)

    def wait_for(self, workers: int) -> None:
        """Until so many have reported to the scheduler."""
        from distributed import Client

        with Client(self.address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=30)

    def end(self) -> None:
        """End what is still running."""
        for run in self.running:
            run.kill()
            run.wait()


@contextmanager
def machines(folder: Path, *threads: int) -> Iterator[Machines]:
    """A scheduler, and workers of so many threads each, ready to work."""
    need_dask()
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = Machines(folder, port)
    try:
        found.start("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        for count in threads:
            found.add_worker(threads=count)
        if threads:
            found.wait_for(len(threads))
        yield found
    finally:
        found.end()
