"""The official tables are those of the format, cell for cell."""

from __future__ import annotations

import re

import pytest

from flows.annual.format import (
    APPLICANTS,
    BLOCKS,
    CORNER,
    ENDINGS,
    FOURTH,
    KEYS,
    LINES,
    SECOND,
    SECTIONS,
    TABLES,
    THIRD,
    Table,
)
from flows.annual.model import BLANK, NA, ZERO, AnnualTables, Filing
from tests.annual.samples import NOW, filing
from tests.needs import shared


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.title)
def test_the_cells_of_a_table_cover_its_rectangle_exactly_once(table: Table) -> None:
    covered = [
        (row, column)
        for cell in table.cells
        for row in range(cell.row, cell.row + cell.down)
        for column in range(cell.column, cell.column + cell.across)
    ]
    assert sorted(covered) == [(row, column) for row in range(table.rows) for column in range(table.columns)]


def test_there_are_10_and_175_and_15_numbers() -> None:
    assert [len(table.keys) for table in TABLES] == [10, 175, 15]
    assert len(set(KEYS)) == 200


def test_labels_are_those_of_the_published_format() -> None:
    text = shared("reference", "annual-report-format.md").read_text(encoding="utf-8")
    block = text.split("```")[1]
    printed = {
        int(found[1]): re.sub(r"\s{2,}.*", "", found[2]).strip()
        for found in re.finditer(r"^ ?(\d+) +(\S.*)$", block, re.M)
    }
    assert {line.number: line.label for line in LINES} == printed
    groups = re.findall(
        r"^ {4,}(（[三四五六]）\S+) +（?\(?(\d) rows", block.replace("(", "（").replace("（", "（"), re.M
    )
    assert [name for name, _ in groups] == list(dict.fromkeys(line.group for line in LINES if line.group))
    assert CORNER in text
    for heading in (*SECTIONS[:5], *APPLICANTS, *(head for _, head in ENDINGS)):
        assert heading in text
    for one in BLOCKS:
        assert one.title in text
        assert all(name in text for name in (*one.rows, *(head for _, head in one.columns)))


def test_merges_are_those_of_the_published_format() -> None:
    spans = {(cell.text or cell.key): (cell.down, cell.across) for cell in THIRD.cells}
    assert spans[CORNER] == (3, 3)
    assert spans["三、本年度办理结果"] == (22, 1)
    assert spans["（三）不予公开"] == (8, 1)
    assert spans["（五）不予处理"] == (5, 1)
    assert spans["一、本年新收政府信息公开申请数量"] == (1, 3)
    assert spans["（七）总计"] == (1, 2)
    second = {cell.key: cell.across for cell in SECOND.cells if cell.key}
    assert set(second.values()) == {1, 3}
    assert FOURTH.head_rows == 3


def test_zero_blank_and_not_applicable_are_three_things() -> None:
    given = AnnualTables.of({"3.r01.自然人": 0, "2.1.规章.制发": "/"})
    assert given["3.r01.自然人"] == ZERO
    assert given["2.1.规章.制发"] == NA
    assert given["3.r02.自然人"] == BLANK
    assert (ZERO.counted, NA.counted, BLANK.counted) == (0, 0, None)
    assert len(given.blanks) == 198


def test_a_filing_survives_the_store() -> None:
    whole = filing(reasons={"原因.规章": "机构改革划转"}, declared=("3.r01.其他",))
    assert Filing.from_json(whole.unit, whole.year, whole.as_json()) == whole
    assert AnnualTables.from_json(NOW.as_json()) == NOW
