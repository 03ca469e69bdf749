"""Work that is handed over is done in order; what goes wrong is told before anything is built on it."""

from __future__ import annotations

import threading

import pytest

from flows.beside import Beside


def test_all_is_done_in_its_order_when_the_context_ends() -> None:
    done: list[int] = []
    with Beside() as beside:
        for number in range(250):
            beside.do(lambda number=number: done.append(number))  # type: ignore[misc]
    assert done == list(range(250))


def _full() -> None:
    raise OSError("磁盘已满")


def test_what_went_wrong_is_raised_by_finish_and_nothing_is_built_on_it() -> None:
    built: list[str] = []

    def work() -> None:
        with Beside() as beside:
            beside.do(_full)
            beside.finish()
            built.append("记录")

    with pytest.raises(OSError, match="磁盘已满"):
        work()
    assert not built


def test_an_error_of_the_work_itself_leaves_the_rest_undone() -> None:
    held, done = threading.Event(), list[int]()

    def work() -> None:
        with Beside() as beside:
            beside.do(held.wait)
            beside.do(lambda: done.append(1))
            threading.Timer(0.2, held.set).start()
            raise ValueError("自己")

    with pytest.raises(ValueError, match="自己"):
        work()
    assert done == []
