"""The roster, and what 泛称 mean among its units."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from flows.config import Groups
from flows.expansion import Resolver
from flows.problems import UserError
from flows.roster import COLUMNS, Roster, Unit, read_roster
from tests.needs import shared


def roster_file(path: Path, *rows: tuple[object, ...], header: tuple[str, ...] = COLUMNS) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("单位名录")
        for number, row in enumerate((header, *rows)):
            sheet.write_row(number, 0, row)
    return path


CITY = Roster(
    (
        Unit("东山县人民政府", "区县", ("东山县",)),
        Unit("西河区人民政府", "区县", ("西河区",)),
        Unit("高新区管委会", "管委会", ("高新区",)),
        Unit("市政府办公室", "政府部门", ("市政府办",)),
        Unit("市发展和改革委员会", "政府部门", ("市发改委",)),
        Unit("市数据局", "政府部门"),
        Unit("市委宣传部", "党委部门"),
        Unit("市融媒体中心", "企事业单位"),
        Unit("南门街道", "街道"),
    )
)


def names(expression: str, groups: Groups | None = None) -> list[str]:
    return [unit.name for unit in Resolver(CITY, groups or Groups()).resolve(expression).units]


def test_a_roster_is_read_with_its_aliases_and_addresses(tmp_path: Path) -> None:
    path = roster_file(
        tmp_path / "单位名录.xlsx",
        ("市数据局", "数据局、大数据局", "政府部门", "云川市", "a@x.example；b@x.example", "李明", 8001234),
    )
    assert read_roster(path).units == (
        Unit(
            "市数据局",
            "政府部门",
            ("数据局", "大数据局"),
            "云川市",
            ("a@x.example", "b@x.example"),
            "李明",
            "8001234",
        ),
    )


def test_columns_may_be_moved_and_a_title_may_stand_above(tmp_path: Path) -> None:
    path = tmp_path / "名录.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write(0, 0, "云川市单位名录")
        sheet.write_row(2, 1, ("类别", "单位名称"))
        sheet.write_row(3, 1, ("政府部门", "市数据局"))
    assert read_roster(path).units == (Unit("市数据局", "政府部门"),)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "还没有单位"),
        ((("市数据局", "", "", "", "", "", ""),), "第 2 行“市数据局”没有类别"),
        ((("", "", "政府部门", "", "", "", ""),), "第 2 行没有单位名称"),
        ((("甲局", "", "部门", "", "甲局邮箱", "", ""),), "第 2 行“甲局”的邮箱“甲局邮箱”不是邮箱地址"),
        ((("甲局", "乙局", "部门"), ("乙局", "", "部门")), "“乙局”不止一个单位在用"),
    ],
)
def test_a_faulty_roster_is_refused_with_its_row(tmp_path: Path, rows: tuple[tuple[str, ...], ...], said: str) -> None:
    with pytest.raises(UserError) as refused:
        read_roster(roster_file(tmp_path / "单位名录.xlsx", *rows))
    assert said in refused.value.sentence


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "单位名录.xlsx"
    path.write_text("不是工作簿", encoding="utf-8")
    with pytest.raises(UserError, match="打不开"):
        read_roster(path)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("市发改委", ["市发展和改革委员会"]),
        ("市发展改革委", ["市发展和改革委员会"]),
        ("发展改革委", ["市发展和改革委员会"]),
        ("数据局", ["市数据局"]),
        ("市人民政府办公室", ["市政府办公室"]),
        ("各县（市、区）", ["东山县人民政府", "西河区人民政府"]),
        ("各县(市、区)政府(管委会)", ["东山县人民政府", "西河区人民政府", "高新区管委会"]),
        ("各区县市人民政府", ["东山县人民政府", "西河区人民政府"]),
        ("管委会", ["高新区管委会"]),
        ("各街道", ["南门街道"]),
        ("市政府各部门", ["市政府办公室", "市发展和改革委员会", "市数据局"]),
        ("各部门", ["市政府办公室", "市发展和改革委员会", "市数据局", "市委宣传部"]),
        ("市直各单位", ["市政府办公室", "市发展和改革委员会", "市数据局", "市委宣传部", "市融媒体中心"]),
        ("各单位", [unit.name for unit in CITY]),
    ],
)
def test_an_expression_means_its_units(expression: str, found: list[str]) -> None:
    assert names(expression) == found


def test_all_localities_and_departments_are_everybody_but_institutions() -> None:
    assert "市融媒体中心" not in names("各地各部门")
    assert len(names("各地各部门")) == len(CITY) - 1


@pytest.mark.parametrize(
    "expression", ["各有关部门", "有市场监管职能的市政府各部门", "涉及项目审批的县区和部门", "市气象局", "相关单位"]
)
def test_what_nobody_can_resolve_is_a_doubt_that_says_what_to_do(expression: str) -> None:
    resolution = Resolver(CITY, Groups()).resolve(expression)
    assert resolution.units == ()
    assert expression in resolution.doubt
    assert "请" in resolution.doubt


def test_a_close_name_is_offered() -> None:
    assert "是否指市数据局" in Resolver(CITY, Groups()).resolve("市数据管理局").doubt


def test_a_group_without_any_unit_of_its_kind_is_a_doubt() -> None:
    only = Roster((Unit("市数据局", "政府部门"),))
    assert "单位名录里没有这类单位" in Resolver(only, Groups()).resolve("各街道").doubt


def test_the_offices_own_group_wins() -> None:
    own = Groups(named={"各有关部门": ("市发改委", "街道")})
    assert names("各有关部门", own) == ["市发展和改革委员会", "南门街道"]


def test_a_name_in_the_offices_own_group_that_nobody_knows_is_a_doubt() -> None:
    own = Groups(named={"各有关部门": ("市气象局",)})
    assert "市气象局" in Resolver(CITY, own).resolve("各有关部门").doubt


@given(st.text(alphabet="各市县区（）、政府部门单位直有关和管委会街道地等的abc ", max_size=20))
def test_any_expression_is_either_resolved_or_doubted(expression: str) -> None:
    resolution = Resolver(CITY, Groups()).resolve(expression)
    assert bool(resolution.units) != bool(resolution.doubt)


@pytest.mark.parametrize(("city", "count"), [("yichun", 47), ("zhanjiang", 46), ("jianghan", 37), ("ezhou", 37)])
def test_the_real_rosters_are_read(city: str, count: int) -> None:
    assert len(read_roster(shared("rosters", f"{city}.xlsx"))) == count
