"""A table of a thousand units looks like one of ten, and an object for scripts is one object however long."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from flows import console
from flows.console import Screen

COLUMNS = ["单位", "报送", "完成率"]


def shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], long: int, width: int) -> str:
    """The table as it is printed when tables of more than ``long`` rows are set in the quick way."""
    monkeypatch.setattr(console, "_LONG", long)
    screen = Screen()
    screen.out = Console(highlight=False, soft_wrap=True, width=width)
    rows = [(f"市第{number}局", "按时报送" if number % 3 else "未报送", number / 7) for number in range(120)]
    screen.table("各单位", COLUMNS, rows)
    return capsys.readouterr().out


@pytest.mark.parametrize("width", [200, 80, 20])
def test_a_long_table_looks_like_a_short_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int
) -> None:
    quick = shown(monkeypatch, capsys, 100, width)
    assert quick == shown(monkeypatch, capsys, 1000, width)
    assert len(quick.splitlines()) > 120


def test_brackets_in_a_name_stand_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table("各单位", ["单位"], [("市教育局[bold]",)] * 101)
    assert capsys.readouterr().out.count("市教育局[bold]") == 101


def test_the_object_for_scripts_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    units = [{"unit": "甲“局”", "note": "一\n二"}, {"unit": "乙局", "note": None}]
    data = {"plan": "要点", "units": units, "items": []}
    Screen(json_only=True).result(data)
    told = capsys.readouterr().out
    assert json.loads(told) == data
    assert [line.strip(" ,") for line in told.splitlines() if "乙局" in line] == ['{"unit": "乙局", "note": null}']


def test_an_empty_object_is_one_too(capsys: pytest.CaptureFixture[str]) -> None:
    Screen(json_only=True).result({})
    assert json.loads(capsys.readouterr().out) == {}
