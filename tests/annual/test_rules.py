"""Every rule passes on numbers that fit and names both sums where they do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.annual.breaches import Breach, Severity
from flows.annual.format import APPLICANTS, CASES, ENDINGS, FEE, KEYS, OUTCOMES, TOTAL, key3, key4
from flows.annual.model import AnnualTables
from flows.annual.rules import SLOT_CARRIED, SLOT_FEE, SLOT_NORMS, check_filing, check_tables
from flows.annual.sums import BALANCES, TOUCHING, Balance
from tests.annual.samples import LAST, NOW, filing, tables

NORMS = "2.1.行政规范性文件"


def rules(breaches: tuple[Breach, ...]) -> list[tuple[str, Severity]]:
    return [(breach.rule, breach.severity) for breach in breaches]


def checks(breaches: tuple[Breach, ...]) -> set[str]:
    return {check for breach in breaches for check in breach.checks}


@pytest.mark.parametrize(("rule", "count"), [("R3.1", 7), ("R3.2", 7), ("R3.3", 25), ("R4.1", 3)])
def test_there_are_39_and_3_balances(rule: str, count: int) -> None:
    assert sum(1 for balance in BALANCES if balance.rule == rule) == count


def test_a_report_that_fits_has_no_breach() -> None:
    assert check_tables(NOW, LAST) == ()
    assert check_filing(filing(), filing(year=2025, numbers=LAST)) == ()


def holding(balance: Balance) -> AnnualTables:
    """Tables in which this balance holds with numbers above 0."""
    return tables().changed({balance.left[0]: 5, balance.right[0]: 5})


@pytest.mark.parametrize("balance", BALANCES, ids=lambda balance: balance.id)
def test_each_balance_holds_and_breaks_with_both_sums_named(balance: Balance) -> None:
    assert balance.id not in checks(check_tables(holding(balance)))
    broken = holding(balance).changed({balance.right[0]: 3})
    found = [breach for breach in check_tables(broken) if balance.id in breach.checks]
    assert len(found) == 1
    assert balance.words in found[0].message
    assert "5" in found[0].message
    assert "3" in found[0].message
    assert found[0].severity is Severity.ERROR
    assert found[0].cure


# --- what is random ---------------------------------------------------------------------------------------------------


@st.composite
def consistent(draw: st.DrawFn) -> AnnualTables:
    """Random tables for which every rule holds."""
    cells: dict[str, int] = dict.fromkeys(KEYS, 0)
    for name in APPLICANTS[:-1]:
        for row in OUTCOMES:
            cells[key3(row, name)] = draw(st.integers(0, 40))
        done = cells[key3(24, name)] = sum(cells[key3(row, name)] for row in OUTCOMES)
        cells[key3(25, name)] = draw(st.integers(0, 9))
        cells[key3(2, name)] = draw(st.integers(0, done))
        cells[key3(1, name)] = done + cells[key3(25, name)] - cells[key3(2, name)]
    for row in range(1, 26):
        cells[key3(row, TOTAL)] = sum(cells[key3(row, name)] for name in APPLICANTS[:-1])
    for group, _ in CASES:
        for ending, _ in ENDINGS[:-1]:
            cells[key4(group, ending)] = draw(st.integers(0, 9))
        cells[key4(group, TOTAL)] = sum(cells[key4(group, ending)] for ending, _ in ENDINGS[:-1])
    return AnnualTables.of(cells)


@settings(max_examples=25, deadline=None)
@given(consistent(), st.data())
def test_one_wrong_number_breaks_exactly_the_balances_it_stands_in_and_is_told_as_one(
    right: AnnualTables, data: st.DataObject
) -> None:
    assert check_tables(right) == ()
    key = data.draw(st.sampled_from(sorted(TOUCHING)))
    by = data.draw(st.integers(1, 50))
    now = right[key].number or 0
    wrong = right.changed({key: int(now) + by})
    found = check_tables(wrong)
    assert checks(found) == {balance.id for balance in TOUCHING[key]}
    if len(TOUCHING[key]) > 1:
        assert len(found) == 1
        assert found[0].cells == (key,)
        assert found[0].expected == right[key].shown


def test_two_wrong_numbers_that_could_be_two_others_are_not_guessed_at() -> None:
    # The same excess in two rows and two columns: four cells could be meant.
    wrong = NOW.changed({"3.r05.自然人": 4, "3.r13.商业企业": 3})
    found = check_tables(wrong)
    assert [len(breach.checks) for breach in found] == [1, 1, 1, 1]
    assert checks(found) == {"R3.2.自然人", "R3.2.商业企业", "R3.3.r05", "R3.3.r13"}


def test_two_wrong_numbers_with_different_excess_are_both_found() -> None:
    found = check_tables(NOW.changed({"3.r05.自然人": 4, "3.r13.商业企业": 1}))
    assert sorted(breach.cells for breach in found) == [("3.r05.自然人",), ("3.r13.商业企业",)]


# --- blanks -----------------------------------------------------------------------------------------------------------


def test_a_blank_is_asked_for_and_not_taken_for_a_zero() -> None:
    found = check_tables(NOW.changed({"3.r05.自然人": ""}))
    assert rules(found) == [("空格", Severity.ERROR)]
    assert found[0].cells == ("3.r05.自然人",)
    assert "0" in found[0].cure


def test_a_blank_hides_no_fault_that_it_could_not_mend() -> None:
    # The parts are already more than the total: whatever the blank is, this does not fit.
    found = check_tables(NOW.changed({"3.r05.自然人": "", "3.r24.自然人": 5}))
    assert "R3.2.自然人" in checks(found)


def test_not_applicable_counts_nothing_and_is_no_blank() -> None:
    given_ = NOW.changed({"3.r22.科研机构": "/", "4.复议后.纠正": "/"})
    assert check_tables(given_, LAST) == ()


# --- across years and single numbers ----------------------------------------------------------------------------------

CASES_ACROSS: tuple[tuple[str, Mapping[str, Any], list[tuple[str, Severity]]], ...] = (
    ("norms do not follow from last year", {f"{NORMS}.有效": 25}, [("R2.1", Severity.REASON)]),
    ("rules do not follow from last year", {"2.1.规章.有效": 3}, [("R2.1", Severity.REASON)]),
    ("more made than valid", {f"{NORMS}.制发": 30}, [("R2.2", Severity.REASON), ("R2.1", Severity.REASON)]),
    ("a negative count", {"2.5.行政许可.处理决定": -3}, [("R2.3", Severity.ERROR)]),
    ("half a decision", {"2.6.行政处罚.处理决定": "2.5"}, [("R2.3", Severity.ERROR)]),
    ("yuan for 万元", {FEE: 12500}, [("R2.3", Severity.REASON)]),
    ("a fee with decimals", {FEE: "0.36"}, []),
    ("a negative fee", {FEE: -1}, [("R2.3", Severity.ERROR)]),
)


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in CASES_ACROSS], ids=[case[0] for case in CASES_ACROSS]
)
def test_numbers_of_the_second_table(changes: Mapping[str, Any], expected: list[tuple[str, Severity]]) -> None:
    assert rules(check_tables(NOW.changed(changes), LAST)) == expected


@pytest.mark.parametrize("name", APPLICANTS)
def test_what_was_carried_over_is_what_comes_in(name: str) -> None:
    assert "R3.4" not in {breach.rule for breach in check_tables(NOW, LAST)}
    found = check_tables(NOW, LAST.changed({key3(25, name): 7}))
    carried = [breach for breach in found if breach.rule == "R3.4"]
    assert [breach.checks for breach in carried] == [(f"R3.4.{name}",)]
    assert "7" in carried[0].message
    assert carried[0].severity is Severity.REASON


@pytest.mark.parametrize(
    ("changes", "slot"),
    [({f"{NORMS}.有效": 25}, SLOT_NORMS), ({FEE: 12500}, SLOT_FEE), ({"3.r02.自然人": 3}, SLOT_CARRIED)],
    ids=["valid norms", "fee", "carried over"],
)
def test_a_breach_across_years_passes_with_a_reason_but_not_with_an_empty_word(
    changes: Mapping[str, Any], slot: str
) -> None:
    wrong = NOW.changed(changes)
    for nothing in ("", "无", "——", "有"):
        assert any(one.severity is Severity.REASON for one in check_tables(wrong, LAST, {slot: nothing}))
    found = check_tables(wrong, LAST, {slot: "机构改革职能划转"})
    explained = [one for one in found if one.severity is Severity.EXPLAINED]
    assert [one.reason for one in explained] == ["机构改革职能划转"]
    assert not any(one.severity is Severity.REASON for one in found)


def test_a_reason_never_excuses_a_sum_that_is_wrong() -> None:
    found = check_tables(NOW.changed({"3.r24.自然人": 11}), LAST, {SLOT_CARRIED: "机构改革职能划转"})
    assert [one.severity for one in found] == [Severity.ERROR]


def test_nothing_is_compared_with_a_year_that_nobody_knows() -> None:
    assert check_tables(NOW.changed({f"{NORMS}.有效": 25}), None) == ()


def test_last_years_tables_sent_again_are_pointed_out() -> None:
    told = [one for one in check_tables(NOW, NOW) if "完全相同" in one.words]
    assert [one.severity for one in told] == [Severity.WARNING]
    assert not any("完全相同" in one.words for one in check_tables(NOW, LAST))


def test_zeros_in_both_years_are_no_copy() -> None:
    assert check_tables(tables(), tables()) == ()


def test_a_carry_over_in_two_years_running_is_noted() -> None:
    grown = NOW.changed({"3.r25.自然人": 1, "3.r25.总计": 1, "3.r01.自然人": 11, "3.r01.总计": 13})
    assert rules(check_tables(grown, LAST)) == [("R3.5", Severity.WARNING)]
    assert rules(check_tables(NOW, LAST)) == []


def test_a_fee_of_a_thousand_million_is_doubted_even_without_a_last_year() -> None:
    assert rules(check_tables(NOW.changed({FEE: 120000}))) == [("R2.3", Severity.WARNING)]


def test_a_count_of_the_third_table_is_a_whole_number_from_zero_on() -> None:
    assert ("R3.5", Severity.ERROR) in rules(check_tables(NOW.changed({"3.r06.其他": -1})))
    assert ("R3.5", Severity.ERROR) in rules(check_tables(NOW.changed({"4.直诉.维持": "0.5"})))


@pytest.mark.parametrize("text", ["无", "无。", "没有"])
def test_problems_are_never_none(text: str) -> None:
    whole = filing()
    told = filing(narrative=type(whole.narrative)({**whole.narrative.texts, "存在问题": text}, whole.narrative.fees))
    assert rules(check_filing(told)) == [("文字", Severity.ERROR)]
