"""One writing command at a time on a plan; whoever only reads never waits; a dead owner holds nothing."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest

from flows.periods import CHINA
from flows.problems import PassingError
from flows.storage import locks
from flows.storage.locks import Owner, busy, lock_file, plan_lock
from tests.needs import ROOT
from tests.office import Office, new_office

MARCH = ("要点", "--period", "2026-03")
HOLD = """
import sys, time
from pathlib import Path
from flows.storage.locks import plan_lock
with plan_lock(None, Path(sys.argv[1]), "要点", "下发"):
    (Path(sys.argv[1]) / ".半成.xlsx.tmp").write_bytes(b"half")
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    return made


@contextmanager
def somebody_at_work(office: Office) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the plan and is just writing a file."""
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(office.home / "ledgers/要点")],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield other
    finally:
        other.kill()
        other.wait()


def test_the_second_of_two_runs_is_told_who_is_at_work_since_when_with_what(office: Office) -> None:
    before = sorted((office.home / "ledgers/要点").rglob("*"))
    now = datetime.now(CHINA)
    with somebody_at_work(office):
        for command in ("distribute", "collect", "remind", "report", "supervise", "review"):
            answer = office.run(command, *MARCH)
            assert answer.code == 2, command
            assert "正在对“要点”做“下发”" in answer.err, command
            assert f"从{now.month}月{now.day}日 " in answer.err
            assert "Traceback" not in answer.err
        after = [path for path in sorted((office.home / "ledgers/要点").rglob("*")) if path.suffix != ".tmp"]
        assert after == before, "the one who was refused wrote something"


def test_whoever_only_reads_never_waits(office: Office) -> None:
    office.json("distribute", *MARCH)
    with somebody_at_work(office):
        started = time.perf_counter()
        assert office.json("status", *MARCH)["units"]
        assert office.json("show", "要点")["items"]
        assert office.run("collect", *MARCH, "--dry-run").code in (0, 1)
        assert time.perf_counter() - started < 5


def test_what_a_killed_run_held_is_free_and_what_it_was_just_writing_is_gone(office: Office) -> None:
    with somebody_at_work(office) as other:
        other.send_signal(signal.SIGKILL)
        other.wait()
        draft = office.home / "ledgers/要点/.半成.xlsx.tmp"
        assert draft.is_file()
        assert office.json("distribute", *MARCH)["workbooks"]
        assert not draft.exists()


def test_another_plan_is_another_lock(office: Office) -> None:
    with somebody_at_work(office):
        office.adopt(slug="另一计划")
        assert office.json("distribute", "另一计划", "--period", "2026-03")["workbooks"]


def test_two_threads_of_one_process_are_kept_apart(tmp_path: Path) -> None:
    root = tmp_path / "要点"

    def second() -> str:
        try:
            with plan_lock(None, root, "要点", "回收"):
                return "both"
        except PassingError as error:
            return error.sentence

    with plan_lock(None, root, "要点", "下发"), ThreadPoolExecutor(1) as pool:
        assert "正在对“要点”做“下发”" in pool.submit(second).result()
    assert second() == "both"


@pytest.fixture
def drive_without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network drive that knows no locks."""
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "lockf", refuse)


def claim(root: Path, *, host: str, pid: int, silent: float = 0) -> Path:
    """What another run has laid down on such a drive."""
    path = lock_file(root.parent, "要点").with_suffix(".claim")
    path.parent.mkdir(parents=True, exist_ok=True)
    owner = asdict(Owner("下发", "王敏", host, pid, "2026-10-31T09:12:00+08:00"))
    path.write_text(json.dumps(owner), encoding="utf-8")
    moment = time.time() - silent
    os.utime(path, (moment, moment))
    return path


@pytest.mark.usefixtures("drive_without_locks")
def test_a_drive_without_locks_is_kept_by_a_file(tmp_path: Path) -> None:
    root = tmp_path / "ledgers" / "要点"
    with plan_lock(None, root, "要点", "下发"):
        kept = lock_file(root.parent, "要点").with_suffix(".claim")
        assert json.loads(kept.read_text(encoding="utf-8"))["pid"] == os.getpid()
    assert not kept.exists()
    claim(root, host="PC-2", pid=1)
    with pytest.raises(PassingError, match="王敏在电脑 PC-2 上从10月31日 09:12 起正在对“要点”做“下发”"):
        plan_lock(None, root, "要点", "回收").__enter__()


@pytest.mark.usefixtures("drive_without_locks")
def test_on_such_a_drive_a_dead_owner_is_followed_at_once_and_a_silent_computer_after_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "BEAT", 0.2)
    root = tmp_path / "ledgers" / "要点"
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    kept = claim(root, host=socket.gethostname(), pid=gone.pid)
    with plan_lock(None, root, "要点", "回收"):
        assert json.loads(kept.read_text(encoding="utf-8"))["command"] == "回收"
    for silent in (locks.SILENT + 5, -86_400):  # the other computer's clock was a day ahead
        claim(root, host="PC-2", pid=1, silent=silent)
        with plan_lock(None, root, "要点", "回收"):
            pass


@pytest.mark.usefixtures("drive_without_locks")
@pytest.mark.parametrize("hours", [-5, 5])
def test_an_owner_at_work_whose_clock_is_another_one_is_not_taken_for_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    monkeypatch.setattr(locks, "BEAT", 0.4)
    root = tmp_path / "ledgers" / "要点"
    kept = claim(root, host="PC-2", pid=1, silent=hours * 3600)
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.1):
            moment = time.time() - hours * 3600
            os.utime(kept, (moment, moment))

    with ThreadPoolExecutor(1) as pool:
        pool.submit(work)
        try:
            with pytest.raises(PassingError, match="PC-2"):
                plan_lock(None, root, "要点", "回收").__enter__()
        finally:
            done.set()


@pytest.mark.usefixtures("drive_without_locks")
def test_an_owner_at_work_keeps_its_file_fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locks, "BEAT", 0.02)
    root = tmp_path / "ledgers" / "要点"
    with plan_lock(None, root, "要点", "下发"):
        kept = lock_file(root.parent, "要点").with_suffix(".claim")
        os.utime(kept, (1, 1))
        end = time.monotonic() + 5
        while kept.stat().st_mtime < 10 and time.monotonic() < end:
            time.sleep(0.01)
        assert kept.stat().st_mtime > time.time() - 60


def test_a_lock_that_tells_no_owner_still_says_what_to_do() -> None:
    assert "taizhang status" in busy("要点", None).sentence
