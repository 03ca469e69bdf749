"""Printed figures are kept whole: what is read back is what was written, also by a later version of the program."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from flows.ledger.model import Report
from flows.progress import Snapshot
from flows.standing.facts import Source
from flows.standing.frozen import UnreadableError, freeze, thaw, write_frozen
from tests.documents.made_months import made_month
from tests.documents.months import busy_month
from tests.documents.test_edge_months import MONTHS


def kept(snap: Snapshot) -> Snapshot:
    return thaw(Snapshot, json.loads(json.dumps(freeze(snap), ensure_ascii=False)))


@pytest.mark.parametrize("name", MONTHS)
def test_an_edge_month_comes_back_as_it_was(name: str) -> None:
    assert kept(MONTHS[name]()) == MONTHS[name]()


def test_made_months_come_back_as_they_were() -> None:
    for seed in range(0, 60, 3):
        snap = made_month(seed).told()
        assert kept(snap) == snap


def test_a_unit_s_work_is_one_object_wherever_it_stands() -> None:
    snap = kept(busy_month())
    cells = {id(cell) for line in snap.items for cell in line.cells}
    assert {id(cell) for line in snap.units for cell in line.cells} == cells
    assert len(freeze(snap)["objects"]) < 4 * len(cells)


@dataclass(frozen=True)
class Small:
    name: str
    count: int = 3
    days: tuple[int, ...] = ()


@dataclass(frozen=True)
class Grown:
    name: str
    reason: str = "不详"


def test_what_a_later_version_adds_has_its_default_and_what_it_drops_is_passed_over() -> None:
    assert thaw(Grown, freeze(Small("甲", 5, (1, 2)))) == Grown("甲")


def test_what_cannot_be_read_is_told_and_not_guessed() -> None:
    @dataclass(frozen=True)
    class Other:
        title: str

    with pytest.raises(UnreadableError):
        thaw(Other, freeze(Small("甲")))
    with pytest.raises(UnreadableError):
        thaw(Snapshot, {"kinds": [], "objects": [], "root": {"@": 0}})


def test_equal_but_separate_objects_are_equal_again() -> None:
    snap = busy_month()
    assert kept(replace(snap, units=snap.units[:2])) == replace(snap, units=snap.units[:2])


def test_written_piece_by_piece_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.standing.frozen._PIECE", 3)
    snap = busy_month()
    pieces: list[str] = []
    write_frozen(snap, pieces.append, once=(Report, Source))
    assert len(pieces) > 10
    assert thaw(Snapshot, json.loads("".join(pieces))) == snap
    pieces.clear()
    write_frozen(snap, pieces.append)
    assert json.loads("".join(pieces)) == freeze(snap)
