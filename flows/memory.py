"""How often Python looks for circles of dead objects: seldom, because there are none among a million cells.

By default it looks after every 700 new objects, and again and again through all that are alive: a third of the time
that a round of 1,000 units takes. What nothing refers to any more goes at once all the same.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

_SELDOM: Final = (50_000, 20, 100)


def tidy_seldom() -> None:
    """For the rest of this process; what it has loaded so far is not looked at again."""
    gc.freeze()
    gc.set_threshold(*_SELDOM)


def leave_untidied() -> None:
    """Before the end of this process: the system takes all memory back at once, looking through it first is a waste."""
    gc.freeze()


@contextmanager
def tidied_after() -> Iterator[None]:
    """Work that leaves circles of dead objects behind, such as a Word document with all its parts: they go at its end.

    What was there before is not looked at, nor ever again: a million cells would take a second.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.collect()
        _give_back()


def _give_back() -> None:
    """Linux keeps what a document of 10,000 lines took, 200 MB, for the next one; other systems take it back."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def seldom_tidied() -> Iterator[None]:
    """For a while."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
