"""The roster, and what 泛称 mean among its units."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from flows.config import Groups
from flows.problems import UserError
from flows.roster import COLUMNS, Roster, Unit, read_roster
from flows.units.expansion import Resolver
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
        ((("丙局", "丁、戊、己、庚、辛", "部门"),) * 2, "“丙局”“丁”“戊”“己”“庚”“辛”不止一个单位在用"),
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


TOWN = Roster(
    (
        Unit("东山县人民政府", "区县", (), "云川市"),
        Unit("西河区人民政府", "区县", (), "云川市"),
        Unit("石门市人民政府", "区县", (), "云川市"),
        Unit("云川经济技术开发区管委会", "管委会", (), "云川市"),
        Unit("市发展和改革局", "政府部门", (), "云川市"),
        Unit("市经济和信息化局", "政府部门", (), "云川市"),
        Unit("市人力资源和社会保障局", "政府部门", (), "云川市"),
        Unit("市住房和城乡建设局", "政府部门", (), "云川市"),
        Unit("市文化广电旅游体育局", "政府部门", (), "云川市"),
        Unit("市教育体育局", "政府部门", (), "云川市"),
        Unit("市市场监督管理局", "政府部门", (), "云川市"),
        Unit("市政务服务和数据管理局", "政府部门", (), "云川市"),
        Unit("市公安局", "政府部门", (), "云川市"),
        Unit("市公安局交警支队", "企事业单位", (), "云川市"),
        Unit("市司法局", "政府部门", (), "云川市"),
        Unit("市委机构编制委员会办公室", "党委部门", (), "云川市"),
        Unit("国家税务总局云川市税务局", "企事业单位", (), "云川市"),
        Unit("南门镇", "乡镇", (), "云川市"),
        Unit("北门街道办事处", "街道", (), "云川市"),
    )
)


def resolved(expression: str) -> list[str]:
    return [unit.name for unit in Resolver(TOWN, Groups()).resolve(expression).units]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("市发改委", "市发展和改革局"),
        ("发改局", "市发展和改革局"),
        ("市发展改革委", "市发展和改革局"),
        ("发改", "市发展和改革局"),
        ("云川市发改委", "市发展和改革局"),
        ("市工信局", "市经济和信息化局"),
        ("市经信局", "市经济和信息化局"),
        ("市人社局", "市人力资源和社会保障局"),
        ("市人力资源社会保障局", "市人力资源和社会保障局"),
        ("住建", "市住房和城乡建设局"),
        ("市文广旅体局", "市文化广电旅游体育局"),
        ("市教体局", "市教育体育局"),
        ("市场监管局", "市市场监督管理局"),
        ("市政数局", "市政务服务和数据管理局"),
        ("市委编办", "市委机构编制委员会办公室"),
        ("市税务局", "国家税务总局云川市税务局"),
        ("东山县", "东山县人民政府"),
        ("云川经开区", "云川经济技术开发区管委会"),
        ("北门街道", "北门街道办事处"),
        ("市司法局（法治科）", "市司法局"),
    ],
)
def test_a_bureau_is_known_by_its_standard_short_names(expression: str, found: str) -> None:
    assert resolved(expression) == [found]


@pytest.mark.parametrize(
    ("expression", "offered"),
    [
        ("省发展改革委", "市发展和改革局"),  # another level
        ("市教育局", "市教育体育局"),  # a bureau with further duties
        ("市文旅局", "市文化广电旅游体育局"),
        ("市公安局（交警支队）", "市公安局交警支队"),
        ("市直有关部门", "市司法局"),
        ("有市场监管职能的市政府各部门", "市市场监督管理局"),
        ("各县区", "石门市人民政府"),  # 县级市 is not named, but probably meant
    ],
)
def test_what_is_only_likely_is_offered_and_not_taken(expression: str, offered: str) -> None:
    resolution = Resolver(TOWN, Groups()).resolve(expression)
    assert resolution.units == ()
    assert offered in resolution.choices


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("市直各单位（除市公安局、市司法局外）", {"市公安局", "市司法局"}),
        ("除市公安局外的市直各单位", {"市公安局"}),
        ("市直各单位，除公安局和司法局外", {"市公安局", "市司法局"}),
        ("市直各单位（不含市税务局）", {"国家税务总局云川市税务局"}),
    ],
)
def test_a_group_with_an_exception_is_everybody_else(expression: str, found: set[str]) -> None:
    assert set(resolved("市直各单位")) - set(resolved(expression)) == found


def test_an_exception_that_nobody_knows_is_a_doubt() -> None:
    assert "市气象局" in Resolver(TOWN, Groups()).resolve("市直各单位（除市气象局外）").doubt


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("各区", ["西河区人民政府"]),
        ("各县（市、区）人民政府", ["东山县人民政府", "西河区人民政府", "石门市人民政府"]),
        ("各区（含云川经开区）", ["西河区人民政府", "云川经济技术开发区管委会"]),
        ("各镇（街道）", ["南门镇", "北门街道办事处"]),
        ("各镇人民政府、街道办事处", ["南门镇", "北门街道办事处"]),
        ("各乡镇（街道）", ["南门镇", "北门街道办事处"]),
        ("开发区管委会", ["云川经济技术开发区管委会"]),
        ("各园区", ["云川经济技术开发区管委会"]),
        ("市委各部门", ["市委机构编制委员会办公室"]),
        ("各企事业单位", ["市公安局交警支队", "国家税务总局云川市税务局"]),
    ],
)
def test_groups_in_their_many_wordings(expression: str, found: list[str]) -> None:
    assert resolved(expression) == found


def test_party_and_government_together() -> None:
    assert set(resolved("市委、市政府各部门")) == set(resolved("市委各部门")) | set(resolved("市政府各部门"))
    assert resolved("市直各部门") == resolved("市委、市政府各部门")


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


@given(st.text(alphabet="各市县区（）、政府部门单位直有关和管委会街道地等的除外含乡镇数据局，abc ", max_size=20))
def test_any_expression_is_either_resolved_or_doubted(expression: str) -> None:
    resolution = Resolver(CITY, Groups()).resolve(expression)
    assert bool(resolution.units) != bool(resolution.doubt)


@pytest.mark.parametrize("city", ["yichun", "zhanjiang", "jianghan", "ezhou", "changde"])
def test_real_bureaus_without_their_aliases_are_found_by_them_or_doubted_never_mistaken(city: str) -> None:
    roster = read_roster(shared("rosters", f"{city}.xlsx"))
    resolver = Resolver(Roster(tuple(replace(unit, aliases=()) for unit in roster)), Groups())
    found = [(unit.name, resolver.resolve(alias)) for unit in roster for alias in unit.aliases]
    assert all([u.name for u in resolution.units] == [name] for name, resolution in found if not resolution.doubt)
    assert sum(1 for _, resolution in found if resolution.doubt) <= 3


@pytest.mark.parametrize(("city", "count"), [("yichun", 47), ("zhanjiang", 46), ("jianghan", 37), ("ezhou", 37)])
def test_the_real_rosters_are_read(city: str, count: int) -> None:
    assert len(read_roster(shared("rosters", f"{city}.xlsx"))) == count


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("市教育局和市体育局", ["市教育局", "市体育局"]),
        ("市教育局以及市体育局和市公安局", ["市教育局", "市体育局", "市公安局"]),
    ],
)
def test_two_known_units_joined_by_and_are_both(expression: str, found: list[str]) -> None:
    units = [Unit(name, "政府部门") for name in ("市教育局", "市体育局", "市公安局", "市发展和改革委员会")]
    resolver = Resolver(Roster(tuple(units)), Groups())
    assert [unit.name for unit in resolver.resolve(expression).units] == found
    assert [unit.name for unit in resolver.resolve("市发展和改革委员会").units] == ["市发展和改革委员会"]
    assert resolver.resolve("市教育局和市外星局").doubt
