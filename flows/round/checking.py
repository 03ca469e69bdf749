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
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from itertools import chain, islice
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from flows.ledger.checker import Expectation, check_returned
from flows.ledger.model import Returned
from flows.ledger.packing import packed
from flows.memory import seldom_tidied, tidy_seldom
from flows.round.intake import Parcel

_ALONE: Final = 120
"""So many files are checked without workers, and as many more while they start: a start costs about half a second."""
_AHEAD: Final = 48
"""Files that may wait in memory for their turn."""

Mail = list[Parcel]


class Workers:
    """Processes that check files: they load the program while the round is still being opened."""

    def __init__(self) -> None:
        count = min(os.cpu_count() or 1, 8)
        # Spawned on every system: a fork would copy the engine's threads and locks.
        context = get_context("spawn")
        self._work = [context.SimpleQueue() for _ in range(count)]
        self._turn = context.Value("i", 0)
        self.pool = ProcessPoolExecutor(count, context, _prepare, (self._work, self._turn))
        with _without_main():
            for _ in range(count):
                self.pool.submit(_warm)

    def give(self, expected: Expectation, secret: bytes) -> None:
        """Tell every worker what to check against. It is taken when the first file comes."""
        work = pickle.dumps((expected, secret), pickle.HIGHEST_PROTOCOL)
        for queue in self._work:
            # More than a pipe holds: written beside the work that goes on here.
            threading.Thread(target=queue.put, args=(work,), daemon=True).start()

    def close(self) -> None:
        """End them; what they had in hand is lost."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def workers_for(folder: Path) -> Workers | None:
    """Workers, if a folder holds so many files that they are worth their start."""
    if (os.cpu_count() or 1) < 2:
        return None
    with suppress(OSError), os.scandir(folder) as found:
        if sum(1 for _ in islice(found, _ALONE)) >= _ALONE:
            return Workers()
    return None


@contextmanager
def ended(workers: Workers | None) -> Iterator[None]:
    """Workers that were begun are ended, whatever becomes of the round."""
    try:
        yield
    finally:
        if workers is not None:
            workers.close()


class Checker:
    """The verdicts of a round's expectation. ``close`` ends the workers, where there are any."""

    def __init__(self, expected: Expectation, secret: bytes, workers: Workers | None = None) -> None:
        """``workers``: begun before, else they are when many files come."""
        self._expected, self._secret = expected, secret
        self._workers = workers
        self._given = False
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
        with seldom_tidied():
            yield from self._ahead(iter(mails))

    def _ahead(self, coming: Iterator[Mail]) -> Iterator[Mail]:
        first = list(islice(coming, _ALONE))
        if len(first) < _ALONE or (os.cpu_count() or 1) < 2:
            yield from first
            yield from coming
            return
        if self._workers is not None:  # begun before: nothing to wait for
            first, coming = [], chain(first, coming)
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
        workers, self._workers = self._workers, None
        self._begun.clear()
        if workers is not None:
            workers.close()

    def _start(self) -> None:
        self._workers = self._workers or Workers()
        if not self._given:
            self._workers.give(self._expected, self._secret)
            self._given = True

    def _begin(self, mail: Mail) -> Mail:
        for parcel in mail:
            if self._workers is not None and not parcel.reason and parcel.is_sheet:
                try:
                    future = self._workers.pool.submit(_check, parcel.data, parcel.name, parcel.received.date())
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


_WAITING: list[Any] = []
"""In a worker: the queue out of which it gets what to check against."""
_WORK: list[tuple[Expectation, bytes]] = []
"""What a worker checks against; set once in each worker."""


def _prepare(work: list[Any], turn: Any) -> None:
    tidy_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the merger's to answer
    with turn.get_lock():
        _WAITING[:] = [work[turn.value % len(work)]]
        turn.value += 1
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
    if not _WORK:
        _WORK[:] = [pickle.loads(_WAITING[0].get())]  # our own, from the process that started this one
    expected, secret = _WORK[0]
    found = check_returned(data, name, expected, secret, received)
    return replace(found, entries=packed(found.entries))
