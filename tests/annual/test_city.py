"""The city's tables are the sum of its units', nobody is forgotten, and copied texts are seen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flows.annual.aggregate import aggregate, compare
from flows.annual.format import FEE, KEYS
from flows.annual.model import NA, AnnualTables, Filing, Narrative
from flows.annual.rules import check_tables
from flows.annual.similar import near_identical
from tests.annual.samples import LAST, NOW, filing

UNITS = ("东山县", "西河区", "市教育局")


def test_the_city_is_the_sum_cell_by_cell() -> None:
    added = aggregate([filing("东山县"), filing("西河区", numbers=LAST), filing("市教育局")], UNITS)
    for key in KEYS:
        assert added.tables[key].counted == 2 * (NOW[key].counted or 0) + (LAST[key].counted or 0)
    assert added.complete
    assert compare(added.tables, added.tables) == ()
    assert added.sources("3.r01.总计")[0] == ("东山县", NOW["3.r01.总计"])


def test_tables_that_fit_add_up_to_tables_that_fit() -> None:
    added = aggregate([filing("东山县"), filing("西河区"), filing("市教育局")], UNITS)
    assert check_tables(added.tables) == ()


def test_a_missing_unit_is_named_and_one_that_nobody_asked_is_left_out() -> None:
    added = aggregate([filing("东山县"), filing("过路单位")], UNITS)
    assert added.missing == ("西河区", "市教育局")
    assert added.undeclared == ("过路单位",)
    assert added.tables["3.r01.总计"] == NOW["3.r01.总计"]
    assert not added.complete


def test_amounts_of_money_add_up_exactly() -> None:
    cents = [filing(unit, numbers=NOW.changed({FEE: "0.1"})) for unit in UNITS]
    assert aggregate(cents, UNITS).tables[FEE].number == Decimal("0.3")


def test_not_applicable_stays_so_only_where_all_say_it() -> None:
    with_rules = NOW.changed({"2.1.规章.有效": 4})
    added = aggregate([filing("东山县"), filing("西河区", numbers=with_rules), filing("市教育局")], UNITS)
    assert added.tables["2.1.规章.有效"].number == 4
    assert added.tables["2.1.规章.制发"] == NA


def test_a_blank_cell_is_a_gap_with_a_name() -> None:
    added = aggregate([filing("东山县", numbers=NOW.changed({"3.r01.总计": ""})), filing("西河区")], UNITS[:2])
    assert added.gaps == {"3.r01.总计": ("东山县",)}
    assert not added.complete


def test_a_city_table_that_is_not_the_sum_is_told_cell_by_cell() -> None:
    found = compare(NOW.changed({"3.r01.总计": 99}), NOW)
    assert [breach.cells for breach in found] == [("3.r01.总计",)]
    assert "99" in found[0].found
    assert "12" in found[0].found


# --- copied texts -----------------------------------------------------------------------------------------------------

LONG = (
    "一年来，我局坚持以公开促落实、促规范、促服务，围绕群众关心的入学报名、学籍转接、营养餐管理等事项编制公开清单，"
    "在政务服务大厅设置自助查询设备，安排专人答疑，全年接待群众咨询1200人次，办理满意率达到98%。"
)
AGAIN = LONG.replace("1200", "1630").replace("98%", "99%")
OWN = (
    "本年度重点抓了水利工程招投标信息、河湖长履职信息和水价听证信息的公开，把蓄水、放水计划提前十天贴到村务公开栏，"
    "请老支书在广播里讲解补偿办法，收集意见四十一条，逐条答复后汇编成册发到各村民小组。"
)


def wrote(unit: str, text: str, year: int = 2026) -> Filing:
    return Filing(unit, year, AnnualTables(), Narrative({"存在问题": text}))


def test_last_years_text_with_this_years_figures_is_last_years_text() -> None:
    found = near_identical([wrote("市教育局", AGAIN)], {"市教育局": wrote("市教育局", LONG, 2025)})
    assert [(one.unit, one.other, one.year) for one in found] == [("市教育局", "市教育局", 2025)]
    assert found[0].share > 0.95
    assert "营养餐管理" in found[0].passage
    assert "2025年年报" in found[0].words


def test_a_text_copied_from_another_unit_is_told_for_both() -> None:
    found = near_identical([wrote("市教育局", LONG), wrote("市水利局", f"{LONG}谢谢。"), wrote("市林业局", OWN)])
    assert {(one.unit, one.other) for one in found} == {("市教育局", "市水利局"), ("市水利局", "市教育局")}


@pytest.mark.parametrize("text", ["无", "加强学习，提高认识。"])
def test_short_texts_and_own_words_are_let_alone(text: str) -> None:
    assert near_identical([wrote("市教育局", text), wrote("市水利局", text)]) == ()
    assert near_identical([wrote("市教育局", LONG), wrote("市水利局", OWN)]) == ()
