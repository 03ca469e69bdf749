"""回头看: what last year left open becomes a part of this year's plan, is followed like the rest and counted apart."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from flows.periods import CHINA
from flows.round import intake
from tests.clerk import answer, cells, change
from tests.office import PLAN, Office, Row, fill, new_office

OLD, NEW = "去年", "今年"
LAST_PLAN = PLAN.replace("2026", "2025")
DATA, MONEY, EAST, WEST = "市数据局", "市财政局", "东山县人民政府", "西河区人民政府"


def told(*done: str, text: str = "正在办理。", day: str = "2025-03-10", **more: str) -> Callable[[Row], Row]:
    """A unit that has finished the tasks with these numbers and says the same about all others."""

    def answer_row(row: Row) -> Row:
        if row["任务编号"] in done:
            return {"完成状态": "已完成", "完成日期": day, "进展情况": "已全部完成。"}
        return {"完成状态": "推进中", "完成进度": 0.5, "进展情况": f"{text}{row['任务编号']}", **more}

    return answer_row


def month(office: Office, plan: str, period: str, answers: dict[str, Callable[[Row], Row]]) -> dict[str, Any]:
    """A round in which these units answer."""
    folder = office.home.parent / plan / period
    folder.mkdir(parents=True)
    day = datetime(int(period[:4]), int(period[5:]), 20, 9, 0, tzinfo=CHINA)
    for book in office.json("distribute", plan, "--period", period, "--no-send")["workbooks"]:
        if book["unit"] in answers:
            fill(Path(book["file"]), folder / f"{book['unit']}.xlsx", answers[book["unit"]], received=day)
    return office.json("collect", plan, "--period", period, "--from", folder, "--no-send")


def review(office: Office) -> Path:
    return office.home / "ledgers" / NEW / "任务分解表.xlsx"


def rule(office: Office, period: str, which: Callable[[Any], bool], **typed: str) -> None:
    """The office writes into the old plan's 总台账 and has it read."""
    office.json("report", OLD, "--period", period)
    change(office.home / "ledgers" / OLD / period / "总台账.xlsx", "总台账", "核定意见", which, **typed)
    office.json("review", OLD, "--period", period)


def items(office: Office) -> dict[str, dict[str, Any]]:
    return {item["no"]: item for item in office.json("show", NEW)["items"]}


def look_back(office: Office, *more: str | Path) -> dict[str, Any]:
    return office.json("lookback", OLD, "--into", NEW, *more)


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Last year: 东山 owes the training (3), 数据局 the course (4); all others have finished what has a day.

    This year's plan has the same four tasks in the same words.
    """
    made = new_office(tmp_path_factory.mktemp("年"))
    made.adopt(LAST_PLAN, OLD)
    month(made, OLD, "2025-11", {DATA: told("1"), EAST: told("1"), WEST: told("1", "3"), MONEY: told()})
    made.adopt(PLAN, NEW)
    return made.home


@pytest.fixture
def office(years: Path, tmp_path: Path) -> Office:
    """An office of one's own with these two years."""
    return Office(Path(shutil.copytree(years, tmp_path / "办公室")))


def test_only_units_that_still_owe_a_dated_task_get_it_again(office: Office) -> None:
    result = look_back(office)
    assert [(each["no"], each["origin"]["no"], each["units"]) for each in result["added"]] == [
        ("H1", "3", [EAST]),
        ("H2", "4", [DATA]),
    ]
    found = items(office)
    assert list(found) == ["1", "2", "3", "4", "H1", "H2"]
    assert found["H1"]["category"] == "回头看：上年未完成事项"
    assert found["H1"]["task"] == "2025年第3项：办好公开培训"
    assert found["H2"]["assigned"] == [{"unit": DATA, "role": "lead"}]


def test_the_clerk_is_asked_for_a_new_deadline_and_answers_in_the_table(office: Office) -> None:
    result = look_back(office)
    assert [doubt["field"] for doubt in result["warnings"]] == ["due", "due"]
    answer(review(office), "原时限2025-04-30", "5月底前")
    found = items(office)
    assert found["H1"]["due"] == "2026-05-31"
    assert found["H2"]["due"] is None


def test_one_day_for_all_is_an_option_of_the_command(office: Office) -> None:
    answered = office.run("lookback", OLD, "--into", NEW, "--due", "2026-06-30", "--json")
    assert answered.code == 0
    assert [each["due"] for each in answered.json["added"]] == ["2026-06-30", "2026-06-30"]
    assert answered.json["warnings"] == []


def test_run_again_nothing_comes_twice_and_the_clerks_edits_stay(office: Office) -> None:
    look_back(office)
    change(review(office), "任务分解表", "任务编号", lambda row: row["任务编号"] == "H1", 具体要求="补办一次公开培训。")
    book = load_workbook(review(office))
    sheet = book["任务分解表"]
    sheet.delete_rows(next(row[0].row for row in sheet.iter_rows() if row[0].value == "H2"))
    book.save(review(office))
    again = look_back(office)
    assert (again["added"], again["known"]) == ([], 2)
    found = items(office)
    assert found["H1"]["requirement"] == "补办一次公开培训。"
    assert "H2" not in found


def test_a_deleted_number_is_never_given_to_another_item(office: Office, tmp_path: Path) -> None:
    look_back(office)
    change(review(office), "存疑", "处理", lambda row: row["编号"] == "H2", 处理="不是任务，删去")
    listed = tmp_path / "清单.txt"
    listed.write_text("问题\t责任单位\n栏目空白\t市财政局\n", encoding="utf-8")
    assert [each["no"] for each in look_back(office, "--problems", listed)["added"]] == ["H3"]


def test_what_a_list_leaves_open_is_asked_in_the_table_until_it_is_answered(office: Office, tmp_path: Path) -> None:
    listed = tmp_path / "清单.txt"
    listed.write_text("问题\t责任单位\t霜降甲\n栏目空白\t市档案馆\t丁\n", encoding="utf-8")
    found = look_back(office, "--problems", listed, "--due", "2026-06-30")
    (problem,) = [each for each in found["added"] if each["kind"] == "outside"]
    assert (problem["due"], found["remarks"]) == ("2026-06-30", ["问题清单：不认识“霜降甲”这一栏，未读入"])
    assert [doubt["text"] for doubt in found["warnings"]] == ["市档案馆"]
    answer(review(office), "问题清单", "保留现状")
    answer(review(office), "市档案馆", DATA)
    again = office.run("lookback", OLD, "--into", NEW, "--problems", listed, "--json")
    assert (again.code, again.json["added"], again.json["known"]) == (0, [], 3)
    assert items(office)[problem["no"]]["assigned"] == [{"unit": DATA, "role": "responsible"}]


def test_what_is_finished_in_the_old_plan_meanwhile_is_pointed_out(office: Office) -> None:
    look_back(office, "--due", "2026-06-30")
    month(office, OLD, "2025-12", {EAST: told("1", "3")})
    again = look_back(office)
    assert again["closed"] == [{"no": "H1", "origin": "3", "units": [EAST], "whole": True}]
    asked = [row for row in cells(review(office), "存疑", "处理") if row["编号"] == "H1"]
    assert "现已办结" in asked[0]["为什么存疑"]
    change(review(office), "存疑", "处理", lambda row: row["编号"] == "H1", 处理="保留现状")
    assert look_back(office)["warnings"] == []


def test_a_year_looks_no_further_than_its_end(office: Office) -> None:
    month(office, OLD, "2026-01", {EAST: told("1", "3", day="2026-01-10")})
    assert [each["origin"]["no"] for each in look_back(office, "--year", "2025")["added"]] == ["3", "4"]
    assert [each["no"] for each in look_back(office)["closed"]] == ["H1"]


def test_an_opinion_of_the_office_on_work_without_a_day_becomes_an_item(office: Office) -> None:
    rule(
        office,
        "2025-11",
        lambda row: (row["单位"], row["任务编号"]) == (MONEY, "2"),
        核定意见="目录没有随机构改革调整。",
    )
    result = look_back(office)
    found = {each["kind"]: each for each in result["added"]}
    assert found["problem"]["units"] == [MONEY]
    assert found["problem"]["requirement"].startswith("整改核定指出的问题：目录没有随机构改革调整")
    assert items(office)[found["problem"]["no"]]["category"] == "回头看：核定指出的问题"


def test_an_opinion_on_a_late_task_goes_with_the_task(office: Office) -> None:
    rule(office, "2025-11", lambda row: (row["单位"], row["任务编号"]) == (EAST, "3"), 核定意见="课时不足。")
    (late, _) = look_back(office)["added"]
    assert late["requirement"] == "组织一次公开业务培训。（核定意见：课时不足）"


def test_closed_work_does_not_come_back_and_an_opinion_on_finished_work_is_told(office: Office) -> None:
    rule(office, "2025-11", lambda row: (row["单位"], row["任务编号"]) == (EAST, "3"), 核定状态="已完成", 销号="是")
    rule(office, "2025-11", lambda row: (row["单位"], row["任务编号"]) == (WEST, "3"), 核定意见="请补照片。")
    result = look_back(office)
    assert [each["origin"]["no"] for each in result["added"]] == ["4"]
    assert [(each["no"], each["units"]) for each in result["left_out"]] == [("3", [WEST])]


def test_a_plan_that_was_never_issued_cannot_be_looked_back_at(tmp_path: Path) -> None:
    fresh = new_office(tmp_path)
    fresh.adopt(LAST_PLAN, OLD)
    fresh.adopt(PLAN, NEW)
    answered = fresh.run("lookback", OLD, "--into", NEW)
    assert answered.code == 2
    assert "还没有下发过台账" in answered.err
    assert fresh.run("lookback", OLD, "--into", "明年").code == 2


def test_the_unit_sees_what_it_said_last_year_and_reports_on_it(office: Office) -> None:
    look_back(office, "--due", "2026-06-30")
    seen: dict[str, Row] = {}

    def look(row: Row) -> Row:
        seen[row["任务编号"]] = row
        return {"完成状态": "推进中", "进展情况": "已定于下月开班。"}

    result = month(office, NEW, "2026-03", {EAST: look})
    assert list(seen) == ["1", "3", "H1"]
    assert seen["H1"]["上期进展"] == "〔2025-11〕推进中，50%\n正在办理。3"
    assert seen["H1"]["完成时限"] == "2026年6月30日（2026年6月30日前）"
    assert result["accepted"][0]["entries"] == 3


def test_look_back_items_count_apart_and_stand_in_a_chapter_of_their_own(office: Office) -> None:
    look_back(office, "--due", "2026-02-28")
    month(office, NEW, "2026-03", {EAST: told(), DATA: told("H2", day="2026-03-10")})
    status = office.json("status", NEW, "--period", "2026-03")
    assert status["totals"]["items"] == 4
    assert status["lookback"] == {"items": 2, "done": 1, "moving": 0, "idle": 0, "overdue": 1}
    assert {unit["unit"]: (unit["tasks"], unit["lookback"]) for unit in status["units"]}[EAST] == (2, 1)
    report = office.json("report", NEW, "--period", "2026-03", "--as-of", "2026-03-31")
    text = [paragraph.text for paragraph in Document(report["bulletin"]).paragraphs]
    chapter = text.index("三、上年未完成事项办理情况")
    assert "上年未完成事项2项，单独统计，不计入任务总数" in text[chapter + 1]
    assert "已办结1项，逾期未办结1项" in text[chapter + 1]
    assert f"第H1项“组织一次公开业务培训”（应于2月28日前完成），责任单位{EAST}" in text[chapter + 2]
    assert not any("H1" in paragraph for paragraph in text[:chapter])
    tables = [[cell.text for row in table.rows for cell in row.cells] for table in Document(report["bulletin"]).tables]
    assert any("〔回头看〕第H1项" in cell for table in tables for cell in table)
    assert any(cell == "回头看：上年未完成事项" for table in tables for cell in table)
    master = cells(Path(report["master"]), "总台账", "任务编号")
    assert {row["任务编号"] for row in master if row["单位"] == EAST} == {"1", "3", "H1"}


def test_a_look_back_item_is_closed_by_the_office_like_any_other(office: Office) -> None:
    look_back(office, "--due", "2026-06-30")
    month(office, NEW, "2026-03", {EAST: told(), DATA: told()})
    report = office.json("report", NEW, "--period", "2026-03")
    change(
        Path(report["master"]), "总台账", "核定意见", lambda row: row["任务编号"] == "H1", 核定状态="已完成", 销号="是"
    )
    office.json("review", NEW, "--period", "2026-03")
    books = {book["unit"]: book["items"] for book in office.json("distribute", NEW, "--period", "2026-04")["workbooks"]}
    assert (books[EAST], books[DATA]) == (2, 4)


def test_the_trace_of_a_look_back_item_leads_to_last_years_file_and_cell(office: Office) -> None:
    look_back(office, "--due", "2026-06-30")
    month(office, NEW, "2026-03", {EAST: told(text="今年开班。")})
    found = office.json("trace", NEW, "H1", EAST)
    assert found["now"]["progress"] == "今年开班。H1"
    assert (found["origin"]["plan"], found["origin"]["no"]) == (OLD, "3")
    (version,) = found["origin"]["chain"]["versions"]
    assert version["fields"]["进展情况"] == "正在办理。3"
    assert version["archived"].startswith("2025-11/")
    assert office.json("trace", NEW, "1", EAST)["origin"] is None
    assert "在“去年”里的来历" in office.run("trace", NEW, "H1", EAST).out


def test_a_revised_plan_keeps_the_look_back_part_and_its_history(office: Office) -> None:
    look_back(office)
    answer(review(office), "原时限2025-04-30", "5月底前")
    month(office, NEW, "2026-03", {EAST: told(text="三月。")})
    # The new document has one task more, in last year's very words, and counts anew.
    revised = PLAN.replace("1\t更新", "1\t理清权责\t把权责清单放到网站。\t市数据局\t\t5月底前\n2\t更新", 1)
    source = office.home / "新要点.txt"
    source.write_text(revised, encoding="utf-8")
    for more in ((), ("--replace",)):
        office.json("import", source, "--as", NEW, *more)
        found = items(office)
        assert list(found)[-2:] == ["H1", "H2"]
        assert found["H1"]["due"] == "2026-05-31"
        assert look_back(office)["added"] == []
    traced = office.json("trace", NEW, "H1", EAST)
    assert traced["origin"]["no"] == "3"
    assert traced["now"]["progress"] == "三月。H1"


def test_the_origin_is_known_when_the_hidden_sheet_of_the_table_is_lost(office: Office) -> None:
    look_back(office)
    book = load_workbook(review(office))
    del book["导入记录"]
    book.save(review(office))
    assert look_back(office)["added"] == []
    assert office.json("trace", NEW, "H1", EAST)["origin"]["no"] == "3"


def test_killed_before_the_store_knew_it_the_next_run_makes_it_good(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("flows.lookback.keep_carried", killed)
        assert office.run("lookback", OLD, "--into", NEW).code not in (0, 1)
    again = look_back(office)
    assert (again["added"], again["known"]) == ([], 2)
    assert office.json("trace", NEW, "H1", EAST)["origin"]["no"] == "3"


def test_what_is_still_open_goes_on_into_the_year_after(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "this_moment", lambda: datetime(2027, 1, 5, 9, 0, tzinfo=CHINA))
    look_back(office, "--due", "2026-06-30")
    month(
        office,
        NEW,
        "2026-12",
        {EAST: told("1", "3", day="2026-12-10"), DATA: told("1", "2", "4", "H2", day="2026-12-10")},
    )
    office.adopt(PLAN.replace("2026", "2027"), "明年")
    again = office.json("lookback", NEW, "--into", "明年", "--due", "2027-06-30")
    assert [(each["origin"]["no"], each["units"]) for each in again["added"] if EAST in each["units"]] == [
        ("H1", [EAST])
    ]
    no = next(each["no"] for each in again["added"] if each["origin"]["no"] == "H1")
    chain = office.json("trace", "明年", no, EAST)["origin"]["chain"]
    assert chain["origin"]["plan"] == OLD
