"""More hands: work that is cut into blocks is done by this process and by others beside it, in the order of the blocks.

For what Python itself is slow at: the rows of a long sheet, the workbooks of a thousand units. The others are spawned,
on every system; they load the program while this process still gathers what is to be done.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import connection, get_context, parent_process
from types import ModuleType
from typing import Final, Generic, TypeVar

from flows.memory import tidy_seldom

B = TypeVar("B")
R = TypeVar("R")

_MOST: Final = 3
"""So many other processes at most: this one cuts the work up, and hardly feeds more."""


class Hands:
    """Processes beside this one. ``each`` may be called again and again; ``close`` ends them."""

    def __init__(self, loads: Iterable[str]) -> None:
        """``loads``: modules that the work needs."""
        self.count = min((os.cpu_count() or 1) - 1, _MOST)
        self._pool: ProcessPoolExecutor | None = None
        if self.count > 0:
            self._pool = ProcessPoolExecutor(self.count, get_context("spawn"), _prepare, (tuple(loads),))
            with without_main():
                for _ in range(self.count):
                    self._pool.submit(_begin)

    def each(self, work: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """What comes of each block, in their order. ``work`` and blocks travel: a function of a module, or a partial
        of one. A block whose process dies is done here.
        """
        waiting: deque[tuple[B, Future[R]]] = deque()
        for block in blocks:
            waiting.append((block, self._hand_over(work, block, waiting)))
            while waiting and waiting[0][1].done():
                yield _outcome(work, *waiting.popleft())
        while waiting:
            yield _outcome(work, *waiting.popleft())

    def begin(self, work: Callable[[B], R], blocks: Iterable[B]) -> Iterator[R]:
        """As `each`, but the others begin at once, with all there is to do, while the caller does something else; he
        does his share when he asks for the first of it. All blocks are held in memory.
        """
        return iter(_Begun(self._submitted, work, blocks, 2 * self.count))

    def close(self) -> None:
        """End them; what they had in hand is lost."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _hand_over(self, work: Callable[[B], R], block: B, waiting: Iterable[tuple[B, Future[R]]]) -> Future[R]:
        """To one of the others, while they have little to do; else it is done here and now."""
        busy = sum(not future.done() for _, future in waiting) >= 2 * self.count
        return (None if busy else self._submitted(work, block)) or _done(work, block)

    def _submitted(self, work: Callable[[B], R], block: B) -> Future[R] | None:
        """To one of the others, while there is one."""
        pool = self._pool
        if pool is not None:
            try:
                return pool.submit(work, block)
            except (RuntimeError, OSError):  # broken, or closed meanwhile
                self._pool = None
        return None


class _Begun(Generic[B, R]):
    """Blocks of which the others take the first and, from when it asks, this process the last.

    Nothing that was handed over is cancelled: of older Pythons, a pool whose process dies then never tells of it.
    """

    def __init__(
        self,
        hand_over: Callable[[Callable[[B], R], B], Future[R] | None],
        work: Callable[[B], R],
        blocks: Iterable[B],
        ahead: int,
    ) -> None:
        """``ahead``: blocks that lie ready for the others."""
        self._hand_over, self._work = hand_over, work
        self._ahead = ahead
        self._left: deque[tuple[int, B]] = deque()
        self._lock = threading.Lock()
        self._in_work: dict[int, tuple[B, Future[R]]] = {}
        self._elsewhere = 0
        """Blocks that the others have in hand, or lying ready."""
        self._count = 0
        for block in blocks:
            with self._lock:
                self._left.append((self._count, block))
            self._count += 1
            self._feed()

    def __iter__(self) -> Iterator[R]:
        for place in range(self._count):
            while place not in self._in_work or not self._in_work[place][1].done():
                with self._lock:
                    if not self._left:
                        break
                    # The last that nobody has begun; when nobody begins any more, the one that is asked for.
                    number, block = self._left.popleft() if self._left[0][0] == place else self._left.pop()
                self._in_work[number] = block, _done(self._work, block)
            with self._lock:  # it may just be on its way to the others
                block, future = self._in_work.pop(place)
            yield _outcome(self._work, block, future)

    def _feed(self) -> None:
        """Hand over the next block, while the others have few; in whatever thread tells that they have done one."""
        with self._lock:
            if not self._left or self._elsewhere >= self._ahead:
                return
            place, block = self._left[0]
            future = self._hand_over(self._work, block)
            if future is None:
                return
            self._left.popleft()
            self._in_work[place] = block, future
            self._elsewhere += 1
        future.add_done_callback(self._came_back)

    def _came_back(self, earlier: Future[R]) -> None:
        with self._lock:
            self._elsewhere -= 1
        if not earlier.cancelled() and not isinstance(earlier.exception(), BrokenProcessPool):  # they are still there
            self._feed()


def _done(work: Callable[[B], R], block: B) -> Future[R]:
    done: Future[R] = Future()
    done.set_result(work(block))
    return done


def _outcome(work: Callable[[B], R], block: B, future: Future[R]) -> R:
    try:
        return future.result()
    except (BrokenProcessPool, CancelledError):
        return work(block)


@contextmanager
def hands_for(many: bool, loads: Iterable[str]) -> Iterator[Hands | None]:
    """Hands while there is much to do; None where it would not pay, or there is one core only."""
    hands = Hands(loads) if many and (os.cpu_count() or 1) > 1 else None
    try:
        yield hands
    finally:
        if hands is not None:
            hands.close()


@contextmanager
def without_main() -> Iterator[None]:
    """A spawned worker first runs the program's own main module again: the whole command line, for nothing."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def work_beside() -> None:
    """In a spawned worker: leave Ctrl-C to the process that began it, and end with it when it is killed."""
    tidy_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


def _prepare(loads: tuple[str, ...]) -> None:
    for name in loads:
        import_module(name)
    work_beside()


def _begin() -> None:
    """Nothing: makes a worker start."""
