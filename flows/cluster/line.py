"""The line to a Dask cluster: who is there and runs this program, what all of them get, and batches on their way.

Inside a flow run batches go out by prefect-dask, as tasks of the run; outside of one by Dask's own client.
"""

from __future__ import annotations

import logging
import socket
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack, suppress
from typing import Any, Final, TypeVar

from flows import __version__
from flows.cluster.batch import Given, check_batch, ready
from flows.cluster.on_prefect import api_address, run_of_flow, sender, task_runner
from flows.cluster.settings import LOCAL, host_and_port

_CONNECT: Final = 10
"""Seconds in which a scheduler has to answer, all in all."""
_SHARE: Final = 30
_LEAVE: Final = 5
"""… and in which all workers take what they check against, and a cluster lets go."""
_LOCAL: Final = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
"""A cluster of this machine: a process for each core, and nothing that other machines see."""

T = TypeVar("T")
Sent = tuple[Any, Callable[[], Any]]
"""Dask's future of a batch, and what waits for its answer."""


class UnusableError(Exception):
    """Why a cluster cannot be used: a sentence that says what to do."""


class Line:
    """One round's line to a cluster. Make it in the flow itself; all else may be called from any thread."""

    def __init__(self, address: str) -> None:
        self.members: set[str] = set()
        """The workers that were there when it was opened."""
        self.shares = 0
        """How many times the workers were brought what batches are checked against."""
        self._address = address
        self._run = run_of_flow()
        self._held = ExitStack()
        self._client: Any = None
        self._runner: Any = None
        self._shared: Given | None = None
        self._given: Any = None
        self._send: Callable[[Any, bytes, str], Sent] = self._plainly
        self._sending = threading.Lock()

    def open(self) -> None:
        """Connect, and have every worker load the program; UnusableError when that cannot be."""
        try:
            self._open()
        except UnusableError:
            self.close()
            raise
        except ModuleNotFoundError:
            self.close()
            raise UnusableError(self.sentence("要的组件没有装", '请先运行 pip install "taizhang[dask]"')) from None
        except Exception:  # whatever a foreign cluster answers: this machine can do the work
            self.close()
            raise UnusableError(self.sentence("连不上", "请检查地址和网络，各台要装同一版的 dask")) from None

    def share(self, given: Given) -> None:
        """Bring every worker what batches are checked against; TimeoutError when one does not take it."""
        self._shared = given
        self.renew()
        if self._run is not None and self._runner is not None:
            self._send = self._run.run(sender, self._runner)

    def renew(self) -> None:
        """Bring it to all workers again. Dask keeps one copy of what it sees no use for, and that worker may die."""
        self._given = within(_SHARE, lambda: self._client.scatter(self._shared, broadcast=True, hash=False))
        self.shares += 1

    def send(self, batch: bytes, files: str) -> Sent:
        """Send a batch; ``files`` is its name on the engine's page."""
        with self._sending:
            if self._run is None:
                return self._send(self._given, batch, files)
            return self._run.run(self._send, self._given, batch, files)

    @property
    def is_up(self) -> bool:
        """Whether the scheduler is there; no question is asked."""
        return bool(self._client.status == "running")

    def present(self) -> set[str]:
        """The workers that are there now; none when the scheduler does not answer."""
        try:
            return set(self._client.sync(self._client.scheduler.ncores, callback_timeout=3))
        except Exception:
            return set()

    def close(self) -> None:
        """Leave the cluster, and end it where it is this round's own."""
        self._given = None
        with suppress(Exception):  # a cluster that is gone cannot be left in order
            within(_LEAVE, self._held.close)

    def sentence(self, what: str, cure: str, rest: str = "这次") -> str:
        """What a clerk hears when the cluster does not do its part."""
        where = "" if self._address == LOCAL else f"（{self._address}）"
        return f"Dask 集群{where}{what}，{rest}由本机核对，结果相同；{cure}"

    def _open(self) -> None:
        import distributed

        _quiet()
        at = self._address
        if at != LOCAL:
            try:
                socket.create_connection(host_and_port(at), 3).close()
            except OSError:
                told = self.sentence("连不上", "请检查地址，并看看调度器（dask scheduler）开着没有")
                raise UnusableError(told) from None
        api = ""
        if self._run is not None:
            api = self._run.run(api_address)
            where = {"cluster_kwargs": _LOCAL} if at == LOCAL else {"address": at}
            self._runner = self._held.enter_context(task_runner(**where, client_kwargs={"timeout": _CONNECT}))
            self._client = self._runner.client
        else:
            dask: Any = distributed  # it names its types, but not those of its calls
            cluster = self._held.enter_context(dask.LocalCluster(**_LOCAL)) if at == LOCAL else at
            self._client = self._held.enter_context(dask.Client(cluster, timeout=_CONNECT, set_as_default=False))
        answers = self._client.run(ready, api, on_error="return")
        self._check(answers)
        self.members = set(answers)
        if not all(reached for _, reached in answers.values()):
            self._runner = None  # the engine's server is for this machine alone: batches go out without it

    def _check(self, answers: dict[str, Any]) -> None:
        """Whether there are workers, and all of them run this very program: another version may judge otherwise."""
        if not answers:
            raise UnusableError(self.sentence("还没有干活的电脑", "请在各台运行 dask worker"))
        if any(isinstance(each, BaseException) for each in answers.values()):
            raise UnusableError(self.sentence("里有的电脑没有装本程序", "请在各台装同一版程序，再重新运行 dask worker"))
        others = sorted({version for version, _ in answers.values()} - {__version__})
        if others:
            told = f"的程序是 {'、'.join(others)} 版，这里是 {__version__} 版"
            raise UnusableError(self.sentence(told, "请各台装同一版程序，再重新运行 dask worker"))

    def _plainly(self, given: Any, batch: bytes, _: str) -> Sent:
        future = self._client.submit(check_batch, given, batch, pure=False)
        return future, future.result


def within(seconds: float, act: Callable[[], T]) -> T:
    """What an act gives, if it ends in time: with a machine that hangs, Dask waits for good. TimeoutError else."""
    found: Future[T] = Future()

    def work() -> None:
        try:
            found.set_result(act())
        except BaseException as error:
            found.set_exception(error)

    # A thread that ends with the program, unlike those of an executor.
    threading.Thread(target=work, daemon=True).start()
    return found.result(seconds)


def _quiet() -> None:
    """Dask writes to stderr what it thinks of a broken line; the clerk reads our sentence."""
    warnings.filterwarnings("ignore", module="distributed")
    for name in [*logging.root.manager.loggerDict, "distributed", "tornado"]:
        if name.split(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
