"""A batch of returned files at a cluster's worker: what it is checked against, and the checking.

Every worker of the cluster loads this: it knows neither Dask nor Prefect and imports no more than checking needs.
"""

from __future__ import annotations

import importlib
import pickle
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import Any, Final

from flows import __version__
from flows.ledger.checker import Expectation, check_returned
from flows.ledger.model import Returned
from flows.ledger.packing import packed
from flows.memory import seldom_tidied

File = tuple[bytes, str, date]
"""The bytes of a returned file, its name, and the day it came."""

_REACH: Final = 3.0
"""Seconds in which the engine's server has to answer a worker."""
_ONE_BATCH: Final = Lock()
"""A worker may have several threads; what a round is checked against keeps the last unit at hand and is not for two."""


class Given:
    """What a round is checked against. It goes to each worker once and is unpacked there when the first batch comes.

    No dataclass: Prefect would walk through all of it in search of futures.
    """

    __slots__ = ("_opened", "_packed")

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._opened: tuple[Expectation, bytes] | None = None

    @classmethod
    def of(cls, expected: Expectation, secret: bytes) -> Given:
        """Packed for the way."""
        return cls(pickle.dumps((expected, secret), pickle.HIGHEST_PROTOCOL))

    def __reduce__(self) -> tuple[type[Given], tuple[bytes]]:
        return Given, (self._packed,)

    def opened(self) -> tuple[Expectation, bytes]:
        """What to check against, and the key of the office's signatures."""
        if self._opened is None:
            self._opened = pickle.loads(self._packed)  # packed by this very program, see ``of``
        return self._opened


def packed_batch(files: Sequence[File]) -> bytes:
    """Files as they travel: bytes, into which nobody on the way looks."""
    return pickle.dumps(list(files), pickle.HIGHEST_PROTOCOL)


def check_batch(given: Given, batch: bytes) -> bytes:
    """At a worker: the verdicts on a batch, in its order, packed for the way back."""
    files: list[File] = pickle.loads(batch)
    with _ONE_BATCH, seldom_tidied():
        expected, secret = given.opened()
        found = [check_returned(*file[:2], expected, secret, file[2]) for file in files]
    light = [replace(each, entries=packed(each.entries)) for each in found]
    return pickle.dumps(light, pickle.HIGHEST_PROTOCOL)


def opened_verdicts(answer: Any) -> list[Returned]:
    """What ``check_batch`` gave."""
    found: list[Returned] = pickle.loads(answer)
    return found


def ready(api: str) -> tuple[str, bool]:
    """At a worker, before the first batch: which version it runs, and whether the engine's server answers it.

    ``api``: the server's address, '' for none. Where it answers, Prefect is loaded while nobody waits.
    """
    if not api or not _answers(api):
        return __version__, False
    importlib.import_module("flows.engine")  # first: it tells Prefect to keep quiet and to send nothing out
    importlib.import_module("prefect.task_engine")
    return __version__, True


def _answers(api: str) -> bool:
    import urllib.error
    import urllib.request

    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        plain.open(f"{api.rstrip('/')}/health", timeout=_REACH).close()
    except urllib.error.HTTPError:
        return True  # it answers, if only to say that it wants a key
    except (OSError, ValueError):
        return False
    return True
