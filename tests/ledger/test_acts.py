"""Random histories of a workbook in people's hands: what is taken in is what was typed, never under a wrong task."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from flows.ledger.checker import Expectation
from flows.ledger.layout import FIRST_ROW, HEADER_ROW, HEADERS, INPUTS
from flows.ledger.model import Returned
from tests.ledger.corpus.histories import NUMBERS, ROWS, Book, confusing, histories, saved, untouched, with_filler
from tests.ledger.corpus.libreoffice import Saw, saved_by_libreoffice
from tests.ledger.samples import OTHER, UNIT, check, expectation, ledger, reports


@cache
def expected() -> Expectation:
    """Two units have these tasks."""
    found: Expectation = expectation(ledger(*ROWS), ledger(*ROWS, unit=OTHER))
    return found


def judged(data: bytes, name: str = "回复.xlsx") -> Returned:
    """What the office says to the file."""
    return check(data, expected(), name)


def is_true(book: Book, found: Returned) -> None:
    """Nothing is credited to a wrong unit or task; what is accepted is all of it, exactly."""
    assert found.identity is None or found.identity.unit == UNIT or not found.entries
    taken = reports(found)
    assert len(taken) == len(found.entries)
    assert {no: said for no, said in taken.items() if book.said.get(no) != said} == {}
    if found.verdict == "accepted":
        assert taken == book.said
        assert set(taken) == set(NUMBERS)


SLOW = settings(
    max_examples=120, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


@SLOW
@given(histories())
def test_after_any_harmless_history_every_answer_is_taken_exactly(book: Book) -> None:
    found = judged(saved(with_filler(book)))
    assert found.verdict == "accepted", (found.reason, found.problems)
    is_true(book, found)


@SLOW
@given(histories(confusing()))
def test_after_a_confusing_history_nothing_is_credited_wrongly(book: Book) -> None:
    found = judged(saved(with_filler(book)))
    is_true(book, found)
    if book.doubtful:
        assert found.verdict in {"returned", "quarantined"}


@settings(
    max_examples=1, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(histories(), min_size=14, max_size=14))
def _through_libreoffice(folder: Path, books: list[Book]) -> None:
    kinds = ("xlsx", "xls", "ods")
    jobs = [Saw(saved(with_filler(book)), kinds[n % 3]) for n, book in enumerate(books)]
    for n, (book, data) in enumerate(
        zip(books, saved_by_libreoffice(jobs, Path(tempfile.mkdtemp(dir=folder)) / "lo"), strict=True)
    ):
        found = judged(data, f"回复.{kinds[n % 3]}")
        assert found.verdict == "accepted", (kinds[n % 3], found.reason, found.problems)
        is_true(book, found)


def test_after_any_harmless_history_libreoffice_loses_nothing(tmp_path: Path) -> None:
    _through_libreoffice(tmp_path)


def test_the_grid_of_these_tests_is_the_workbook_that_is_sent_out() -> None:
    grid, token = untouched()
    assert tuple(grid[HEADER_ROW][:14]) == HEADERS
    assert set(INPUTS) <= set(grid[HEADER_ROW])
    assert token.startswith("tzs1;")
    assert len(grid) == FIRST_ROW + len(ROWS)
