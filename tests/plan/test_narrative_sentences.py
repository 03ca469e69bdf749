"""Minutes and notices without any bracket: the sentence itself says who is to do it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.plan.model import Plan
from flows.plan.narrative_subjects import told_in
from flows.plan.reader import read_plan
from tests.plan.papers import text_file


def told(folder: Path, *lines: str) -> Plan:
    return read_plan(text_file(folder, "\n".join(lines)))


def who(plan: Plan) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(item.lead, item.responsible) for item in plan.items]


def test_decisions_of_a_meeting_are_items_of_the_units_that_they_name(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "平峦县2026年农村公路养护专题会议纪要",
        "会议议定以下事项：",
        "一、关于资金安排。由县财政局统筹安排养护资金，6月底前拨付到位。",
        "二、关于日常巡查。由县交通运输局、县公安局建立联合巡查机制，每月巡查不少于1次。",
        "三、关于用地。由县自然资源局会同县林业局于5月底前完成报批。",
        "四、责成县审计局对项目开展跟踪审计。",
        "五、各乡镇要落实属地责任，9月底前完成隐患排查。",
        "参会人员：张某某、李某某。",
    )
    assert who(plan) == [
        ((), ("县财政局",)),
        ((), ("县交通运输局", "县公安局")),
        (("县自然资源局",), ("县林业局",)),
        ((), ("县审计局",)),
        ((), ("各乡镇",)),
    ]
    assert [item.task for item in plan.items[:3]] == ["关于资金安排", "关于日常巡查", "关于用地"]
    assert plan.items[4].deadline.due == date(2026, 9, 30)
    assert not plan.doubts


def test_a_notice_whose_points_open_with_their_units_needs_no_bracket(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "关于加强2026年校园食品安全工作的通知",
        "一、县教育局要督促学校食堂落实陪餐制度，3月底前完成自查。",
        "二、县市场监管局、县公安局要检查校园周边餐饮单位，4月底前完成。",
        "三、各单位于4月30日前将工作情况报县食安办。",
    )
    assert who(plan) == [((), ("县教育局",)), ((), ("县市场监管局", "县公安局")), ((), ("各单位",))]
    assert not plan.doubts


def test_where_two_units_do_different_things_both_are_named_and_it_is_asked(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "澄湖县2026年供水保障会议纪要",
        "1.由县水务局具体实施，所需资金由县财政局解决。",
        "2.由县发展改革局统筹，县林业局配合，力争6月底前开工。",
        "3.由县气象局每周发布一次雨情。",
    )
    assert who(plan) == [
        ((), ("县水务局", "县财政局")),
        (("县发展改革局",), ("县林业局",)),
        ((), ("县气象局",)),
    ]
    assert {doubt.no for doubt in plan.doubts} == {"1", "2"}


def test_beside_brackets_a_paragraph_without_one_takes_the_units_of_its_sentence(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "云川市2026年节水宣传工作方案",
        "一、重点任务",
        "（一）进校园。举办节水讲座不少于20场。（牵头单位：市教育局）",
        "（二）由市水务局会同市教育局开展节水标兵评选，9月底前公布名单。",
        "二、保障措施",
        "（一）严格督查。将节水工作纳入年度考核，由市政府督查室会同市水务局于12月底前开展专项督查。",
        "（二）做好总结。于2026年12月10日前，各责任单位将工作总结报市水务局。",
        "（三）加强领导。由市水务局统筹协调，及时研究问题。",
    )
    assert who(plan) == [
        (("市教育局",), ()),
        (("市水务局",), ("市教育局",)),
        (("市政府督查室",), ("市水务局",)),
        ((), ("各责任单位",)),
    ]
    (left,) = plan.doubts
    assert left.no is None
    assert "由市水务局统筹协调" in left.text


@pytest.mark.parametrize(
    ("text", "lead", "responsible", "sure"),
    [
        (
            "由市委宣传部、市委网信办牵头，市公安局、团市委等部门配合做好舆情应对。",
            "市委宣传部、市委网信办",
            "市公安局、团市委",
            True,
        ),
        ("会议要求，县政府办公室要做好跟踪督办。", "", "县政府办公室", True),
        ("原则同意方案，由县住建局按程序报批后实施。", "", "县住建局", True),
        ("每季度末月25日前，各区人民政府要将进展情况报送市水务局。", "", "各区人民政府", True),
        ("由普法科负责，6月底前印发。", "", "普法科", True),
        ("自然资源部门要加强用地保障。", "", "自然资源部门", False),
        ("由县财政局统筹安排资金，县住建局做好审核。", "", "县财政局、县住建局", False),
    ],
)
def test_a_sentence_says_who(text: str, lead: str, responsible: str, sure: bool) -> None:
    said = told_in(text)
    assert said is not None
    assert (said.closing.lead, said.closing.responsible, said.sure) == (lead, responsible, sure)


@pytest.mark.parametrize(
    "text",
    [
        "县教育局办公楼改造项目要抓紧推进。",
        "对县教育局提出的问题要整改。",
        "由政府主导，企业参与。",
        "由公安机关依法处理。",
        "加强市场监管，由点到面推进。",
        "建立由分管副县长任组长的专班。",
        "由建设单位承担费用。",
    ],
)
def test_a_sentence_about_units_or_with_nobody_in_it_names_nobody(text: str) -> None:
    assert told_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "市民政局、市残联，各县（市、区）要加强衔接。",
        "由分管领导牵头，办公室配合，每月调度一次。",
        "由县商务局会同县住建局核销旧账。",
        "由县教育局联合县卫健局开展体检。",
    ],
)
def test_what_cannot_be_read_for_certain_is_not_taken_for_certain(text: str) -> None:
    said = told_in(text)
    assert said is not None
    assert not said.sure


def test_units_on_a_line_of_their_own_speak_for_the_paragraph_above(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "琴川市2026年政务公开要点",
        "一、用公开稳预期",
        "（一）加强解读",
        "出台政策时同步发布图解和问答。",
        "市人社局牵头落实",
        "每月公布一次财政收支情况。",
        "市财政局、市税务局分别牵头落实",
    )
    assert [(item.requirement, item.lead) for item in plan.items] == [
        ("出台政策时同步发布图解和问答。", ("市人社局",)),
        ("每月公布一次财政收支情况。", ("市财政局", "市税务局")),
    ]
    assert not plan.doubts


def test_what_a_covering_letter_asks_for_in_time_is_pointed_out(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "关于印发2026年重点工作责任分工的通知",
        "一、强化督查。各牵头单位于6月15日前将半年进展报区政府督查室。",
        "2026年重点工作责任分工",
        "一、主要目标",
        "1.新增就业5000人。（区人社局牵头，各街道配合）",
    )
    assert [item.requirement for item in plan.items] == ["新增就业5000人。"]
    assert any("强化督查" in doubt.text for doubt in plan.doubts)


def test_a_plan_over_several_years_is_counted_from_its_issue_with_a_doubt(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "云川市贯彻政务公开五年行动计划（2021—2025年）实施方案",
        "一、重点任务",
        "（一）建平台。9月底前建成。（责任单位：市数据局）",
        "云川市人民政府办公室",
        "2022年7月8日",
    )
    assert (plan.info.year, plan.items[0].deadline.due) == (2022, date(2022, 9, 30))
    # The plan's year was chosen among several, and so was that of every date without one.
    assert [(doubt.no, doubt.field) for doubt in plan.doubts] == [(None, "year"), ("1.1", "due")]
