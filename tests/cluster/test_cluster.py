"""An office with a Dask cluster: it checks what came back as this machine would, also when parts of it fail."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import __version__
from flows.cluster import line
from flows.cluster import workers as cluster
from flows.cluster.workers import FILES as BATCH
from flows.config import read_config
from flows.problems import UserError
from flows.round.merge import Merger
from tests.cluster.machines import Machines, machines, need_dask
from tests.cluster.returned_files import FAULTY, FILES, NO_WORKBOOK, came_back, office_like, recorded, taken_in
from tests.needs import ROOT


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, Any], dict[str, Any]]:
    """A home, the folder with the answers, and what comes of them on this machine's own cores."""
    need_dask()
    folder = tmp_path_factory.mktemp("市")
    home, back = came_back(folder)
    alone = office_like(home, folder / "本机", "")
    told = taken_in(alone, back)
    assert (len(told["returned"]), len(told["quarantined"])) == (len(FAULTY), len(NO_WORKBOOK))
    assert len(told["accepted"]) == FILES - len(FAULTY) - len(NO_WORKBOOK)
    assert told["duplicates"]
    assert told["notices"] == []
    return home, back, told, recorded(alone)


@pytest.fixture(scope="module")
def office_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler and two workers; one has two threads, as Dask begins them where nobody says otherwise."""
    with machines(tmp_path_factory.mktemp("集群"), 1, 2) as found:
        yield found


def collected(city: Any, folder: Path, dask: str, *, engine: bool = False) -> list[str]:
    """The same answers taken in with other workers: everything comes out the same; gives what the clerk is told."""
    home, back, told, kept = city
    office = office_like(home, folder / "办公室", dask, engine=engine)
    found = taken_in(office, back)
    notices = found.pop("notices")
    assert found == {key: value for key, value in told.items() if key != "notices"}
    assert recorded(office) == kept
    return list(notices)


def at_file(number: int, act: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something when the merger has come to a file."""
    take, seen = Merger.take_mail, []

    def counted(merger: Merger, parcels: Any) -> Any:
        seen.append(1)
        if len(seen) == number:
            act()
        return take(merger, parcels)

    monkeypatch.setattr(Merger, "take_mail", counted)


def read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of files that the merger checks itself, as they come."""
    from flows.round import checking

    names: list[str] = []
    alone = checking.check_returned

    def counted(data: bytes, name: str, *more: Any) -> Any:
        names.append(name)
        return alone(data, name, *more)

    monkeypatch.setattr(checking, "check_returned", counted)
    return names


def test_a_cluster_finds_what_this_machine_finds(
    city: Any, office_cluster: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = read_here(monkeypatch)
    assert collected(city, tmp_path, office_cluster.address) == []
    assert here == []  # the merger archives and records; it has read none of them


def test_on_the_engine_each_batch_is_a_task_of_the_run(
    city: Any, office_cluster: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = read_here(monkeypatch)
    assert collected(city, tmp_path, office_cluster.address, engine=True) == []
    assert here == []
    names = set(asyncio.run(batches_of_the_last_run()))
    # The last file came twice: nobody had to check it again.
    assert names == {f"核对 第{number + 1}—{number + BATCH}份" for number in range(0, FILES, BATCH)}


async def batches_of_the_last_run(tries: int = 50) -> list[str]:
    """The names of the tasks by which files were checked."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import FlowRunSort
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.embedded import embedded_server

    with temporary_settings({PREFECT_API_URL: embedded_server().api}):
        async with get_client() as client:
            [last] = await client.read_flow_runs(sort=FlowRunSort.START_TIME_DESC, limit=1)
            names: list[str] = []
            for _ in range(tries):  # the engine hears of tasks by events, a moment later
                of_run = FlowRunFilter(id=FlowRunFilterId(any_=[last.id]))
                runs = await client.read_task_runs(flow_run_filter=of_run)
                done = [each.name for each in runs if each.state_name == "Completed"]
                names = [name for name in done if name.startswith("核对 ")]
                if len(names) * BATCH >= FILES:
                    break
                await asyncio.sleep(0.2)
    return names


def test_workers_that_cannot_reach_the_engine_check_all_the_same(
    city: Any, office_cluster: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine's own server listens on the clerk's computer alone; the workers are elsewhere."""
    monkeypatch.setattr(line, "api_address", lambda: "http://127.0.0.1:9/api")
    here = read_here(monkeypatch)
    assert collected(city, tmp_path, office_cluster.address, engine=True) == []
    assert here == []
    assert asyncio.run(batches_of_the_last_run(tries=1)) == []


def test_a_worker_that_dies_in_the_middle_loses_no_file(
    city: Any, office_cluster: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    victim = office_cluster.add_worker()
    office_cluster.wait_for(3)
    at_file(40, victim.kill, monkeypatch)
    [told] = collected(city, tmp_path, office_cluster.address, engine=True)
    assert "1 个 worker 中途断开" in told
    assert "结果不受影响" in told


@pytest.mark.skipif(sys.platform == "win32", reason="按进程号结束进程的办法只在类 Unix 系统上有")
def test_the_worker_that_had_the_only_copy_of_what_counts_may_die(
    city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dask does away with copies for which it sees no use at the moment."""
    share, here = line.Line.share, read_here(monkeypatch)
    with machines(tmp_path / "集群", 1, 1) as own:

        def share_and_lose(mine: line.Line, given: Any) -> None:
            share(mine, given)
            kill_who_has_it(own.address, "Given")

        monkeypatch.setattr(line.Line, "share", share_and_lose)
        [told] = collected(city, tmp_path, own.address)
    assert "1 个 worker 中途断开" in told
    assert here == []


def kill_who_has_it(address: str, key: str) -> None:
    """End the worker that is left with the only copy, once Dask has tidied up."""
    from distributed import Client

    with Client(address, timeout=10, set_as_default=False) as client:
        holders: list[str] = []
        until = time.monotonic() + 20
        while len(holders) != 1 and time.monotonic() < until:
            client.amm.run_once()
            [holders] = [list(who) for name, who in client.who_has().items() if key in str(name)]
        os.kill(client.run(os.getpid)[holders[0]], signal.SIGKILL)
        while len(client.nthreads()) > 1 and time.monotonic() < until:
            time.sleep(0.05)


def test_when_the_scheduler_goes_away_this_machine_goes_on(
    city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with machines(tmp_path / "集群", 1) as own:
        at_file(40, own.running[0].kill, monkeypatch)
        [told] = collected(city, tmp_path, own.address)
    assert "中途没有回应，其余由本机核对，结果相同" in told


def test_when_all_workers_die_this_machine_goes_on(city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with machines(tmp_path / "集群", 1) as own:
        at_file(40, own.workers[0].kill, monkeypatch)
        [told] = collected(city, tmp_path, own.address)
    assert "中途没有回应，其余由本机核对，结果相同" in told


@pytest.mark.skipif(sys.platform == "win32", reason="让进程停住不动的信号只在类 Unix 系统上有")
def test_a_cluster_that_stops_to_answer_is_not_waited_for_long(
    city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its line stands, and nothing comes: a machine that hangs, or is busy with other work."""
    from distributed import Future

    monkeypatch.setattr(cluster, "_PATIENCE", 2.0)
    with machines(tmp_path / "集群", 1) as own:
        at_file(40, lambda: own.workers[0].send_signal(signal.SIGSTOP), monkeypatch)
        [told] = collected(city, tmp_path, own.address)
    assert "中途没有回应，其余由本机核对，结果相同" in told
    # The program ends only when this thread of Dask's has nothing more to do.
    assert Future._cb_executor.submit(int).result(5) == 0


def test_a_cluster_without_workers_is_told(city: Any, tmp_path: Path) -> None:
    with machines(tmp_path / "集群") as own:
        [told] = collected(city, tmp_path, own.address)
    assert "还没有干活的电脑" in told
    assert "请在各台运行 dask worker" in told


def test_workers_with_another_version_or_without_our_program_are_not_used(city: Any, tmp_path: Path) -> None:
    """Another version may judge otherwise."""
    other, none = tmp_path / "别的版本", tmp_path / "没有"
    shutil.copytree(ROOT / "flows", other / "flows", ignore=shutil.ignore_patterns("__pycache__"))
    init = other / "flows" / "__init__.py"
    init.write_text(init.read_text(encoding="utf-8").replace(__version__, "0.0.9"), encoding="utf-8")
    (none / "flows").mkdir(parents=True)
    (none / "flows" / "__init__.py").write_text("", encoding="utf-8")
    with machines(tmp_path / "集群") as own:
        first = own.add_worker(path=other)
        own.wait_for(1)
        [told] = collected(city, tmp_path / "一", own.address)
        assert f"的程序是 0.0.9 版，这里是 {__version__} 版，这次由本机核对，结果相同" in told
        own.add_worker(path=none)
        own.wait_for(2)
        first.kill()
        [told] = collected(city, tmp_path / "二", own.address)
    assert "有的电脑没有装本程序" in told


def test_an_address_where_nobody_answers_is_told_and_the_round_runs_here(city: Any, tmp_path: Path) -> None:
    [told] = collected(city, tmp_path, "tcp://127.0.0.1:9")
    assert told.startswith("Dask 集群（tcp://127.0.0.1:9）连不上，这次由本机核对，结果相同；请检查地址")


def test_without_the_extra_the_clerk_is_told_what_to_install(
    city: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    [told] = collected(city, tmp_path, "tcp://127.0.0.1:9")
    assert 'pip install "taizhang[dask]"' in told


def test_a_few_files_are_not_worth_a_cluster(tmp_path: Path) -> None:
    """Nobody answers there, and nobody is told: it was not asked."""
    from tests.benchmarks.returned import prepare

    back = tmp_path / "收"
    office = prepare(tmp_path / "家", back, 3, 2)
    office.configure(workers={"dask": "tcp://127.0.0.1:9"})
    found = taken_in(office, back)
    assert (len(found["accepted"]), found["notices"]) == (3, [])


@pytest.mark.parametrize("written", ["dask.example", "http://dask.example:8786", "tcp://dask.example", "tcp://a:b@c:1"])
def test_an_address_that_cannot_be_meant_is_told(written: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[workers]\ndask = "{written}"\n', encoding="utf-8")
    with pytest.raises(UserError, match=r"\[workers\] 的 dask 应写成调度器的地址"):
        read_config(path)


@pytest.mark.parametrize("written", ["", "local", "tcp://dask.example:8786", "tls://[fd00::1]:8786"])
def test_an_address_as_it_should_be(written: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[workers]\ndask = "{written}"\n', encoding="utf-8")
    assert read_config(path).workers.dask == written
