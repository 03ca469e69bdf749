"""Layouts of task tables that offices use, each with what it must be read as."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.plan.model import Item, Kind
from flows.plan.reader import read_plan
from tests.plan.layout_papers import HEAD, MERGED, TITLE, item, messages, numbers
from tests.plan.papers import LEFT, UP, cell_a_line, excel_file, tabbed, text_file, word_file


class TestMergedCells:
    @pytest.mark.parametrize("make", ["word", "excel", "tabs", "lines"])
    def test_a_task_that_spans_rows_belongs_to_each_of_them(self, make: str, tmp_path: Path) -> None:
        if make == "word":
            path = word_file(tmp_path, TITLE, MERGED)
        elif make == "excel":
            path = excel_file(tmp_path, MERGED, title=TITLE)
        else:
            path = text_file(tmp_path, f"{TITLE}\n" + (tabbed if make == "tabs" else cell_a_line)(MERGED))
        plan = read_plan(path)
        assert (plan.info.title, plan.info.year) == (TITLE, 2026)
        assert [(i.no, i.task, i.responsible) for i in plan.items] == [
            ("1.1", "晒清单", ("市数据局",)),
            ("1.2", "晒清单", ("市司法局",)),
            ("2.1", "开放日", ("各街道",)),
        ]
        assert plan.doubts == ()

    def test_merged_units_and_deadlines_hold_for_all_rows_of_the_merge(self, tmp_path: Path) -> None:
        rows = (HEAD, ["1", "晒清单", "甲事。", "市数据局", "6月底前"], ["2", UP, "乙事。", UP, UP])
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert item(plan, "2").responsible == ("市数据局",)
        assert item(plan, "2").deadline.due == date(2026, 6, 30)
        assert plan.doubts == ()

    def test_an_empty_unit_cell_that_is_no_merge_is_filled_from_above_with_a_doubt(self, tmp_path: Path) -> None:
        rows = (HEAD, ["1", "甲", "甲事。", "市数据局", "全年"], ["2", "乙", "乙事。", "", "全年"])
        plan = read_plan(excel_file(tmp_path, rows, title=TITLE))
        assert item(plan, "2").responsible == ("市数据局",)
        assert "单位栏为空" in messages(plan, "2")

    def test_the_first_row_without_a_unit_is_kept_and_questioned(self, tmp_path: Path) -> None:
        rows = (HEAD, ["1", "甲", "甲事。", "", "全年"], ["2", "乙", "乙事。", "市数据局", "全年"])
        plan = read_plan(excel_file(tmp_path, rows, title=TITLE))
        assert item(plan, "1").responsible == ()
        assert "没有责任单位" in messages(plan, "1")


class TestHeaders:
    @pytest.mark.parametrize(
        "head",
        [
            ["序号", "工作任务", "落实要求", "落实单位", "时间节点"],
            ["序 号", "重点\n任务", "工作措施", "责任部门", "进度要求"],
            ["编号", "事项", "内容", "责任科室", "时限要求"],
            ["项次", "任务名称", "主要内容", "承办单位", "完成时间"],
        ],
    )
    def test_the_wording_of_the_header_does_not_matter(self, head: list[str], tmp_path: Path) -> None:
        rows = (head, ["1", "晒清单", "公布办事清单。", "市数据局", "6月底前"])
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        expected = Item("1", "公布办事清单。", None, "晒清单", (), ("市数据局",), item(plan, "1").deadline)
        assert plan.items == (expected,)
        assert expected.deadline.due == date(2026, 6, 30)

    def test_columns_may_stand_in_any_order_and_remarks_are_left_out(self, tmp_path: Path) -> None:
        head = ["完成时限", "牵头单位", "配合单位", "重点任务", "工作内容", "责任人", "备注"]
        rows = (head, ["9月底前", "市数据局", "市司法局、各县（市、区）", "晒清单", "公布清单。", "张某", "略"])
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        only = plan.items[0]
        assert (only.no, only.task, only.requirement) == ("1.1", "晒清单", "公布清单。")
        assert (only.lead, only.responsible) == (("市数据局",), ("市司法局", "各县（市、区）"))
        assert plan.doubts == ()

    def test_a_header_of_two_rows_is_one_header(self, tmp_path: Path) -> None:
        rows = (
            ["序号", "任务事项", "具体要求", "责任分工", LEFT, "时限"],
            [UP, UP, UP, "牵头单位", "配合单位", UP],
            ["1", "晒清单", "公布清单。", "市数据局", "市司法局", "全年"],
        )
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert [(i.lead, i.responsible) for i in plan.items] == [(("市数据局",), ("市司法局",))]

    def test_a_column_nobody_knows_is_named(self, tmp_path: Path) -> None:
        rows = ([*HEAD, "幸运颜色"], ["1", "甲", "甲事。", "市数据局", "全年", "红"])
        assert "幸运颜色" in messages(read_plan(word_file(tmp_path, TITLE, rows)), None)

    def test_a_table_with_one_text_column_has_requirements_without_tasks(self, tmp_path: Path) -> None:
        rows = (["序号", "工作任务", "责任单位"], ["1", "公布清单。", "市数据局"])
        only = read_plan(word_file(tmp_path, TITLE, rows)).items[0]
        assert (only.task, only.requirement, only.deadline.kind) == (None, "公布清单。", Kind.NONE)


class TestCategories:
    def test_a_heading_across_the_table_is_the_category_of_the_rows_below(self, tmp_path: Path) -> None:
        rows = (
            HEAD,
            ["一、摸清家底", LEFT, LEFT, LEFT, LEFT],
            ["1", "甲", "甲事。", "市数据局", "全年"],
            ["（二）补齐短板", LEFT, LEFT, LEFT, LEFT],
            ["2", "乙", "乙事。", "市数据局", "全年"],
        )
        for path in (word_file(tmp_path, TITLE, rows), excel_file(tmp_path, rows, title=TITLE)):
            plan = read_plan(path)
            assert [(i.no, i.category) for i in plan.items] == [("1", "摸清家底"), ("2", "补齐短板")]

    def test_a_category_column_loses_its_mark_and_is_filled_down(self, tmp_path: Path) -> None:
        head = ["任务大类", *HEAD]
        rows = (head, ["一、摸清家底", "1", "甲", "甲事。", "市数据局", ""], [UP, "2", "乙", "乙事。", "市数据局", ""])
        assert [i.category for i in read_plan(word_file(tmp_path, TITLE, rows)).items] == ["摸清家底", "摸清家底"]

    def test_tables_under_chapters_of_their_own_take_the_chapter(self, tmp_path: Path) -> None:
        first = (HEAD, ["1", "甲", "甲事。", "市数据局", "全年"])
        second = (HEAD, ["2", "乙", "乙事。", "市数据局", "全年"])
        plan = read_plan(word_file(tmp_path, TITLE, "一、摸清家底", first, "二、补齐短板", second))
        assert [(i.no, i.category) for i in plan.items] == [("1", "摸清家底"), ("2", "补齐短板")]


class TestNumbers:
    def test_numbered_requirements_in_one_cell_are_items_of_the_task(self, tmp_path: Path) -> None:
        rows = (
            HEAD,
            ["1", "甲", "1.公布清单；\n2.更新26个领域的指南；\n3.压缩时限2.5天。", "市数据局", "全年"],
            ["2", "乙", "办一次开放日。", "市数据局", "全年"],
        )
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert [(i.no, i.requirement) for i in plan.items] == [
            ("1.1", "公布清单"),
            ("1.2", "更新26个领域的指南"),
            ("1.3", "压缩时限2.5天。"),
            ("2.1", "办一次开放日。"),
        ]

    def test_numbers_that_run_through_the_plan_are_kept(self, tmp_path: Path) -> None:
        head = HEAD[1:]
        rows = (
            head,
            ["甲", "1.公布清单。 2.更新指南。", "市数据局", "全年"],
            ["乙", "3.2026年底前办一次开放日。", "市司法局", "年底前"],
        )
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert [(i.no, i.requirement) for i in plan.items][2] == ("3", "2026年底前办一次开放日。")
        assert numbers(plan) == ["1", "2", "3"]

    def test_a_gap_in_the_numbers_is_pointed_out(self, tmp_path: Path) -> None:
        rows = (HEAD, *([n, "甲", f"第{n}件事。", "市数据局", "全年"] for n in ("1", "2", "4")))
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert numbers(plan) == ["1", "2", "4"]
        assert "2之后是4" in messages(plan, None)

    def test_numbers_used_twice_never_give_two_items_one_number(self, tmp_path: Path) -> None:
        rows = (HEAD, *([n, f"任务{at}", f"第{at}件事。", "市数据局", "全年"] for at, n in enumerate("1221")))
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert len(set(numbers(plan))) == 4
        assert "重复" in messages(plan, None)

    def test_the_sentence_before_the_numbers_stays(self, tmp_path: Path) -> None:
        rows = (HEAD, ["1", "甲", "重点做好两件事：1.公布清单；2.更新指南。", "市数据局", "全年"])
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert [i.requirement for i in plan.items] == ["重点做好两件事：公布清单", "更新指南。"]


class TestPageBreaks:
    def test_a_row_that_a_page_cuts_is_one_row(self, tmp_path: Path) -> None:
        head = ["工作任务", "具体要求", "落实单位", "完成时限"]
        first = (head, ["晒清单", "1.按照《云川市办事公开办", "市数据局、市人力资源和社", "9月底前"])
        second = (head, ["", "法》公布清单。", "会保障局", ""], ["", "2.更新指南。", "市司法局", "全年"])
        plan = read_plan(text_file(tmp_path, f"{TITLE}\n\n{tabbed(first)}\n{tabbed(second)}"))
        assert [(i.no, i.requirement, i.responsible, i.deadline.text) for i in plan.items] == [
            ("1", "按照《云川市办事公开办法》公布清单。", ("市数据局", "市人力资源和社会保障局"), "9月底前"),
            ("2", "更新指南。", ("市司法局",), "全年"),
        ]

    def test_a_table_cut_into_two_tables_goes_on(self, tmp_path: Path) -> None:
        first = (HEAD, ["1", "甲", "甲事。", "市数据局", "全年"])
        second = (["2", "乙", "乙事。", "市司法局", "全年"],)
        plan = read_plan(word_file(tmp_path, TITLE, first, second))
        assert numbers(plan) == ["1", "2"]

    def test_a_finished_row_at_the_end_of_a_page_stays_apart(self, tmp_path: Path) -> None:
        head = HEAD[1:]
        first = (head, ["甲", "公布清单", "市数据局", "全年"])
        second = (head, ["乙", "更新指南", "市司法局", "全年"])
        plan = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(first)}\n{tabbed(second)}"))
        assert [i.requirement for i in plan.items] == ["公布清单", "更新指南"]

    def test_a_title_whose_halves_overlap_is_joined_and_questioned(self, tmp_path: Path) -> None:
        head = HEAD[1:]
        first = (head, ["持续做好优化营商环境政策", "1.围绕重点，", "市数据局", "全年"])
        second = (head, ["营商环境政策解读", "开展解读。", "", ""])
        plan = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(first)}\n{tabbed(second)}"))
        assert [(i.task, i.requirement) for i in plan.items] == [
            ("持续做好优化营商环境政策解读", "围绕重点，开展解读。")
        ]
        assert "分页断开" in messages(plan, "1.1")


class TestTexts:
    def test_layout_spaces_tags_and_bookmarks_are_gone(self, tmp_path: Path) -> None:
        rows = (HEAD, ["1", "甲", "<p>在 2026 年公布 3 项清单。</p>", "[bookmark: _GoBack]市数据局", "9 月底前"])
        only = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(rows)}")).items[0]
        assert (only.requirement, only.responsible) == ("在2026年公布3项清单。", ("市数据局",))
        assert only.deadline.text == "9月底前"

    def test_a_markdown_table_is_a_table(self, tmp_path: Path) -> None:
        text = f"# {TITLE}\n\n| 任务事项 | 具体要求 | 责任单位 |\n|---|:--|---|\n| 甲 | 公布清单。 | 市数据局 |\n"
        plan = read_plan(text_file(tmp_path, text, name="要点.md"))
        assert [(i.no, i.task, i.requirement) for i in plan.items] == [("1.1", "甲", "公布清单。")]

    def test_cells_copied_from_excel_with_line_breaks_are_one_cell(self, tmp_path: Path) -> None:
        rows = (HEAD[1:4], ["甲", '"1.公布清单；\n2.更新指南。"', "市数据局"], ["乙", "开放日。", "市司法局"])
        plan = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(rows)}"))
        assert [(i.no, i.requirement) for i in plan.items] == [
            ("1.1", "公布清单"),
            ("1.2", "更新指南。"),
            ("2.1", "开放日。"),
        ]

    def test_notes_below_the_table_are_no_tasks_but_are_mentioned(self, tmp_path: Path) -> None:
        rows = (HEAD, ["1", "甲", "甲事。", "市数据局", "全年"], ["备注：每月报送。", LEFT, LEFT, LEFT, LEFT])
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        assert numbers(plan) == ["1"]
        assert "说明文字" in messages(plan, None)

    def test_a_row_with_a_cell_too_few_is_questioned(self, tmp_path: Path) -> None:
        text = f"{TITLE}\n" + tabbed((HEAD, ["1", "甲", "甲事。", "市数据局", "全年"], ["2", "乙", "乙事。"]))
        plan = read_plan(text_file(tmp_path, text))
        assert any("格数" in doubt.message for doubt in plan.doubts if doubt.no == "2")

    def test_nothing_of_a_long_cell_is_lost(self, tmp_path: Path) -> None:
        long = "把每一件事做好，" * 3000
        plan = read_plan(excel_file(tmp_path, (HEAD, ["1", "甲", long, "市数据局", "全年"]), title=TITLE))
        assert plan.items[0].requirement == long


class TestDeadlinesOfItems:
    def test_without_a_column_the_text_is_searched(self, tmp_path: Path) -> None:
        rows = (
            HEAD[:4],
            ["1", "甲", "2026年10月底前公布清单。", "市数据局"],
            ["2", "乙", "每季度培训一次。", "市司法局"],
        )
        plan = read_plan(word_file(tmp_path, TITLE, rows))
        first, second = plan.items
        assert first.as_dict()["deadline_text"] == "2026年10月底前"
        assert first.as_dict()["deadline_source"] == "text"
        assert (first.deadline.due, second.deadline.kind) == (date(2026, 10, 31), Kind.PERIODIC)

    def test_a_deadline_nobody_understands_is_kept_and_questioned(self, tmp_path: Path) -> None:
        plan = read_plan(word_file(tmp_path, TITLE, (HEAD, ["1", "甲", "甲事。", "市数据局", "春耕之前"])))
        assert (plan.items[0].deadline.text, plan.items[0].deadline.kind) == ("春耕之前", Kind.NONE)
        assert "没有读懂" in messages(plan, "1")

    def test_days_after_the_issue_count_from_the_date_the_clerk_gives(self, tmp_path: Path) -> None:
        path = word_file(tmp_path, TITLE, (HEAD, ["1", "甲", "甲事。", "市数据局", "印发后5个工作日内"]))
        assert read_plan(path).items[0].deadline.due is None
        assert read_plan(path, issued=date(2026, 3, 6)).items[0].deadline.due == date(2026, 3, 13)


class TestThePlanItself:
    def test_number_issuer_and_date_are_read_from_the_covering_letter(self, tmp_path: Path) -> None:
        path = word_file(
            tmp_path,
            "云政办发〔2026〕7号",
            "关于印发任务分解表的通知",
            "各区人民政府，市政府各部门：",
            "现印发给你们，请认真落实。",
            "云川市人民政府办公室",
            "2026年3月6日",
            TITLE,
            (HEAD, ["1", "甲", "甲事。", "市数据局", "全年"]),
        )
        info = read_plan(path).info
        assert (info.title, info.doc_number, info.issuer) == (TITLE, "云政办发〔2026〕7号", "云川市人民政府办公室")
        assert (info.year, info.issued) == (2026, date(2026, 3, 6))

    def test_the_clerk_s_year_wins(self, tmp_path: Path) -> None:
        path = word_file(tmp_path, TITLE, (HEAD, ["1", "甲", "甲事。", "市数据局", "9月底前"]))
        assert read_plan(path, year=2027).items[0].deadline.due == date(2027, 9, 30)

    def test_a_year_that_had_to_be_guessed_is_questioned(self, tmp_path: Path) -> None:
        path = word_file(tmp_path, "任务分解表", (HEAD, ["1", "甲", "按2026年要求办。", "市数据局", "9月底前"]))
        plan = read_plan(path)
        assert plan.info.year == 2026
        assert [doubt.field for doubt in plan.doubts] == ["year"]
