"""More hands do the same work: the order stays, the bytes stay, and a process that dies takes nothing with it."""

from __future__ import annotations

import io
import os
import time
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.hands import Hands, hands_for
from flows.ledger import long_sheet
from flows.ledger.master import render_master
from flows.ledger.press import pressed
from flows.ledger.zipping import LongPart, block, joined_crc, part, write_package
from tests.documents.months import busy_month
from tests.ledger.samples import SECRET, ledger


@pytest.fixture(scope="module")
def hands() -> Iterator[Hands]:
    if (os.cpu_count() or 1) < 2:
        pytest.skip("one core: nobody to help")
    made = Hands(("flows.ledger.master_table", "flows.ledger.press"))
    yield made
    made.close()


def squared(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def die_elsewhere(here: int, number: int) -> int:
    if os.getpid() != here and number == 7:
        os._exit(1)
    return -number


def test_blocks_come_back_in_order_whoever_did_them(hands: Hands) -> None:
    found = list(hands.each(squared, range(400)))
    assert [number for number, _ in found] == [number * number for number in range(400)]
    assert len({process for _, process in found}) > 1


def test_a_process_that_dies_takes_nothing_with_it() -> None:
    with hands_for(True, ()) as some:
        if some is None:
            pytest.skip("one core: nobody to help")
        assert list(some.each(partial(die_elsewhere, os.getpid()), range(200))) == [-number for number in range(200)]
        assert list(some.each(squared, range(5)))[4][0] == 16, "the next work is done as well"


def slowly_elsewhere(here: int, number: int) -> tuple[int, int]:
    if os.getpid() != here:
        time.sleep(0.05)
    return squared(number)


def test_what_was_begun_ahead_is_shared_when_it_is_asked_for(hands: Hands) -> None:
    begun = hands.begin(partial(slowly_elsewhere, os.getpid()), range(40))
    time.sleep(0.3)  # something else is done
    found = list(begun)
    assert [number for number, _ in found] == [number * number for number in range(40)]
    by = [process for _, process in found]
    assert by[0] != os.getpid(), "the others took the first"
    assert by[-1] == os.getpid(), "and this process the last, which nobody had begun"


def slowly_here(count: int) -> Iterator[int]:
    for number in range(count):
        time.sleep(0.01)
        yield number


def test_blocks_that_come_slower_than_they_are_done_are_all_done_elsewhere(hands: Hands) -> None:
    found = list(hands.begin(squared, slowly_here(40)))
    assert [number for number, _ in found] == [number * number for number in range(40)]
    assert sum(process == os.getpid() for _, process in found) <= 2


def test_what_was_begun_is_done_here_when_the_others_are_gone() -> None:
    with hands_for(True, ()) as some:
        if some is None:
            pytest.skip("one core: nobody to help")
        begun = some.begin(squared, range(30))
    assert [number for number, _ in begun] == [number * number for number in range(30)]


def test_of_nothing_begun_nothing_comes(hands: Hands) -> None:
    assert list(hands.begin(squared, ())) == []


def test_a_process_that_dies_ahead_takes_nothing_with_it() -> None:
    with hands_for(True, ()) as some:
        if some is None:
            pytest.skip("one core: nobody to help")
        begun = some.begin(partial(die_elsewhere, os.getpid()), range(200))
        time.sleep(0.5)
        assert list(begun) == [-number for number in range(200)]
        assert [number for number, _ in some.begin(squared, range(50))] == [n * n for n in range(50)]


def test_a_fault_of_the_work_begun_ahead_is_raised_where_it_is_asked_for(hands: Hands) -> None:
    begun = hands.begin(partial(divmod, 1), [1, 0, 2])
    assert next(begun) == (1, 0)
    with pytest.raises(ZeroDivisionError):
        next(begun)


def test_what_was_begun_and_is_not_wanted_any_more_ends_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    """The letters' template is broken, and nobody asks for the workbooks: the clerk is told of the template alone."""
    with hands_for(True, ()) as some:
        if some is None:
            pytest.skip("one core: nobody to help")
        next(iter(some.each(squared, [1])))  # they have started
        begun = some.begin(partial(slowly_elsewhere, os.getpid()), range(40))
        time.sleep(0.12)
    time.sleep(0.5)  # what they had in hand is done, and they ask for more
    del begun
    assert caplog.records == []


def test_little_work_needs_no_hands() -> None:
    with hands_for(False, ()) as nobody:
        assert nobody is None


def test_the_master_is_the_same_byte_for_byte(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_sheet, "_AT_A_TIME", 3)
    snap = busy_month()
    assert render_master(snap, SECRET, 0, hands) == render_master(snap, SECRET)


def test_workbooks_are_the_same_byte_for_byte(hands: Hands) -> None:
    units = [ledger(unit=f"市第{number}局") for number in range(50)]
    assert list(pressed(units, SECRET, hands)) == list(pressed(units, SECRET))


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=200), max_size=6))
def test_blocks_that_were_deflated_apart_make_one_member(texts: list[str]) -> None:
    out = io.BytesIO()
    long = LongPart("部分.xml".encode(), (block(text.encode("utf-8")) for text in texts))
    write_package([part("前.xml", "前"), long, part("后.xml", "后")], out)
    with zipfile.ZipFile(out) as made:
        assert made.testzip() is None
        assert [made.read(name).decode("utf-8") for name in made.namelist()] == ["前", "".join(texts), "后"]


@given(st.binary(max_size=100), st.binary(max_size=3000))
def test_a_checksum_of_two_pieces_is_that_of_the_whole(first: bytes, second: bytes) -> None:
    assert joined_crc(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)
