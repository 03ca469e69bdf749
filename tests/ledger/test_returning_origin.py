"""Whose sheet it is: what cannot be judged waits for the clerk, with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from openpyxl import Workbook

from flows.ledger.identity import row_key
from flows.ledger.writer import render
from tests.ledger.samples import (
    ISSUED,
    OTHER,
    SECRET,
    UNIT,
    check,
    expectation,
    ledger,
    opened,
    row_of,
    saved,
    sent_back,
    types_at,
)


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
