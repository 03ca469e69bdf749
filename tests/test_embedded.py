"""The engine's own server belongs to one command: it answers while the command lasts, and nothing is left behind."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import certifi
import pytest

from flows.embedded_routes import is_at_once
from flows.problems import UserError
from flows.spared import spared, without_certificates
from tests.office import new_office

_COMMAND = """
import sys, time
from flows.embedded import embedded_server
server = embedded_server()
print(server._process.pid, server.api, flush=True)
if "wait" in sys.argv:
    server.wait()
    print("ready", flush=True)
    time.sleep(120)
"""


def begun(place: Path, *words: str) -> tuple[subprocess.Popen[str], int, str]:
    """A command that has begun a server, the server's process and its address."""
    env = os.environ | {"PREFECT_HOME": str(place / "prefect"), "PYTHONUTF8": "1"}
    command = subprocess.Popen(
        [sys.executable, "-c", _COMMAND, *words], stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env
    )
    assert command.stdout is not None
    pid, address = command.stdout.readline().split()
    return command, int(pid), address


def is_gone(pid: int, seconds: float) -> bool:
    """Whether a process has ended by then; a dead one whose parent is gone too is taken in by the system."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_a_command_that_is_killed_leaves_no_server_behind(tmp_path: Path) -> None:
    command, pid, address = begun(tmp_path, "wait")
    assert command.stdout is not None
    try:
        assert command.stdout.readline().strip() == "ready"
        with urllib.request.urlopen(f"{address}/health", timeout=30) as answer:
            assert json.load(answer) is True
    finally:
        command.kill()
        command.wait()
        command.stdout.close()
    assert is_gone(pid, 30)


def runs_kept(place: Path) -> int:
    """How many flow runs a server on this place's database knows."""
    command, _, address = begun(place, "wait")
    assert command.stdout is not None
    try:
        assert command.stdout.readline().strip() == "ready"
        asked = urllib.request.Request(f"{address}/flow_runs/count", data=b"{}", method="POST")
        asked.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(json.load(answer))
    finally:
        command.kill()
        command.wait()
        command.stdout.close()


def test_a_database_that_was_replaced_is_brought_to_its_schema_again(tmp_path: Path) -> None:
    """What was once true of it is not believed: the database itself has to say so."""
    assert runs_kept(tmp_path) == 0
    told = tmp_path / "prefect" / "taizhang-schema.txt"
    known = told.read_text("utf-8")
    assert runs_kept(tmp_path) == 0, "the schema is known by now"
    for file in (tmp_path / "prefect").glob("prefect.db*"):
        file.unlink()
    assert runs_kept(tmp_path) == 0, "an empty database got its tables"
    told.write_text("0.0.1 " + known.split()[1], "utf-8")  # of another version of Prefect
    assert runs_kept(tmp_path) == 0
    assert told.read_text("utf-8") == known


_RUN = """
import json
import httpx
from flows.engine import flow, run, show, step

asked = []
for client in (httpx.Client, httpx.AsyncClient):
    def noting(self, request, *args, send=client.send, **kwargs):
        asked.append((request.method, request.url.path))
        return send(self, request, *args, **kwargs)
    client.send = noting
work = step("一步")(lambda number: number + 1)

@flow(name="两步")
def both(number):
    found = work(work(number))
    show("both", "要点", "两步", {"number": found})
    return found

assert run(both, number=1) == 3
print(json.dumps(asked))
"""


def test_a_run_asks_for_no_route_that_is_put_off(tmp_path: Path) -> None:
    """Whatever is asked for answers; what every run asks for has to be among those that are there at once."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_API")}
    env |= {"PREFECT_HOME": str(tmp_path / "prefect"), "PYTHONUTF8": "1"}
    told = subprocess.run([sys.executable, "-c", _RUN], capture_output=True, encoding="utf-8", env=env, check=True)
    asked = json.loads(told.stdout)
    assert ["POST", "/api/artifacts/"] in asked
    assert [(method, path) for method, path in asked if not is_at_once(method, path)] == []


def test_while_prefect_is_loaded_only_the_loading_thread_reads_no_certificates() -> None:
    def read() -> int:
        return len(ssl.create_default_context(cafile=certifi.where()).get_ca_certs())

    with spared(), ThreadPoolExecutor(1) as other:
        assert read() == 0
        assert other.submit(read).result() > 0
    assert read() > 0


def test_a_client_without_certificates_refuses_whatever_it_meets_over_tls() -> None:
    module = SimpleNamespace(ssl=ssl)
    with without_certificates(module):
        made = module.ssl.create_default_context(cafile="anywhere")
        assert (made.verify_mode, made.check_hostname, made.get_ca_certs()) == (ssl.CERT_REQUIRED, True, [])
    assert module.ssl is ssl
    another = SimpleNamespace()
    with without_certificates(another):  # a Prefect that makes its clients in another way is left as it is
        assert vars(another) == {}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_a_command_that_ends_before_its_server_has_started_does_not_wait_for_it(tmp_path: Path) -> None:
    command, pid, _ = begun(tmp_path)
    assert command.stdout is not None
    command.stdout.close()
    assert command.wait(20) == 0
    assert is_gone(pid, 5)


def test_a_server_that_cannot_start_is_one_sentence_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import embedded
    from flows.distribute import distribute
    from flows.engine import run

    office = new_office(tmp_path)
    office.adopt()
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    monkeypatch.setattr(embedded, "_RUNNING", [])
    monkeypatch.setattr(sys, "executable", "/bin/true" if Path("/bin/true").is_file() else sys.executable + "-gone")
    with pytest.raises(UserError, match="流程引擎没有启动") as told:
        run(distribute, home=str(office.home), slug="要点", period="2026-10", send=False)
    assert "--without-prefect" in told.value.hint
