"""存疑 is answered in its own sheet: what a clerk picks or types there counts as if typed into the item's row."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from flows.plan.model import Deadline, DeadlineSource, Doubt, Item, Kind, Plan, PlanInfo, Target
from flows.plan.review import Backdrop, Remembered, read_review, read_reviewed, write_review
from flows.plan.review_layout import DROP, FORGET, KEEP
from flows.problems import UserError

UNKNOWN = "单位名录里没有“数据办”，请改写单位名称"
UNITS = ("政府部门", "市数据局", "市司法局")
PLAN = Plan(
    "要点.docx",
    PlanInfo("云川市公开要点", 2026, None, None, date(2026, 3, 6)),
    (
        Item(
            "1",
            "全年办不少于两场开放日。",
            None,
            "开放日",
            ("数据办",),
            ("市司法局",),
            Deadline("春耕之前", DeadlineSource.COLUMN),
            (Target("不少于两场", 2, "场", "年"),),
            "FREQ=MONTHLY;INTERVAL=3",
        ),
        Item("2", "公布清单。", None, "清单", (), ("数据办", "有关部门"), Deadline()),
        Item("3", "抄送：各县。", None, None, (), ("有关部门",), Deadline()),
    ),
    (
        Doubt("1", "lead", "数据办", UNKNOWN, ("市数据局",)),
        Doubt("1", "due", "春耕之前", "没有读懂“春耕之前”"),
        Doubt("2", "responsible", "数据办", UNKNOWN, ("市数据局",)),
        Doubt("2", "responsible", "有关部门", "“有关部门”指哪些单位要由办公室确定"),
        Doubt("3", "requirement", "抄送：各县。", "不像一条任务"),
        Doubt("3", "responsible", "有关部门", "“有关部门”指哪些单位要由办公室确定"),
        Doubt(None, "issuer", "", "没有读到印发机关"),
        Doubt(None, "column", "备注栏", "不认识“备注栏”这一栏，未读入"),
    ),
)
ROSTER_DOUBTS = frozenset(doubt for doubt in PLAN.doubts if doubt.field in ("lead", "responsible"))


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "任务分解表.xlsx"
    kept = Remembered(7, "unit", "老干局", ("市委老干部局",), "去年", date(2026, 1, 5))
    write_review(PLAN, path, backdrop=Backdrop(roster_doubts=ROSTER_DOUBTS, units=UNITS, remembered=(kept,)))
    return path


def questions(path: Path) -> dict[tuple[str, str], int]:
    """(编号, 读到的) → row of the sheet 存疑."""
    sheet = openpyxl.load_workbook(path)["存疑"]
    return {(str(row[0].value or ""), str(row[2].value or "")): row[0].row for row in sheet.iter_rows(min_row=3)}


def answer(path: Path, answers: dict[tuple[str, str], Any]) -> None:
    """Type into 处理, save."""
    book = openpyxl.load_workbook(path)
    rows = questions(path)
    for key, text in answers.items():
        book["存疑"].cell(rows[key], 5).value = text
    book.save(path)


def item(plan: Plan, no: str) -> Item:
    return next(item for item in plan.items if item.no == no)


class TestTheSheet:
    def test_it_stands_first_and_asks_every_question_once(self, review: Path) -> None:
        book = openpyxl.load_workbook(review)
        assert book.sheetnames[0] == "存疑"
        assert [cell.value for cell in book["存疑"][2]] == ["编号", "栏目", "读到的", "为什么存疑", "处理", "所在任务"]
        assert "有 7 个问题" in book["存疑"]["A1"].value
        assert ("1、2", "数据办") in questions(review)

    def test_a_number_leads_to_the_cell_in_question(self, review: Path) -> None:
        sheet = openpyxl.load_workbook(review)["存疑"]
        row = questions(review)["1", "春耕之前"]
        assert sheet.cell(row, 1).hyperlink.location == "'任务分解表'!H3"

    def test_the_list_offers_readings_then_the_rest(self, review: Path) -> None:
        book = openpyxl.load_workbook(review)
        row = questions(review)["1、2", "数据办"]
        rule = next(r for r in book["存疑"].data_validations.dataValidation if f"E{row}" in str(r.sqref))
        column = rule.formula1.split("$")[1]
        offered = [cell.value for cell in book["选项"][column] if cell.value]
        assert offered == ["市数据局", KEEP, "政府部门", "市司法局"]
        assert rule.showErrorMessage is False, "anything may be typed as well"

    def test_to_keep_and_to_drop_stand_right_behind_the_likeliest_reading(self, review: Path) -> None:
        book = openpyxl.load_workbook(review)
        for key in (("3", "抄送：各县。"), ("1", "春耕之前"), ("3", "有关部门")):
            row = questions(review)[key]
            rule = next(r for r in book["存疑"].data_validations.dataValidation if f"E{row}" in str(r.sqref).split())
            assert [cell.value for cell in book["选项"][rule.formula1.split("$")[1]]][:2] == [KEEP, DROP]

    def test_untouched_it_changes_nothing(self, review: Path) -> None:
        assert read_review(review) == PLAN
        assert not read_reviewed(review).edited

    def test_targets_and_rhythm_are_told_and_come_back(self, review: Path) -> None:
        row = openpyxl.load_workbook(review)["任务分解表"][3]
        assert [row[11].value, row[12].value] == ["不少于两场（2场/年）", "每季度"]
        assert item(read_review(review), "1").targets == PLAN.items[0].targets

    def test_a_plan_without_doubts_opens_on_its_tasks(self, tmp_path: Path) -> None:
        write_review(PLAN.with_doubts(()), tmp_path / "表.xlsx")
        book = openpyxl.load_workbook(tmp_path / "表.xlsx")
        assert book.active.title == "任务分解表"
        assert "没有存疑" in book["存疑"]["A1"].value


class TestAnswers:
    def test_a_unit_picked_once_is_decided_for_every_item(self, review: Path) -> None:
        answer(review, {("1、2", "数据办"): "市数据局"})
        reviewed = read_reviewed(review)
        assert [(d.kind, d.word, d.meaning) for d in reviewed.decided] == [("unit", "数据办", ("市数据局",))]
        assert item(reviewed.plan, "1").lead == ("数据办",), "the plan's words stay"

    def test_several_units_can_be_typed(self, review: Path) -> None:
        answer(review, {("1、2", "数据办"): "市数据局、市司法局"})
        assert read_reviewed(review).decided[0].meaning == ("市数据局", "市司法局")

    def test_a_vague_expression_is_answered_for_its_own_item_only(self, review: Path) -> None:
        answer(review, {("2", "有关部门"): "市司法局"})
        reviewed = read_reviewed(review)
        assert item(reviewed.plan, "2").responsible == ("数据办", "市司法局")
        assert item(reviewed.plan, "3").responsible == ("有关部门",)
        assert reviewed.decided == ()

    @pytest.mark.parametrize(
        ("typed", "deadline"),
        [
            ("4月底前", Deadline("4月底前", DeadlineSource.COLUMN, date(2026, 4, 30), Kind.ONCE)),
            ("2026-04-05", Deadline("春耕之前", DeadlineSource.COLUMN, date(2026, 4, 5), Kind.ONCE)),
            (date(2026, 4, 5), Deadline("春耕之前", DeadlineSource.COLUMN, date(2026, 4, 5), Kind.ONCE)),
            ("长期", Deadline("春耕之前", DeadlineSource.COLUMN, None, Kind.ONGOING)),
        ],
    )
    def test_a_deadline_is_answered_in_words_by_day_or_by_kind(
        self, typed: object, deadline: Deadline, review: Path
    ) -> None:
        answer(review, {("1", "春耕之前"): typed})
        plan = read_review(review)
        assert item(plan, "1").deadline == deadline
        assert not [d for d in plan.doubts if d.field == "due"]

    def test_keeping_settles_and_changes_nothing(self, review: Path) -> None:
        answer(review, {("1", "春耕之前"): KEEP})
        reviewed = read_reviewed(review)
        assert reviewed.plan.items == PLAN.items
        assert PLAN.doubts[1] in reviewed.settled
        assert PLAN.doubts[1] not in reviewed.plan.doubts

    def test_what_is_no_task_goes(self, review: Path) -> None:
        answer(review, {("3", "抄送：各县。"): DROP})
        plan = read_review(review)
        assert [i.no for i in plan.items] == ["1", "2"]
        assert not [d for d in plan.doubts if d.no == "3"]

    def test_the_plan_itself_is_answered(self, review: Path) -> None:
        answer(review, {("", ""): "云川市人民政府办公室"})
        assert read_review(review).info.issuer == "云川市人民政府办公室"

    def test_a_column_waits_for_the_next_reading(self, review: Path) -> None:
        answer(review, {("", "备注栏"): "完成时限"})
        reviewed = read_reviewed(review)
        assert [(d.kind, d.word, d.meaning) for d in reviewed.decided] == [("column", "备注栏", ("完成时限",))]
        assert any("再运行一次 taizhang import" in doubt.message for doubt in reviewed.plan.doubts)

    def test_a_cell_edited_by_hand_goes_before_an_answer(self, review: Path) -> None:
        answer(review, {("1", "春耕之前"): "4月底前"})
        book = openpyxl.load_workbook(review)
        book["任务分解表"]["G3"] = "5月底前"
        book.save(review)
        assert item(read_review(review), "1").deadline.due == date(2026, 5, 31)

    def test_sorted_questions_keep_their_answers(self, review: Path) -> None:
        answer(review, {("1", "春耕之前"): "4月底前"})
        book = openpyxl.load_workbook(review)
        sheet = book["存疑"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
        for at, values in enumerate(reversed(rows), 3):
            for column, value in enumerate(values, 1):
                sheet.cell(at, column).value = value
        book.save(review)
        plan = read_review(review)
        assert item(plan, "1").deadline.due == date(2026, 4, 30)
        assert set(PLAN.doubts) - set(plan.doubts) == {PLAN.doubts[1]}

    def test_an_answer_that_is_no_column_is_refused_with_its_cell(self, review: Path) -> None:
        answer(review, {("", "备注栏"): "随便"})
        with pytest.raises(UserError) as caught:
            read_review(review)
        assert f"E{questions(review)['', '备注栏']}" in caught.value.sentence

    def test_a_remembered_word_is_taken_back(self, review: Path) -> None:
        book = openpyxl.load_workbook(review)
        sheet = book["已记住"]
        assert [cell.value for cell in sheet[3]][:5] == [7, "单位", "老干局", "市委老干部局", "去年"]
        sheet["G3"] = FORGET
        book.save(review)
        assert read_reviewed(review).forgotten == (7,)
