"""Every returned file of the corpus, read and judged by itself: the verdict, the exact entries, the exact faults.

What people did to each is in ``corpus/acts``, what must become of it in ``corpus/expected`` under the same name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.ledger.model import Returned
from flows.round.merge import Merger
from tests.ledger.corpus.folder import parcels_of
from tests.ledger.corpus.making import CASES, Corpus, the_corpus
from tests.ledger.corpus.outcomes import Outcome, differences


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return the_corpus()


@pytest.fixture(scope="module")
def merger(corpus: Corpus) -> Merger:
    return corpus.round.merger()


def test_the_corpus_is_large_and_covers_every_verdict() -> None:
    files = [outcome for case in CASES.values() for outcome in case.expected.files]
    assert len(files) >= 150
    counts = {verdict: sum(1 for one in files if one.verdict == verdict) for verdict in ("accepted", "returned")}
    assert counts["accepted"] >= 80
    assert counts["returned"] >= 30


@pytest.mark.parametrize("name", CASES)
def test_a_returned_file_ends_as_it_must(name: str, corpus: Corpus, merger: Merger, tmp_path: Path) -> None:
    case, units = CASES[name], corpus.files[name].units
    parcels = parcels_of(corpus, case, tmp_path)
    found: list[tuple[str, Returned]] = []
    seen: set[str] = set()
    for parcel in parcels:
        if parcel.sha256 not in seen:  # the same bytes once more are a duplicate
            found.append((parcel.shown, merger.check(parcel)))
        seen.add(parcel.sha256)
    wanted = [outcome for outcome in case.expected.files if outcome.verdict != "duplicate"]
    assert len(found) == len(wanted), [shown for shown, _ in found]
    assert [told for outcome in wanted for told in _told(outcome, found, units)] == []


def _told(outcome: Outcome, found: list[tuple[str, Returned]], units: tuple[str, ...]) -> list[str]:
    fitting = [returned for shown, returned in found if shown.endswith(outcome.name)]
    if len(fitting) != 1:
        return [f"{outcome.name} is not among {[shown for shown, _ in found]}"]
    return differences(outcome, fitting[0], units[outcome.unit])
