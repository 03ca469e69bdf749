"""An invented city's year for the tests of the annual report: filings whose tables balance, and what units write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flows.annual.aggregate import aggregate
from flows.annual.format import APPLICANTS, CASES, ENDINGS, FEES, KEYS, OUTCOMES, TOTAL, key2, key3, key4
from flows.annual.model import Amount, AnnualTables, Filing, Narrative
from flows.config import AnnualReport
from flows.documents.annual_material import Material, PastProblem
from flows.ledger.model import Report, Status
from flows.plan.model import Item
from flows.progress import Snapshot
from tests.documents.months import CONFIG, UNITS, cell, items, snapshot

TEXTS: dict[str, dict[str, str]] = {
    "临江区": {
        "主动公开": "我区全年公开各类信息3200条，修订主动公开目录，新增教育、养老两个专题。",
        "依申请公开": "规范答复文书，全部申请在法定期限内答复。",
        "政府信息管理": "对2015年以来的行政规范性文件逐件标注有效性，清理过期文件46件。",
        "平台建设": "完成门户网站适老化改造，关停并转政务新媒体7个。",
        "监督保障": "组织培训3场、参训210人次，把政务公开纳入年度考核，占4分。",
        "存在问题": "一是基层人员多为兼职，更换频繁；二是政策解读形式比较单一，群众看不懂。",
        "改进措施": "一是每季度组织一次业务培训，配齐专职人员；二是重要政策同步制作图解和短视频解读。",
        "其他事项": "无",
    },
    "市教育局": {
        "主动公开": "招生、收费、学籍等12类信息全部按目录公开，开设义务教育招生专栏。",
        "依申请公开": "办理申请时逐件与申请人沟通。",
        "政府信息管理": "建立信息发布三审制度，发布前逐条开展保密审查。",
        "平台建设": "公众号发布信息420条，答复留言386条。",
        "监督保障": "我局开展自查2次，整改问题9个。",
        "存在问题": "部分学校信息更新不及时。",
        "上年问题整改": "上年信息更新不及时的11所学校已全部整改。",
        "改进措施": "按月通报学校信息更新情况，对连续两月不更新的约谈。",
        "其他事项": "协助省教育厅开展信息公开标准化试点。",
    },
    "市财政局": {
        "主动公开": "集中公开136个部门的预决算，公开惠民补贴发放明细。",
        "依申请公开": "无",
        "政府信息管理": "无",
        "平台建设": "无",
        "监督保障": "公开工作由一名兼职人员承担。",
        "存在问题": "预算公开的系统与门户网站数据不能共享，需重复录入。",
        "改进措施": "与市大数据管理局对接，打通系统接口。",
        "其他事项": "无",
    },
}


def tables(seed: int, *, rules: bool = False) -> AnnualTables:
    """Tables of one unit that keep every rule; each seed gives other numbers, small ones."""
    amounts: dict[str, Amount | int | str] = dict.fromkeys(KEYS, 0)
    for name, size in (("规章", 2), ("行政规范性文件", 5 + seed)):
        for word, number in (("制发", size), ("废止", 1), ("有效", size * 4)):
            amounts[key2(1, name, word)] = number if rules or name != "规章" else "/"
    amounts[key2(5, "行政许可", "处理决定")] = 1200 * seed
    amounts[key2(6, "行政处罚", "处理决定")] = 310 + seed
    amounts[key2(6, "行政强制", "处理决定")] = seed
    amounts[key2(8, "行政事业性收费", "收费金额")] = Amount.of(f"{seed}.25")
    for place, applicant in enumerate(APPLICANTS[:-1]):
        for row in OUTCOMES:
            amounts[key3(row, applicant)] = (row * seed + place) % 7 if place < 2 else 0
        done = sum(int(str(amounts[key3(row, applicant)])) for row in OUTCOMES)
        out = seed % 3
        amounts[key3(24, applicant)], amounts[key3(25, applicant)] = done, out
        amounts[key3(2, applicant)], amounts[key3(1, applicant)] = 1, done + out - 1
        if done + out == 0:
            amounts[key3(2, applicant)], amounts[key3(1, applicant)] = 0, 0
    for row in range(1, 26):
        amounts[key3(row, TOTAL)] = sum(int(str(amounts[key3(row, each)])) for each in APPLICANTS[:-1])
    for place, (group, _) in enumerate(CASES):
        for turn, (ending, _) in enumerate(ENDINGS[:-1]):
            amounts[key4(group, ending)] = (seed + place + turn) % 3
        amounts[key4(group, TOTAL)] = sum(int(str(amounts[key4(group, ending)])) for ending, _ in ENDINGS[:-1])
    return AnnualTables.of(amounts)


def filing(
    unit: str, seed: int, texts: Mapping[str, str] | None = None, fee: tuple[int, int, int] = (0, 0, 0)
) -> Filing:
    """A unit's filing that would be accepted."""
    words = dict(texts if texts is not None else TEXTS.get(unit, {}))
    fees = {key: Amount.of(value) for (key, _), value in zip(FEES, fee, strict=True)}
    return Filing(unit, 2026, tables(seed), Narrative(words, fees))


CITY = (filing("临江区", 2, fee=(1, 400, 400)), filing("市教育局", 3), filing("市财政局", 4))


def year_end() -> Snapshot:
    """The plan in December: two categories, one of them finished, one with a task that is late."""
    told = (
        (Status.DONE, "修订主动公开基本目录，新增事项120项，已在门户网站发布。", ""),
        (Status.MOVING, "专题页面已上线，正在补充历史文件。", "与上级系统的接口尚未开放，数据不能共享"),
        (Status.DONE, "举办新闻发布会4场，解读政策26件。", "无"),
    )
    cells = []
    for number, item in enumerate(items(6, date(2026, 11, 30))):
        category = "深化主动公开" if number < 3 else "加强解读回应"
        item = replace(item, category=category)
        for turn, unit in enumerate((UNITS[0], UNITS[9], UNITS[10])):
            status, progress, problem = told[turn] if number == 1 else told[2 * (turn % 2)]
            report = Report(
                status, 100 if status is Status.DONE else 60, f"{progress}", None, "", problem, "继续推进，3月底前完成"
            )
            cells.append(cell(unit, _numbered(item, number), report, date(2026, 12, 31)))
    return snapshot(cells, period="2026-12")


def _numbered(item: Item, number: int) -> Item:
    return replace(item, no=f"{1 + number // 3}.{1 + number % 3}")


def material(
    filings: tuple[Filing, ...] = CITY,
    missing: tuple[tuple[str, str], ...] = (),
    settings: AnnualReport | None = None,
    past: tuple[PastProblem, ...] = (),
    year: Snapshot | None = None,
) -> Material:
    """What the report is written from, summed up as the program does."""
    declared = (*(each.unit for each in filings), *(unit for unit, _ in missing))
    total = aggregate(filings, declared)
    return Material(
        year=2026,
        office=CONFIG.office,
        settings=settings or AnnualReport(address="云陵市人民路1号", postcode="000000", website="云陵市人民政府网站"),
        plan_title="云陵市2026年政务公开工作要点",
        issuer="云陵市人民政府办公室",
        declared=declared,
        filings={each.unit: each for each in filings},
        tables=total.tables,
        fees=total.fees,
        missing=missing,
        snapshot=year or year_end(),
        past=past,
    )
