"""Task tables of rarer make: without a header, with words that say nothing, upright, with a column for each unit."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from flows.plan.model import Plan
from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.plan.layout_papers import HEAD, TITLE, messages, numbers
from tests.plan.papers import LEFT, UP, text_file, word_file


class TestUnusualTables:
    def read(self, folder: Path, *rows: list[str]) -> Plan:
        return read_plan(word_file(folder, TITLE, rows))

    def test_a_table_without_a_header_is_read_by_its_content_with_doubts(self, tmp_path: Path) -> None:
        plan = self.read(
            tmp_path,
            ["1", "晒清单", "公布办事清单，写明条件。", "市数据局", "6月底前"],
            ["2", "开放日", "办一次开放日，请代表参加。", "市司法局、各街道", "全年"],
        )
        assert [(i.no, i.task, i.responsible, i.deadline.text) for i in plan.items] == [
            ("1", "晒清单", ("市数据局",), "6月底前"),
            ("2", "开放日", ("市司法局", "各街道"), "全年"),
        ]
        assert all("没有表头" in messages(plan, no) for no in (None, "1", "2"))

    def test_header_words_that_say_nothing_are_told_by_the_cells_below(self, tmp_path: Path) -> None:
        plan = self.read(
            tmp_path,
            ["序号", "任务", "具体要求", "归口"],
            ["1", "甲", "甲事。", "市数据局"],
            ["2", "乙", "乙事。", "市司法局"],
        )
        assert [i.responsible for i in plan.items] == [("市数据局",), ("市司法局",)]
        assert [(d.field, d.text) for d in plan.doubts] == [("column", "归口")]

    def test_what_the_clerk_has_decided_about_a_column_wins(self, tmp_path: Path) -> None:
        rows = (["序号", "任务", "具体要求", "归口"], ["1", "甲", "甲事。", "市数据局"])
        path = word_file(tmp_path, TITLE, rows)
        plan = read_plan(path, columns={"归口": "牵头单位"})
        assert (plan.items[0].lead, plan.doubts) == (("市数据局",), ())

    def test_cells_that_mean_nothing_are_no_plan(self, tmp_path: Path) -> None:
        with pytest.raises(UserError):
            self.read(tmp_path, ["甲", "乙", "丙"], ["苹果", "3", "5"], ["梨", "4", "6"])

    def test_units_in_brackets_behind_each_requirement_of_a_cell(self, tmp_path: Path) -> None:
        cell = "1.公布清单（责任单位：市数据局）；\n2.更新指南（责任单位：市司法局、各街道）。"
        plan = self.read(tmp_path, ["序号", "任务", "具体要求", "时限"], ["1", "晒清单", cell, "6月底前"])
        assert [(i.no, i.requirement, i.responsible) for i in plan.items] == [
            ("1.1", "公布清单", ("市数据局",)),
            ("1.2", "更新指南。", ("市司法局", "各街道")),
        ]
        assert plan.doubts == ()

    def test_units_and_times_that_count_along_with_the_requirements(self, tmp_path: Path) -> None:
        row = ["1", "晒清单", "1.公布清单；\n2.更新指南。", "1.市数据局；\n2.市司法局", "1.6月底前；\n2.9月底前"]
        plan = self.read(tmp_path, HEAD, row)
        assert [(i.responsible, i.deadline.text) for i in plan.items] == [
            (("市数据局",), "6月底前"),
            (("市司法局",), "9月底前"),
        ]

    def test_three_unit_columns(self, tmp_path: Path) -> None:
        head = ["序号", "工作任务", "牵头单位", "责任单位", "配合单位"]
        plan = self.read(tmp_path, head, ["1", "公布清单。", "市数据局", "市司法局", "市财政局、各街道"])
        assert plan.items[0].lead == ("市数据局",)
        assert plan.items[0].responsible == ("市司法局", "市财政局", "各街道")

    def test_a_header_cell_across_two_columns(self, tmp_path: Path) -> None:
        plan = self.read(
            tmp_path,
            ["序号", "重点任务", LEFT, "责任单位"],
            ["1", "晒清单", "公布清单。", "市数据局"],
            [UP, UP, "更新指南。", "市司法局"],
        )
        assert [(i.no, i.task, i.requirement) for i in plan.items] == [
            ("1.1", "晒清单", "公布清单。"),
            ("1.2", "晒清单", "更新指南。"),
        ]

    def test_aims_beside_measures_are_left_out_and_named(self, tmp_path: Path) -> None:
        head = ["序号", "重点任务", "工作目标", "具体措施", "责任单位", "责任领导"]
        plan = self.read(tmp_path, head, ["1", "晒清单", "全面公开", "公布清单。", "市数据局", "张某"])
        assert (plan.items[0].task, plan.items[0].requirement) == ("晒清单", "公布清单。")
        assert [doubt.text for doubt in plan.doubts] == ["工作目标"]

    def test_the_first_unit_leads_where_the_header_says_so(self, tmp_path: Path) -> None:
        head = ["序号", "任务", "责任单位（排第一位的为牵头单位）"]
        plan = self.read(tmp_path, head, ["1", "公布清单。", "市数据局、市司法局"])
        assert (plan.items[0].lead, plan.items[0].responsible) == (("市数据局",), ("市司法局",))

    def test_a_column_for_units_and_persons_is_questioned_in_every_row(self, tmp_path: Path) -> None:
        head = ["序号", "任务", "责任单位及责任人"]
        plan = self.read(tmp_path, head, ["1", "公布清单。", "市数据局 张某"])
        assert "不只写单位" in messages(plan, "1")

    def test_of_several_times_the_last_day_counts(self, tmp_path: Path) -> None:
        head = ["序号", "任务", "责任单位", "启动时间", "进度安排", "完成时限"]
        plan = self.read(tmp_path, head, ["1", "公布清单。", "市数据局", "3月", "先摸底", "9月底前"])
        assert plan.items[0].deadline.text == "9月底前"

    def test_forms_that_stand_upright_one_task_each(self, tmp_path: Path) -> None:
        first = (["任务名称", "晒清单"], ["具体要求", "公布清单。"], ["责任单位", "市数据局"], ["完成时限", "6月底前"])
        second = (["任务名称", "开放日"], ["具体要求", "办一次。"], ["责任单位", "市司法局"], ["完成时限", "全年"])
        plan = read_plan(word_file(tmp_path, TITLE, first, "", second))
        assert [(i.task, i.responsible, i.deadline.text) for i in plan.items] == [
            ("晒清单", ("市数据局",), "6月底前"),
            ("开放日", ("市司法局",), "全年"),
        ]

    def test_a_column_for_each_unit_with_marks(self, tmp_path: Path) -> None:
        head = ["序号", "任务内容", "市数据局", "市司法局", "各街道", "时限"]
        plan = self.read(
            tmp_path, head, ["1", "公布清单。", "★", "√", "", "全年"], ["2", "办开放日。", "", "★", "√", "全年"]
        )
        assert [(i.lead, i.responsible) for i in plan.items] == [
            (("市数据局",), ("市司法局",)),
            (("市司法局",), ("各街道",)),
        ]
        assert "★为牵头" in messages(plan, "1")

    def test_cells_that_a_paste_has_put_below_one_another(self, tmp_path: Path) -> None:
        cells = ["序号", "民生实事", "责任单位", "完成时限"]
        cells += ["1", "新建公园两处。", "市城管局", "市住建局", "9月底前", "2", "改造校舍三所。", "市教育局", "年底前"]
        plan = read_plan(text_file(tmp_path, "\n\n".join([TITLE, *cells])))
        assert [(i.requirement, i.responsible, i.deadline.text) for i in plan.items] == [
            ("新建公园两处。", ("市城管局", "市住建局"), "9月底前"),
            ("改造校舍三所。", ("市教育局",), "年底前"),
        ]

    def test_each_sheet_of_a_workbook_is_a_chapter(self, tmp_path: Path) -> None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, unit in (("公开重点", "市数据局"), ("公开渠道", "市司法局")):
            sheet = book.create_sheet(name)
            for row in (HEAD, [1, "甲", f"办好{name}。", unit, "全年"], [2, "乙", f"管好{name}。", unit, "全年"]):
                sheet.append(row)
        path = tmp_path / "2026年要点.xlsx"
        book.save(path)
        plan = read_plan(path)
        assert [(i.category, i.responsible) for i in plan.items] == [
            ("公开重点", ("市数据局",)),
            ("公开重点", ("市数据局",)),
            ("公开渠道", ("市司法局",)),
            ("公开渠道", ("市司法局",)),
        ]
        assert len(set(numbers(plan))) == 4
