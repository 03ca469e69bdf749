"""任务分解表.xlsx: what the office leaves alone stays exact, what it edits counts."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind, Plan, PlanInfo
from flows.plan.reader import read_plan
from flows.plan.review import read_review, write_review
from flows.problems import UserError
from flows.roster import GroupReading
from tests.needs import shared, soffice

CONDITION = Doubt("2", "responsible", "有关部门", "“有关部门”带有条件，须确定究竟是哪些单位")
TWO_DATES = Doubt("3", "due", "6月底前", "要求里写的是“年底前”，与时限栏“6月底前”不一致，按时限栏计")
BROKEN = Doubt(None, "no", "", "序号不连续：3之后是5，请核对有无漏项")

PLAN = Plan(
    "要点.docx",
    PlanInfo("2026年云川市政务公开任务分解表", 2026, "云政办发〔2026〕7号", None, date(2026, 3, 6)),
    (
        Item(
            "1",
            "公布办事清单。",
            "摸清家底",
            "晒清单",
            ("市数据局",),
            ("各县（市、区）政府（管委会）", "市直各单位"),
            Deadline("2026年9月前；长期工作", DeadlineSource.COLUMN, date(2026, 9, 30), Kind.ONGOING),
        ),
        Item("2", "=更新办事指南", None, "晒清单", (), ("有关部门",), Deadline()),
        Item(
            "3",
            "办一次开放日，年底前总结。",
            None,
            None,
            (),
            ("各街道",),
            Deadline("6月底前", DeadlineSource.COLUMN, date(2026, 6, 30), Kind.ONCE),
        ),
        Item(
            "5",
            "每季度培训一次。",
            None,
            None,
            (),
            ("市司法局",),
            Deadline("每季度一次", DeadlineSource.TEXT, None, Kind.PERIODIC),
        ),
    ),
    (CONDITION, TWO_DATES, BROKEN),
)
DAY = date(2026, 5, 1)
NAMES = ("编号", "大类", "事项", "要求", "牵头", "责任", "原文", "截止", "类型", "出处", "存疑")
COLUMNS = {name: at for at, name in enumerate(NAMES, 1)}
Book = Any


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "任务分解表.xlsx"
    write_review(PLAN, path)
    return path


def edit(path: Path, change: Callable[[Book], None]) -> Plan:
    """Open the workbook as a clerk would, change it, save it, read it."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return read_review(path)


def put(no: str, column: str, value: object) -> Callable[[Book], None]:
    """Type a value into the row of an item."""

    def change(book: Book) -> None:
        sheet = book["任务分解表"]
        row = next(cell.row for cell in sheet["A"] if cell.value == no)
        sheet.cell(row, COLUMNS[column]).value = value

    return change


def item(plan: Plan, no: str) -> Item:
    return next(item for item in plan.items if item.no == no)


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


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (put("3", "截止", "下个月"), ["H5", "不是日期"]),
            (put("3", "截止", "2026-13-01"), ["H5", "不是日期"]),
            (put("3", "截止", "1026-10-01"), ["H5", "不是日期"]),
            (put("3", "类型", "随缘"), ["I5", "随缘", "限期"]),
            (put("3", "出处", "听说"), ["J5", "听说"]),
            (put("3", "要求", None), ["D5", "具体要求"]),
            (put("3", "编号", "2"), ["A5", "重复"]),
            (put("3", "编号", None), ["A5", "任务编号是空的"]),
        ],
    )
    def test_what_cannot_be_used_is_named_with_its_cell(
        self, change: Callable[[Book], None], words: list[str], review: Path
    ) -> None:
        with pytest.raises(UserError) as caught:
            edit(review, change)
        for word in words:
            assert word in caught.value.sentence

    @pytest.mark.parametrize(("cell", "value"), [("B2", None), ("B5", "今年"), ("B6", "三月")])
    def test_plan_information_that_cannot_be_used(self, cell: str, value: object, review: Path) -> None:
        def change(book: Book) -> None:
            book["计划信息"][cell] = value

        with pytest.raises(UserError) as caught:
            edit(review, change)
        assert cell in caught.value.message

    def test_a_missing_workbook(self, tmp_path: Path) -> None:
        with pytest.raises(UserError) as caught:
            read_review(tmp_path / "任务分解表.xlsx")
        assert "taizhang import" in caught.value.hint

    def test_a_workbook_without_the_table(self, review: Path) -> None:
        with pytest.raises(UserError) as caught:
            edit(review, lambda book: book["任务分解表"].delete_rows(2))
        assert "表头" in caught.value.sentence

    def test_all_rows_deleted(self, review: Path) -> None:
        with pytest.raises(UserError) as caught:
            edit(review, lambda book: book["任务分解表"].delete_rows(3, 10))
        assert "没有任务" in caught.value.message

    def test_a_workbook_that_is_open_elsewhere_is_not_touched(
        self, review: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = review.read_bytes()

        def locked(self: Path, target: Path) -> Path:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "replace", locked)  # what Windows does while Excel holds the file
        with pytest.raises(UserError) as caught:
            write_review(PLAN, review)
        assert "请关闭后再运行" in caught.value.sentence
        assert review.read_bytes() == before
        assert [path.name for path in review.parent.iterdir()] == [review.name]


class TestLook:
    def test_it_is_easy_to_work_in(self, review: Path) -> None:
        book = openpyxl.load_workbook(review)
        sheet = book["任务分解表"]
        header = "任务编号 任务大类 任务事项 具体要求 牵头单位 责任单位 时限原文 截止日期 时限类型 时限出处 存疑"
        assert " ".join(sheet.cell(2, at).value for at in range(1, 12)) == header
        assert sheet.freeze_panes == "B3"
        assert sheet.auto_filter.ref == "A2:N6"
        assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$2")
        assert sheet["D4"].value == "=更新办事指南"
        assert sheet["D4"].data_type == "s"
        assert sheet["H3"].number_format == "yyyy-mm-dd"
        lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
        assert '"限期,长期,定期,无时限"' in lists.values()
        assert book["导入记录"].sheet_state == "veryHidden"

    def test_doubts_are_seen_at_once(self, review: Path) -> None:
        sheet = openpyxl.load_workbook(review)["任务分解表"]
        assert "2 条存疑" in sheet["A1"].value
        assert "2、3" in sheet["A1"].value
        assert "有关部门" in sheet["K4"].value
        assert sheet["K3"].value is None
        coloured = {str(area.sqref) for area in sheet.conditional_formatting}
        assert {"F4", "H5", "K4", "K5"} <= coloured

    def test_every_row_shows_its_whole_text(self, tmp_path: Path) -> None:
        long = replace(PLAN.items[0], requirement="把每一件事做好，" * 30)
        path = tmp_path / "任务分解表.xlsx"
        write_review(replace(PLAN, items=(long,), doubts=()), path)
        sheet = openpyxl.load_workbook(path)["任务分解表"]
        assert sheet.row_dimensions[3].height >= 10 * 13.5

    def test_shares_and_groups_are_shown(self, tmp_path: Path) -> None:
        path = tmp_path / "任务分解表.xlsx"
        group = GroupReading("市直各单位", "政府部门、党委部门", ("市数据局", "市司法局"))
        shares = {"1": [("市数据局", "lead"), ("市司法局", "responsible")], "5": [("市司法局", "responsible")]}
        write_review(PLAN, path, shares, [group])
        book = openpyxl.load_workbook(path)
        rows = list(book["分工"].iter_rows(values_only=True))
        assert rows[0][3:] == ("市数据局", "市司法局")
        assert rows[1][2:] == (2, "牵头", "责任")
        assert rows[-1][2:] == (3, 1, 2)
        assert [cell.value for cell in book["泛称"][2]] == ["市直各单位", "政府部门、党委部门", 2, "市数据局、市司法局"]
        assert read_review(path) == PLAN
