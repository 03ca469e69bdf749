"""A plan that is read again: the office's edits stay, what the document changed is told, history follows the items."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.periods import CHINA, Period
from flows.workspace import Home
from tests.clerk import APRIL, MARCH, REVISED, again, cells, change, edit, items, month, progress, review
from tests.office import PLAN, Office, fill, moving, new_office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    return made


class TestEditsStay:
    def test_the_same_document_again_keeps_every_edit(self, office: Office) -> None:
        edit(office, "1", 具体要求="办公室改过的要求。", 责任单位="西河区")
        edit(office, "4", 时限原文="5月底前")
        before = items(office)
        result = again(office, PLAN)
        assert result["warnings"] == []
        assert items(office) == before

    def test_what_only_the_document_changed_is_taken_over(self, office: Office) -> None:
        edit(office, "1", 责任单位="西河区")
        again(
            office,
            PLAN.replace("把培训课件放到网站。\t市数据局\t\t6月底前", "把培训课件放到网站。\t市财政局\t\t7月底前"),
        )
        now = items(office)
        assert now["1"]["responsible"] == ["西河区"]
        assert (now["4"]["lead"], now["4"]["due"]) == (["市财政局"], "2026-07-31")
        told = {(row["编号"], row["栏目"], row["变动"]) for row in cells(review(office), "变动", "变动")}
        assert {("4", "牵头单位", "修改")} <= told

    def test_where_both_changed_the_offices_stands_and_the_clerk_is_asked(self, office: Office) -> None:
        edit(office, "4", 牵头单位="市财政局")
        result = again(office, PLAN.replace("把培训课件放到网站。\t市数据局", "把培训课件放到网站。\t东山县"))
        (doubt,) = result["warnings"]
        assert (doubt["no"], doubt["field"]) == ("4", "lead")
        assert "市财政局" in doubt["message"]
        assert "东山县" in doubt["message"]
        assert items(office)["4"]["lead"] == ["市财政局"]
        change(review(office), "存疑", "处理", lambda row: row["编号"] == "4", 处理="东山县")
        assert items(office)["4"]["lead"] == ["东山县"]
        assert not items(office)["4"]["warnings"]

    def test_an_open_conflict_is_still_open_after_one_more_reading(self, office: Office) -> None:
        edit(office, "4", 牵头单位="市财政局")
        changed = PLAN.replace("把培训课件放到网站。\t市数据局", "把培训课件放到网站。\t东山县")
        again(office, changed)
        assert len(again(office, changed)["warnings"]) == 1
        change(review(office), "存疑", "处理", lambda row: row["编号"] == "4", 处理="保留现状")
        assert again(office, changed)["warnings"] == []

    def test_rows_that_were_deleted_or_added_stay_so(self, office: Office) -> None:
        book = load_workbook(review(office))
        sheet = book["任务分解表"]
        sheet.delete_rows(4)
        sheet.append(["9", None, "补充", "办公室自己加的事。", None, "市财政局"])
        book.save(review(office))
        again(office, PLAN)
        now = items(office)
        assert list(now) == ["1", "3", "4", "9"]
        assert now["9"]["responsible"] == ["市财政局"]

    def test_replace_takes_the_new_reading_alone_and_keeps_the_old_table(self, office: Office) -> None:
        edit(office, "1", 具体要求="办公室改过的要求。")
        again(office, PLAN, "--replace")
        assert items(office)["1"]["requirement"] == "编制并公布本单位公开事项目录。"
        (kept,) = review(office).parent.glob("任务分解表_*.xlsx")
        assert any(row["具体要求"] == "办公室改过的要求。" for row in cells(kept, "任务分解表", "任务编号"))

    def test_two_readings_within_a_second_keep_both_tables(self, office: Office) -> None:
        for text in ("一。", "二。"):
            edit(office, "1", 具体要求=text)
            again(office, PLAN)
        assert len(list(review(office).parent.glob("任务分解表_*.xlsx"))) == 2

    def test_a_table_that_cannot_be_read_is_told_with_the_way_out(self, office: Office) -> None:
        edit(office, "1", 截止日期="下个月")
        refused = office.run("import", office.home / "要点.txt", "--as", "要点")
        assert refused.code == 2
        assert "--replace" in refused.err
        assert office.run("import", office.home / "要点.txt", "--as", "要点", "--replace").code == 0


class TestRevisedPlan:
    def test_new_gone_and_renumbered_items_are_marked_and_told(self, office: Office) -> None:
        again(office)
        rows = {row["任务编号"]: row for row in cells(review(office), "任务分解表", "任务编号")}
        assert {no: row["变动"] for no, row in rows.items()} == {
            "1": "新增",
            "2": None,
            "3": "修改",
            "4": "修改",
            "原3": "已取消",
        }
        assert list(items(office)) == ["1", "2", "3", "4"]
        told = {(row["编号"], row["原编号"], row["变动"]) for row in cells(review(office), "变动", "变动")}
        assert {("1", None, "新增"), ("2", "1", "改号"), ("原3", "3", "已取消")} <= told

    def test_the_summary_tells_the_changes(self, office: Office) -> None:
        source = office.home / "要点.txt"
        source.write_text(REVISED, encoding="utf-8")
        out = office.run("import", source, "--as", "要点").out
        assert "新增 1 处" in out
        assert "已取消 1 处" in out
        assert "各单位任务数" in out

    def test_last_months_entries_are_found_under_the_new_numbers(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        again(office)
        assert progress(office, MARCH, "市数据局") == {
            "1": None,
            "2": "三月：编制并公布本单位公开事项目录。",
            "3": "三月：目录有变化的及时调整。",
            "4": "三月：把培训课件放到网站。",
        }
        books = office.json("distribute", "要点", "--period", APRIL)["workbooks"]
        path = next(Path(book["file"]) for book in books if book["unit"] == "东山县人民政府")
        (row,) = cells(path, "工作台账", "任务编号")
        assert row["任务编号"] == "2"
        assert "三月：编制并公布本单位公开事项目录。" in row["上期进展"]

    def test_a_sheet_with_the_old_numbers_that_comes_late_is_credited_to_the_right_item(
        self, office: Office, tmp_path: Path
    ) -> None:
        issued = office.json("distribute", "要点", "--period", MARCH)["workbooks"]
        again(office)
        path = next(Path(book["file"]) for book in issued if book["unit"] == "东山县人民政府")
        fill(path, tmp_path / "收" / "东山.xlsx", lambda row: moving(row["具体要求"])(row))
        office.json("collect", "要点", "--period", MARCH, "--from", tmp_path / "收")
        assert progress(office, MARCH, "东山县人民政府") == {"2": "编制并公布本单位公开事项目录。"}

    def test_a_reissued_sheet_speaks_of_the_new_numbers(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "先报", tmp_path / "一")
        again(office)
        issued = office.json("distribute", "要点", "--period", MARCH, "--reissue")["workbooks"]
        path = next(Path(book["file"]) for book in issued if book["unit"] == "市数据局")
        late = datetime(2026, 3, 24, 9, 0, tzinfo=CHINA)
        fill(path, tmp_path / "二" / "数据.xlsx", lambda row: moving(f"后报：{row['具体要求']}")(row), received=late)
        office.json("collect", "要点", "--period", MARCH, "--from", tmp_path / "二")
        assert progress(office, MARCH, "市数据局")["1"] == "后报：把权责清单放到网站首页。"
        assert progress(office, MARCH, "东山县人民政府") == {"2": "先报：编制并公布本单位公开事项目录。"}

    def test_a_number_changed_by_hand_keeps_what_was_reported(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        edit(office, "4", 任务编号="四-1")
        assert progress(office, MARCH, "市数据局")["四-1"] == "三月：把培训课件放到网站。"
        edit(office, "四-1", 任务编号="4")
        assert progress(office, MARCH, "市数据局")["4"] == "三月：把培训课件放到网站。"

    def test_a_plan_revised_twice(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        again(office)
        month(office, APRIL, "四月", tmp_path)
        again(office, PLAN)
        assert progress(office, APRIL, "市数据局") == {
            "1": "四月：编制并公布本单位公开事项目录。",
            "2": "四月：目录有变化的，及时作出调整。",
            "4": "四月：把培训课件放到网站。",
        }
        assert progress(office, APRIL, "东山县人民政府") == {
            "1": "四月：编制并公布本单位公开事项目录。",
            "3": "三月：组织一次公开业务培训。",
        }

    def test_cancelled_items_keep_their_history_and_can_come_back(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        again(office)
        with open_desk(Home(office.home), "要点") as desk:
            assert ("东山县人民政府", "原3") in desk.history.current(Period.parse(MARCH))
        edit(office, "原3", 变动=None)
        assert progress(office, MARCH, "东山县人民政府")["原3"] == "三月：组织一次公开业务培训。"

    def test_items_that_are_only_alike_are_asked_about(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        alike = PLAN.replace("把培训课件放到网站。", "把培训课件放到市政府客户端。")
        result = again(office, alike)
        (doubt,) = [w for w in result["warnings"] if w["field"] == "identity"]
        assert doubt["no"] == "4"
        assert progress(office, MARCH, "市数据局")["4"] == "三月：把培训课件放到网站。"
        change(review(office), "存疑", "处理", lambda row: row["编号"] == "4", 处理="是新任务")
        assert progress(office, MARCH, "市数据局")["4"] is None

    def test_a_question_of_identity_waits_through_another_reading(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        alike = PLAN.replace("把培训课件放到网站。", "把培训课件放到市政府客户端。")
        again(office, alike)
        moved = alike.replace("\n4\t", "\n5\t").replace("\n3\t", "\n4\t")
        moved = moved.replace("\n4\t", "\n3\t理清权责\t把权责清单放到网站首页。\t市数据局\t\t5月底前\n4\t", 1)
        assert [w["no"] for w in again(office, moved)["warnings"]] == ["5"]
        assert progress(office, MARCH, "市数据局")["5"] == "三月：把培训课件放到网站。"
        change(review(office), "存疑", "处理", lambda row: row["编号"] == "5", 处理="是新任务")
        assert progress(office, MARCH, "市数据局")["5"] is None
        assert again(office, moved)["warnings"] == []
        assert progress(office, MARCH, "市数据局")["5"] is None

    def test_a_new_reading_taken_alone_still_knows_its_items(self, office: Office, tmp_path: Path) -> None:
        month(office, MARCH, "三月", tmp_path)
        again(office, REVISED, "--replace")
        assert progress(office, MARCH, "东山县人民政府") == {"2": "三月：编制并公布本单位公开事项目录。"}

    def test_killed_before_the_store_knows_it_is_made_good(
        self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        month(office, MARCH, "三月", tmp_path)
        monkeypatch.setattr("flows.importing.record_numbers", lambda *_: 1 / 0)
        source = office.home / "要点.txt"
        source.write_text(REVISED, encoding="utf-8")
        assert office.run("import", source, "--as", "要点").code == 2
        monkeypatch.undo()
        assert progress(office, MARCH, "市数据局")["2"] == "三月：编制并公布本单位公开事项目录。"
        again(office)
        assert progress(office, MARCH, "市数据局")["2"] == "三月：编制并公布本单位公开事项目录。"
