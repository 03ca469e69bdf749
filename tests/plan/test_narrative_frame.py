"""What stands around the tasks of a plan in running text: its title, who made it, guarantees, a table beside it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.plan.model import Plan
from flows.plan.narrative_text import is_furniture
from flows.plan.reader import read_plan
from tests.plan.papers import text_file

TASKS = (
    "一、重点任务",
    "（一）建平台。9月底前建成。（责任单位：区数据局）",
    "（二）推应用。上线应用5个。（责任单位：区教育局）",
)


def told(folder: Path, *lines: str) -> Plan:
    return read_plan(text_file(folder, "\n".join(lines)))


def test_a_title_that_the_covering_notice_shortens_is_taken_in_full(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "安平区大数据局关于印发2025年工作要点的通知",
        "各科室：",
        "现将《安平区大数据局2025年工作要点》印发给你们，请认真落实。",
        "安平区大数据局2025年工作要点",
        *TASKS,
    )
    assert plan.info.title == "安平区大数据局2025年工作要点"


@pytest.mark.parametrize(
    ("line", "issuer", "issued"),
    [
        ("（安平区委办公室  安平区政府办公室  2025年3月11日）", "安平区委办公室、安平区政府办公室", date(2025, 3, 11)),
        ("（2025年3月11日区政府常务会议审议通过）", None, date(2025, 3, 11)),
        ("安平区大数据局　2025年3月11日", "安平区大数据局", date(2025, 3, 11)),
    ],
)
def test_a_line_below_the_title_says_who_made_the_plan_and_when(
    tmp_path: Path, line: str, issuer: str | None, issued: date
) -> None:
    plan = told(tmp_path, "安平区2025年数字化工作要点", line, *TASKS)
    assert (plan.info.title, plan.info.issuer, plan.info.issued) == ("安平区2025年数字化工作要点", issuer, issued)


@pytest.mark.parametrize(
    ("paragraph", "units"),
    [
        ("各地各部门于12月15日前将落实情况报送区数据局。", ("各地各部门",)),
        ("区政府各部门、各街道要建立台账，于6月30日前报区数据局，并在区政府网站公开。", ("区政府各部门", "各街道")),
        ("区数据局每季度对各单位工作开展一次测评并通报结果。", ("区数据局",)),
        ("各单位主要负责同志要亲自抓，每半年至少听取1次汇报。", ("各单位",)),
        ("各街道（镇）经济发展办要制定方案，4月15日前报送区数据局。", ("各街道（镇）经济发展办",)),
    ],
)
def test_a_guarantee_with_units_a_time_and_an_outcome_is_an_item_without_a_doubt(
    tmp_path: Path, paragraph: str, units: tuple[str, ...]
) -> None:
    plan = told(tmp_path, "安平区2025年数字化工作要点", *TASKS, "二、工作保障", f"（一）狠抓落实。{paragraph}")
    assert [item.responsible for item in plan.items][2:] == [units]
    assert not plan.doubts


@pytest.mark.parametrize(
    "paragraph",
    ["各单位要高度重视，切实加强组织领导。", "区数据局要适时开展抽查。", "将落实情况纳入考核，权重不低于4%。"],
)
def test_a_guarantee_that_asks_for_nothing_by_a_time_is_no_item(tmp_path: Path, paragraph: str) -> None:
    plan = told(tmp_path, "安平区2025年数字化工作要点", *TASKS, "二、工作保障", f"（一）狠抓落实。{paragraph}")
    assert len(plan.items) == 2
    assert not plan.doubts


def test_a_guarantee_that_names_nobody_is_shown_to_the_clerk(tmp_path: Path) -> None:
    words = "（一）加强培训。将数字化纳入干部教育，年内至少组织2次专题培训。"
    plan = told(tmp_path, "安平区2025年数字化工作要点", *TASKS, "二、工作保障", words)
    assert len(plan.items) == 2
    assert [doubt.message for doubt in plan.doubts] == ["这一段有时限要求而没有写由谁去做，未列为任务，请核对"]


def test_a_table_that_repeats_some_tasks_of_the_text_adds_only_the_others(tmp_path: Path) -> None:
    plan = told(
        tmp_path,
        "安平区2025年数字化工作方案",
        "一、重点任务",
        "（一）建设算力中心。完成机房主体施工。（责任单位：区数据局）",
        "（二）推广智慧课堂。覆盖学校20所。（责任单位：区教育局）",
        "（三）升级热线平台。接通率达到98%。（责任单位：区信访局）",
        "（四）整合视频资源。接入探头3000路。（责任单位：区公安分局）",
        "附表：重点事项时间表",
        "序号\t事项\t主要内容\t责任单位\t完成时限",
        "1\t智慧课堂\t推广智慧课堂，覆盖学校20所。\t区教育局\t10月底前",
        "2\t电子病历\t实现区级医院电子病历互认。\t区卫生健康局\t11月底前",
    )
    assert [item.responsible[0] for item in plan.items] == [
        "区数据局",
        "区教育局",
        "区信访局",
        "区公安分局",
        "区卫生健康局",
    ]
    assert len({item.no for item in plan.items}) == 5
    assert ["已一并列入" in doubt.message for doubt in plan.doubts] == [True]


@pytest.mark.parametrize(
    "line",
    ["今天是2025年3月12日 星期三", "设为首页 | 加入收藏", "时间：2025-03-21　点击次数：1206", "网站首页 | 政务公开"],
)
def test_what_a_page_prints_around_a_plan_is_passed_over(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize("line", ["时间：2025年3月21日前", "2025-03-21", "登录系统改造。", "今天是防灾减灾日"])
def test_words_of_a_plan_that_look_like_a_page_are_kept(line: str) -> None:
    assert not is_furniture(line)
