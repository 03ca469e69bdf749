"""A Dask cluster that checks returned files: several machines, or for a try a cluster on this one.

It takes the place of this machine's own workers (:mod:`flows.round.checking`) and does the same: the merger alone
archives and records, in the order in which files came. Files go out by batches; whatever becomes of the cluster, what
it had in hand is checked here, and the outcome is the same.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from queue import SimpleQueue
from typing import Any, Final

from flows.cluster.batch import File, Given, opened_verdicts, packed_batch
from flows.cluster.line import Line, UnusableError
from flows.cluster.settings import LOCAL
from flows.hands import without_main
from flows.ledger.checker import Expectation
from flows.ledger.model import Returned
from flows.round.checking import Processes, WorkersLostError

FILES: Final = 50
_BYTES: Final = 4 * 2**20
"""A batch is sent off with so many files or bytes. A file of 60 rows takes a worker 4 ms, and Prefect about 100 ms for
each task beside it; sending a batch takes the merger 2 ms, on the engine 20 ms."""
_MOST_AHEAD: Final = 1600
_TRIES: Final = 2
"""A batch that came to nothing is sent once more: a worker may have died with what it needs, or with the answer."""
_BEGIN: Final = 30
"""Seconds in which all of a cluster's workers have to be ready."""
_PATIENCE: Final = 30.0
"""Seconds after which a batch should be back: a cluster that is busy with other work is not waited for."""

Tell = Callable[[str], None]


class _Verdict(Future[Returned]):
    """A file's verdict. Who waits for it sends off the batch that it still stands in."""

    def __init__(self, send_off: Callable[[], None]) -> None:
        super().__init__()
        self._send_off = send_off
        self.is_sent = False
        self.set_running_or_notify_cancel()  # it is with the cluster: nobody takes it back

    def result(self, timeout: float | None = None) -> Returned:
        """As of any future."""
        if not self.is_sent:
            self._send_off()
        return super().result(timeout)


@dataclass(slots=True)
class _Batch:
    """Files that are out, kept until their verdicts are here."""

    packed: bytes
    verdicts: list[_Verdict]
    name: str
    tries: int = 0
    since: float = 0.0
    share: int = 0
    """Which of the line's shares it was sent with."""


class Cluster:
    """Checks files at a cluster. Make it in the flow itself: inside a flow run its batches are tasks of the run."""

    def __init__(self, address: str, tell: Tell) -> None:
        """``address``: as in [workers] dask. ``tell`` hears one sentence when the cluster cannot do its part."""
        self._line = Line(address)
        self._is_local = address == LOCAL
        self._tell = tell
        self._begun: threading.Thread | None = None
        self._fault = ""
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._lost = False
        self._filling: list[tuple[File, _Verdict]] = []
        self._out: dict[int, _Batch] = {}
        self._count = 0
        self._done: SimpleQueue[tuple[int, Callable[[], Any]] | None] = SimpleQueue()

    def begin(self) -> None:
        """Connect, and let the workers load the program, while the round is still being opened."""
        if self._begun is not None:
            return
        self._begun = threading.Thread(target=self._open, daemon=True)
        if not self._is_local:
            self._begun.start()
            return
        with without_main():  # its processes must not find a main module that runs the command again
            self._begun.start()
            self._begun.join(_BEGIN)

    @property
    def ahead(self) -> int:
        """Files that may wait for their turn: two batches for each worker, and one that is being filled."""
        return min(FILES * (2 * len(self._line.members) + 1), _MOST_AHEAD)

    def give(self, expected: Expectation, secret: bytes) -> None:
        """Send every worker what to check against. WorkersLostError where there is no cluster to be had."""
        self.begin()
        assert self._begun is not None
        self._begun.join(_BEGIN)
        if self._begun.is_alive():
            self._fault = self._line.sentence("准备了半分钟还没有好", "请看看各台 dask worker 是否正常")
        if self._fault:
            raise WorkersLostError
        try:
            self._line.share(Given.of(expected, secret))
        except Exception as error:
            raise WorkersLostError from error
        for work in (self._fetch, self._watch):
            threading.Thread(target=work, daemon=True).start()

    def submit(self, data: bytes, name: str, received: date) -> Future[Returned]:
        """Hand over a file. WorkersLostError when the cluster is gone."""
        verdict = _Verdict(self._send_off)
        with self._lock:
            if self._lost:
                raise WorkersLostError
            self._filling.append(((data, name, received), verdict))
            is_full = len(self._filling) >= FILES or sum(len(file[0]) for file, _ in self._filling) >= _BYTES
        if is_full:
            self._send_off()
        return verdict

    def instead(self) -> Processes | None:
        """This machine's own cores, after the cluster was lost: they take over what it had in hand."""
        self._tell(self._fault or self._line.sentence("中途没有回应", "请看看调度器和各台 dask worker", rest="其余"))
        return Processes() if (os.cpu_count() or 1) > 1 else None

    def close(self) -> None:
        """Leave the cluster; what is still in hand there is lost."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._done.put(None)
        if self._begun is None:
            return
        if self._begun.is_alive():  # the round broke off while it was still being connected
            threading.Thread(target=self._leave_later, daemon=True).start()
            return
        if not self._lost and not self._fault and (left := len(self._line.members - self._line.present())):
            self._tell(f"Dask 集群里有 {left} 个 worker 中途断开，它手上的已由别的 worker 核对，结果不受影响")
        self._line.close()

    def _open(self) -> None:
        try:
            self._line.open()
        except UnusableError as error:
            self._fault = str(error)

    def _leave_later(self) -> None:
        if self._begun is not None:
            self._begun.join()
        self._line.close()

    def _send_off(self) -> None:
        with self._lock:
            full, self._filling = self._filling, []
            if not full:
                return
            number, self._count = self._count, self._count + len(full)
            name = f"第{number + 1}—{number + len(full)}份"
            self._out[number] = _Batch(packed_batch([file for file, _ in full]), [each for _, each in full], name)
            for _, verdict in full:
                verdict.is_sent = True
        self._send(number)

    def _send(self, number: int) -> None:
        with self._lock:
            batch = self._out.get(number)
            if batch is None:
                return
            batch.tries, batch.since, batch.share = batch.tries + 1, time.monotonic(), self._line.shares
        try:
            future, answer = self._line.send(batch.packed, batch.name)
            future.add_done_callback(lambda _: self._done.put((number, answer)))
        except Exception:  # what cannot be sent is not waited for
            self._again(number)

    def _fetch(self) -> None:
        """Not left to Dask's own thread: the program would not end while an answer is on a machine that hangs."""
        while (done := self._done.get()) is not None:
            self._came(*done)

    def _came(self, number: int, answer: Callable[[], Any]) -> None:
        try:
            found = opened_verdicts(answer())
        except BaseException:  # cancelled, or a worker's own fault: the files are still here
            self._again(number)
            return
        with self._lock:
            batch = self._out.pop(number, None)
        if batch is not None:
            for verdict, one in zip(batch.verdicts, found, strict=True):
                verdict.set_result(one)

    def _again(self, number: int) -> None:
        batch = self._out.get(number)
        if batch is None or self._closed.is_set():
            return
        if batch.tries >= _TRIES or not self._line.is_up:
            self._lose()
            return
        try:
            if batch.share == self._line.shares:
                self._line.renew()
        except Exception:  # nobody there to take it
            self._lose()
        else:
            self._send(number)

    def _watch(self) -> None:
        """A cluster without workers, and one that has stopped to answer, gives no sign of its own."""
        empty = 0
        while not self._closed.wait(1) and not self._lost:
            with self._lock:
                oldest = min((batch.since for batch in self._out.values() if batch.tries), default=None)
            if oldest is None:
                continue
            empty = 0 if self._line.present() else empty + 1
            if empty > 1 or time.monotonic() - oldest > _PATIENCE:
                self._lose()

    def _lose(self) -> None:
        with self._lock:
            if self._lost or self._closed.is_set():
                return
            self._lost = True
            left = [verdict for batch in self._out.values() for verdict in batch.verdicts]
            left += [verdict for _, verdict in self._filling]
            self._out, self._filling = {}, []
        for verdict in left:
            verdict.set_exception(WorkersLostError())


def cluster_of(address: str, tell: Tell) -> Cluster | None:
    """The cluster that [workers] names; None where this machine's cores do the work."""
    return Cluster(address, tell) if address else None
