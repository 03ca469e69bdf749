"""How units' own words become the annual report: nothing is invented, everything can be followed to its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from flows.config import AnnualReport
from flows.documents.annual import Yearbook
from flows.documents.annual_frame import missing_notes
from flows.documents.annual_material import PastProblem, chosen, sentence
from flows.documents.annual_subjects import OTHER, Source, Statement, grouped, parted, says_nothing
from flows.ledger.model import Report, Status
from tests.documents.annual_city import CITY, TEXTS, filing, material
from tests.documents.months import UNITS, cell, items, snapshot

HERE = Source("年报数据", "存在的主要问题")


def say(unit: str, text: str, category: str = "") -> Statement:
    return Statement(unit, text, HERE, category)


def texts_of(book: Yearbook, section: str, heading: str) -> str:
    return "\n".join(line.text for part in book.sections[section] if heading in part.title for line in part.lines)


@pytest.mark.parametrize(
    "text", ["", "无", "无。", "没有", "暂无其他需要报告的事项", "/", "—", "无明显问题", "0", " 无 "]
)
def test_a_unit_that_says_nothing_is_not_quoted(text: str) -> None:
    assert says_nothing(text)
    assert parted(text) == ()


@pytest.mark.parametrize("text", ["没有专职人员", "无人负责更新", "问题整改不到位"])
def test_a_problem_that_begins_like_nothing_is_one(text: str) -> None:
    assert parted(text) == (text,)


def test_what_a_unit_numbers_are_single_problems() -> None:
    assert parted("主要问题有：一是人手不足，全部为兼职；二是系统接口1.2版不稳定。\n三是经费不足。") == (
        "人手不足，全部为兼职",
        "系统接口1.2版不稳定",
        "经费不足",
    )
    assert parted("1.更新不及时；2.解读少。（三）队伍弱") == ("更新不及时", "解读少", "队伍弱")
    assert parted("信息更新3.5万条，仍有缺漏") == ("信息更新3.5万条，仍有缺漏",)


def test_problems_are_put_together_by_the_words_they_hold() -> None:
    found = grouped(
        [
            say("甲局", "人员多为兼职"),
            say("乙局", "培训少，业务不熟"),
            say("丙局", "网站改版后数据没有迁移"),
            say("丁局", "诸事繁杂", "重点领域任务"),
            say("戊局", "诸事繁杂"),
        ]
    )
    assert [(subject.title, subject.units) for subject in found] == [
        ("队伍力量和业务能力", ("甲局", "乙局")),
        ("平台建设和数据共享", ("丙局",)),
        ("重点领域任务", ("丁局",)),
        (OTHER, ("戊局",)),
    ]
    assert found[0].words == ("人员", "兼职", "培训", "业务不熟")


def test_the_office_may_name_its_own_subjects() -> None:
    book = Yearbook(material(settings=AnnualReport(subjects={"群众看得懂": ("看不懂",)})))
    text = texts_of(book, "五", "存在的主要问题")
    assert "群众看得懂方面，临江区政策解读形式比较单一，群众看不懂" in text
    assert "政策解读和回应关切方面" not in text


def test_a_units_we_becomes_its_name() -> None:
    assert sentence(say("市教育局", "我局开展自查2次。")) == "市教育局开展自查2次"
    assert sentence(say("市教育局", "通过自查，我局整改问题9个；")) == "市教育局通过自查，该局整改问题9个"
    assert sentence(say("市教育局", "市教育局公开信息12条")) == "市教育局公开信息12条"
    assert sentence(say("市教育局", "我市试点工作由本局承担")) == "市教育局我市试点工作由该局承担"


def test_a_long_text_ends_with_a_whole_sentence() -> None:
    long = "公开信息三千条，更新栏目十二个，办结率百分之百，群众满意。" * 8
    short = sentence(say("市教育局", long))
    assert len(short) <= 160
    assert short.endswith("群众满意")
    assert sentence(say("市教育局", "他说“" + "好" * 300 + "”")).count("“") == 0


def test_the_same_words_of_two_units_are_quoted_once_and_those_with_numbers_first() -> None:
    said = [say("甲局", "加强领导"), say("乙局", "加强领导。"), say("丙局", "培训3场"), say("丙局", "又培训4场")]
    assert [each.unit for each in chosen(said, 9)] == ["甲局", "丙局"]
    assert [each.unit for each in chosen(said, 1)] == ["丙局"]


def test_each_part_of_the_year_quotes_units_by_name() -> None:
    book = Yearbook(material())
    openness = texts_of(book, "一", "主动公开")
    assert "临江区全年公开各类信息3200条" in openness
    assert "市教育局招生、收费、学籍等12类信息全部按目录公开" in openness
    assert "市财政局" not in texts_of(book, "一", "信息管理"), "it wrote 无"


def test_the_plans_progress_is_told_by_category_with_who_did_what_and_what_is_late() -> None:
    text = texts_of(Yearbook(material()), "一", "要点落实")
    assert "纳入台账6项，截至2026年12月31日，已完成5项、逾期未完成1项" in text
    first = next(line for line in text.split("\n") if line.startswith("“深化主动公开”方面，有任务3项"))
    assert "市教育局专题页面已上线" in first or "临江区修订主动公开基本目录，新增事项120项" in first
    assert "逾期未完成的是第1.2项" in first
    assert "“加强解读回应”方面，有任务3项，全部完成。" in text


def test_a_plan_that_never_ran_is_asked_for() -> None:
    book = Yearbook(replace(material(), snapshot=None))
    assert any("没有下发过台账" in words for _, words in book.gaps)


def test_problems_come_from_filings_and_from_unfinished_tasks_and_can_be_followed() -> None:
    book = Yearbook(material())
    lines = [line for part in book.sections["五"] if "存在的主要问题" in part.title for line in part.lines]
    platform = next(line for line in lines if "平台建设和数据共享方面" in line.text)
    assert "市财政局预算公开的系统与门户网站数据不能共享" in platform.text
    assert "与上级系统的接口尚未开放" in platform.text
    assert {each.source.kind for each in platform.statements} == {"年报数据", "台账"}
    assert all(line.statements for line in lines)


def test_a_finished_task_has_no_problem_left() -> None:
    (item,) = items(1, date(2026, 12, 31))
    done = Report(Status.DONE, 100, "已办结。", None, "", "当初缺少经费", "")
    year = snapshot([cell(UNITS[0], item, done, date(2026, 12, 31))], period="2026-12")
    assert "当初缺少经费" not in texts_of(Yearbook(material(year=year)), "五", "存在的主要问题")


def test_a_measure_of_a_task_stands_with_its_problem() -> None:
    text = texts_of(Yearbook(material()), "五", "改进措施")
    platform = next(line for line in text.split("\n") if "平台建设和数据共享方面" in line)
    assert "继续推进，3月底前完成" in platform


def test_a_subject_without_a_measure_is_pointed_out() -> None:
    lazy = tuple(filing(each.unit, 3, TEXTS[each.unit] | {"改进措施": "无"}) for each in CITY)
    assert any(
        "没有写改进措施" in words and "队伍力量和业务能力" in words for _, words in Yearbook(material(lazy)).gaps
    )


def test_the_section_on_problems_is_never_empty_words() -> None:
    silent = tuple(filing(each.unit, 3, {"存在问题": "无"}) for each in CITY)
    (item,) = items(1)
    quiet = snapshot([cell(UNITS[0], item, Report(Status.DONE), date(2026, 12, 31))], period="2026-12")
    book = Yearbook(material(silent, year=quiet))
    assert any("不能写“无”" in words for _, words in book.gaps)


def test_last_years_problems_are_answered_and_nobody_is_said_to_have_solved_what_nobody_reported() -> None:
    past = (
        PastProblem("公开内容和时效", ("市教育局", "临江区", "市民政局")),
        PastProblem("队伍力量和业务能力", ("临江区",)),
    )
    text = texts_of(Yearbook(material(missing=(("市民政局", "没有报送"),), past=past)), "五", "上年")
    first, second = text.split("\n")[:2]
    assert "市教育局上年信息更新不及时的11所学校已全部整改" in first
    assert "临江区本年没有再提出" in first
    assert "市教育局本年仍然提出，继续整改" in first
    assert "市民政局本年没有报送，情况待核实" in first
    assert second.endswith("临江区本年仍然提出，继续整改。")


def test_a_first_year_tells_the_clerk_that_nothing_is_known_of_the_last() -> None:
    assert any("没有上年的年报数据" in hint for hint in Yearbook(material()).hints)


def test_the_law_wants_assessment_and_accountability_told() -> None:
    assert not any("第五十条" in hint for hint in Yearbook(material()).hints)
    plain = tuple(filing(each.unit, 3, TEXTS[each.unit] | {"监督保障": "组织培训。"}) for each in CITY)
    assert any("第五十条" in hint for hint in Yearbook(material(plain)).hints)


def test_an_issuer_and_its_region_follow_from_the_plan_or_the_settings() -> None:
    assert (material().government, material().region) == ("云陵市人民政府", "全市")
    county = material(settings=AnnualReport(issuer="青石县人民政府"))
    assert (county.government, county.region) == ("青石县人民政府", "全县")
    assert material(settings=AnnualReport(issuer="市数据局", region="全系统")).region == "全系统"
    assert material(settings=AnnualReport(issuer="市数据局")).region == "各单位"


def test_a_single_missing_unit_is_not_spoken_of_as_several() -> None:
    one, two = (("市民政局", "没有报送"),), (("市民政局", "没有报送"), ("市教育局", "没有报送"))
    assert missing_notes(material(missing=one)) == (
        "【本稿不完整：市民政局没有数据，表中数字不含该单位，补齐后请重新生成】",
    )
    assert "表中数字不含这些单位" in missing_notes(material(missing=two))[0]


def test_what_was_carried_over_from_last_year_is_answered_apart_from_the_plan() -> None:
    mine, old = items(2, date(2026, 12, 31))
    old = replace(old, no="H1", category="回头看：上年未完成事项")
    assert old.is_carried
    reports = (
        Report(Status.DONE, 100, "已公开。"),
        Report(Status.MOVING, 40, "正在清理。", None, "", "历史文件缺失", ""),
    )
    cells = [
        cell(UNITS[0], item, report, date(2026, 12, 31)) for item, report in zip((mine, old), reports, strict=True)
    ]
    book = Yearbook(material(year=snapshot(cells, period="2026-12")))
    assert "列入“回头看”1项，截至2026年12月31日，还没有办结：第H1项" in texts_of(book, "五", "上年")
    assert "纳入台账1项" in texts_of(book, "一", "要点落实")
    assert "历史文件缺失" not in texts_of(book, "五", "存在的主要问题")
