"""任务分解表.xlsx: what the office leaves alone stays exact, what it edits counts."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind, Plan, PlanInfo
from flows.plan.reader import read_plan
from flows.plan.review import read_review, write_review
from tests.needs import shared, soffice
from tests.plan.review_book import BROKEN, COLUMNS, CONDITION, DAY, PLAN, TWO_DATES, Book, edit, item, put


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "任务分解表.xlsx"
    write_review(PLAN, path)
    return path


class TestUntouched:
    def test_a_workbook_nobody_touched_gives_back_the_plan(self, review: Path) -> None:
        assert read_review(review) == PLAN

    def test_saving_it_again_changes_nothing(self, review: Path) -> None:
        assert edit(review, lambda book: None) == PLAN

    def test_sorting_the_rows_changes_nothing(self, review: Path) -> None:
        def turn_round(book: Book) -> None:
            sheet = book["任务分解表"]
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=6)]
            for at, values in enumerate(reversed(rows), 3):
                for column, value in enumerate(values, 1):
                    cell = sheet.cell(at, column)
                    cell.value = value
                    if isinstance(value, str):
                        cell.data_type = "s"  # a text that begins with “=” stays a text when rows are sorted

        assert edit(review, turn_round) == PLAN

    @pytest.mark.parametrize("source", ["003_83fab084adc02964.txt", "004_7faa7dbd0abcd0a1.txt"])
    def test_the_real_plans_come_back_exactly(self, source: str, tmp_path: Path) -> None:
        plan = read_plan(shared("seeds", source))
        write_review(plan, tmp_path / "任务分解表.xlsx")
        assert read_review(tmp_path / "任务分解表.xlsx") == plan

    def test_libreoffice_may_save_it(self, review: Path, tmp_path: Path) -> None:
        out = tmp_path / "saved"
        profile = (tmp_path / "profile").as_uri()
        command = [soffice(), f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir"]
        subprocess.run([*command, str(out), str(review)], check=True, capture_output=True, timeout=180)
        assert read_review(out / review.name) == PLAN

    texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
    names = st.text("市区县数据局各（）、，；和 ", min_size=1, max_size=12)

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    @given(texts, st.lists(names, max_size=4), st.lists(names, max_size=4), texts, st.sampled_from(list(Kind)))
    def test_whatever_a_plan_holds_survives(
        self, tmp_path: Path, text: str, lead: list[str], others: list[str], deadline: str, kind: Kind
    ) -> None:
        texts = Item("1", f"事{text}", text, text, tuple(lead), tuple(others), Deadline(deadline, None, DAY, kind))
        question = (Doubt("1", "responsible", "", "没有责任单位，请补填"),) if not lead and not others else ()
        items = (texts, Item("2", "乙事", lead=("市数据局",)))
        plan = Plan("源.txt", PlanInfo("标题", 2026), items, question)
        write_review(plan, tmp_path / "任意.xlsx")
        assert read_review(tmp_path / "任意.xlsx") == plan


class TestEdits:
    def test_edited_texts_and_units_count(self, review: Path) -> None:
        def change(book: Book) -> None:
            put("1", "要求", "公布全部办事清单。")(book)
            put("1", "牵头", None)(book)
            put("2", "责任", "市司法局、各县（市、区）")(book)
            put("3", "事项", "开放日")(book)

        plan = edit(review, change)
        assert item(plan, "1").requirement == "公布全部办事清单。"
        assert item(plan, "1").lead == ()
        assert item(plan, "2").responsible == ("市司法局", "各县（市、区）")
        assert item(plan, "3").task == "开放日"
        assert item(plan, "1").deadline == PLAN.items[0].deadline

    def test_a_new_deadline_text_is_read_anew(self, review: Path) -> None:
        changed = item(edit(review, put("3", "原文", "9月底前")), "3").deadline
        assert changed == Deadline("9月底前", DeadlineSource.COLUMN, date(2026, 9, 30), Kind.ONCE)

    def test_a_deadline_text_where_there_was_none(self, review: Path) -> None:
        assert item(edit(review, put("2", "原文", "长期工作")), "2").deadline.kind is Kind.ONGOING

    @pytest.mark.parametrize(
        "typed", [date(2026, 11, 5), "2026-11-05", "2026年11月5日", "2026/11/5", "20261105", 46331]
    )
    def test_a_date_typed_by_hand_wins_however_it_is_typed(self, typed: object, review: Path) -> None:
        changed = item(edit(review, put("3", "截止", typed)), "3").deadline
        assert (changed.due, changed.kind, changed.text) == (date(2026, 11, 5), Kind.ONCE, "6月底前")

    def test_a_date_for_an_item_without_a_limit_makes_it_one(self, review: Path) -> None:
        assert item(edit(review, put("2", "截止", date(2026, 8, 1))), "2").deadline.kind is Kind.ONCE

    def test_text_and_date_changed_together_are_both_taken(self, review: Path) -> None:
        def change(book: Book) -> None:
            put("3", "原文", "三季度")(book)
            put("3", "截止", date(2026, 9, 15))(book)

        assert item(edit(review, change), "3").deadline.due == date(2026, 9, 15)

    def test_clearing_date_and_kind_reads_the_text_again(self, review: Path) -> None:
        def change(book: Book) -> None:
            put("3", "截止", None)(book)
            put("3", "类型", None)(book)

        assert item(edit(review, change), "3").deadline == PLAN.items[2].deadline

    def test_another_kind_from_the_list(self, review: Path) -> None:
        assert item(edit(review, put("3", "类型", "定期")), "3").deadline.kind is Kind.PERIODIC

    def test_a_dated_item_whose_date_is_cleared_is_questioned(self, review: Path) -> None:
        plan = edit(review, put("3", "截止", None))
        assert item(plan, "3").deadline.due is None
        assert [d.message for d in plan.doubts if d.no == "3"] == ["限期任务没有截止日期，请补填"]

    def test_a_deadline_nobody_understands_is_questioned(self, review: Path) -> None:
        plan = edit(review, put("3", "原文", "春耕之前"))
        assert any("没有读懂" in d.message for d in plan.doubts if d.no == "3")

    def test_a_corrected_year_moves_the_dates_that_were_read_with_the_old_one(self, review: Path) -> None:
        def change(book: Book) -> None:
            book["计划信息"]["B5"] = 2027

        plan = edit(review, change)
        assert plan.info.year == 2027
        assert item(plan, "3").deadline.due == date(2027, 6, 30)
        assert item(plan, "1").deadline.due == date(2026, 9, 30)  # the text itself says 2026

    def test_plan_information_can_be_corrected(self, review: Path) -> None:
        def change(book: Book) -> None:
            sheet = book["计划信息"]
            sheet["B2"], sheet["B4"], sheet["B6"] = "新标题", "云川市人民政府办公室", "2026年3月9日"

        info = edit(review, change).info
        assert (info.title, info.issuer, info.issued) == ("新标题", "云川市人民政府办公室", date(2026, 3, 9))

    def test_deleted_rows_are_gone_and_their_doubts_with_them(self, review: Path) -> None:
        plan = edit(review, lambda book: book["任务分解表"].delete_rows(4, 2))
        assert [i.no for i in plan.items] == ["1", "5"]
        assert plan.doubts == (BROKEN,)

    def test_an_added_row_is_an_item_where_it_stands(self, review: Path) -> None:
        def change(book: Book) -> None:
            sheet = book["任务分解表"]
            sheet.insert_rows(4)
            for column, value in {"编号": 54, "要求": "新任务。", "责任": "市数据局", "原文": "10月底前"}.items():
                sheet.cell(4, COLUMNS[column]).value = value

        plan = edit(review, change)
        assert [i.no for i in plan.items] == ["1", "54", "2", "3", "5"]
        added = Deadline("10月底前", DeadlineSource.COLUMN, date(2026, 10, 31), Kind.ONCE)
        assert item(plan, "54") == Item("54", "新任务。", responsible=("市数据局",), deadline=added)

    def test_an_item_left_without_units_is_questioned(self, review: Path) -> None:
        plan = edit(review, put("3", "责任", None))
        assert ("3", "responsible") in {(d.no, d.field) for d in plan.doubts}

    def test_cells_merged_by_the_office_hold_for_every_row(self, review: Path) -> None:
        def change(book: Book) -> None:
            put("2", "责任", "市司法局")(book)
            book["任务分解表"].merge_cells("F4:F5")

        plan = edit(review, change)
        assert item(plan, "2").responsible == item(plan, "3").responsible == ("市司法局",)

    def test_moved_and_deleted_columns_are_no_obstacle(self, review: Path) -> None:
        def change(book: Book) -> None:
            sheet = book["任务分解表"]
            sheet.delete_cols(COLUMNS["大类"])
            sheet.insert_cols(1)
            sheet["A2"] = "我的备注"

        assert edit(review, change) == PLAN

    def test_without_the_hidden_sheet_the_visible_cells_are_the_plan(self, review: Path) -> None:
        def change(book: Book) -> None:
            del book["导入记录"]

        plan = edit(review, change)
        assert plan.as_dict() == PLAN.as_dict()
        assert {(d.no, d.field, d.message) for d in plan.doubts} == {(d.no, d.field, d.message) for d in PLAN.doubts}


class TestDoubts:
    def test_clearing_the_cell_settles_a_doubt(self, review: Path) -> None:
        assert edit(review, put("2", "存疑", None)).doubts == (TWO_DATES, BROKEN)

    def test_writing_that_it_was_checked_settles_it_too(self, review: Path) -> None:
        assert edit(review, put("2", "存疑", "已核")).doubts == (TWO_DATES, BROKEN)

    def test_correcting_the_doubtful_cell_settles_it(self, review: Path) -> None:
        assert edit(review, put("2", "责任", "市司法局")).doubts == (TWO_DATES, BROKEN)

    def test_correcting_another_cell_does_not(self, review: Path) -> None:
        assert CONDITION in edit(review, put("2", "要求", "更新指南。")).doubts

    def test_of_two_doubts_one_can_be_settled(self, tmp_path: Path) -> None:
        other = replace(CONDITION, field="task", message="任务名称被分页断开")
        path = tmp_path / "任务分解表.xlsx"
        write_review(PLAN.with_doubts((CONDITION, other)), path)

        def change(book: Book) -> None:
            cell = book["任务分解表"].cell(4, COLUMNS["存疑"])
            cell.value = str(cell.value).split("\n")[1]

        assert edit(path, change).doubts == (other,)

    def test_a_question_of_the_office_s_own_is_kept(self, review: Path) -> None:
        plan = edit(review, put("1", "存疑", "再问一下法规科"))
        assert Doubt("1", "note", "", "再问一下法规科") in plan.doubts

    @pytest.mark.parametrize("way", ["cleared", "deleted"])
    def test_a_question_about_the_whole_plan_is_settled_in_its_sheet(self, way: str, review: Path) -> None:
        def change(book: Book) -> None:
            sheet = book["存疑"]
            if way == "cleared":
                sheet["D3"] = None
            else:
                sheet.delete_rows(3)

        assert edit(review, change).doubts == (CONDITION, TWO_DATES)
