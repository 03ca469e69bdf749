"""Forms of running text that say who and when in rarer ways: each is read without a word lost."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from flows.plan.model import Plan
from flows.plan.reader import read_plan
from tests.plan.papers import text_file


def told(folder: Path, *lines: str) -> Plan:
    return read_plan(text_file(folder, "\n".join(lines)))


def test_a_quarter_on_a_line_of_its_own_is_the_deadline_of_what_stands_below(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "望湖区司法局2025年重点工作计划",
        "第一季度",
        "1.召开司法行政工作会议。（办公室）",
        "2.制定普法责任清单。（普法科、各司法所）",
        "第二季度",
        "3.组织人民调解员培训。（人民调解科牵头，各司法所配合）",
    )
    assert [item.deadline.due for item in plan.items] == [date(2025, 3, 31), date(2025, 3, 31), date(2025, 6, 30)]
    assert [item.lead + item.responsible for item in plan.items] == [
        ("办公室",),
        ("普法科", "各司法所"),
        ("人民调解科", "各司法所"),
    ]
    assert not plan.doubts


def test_articles_count_as_requirements_and_the_closing_sentence_is_none(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "云川市2023年促进制造业若干措施",
        "一、支持企业",
        "第一条　奖补工业投资，6月底前出台实施细则。〔市财政局牵头〕",
        "第二条　建立企业服务专员制度，实现规模以上企业全覆盖。〔市商务局、市科技局〕",
        "本措施自印发之日起施行，有效期3年。",
    )
    assert [item.no for item in plan.items] == ["1", "2"]
    assert plan.items[1].requirement == "建立企业服务专员制度，实现规模以上企业全覆盖。"


def test_tasks_that_are_called_task_one_and_two_are_headings(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "琴川市2025年工会重点工作任务书",
        "任务一：推进新就业形态劳动者入会",
        "工作内容：新发展会员6000人。",
        "责任部门：组织部",
        "完成时间：10月底",
        "任务二：建设户外劳动者驿站",
        "工作内容：新建驿站40个。",
        "责任部门：权益部、各区总工会",
        "完成时间：6月底",
    )
    assert [(item.task, item.requirement) for item in plan.items] == [
        ("推进新就业形态劳动者入会", "新发展会员6000人。"),
        ("建设户外劳动者驿站", "新建驿站40个。"),
    ]
    assert not plan.doubts


def test_a_chapter_that_is_named_after_nothing_but_its_units_gives_them_to_its_tasks(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "望湖区2025年创建文明典范城区任务分工",
        "一、责任单位：区委宣传部",
        "1.修订市民文明公约，3月底前印发。",
        "二、责任单位：区城管局、各街道",
        "2.整治背街小巷100条，9月底前完工。",
    )
    assert [item.responsible for item in plan.items] == [("区委宣传部",), ("区城管局", "各街道")]


def test_the_contact_in_the_last_line_speaks_for_no_paragraph(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "澄湖县2023年植树造林工作安排",
        "一、重点工作",
        "（一）规划设计。10月20日前完成作业设计。（县林业局牵头，各乡镇配合）",
        "二、有关要求",
        "请各乡镇于2023年10月8日前将实施方案报县林业局。",
        "（联系人：某某）",
    )
    assert [item.responsible for item in plan.items] == [("各乡镇",), ("各乡镇",)]
    # A paragraph without a number that asks for a paper by a day is listed, and the clerk is asked about it.
    assert [(doubt.no, "请核对是否列为任务" in doubt.message) for doubt in plan.doubts] == [("2.1", True)]


def test_a_bare_day_in_a_notice_of_december_is_asked_about(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "关于做好2026年元旦春节期间市场供应工作的通知",
        "一、备足货源",
        "（一）摸清库存，12月20日前上报。（牵头单位：县商务局）",
        "平峦县人民政府办公室",
        "2025年12月8日",
    )
    (item,) = plan.items
    assert item.deadline.text == "12月20日前"
    assert any("没有写年份" in doubt.message for doubt in plan.doubts if doubt.no == item.no)


def test_a_festival_without_days_off_is_a_day_and_a_decision_of_a_meeting_a_task(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "平峦县2026年双拥工作会议纪要",
        "会议议定以下事项：",
        "一、由县退役军人事务局牵头，县民政局配合，“八一”前完成走访慰问。",
        "二、由县自然资源局负责，5月15日前提出用地方案，报县政府审定。",
        "三、由县财政局负责，6月底前落实经费。",
    )
    assert plan.items[0].lead == ("县退役军人事务局",)
    assert [item.deadline.due for item in plan.items] == [date(2026, 7, 31), date(2026, 5, 15), date(2026, 6, 30)]


def test_who_signs_below_the_last_task_has_no_task(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "平峦县2026年市场供应工作方案",
        "一、备足货源",
        "（一）摸清库存，3月底前上报。（牵头单位：县商务局）",
        "（二）组织货源下乡。（牵头单位：县供销社）",
        "平峦县人民政府办公室",
        "2026年1月8日",
    )
    assert [(item.requirement, item.lead) for item in plan.items] == [
        ("摸清库存，3月底前上报。", ("县商务局",)),
        ("组织货源下乡。", ("县供销社",)),
    ]
