"""Lists of problems that somebody else found: any wording of the header is read, and what is not clear is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlsxwriter
from docx import Document

from flows.carry.outside import problem_list
from flows.problems import UserError


def text_file(folder: Path, *rows: str, name: str = "反馈.txt") -> Path:
    path = folder / name
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def workbook(folder: Path, *rows: tuple[str | float, ...]) -> Path:
    path = folder / "第三方评估.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def word(folder: Path, *rows: tuple[str, ...]) -> Path:
    path = folder / "考评反馈.docx"
    document = Document()
    document.add_paragraph("2026年考评反馈问题清单")
    table = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    document.save(str(path))
    return path


def test_problem_units_cure_and_day_are_told_from_each_other(tmp_path: Path) -> None:
    listed = workbook(
        tmp_path,
        ("序号", "存在问题", "责任单位", "整改要求", "整改时限"),
        (1, "政策解读形式单一", "市数据局、市财政局", "增加图解", "6月底前"),
        (2, "栏目更新不及时", "东山县", "逐个栏目核对", "2027年3月20日"),
    )
    one, two = problem_list(listed, 2027).candidates
    assert one.requirement == "问题：政策解读形式单一。整改要求：增加图解。"
    assert one.units == ("市数据局", "市财政局")
    assert str(one.deadline.due) == "2027-06-30"
    assert str(two.deadline.due) == "2027-03-20"


@pytest.mark.parametrize(
    ("problem", "unit", "cure", "day"),
    [
        ("反馈问题", "地区", "改进建议", "完成期限"),
        ("扣分点", "被测评单位", "整改措施", "整改完成时间"),
        ("问题描述", "整改责任单位", "整改要求", "时限"),
        ("主要不足", "牵头单位", "工作要求", "整改期限"),
        ("失分原因", "责任主体", "整改建议", "截止日期"),
    ],
)
def test_the_header_may_be_worded_in_any_way(tmp_path: Path, problem: str, unit: str, cure: str, day: str) -> None:
    listed = word(tmp_path, (problem, unit, cure, day), ("公开目录不全", "市财政局", "补齐目录", "5月底前"))
    (found,) = problem_list(listed, 2027).candidates
    assert found.requirement == "问题：公开目录不全。整改要求：补齐目录。"
    assert (found.units, str(found.deadline.due)) == (("市财政局",), "2027-05-31")


def test_points_that_were_taken_off_and_links_are_no_part_of_the_problem(tmp_path: Path) -> None:
    listed = workbook(
        tmp_path,
        ("测评指标", "被测评单位", "扣分点", "扣分", "网址", "备注"),
        ("政策解读", "市数据局", "未发布解读", 1.5, "www.unit.example/a", ""),
    )
    (found,) = problem_list(listed, 2027).candidates
    assert (found.requirement, found.task, found.units) == ("问题：未发布解读。", "政策解读", ("市数据局",))


def test_a_list_without_units_asks_for_them(tmp_path: Path) -> None:
    listed = text_file(tmp_path, "序号,问题,整改时限", "1,目录未更新,5月底前", "2,栏目空白,6月底前", name="清单.csv")
    found, _ = problem_list(listed, 2027).candidates
    assert found.units == ()
    assert [doubt.message for doubt in found.doubts] == ["没有责任单位，请补填"]


def test_a_column_that_nobody_understands_is_told(tmp_path: Path) -> None:
    listed = text_file(tmp_path, "问题\t责任单位\t霜降甲", "目录未更新\t市财政局\t丁")
    assert any("霜降甲" in remark for remark in problem_list(listed, 2027).remarks)


def test_the_same_problem_of_the_same_unit_stands_once(tmp_path: Path) -> None:
    listed = text_file(
        tmp_path, "问题\t责任单位", "目录未更新\t市财政局", "目录未更新。\t市财政局", "目录未更新\t市数据局"
    )
    assert [each.units for each in problem_list(listed, 2027).candidates] == [("市财政局",), ("市数据局",)]


def test_paragraphs_that_name_their_unit_are_read_too(tmp_path: Path) -> None:
    listed = text_file(
        tmp_path,
        "关于2026年测评发现问题的通报",
        "一、政策解读方面",
        "1.部分政策未解读。（责任单位：市数据局）",
        "2.解读形式单一，请于2027年5月底前整改。（责任单位：市财政局）",
    )
    one, two = problem_list(listed, 2027).candidates
    assert (one.units, two.units) == (("市数据局",), ("市财政局",))
    assert str(two.deadline.due) == "2027-05-31"


def test_a_file_without_problems_says_what_a_list_looks_like(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="没有读出问题") as refused:
        problem_list(text_file(tmp_path, "各单位：", "请认真学习。"), 2027)
    assert "表头写：问题、责任单位" in refused.value.hint
    with pytest.raises(UserError, match="找不到文件"):
        problem_list(tmp_path / "没有.xlsx", 2027)
