"""Work that is handed over is done in order; what goes wrong is told before anything is built on it."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from flows import beside as beside_module
from flows.beside import Beside, InBatches


def test_all_is_done_in_its_order_when_the_context_ends() -> None:
    done: list[int] = []
    with Beside() as beside:
        for number in range(250):
            beside.do(lambda number=number: done.append(number))  # type: ignore[misc]
    assert done == list(range(250))


def test_no_more_bytes_wait_than_a_small_computer_has_to_spare(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside_module, "_BYTES", 100)
    done, most = list[int](), 0
    with Beside() as beside:
        for number in range(50):
            beside.do(lambda number=number: done.append(number), 40)  # type: ignore[misc]
            most = max(most, beside.handed - len(done))
        beside.do(lambda: done.append(50), 1_000)  # one may always wait, whatever its size
    assert done == list(range(51))
    assert most <= 3


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


def test_what_rests_on_files_is_told_when_they_lie_there_while_the_next_are_being_written() -> None:
    lying, told = list[int](), list[list[int]]()
    third = threading.Event()

    def write(number: int) -> None:
        if number == 3:
            third.wait(10)
        lying.append(number)

    def tell(batch: list[int]) -> None:
        assert set(batch) <= set(lying), "never before its files"
        told.append(batch)

    with Beside() as beside, InBatches(beside, 2, tell) as batches:
        for number in range(4):
            beside.do(partial(write, number))
            batches.add(number)
        assert told == [[0, 1]], "the fourth file waits for the third"
        third.set()
        beside.do(partial(write, 4))
        batches.add(4)
    assert told == [[0, 1], [2, 3], [4]]


def test_nothing_is_told_of_files_that_could_not_be_written() -> None:
    told: list[list[int]] = []

    def work() -> None:
        with Beside() as beside, InBatches(beside, 1, told.append) as batches:
            beside.do(lambda: None)
            batches.add(0)
            beside.do(_full)
            batches.add(1)

    with pytest.raises(OSError, match="磁盘已满"):
        work()
    assert told == [[0]]


def test_after_an_error_of_the_work_itself_nothing_more_is_told() -> None:
    told: list[list[int]] = []

    def work() -> None:
        with Beside() as beside, InBatches(beside, 5, told.append) as batches:
            beside.do(lambda: None)
            batches.add(0)
            raise ValueError("自己")

    with pytest.raises(ValueError, match="自己"):
        work()
    assert told == []


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
