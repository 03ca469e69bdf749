"""Years carried through by the commands alone: what comes out is counted again from what people typed.

A few months of each plan; ``python -m tests.years.run FOLDER`` runs all twelve months of all plans.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from flows.documents import pdf
from tests.years import city
from tests.years.plans import (
    CHANGDE,
    EZHOU,
    JIANGHAN,
    YICHUN,
    ZHANJIANG,
    Seed,
    finish_year,
    revise,
    revised_yichun,
    take_in,
)


@pytest.fixture(autouse=True)
def without_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PDF takes seconds and is looked at elsewhere."""
    monkeypatch.setattr(pdf, "find_soffice", lambda: None)


def test_a_year_of_the_city_ends_in_its_report_its_scores_and_the_next_years_first_month(tmp_path: Path) -> None:
    year = city.whole_year(tmp_path, ("2025-03",))
    home = year.office.home / "ledgers"
    report = "\n".join(p.text for p in Document(str(home / city.LAST / "2025年报" / "年度报告.docx")).paragraphs)
    assert "《2025年云川市政务公开工作要点》明确的任务纳入台账42项" in report
    following = "\n".join(p.text for p in Document(str(home / city.THIS / "2026-01" / "通报.docx")).paragraphs)
    assert "上年未完成事项办理情况" in following
    assert (home / city.LAST / "2025-03" / "考核得分表.xlsx").is_file()


def test_a_small_plan_goes_through_its_year(tmp_path: Path) -> None:
    year = take_in(JIANGHAN, tmp_path)
    year.month("2020-12")
    year.rule("2020-12", year.usual_rulings("2020-12"))
    finish_year(year, JIANGHAN)


def test_a_plan_revised_in_mid_year_loses_nothing_that_was_said(tmp_path: Path) -> None:
    year = take_in(YICHUN, tmp_path)
    year.month("2021-06", report=False, remind=False)
    text, numbers = revised_yichun(YICHUN.text)
    said = {place: each for place, each in year.truth.stands.items() if place[1] in numbers}
    revise(year, text, numbers)
    assert len(year.truth.stands) == len(said) > 1000
    year.month("2021-07", report=False, remind=False)


@pytest.mark.parametrize("seed", [EZHOU, CHANGDE, ZHANJIANG], ids=lambda seed: seed.roster)
def test_a_month_of_the_other_plans_is_what_was_typed(seed: Seed, tmp_path: Path) -> None:
    take_in(seed, tmp_path).month(seed.months[-1], report=False, remind=False)
