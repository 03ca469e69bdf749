"""Two workers of a Prefect work pool do one month of two plans at once; it comes out as on one machine."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from openpyxl import load_workbook

from flows.desk import open_store
from flows.workspace import Home
from tests.moving.homes import WHEN
from tests.needs import ROOT
from tests.office import PLAN, Office, fill, moving, new_office
from tests.postgres.cluster import Server

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

PLANS = ("要点", "任务")
MARCH = ("--period", "2026-03")


def environment(folder: Path, port: int) -> dict[str, str]:
    return os.environ | {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_WORKER_QUERY_SECONDS": "1",
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }


@contextmanager
def started(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        run = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT, cwd=log.parent)
        try:
            yield run
        finally:
            run.terminate()
            try:
                run.wait(15)
            except subprocess.TimeoutExpired:
                run.kill()
                run.wait()


def prefect(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


@contextmanager
def two_workers(folder: Path) -> Iterator[dict[str, str]]:
    """A Prefect server, a process pool and two workers that take one run at a time each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = environment(folder, port)
    with ExitStack() as held:
        held.enter_context(
            started(prefect("server", "start", "--port", str(port), "--no-ui"), env, folder / "server.log")
        )
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                urllib.request.urlopen(f"{env['PREFECT_API_URL']}/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.3)
        subprocess.run(
            prefect("work-pool", "create", "kechang", "--type", "process"), env=env, check=True, capture_output=True
        )
        for number in (1, 2):
            command = prefect("worker", "start", "--pool", "kechang", "--name", f"w{number}", "--limit", "1")
            held.enter_context(started(command, env, folder / f"worker{number}.log"))
        yield env


def run_on(api: str, wanted: dict[str, dict[str, Any]]) -> list[FlowRun]:
    """Start deployments on a server. Not by the environment: Prefect would keep the address for all tests to come."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: api}):
        return asyncio.run(run_all(wanted))


async def run_all(wanted: dict[str, dict[str, Any]]) -> list[FlowRun]:
    """Start deployments by name at once and wait for their ends."""
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        runs: dict[str, UUID] = {}
        for deployment, parameters in wanted.items():
            flow, _, name = deployment.partition("/")
            found = await client.read_deployment_by_name(f"{flow}/{name.split('#')[0]}")
            run = await client.create_flow_run_from_deployment(found.id, parameters=parameters)
            runs[deployment] = run.id
        ended: dict[str, FlowRun] = {}
        until = time.monotonic() + 180
        while len(ended) < len(runs) and time.monotonic() < until:
            for deployment, number in runs.items():
                flow_run = await client.read_flow_run(number)
                if flow_run.state is not None and flow_run.state.is_final():
                    ended[deployment] = flow_run
            await asyncio.sleep(0.3)
        return list(ended.values())


def letters(home: Path) -> list[tuple[str, str, list[str]]]:
    """Every letter without its own id and time."""
    found = []
    for path in sorted(home.rglob("发件箱/*.eml")):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        names = [str(part.get_filename()) for part in mail.iter_attachments()]
        found.append((str(mail["To"]), str(mail["Subject"]), names))
    return sorted(found)


def figures(office: Office) -> str:
    """What each plan stands at, without the moments at which letters were written."""
    told = [office.json("status", plan, *MARCH) for plan in PLANS]
    text = json.dumps(told, ensure_ascii=False).replace(str(office.home), "")
    return re.sub(r"20\d\d-\d\d-\d\dT[\d:+]+", "#", text)


def cells(path: Path) -> list[list[tuple[object, ...]]]:
    book = load_workbook(path)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book]


def test_two_workers_and_two_plans_come_out_as_on_one_machine(server: Server, tmp_path: Path) -> None:
    office = new_office(tmp_path)
    for plan in PLANS:
        office.adopt(PLAN, plan)
    home = Home(office.home)
    store = open_store(home, home.config())
    store.secret()
    store.close()
    office.json("backup", tmp_path / "一.zip")
    shared = Office(tmp_path / "共享" / "台账")
    shared.json("restore", tmp_path / "一.zip", "--store", server.url, "--schema", f"pool_{uuid4().hex[:8]}")

    def answers(into: Path, plan: str) -> Path:
        for number, book in enumerate(sorted((office.home / "ledgers" / plan / "2026-03" / "下发").iterdir())):
            if number != 1:
                fill(book, into / plan / f"{number}.xlsx", moving(f"{plan}：进展{number}。"), received=WHEN)
        return into / plan

    for plan in PLANS:
        office.json("distribute", plan, *MARCH)
        office.json("collect", plan, *MARCH, "--from", answers(tmp_path / "来件", plan))
    for plan in PLANS:
        office.json("report", plan, *MARCH)

    with two_workers(tmp_path) as env:
        run = subprocess.run(
            [sys.executable, "-m", "flows.cli", "--home", str(shared.home), "deploy", "kechang", "--json"],
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stderr
        names = {each.split(" ", 2)[2]: each for each in json.loads(run.stdout)["deployments"]}
        overlaps = 0
        for step in ("下发", "回收", "通报"):
            wanted = {}
            for plan in PLANS:
                more = {"folder": str(tmp_path / "来件" / plan)} if step == "回收" else {}
                wanted[f"{step}/{names[step]}#{plan}"] = {"plan": plan, "period": "2026-03"} | more
            ended = run_on(env["PREFECT_API_URL"], wanted)
            assert len(ended) == 2, (tmp_path / "worker1.log").read_text(encoding="utf-8")
            assert all(each.state and each.state.is_completed() for each in ended), [each.state for each in ended]
            starts, ends = [each.start_time for each in ended], [each.end_time for each in ended]
            assert all(starts)
            assert all(ends)
            overlaps += max(starts) < min(ends)  # type: ignore[type-var]
    assert overlaps, "the two plans were worked on at the same time"
    for number in (1, 2):
        assert "submitting flow run" in (tmp_path / f"worker{number}.log").read_text(encoding="utf-8")

    assert figures(shared) == figures(office)
    assert letters(shared.home) == letters(office.home)
    for plan in PLANS:
        for part in ("下发", "回收"):
            one, two = (
                {path.name: path.read_bytes() for path in (each.home / "ledgers" / plan / "2026-03" / part).iterdir()}
                for each in (office, shared)
            )
            assert one == two
        master = f"ledgers/{plan}/2026-03/总台账.xlsx"
        assert cells(shared.home / master) == cells(office.home / master)
    shutil.rmtree(tmp_path / "prefect", ignore_errors=True)
