"""Work beside the work: one thread writes files while the next ones are made; making a file costs a system its time.

Nothing may count as written before ``finish``: what is recorded rests on files that lie there.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

_MOST: Final = 100
"""Pieces of work that may wait, each with the bytes of a file."""


class Beside:
    """Does what it is handed, one after the other; a context that ends when all is done."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "taizhang-beside")
        self._waiting: deque[Future[object]] = deque()

    def __enter__(self) -> Self:
        return self

    def do(self, work: Callable[[], object]) -> None:
        """Hand over a piece of work. What went wrong with an earlier one is raised here, or by ``finish``."""
        while self._waiting and (len(self._waiting) >= _MOST or self._waiting[0].done()):
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(work))

    def finish(self) -> None:
        """Wait until all is done; raises what went wrong first."""
        while self._waiting:
            self._waiting.popleft().result()

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self._pool.shutdown(cancel_futures=True)
