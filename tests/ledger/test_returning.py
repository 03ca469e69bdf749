"""What comes back is credited to the right unit and task, or goes back, or waits for the clerk."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from flows.ledger.identity import row_key
from flows.ledger.model import Ledger, Report, Status
from flows.ledger.writer import render
from tests.ledger.samples import (
    COMPLETE,
    DONE,
    FILLER,
    MOVING,
    OTHER,
    SECRET,
    UNIT,
    Act,
    by_person,
    check,
    entry,
    expectation,
    ledger,
    opened,
    place,
    reports,
    row,
    row_of,
    saved,
    types,
    types_at,
)

ISSUED = render(ledger(), SECRET)


def sent_back(*acts: Act, data: bytes = ISSUED) -> bytes:
    return by_person(data, *COMPLETE, *acts)


# What is right is accepted


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


def without_property(data: bytes) -> bytes:
    book = opened(data)
    del book.custom_doc_props["taizhang"]
    return saved(book)


def without_sheet(data: bytes) -> bytes:
    book = opened(data)
    del book["标识"]
    return saved(book)


def without_keys(data: bytes) -> bytes:
    return by_person(data, lambda sheet: sheet.delete_cols(15))


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


# What is faulty goes back


@pytest.mark.parametrize(
    ("no", "cells", "header", "message"),
    [
        ("2.1", {"完成状态": None}, "完成状态", "没有选完成状态"),
        ("2.1", {"完成状态": "差不多了"}, "完成状态", "“差不多了”不在可选项里"),
        ("2.1", {"完成状态": "已完成"}, "完成日期", "没有写完成日期"),
        ("2.1", {"完成状态": "已完成", "完成日期": "无"}, "完成日期", "没有写完成日期"),
        ("2.1", {"完成状态": "已完成", "完成日期": "2026年13月1日"}, "完成日期", "不存在"),
        ("2.1", {"完成状态": "已完成", "完成日期": date(2026, 11, 1)}, "完成日期", "将来"),
        ("2.1", {"完成进度": 1.5}, "完成进度", "看不准"),
        ("2.1", {"完成进度": "一半吧"}, "完成进度", "看不懂"),
        ("2.1", {"完成进度": 120}, "完成进度", "超出"),
        ("2.2", {"进展情况": None}, "进展情况", "没有写进展情况"),
        ("2.2", {"完成状态": "需协调", "存在问题": "无"}, "存在问题", "没有写存在问题"),
    ],
)
def test_each_fault_names_its_cell_what_was_found_and_what_to_write(
    no: str, cells: dict[str, Any], header: str, message: str
) -> None:
    found = check(sent_back(types(no, **cells)))
    assert found.verdict == "returned"
    (problem,) = found.problems
    assert (problem.cell, problem.sheet, problem.file, problem.field) == (
        place(no, header),
        "工作台账",
        "回复.xlsx",
        header,
    )
    assert message in problem.message
    assert f"任务 {no}" in problem.message
    assert problem.cure
    value = cells.get(header)
    assert problem.found is not None
    assert problem.found.startswith("2026-11-01" if isinstance(value, date) else str(value or ""))
    assert set(reports(found)) == {"1", "2.1", "2.2"} - {no}, "rows that are right are held"


def test_a_missing_name_is_asked_for_beside_its_label() -> None:
    found = check(by_person(ISSUED, types("2.1", 完成状态="未启动")))
    assert [(problem.cell, problem.message) for problem in found.problems] == [("D3", "没有写填报人")]


def test_a_sheet_that_nobody_filled_in_has_one_fault_and_not_one_a_row() -> None:
    blank = ledger(*(row(f"{number}", f"要求{number}") for number in range(1, 9)))
    found = check(by_person(render(blank, SECRET), FILLER), expectation(blank))
    assert [problem.message for problem in found.problems] == ["全部 8 项任务都没有选完成状态"]


def test_a_deleted_column_is_told_once() -> None:
    found = check(sent_back(lambda sheet: sheet.delete_cols(8)))
    assert [problem.message for problem in found.problems] == ["缺少“完成状态”这一列"]
    assert found.entries == ()


def test_deleted_rows_are_named() -> None:
    found = check(sent_back(lambda sheet: sheet.delete_rows(6, 2)))
    (problem,) = found.problems
    assert problem.message == "缺少任务 2.1、2.2 的行"
    assert set(reports(found)) == {"1"}


def test_an_unknown_number_is_asked_about() -> None:
    def add(sheet: Any) -> None:
        for column, value in ((1, "99"), (4, "自己加的"), (8, "推进中"), (10, "做了")):
            sheet.cell(9, column).value = value

    found = check(sent_back(add))
    assert [(problem.cell, problem.message) for problem in found.problems] == [("A9", "任务编号“99”不在下发的任务里")]
    assert len(found.entries) == 3


def test_the_same_task_twice_with_different_content_is_asked_about() -> None:
    def add(sheet: Any) -> None:
        for column in range(1, 15):
            sheet.cell(9, column).value = sheet.cell(row_of(sheet, "2.2"), column).value
        sheet["J9"] = "另一种说法"

    found = check(sent_back(add))
    assert [(p.cell, p.message) for p in found.problems] == [("A9", "任务 2.2 填了两次（第 9 行与第 7 行），内容不同")]
    assert set(reports(found)) == {"1", "2.1"}


def test_rows_whose_text_was_sorted_away_from_their_numbers_are_not_credited_to_the_wrong_task() -> None:
    def sort_half(sheet: Any) -> None:
        for column in range(4, 15):
            a, b = sheet.cell(6, column), sheet.cell(7, column)
            a.value, b.value = b.value, a.value

    found = check(sent_back(sort_half))
    assert found.verdict == "returned"
    assert set(reports(found)) == {"1"}
    assert all("对不上" in p.message for p in found.problems if p.field == "任务编号" and p.cell)


# What cannot be judged waits for the clerk


def of_other(**more: Any) -> bytes:
    return sent_back(data=render(ledger(**more), SECRET))


def forged(data: bytes) -> bytes:
    book = opened(data)
    book["标识"]["A1"] = book["标识"]["A1"].value.replace(UNIT, OTHER)
    return saved(book)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (of_other(plan="别的工作"), "另一项工作"),
        (of_other(period="2026-09"), "这是 2026年9月 的台账，本次收的是 2026年10月"),
        (of_other(unit="市气象局"), "不在单位名录中"),
        (forged(ISSUED), "标识被改动过"),
        (sent_back(types_at("D2", OTHER)), f"标识是“{UNIT}”的，填报单位却写着“{OTHER}”"),
        (b"", "空的"),
        (b"hello", "不是 Excel 工作簿"),
        (ISSUED[:3000], "损坏"),
        (saved(Workbook()), "找不到台账表"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_quarantine_says_why_in_words_a_clerk_understands(data: bytes, reason: str) -> None:
    found = check(data)
    assert found.verdict == "quarantined"
    assert reason in found.reason
    assert found.entries == found.problems == ()


def test_a_unit_without_task_this_month_is_told_apart_from_a_stranger() -> None:
    found = check(of_other(unit="市气象局"), expectation(ledger(), units=frozenset({"市气象局"})))
    assert found.reason == "“市气象局”本期没有任务"


def test_another_units_rows_in_a_sheet_are_not_taken() -> None:
    stranger = ledger(unit=OTHER).identity

    def paste(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "2.2"), 15).value = row_key(stranger, "2.2", SECRET)

    found = check(sent_back(paste))
    assert found.verdict == "quarantined"
    assert OTHER in found.reason


def test_a_row_copied_from_the_units_own_last_month_is_taken_as_this_months() -> None:
    last = ledger(period="2026-09").identity

    def paste(sheet: Any) -> None:
        sheet.cell(row_of(sheet, "2.2"), 15).value = row_key(last, "2.2", SECRET)

    found = check(sent_back(paste))
    assert found.verdict == "accepted"
    assert len(found.entries) == 3


def test_a_sheet_without_identity_and_unit_waits() -> None:
    fresh = Workbook()
    for line in opened(sent_back(types_at("D2", None)))["工作台账"].iter_rows(max_col=14, values_only=True):
        fresh.active.append(line)
    assert "看不出是哪个单位" in check(saved(fresh)).reason
    fresh.active["D2"] = "某某公司"
    assert "“某某公司”不在单位名录中" in check(saved(fresh)).reason
    fresh.active["D2"], fresh.active["G2"] = UNIT, "2026年8月"
    assert "表上写的期次是 2026年8月" in check(saved(fresh)).reason


# What is made to hurt stays outside


def with_parts(data: bytes, **parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info, old.read(info))
        for name, content in parts.items():
            new.writestr(name, content)
    return stream.getvalue()


def far_cell(sheet: Any) -> None:
    sheet["XFD1048576"] = "x"


def test_a_stray_value_in_the_last_cell_does_not_take_the_process_down() -> None:
    found = check(sent_back(far_cell))
    assert "范围异常" in found.reason


def test_a_formatted_but_empty_last_cell_does_no_harm() -> None:
    def colour(sheet: Any) -> None:
        sheet["XFD1048576"].number_format = "0.00"

    assert check(sent_back(colour)).verdict == "accepted"


def test_a_zip_bomb_is_not_unpacked() -> None:
    bomb = with_parts(ISSUED, **{"xl/sharedStrings.xml": b"<sst>" + b" " * 80_000_000 + b"</sst>"})
    assert len(bomb) < 200_000
    assert "过大" in check(bomb).reason


def test_macros_links_passwords_and_other_documents_are_told_apart() -> None:
    assert "宏" in check(with_parts(ISSUED, **{"xl/vbaProject.bin": b"x"})).reason
    assert "外部文件" in check(with_parts(ISSUED, **{"xl/externalLinks/externalLink1.xml": b"<a/>"})).reason
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "密码" in check(ole + "EncryptedPackage".encode("utf-16-le")).reason
    assert "不是 Excel" in check(ole + "WordDocument".encode("utf-16-le")).reason
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as other:
        other.writestr("word/document.xml", "<w/>")
    assert "不是 Excel" in check(stream.getvalue()).reason


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(ISSUED) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_always_ends_in_a_verdict(at: int, noise: bytes) -> None:
    found = check(ISSUED[:at] + noise + ISSUED[at + len(noise) :])
    assert found.verdict in {"returned", "quarantined", "accepted"}


def test_columns_far_to_the_right_are_still_read() -> None:
    def push(sheet: Any) -> None:
        for merged in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(merged))
        sheet.insert_cols(1, 40)
        assert sheet[f"{get_column_letter(41)}5"].value == "任务编号"

    assert check(sent_back(push)).verdict == "accepted"
