"""The sample that ships: a plan an office could have written, a roster that covers it, an empty form to fill in."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.config import Groups
from flows.demo.build import build
from flows.demo.content import PLAN_FILE, ROSTER_FILE, sample_plan, sample_units
from flows.demo.rosters import KINDS
from flows.periods import Period
from flows.problems import UserError
from flows.roster import COLUMNS, read_roster
from flows.units.assignment import assign
from tests.demo.rounds import DEADLINES, REPO, SAMPLE, plan_by_hand, sample_roster

SHARED = REPO / "../shared"
HEADERS = ["序号", "任务事项", "具体要求", "牵头单位", "责任单位", "完成时限"]


@pytest.fixture(scope="module")
def document() -> Any:
    from docx import Document

    return Document(str(SAMPLE / PLAN_FILE))


@pytest.fixture(scope="module")
def rows(document: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in document.tables[0].rows]


def test_the_word_document_opens_with_title_number_and_introduction(document: Any) -> None:
    lines = [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]
    assert lines[:3] == [sample_plan().title, "云政办发〔2026〕3号", sample_plan().salutation]
    assert "2026年1月20日" in [line.strip() for line in lines]
    assert lines[-2:] == ["附件", "2026年云川市政务公开工作要点任务分解表"]


def test_its_table_says_what_the_data_says(rows: list[list[str]]) -> None:
    assert rows[0] == HEADERS
    expected = [
        [str(number), task.name, row.cell, row.lead, row.responsible, row.deadline]
        for number, task in enumerate(sample_plan().tasks, start=1)
        for row in task.rows
    ]
    assert rows[1:] == expected


def test_number_and_name_of_a_task_are_merged_over_its_requirements(document: Any) -> None:
    cells = document.tables[0]._tbl.xpath(".//w:vMerge")
    heads = [cell for cell in cells if cell.get(f"{{{cell.nsmap['w']}}}val") == "restart"]
    several = [task for task in sample_plan().tasks if len(task.rows) > 1]
    assert len(heads) == 2 * len(several)
    assert len(cells) == 2 * sum(len(task.rows) for task in several)


def test_there_are_enough_items_with_deadlines_of_every_sort() -> None:
    plan = plan_by_hand()
    assert len(plan.items) == sample_plan().size >= 36
    texts = {item.deadline.text for item in plan.items}
    assert texts == set(DEADLINES)
    assert {item.deadline.kind.value for item in plan.items} == {"once", "ongoing", "periodic"}
    assert any(item.lead and item.responsible for item in plan.items)


def test_the_two_months_of_the_demo_see_tasks_fall_due() -> None:
    due = [item.deadline.due for item in plan_by_hand().items if item.deadline.due]
    march, april = Period(2026, 3), Period(2026, 4)
    assert sum(day < march.day(25) for day in due) >= 3
    assert sum(march.day(25) <= day < april.day(25) for day in due) >= 5
    assert sum(april.day(25) <= day <= april.next.day(15) for day in due) >= 3


def test_every_unit_expression_means_somebody_in_the_roster() -> None:
    assignment = assign(plan_by_hand(), sample_roster(), Groups())
    assert assignment.doubts == ()
    groups = {group.expression for group in assignment.groups}
    assert groups >= {"各县（市、区）政府", "各县（市、区）政府（管委会）", "市直各单位", "市政府各部门", "各地各部门"}
    assert set(assignment.by_unit) == {unit.name for unit in sample_roster()}, "a unit without any task"


def test_the_roster_has_many_units_of_several_kinds_and_no_real_address() -> None:
    roster = sample_roster()
    assert len(roster) == len(sample_units()) >= 28
    assert set(roster.kinds) == {"区县", "管委会", "政府部门", "党委部门", "企事业单位"} <= set(KINDS)
    assert any(unit.aliases for unit in roster)
    for unit in roster:
        assert len(unit.emails) == 1
        assert unit.emails[0].endswith("@yunchuan.example")
        assert re.fullmatch(r"0000-\d{7}", unit.phone), "a number that cannot be dialled"
        assert re.fullmatch(r"[一-鿿]{3}", unit.contact)
    assert len({unit.emails[0] for unit in roster}) == len(roster)


def test_the_empty_form_offers_the_kinds_and_explains_itself() -> None:
    book = load_workbook(REPO / "ledgers" / ROSTER_FILE)
    form = book["单位名录"]
    assert [cell.value for cell in form[1]] == list(COLUMNS)
    assert not any(cell.value for row in form.iter_rows(min_row=2) for cell in row)
    (rule,) = form.data_validations.dataValidation
    assert rule.formula1 == f'"{",".join(KINDS)}"'
    assert str(rule.sqref) == "C2:C1001"
    explained = {str(cell.value) for cell in book["填写说明"]["A"]}
    assert explained >= set(COLUMNS)


def test_an_office_that_fills_in_the_form_has_a_roster(tmp_path: Path) -> None:
    form = REPO / "ledgers" / ROSTER_FILE
    with pytest.raises(UserError, match="还没有单位"):
        read_roster(form)
    book = load_workbook(form)
    for column, value in enumerate(
        ("市教育局", "教育局", "政府部门", "云川市", "jyj@yunchuan.example", "甲", "0000-01"), 1
    ):
        book["单位名录"].cell(2, column, value)
    book.save(tmp_path / "单位名录.xlsx")
    (unit,) = read_roster(tmp_path / "单位名录.xlsx")
    assert (unit.name, unit.aliases, unit.kind, unit.phone) == ("市教育局", ("教育局",), "政府部门", "0000-01")


def test_the_committed_files_are_what_the_data_makes(tmp_path: Path) -> None:
    for made in build(tmp_path):
        committed = REPO / "ledgers" / made.relative_to(tmp_path)
        assert _content(made) == _content(committed), f"{committed.name}: run python -m flows.demo.build"


def test_making_the_sample_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = build(tmp_path / "a"), build(tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_no_requirement_is_borrowed_from_a_real_plan() -> None:
    if not SHARED.is_dir():
        pytest.skip("the real plans are not here")
    real = "".join(re.sub(r"\s", "", path.read_text(encoding="utf-8")) for path in sorted(SHARED.glob("seeds/*.txt")))
    texts = [item.requirement for item in plan_by_hand().items] + [
        text.replace(sample_plan().table_title, "") for text in sample_plan().introduction
    ]
    borrowed = [text for text in texts if any(text[n : n + 14] in real for n in range(max(1, len(text) - 13)))]
    assert borrowed == []


def test_the_plan_reader_reads_the_sample_as_a_careful_clerk_would() -> None:
    reader = pytest.importorskip("flows.plan.reader")
    plan = reader.read_plan(SAMPLE / PLAN_FILE)
    expected = plan_by_hand()
    assert [item.as_dict() for item in plan.items] == [item.as_dict() for item in expected.items]
    assert plan.info.doc_number == expected.info.doc_number
    assert plan.info.year == 2026
    assert plan.info.title in (sample_plan().title, sample_plan().table_title)


def _content(path: Path) -> dict[str, bytes]:
    """Text and cells of an Office file, without what a version of a library changes."""
    parts = ("word/document.xml", "xl/worksheets/sheet", "xl/sharedStrings.xml", "xl/workbook.xml")
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist() if name.startswith(parts)}
