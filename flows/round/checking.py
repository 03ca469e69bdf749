"""Checking ahead: many returned files are read and judged on all cores, while the merger takes them one by one.

An office that has a Dask cluster lets that do it instead (flows.cluster): either is given what to check against, gets
one file after the other and is closed at the end.

The merger is the only one that archives and records, and it does so in the order in which files came: whatever the
workers do, the outcome is that of checking each file when its turn comes.
"""

from __future__ import annotations

import os
import pickle
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
from multiprocessing import active_children, connection, get_context
from pathlib import Path
from typing import Any, Final, Protocol

from flows.hands import without_main, work_beside
from flows.ledger.checker import Expectation, check_returned
from flows.ledger.model import Returned
from flows.ledger.packing import packed
from flows.memory import seldom_tidied
from flows.round.intake import Parcel

_ALONE: Final = 120
"""So many files are checked without workers, and as many more while they start: a start costs about half a second."""
_AHEAD: Final = 400
"""Files that may wait in memory for their turn: work for the seconds in which the engine starts."""
_BYTES_AHEAD: Final = 200 * 2**20
"""… and so many bytes: some units send hundreds of pictures."""

Mail = list[Parcel]


class WorkersLostError(Exception):
    """Who checked files beside the merger is gone, with what was in hand."""


class Workers(Protocol):
    """Who checks files beside the merger. When they are lost, ``submit``, or the future, raises one of ``LOST``."""

    @property
    def ahead(self) -> int:
        """Files that may wait in memory for their turn."""

    def give(self, expected: Expectation, secret: bytes) -> None:
        """Tell them what to check against, before the first file."""

    def submit(self, data: bytes, name: str, received: date) -> Future[Returned]:
        """Hand over a file."""

    def instead(self) -> Workers | None:
        """Who takes over when they are lost; None: the merger itself."""

    def close(self) -> None:
        """End them; what they had in hand is lost."""


LOST: Final = (WorkersLostError, BrokenProcessPool, OSError)


class Processes:
    """Processes that check files: they load the program while the round is still being opened."""

    ahead: int = _AHEAD

    def __init__(self) -> None:
        count = min(os.cpu_count() or 1, 8)
        # Spawned on every system: a fork would copy the engine's threads and locks.
        context = get_context("spawn")
        self._work = [context.SimpleQueue() for _ in range(count)]
        self._turn = context.Value("i", 0)
        self.pool = ProcessPoolExecutor(count, context, _prepare, (self._work, self._turn))
        others = set(active_children())
        with without_main():
            for _ in range(count):
                self.pool.submit(_warm)
        self._processes = [each for each in active_children() if each not in others]
        self._closed = False

    def give(self, expected: Expectation, secret: bytes) -> None:
        """Tell every worker what to check against. It is taken when the first file comes."""
        work = pickle.dumps((expected, secret), pickle.HIGHEST_PROTOCOL)
        for queue in self._work:
            # More than a pipe holds: written beside the work that goes on here.
            threading.Thread(target=queue.put, args=(work,), daemon=True).start()

    def submit(self, data: bytes, name: str, received: date) -> Future[Returned]:
        """Hand over a file; BrokenProcessPool or OSError when a process has died."""
        return self.pool.submit(_check, data, name, received)

    def instead(self) -> None:
        """Nobody: a file that ends one process would end the next one."""

    def close(self) -> None:
        """End them, once; what they had in hand is lost."""
        if self._closed:
            return
        self._closed = True
        self.pool.shutdown(wait=False, cancel_futures=True)
        if not sys.is_finalizing():  # no thread can be begun then: Python 3.11 would wait for it for ever
            threading.Thread(target=self._outlive, daemon=True).start()

    def _outlive(self) -> None:
        """Keep the queues while processes that have only begun look for them: a clerk would see their complaint."""
        left = [each.sentinel for each in self._processes]
        while left:
            ended = connection.wait(left)
            left = [each for each in left if each not in ended]


def many_in(folder: Path) -> bool:
    """Whether a folder holds so many files that workers are worth their start."""
    with suppress(OSError), os.scandir(folder) as found:
        return sum(1 for _ in islice(found, _ALONE)) >= _ALONE
    return False


def workers_for(folder: Path) -> Processes | None:
    """This machine's cores, if a folder holds so many files that they are worth their start."""
    return Processes() if (os.cpu_count() or 1) > 1 and many_in(folder) else None


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
        if future is not None:
            try:
                return future.result()
            except LOST:
                self._take_over()
        return check_returned(parcel.data, parcel.name, self._expected, self._secret, parcel.received.date())

    def ahead(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        """The same mails, in the same order; where they are many, those that follow are in work already."""
        with seldom_tidied():
            yield from self._ahead(iter(mails))

    def begin(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        """As ``ahead``, with those that may wait handed over now."""
        coming = self.ahead(mails)
        return chain(list(islice(coming, 1)), coming)

    def _ahead(self, coming: Iterator[Mail]) -> Iterator[Mail]:
        first = list(islice(coming, _ALONE))
        if len(first) < _ALONE or (self._workers is None and (os.cpu_count() or 1) < 2):
            yield from first
            yield from coming
            return
        if self._workers is not None:  # begun before: nothing to wait for
            first, coming = [], chain(first, coming)
        try:
            self._start()
            yield from first
            waiting: deque[Mail] = deque()
            held = 0
            while True:
                while self._has_room(len(waiting), held) and (mail := next(coming, None)) is not None:
                    waiting.append(self._begin(mail))
                    held += _size(mail)
                if not waiting:
                    return
                mail = waiting.popleft()
                held -= _size(mail)
                yield mail
        finally:
            self.close()

    def close(self) -> None:
        """End the workers; what they had in hand is checked here when its turn comes."""
        workers, self._workers, self._given = self._workers, None, False
        self._begun.clear()
        if workers is not None:
            workers.close()

    def _has_room(self, waiting: int, held: int) -> bool:
        """Whether one more mail may wait; one always may, whatever its size."""
        ahead = _AHEAD if self._workers is None else self._workers.ahead
        return waiting == 0 or (waiting < ahead and held < _BYTES_AHEAD)

    def _start(self) -> None:
        if self._workers is None:
            self._workers = Processes()
        if not self._given:
            try:
                self._workers.give(self._expected, self._secret)
                self._given = True
            except LOST:
                self._take_over()

    def _take_over(self) -> None:
        """Workers are gone: what they had in hand goes to those who take their place, else is checked in its turn."""
        lost = self._workers
        if lost is None:
            return
        left = [parcel for parcel, future in self._begun.values() if not _is_found(future)]
        found = {key: each for key, each in self._begun.items() if _is_found(each[1])}
        self.close()
        self._begun = found
        self._workers = lost.instead()
        if self._workers is not None:
            self._start()
            for parcel in left:
                self._hand_over(parcel)

    def _begin(self, mail: Mail) -> Mail:
        for parcel in mail:
            if not parcel.reason and parcel.is_sheet:
                self._hand_over(parcel)
        return mail

    def _hand_over(self, parcel: Parcel) -> None:
        if self._workers is None:
            return
        try:
            future = self._workers.submit(parcel.data, parcel.name, parcel.received.date())
        except LOST:
            self._take_over()
            self._hand_over(parcel)
        else:
            self._begun[id(parcel)] = (parcel, future)


def _is_found(future: Future[Returned]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _size(mail: Mail) -> int:
    return sum(len(parcel.data) for parcel in mail)


_WAITING: list[Any] = []
"""In a worker: the queue out of which it gets what to check against."""
_WORK: list[tuple[Expectation, bytes]] = []
"""What a worker checks against; set once in each worker."""


def _prepare(work: list[Any], turn: Any) -> None:
    with turn.get_lock():
        _WAITING[:] = [work[turn.value % len(work)]]
        turn.value += 1
    work_beside()


def _warm() -> None:
    """Nothing: makes a worker start."""


def _check(data: bytes, name: str, received: date) -> Returned:
    if not _WORK:
        _WORK[:] = [pickle.loads(_WAITING[0].get())]  # our own, from the process that started this one
    expected, secret = _WORK[0]
    found = check_returned(data, name, expected, secret, received)
    return replace(found, entries=packed(found.entries))
