"""A month for N units of 60 tasks: split, letters, collect, check, merge, 总台账, bulletin; beside two plain scripts.

Ours are the three commands as a clerk types them, each in a process of its own, with Prefect's start; with ``--served``
a `taizhang serve` runs for the home, as in an office that uses the schedule, and the commands use its engine. The plain
scripts (tests/benchmarks/plain.py) are the bare one, which checks and protects nothing, and the full one, which hands
out the same workbook and checks, keeps and shows what the program does. Filling in is not counted on any side, and no
PDF is made. Prints seconds, ratios and peaks of memory of one run.

python -m tests.benchmarks.cycle [units] [tasks] [--ours-only | --plain-only] [--without-prefect | --served]
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.plain import bare_read, bare_write, full_read, full_write
from tests.benchmarks.returned import PLACE, answered, plan_of
from tests.office import Office, new_office

STEPS = ("distribute", "collect", "report")


def timed(work: Callable[[], object]) -> float:
    """Seconds of one run."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def command(office: Office, step: str, *before: str) -> list[str]:
    """A command as a clerk types it."""
    return [sys.executable, "-m", "flows.cli", *before, "--home", str(office.home), step]


def run(line: list[str]) -> tuple[float, float]:
    """Seconds of a command, and the greatest memory in MB that it and what it started held at once."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(line, stdout=out, stderr=subprocess.DEVNULL)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, _held(process.pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.5)  # looking costs some of what is measured
        seconds = time.perf_counter() - started
        out.seek(0)
        assert process.returncode in (0, 1), out.read()[-2000:]
        json.loads(out.read() or b"{}")
    return seconds, peak


def _held(pid: int) -> float:
    """Resident memory of a process and all below it, in MB; shared pages count once for each (Linux only)."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(fields[1]), []).append(int(folder.name))
            sizes[int(folder.name)] = int(fields[21])
    total, left = 0, [pid]
    while left:
        each = left.pop()
        total += sizes.get(each, 0)
        left += children.get(each, [])
    return total * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def served(office: Office) -> Iterator[None]:
    """`taizhang serve` for the home, while it lasts."""
    from tests.serving.served import free_port, until

    told = office.home.parent / "served.txt"
    with told.open("wb") as out:
        line = [*command(office, "serve"), "--port", str(free_port())]
        process = subprocess.Popen(line, stdout=out, stderr=subprocess.STDOUT)
    try:
        until(lambda: "已启动" in told.read_text("utf-8"), "serve starts", 120)
        time.sleep(20)  # its first look at what is due is a run of its own
        yield
    finally:
        process.terminate()
        process.wait(60)


def fill(office: Office, back: Path) -> None:
    """Every unit answers: the workbooks as they went out, with status, percentage and text in every row."""
    back.mkdir()
    for number, book in enumerate(sorted(office.home.glob("ledgers/要点/*/下发/*.xlsx"))):
        (back / f"{number:05d}.xlsx").write_bytes(answered(book.read_bytes(), number))
    if hasattr(os, "sync"):
        os.sync()  # what was filled in is not counted, nor is its way to the disk


def ours(office: Office, back: Path, before: list[str]) -> float:
    """The month by our commands; seconds in all."""
    total = 0.0
    for step in STEPS:
        extra = ("--from", str(back)) if step == "collect" else ()
        seconds, peak = run([*command(office, step, *before), *PLACE, "--json", *extra])
        total += seconds
        print(f"{step:12} {seconds:7.1f} s   {peak:6.0f} MB", flush=True)
        if step == "distribute":
            fill(office, back)
    print(f"ours         {total:7.1f} s", flush=True)
    return total


def plain(office: Office, root: Path, back: Path, units: int, tasks: int) -> dict[str, float]:
    """The scripts' month; seconds of each script."""
    if not back.is_dir():
        office.json("distribute", *PLACE, "--no-send")
        fill(office, back)
    template = next(office.home.glob("ledgers/要点/*/下发/*.xlsx"))
    bare, full = root / "bare", root / "full"
    bare.mkdir()
    full.mkdir()
    parts = {
        "bare": (timed(lambda: bare_write(units, tasks, bare)), timed(lambda: bare_read(back, bare))),
        "full": (timed(lambda: full_write(units, tasks, template, full)), timed(lambda: full_read(tasks, back, full))),
    }
    for name, (written, rest) in parts.items():
        print(f"{name:12} {written + rest:7.1f} s   (written {written:.1f} s, the rest {rest:.1f} s)", flush=True)
    return {name: sum(both) for name, both in parts.items()}


def main(units: int, tasks: int, options: set[str]) -> None:
    """Both ways, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        office = new_office(root / "家")
        office.configure(bulletin={"pdf": False})
        roster = [(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(units)]
        office.adopt(plan_of(tasks), units=roster)
        back = root / "收"
        before = [option for option in options if option == "--without-prefect"]
        total = 0.0
        if "--plain-only" not in options:
            with served(office) if "--served" in options else contextlib.nullcontext():
                total = ours(office, back, before)
        if "--ours-only" not in options:
            for name, seconds in plain(office, root, back, units, tasks).items():
                if total:
                    print(f"{name} ÷ ours  ×{seconds / total:.2f}")


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdecimal()]
    main(*(numbers + [1000, 60][len(numbers) :]), {word for word in sys.argv[1:] if word.startswith("--")})
