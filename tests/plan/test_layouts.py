"""Layouts of task tables that offices use, each with what it must be read as."""

from __future__ import annotations

import re
import subprocess
import time
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from flows.plan.model import Item, Kind, Plan
from flows.plan.reader import read_plan
from flows.problems import UserError
from tests.needs import soffice
from tests.plan.papers import LEFT, UP, cell_a_line, excel_file, tabbed, text_file, word_file

HEAD = ["序号", "任务事项", "具体要求", "责任单位", "完成时限"]
TITLE = "2026年云川市政务公开工作任务分解表"


def numbers(plan: Plan) -> list[str]:
    return [item.no for item in plan.items]


def item(plan: Plan, no: str) -> Item:
    return next(item for item in plan.items if item.no == no)


def messages(plan: Plan, no: str | None) -> str:
    return "；".join(doubt.message for doubt in plan.doubts if doubt.no == no)


class TestMergedCells:
    ROWS = (
        HEAD,
        ["1", "晒清单", "公布办事清单。", "市数据局", "6月底前"],
        [UP, UP, "更新办事指南。", "市司法局", "全年"],
        ["2", "开放日", "办一次开放日。", "各街道", "9月底前"],
    )

    @pytest.mark.parametrize("make", ["word", "excel", "tabs", "lines"])
    def test_a_task_that_spans_rows_belongs_to_each_of_them(self, make: str, tmp_path: Path) -> None:
        if make == "word":
            path = word_file(tmp_path, TITLE, self.ROWS)
        elif make == "excel":
            path = excel_file(tmp_path, self.ROWS, title=TITLE)
        else:
            path = text_file(tmp_path, f"{TITLE}\n" + (tabbed if make == "tabs" else cell_a_line)(self.ROWS))
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


class TestRefusals:
    def refusal(self, path: Path) -> str:
        with pytest.raises(UserError) as caught:
            read_plan(path)
        assert caught.value.hint
        return caught.value.sentence

    def test_a_missing_file(self, tmp_path: Path) -> None:
        assert "找不到文件" in self.refusal(tmp_path / "没有.docx")

    def test_a_folder(self, tmp_path: Path) -> None:
        assert "文件夹" in self.refusal(tmp_path)

    def test_an_empty_file(self, tmp_path: Path) -> None:
        assert "空文件" in self.refusal(text_file(tmp_path, ""))

    @pytest.mark.parametrize("name", ["要点.jpg", "要点"])
    def test_a_format_nobody_reads(self, name: str, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)))
        assert self.refusal(path)

    @pytest.mark.parametrize("name", ["要点.docx", "要点.xlsx", "要点.xls"])
    @pytest.mark.parametrize("data", [b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, b"hello"])
    def test_a_damaged_file(self, name: str, data: bytes, tmp_path: Path) -> None:
        path = tmp_path / name
        path.write_bytes(data)
        assert self.refusal(path)

    def test_a_picture_called_text(self, tmp_path: Path) -> None:
        path = tmp_path / "要点.txt"
        path.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xd8\x00\xdc" + bytes(range(256)))
        assert self.refusal(path)

    def test_a_letter_without_a_table(self, tmp_path: Path) -> None:
        assert "没有找到任务表" in self.refusal(word_file(tmp_path, "会议通知", "请各单位准时参加。"))

    def test_a_table_that_is_no_task_table(self, tmp_path: Path) -> None:
        rows = (["姓名", "电话"], ["张某", "略"])
        assert "没有找到任务表" in self.refusal(word_file(tmp_path, "通讯录", rows))

    def test_a_task_table_without_units(self, tmp_path: Path) -> None:
        rows = (["序号", "任务事项", "具体要求", "完成时限"], ["1", "甲", "甲事。", "全年"])
        assert "没有责任单位栏" in self.refusal(word_file(tmp_path, TITLE, rows))

    def test_a_header_with_nothing_below(self, tmp_path: Path) -> None:
        assert "没有任务" in self.refusal(word_file(tmp_path, TITLE, (HEAD, ["", "", "", "", ""])))


class TestHardFiles:
    def test_an_old_xls_is_read_with_its_merges(self, tmp_path: Path) -> None:
        path = excel_file(tmp_path, TestMergedCells.ROWS, title=TITLE)
        profile = (tmp_path / "profile").as_uri()
        command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xls", "--outdir"]
        subprocess.run([*command, str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
        plan = read_plan(path.with_suffix(".xls"))
        assert [(i.no, i.task) for i in plan.items] == [("1.1", "晒清单"), ("1.2", "晒清单"), ("2.1", "开放日")]

    def test_styles_that_wps_writes_are_no_obstacle(self, tmp_path: Path) -> None:
        path = excel_file(tmp_path, TestMergedCells.ROWS, title=TITLE)
        parts = {}
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        parts["xl/styles.xml"] = re.sub(rb"<fill>.*?</fill>", b"<fill/>", parts["xl/styles.xml"], count=1)
        with zipfile.ZipFile(path, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)
        plan = read_plan(path)
        assert [(i.no, i.task) for i in plan.items] == [("1.1", "晒清单"), ("1.2", "晒清单"), ("2.1", "开放日")]

    def test_a_stray_cell_at_the_end_of_the_sheet_costs_nothing(self, tmp_path: Path) -> None:
        path = excel_file(tmp_path, TestMergedCells.ROWS, title=TITLE)
        book = openpyxl.load_workbook(path)
        book["Sheet"]["XFD1048576"] = " "
        book.save(path)
        start = time.perf_counter()
        assert len(read_plan(path).items) == 3
        assert time.perf_counter() - start < 5

    def test_deleted_revisions_of_a_word_file_do_not_count(self, tmp_path: Path) -> None:
        path = word_file(tmp_path, TITLE, (HEAD, ["1", "甲", "公布清单。", "市数据局", "全年"]))
        parts = {}
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        document = parts["word/document.xml"].decode("utf-8")
        document = document.replace(
            "<w:t>公布清单。</w:t>",
            '</w:r></w:p><w:p><w:bookmarkStart w:id="0" w:name="_GoBack"/><w:del w:id="1" w:author="某"><w:r>'
            '<w:delText>旧文。</w:delText></w:r></w:del><w:r><w:t>公布</w:t></w:r><w:ins w:id="2" w:author="某">'
            "<w:r><w:t>全部清单。</w:t></w:r></w:ins><w:r>",
        )
        parts["word/document.xml"] = document.encode("utf-8")
        with zipfile.ZipFile(path, "w") as package:
            for name, data in parts.items():
                package.writestr(name, data)
        assert read_plan(path).items[0].requirement == "公布全部清单。"


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
