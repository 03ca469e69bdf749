"""The plan of 常德, written down by hand: a traditional web page whose table a converter broke over lines.

Facts only, by the rules of plan-schema.md: the plan numbers its requirements through, （一） to （十九）; the first of
the two columns under 要点内容 names the task; there is no column for deadlines, and the one date of the narrative
(plans of single matters due early in June) speaks of no row. One authority is printed without its 市 and stays so.
"""

from __future__ import annotations

import hashlib
import re
import time
from datetime import date

import pytest

from flows.plan.model import DeadlineSource, Item, Kind, Plan
from flows.plan.reader import read_plan
from flows.plan.script import garbled
from flows.plan.textual import full_width
from tests.needs import shared

TEXT, PAGE = ("001_bfc9ebbdd4e349a6.txt",), ("documents", "changde.html")

APPROVALS = "市行政审批服务局"
DISTRICTS = ("区县市人民政府", "管委会")
ALL_UNITS = ("市直各单位", *DISTRICTS)
CONCERNED = ("市直有关部门", *DISTRICTS)

TASKS = (
    (range(1, 5), "深化决策", "责清单公开"),
    (range(5, 9), "深化优化", "策措施公开"),
    (range(9, 14), "深化重点", "域信息公开"),
    (range(14, 15), "深化基层", "层政务公开"),
    (range(15, 20), "加强基础", "强基础工作"),
)
"""Numbers of the items, and the first four and last five characters of their task."""

LEAD = {
    1: ("市政府办", APPROVALS),
    2: ("市司法局", APPROVALS),
    3: (APPROVALS,),
    4: (APPROVALS, "市司法局", "市委编办"),
    5: (APPROVALS,),
    6: ("行政审批服务局",),
    7: ("市市场监管局", "市发改委"),
    8: ("市司法局", APPROVALS),
    9: ("市财政局",),
    10: ("市扶贫办", "市农业农村局"),
    11: ("市生态环境局",),
    12: ("市实事办", APPROVALS),
    13: ("市应急管理局", "市生态环境局", "市卫生健康委"),
    **dict.fromkeys(range(14, 20), (APPROVALS,)),
}
RESPONSIBLE = {
    1: DISTRICTS,
    2: CONCERNED,
    3: ("市发改委", "市工信局", "市国资委", *DISTRICTS),
    4: ALL_UNITS,
    5: (
        "市优化办",
        "市财政局",
        "市自然资源和规划局",
        "市住建局",
        "市商务局",
        "市市场监管局",
        "市公共资源交易中心",
        *DISTRICTS,
    ),
    6: ("市县各相关职能部门",),
    7: DISTRICTS,
    8: ALL_UNITS,
    9: DISTRICTS,
    10: DISTRICTS,
    11: DISTRICTS,
    12: ("市直和中央、省驻常有关单位", *DISTRICTS),
    13: CONCERNED,
    14: DISTRICTS,
    **dict.fromkeys(range(15, 20), CONCERNED),
}
REQUIREMENTS = (
    ("1", 107, "加强政府常务", "性、连续性。", "9da45d5d138c"),
    ("2", 141, "持续做好规范", "询、好获取。", "e4b25e1500fc"),
    ("3", 151, "集中公开涉企", "更具操作性。", "541a92d44143"),
    ("4", 131, "动态调整并及", "责任等信息。", "f06f4c641fe4"),
    ("5", 174, "主动公开优化", "购信息公开。", "2b3350811d77"),
    ("6", 172, "深入公开“一", "果及时获知。", "03c77628a9e6"),
    ("7", 141, "及时公开市场", "名单”制度。", "b62e2b0e9996"),
    ("8", 110, "全面落实行政", "结果等信息。", "9b0ec524839b"),
    ("9", 93, "加大政府性债", "预决算公开。", "666bca799cfe"),
    ("10", 101, "加大脱贫攻坚", "受群众监督。", "4adbedb25ae6"),
    ("11", 99, "加大污染防治", "监管等信息。", "55deb66b1a54"),
    ("12", 68, "加大重点民生", "情况的公开。", "203b53e8ae9b"),
    ("13", 134, "加大公共卫生", "动引导预期。", "403f5981c904"),
    ("14", 325, "全面推行基层", "好政务公开。", "171bb72a9cb6"),
    ("15", 171, "强化组织领导", "作落实落地。", "d334220e68ca"),
    ("16", 125, "建设统一规范", "动公开内容。", "70c78bbc0cdd"),
    ("17", 111, "建立健全工作", "策解读水平。", "2a9d0f9a6a72"),
    ("18", 114, "积极探索创新", "传推介力度。", "01ce958a00e5"),
    ("19", 154, "加强监督评估", "向社会公布。", "64a80365378d"),
)
"""Number; of the requirement with full-width punctuation: length, first and last six characters, sha256."""


@pytest.fixture(scope="module", params=[TEXT, PAGE], ids=["text", "web page"])
def plan(request: pytest.FixtureRequest) -> Plan:
    return read_plan(shared("seeds", *request.param))


def short(item: Item) -> tuple[str, int, str, str, str]:
    text = full_width(item.requirement)
    return item.no, len(text), text[:6], text[-6:], hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def test_the_plan_itself(plan: Plan) -> None:
    info = plan.info
    assert (info.doc_number, info.year, info.issued) == ("常公开办发〔2020〕2号", 2020, date(2020, 4, 24))
    assert info.issuer == "常德市政务公开领导小组办公室"
    assert (info.title[:3], info.title[-5:], len(info.title)) == ("落实《", "责任分解表", 25)


def test_every_requirement_is_there_whole_and_in_order(plan: Plan) -> None:
    assert tuple(short(item) for item in plan.items) == REQUIREMENTS


def test_a_merged_task_belongs_to_each_of_its_rows(plan: Plan) -> None:
    expected = {str(no): (first, last) for numbers, first, last in TASKS for no in numbers}
    assert {item.no: ((item.task or "")[:4], (item.task or "")[-5:]) for item in plan.items} == expected
    assert {item.category for item in plan.items} == {None}


def test_who_leads_and_who_is_responsible(plan: Plan) -> None:
    assert {int(item.no): item.lead for item in plan.items} == LEAD
    assert {int(item.no): item.responsible for item in plan.items} == RESPONSIBLE


def test_only_the_fourteenth_names_a_date(plan: Plan) -> None:
    dated = {item.no: item.deadline for item in plan.items if item.deadline.kind is not Kind.NONE}
    assert list(dated) == ["14"]
    deadline = dated["14"]
    assert (deadline.due, deadline.source, deadline.kind) == (date(2020, 12, 31), DeadlineSource.TEXT, Kind.ONCE)


def test_nothing_of_the_conversion_is_left_and_nothing_is_doubtful(plan: Plan) -> None:
    for item in plan.items:
        item.requirement.encode("gb2312")  # a set that has no traditional characters
        assert not re.search("[āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜ]", item.requirement)
        assert not garbled(item.requirement)
    assert plan.doubts == ()


def test_text_and_web_page_give_the_same_plan_in_under_two_seconds() -> None:
    start = time.perf_counter()
    one, other = (read_plan(shared("seeds", *source)) for source in (TEXT, PAGE))
    assert (one.info, one.items) == (other.info, other.items)
    assert time.perf_counter() - start < 4
