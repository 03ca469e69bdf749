"""The two real table plans are read exactly as a careful clerk wrote them down."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from flows.plan.model import Kind, Plan
from flows.plan.reader import read_plan
from tests.needs import shared

YICHUN, ZHANJIANG = "003_83fab084adc02964.txt", "004_7faa7dbd0abcd0a1.txt"


def gold(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(shared("gold", name).read_text(encoding="utf-8"))
    for item in data["items"]:
        item.pop("note", None)
    return data


@pytest.mark.parametrize(("source", "expected"), [(YICHUN, "003.json"), (ZHANJIANG, "004.json")])
def test_a_real_plan_is_read_as_the_clerk_wrote_it(source: str, expected: str) -> None:
    assert read_plan(shared("seeds", source)).as_dict() == gold(expected)


@pytest.mark.parametrize("source", ["yichun.docx", "yichun.xlsx"])
def test_yichun_is_the_same_plan_from_word_and_excel(source: str) -> None:
    assert read_plan(shared("seeds", "documents", source)).as_dict() == {**gold("003.json"), "source": source}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030", "utf-8-sig"])
def test_the_encoding_of_a_text_file_does_not_matter(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / YICHUN
    path.write_bytes(shared("seeds", YICHUN).read_text(encoding="utf-8").encode(encoding))
    assert read_plan(path).as_dict() == gold("003.json")


def test_an_editor_that_strips_trailing_tabs_does_not_lose_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / YICHUN
    lines = shared("seeds", YICHUN).read_text(encoding="utf-8").split("\n")
    path.write_text("\n".join(line.rstrip() for line in lines), encoding="utf-8")
    assert read_plan(path).as_dict()["items"] == gold("003.json")["items"]


def test_both_plans_are_read_within_two_seconds() -> None:
    start = time.perf_counter()
    for source in (YICHUN, ZHANJIANG):
        read_plan(shared("seeds", source))
    assert time.perf_counter() - start < 2


def test_a_rhythm_beside_a_day_in_the_column_is_kept_as_a_target() -> None:
    item = next(item for item in read_plan(shared("seeds", YICHUN)).items if item.no == "47")
    assert item.deadline.kind is Kind.ONCE
    assert "季" in {target.per for target in item.targets}


def doubted(plan: Plan) -> dict[str, str]:
    return {str(doubt.no): doubt.field for doubt in plan.doubts}


def test_what_a_careful_clerk_would_question_is_a_doubt() -> None:
    assert doubted(read_plan(shared("seeds", YICHUN))) == {
        "41": "responsible",  # a unit expression with a condition
        "51": "due",  # the text names two later times
        "53": "due",  # the text counts from the day of issue
    }
    assert doubted(read_plan(shared("seeds", ZHANJIANG))) == {
        "13": "task",  # pieced together over a page break
        "14": "task",
        "26": "due",  # text and column name different dates
        "27": "due",
    }
