"""考核情况.docx: whole sentences with the same figures as the workbook, on pages like the office's other documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from docx import Document

from flows.assessment.model import Adjustment, Assessed, UnitFacts
from flows.assessment.scoring import assess
from flows.assessment.settings import Assessment
from flows.config import Config, read_config
from flows.documents import assessment_faults
from flows.documents.assessment import summary_context, write_summary
from flows.documents.assessment_prose import month_sentence
from flows.documents.assessment_template import TEMPLATE, parts
from flows.documents.assessment_words import ASSESSMENT
from flows.documents.lint import check_template
from flows.documents.pdf import to_pdf
from flows.package import packed
from flows.problems import UserError
from flows.progress import Answer
from tests.assessment.cases import HILL, LAKE, MONEY, SCHOOL, duty, facts, month
from tests.documents.months import CONFIG
from tests.needs import soffice

SIGNED = date(2027, 1, 5)
DUE = date(2026, 3, 20)
CITY = (
    UnitFacts(LAKE, (month(3), month(4)), (duty("1", DUE, date(2026, 3, 18)),)),
    UnitFacts(
        HILL, (month(3, Answer.LATE), month(4, Answer.MISSING)), (duty("1", DUE), duty("3.2", DUE, date(2026, 5, 1)))
    ),
    UnitFacts(SCHOOL, (month(3, returns=2), month(4, Answer.RETURNED, returns=1)), ()),
    UnitFacts(MONEY, tuple(month(n, Answer.MISSING) for n in (3, 4, 5)), ()),
)
LINES = (
    Adjustment(LAKE.name, Decimal("1.5"), "经验被省里推广", "省政府通报"),
    Adjustment(HILL.name, Decimal(-2), "瞒报", "核查报告", "2026-04"),
)


def city(**what: Any) -> Assessed:
    return assess(facts(*CITY, lines=LINES, **what), Assessment())


def text_of(path: Path) -> str:
    document = Document(str(path))
    return "\n".join(
        [each.text for each in document.paragraphs]
        + [each.text for table in document.tables for row in table.rows for each in row.cells]
    )


def written(folder: Path, assessed: Assessed, config: Config = CONFIG) -> Path:
    out = folder / "考核情况.docx"
    write_summary(assessed, config, TEMPLATE, out, signed_on=SIGNED)
    return out


def test_it_tells_basis_method_results_faults_changes_talks_and_next_steps(tmp_path: Path) -> None:
    said = text_of(written(tmp_path, city()))
    for words in (
        "关于云川市2026年政务公开工作要点",
        "考核结果的报告",
        "按照《云川市2026年政务公开工作要点》（云政办发〔2026〕3号）和考核办法，对承担任务的4个单位2026年度落实情况进行了考核",
        "计入2026年3—5月共3期，数据截至2026年12月31日",
        "基础分100分，其中报送按时25分、填报完整15分、一次报准10分、按期完成40分、核定质量10分",
        "有期次没有报送的单位2个：市财政局（3—5月）、靠山县人民政府（4月）。",
        "退回后没有重新报送的单位1个：市教育局（4月）。",
        "有期次逾期报送的单位1个：靠山县人民政府（3月）。",
        "台账被退回两次以上的单位1个：市教育局（3次）。",
        "到期没有完成任务的单位1个：靠山县人民政府（第1项）。",
        "逾期完成任务的单位1个：靠山县人民政府（第3.2项）。",
        "一票否决的单位1个：市财政局，连续3期没有报送（2026年3月至2026年5月）。",
        "市财政局：考核不合格（一票否决：连续3期没有报送（2026年3月至2026年5月））。",
        "于2027年1月25日前报送办理结果",
        "以上报告，请审阅。联系人：李明，联系电话：0000-0000000。",
        "2027年1月5日",
    ):
        assert words in said, words


def test_every_total_in_the_text_is_the_one_of_the_assessment(tmp_path: Path) -> None:
    assessed = city()
    totals = {score.unit.name: score.total for score in assessed.scores}
    named = re.findall(
        r"(临湖区人民政府|靠山县人民政府|市教育局|市财政局)（([\d.]+)分）", text_of(written(tmp_path, assessed))
    )
    assert {name for name, _ in named} >= {LAKE.name, MONEY.name}
    assert all(Decimal(points) == totals[name] for name, points in named)
    rows = summary_context(assessed, CONFIG, SIGNED)["得分表"]["组"]
    assert {row["单位"]: Decimal(row["总分"]) for group in rows for row in group["行"]} == totals


def test_grades_are_counted_and_add_up() -> None:
    assessed = city()
    words = summary_context(assessed, CONFIG, SIGNED)["章节"][1]["小节"][0]["段落"][0]
    counts = [int(count) for count in re.findall(r"(?:优秀|良好|合格|不合格)(\d+)家", words)]
    assert sum(counts) == len(assessed.scores) == 4


def test_who_got_bonuses_is_named_behind_their_count(tmp_path: Path) -> None:
    said = text_of(written(tmp_path, city()))
    assert "加分1.5分的单位1个：临湖区人民政府；" in said or "加分3.5分的单位1个：临湖区人民政府。" in said
    assert "减分2分的单位1个：靠山县人民政府。" in said


def test_a_score_is_written_alike_in_results_and_in_proposals_for_talks(tmp_path: Path) -> None:
    failed = UnitFacts(SCHOOL, (month(3, Answer.LATE), month(4, Answer.LATE), month(5)), (duty("1", DUE),))
    assessed = assess(facts(failed), Assessment(punctual_bonus=0))
    assert [str(score.total) for score in assessed.scores] == ["46.30"]
    said = text_of(written(tmp_path, assessed))
    assert f"{SCHOOL.name}（46.3分）" in said
    assert "考核不合格（总分46.3分）" in said


def test_nothing_bad_is_said_where_nothing_is_bad(tmp_path: Path) -> None:
    fine = assess(facts(UnitFacts(LAKE, (month(3),), (duty("1", DUE, DUE),))), Assessment(punctual_bonus=0))
    said = text_of(written(tmp_path, fine))
    assert "存在的主要问题" not in said
    assert "没有加分、减分和一票否决。" in said
    assert "本次没有符合条件的单位。" in said
    assert "附件：各单位考核得分表" in said
    assert "附件2" not in said


def test_a_city_without_any_score_still_gives_a_document(tmp_path: Path) -> None:
    nobody = assess(facts(UnitFacts(LAKE, (month(3, Answer.NOT_ISSUED),), ())), Assessment())
    said = text_of(written(tmp_path, nobody))
    assert "没有可以考核的单位。没有列入考核的1家：临湖区人民政府（没有可考核的内容）。" in said


def test_any_text_of_the_office_is_printed_as_it_is(tmp_path: Path) -> None:
    line = Adjustment(LAKE.name, Decimal(1), "A&B <{{ 标题 }}> {% if %}", "“依据”")
    said = text_of(written(tmp_path, assess(facts(*CITY, lines=(line,)), Assessment())))
    assert "A&B <{{ 标题 }}> {% if %}" in said


def test_the_same_assessment_gives_the_same_document(tmp_path: Path) -> None:
    one = written(tmp_path, city()).read_bytes()
    assert written(tmp_path / "再", city()).read_bytes() == one


def test_the_packaged_template_is_what_the_builder_makes_and_has_no_faults() -> None:
    assert TEMPLATE.read_bytes() == packed(parts())
    assert check_template(TEMPLATE, ASSESSMENT) == []


def test_the_linter_knows_exactly_the_names_that_are_supplied() -> None:
    assert paths(summary_context(city(), CONFIG, SIGNED)) == paths(ASSESSMENT)


def paths(words: Any, above: str = "") -> set[str]:
    if isinstance(words, Mapping):
        return {path for name, inner in words.items() for path in paths(inner, f"{above}{name}.")}
    if isinstance(words, (list, tuple)):
        return {path for inner in words for path in paths(inner, above)}
    return {above.rstrip(".")}


def test_on_paper_numbers_stay_on_one_line_and_attachments_on_their_own_pages(tmp_path: Path) -> None:
    soffice()
    pdf = to_pdf(written(tmp_path, city()))
    assert pdf is not None
    with pymupdf.open(pdf) as pages:
        texts = ["".join(page.get_text().split()) for page in pages]
        first = next(n for n, text in enumerate(texts) if text.startswith("附件1"))
        assert texts[first + 1].startswith("附件2")
        words = {word[4] for word in pages[first].get_text("words")}
    assert {f"{score.total:.2f}" for score in city().scores} <= words, "no number is broken"


def test_the_bulletin_of_a_month_tells_the_scores_in_one_sentence() -> None:
    words = month_sentence(city())
    assert words.startswith("按考核办法，本期满分100分。区县、管委会、街道2家，平均")
    assert f"依次为临湖区人民政府（{city().scores[0].total.normalize():f}分）、靠山县人民政府" in words
    assert "一票否决1家（市财政局）" in words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("grades = ['好', '好', '中', '差']", "四个等次要写全，不能重复"),
        ("grade_scores = [80, 90, 60]", "要由高到低"),
        ("notice_deductions = [0, -1, 2]", "不写负数"),
        ("timely = 0\ncomplete = 0\ncorrected = 0\ndone = 0\nquality = 0", "不能都是 0"),
        ("[assessment.kinds]\n'街道' = { timely = 99 }", "各项满分之和要和其他单位一样"),
        ("[assessment.kinds]\n'街道' = { speed = 25 }", "只能写 timely"),
        ("[assessment.exempt]\n'甲局' = ' '", "要写明理由"),
    ],
)
def test_a_wrong_scheme_is_told_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[assessment]\n{text}\n", encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_config(path)
    assert said in refused.value.sentence


@pytest.mark.parametrize(
    ("missed", "told"),
    [
        (("1.1", "2.3"), "第1.1项、2.3项"),
        (("11.3", "11.3", "11.3"), "第11.3项3次"),
        (("1.1", "11.3", "11.3"), "第1.1项、11.3项，其中第11.3项2次"),
    ],
)
def test_a_task_that_was_missed_again_and_again_is_named_once(missed: tuple[str, ...], told: str) -> None:
    assert assessment_faults._numbers(missed) == told
