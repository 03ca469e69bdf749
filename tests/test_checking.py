"""Many files are checked on all cores: the outcome is that of one after the other, whatever becomes of the workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from flows.ledger.model import Returned
from flows.ledger.writer import render
from flows.periods import CHINA
from flows.round import checking
from flows.round.checking import Checker
from flows.round.intake import Parcel
from tests.benchmarks.returned import check_and_merge, prepare
from tests.ledger.samples import COMPLETE, SECRET, by_person, expectation, ledger, types

NOON = datetime(2026, 10, 24, 12, tzinfo=CHINA)


def parcels(count: int) -> list[list[Parcel]]:
    """Files as they come: right ones, faulty ones, and one that is no workbook."""
    blank = render(ledger(), SECRET)
    right = by_person(blank, *COMPLETE)
    faulty = by_person(right, types("2.1", 完成状态="差不多"))
    kinds = (right, faulty, b"not a workbook", blank)
    return [[Parcel(f"{n}.xlsx", f"{n}.xlsx", kinds[n % 4], NOON, "folder")] for n in range(count)]


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a hundred files were many."""
    monkeypatch.setattr(checking, "_ALONE", 4)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("busy")
def test_files_checked_by_workers_get_the_verdicts_they_would_get_alone() -> None:
    mails = parcels(40)
    checker = Checker(expectation(), SECRET)
    together = [checker.verdict(mail[0]) for mail in checker.ahead(mails)]
    alone = [Checker(expectation(), SECRET).verdict(mail[0]) for mail in mails]
    assert together == alone
    assert [one.verdict for one in together[:4]] == ["accepted", "returned", "quarantined", "returned"]


@pytest.mark.usefixtures("busy")
def test_the_merger_takes_what_workers_have_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first files, which it checks while the workers start, it reads hardly any itself."""
    back = tmp_path / "收"
    home = prepare(tmp_path / "家", back, 40, 3).home
    read_here = []
    alone = checking.check_returned

    def counted(data: bytes, name: str, *more: Any) -> Returned:
        read_here.append(name)
        return alone(data, name, *more)

    monkeypatch.setattr(checking, "check_returned", counted)
    assert check_and_merge(home, back) == 120
    assert 4 <= len(read_here) < 30


@pytest.mark.usefixtures("busy")
def test_workers_that_die_lose_no_file() -> None:
    mails = parcels(40)
    checker = Checker(expectation(), SECRET)
    found = []
    for number, mail in enumerate(checker.ahead(mails)):
        if number == 10:
            assert checker._workers is not None
            for process in list(checker._workers.pool._processes.values()):
                process.kill()
        found.append(checker.verdict(mail[0]).verdict)
    assert len(found) == 40
    assert found[20:24] == ["accepted", "returned", "quarantined", "returned"]


def ends_without_a_word(folder: Path, program: str) -> None:
    """Run a program of its own, as workers need one to be started from."""
    script = folder / "program.py"
    script.write_text(program, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, env=environment, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_workers_that_are_not_needed_after_all_end_without_a_word(tmp_path: Path) -> None:
    """The plan is held by another run, which is told; their own troubles with ending are nobody's business."""
    ends_without_a_word(
        tmp_path,
        "import time\n"
        "from flows.round.checking import Processes\n"
        "if __name__ == '__main__':\n"
        "    Processes().close()\n"
        "    time.sleep(0.2)\n",
    )


def test_workers_are_ended_once_even_where_a_program_is_ending_already(tmp_path: Path) -> None:
    """An error that somebody keeps holds the round and its files; as the program ends, all of it is let go at last."""
    ends_without_a_word(
        tmp_path,
        "from flows.round.checking import Checker, Processes, ended\n"
        "from tests.ledger.samples import SECRET, expectation\n"
        "from tests.test_checking import parcels\n"
        "def work():\n"
        "    workers = Processes()\n"
        "    with ended(workers):\n"
        "        kept = Checker(expectation(), SECRET, workers).begin(parcels(200))\n"
        "        raise KeyError('kept')\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        work()\n"
        "    except KeyError as error:\n"
        "        held = error\n",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="按进程号查看子进程的办法只在类 Unix 系统上有")
def test_workers_end_when_the_merger_is_killed(tmp_path: Path) -> None:
    """Nobody is there any more to end them."""
    script = tmp_path / "killed.py"
    script.write_text(
        "import time\n"
        "from flows.round import checking\n"
        "from flows.round.checking import Checker\n"
        "from tests.ledger.samples import SECRET, expectation\n"
        "if __name__ == '__main__':\n"
        "    checker = Checker(expectation(), SECRET)\n"
        "    checker._start()\n"
        "    checker._workers.pool.submit(checking._warm).result()\n"
        "    print(*checker._workers.pool._processes, flush=True)\n"
        "    time.sleep(60)\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root)}
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment) as merger:
        assert merger.stdout is not None
        workers = [int(word) for word in merger.stdout.readline().split()]
        assert workers
        merger.send_signal(signal.SIGKILL)
        merger.wait()
    deadline = time.monotonic() + 10
    while any(_alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(_alive(worker) for worker in workers)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # A dead child that nobody has asked after still has its number.
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
