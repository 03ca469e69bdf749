"""A year of numbers: units report counts and rates, periodic work comes due again, the year's end judges by name."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.documents.goals import goal_report
from flows.periods import CHINA, Period
from flows.workspace import Home
from tests.office import Office, Row, fill, new_office

PLAN = """云川市2025年政务公开工作要点任务分解表

序号\t任务事项\t具体要求\t牵头单位\t责任单位\t完成时限
1\t做好培训\t各地每年开展政务公开培训不少于2场。\t\t各县（市、区）\t6月底前
2\t做好解读\t全年多元化解读率不得低于60%。\t市数据局\t市财政局\t12月底前
3\t召开例会\t召开工作例会，研究问题。\t市数据局\t\t每季度一次
"""
EAST, WEST, DATA, MONEY = "东山县人民政府", "西河区人民政府", "市数据局", "市财政局"

Says = dict[tuple[str, str], Row]
"""(unit, no) → what it types; who is not named here is still on its way."""


def done(day: str, text: str) -> Row:
    return {"完成状态": "已完成", "进展情况": text, "完成日期": day}


def going(text: str) -> Row:
    return {"完成状态": "推进中", "进展情况": text}


class Year:
    """An office that works through months of 2025."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.books: dict[str, Path] = {}

    def issue(self, month: int) -> None:
        made = self.office.json("distribute", "要点", "--period", f"2025-{month:02d}", "--no-send")
        self.books = {each["unit"]: Path(each["file"]) for each in made["workbooks"]}

    def answer(self, month: int, says: Says, silent: tuple[str, ...] = ()) -> dict[str, Any]:
        inbox = self.folder / f"{month}月"
        for unit, book in self.books.items():
            if unit in silent:
                continue

            def typed(row: Row, unit: str = unit) -> Row | None:
                if answer := says.get((unit, row["任务编号"])):
                    return answer
                finished = row["完成状态"] == "已完成"
                return None if finished else going(f"{month}月份继续办理，按计划推进。")

            when = datetime(2025, month, 20, 9, 30, tzinfo=CHINA)
            fill(book, inbox / f"{unit}{month}.xlsx", typed, received=when)
        found = self.office.json("collect", "要点", "--period", f"2025-{month:02d}", "--from", inbox)
        assert not [*found["returned"], *found["quarantined"]], found
        return found

    def month(self, number: int, says: Says) -> dict[str, Any]:
        self.issue(number)
        return self.answer(number, says)

    def status(self, month: int) -> dict[str, Any]:
        return self.office.json("status", "要点", "--period", f"2025-{month:02d}")

    def goals(self, month: int) -> dict[tuple[str, str], dict[str, Any]]:
        return {(goal["unit"], goal["no"]): goal for goal in self.status(month)["goals"]}

    def cell(self, month: int, unit: str, no: str) -> dict[str, Any]:
        item = next(item for item in self.status(month)["items"] if item["no"] == no)
        return next(cell for cell in item["units"] if cell["unit"] == unit)

    def ledger(self, unit: str) -> dict[str, Row]:
        sheet = load_workbook(self.books[unit])["工作台账"]
        header = next(r for r in sheet.iter_rows() if any(c.value == "任务编号" for c in r))
        words = [cell.value for cell in header]
        rows = sheet.iter_rows(min_row=header[0].row + 1, values_only=True)
        return {row[0]: dict(zip(words, row, strict=False)) for row in rows if row[0]}


@pytest.fixture
def year(tmp_path: Path) -> Year:
    office = new_office(tmp_path)
    office.adopt(PLAN)
    return Year(office, tmp_path / "收")


def first_half(year: Year) -> None:
    """January to June: the east holds both trainings, the west one; the data bureau misses the spring meeting."""
    year.month(
        3,
        {
            (EAST, "1"): going("3月举办培训1场。累计举办政务公开培训1场。"),
            (WEST, "1"): going("本月举办政务公开培训1场。"),
            (DATA, "2"): going("多元化解读率达到45%。"),
            (DATA, "3"): going("正在筹备例会。"),
        },
    )
    year.month(
        6,
        {
            (EAST, "1"): done("2025-06-10", "6月10日举办第二场，累计2场。"),
            (WEST, "1"): done("2025-06-12", "培训已完成。"),
            (DATA, "3"): done("2025-06-18", "6月18日召开例会。"),
        },
    )


def test_a_unit_is_asked_for_the_cumulative_number_in_its_workbook(year: Year) -> None:
    year.issue(3)
    assert year.ledger(EAST)["1"]["上期进展"] == "〔请写明累计数，如“累计2场”〕"
    guide = "".join(str(cell.value) for row in load_workbook(year.books[EAST])["填报说明"] for cell in row)
    assert "量化指标" in guide
    # The finance bureau only helps with the rate: the lead alone is asked for it.
    assert year.ledger(DATA)["2"]["上期进展"] == "〔请写明比率，如“达到60%”〕"
    assert year.ledger(MONEY)["2"]["上期进展"] is None
    assert "量化指标" not in "".join(
        str(cell.value) for row in load_workbook(year.books[MONEY])["填报说明"] for cell in row
    )


def test_the_office_is_warned_and_the_sheet_is_not_returned_when_a_finished_task_names_no_number(year: Year) -> None:
    year.issue(6)
    says = {(WEST, "1"): done("2025-06-12", "培训已完成。"), (EAST, "1"): done("2025-06-10", "累计2场。")}
    found = year.answer(6, says)
    warned = {each["unit"]: "".join(each["warnings"]) for each in found["accepted"]}
    assert "没有写明数字" in warned[WEST]
    assert "数字" not in warned[EAST]


def test_numbers_are_followed_and_judged_by_name_when_their_day_has_come(year: Year) -> None:
    first_half(year)
    march, june = year.goals(3), year.goals(6)
    assert (march[EAST, "1"]["value"], march[EAST, "1"]["verdict"]) == (1, "未到时限")
    assert (june[EAST, "1"]["value"], june[EAST, "1"]["verdict"]) == (2, "达标")
    west = june[WEST, "1"]
    assert (west["value"], west["verdict"]) == (1, "未达标")
    assert [(each["period"], each["value"], each["said"]) for each in west["months"]] == [
        ("2025-03", 1, "本期"),
        ("2025-06", None, ""),
    ]
    assert west["months"][0]["source"].startswith("2025-03/回收/")
    # The plan names no “各单位” for the rate: the lead reports it, the finance bureau has no number to reach.
    assert (MONEY, "2") not in june
    assert june[DATA, "2"]["value"] == 45


def test_a_periodic_task_begins_anew_each_quarter_and_what_was_missed_is_overdue_until_then(year: Year) -> None:
    year.month(3, {(DATA, "3"): done("2025-03-18", "3月18日召开例会。")})
    assert year.cell(3, DATA, "3")["status"] == "已完成"
    assert year.cell(3, DATA, "3")["due"] == "2025-03-31"
    year.issue(4)
    row = year.ledger(DATA)["3"]
    assert row["完成时限"].startswith("2025年6月30日")
    assert (row["完成状态"], row["进展情况"], row["完成日期"]) == (None, None, None)
    assert row["上期进展"].startswith("〔2025-03，上一次")
    assert "3月18日召开例会" in row["上期进展"]
    year.answer(4, {})
    # In April the second quarter's has only begun; in June it is not done, and from July on it is owed.
    assert year.cell(4, DATA, "3")["light_meaning"] == "steady"
    year.month(6, {})
    year.issue(7)
    assert "2025年6月30日的一次未完成" in year.ledger(DATA)["3"]["完成时限"]
    year.answer(7, {})
    july = year.cell(7, DATA, "3")
    assert (july["light_meaning"], july["due"], july["days_late"]) == ("overdue", "2025-06-30", 31)
    assert year.status(7)["totals"]["overdue"] >= 1


def test_last_months_occurrence_reported_late_with_its_own_date_is_no_start_of_the_new_one(year: Year) -> None:
    year.month(3, {})
    year.month(4, {(DATA, "3"): done("2025-03-30", "3月30日召开例会。")})
    cell = year.cell(4, DATA, "3")
    assert (cell["status"], cell["light_meaning"]) == ("推进中", "steady")
    goal = year.goals(4)[DATA, "3"]
    assert goal["why"] == "到期1次，完成1次"


def test_the_years_end_judges_every_occurrence(year: Year) -> None:
    for month, day in ((3, "2025-03-18"), (6, "2025-06-18"), (9, "2025-09-17")):
        year.month(month, {(DATA, "3"): done(day, f"{day}召开例会。"), (DATA, "2"): going("多元化解读率达到72%。")})
    year.month(12, {(DATA, "3"): going("还没有召开。"), (DATA, "2"): done("2025-12-10", "多元化解读率达到75%。")})
    goals = year.goals(12)
    assert (goals[DATA, "3"]["verdict"], goals[DATA, "3"]["value"], goals[DATA, "3"]["wanted"]) == ("未达标", 3, 4)
    assert goals[DATA, "3"]["why"] == "到期4次，完成3次，缺12月31日"
    assert goals[DATA, "2"]["verdict"] == "达标"
    scored = year.office.json("assess", "要点", "--year", "2025", "--as-of", "2025-12-31")
    rows = next(unit for unit in scored["units"] if unit["unit"] == DATA)
    dates = [row for part in rows["points"] for row in part["rows"] if row.get("no") == "3"]
    assert [row["share"] for row in dates] == [1, 1, 1, 0]


def book_of(year: Year, month: int) -> Path:
    return year.office.home / "ledgers" / "要点" / f"2025-{month:02d}" / "总台账.xlsx"


def test_the_office_sets_a_number_and_it_counts_and_survives_the_next_report(year: Year) -> None:
    first_half(year)
    june = ("要点", "--period", "2025-06")
    year.office.json("report", *june)
    path = book_of(year, 6)
    book = load_workbook(path)
    sheet = book["量化指标"]
    heads = {cell.value: cell.column for cell in sheet[3] if cell.value}
    line = next(row for row in range(4, sheet.max_row + 1) if sheet.cell(row, heads["单位"]).value == WEST)
    assert sheet.cell(line, heads["判断"]).value == "未达标"
    sheet.cell(line, heads["认定数"]).value = "2"
    sheet.cell(line, heads["说明"]).value = "电话核实，6月12日又办1场"
    book.save(path)
    taken = year.office.json("review", *june)["taken"]
    assert [(each["unit"], each["no"]) for each in taken] == [(WEST, "1")]
    again = year.office.json("review", *june)
    assert (again["taken"], again["problems"], again["conflicts"]) == ([], [], [])
    made = year.office.json("report", *june)
    assert made["kept"] is None
    assert (year.goals(6)[WEST, "1"]["verdict"], year.goals(6)[WEST, "1"]["value"]) == ("达标", 2)
    sheet = load_workbook(path)["量化指标"]
    assert sheet.cell(line, heads["认定数"]).value == "2"
    # What the office set in June is the ground on which July's reports go on.
    year.month(7, {(WEST, "1"): done("2025-06-12", "本月新增政务公开培训1场。")})
    assert year.goals(7)[WEST, "1"]["value"] == 3


def test_a_number_that_is_none_is_a_problem_with_its_cell(year: Year) -> None:
    first_half(year)
    june = ("要点", "--period", "2025-06")
    year.office.json("report", *june)
    book = load_workbook(book_of(year, 6))
    sheet = book["量化指标"]
    heads = {cell.value: cell.column for cell in sheet[3] if cell.value}
    sheet.cell(4, heads["认定数"]).value = "两三场吧"
    book.save(book_of(year, 6))
    problem = year.office.json("review", *june)["problems"][0]
    assert problem["cell"] == sheet.cell(4, heads["认定数"]).coordinate
    assert "不是数" in problem["message"]


def test_the_bulletin_names_who_has_missed_a_target_and_who_reached_it_is_only_counted(year: Year) -> None:
    first_half(year)
    made = year.office.json("report", "要点", "--period", "2025-06")
    text = words_of(Path(made["bulletin"]))
    assert "量化指标和定期任务按单位分解为4项次" in text
    assert f"未达标的有{WEST}（1场，目标2场）" in text


def words_of(path: Path) -> str:
    from docx import Document

    document = Document(str(path))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_the_annual_report_tells_what_was_reached_and_what_was_missed(year: Year) -> None:
    first_half(year)
    with open_desk(Home(year.office.home), "要点") as desk:
        told = goal_report(desk.snapshot(Period(2025, 6)))
    assert told.startswith("量化指标和定期任务方面，按单位分解为4项次")
    assert f"未达标的有{WEST}（1场，目标2场）" in told


def test_a_plan_without_numbers_and_rhythms_has_no_such_sheet_and_no_such_words(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    plan = PLAN.partition("1\t做好")[0] + "1\t更新目录\t编制并公布公开事项目录。\t市数据局\t\t3月底前\n"
    office.adopt(plan)
    year = Year(office, tmp_path / "收")
    year.month(3, {})
    made = office.json("report", "要点", "--period", "2025-03")
    assert "量化指标" not in load_workbook(made["master"]).sheetnames
    assert "量化指标" not in words_of(Path(made["bulletin"]))
    assert year.status(3)["goals"] == []
