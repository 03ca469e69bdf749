"""任务分解表.xlsx with content that cannot be used is refused with its cell; a look at the sheet itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from flows.plan.review import read_review, write_review
from flows.problems import UserError
from flows.roster import GroupReading
from tests.plan.review_book import PLAN, Book, edit, put


@pytest.fixture
def review(tmp_path: Path) -> Path:
    path = tmp_path / "任务分解表.xlsx"
    write_review(PLAN, path)
    return path


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
