"""Work beside the work: one thread writes files while the next ones are made; making a file costs a system its time.

Nothing may count as written before ``wait`` or ``finish``: what is recorded rests on files that lie there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

T = TypeVar("T")

_MOST: Final = 200
"""Pieces of work that may wait."""
_BYTES: Final = 64 * 2**20
"""… and so many bytes of theirs: a letter may carry a workbook full of pictures."""


class Beside:
    """Does what it is handed, one after the other; a context that ends when all is done."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "taizhang-beside")
        self._waiting: deque[tuple[Future[object], int]] = deque()
        self._done = self._held = 0

    def __enter__(self) -> Self:
        return self

    def do(self, work: Callable[[], object], size: int = 0) -> None:
        """Hand over a piece of work that holds so many bytes. What went wrong with an earlier one is raised here, or
        by ``wait``.
        """
        while self._waiting and (
            len(self._waiting) >= _MOST or self._held + size > _BYTES or self._waiting[0][0].done()
        ):
            self._take_away()
        self._waiting.append((self._pool.submit(work), size))
        self._held += size

    @property
    def handed(self) -> int:
        """Pieces of work that were handed over so far."""
        return self._done + len(self._waiting)

    def wait(self, handed: int) -> None:
        """Wait until the first so many pieces are done; raises what went wrong first."""
        while self._waiting and self._done < handed:
            self._take_away()

    def finish(self) -> None:
        """Wait until all is done; raises what went wrong first."""
        self.wait(self.handed)

    def _take_away(self) -> None:
        future, size = self._waiting.popleft()
        self._done += 1
        self._held -= size
        future.result()

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self._pool.shutdown(cancel_futures=True)


class InBatches(Generic[T]):
    """What rests on files that were handed over, told batch by batch: one when its files lie there, while those of the
    next are being written. A context inside that of the `Beside`; after an error nothing more is told.
    """

    def __init__(self, beside: Beside, size: int, tell: Callable[[list[T]], object]) -> None:
        self._beside, self._size, self._tell = beside, size, tell
        self._fresh: list[T] = []
        self._waiting: deque[tuple[int, list[T]]] = deque()

    def __enter__(self) -> Self:
        return self

    def add(self, told: T) -> None:
        """Its files have been handed over just now."""
        self._fresh.append(told)
        if len(self._fresh) >= self._size:
            self._close()
            if len(self._waiting) > 1:
                self._tell_first()

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        if kind is None:
            self._close()
            while self._waiting:
                self._tell_first()

    def _close(self) -> None:
        if self._fresh:
            self._waiting.append((self._beside.handed, self._fresh))
            self._fresh = []

    def _tell_first(self) -> None:
        handed, batch = self._waiting.popleft()
        self._beside.wait(handed)
        self._tell(batch)
