"""What a unit has filled in rightly is accepted, in whatever shape it comes back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from flows.ledger.model import Ledger, Report, Status
from flows.ledger.writer import render
from tests.ledger.samples import (
    DONE,
    FILLER,
    MOVING,
    SECRET,
    UNIT,
    by_person,
    check,
    entry,
    expectation,
    ledger,
    opened,
    reports,
    row,
    row_of,
    saved,
    sent_back,
    types,
    types_at,
    without_keys,
    without_property,
    without_sheet,
)


def test_a_sheet_in_which_only_what_changed_was_typed_is_accepted_whole() -> None:
    found = check(
        sent_back(
            types("2.1", 完成状态="已完成", 完成日期=date(2026, 10, 20), 完成进度=1, 进展情况="目录已印发\n并公开"),
            types_at("G3", "0700-0000000"),
        )
    )
    assert (found.verdict, found.problems, found.warnings) == ("accepted", (), ())
    assert found.identity is not None
    assert (found.identity.unit, found.identity.period, found.identity.plan) == (UNIT, "2026-10", "要点")
    assert (found.filler, found.phone) == ("张三", "0700-0000000")
    assert reports(found) == {
        "1": DONE,
        "2.1": Report(Status.DONE, 100, "目录已印发\n并公开", date(2026, 10, 20)),
        "2.2": MOVING,
    }
    assert (entry(found, "2.1").sheet, entry(found, "2.1").row) == ("工作台账", 6)


def test_words_and_dates_as_people_write_them_are_understood() -> None:
    found = check(
        sent_back(types("2.1", 完成状态="√", 完成日期="10月8日"), types("2.2", 完成状态="进行中", 完成进度="七十"))
    )
    assert found.verdict == "accepted"
    assert reports(found)["2.1"] == Report(Status.DONE, done_on=date(2026, 10, 8))
    assert reports(found)["2.2"].percent == 70


def test_sheet_renamed_rows_moved_and_columns_inserted_change_nothing() -> None:
    def reverse(sheet: Any) -> None:
        lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=6, max_row=8)]
        for number, values in enumerate(reversed(lines), start=6):
            for column, value in enumerate(values, start=1):
                sheet.cell(number, column).value = value

    def rename(sheet: Any) -> None:
        sheet.title = "Sheet1"

    def insert(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(4)
        sheet.insert_rows(2, 3)
        sheet["D8"] = "审核"

    found = check(sent_back(reverse, insert, rename))
    assert found.verdict == "accepted", found
    assert reports(found) == {"1": DONE, "2.1": Report(Status.IDLE), "2.2": MOVING}
    assert {one.sheet for one in found.entries} == {"Sheet1"}


LOSSES = {"property": without_property, "sheet": without_sheet, "keys": without_keys}


@pytest.mark.parametrize("kept", LOSSES)
def test_any_one_of_the_three_identities_is_enough(kept: str) -> None:
    data = sent_back()
    for name, lose in LOSSES.items():
        data = data if name == kept else lose(data)
    found = check(data)
    assert (found.verdict, found.warnings) == ("accepted", ())
    assert found.identity is not None
    assert found.identity.unit == UNIT


def test_a_sheet_pasted_into_a_fresh_workbook_is_accepted_with_a_warning() -> None:
    fresh = Workbook()
    for line in opened(sent_back())["工作台账"].iter_rows(max_col=14, values_only=True):
        fresh.active.append(line)
    found = check(saved(fresh))
    assert found.verdict == "accepted"
    assert reports(found) == {"1": DONE, "2.1": Report(Status.IDLE), "2.2": MOVING}
    assert "标识已丢失" in found.warnings[0]


def test_an_alias_beside_the_label_is_enough_when_all_identities_are_gone() -> None:
    fresh = Workbook()
    for line in opened(sent_back(types_at("D2", "临湖区")))["工作台账"].iter_rows(max_col=14, values_only=True):
        fresh.active.append(line)
    found = check(saved(fresh), expectation(aliases={"临湖区": UNIT}))
    assert found.identity is not None
    assert found.identity.unit == UNIT


def test_changed_locked_text_is_ignored_and_reported() -> None:
    def rewrite(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "2.2"), 4).value = "开展政策解读（删去一半）"

    found = check(sent_back(rewrite))
    assert found.verdict == "accepted"
    assert found.warnings == ("任务 2.2 的具体要求被改动，未计入",)


def test_a_number_that_lost_its_zero_is_found_again_by_key_or_text() -> None:
    book = ledger(row("1.1", "甲要求", MOVING), row("1.10", "乙要求", MOVING), row("12", "丙要求", MOVING))

    def as_numbers(sheet: Any) -> None:
        for number in (6, 7, 8):
            sheet.cell(number, 1).value = float(sheet.cell(number, 1).value)

    typed = types("1.10", 进展情况="只有这一项变了")
    expected = expectation(book)
    for lose in (bytes, without_keys):
        found = check(lose(by_person(render(book, SECRET), FILLER, typed, as_numbers)), expected)
        assert found.verdict == "accepted", found.problems
        assert reports(found)["1.10"].progress == "只有这一项变了"
        assert reports(found)["1.1"].progress == MOVING.progress
        assert set(reports(found)) == {"1.1", "1.10", "12"}


def test_the_same_row_twice_counts_once_and_notes_below_the_table_do_not_count() -> None:
    def copy_sheet(sheet: Any) -> None:
        sheet.parent.copy_worksheet(sheet)
        sheet["A10"] = "审核人：李四"

    found = check(sent_back(copy_sheet))
    assert found.verdict == "accepted"
    assert len(found.entries) == 3
    assert "第 10 行不是任务，未计入：审核人：李四" in found.warnings


def test_a_merged_cell_speaks_for_all_its_rows() -> None:
    def merge(sheet: Any) -> None:
        for number in (6, 7):
            sheet.cell(number, 8).value = "推进中"
        sheet["J6"] = "两项一并推进"
        sheet["J7"] = None
        sheet.merge_cells("J6:J7")

    found = check(sent_back(merge))
    assert found.verdict == "accepted", found.problems
    assert reports(found)["2.1"].progress == reports(found)["2.2"].progress == "两项一并推进"


def test_things_that_do_not_fit_together_are_shown_to_the_clerk_but_hinder_nobody() -> None:
    found = check(sent_back(types("2.2", 完成进度=1), types("1", 完成进度=0.5)))
    assert found.verdict == "accepted"
    assert found.warnings == (
        "任务 2.2 完成进度是 100%，状态却是“推进中”",
        "任务 1 状态是“已完成”，完成进度却是 50%",
    )


statuses = st.sampled_from(Status)
lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn")), max_size=60)
texts = st.lists(lines, max_size=3).map(lambda parts: "\n".join(parts).strip())
said = texts.filter(lambda text: len("".join(text.split())) > 3)
days = st.dates(date(2025, 1, 1), date(2026, 10, 24))


@st.composite
def right_reports(draw: st.DrawFn) -> Report:
    status = draw(statuses)
    told = said if status in {Status.MOVING, Status.BLOCKED} else texts
    return Report(
        status=status,
        percent=draw(st.none() | st.integers(0, 100)),
        progress=draw(told),
        done_on=draw(days) if status is Status.DONE else None,
        evidence=draw(texts),
        problem=draw(said if status is Status.BLOCKED else texts),
        next_step=draw(texts),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(right_reports(), min_size=1, max_size=8))
def test_whatever_right_reports_are_written_the_same_reports_come_back(wanted: list[Report]) -> None:
    rows = tuple(row(f"{number}", f"第{number}项要求", report) for number, report in enumerate(wanted, start=1))
    book = Ledger(**{**vars_of(ledger(*rows)), "filler": "张三"})
    found = check(render(book, SECRET), expectation(book))
    assert found.verdict == "accepted", found.problems
    assert reports(found) == {f"{number}": report for number, report in enumerate(wanted, start=1)}


def vars_of(book: Ledger) -> dict[str, Any]:
    return {name: getattr(book, name) for name in book.__slots__}
