"""What once was read wrongly without a word: each is now right, or the clerk is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.plan.deadlines import find_deadline
from flows.plan.model import Kind, Plan
from flows.plan.reader import read_plan

TASKS = (
    "一、主要任务",
    "（一）更新设施。更换路灯80盏。（责任单位：区城管局；完成时限：6月底前）",
    "（二）清理水面。打捞漂浮物。（责任单位：区水务局；完成时限：全年）",
    "二、保障措施",
)


def plan_from(folder: Path, *lines: str, title: str = "清溪区2025年城区管护要点", **columns: str) -> Plan:
    path = folder / "任务.txt"
    path.write_text("\n".join((title, "", *lines)) + "\n", encoding="utf-8")
    return read_plan(path, columns=columns)


def asked(plan: Plan, no: str | None) -> list[str]:
    return [doubt.message for doubt in plan.doubts if doubt.no == no]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("每月入户走访不少于6天。", "每月入户走访不少于6天"),
        ("综合办公室每月通报用电情况。", "每月通报"),
        ("每季度推送案例至少3篇。", "每季度推送案例至少3篇"),
        ("设立例会，每半年召开一次会议。", "每半年召开一次"),
    ],
)
def test_a_count_or_a_report_for_each_period_comes_again(text: str, words: str) -> None:
    read = find_deadline(text, 2025)
    assert (read.kind, read.span, read.doubts) == (Kind.PERIODIC, words, ())


def test_the_beginning_of_the_autumn_term_is_offered_as_a_day_and_asked_about() -> None:
    read = find_deadline("新校舍秋季学期开学前交付使用。", 2025)
    assert read.due == date(2025, 8, 31)
    assert read.doubts


@pytest.mark.parametrize("words", ["汛期前", "中考前", "入冬前"])
def test_a_season_names_no_day_and_is_asked_about(tmp_path: Path, words: str) -> None:
    plan = plan_from(tmp_path, f"1.{words}完成管线检修。（责任单位：区水务局）", "2.清理库房。（责任单位：区档案馆）")
    assert plan.items[0].deadline.kind is Kind.NONE
    assert any(words in message for message in asked(plan, "1"))
    assert not asked(plan, "2")


def test_a_guarantee_whose_unit_and_result_are_certain_is_an_item_without_a_question(tmp_path: Path) -> None:
    plan = plan_from(tmp_path, *TASKS, "（一）保障资金。区财政局要统筹养护经费，5月底前足额拨付。")
    assert plan.items[-1].responsible == ("区财政局",)
    assert not plan.doubts


def test_beside_guarantees_that_are_items_another_one_does_not_vanish(tmp_path: Path) -> None:
    plan = plan_from(
        tmp_path,
        *TASKS,
        "（一）保障资金。区财政局要统筹养护经费，5月底前足额拨付。",
        "（二）建立台账。各街道要建立养护台账，及时报送情况。",
        "（三）改进作风。全体人员要踏实肯干。",
    )
    assert [doubt.text[:4] for doubt in plan.doubts] == ["建立台账"]


@pytest.mark.parametrize("signer", ["云溪市第二中学", "青岚县中心卫生院", "望湖区第三幼儿园"])
def test_a_school_or_a_hospital_signs_its_plan(tmp_path: Path, signer: str) -> None:
    rows = (
        "序号\t任务\t要求\t责任科室\t时限",
        "1\t整理档案\t整理十年卷宗。\t办公室\t6月底前",
        "2\t培训\t培训两次。\t办公室\t全年",
    )
    plan = plan_from(tmp_path, *rows, "", signer, "2025年3月2日")
    assert plan.info.issuer == signer


GROUPED = (
    "序号\t服务领域\t改进举措\t责任单位\t完成时限",
    "1\t停车\t新增泊位300个。\t区城管局\t6月底前",
    "2\t\t开放单位车位。\t区机关事务中心\t9月底前",
    "3\t照明\t修复路灯80盏。\t区住建局\t8月底前",
)


def test_a_lone_column_of_groups_is_asked_about_once(tmp_path: Path) -> None:
    plan = plan_from(tmp_path, *GROUPED)
    assert [(item.category, item.task) for item in plan.items][:2] == [(None, "停车"), (None, "停车")]
    (doubt,) = plan.doubts
    assert (doubt.field, doubt.text, doubt.choices) == ("column", "服务领域", ("任务大类", "任务事项"))


@pytest.mark.parametrize(
    ("answer", "read"), [("任务大类", ("停车", None)), ("任务事项", (None, "停车"))], ids=["category", "task"]
)
def test_what_the_clerk_said_of_the_groups_is_not_asked_again(
    tmp_path: Path, answer: str, read: tuple[str | None, str | None]
) -> None:
    plan = plan_from(tmp_path, *GROUPED, 服务领域=answer)
    assert (plan.items[1].category, plan.items[1].task) == read
    assert not plan.doubts


def test_numbers_of_the_plan_stay_when_two_paragraphs_behind_have_none(tmp_path: Path) -> None:
    tasks = [f"{n}.修缮{n}号桥。（责任单位：区住建局）" for n in range(1, 7)]
    plan = plan_from(
        tmp_path,
        "一、主要任务",
        *tasks,
        "二、保障措施",
        "（一）拨付资金。区财政局5月底前拨付经费。",
        "（二）报送进展。各街道每月5日前报送进展。",
    )
    assert [item.no for item in plan.items] == [str(n) for n in range(1, 9)]


CELLS = ("序号", "任务", "要求", "牵头单位", "配合单位", "完成时限")


def test_of_two_unit_columns_given_one_cell_a_line_a_missing_one_is_asked_about(tmp_path: Path) -> None:
    first = ("1", "补种行道树", "补种香樟200株。", "区园林中心", "区住建局", "3月底前")
    second = ("2", "修剪绿篱", "修剪主干道绿篱。", "区园林中心", "6月底前")
    plan = plan_from(tmp_path, *CELLS, *first, *second)
    assert not asked(plan, "1")
    assert asked(plan, "2")


def test_a_task_called_accessibility_is_no_link_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "任务.html"
    rows = (
        "<tr><th>项目</th><th>任务要求</th><th>责任单位</th></tr>"
        "<tr><td>就业</td><td>办招聘会两场。</td><td>区残联</td></tr><tr><td>无障碍</td><td>改造坡道30处。</td><td>区住建局</td></tr>"
    )
    page.write_text(f"<html><body><h1>2025年助残任务表</h1><table>{rows}</table></body></html>", encoding="utf-8")
    assert [item.task for item in read_plan(page).items] == ["就业", "无障碍"]


def test_a_number_before_an_age_is_the_number_of_the_task(tmp_path: Path) -> None:
    plan = plan_from(
        tmp_path, "1.65岁以上老人免费体检。（责任单位：区卫健局）", "2.开设老年食堂。（责任单位：区民政局）"
    )
    assert plan.items[0].requirement == "65岁以上老人免费体检。"


def test_a_bracket_behind_a_unit_after_a_label_belongs_to_its_name(tmp_path: Path) -> None:
    plan = plan_from(tmp_path, "1.轮换储备粮。", "责任单位：区发改局（区粮食局）", "2.检修粮库。", "责任单位：区商务局")
    assert plan.items[0].responsible == ("区发改局（区粮食局）",)


def test_party_organisations_keep_their_name(tmp_path: Path) -> None:
    plan = plan_from(tmp_path, "1.开展轮训。（校党委办公室牵头，各二级党组织负责）", "2.建好书屋。（责任单位：图书馆）")
    assert plan.items[0].responsible == ("各二级党组织",)


def test_a_time_among_the_units_is_asked_about(tmp_path: Path) -> None:
    rows = ("序号\t任务\t要求\t责任单位", "1\t检修\t检修泵站。\t区水务局、9月投入使用", "2\t巡查\t巡查堤防。\t区水务局")
    plan = plan_from(tmp_path, *rows)
    assert any("不像单位名称" in message for message in asked(plan, "1"))
    assert not any("不像单位名称" in message for message in asked(plan, "2"))
