"""考核 over New Year: from autumn to spring, as school years and winter campaigns are assessed."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, fill, moving, new_office

PLAN = """云川市2025年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t更新公开目录\t编制并公布本单位公开事项目录。\t\t各县（市、区）\t2025年12月20日前
2\t办好公开培训\t组织一次公开业务培训。\t\t各县（市、区）\t2026年2月底前
"""
EAST, WEST = "东山县人民政府", "西河区人民政府"
RANGE = ("--since", "2025-10", "--until", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """December and January: 东山 answers both, 西河 only December."""
    made = new_office(tmp_path)
    made.configure(assessment={"punctual_bonus": 0})
    made.adopt(PLAN)
    for period, who in (("2025-12", (EAST, WEST)), ("2026-01", (EAST,))):
        books = {b["unit"]: Path(b["file"]) for b in made.json("distribute", "要点", "--period", period)["workbooks"]}
        when = datetime(int(period[:4]), int(period[5:]), 20, 9, 30, tzinfo=CHINA)
        for unit in who:
            fill(books[unit], tmp_path / period / f"{unit}.xlsx", moving(f"{period}的进展情况。"), received=when)
        made.json("collect", "要点", "--period", period, "--from", tmp_path / period)
    return made


def score(result: dict[str, Any], unit: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in result["units"] if each["unit"] == unit)
    return found


def test_a_range_over_new_year_counts_the_months_of_both_years(office: Office) -> None:
    result = office.json("assess", "要点", *RANGE)
    scores = Path(result["scores"])
    assert scores.parent.relative_to(office.home / "ledgers" / "要点").parts == (
        "2026年考核",
        "2025年10月—2026年3月",
    )
    timely = next(part for part in score(result, WEST)["points"] if part["criterion"] == "报送按时")
    assert [row["period"] for row in timely["rows"]] == ["2025-12", "2026-01"]
    assert score(result, EAST)["score"] > score(result, WEST)["score"]
    told = "\n".join(paragraph.text for paragraph in Document(result["summary"]).paragraphs)
    assert "2025年10月—2026年3月落实情况" in told
    assert f"{WEST}（2026年1月）" in told, "a month is not told without its year"


def test_a_line_of_either_year_is_kept_and_counts_in_its_own_year_too(office: Office) -> None:
    scores = Path(office.json("assess", "要点", *RANGE)["scores"])
    book = load_workbook(scores)
    lines = ((EAST, 1, "经验推广", "通报", "2025-12"), (EAST, 2, "承办现场会", "通知", "2026-02"))
    for number, line in enumerate(lines, 4):
        for column, value in enumerate(line, 1):
            book["加减分"].cell(number, column).value = value
    book.save(scores)
    assert len(office.json("assess", "要点", *RANGE)["adjustments"]["added"]) == 2
    again = office.json("assess", "要点", *RANGE)
    assert again["adjustments"] == {"added": [], "removed": [], "problems": []}
    assert score(again, EAST)["bonus"] == 3
    assert score(office.json("assess", "要点", "--year", "2025"), EAST)["bonus"] == 1
    assert score(office.json("assess", "要点", "--year", "2026"), EAST)["bonus"] == 2


def test_two_whole_years_are_not_called_one(office: Office) -> None:
    result = office.json("assess", "要点", "--since", "2025-01", "--until", "2026-12")
    assert Path(result["scores"]).parent.name == "2025年1月—2026年12月"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--year", "2026", "--since", "2025-10"), ("2025-10 不在 2026 年之内", "跨年的只写 --since 和 --until")),
        (("--since", "2026-03", "--until", "2025-10"), ("前后颠倒", "--since 2025-10 --until 2026-03")),
        (("--since", "2026-09", "--until", "2027-03"), ("2026年9月—2027年3月还没有下发过台账",)),
    ],
)
def test_a_range_that_cannot_be_is_told_with_what_to_type(
    office: Office, arguments: tuple[str, ...], said: tuple[str, ...]
) -> None:
    answer = office.run("assess", "要点", *arguments)
    assert answer.code == 2
    assert all(words in answer.err for words in said), answer.err
