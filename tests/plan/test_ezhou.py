"""A plan of running text and table, read by hand: the table is the plan, the text lends four of its items a date.

Judgements, by the rules of plan-schema.md:
- 4.2 and 8.2 stand in a section with the task's title; the dated sentence there speaks of them and not of their
  neighbours (4.1, 4.3, 8.1, 8.3), which are told in sentences of their own without a date.
- 13.3 is repeated word for word in a section with another title; 13.1, 13.2, 13.4 and 13.5 are not in it.
- 14.1 has the date of the first sentence of its section; 14.2 is the next sentence, which has none.
- 17.1 names a year that is no deadline. 16.1 ends its units with 等, which names nobody.
- The plan is called what the notice calls it; the title above the table only names the annex.
- 3.5 keeps a variant character (査) as printed: the document is not a traditional one.
"""

from __future__ import annotations

import hashlib
from datetime import date

import pytest

from flows.plan.model import DeadlineSource, Kind, Plan
from flows.plan.reader import read_plan
from tests.needs import shared

SOURCES = (("000_9699259cbc988dcb.txt",), ("documents", "ezhou.docx"))

# no, length, first and last six characters and the beginning of the SHA-256 of the requirement.
REQUIREMENTS = (
    ("1.1", 49, "持续做好“六", "网站同步公开", "a722b84ecb"),
    ("1.2", 55, "在政府信息公", "政府门户网站", "df8dc851e6"),
    ("1.3", 94, "围绕重点方面", "业建设等等。", "15e5fece2a"),
    ("2.1", 57, "建立本单位政", "知识库相融合", "6f107ed885"),
    ("2.2", 30, "依托1234", "政策咨询服务", "7c0dba62de"),
    ("2.3", 33, "实体政务服务", "策咨询服务。", "69103c82c0"),
    ("3.1", 10, "公开重大决策", "决策事项目录", "b0ee20004e"),
    ("3.2", 25, "决策草案公开", "集及采纳情况", "a58be98916"),
    ("3.3", 21, "各部门起草规", "公开征求意见", "eb8ea14b70"),
    ("3.4", 40, "通过新闻发布", "发布有关信息", "8484a9af56"),
    ("3.5", 16, "核査已作出承", "及公开情况。", "3a71f5af07"),
    ("4.1", 21, "公开本地本部", "本及解读材料", "7c9bf73176"),
    ("4.2", 8, "公开历史规划", "历史规划信息", "67ffd0bdfc"),
    ("4.3", 20, "在本级人民政", "示相关信息。", "3a891c5cd3"),
    ("5.1", 30, "在本单位门户", "政预决算信息", "1f53a818f3"),
    ("5.2", 10, "公开地方政府", "政府债务信息", "1cbdf8d8ed"),
    ("5.3", 39, "在本单位门户", "政府门户网站", "daac7f5990"),
    ("5.4", 22, "惠民惠农政策", "村（社区）。", "2301c3cf6e"),
    ("6.1", 38, "公开《建设高", "政府门户网站", "1bc8ca0114"),
    ("6.2", 37, "公开反垄断与", "监管等信息。", "b20b568225"),
    ("7.1", 25, "开设疫情防控", "苗接种等信息", "47d042918e"),
    ("7.2", 24, "通过政务新媒", "疫情防控信息", "b71d76f9f3"),
    ("7.3", 9, "公开健康科普", "康科普信息。", "8d31800c96"),
    ("8.1", 22, "出台或更新基", "录并组织实施", "a900d92232"),
    ("8.2", 17, "编制发布主动", "录并组织实施", "6986657fd7"),
    ("8.3", 27, "档案馆、公共", "息查阅场所。", "db6a7c548c"),
    ("9.1", 20, "开设权责清单", "责清单信息。", "528dc5cb03"),
    ("10.1", 12, "公开建议提案", "办理答复全文", "a025a0f43d"),
    ("10.2", 18, "公开办理工作", "理总体情况。", "4e8e6796a1"),
    ("11.1", 11, "及时公开督查", "查发现的问题", "a70d3a114f"),
    ("11.2", 18, "及时公开督查", "改落实情况。", "b335e0a429"),
    ("12.1", 16, "及时公开确需", "明事项清单。", "e746d1dde3"),
    ("13.1", 25, "深入开展政府", "息标准化管理", "e31e313bc6"),
    ("13.2", 9, "强化政务新媒", "务新媒体监管", "f55e92f84d"),
    ("13.3", 27, "市、区政府门", "（IPV6）", "7da247838f"),
    ("13.4", 27, "全面发布政府", "范性文件信息", "f80f5a18ef"),
    ("13.5", 16, "推进政府公报", "数据库建设。", "d67971cc94"),
    ("14.1", 24, "梳理本级人民", "集中公开发布", "4d8e92fdc2"),
    ("14.2", 40, "梳理公开本单", "台集中发布。", "09238bd0ae"),
    ("15.1", 19, "规范使用政府", "答复文书模板", "a92b25ecc2"),
    ("15.2", 22, "正确适用《政", "管理办法》。", "a5073ee395"),
    ("16.1", 28, "督促指导公共", "位相关信息。", "1227a5e935"),
    ("17.1", 21, "梳理2021", "清单落实情况", "58d84045a5"),
    ("17.2", 43, "开展基层政务", "任务回头看。", "26739eaa10"),
    ("18.1", 15, "开展政务公开", "导、培训工作", "cc4b12bdbe"),
    ("18.2", 24, "开展政务公开", "、监督检查。", "4bd7f4159a"),
)

TASKS = {
    "1": "坚持重大…精准解读",
    "2": "坚持政策…形式多样",
    "3": "坚持舆情…及时有效",
    "4": "做好各类…信息公开",
    "5": "做好财政…信息公开",
    "6": "做好监管…信息公开",
    "7": "做好疫情…信息公开",
    "8": "推动基层…按标实施",
    "9": "推动权责…动态调整",
    "10": "推动建议…进展公开",
    "11": "推动政务…公开透明",
    "12": "推动清单…有据可依",
    "13": "加快政务…平台建设",
    "14": "加快政务…有序梳理",
    "15": "规范申请…发布渠道",
    "16": "规范公共…信息公开",
    "17": "提高工作…落实力度",
    "18": "提高工作…指导监督",
}

LOCAL = ("各区人民政府", "葛店开发区管委会", "临空经济区管委会")
USUAL = (*LOCAL, "市政府各部门")
UNITS = {
    "5": (*LOCAL, "市财政局", "管理各惠民惠农财政专项资金的市政府各部门", "市融媒体中心"),
    "6": (*LOCAL, "市融媒体中心", "有市场监管职能的市政府各部门"),
    "7": (*LOCAL, "市融媒体中心", "市卫健委", "市政府其他各相关职能部门"),
    "8": (*LOCAL, "市档案馆", "市文旅局"),
    "16": (
        *LOCAL,
        "市发改委",
        "市教育局",
        "市卫健委",
        "市住建局",
        "市水利局",
        "市生态环境局",
        "市交通运输局",
    ),
}

LENT = {
    "4.2": ("2021年11月底前", date(2021, 11, 30)),
    "8.2": ("2021年11月底前", date(2021, 11, 30)),
    "13.3": ("2021年底前", date(2021, 12, 31)),
    "14.1": ("2021年底前", date(2021, 12, 31)),
}


@pytest.fixture(scope="module", params=SOURCES, ids=lambda source: str(source[-1]))
def plan(request: pytest.FixtureRequest) -> Plan:
    return read_plan(shared("seeds", *request.param))


def test_the_requirements_are_those_of_the_table(plan: Plan) -> None:
    read = tuple(
        (item.no, len(text), text[:6], text[-6:], hashlib.sha256(text.encode()).hexdigest()[:10])
        for item in plan.items
        if (text := item.requirement)
    )
    assert read == REQUIREMENTS


def test_every_requirement_has_the_task_of_its_row(plan: Plan) -> None:
    for item in plan.items:
        assert item.task
        assert f"{item.task[:4]}…{item.task[-4:]}" == TASKS[item.no.split(".")[0]]
        assert item.category is None


def test_every_requirement_has_the_units_of_its_row(plan: Plan) -> None:
    for item in plan.items:
        assert item.lead == ()
        assert item.responsible == UNITS.get(item.no.split(".")[0], USUAL)


def test_the_running_text_lends_four_dates_and_no_more(plan: Plan) -> None:
    lent = {item.no: (item.deadline.text, item.deadline.due) for item in plan.items if item.deadline.source}
    assert lent == LENT
    for item in plan.items:
        assert item.deadline.kind is (Kind.ONCE if item.no in LENT else Kind.NONE)
        assert item.deadline.source is (DeadlineSource.NARRATIVE if item.no in LENT else None)


def test_the_plan_itself_is_read_from_the_notice(plan: Plan) -> None:
    info = plan.info
    assert (info.title, info.year) == ("2021年鄂州市政务公开工作要点", 2021)
    assert (info.doc_number, info.issuer) == ("鄂州政办发〔2021〕27号", "鄂州市人民政府办公室")
    assert info.issued == date(2021, 8, 25)


def test_only_units_under_a_condition_are_doubtful(plan: Plan) -> None:
    assert {doubt.field for doubt in plan.doubts} == {"responsible"}
    assert {str(doubt.no).split(".")[0] for doubt in plan.doubts} <= {"5", "6", "7", "16"}
