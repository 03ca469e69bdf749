"""What the office sets right in the rows themselves: a wrong name is learnt, another number is the same item."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest

from flows.plan.model import Doubt, Item, Plan, PlanInfo
from flows.plan.review import Backdrop, Reviewed, read_reviewed, write_review

UNKNOWN = "单位名录里没有这个单位，请改写单位名称"
PLAN = Plan(
    "要点.docx",
    PlanInfo("云川市公开要点", 2026),
    (
        Item("1", "公布办事清单。", None, "晒清单", ("数据办",), ("市司法局",)),
        Item("2", "办一次开放日。", None, "开放日", (), ("数据办", "有关部门")),
        Item("3", "每季度培训一次。", None, "培训", (), ("市司法局",)),
    ),
    (
        Doubt("1", "lead", "数据办", UNKNOWN),
        Doubt("2", "responsible", "数据办", UNKNOWN),
        Doubt("2", "responsible", "有关部门", "“有关部门”指哪些单位要由办公室确定"),
        Doubt("3", "due", "每季度", "“每季度”没有写次数"),
    ),
)
ROSTER_DOUBTS = frozenset(PLAN.doubts[:3])


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "任务分解表.xlsx"
    write_review(PLAN, path, backdrop=Backdrop(roster_doubts=ROSTER_DOUBTS))
    return path


def typed(path: Path, cells: Mapping[str, str | None], doubts: Mapping[int, str] | None = None) -> Reviewed:
    """Type into 任务分解表, and into 处理 of 存疑 by row; save, read."""
    book = openpyxl.load_workbook(path)
    for cell, text in cells.items():
        book["任务分解表"][cell] = text
    for row, text in (doubts or {}).items():
        book["存疑"].cell(row, 5).value = text
    book.save(path)
    return read_reviewed(path)


def learnt(reviewed: Reviewed) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.word, each.meaning) for each in reviewed.decided]


class TestNames:
    def test_an_unknown_name_that_is_set_right_in_one_row_is_known_from_then_on(self, review: Path) -> None:
        reviewed = typed(review, {"E3": "市数据局"})
        assert learnt(reviewed) == [("数据办", ("市数据局",))]
        assert reviewed.plan.items[0].lead == ("市数据局",)
        assert reviewed.plan.items[1].responsible == ("数据办", "有关部门"), "other rows keep the plan's words"

    def test_it_is_found_among_the_others_of_its_cell(self, review: Path) -> None:
        assert learnt(typed(review, {"F4": "市数据局、有关部门"})) == [("数据办", ("市数据局",))]

    def test_undone_it_is_forgotten(self, review: Path) -> None:
        typed(review, {"E3": "市数据局"})
        reviewed = typed(review, {"E3": "数据办"})
        assert learnt(reviewed) == []
        assert [each.word for each in reviewed.emptied] == ["数据办"]

    @pytest.mark.parametrize(
        "cells",
        [
            {"F3": "市财政局"},
            {"F4": "数据办、市司法局"},
            {"E3": "市数据局、市财政局"},
            {"E3": None},
            {"E3": "市数据局", "F4": "市财政局、有关部门"},
        ],
        ids=["a known unit", "a vague word", "more than one", "nobody", "in two ways"],
    )
    def test_another_choice_of_units_is_about_its_own_row(self, cells: dict[str, str | None], review: Path) -> None:
        assert learnt(typed(review, cells)) == []

    def test_an_answer_in_the_sheet_of_doubts_goes_before(self, review: Path) -> None:
        rows = {str(row[2].value): row[0].row for row in openpyxl.load_workbook(review)["存疑"].iter_rows(min_row=3)}
        reviewed = typed(review, {"E3": "市数据局"}, {rows["数据办"]: "市财政局"})
        assert learnt(reviewed) == [("数据办", ("市财政局",))]


class TestNumbers:
    def moves(self, reviewed: Reviewed) -> dict[str, str]:
        assert reviewed.by_hand is not None
        return dict(reviewed.by_hand.moves)

    def test_an_untouched_table_moves_nothing(self, review: Path) -> None:
        assert self.moves(read_reviewed(review)) == {}

    def test_another_number_is_the_same_item_with_its_doubts(self, review: Path) -> None:
        reviewed = typed(review, {"A5": "甲-3"})
        assert self.moves(reviewed) == {"3": "甲-3"}
        assert [item.no for item in reviewed.plan.items] == ["1", "2", "甲-3"]
        assert Doubt("甲-3", "due", "每季度", "“每季度”没有写次数") in reviewed.plan.doubts
        assert reviewed.edited

    def test_a_doubt_of_the_roster_follows_and_is_still_one(self, review: Path) -> None:
        reviewed = typed(review, {"A3": "9"})
        assert Doubt("9", "lead", "数据办", UNKNOWN) in reviewed.roster_doubts
        assert all(doubt.no != "1" for doubt in reviewed.plan.doubts)

    def test_an_answer_given_under_the_old_number_counts(self, review: Path) -> None:
        rows = {str(row[2].value): row[0].row for row in openpyxl.load_workbook(review)["存疑"].iter_rows(min_row=3)}
        reviewed = typed(review, {"A5": "9"}, {rows["每季度"]: "9月底前"})
        assert reviewed.plan.items[2].deadline.text == "9月底前"
        assert not any(doubt.no == "9" for doubt in reviewed.plan.doubts)

    def test_two_items_may_change_numbers(self, review: Path) -> None:
        assert self.moves(typed(review, {"A3": "3", "A5": "1"})) == {"1": "3", "3": "1"}

    def test_a_number_that_goes_to_another_item_leaves_no_history_to_it(self, review: Path) -> None:
        book = openpyxl.load_workbook(review)
        book["任务分解表"].delete_rows(4)
        book["任务分解表"]["A4"] = "2"
        book.save(review)
        assert self.moves(read_reviewed(review)) == {"3": "2", "2": "原2"}

    def test_a_row_that_was_rewritten_keeps_its_number(self, review: Path) -> None:
        assert self.moves(typed(review, {"D4": "换了一件全新的事情。"})) == {}
