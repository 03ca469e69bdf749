"""What a province's report no longer needs is gone when the Word document, which needs as much again, is made."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter.workbook import Workbook

from flows import report
from flows.progress import Cell
from tests.office import new_office

MARCH = ("要点", "--period", "2026-03")


def cells_alive() -> int:
    gc.unfreeze()
    return sum(type(each) is Cell for each in gc.get_objects())


@pytest.mark.parametrize("many", [15_000, 1], ids=["computed in the flow", "computed ahead"])
def test_the_figures_are_gone_when_the_word_document_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    office = new_office(tmp_path)
    office.adopt()
    office.json("distribute", *MARCH)
    gc.collect()
    before, alive = cells_alive(), list[int]()

    def looked(*given: Any, **more: Any) -> bytes:
        alive.append(cells_alive() - before)
        return rendered(*given, **more)

    rendered = report.rendered
    monkeypatch.setattr(report, "rendered", looked)
    monkeypatch.setattr(report, "_MANY", many)
    monkeypatch.setattr(report, "_TOO_MANY", 0)
    office.json("report", *MARCH)
    assert alive == [0]


@pytest.mark.parametrize("most", [0, 1_000], ids=["in turn", "together"])
def test_no_report_leaves_its_workbook_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """`到点检查` makes those of several plans in one process, and workbooks are circles of references."""
    office = new_office(tmp_path)
    office.adopt()
    office.json("distribute", *MARCH)
    monkeypatch.setattr(report, "_TOO_MANY", most)
    gc.collect()
    gc.unfreeze()
    before = sum(isinstance(each, Workbook) for each in gc.get_objects())
    for _ in range(2):
        office.json("report", *MARCH)
    gc.unfreeze()
    assert sum(isinstance(each, Workbook) for each in gc.get_objects()) == before
