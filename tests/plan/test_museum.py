"""Plans in the layouts that offices really use, each read as a careful clerk would write it down.

`python -m tests.plan.museum.score` prints the figures, with a piece's name every fault of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.needs import soffice
from tests.plan.museum.builders import PIECES, Excel, Piece, Text, Word
from tests.plan.museum.compare import FIELDS, Verdict, load
from tests.plan.museum.pieces import pieces
from tests.plan.museum.score import faults, summary, verdict

ALL = pieces()
Judge = Callable[[str], Verdict]


def needs_office(piece: Piece) -> bool:
    return (isinstance(piece, Word) and piece.to != "docx") or (isinstance(piece, Excel) and piece.to != "xlsx")


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judge:
    """Reads each piece once, however many tests ask."""

    @functools.cache
    def of(name: str) -> Verdict:
        if needs_office(ALL[name]):
            soffice()
        return verdict(name, ALL[name], tmp_path_factory.mktemp("museum"))

    return of


@pytest.mark.parametrize("name", ALL)
def test_a_plan_is_read_as_the_clerk_wrote_it_or_says_where_it_is_unsure(name: str, judged: Judge) -> None:
    one = judged(name)
    short = load(PIECES / f"{name}.json").get("falls_short")
    if short and (one.refused or one.silent or one.unannounced or one.unasked):
        pytest.xfail(short)
    assert not one.refused, one.refused
    assert not one.silent, faults(one)
    assert not one.unannounced, faults(one)
    assert not one.unasked, faults(one)


def test_of_all_plans_together_nearly_everything_is_right(judged: Judge) -> None:
    results = [judged(name) for name in ALL]
    items, found = sum(one.items for one in results), sum(one.found for one in results)
    wrong = sum(len(one.wrong) for one in results)
    assert found / items >= 0.95, summary(results)
    assert 1 - wrong / (found * len(FIELDS)) >= 0.95, summary(results)


def test_doubts_stand_where_something_is_doubtful_and_not_everywhere(judged: Judge) -> None:
    results = [judged(name) for name in ALL]
    assert sum(len(one.noise) for one in results) <= 0.05 * sum(one.items for one in results), summary(results)


def test_the_museum_is_large_and_every_piece_tells_where_its_layout_was_seen() -> None:
    assert len(ALL) >= 36
    stored = {path.stem for path in PIECES.glob("*.json")}
    assert stored == set(ALL)
    assert all(load(PIECES / f"{name}.json")["seen"] for name in ALL)
    formats = {Path(piece.file).suffix[1:] if isinstance(piece, Text) else piece.to for piece in ALL.values()}
    assert formats >= {"txt", "md", "html", "docx", "doc", "pdf", "xlsx", "xls", "ods"}
