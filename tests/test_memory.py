"""What a province's report no longer needs is gone when the Word document, which needs as much again, is made."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from flows import report
from flows.progress import Cell
from tests.office import new_office

MARCH = ("要点", "--period", "2026-03")


def cells_alive() -> int:
    gc.unfreeze()
    return sum(type(each) is Cell for each in gc.get_objects())


@pytest.mark.parametrize("most", [0, 1_000], ids=["later", "beside"])
def test_the_figures_are_gone_when_the_word_document_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Whether they were pressed beside the master workbook or after it."""
    office = new_office(tmp_path)
    office.adopt()
    office.json("distribute", *MARCH)
    gc.collect()
    before, alive = cells_alive(), list[int]()

    def looked(*given: Any, **more: Any) -> None:
        alive.append(cells_alive() - before)
        render(*given, **more)

    render = report.render
    monkeypatch.setattr(report, "render", looked)
    monkeypatch.setattr(report, "_TOO_MANY", most)
    office.json("report", *MARCH)
    assert alive == [0]
