"""How often Python looks for circles of dead objects: seldom, because there are none among a million cells.

By default it looks after every 700 new objects, and again and again through all that are alive: a third of the time
that a round of 1,000 units takes. What nothing refers to any more goes at once all the same.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
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
def seldom_tidied() -> Iterator[None]:
    """For a while."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
