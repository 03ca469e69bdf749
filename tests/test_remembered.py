"""What a clerk decided once is remembered for every plan of the home, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clerk import MARCH, again, answer, cells, change, edit, items, review
from tests.office import PLAN, UNITS, Office, new_office, roster_file


class TestRemembered:
    DOUBTFUL = PLAN.replace("市数据局", "市大数据中心")

    @pytest.fixture
    def asked(self, tmp_path: Path) -> Office:
        made = new_office(tmp_path)
        result = made.adopt(self.DOUBTFUL)
        assert {w["text"] for w in result["warnings"]} == {"市大数据中心"}
        return made

    def test_a_unit_is_asked_once_and_answered_once(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "市数据局")
        now = items(asked)
        assert now["1"]["lead"] == ["市大数据中心"]
        assert {"unit": "市数据局", "role": "lead"} in now["1"]["assigned"]
        assert {"unit": "市数据局", "role": "lead"} in now["4"]["assigned"]
        assert not any(item["warnings"] for item in now.values())

    def test_another_plan_is_not_asked_again_even_if_nothing_ran_in_between(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "市数据局")
        result = asked.adopt(self.DOUBTFUL, slug="第二份")
        assert result["warnings"] == []
        (row,) = cells(review(asked, "第二份"), "已记住", "处理")
        assert (row["文件中的写法"], row["记住的意思"], row["来自计划"]) == ("市大数据中心", "市数据局", "要点")

    def test_it_can_be_taken_back(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "市数据局")
        asked.adopt(self.DOUBTFUL, slug="第二份")
        change(review(asked, "第二份"), "已记住", "处理", lambda row: True, 处理="不再使用")
        assert [w["text"] for item in items(asked, "第二份").values() for w in item["warnings"]] == ["市大数据中心"] * 2
        assert asked.adopt(self.DOUBTFUL, slug="第三份")["warnings"] != []
        assert any(item["warnings"] for item in items(asked).values()), "it is a question of the first plan again"

    def test_what_the_cell_says_now_is_what_counts(self, asked: Office) -> None:
        for unit in ("市财政局", "市数据局", "市财政局"):
            answer(review(asked), "市大数据中心", unit)
            assert {share["unit"] for share in items(asked)["1"]["assigned"] if share["role"] == "lead"} == {unit}
        answer(review(asked), "市大数据中心", "")
        assert [w["text"] for w in items(asked)["1"]["warnings"]] == ["市大数据中心"]

    def test_two_plans_may_mean_different_units_by_one_word(self, asked: Office) -> None:
        source = asked.home / "要点.txt"
        asked.json("import", source, "--as", "另一份")
        for slug, unit in (("要点", "市财政局"), ("另一份", "市数据局")):
            answer(review(asked, slug), "市大数据中心", unit)
        for slug, unit in (("要点", "市财政局"), ("另一份", "市数据局"), ("要点", "市财政局")):
            leads = {share["unit"] for share in items(asked, slug)["1"]["assigned"] if share["role"] == "lead"}
            assert leads == {unit}

    def test_near_words_of_the_offered_answers_are_understood(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "保留现状。")
        assert items(asked)["1"]["lead"] == ["市大数据中心"]
        assert items(asked)["1"]["warnings"] == []

    def test_open_doubts_are_told_before_anything_leaves(self, asked: Office) -> None:
        told = asked.run("distribute", "要点", "--period", MARCH, "--no-send", "--json")
        assert told.code == 1
        assert {doubt["text"] for doubt in told.json["doubts"]} == {"市大数据中心"}

    def test_kinds_and_several_units_can_be_meant(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "市数据局、区县")
        found = {share["unit"] for share in items(asked)["4"]["assigned"]}
        assert found == {"市数据局", "东山县人民政府", "西河区人民政府"}

    def test_an_answer_that_the_roster_does_not_know_is_still_a_doubt(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "市数剧局")
        (doubt,) = items(asked)["4"]["warnings"]
        assert "市数剧局" in doubt["message"]

    def test_kept_as_it_is_only_an_item_that_nobody_carries_is_still_told(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "保留现状")
        assert [no for no, item in items(asked).items() if item["warnings"]] == ["4"]
        assert not items(asked)["4"]["assigned"]
        assert {doubt["no"] for doubt in again(asked, self.DOUBTFUL)["warnings"]} == {"4"}

    def test_a_wrong_name_set_right_in_one_row_is_known_in_every_plan(self, asked: Office) -> None:
        edit(asked, "1", 牵头单位="市数据局")
        now = items(asked)
        assert not any(item["warnings"] for item in now.values())
        assert {"unit": "市数据局", "role": "lead"} in now["4"]["assigned"]
        assert asked.adopt(self.DOUBTFUL, slug="第二份")["warnings"] == []

    def test_an_answer_may_join_the_last_two_units_with_and(self, asked: Office) -> None:
        answer(review(asked), "市大数据中心", "市数据局和市财政局")
        assert {share["unit"] for share in items(asked)["4"]["assigned"]} == {"市数据局", "市财政局"}

    def test_a_roster_that_was_completed_answers_by_itself(self, asked: Office) -> None:
        more = (*UNITS, ("市大数据中心", "", "企事业单位", "", "", "", ""))
        roster_file(asked.home / "ledgers/单位名录.xlsx", more)
        assert not any(item["warnings"] for item in items(asked).values())

    def test_a_correction_typed_into_the_row_stays_when_the_source_is_read_again(self, asked: Office) -> None:
        change(review(asked), "任务分解表", "任务编号", lambda row: row["任务编号"] in ("1", "4"), 牵头单位="市数据局")
        assert again(asked, self.DOUBTFUL)["warnings"] == []
        assert items(asked)["4"]["lead"] == ["市数据局"]

    def test_a_column_is_told_once(self, tmp_path: Path) -> None:
        made = new_office(tmp_path)
        strange = PLAN.replace("完成时限", "啥时候")
        made.adopt(strange)
        answer(review(made), "啥时候", "完成时限")
        assert "再运行一次 taizhang import" in made.json("show", "要点")["warnings"][0]["message"]
        assert again(made, strange)["warnings"] == []
        assert items(made)["1"]["due"] == "2026-03-20"
        assert made.adopt(strange, slug="第二份")["warnings"] == []
