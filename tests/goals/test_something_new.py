"""须写新进展 for 定期任务: whose day has come in a month, or who begins anew, does not send last time's words again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, Row, fill, new_office

PLAN = """云川市2025年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t召开例会\t召开工作例会，研究问题。\t市数据局\t\t每季度一次
2\t更新目录\t更新公开目录。\t市数据局\t\t每月25日前
"""
BUREAU = "市数据局"
NOTHING: Row = {"完成状态": "未启动"}


def done(day: str, text: str) -> Row:
    return {"完成状态": "已完成", "完成日期": day, "进展情况": text}


def going(text: str) -> Row:
    return {"完成状态": "推进中", "进展情况": text}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt(PLAN)
    return made


def book_of(office: Office, month: int) -> Path:
    made = office.json("distribute", "要点", "--period", f"2025-{month:02d}", "--no-send")
    return next(Path(each["file"]) for each in made["workbooks"] if each["unit"] == BUREAU)


def month(office: Office, number: int, meeting: Row, catalogue: Row = NOTHING) -> list[str]:
    """The bureau answers a month; what it is told to mend, nothing when its sheet is accepted."""
    says = {"1": meeting, "2": catalogue}
    inbox = office.home.parent / f"{number}月"
    when = datetime(2025, number, 26, 9, 30, tzinfo=CHINA)
    fill(book_of(office, number), inbox / f"{BUREAU}.xlsx", lambda row: says[row["任务编号"]], received=when)
    found = office.json("collect", "要点", "--period", f"2025-{number:02d}", "--from", inbox)
    assert not found["quarantined"]
    return [problem["message"] for sheet in found["returned"] for problem in sheet["problems"]]


def shown_before(book: Path) -> dict[str, str]:
    """任务编号 → 上期进展 as the bureau reads it."""
    sheet = load_workbook(book)["工作台账"]
    words = next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "任务编号")
    rows = (dict(zip(words, row, strict=True)) for row in sheet.iter_rows(min_row=6, values_only=True))
    return {row["任务编号"]: row["上期进展"] or "" for row in rows if row["任务编号"]}


def test_in_the_month_of_its_day_a_quarterly_task_may_not_tell_last_months_words(office: Office) -> None:
    assert month(office, 1, going("正在筹备例会。")) == []
    assert month(office, 2, going("正在筹备例会。")) == [], "the day of the quarter has not come"
    assert "本期须写新进展" in shown_before(book_of(office, 3))["1"]
    (told,) = month(office, 3, going("正在筹备例会。"))
    assert told.startswith("任务 1 已到完成时限，进展情况却和上期一样")


def test_what_is_owed_from_the_last_quarter_must_move_until_it_is_done(office: Office) -> None:
    month(office, 3, going("正在筹备例会。"))
    assert "2025年3月31日" in str(load_workbook(book_of(office, 4))["工作台账"]["F6"].value)
    assert "本期须写新进展" in shown_before(book_of(office, 4))["1"]
    assert len(month(office, 4, going("正在筹备例会。"))) == 1
    (sent_back,) = (office.home / "ledgers" / "要点" / "2025-04" / "退回").glob("*.xlsx")
    assert "本期须写新进展" in shown_before(sent_back)["1"], "the marked workbook asks for the same"
    assert month(office, 5, going("场地已定，月底召开。")) == []


def test_who_finished_last_time_cannot_finish_this_time_with_the_same_words(office: Office) -> None:
    assert month(office, 3, NOTHING, done("2025-03-20", "目录已更新。")) == []
    assert "上一次，本期须写新进展" in shown_before(book_of(office, 4))["2"]
    (told,) = month(office, 4, NOTHING, done("2025-04-21", "目录已更新。"))
    assert told.startswith("任务 2 又到了新的一次，进展情况却和上一次一样（“目录已更新。”）")
    assert "还没有做的，完成状态选“未启动”" in told
    (told,) = month(office, 4, NOTHING, done("2025-04-22", "同上期"))
    assert told.startswith("任务 2 又到了新的一次，进展情况只写了“同上期”")
    assert month(office, 4, NOTHING, done("2025-04-23", "新增事项6条，目录已更新。")) == []


def test_within_the_same_quarter_what_is_finished_may_stay_as_it_is(office: Office) -> None:
    assert month(office, 1, done("2025-01-20", "1月20日召开例会。")) == []
    assert "须写新进展" not in shown_before(book_of(office, 2))["1"]
    assert month(office, 2, done("2025-01-20", "1月20日召开例会。")) == []
    assert month(office, 3, done("2025-01-20", "1月20日召开例会。")) == []


def test_a_longer_day_for_this_time_is_no_longer_asked_about_in_the_next(office: Office) -> None:
    month(office, 2, going("正在筹备例会。"))
    given: dict[str, Any] = {"延期至": "2025-05-31", "延期理由": "换届"}
    place = ("要点", "--period", "2025-02")
    office.json("report", *place)
    path = office.home / "ledgers" / "要点" / "2025-02" / "总台账.xlsx"
    book = load_workbook(path)
    sheet = book["总台账"]
    columns = {cell.value: cell.column for cell in sheet[1] if cell.value}
    line = next(n for n in range(2, sheet.max_row + 1) if sheet.cell(n, columns["任务编号"]).value == "1")
    for word, value in given.items():
        sheet.cell(line, columns[word]).value = value
    book.save(path)
    assert office.json("review", *place)["problems"] == []
    assert month(office, 3, going("正在筹备例会。")) == [], "it has until May"


def test_an_office_that_does_not_mind_gets_the_same_words(office: Office) -> None:
    office.configure(round={"unchanged": "off"})
    month(office, 3, going("正在筹备例会。"), done("2025-03-20", "目录已更新。"))
    assert month(office, 4, going("正在筹备例会。"), done("2025-04-20", "目录已更新。")) == []
