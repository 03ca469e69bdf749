"""Checking ahead: many returned files are read and judged on all cores, while the merger takes them one by one.

The merger is the only one that archives and records, and it does so in the order in which files came: whatever the
workers do, the outcome is that of checking each file when its turn comes.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from itertools import islice
from multiprocessing import connection, get_context, parent_process
from types import ModuleType
from typing import Final

from flows.ledger.checker import Expectation, check_returned
from flows.ledger.model import Returned
from flows.ledger.packing import packed
from flows.round.intake import Parcel

_ALONE: Final = 120
"""So many files are checked without workers, and as many more while they start: a start costs about half a second."""
_AHEAD: Final = 48
"""Files that may wait in memory for their turn."""

Mail = list[Parcel]


class Checker:
    """The verdicts of a round's expectation. ``close`` ends the workers, where any were started."""

    def __init__(self, expected: Expectation, secret: bytes) -> None:
        self._expected, self._secret = expected, secret
        self._pool: ProcessPoolExecutor | None = None
        self._begun: dict[int, tuple[Parcel, Future[Returned]]] = {}

    def verdict(self, parcel: Parcel) -> Returned:
        """The verdict on a parcel's bytes: a worker's, where one has it in hand, else found here and now."""
        _, future = self._begun.pop(id(parcel), (parcel, None))
        if future is not None and not future.cancel():
            try:
                return future.result()
            except BrokenProcessPool:
                self.close()
        return check_returned(parcel.data, parcel.name, self._expected, self._secret, parcel.received.date())

    def ahead(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        """The same mails, in the same order; where they are many, those that follow are in work already."""
        coming = iter(mails)
        first = list(islice(coming, _ALONE))
        if len(first) < _ALONE or (os.cpu_count() or 1) < 2:
            yield from first
            yield from coming
            return
        try:
            self._start()
            waiting: deque[Mail] = deque()
            for mail in first:
                yield mail
            for mail in islice(coming, _AHEAD):
                waiting.append(self._begin(mail))
            while waiting:
                yield waiting.popleft()
                waiting.extend(self._begin(mail) for mail in islice(coming, 1))
        finally:
            self.close()

    def close(self) -> None:
        """End the workers; what they had in hand is checked here when its turn comes."""
        pool, self._pool = self._pool, None
        self._begun.clear()
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        workers = min(os.cpu_count() or 1, 8)
        # Spawned on every system: a fork would copy the engine's threads and locks.
        self._pool = ProcessPoolExecutor(
            workers, get_context("spawn"), _prepare, (pickle.dumps((self._expected, self._secret)),)
        )
        with _without_main():
            for _ in range(workers):
                self._pool.submit(_warm)

    def _begin(self, mail: Mail) -> Mail:
        for parcel in mail:
            if self._pool is not None and not parcel.reason and parcel.is_sheet:
                try:
                    future = self._pool.submit(_check, parcel.data, parcel.name, parcel.received.date())
                except (BrokenProcessPool, OSError):
                    self.close()
                    break
                self._begun[id(parcel)] = (parcel, future)
        return mail


@contextmanager
def _without_main() -> Iterator[None]:
    """A spawned worker first runs the program's own main module again: the whole command line, for nothing."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


_WORK: list[tuple[Expectation, bytes]] = []
"""What a worker checks against; set once in each worker."""


def _prepare(work: bytes) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the merger's to answer
    _WORK[:] = [pickle.loads(work)]  # our own, from the process that started this one
    parent = parent_process()
    if parent is not None:
        # A merger that is killed cannot end its workers: they end themselves.
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _warm() -> None:
    """Nothing: makes a worker start."""


def _check(data: bytes, name: str, received: date) -> Returned:
    expected, secret = _WORK[0]
    found = check_returned(data, name, expected, secret, received)
    return replace(found, entries=packed(found.entries))
