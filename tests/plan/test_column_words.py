"""Tables whose header words say little: the cells tell, and where they do not every item asks."""

from __future__ import annotations

from pathlib import Path

from flows.plan.header import first_leads
from flows.plan.model import Plan
from flows.plan.reader import read_plan
from tests.plan.papers import UP, tabbed, text_file, word_file

TITLE = "2026年云川市创建工作任务分解表"
ROWS = (
    ["1", "街巷整治", "清理背街小巷卫生死角，规范户外广告设置。", "市城管局", "6月底前"],
    ["2", "窗口服务", "推行一次告知、限时办结，公开服务承诺。", "市数据局、市人社局", "9月底前"],
    ["3", "志愿服务", "组建志愿服务队伍30支，活动不少于100场。", "团市委", "年底前"],
)


def read(tmp_path: Path, *head: str) -> Plan:
    return read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed((list(head), *ROWS))}"))


def told(plan: Plan) -> list[tuple[str, str | None, str]]:
    return [(item.no, item.task, item.requirement[:4]) for item in plan.items]


RIGHT = [("1", "街巷整治", "清理背街"), ("2", "窗口服务", "推行一次"), ("3", "志愿服务", "组建志愿")]


def test_a_column_under_a_strange_word_names_the_task_and_is_shown_once(tmp_path: Path) -> None:
    plan = read(tmp_path, "序号", "创建版块", "工作内容", "责任单位", "完成时限")
    assert told(plan) == RIGHT
    assert [(doubt.no, doubt.text) for doubt in plan.doubts] == [(None, "创建版块")]


def test_a_header_of_strange_words_is_found_above_its_rows(tmp_path: Path) -> None:
    plan = read(tmp_path, "顺次", "点位", "要领", "归口", "何时到位")
    assert told(plan) == RIGHT
    assert [item.responsible[0] for item in plan.items] == ["市城管局", "市数据局", "团市委"]
    assert {doubt.text for doubt in plan.doubts} == {"点位", "要领", "归口", "何时到位"}


def test_a_header_that_is_half_known_is_no_task_itself(tmp_path: Path) -> None:
    plan = read(tmp_path, "序号", "创建点位", "创建方向", "责任单位", "时间")
    assert told(plan) == RIGHT
    assert {doubt.text for doubt in plan.doubts} == {"创建点位", "创建方向"}


def test_running_numbers_are_no_category_whatever_stands_above_them(tmp_path: Path) -> None:
    plan = read(tmp_path, "项目", "任务", "内容", "单位", "时间")
    assert told(plan) == RIGHT
    assert {item.category for item in plan.items} == {None}
    assert plan.doubts == ()


def test_words_that_the_cells_contradict_are_asked_about_on_each_item(tmp_path: Path) -> None:
    plan = read(tmp_path, "序号", "测评内容", "目标值", "责任单位", "时限")
    assert told(plan) == RIGHT
    assert {doubt.no for doubt in plan.doubts} == {"1", "2", "3"}


def test_three_columns_of_texts_are_asked_about_on_each_item(tmp_path: Path) -> None:
    rows = [[row[0], "文明创建", *row[1:]] for row in ROWS]
    head = ["序号", "工作任务", "工作内容", "具体措施", "责任单位", "时限"]
    plan = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed((head, *rows))}"))
    assert told(plan) == RIGHT
    assert {item.category for item in plan.items} == {"文明创建"}
    assert {doubt.no for doubt in plan.doubts} == {"1", "2", "3"}


def test_usual_words_leave_no_question(tmp_path: Path) -> None:
    plan = read(tmp_path, "序号", "整改事项", "整改措施", "整改单位", "整改时限")
    assert told(plan) == RIGHT
    assert plan.doubts == ()


def test_both_parts_of_a_broken_title_are_shown_and_offered(tmp_path: Path) -> None:
    head = ["序号", "任务事项", "具体要求", "责任单位", "完成时限"]
    rows = (
        head,
        ["1", "加强重点领域", "公布权责清单，", "市司法局", "6月底前"],
        head,
        ["", "领域信息公开", "注明依据。", "", ""],
    )
    plan = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(rows)}"))
    doubt = next(doubt for doubt in plan.doubts if doubt.field == "task")
    assert "“加强重点领域”和“领域信息公开”" in doubt.message
    assert doubt.choices[:2] == ("加强重点领域信息公开", "加强重点领域领域信息公开")


def test_a_blank_time_is_no_question_where_the_requirement_says_until_when(tmp_path: Path) -> None:
    rows = (["序号", "任务事项", "具体要求", "责任单位", "完成时限"], *ROWS[:2])
    rows = (*rows, ["3", "志愿服务", "9月底前组建志愿服务队伍。", "团市委", ""])
    plan = read_plan(text_file(tmp_path, f"{TITLE}\n{tabbed(rows)}"))
    assert (str(plan.items[2].deadline.due), plan.doubts) == ("2026-09-30", ())


def test_merges_of_a_strange_column_are_kept(tmp_path: Path) -> None:
    rows = (["序号", "创建版块", "工作内容", "责任单位", "完成时限"], ROWS[0], ["2", UP, *ROWS[1][2:]], ROWS[2])
    plan = read_plan(word_file(tmp_path, TITLE, rows))
    assert [item.task for item in plan.items] == ["街巷整治", "街巷整治", "志愿服务"]


def test_the_first_unit_leads_only_where_the_plan_says_so() -> None:
    assert first_leads("注：责任单位中排第一位的为牵头单位")
    assert not first_leads("说明：牵头单位有两个以上的，排名第一的为主要牵头单位")
