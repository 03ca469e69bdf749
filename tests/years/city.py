"""A year of the demo city: last year's plan of 云川, its people, and this year's plan with what was left open."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.demo.content import PLAN_FILE, ROSTER_FILE, SamplePlan, sample_plan
from flows.demo.people import between, pick
from flows.demo.sheet import SheetRow
from flows.demo.story import typed
from flows.demo.word import plan_document
from flows.periods import Period
from tests.office import new_office
from tests.years import endings
from tests.years.hands import Row, Typed
from tests.years.months import Year
from tests.years.people import Said

NAME = "云川"
LAST, THIS = "政务公开2025", "政务公开2026"
MONTHS = tuple(f"2025-{month:02d}" for month in range(1, 13))
_SETTINGS = {
    "name": "云川市政务公开工作领导小组办公室",
    "contact": "林知远",
    "phone": "0000-8000100",
    "recipients": "各县（市、区）人民政府，各管委会，市直各单位",
}


def plan_of_last_year() -> SamplePlan:
    """The sample plan with every year one earlier."""
    plan = sample_plan()
    tasks = tuple(
        replace(
            task,
            name=_earlier(task.name),
            rows=tuple(
                replace(row, requirements=tuple(map(_earlier, row.requirements)), deadline=_earlier(row.deadline))
                for row in task.rows
            ),
        )
        for task in plan.tasks
    )
    words = {key: _earlier(getattr(plan, key)) for key in ("title", "doc_number", "table_title")}
    introduction = tuple(map(_earlier, plan.introduction))
    return replace(plan, **words, introduction=introduction, issued=date(2025, 1, 20), tasks=tasks)


def _earlier(text: str) -> str:
    return re.sub(r"20(2\d)(?=[年〕])", lambda found: f"20{int(found[1]) - 1}", text)


def writes(unit: str, row: Row, period: Period, today: date) -> tuple[Typed, Said] | None:
    """What the people of the demo type into a row of the sheet."""
    words = typed(unit, SheetRow(0, row), period, today)
    if words is None:
        return None
    values: dict[str, str | float] = {
        "完成状态": words.status,
        "完成进度": "" if words.percent is None else words.percent / 100,
        "进展情况": words.progress,
        "完成日期": words.done_on.isoformat() if words.done_on else "",
        "佐证材料": words.evidence,
        "存在问题": words.problem,
        "下步措施": words.next_step,
    }
    return values, Said(words.status, words.percent, words.progress, words.done_on)


_DONE = {
    "主动公开": (
        "修订公开目录{n}项，集中公开重大项目、惠民补贴和招生信息",
        "新增公开事项{n}项，政策解读材料与文件同步发布",
    ),
    "依申请公开": ("规范登记、办理、答复各环节，全部申请在法定期限内答复", "统一答复文书样式，与申请人逐件沟通"),
    "政府信息管理": ("逐件标注规范性文件有效性，清理过期信息{n}条", "落实发布前三级审核，全年没有出现泄密"),
    "平台建设": ("改版门户网站专栏{m}个，关停长期不更新的政务新媒体账号{m}个", "设立线下公开专区{m}处，配齐查询终端"),
    "监督保障": ("举办业务培训{m}次，参训{n}人次，公开工作纳入单位年度考核", "开展自查{m}次，问题全部整改"),
}
_TROUBLE = (
    ("公开工作人员多为兼职，业务不够熟练", "配备专职人员，每季度组织一次培训"),
    ("政策解读形式单一，群众看不懂", "重要政策同步制作图解和短视频"),
    ("部分栏目更新不够及时", "按月通报栏目更新情况"),
)


def yearly_words(unit: str) -> dict[str, str]:
    """What a unit writes into its 年报数据, other words for each."""
    found = {}
    for key, options in _DONE.items():
        text = pick(options, unit, key)
        found[key] = text.format(n=between(12, 90, unit, key), m=between(2, 6, unit, key)) + "。"
    found["上年问题整改"] = "上年提出的栏目更新不及时的问题已经整改。" if between(0, 3, unit, "mended") else "无"
    found["其他事项"] = "无"
    found["存在问题"], found["改进措施"] = (f"{text}。" for text in _TROUBLE[between(0, 2, unit, "trouble")])
    return found


def begin(folder: Path) -> Year:
    """The city's office with last year's plan."""
    office = new_office(folder)
    office.configure(office=_SETTINGS, bulletin={"number_prefix": "云政公开办", "publicity": "此件公开发布"})
    office.configure(annual_report={"issuer": "云川市人民政府", "website": "云川市人民政府网站"})
    source = folder / PLAN_FILE.replace("2026", "2025")
    source.write_bytes(plan_document(plan_of_last_year()))
    roster = office.home / "ledgers" / "示例" / ROSTER_FILE
    office.json("import", source, "--as", LAST, "--roster", roster)
    return Year(office, LAST, folder / "来件", answers=writes)


def whole_year(folder: Path, months: tuple[str, ...] = MONTHS) -> Year:
    """Twelve months with supervision and review, annual report, assessment, look-back, and the next January."""
    year = begin(folder)
    for number, name in enumerate(months, start=1):
        year.month(name)
        if number % 3 == 0 or name == months[-1]:
            year.rule(name, year.usual_rulings(name))
        year.run("supervise", "--period", name)
    endings.annual(year, 2025, yearly_words)
    first, last = year.months[0], year.months[-1]
    endings.assess(year, first=first, last=last, units=list(year.truth.comings[last])[::5])
    sample = year.office.home / "ledgers" / "示例"
    year.office.json("import", sample / PLAN_FILE, "--as", THIS)
    endings.look_back(year, 2025, THIS)
    after = Year(year.office, THIS, folder / "次年", answers=writes)
    after.month("2026-01")
    return year
