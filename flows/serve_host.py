"""The process behind `taizhang serve`: Prefect's server with its page, and the runner that starts its runs.

Both live in one process, so that a killed serve leaves no server behind that holds the port. Runs are short processes
of their own, one at a time: a clerk's step and 到点检查 never meet.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from flows import engine  # it sets Prefect's environment, before anything of Prefect's is imported
from flows.periods import today
from flows.problems import UserError
from flows.serving.alive import VARIABLE, Serving, announce, withdraw
from flows.workspace import Home

_START = 180.0
"""Seconds that a first start on a slow disk may take."""
_END = 20.0
"""Seconds that an orderly end may take."""
_GATHERED = 6
"""Until this month of a year the numbers of the year before are gathered."""
_LOOK = 5.0
"""Seconds between two looks for new plans."""
Tell = Callable[[Serving], None]


def host(home: Home, port: int, tell: Tell, ended: Callable[[], None]) -> None:
    """Serve a home until Ctrl-C; ``tell`` is called when the page can be opened. UserError when it does not start.

    ``ended`` says that it is over: also when the end takes too long and the process is left without waiting.
    """
    _prepare_environment(home, port)
    token = uuid4().hex
    with _server(port):
        _set_token(token)
        serving = announce(home.root, port, token)

        def give_up() -> None:
            withdraw(home.root, token)
            ended()
            os._exit(0)

        try:
            asyncio.run(_run(home, lambda: tell(serving), give_up))
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            withdraw(home.root, token)
    ended()


def plans_of(home: Home) -> list[str]:
    """Plans that have been imported, by name."""
    return sorted(path.parent.name for path in home.ledgers.glob("*/任务分解表.xlsx"))


def _prepare_environment(home: Home, port: int) -> None:
    """What this process and its runs read: a Prefect of the home's own, on this machine only."""
    name = sha256(str(home.root).encode()).hexdigest()[:8]
    place = Path(os.environ["PREFECT_HOME"]) / f"serve-{name}"
    place.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "PREFECT_HOME": str(place),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        # Any page that the clerk reads on the web could otherwise start runs here, and agree to a mailing.
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": f"http://127.0.0.1:{port},http://localhost:{port}",
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        # The page's files are copied before they are served; the installed package may be read-only.
        "PREFECT_UI_STATIC_DIRECTORY": str(place / "page"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # There are no schedules of Prefect's; see _tick.
        "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{(place / 'prefect.db').as_posix()}",
        "TAIZHANG_SERVE_HOME": str(home.root),
        # Runs find this program also where it was not installed.
        "PYTHONPATH": os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")))),
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "ignore",
    }


@contextmanager
def _server(port: int) -> Iterator[None]:
    """Prefect's server in a thread."""
    import uvicorn

    logging.disable(logging.CRITICAL)  # the clerk reads what this program says, and nothing of the libraries
    warnings.simplefilter("ignore")
    from prefect.server.api.server import create_app

    # A page that is still open in the browser does not hold the end up.
    config = uvicorn.Config(
        create_app(final=True), host="127.0.0.1", port=port, log_level="critical", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=_silently, args=(server.run,), name="taizhang-server", daemon=True)
    thread.start()
    until = time.monotonic() + _START
    while not server.started:
        if not thread.is_alive() or time.monotonic() > until:
            raise UserError(
                "网页没有启动", f"请稍后再运行一次；仍不行时在 config.toml 的 [serve] 换一个 port（现为 {port}）"
            )
        time.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _silently(work: Callable[[], None]) -> None:
    with contextlib.suppress(SystemExit):  # uvicorn's way to say that the port is taken
        work()


def _set_token(token: str) -> None:
    from prefect.variables import Variable

    Variable.set(VARIABLE, token, overwrite=True)


async def _run(home: Home, ready: Callable[[], None], give_up: Callable[[], None]) -> None:
    from prefect.runner import Runner

    # One at a time: a clerk's step and 到点检查 never meet. No schedule of Prefect's has to be switched off at the end.
    runner = Runner(name="taizhang", limit=1, query_seconds=2, pause_on_shutdown=False)
    check = await _register(runner, home)
    asyncio.get_running_loop().call_soon(ready)
    beside = [asyncio.create_task(_tick(check, home)), asyncio.create_task(_watch(runner, home))]
    work = asyncio.create_task(runner.start())
    try:
        await asyncio.wait({work})
        work.result()
    finally:
        # The runner waits for the run that it has begun; the run does not need it, and neither does the clerk.
        guard = threading.Timer(_END, give_up)
        guard.daemon = True
        guard.start()
        for each in (*beside, work):
            each.cancel()
        await asyncio.wait({work})
        guard.cancel()


async def _register(runner: Any, home: Home) -> UUID:
    """Put 到点检查 and the steps on the page; gives the id of 到点检查."""
    from flows import serve

    check: UUID = await runner.aadd_deployment(await _deployment(serve.due_check, 0))
    await _register_pages(runner, home)
    return check


async def _tick(check: UUID, home: Home) -> None:
    """Start 到点检查 now and every so many minutes by the clock on the wall: a machine that wakes looks at once.

    Not a schedule of Prefect's: that one queues a run for each time it missed, and its scheduler does not work with
    SQLAlchemy 2.1 (bulk insert of flow runs). One check waits for the other.
    """
    last: float | None = None
    run: UUID | None = None
    while True:
        every = _minutes(home) * 60
        if last is None or not 0 <= time.time() - last < every:
            with contextlib.suppress(Exception):  # the server is busy: the next look asks again
                run = await _start_check(check, run)
                last = time.time()
        await asyncio.sleep(_LOOK)


async def _start_check(check: UUID, before: UUID | None) -> UUID:
    from prefect.client.orchestration import get_client

    async with get_client() as client:
        if before is not None:
            state = (await client.read_flow_run(before)).state
            if state is not None and not state.is_final():
                return before
        return (await client.create_flow_run_from_deployment(check)).id


def _minutes(home: Home) -> int:
    try:
        return home.config().schedule.check_minutes
    except UserError:  # somebody is writing in config.toml; 到点检查 tells what is wrong with it
        return 10


async def _register_pages(runner: Any, home: Home) -> None:
    from flows import serve

    plans = plans_of(home)
    for number, page in enumerate(serve.PAGES, 1):
        deployment = await _deployment(page, number)
        _offer_plans(deployment, plans)
        await runner.aadd_deployment(deployment)


async def _deployment(page: Any, number: int) -> Any:
    """The page lists deployments by name: the number puts them into the order of a month."""
    from prefect.types.entrypoint import EntrypointType

    return await page.ato_deployment(
        name=f"{number:02d} {page.name}",
        description=page.description,
        entrypoint_type=EntrypointType.MODULE_PATH,
        paused=False,
    )


def _offer_plans(deployment: Any, plans: list[str]) -> None:
    """The form offers the plans that there are; with one plan it is filled in, and so is the year that is gathered."""
    schema = deployment._parameter_openapi_schema
    engine.name_parameters(schema.properties)
    for name in ("plan", "into"):
        if name in schema.properties and plans:
            schema.properties[name]["enum"] = plans
    if len(plans) == 1 and "plan" in schema.properties:
        deployment.parameters |= {"plan": plans[0]}
    if "year" in schema.properties:
        day = today()
        deployment.parameters |= {"year": day.year - (day.month <= _GATHERED)}


async def _watch(runner: Any, home: Home) -> None:
    """Offer plans that are imported while the page is open."""
    before = plans_of(home)
    while True:
        await asyncio.sleep(_LOOK)
        plans = plans_of(home)
        if plans != before:
            before = plans
            with contextlib.suppress(Exception):  # the next change, or the next start, offers them
                await _register_pages(runner, home)
