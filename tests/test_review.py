"""核定: the office rules in 总台账.xlsx, and what it ruled counts and survives every later run."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, fill, moving, new_office
from tests.reviewing import (
    APRIL,
    DATA,
    EAST,
    MARCH,
    MONEY,
    WEST,
    Sheet,
    answer_all,
    cell_of,
    issued_numbers,
    march_reported,
    master,
    rules,
    unit_of,
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return march_reported(tmp_path)


def test_the_offices_word_goes_before_the_units(office: Office) -> None:
    assert unit_of(office, MONEY)["done"] == 0
    rules(office, MONEY, "2", 核定状态="已完成", 核定意见="网站已查，属实")
    answer = office.run("review", *MARCH, "--json")
    assert answer.code == 0
    (taken,) = answer.json["taken"]
    assert (taken["unit"], taken["no"]) == (MONEY, "2")
    assert {(c["field"], c["old"], c["new"]) for c in taken["changes"]} == {
        ("核定状态", "", "已完成"),
        ("核定意见", "", "网站已查，属实"),
    }
    assert (answer.json["unchanged"], answer.json["problems"], answer.json["conflicts"]) == (7, [], [])
    cell = cell_of(office, MONEY, "2")
    assert (cell["status"], cell["reported"], cell["light"]) == ("已完成", "推进中", "蓝")
    assert unit_of(office, MONEY)["done"] == 1


def test_taken_in_twice_nothing_changes(office: Office) -> None:
    rules(office, MONEY, "2", 核定状态="已完成")
    office.json("review", *MARCH)
    again = office.run("review", *MARCH, "--json")
    assert (again.code, again.json["taken"], again.json["unchanged"]) == (0, [], 8)
    assert "没有新的核定内容" in office.run("review", *MARCH).out


def test_rulings_survive_every_later_run(office: Office, tmp_path: Path) -> None:
    rules(office, MONEY, "2", 核定状态="已完成", 办公室备注="局长关注")
    office.json("review", *MARCH)
    for _ in range(2):
        office.json("collect", *MARCH, "--from", tmp_path / "收")
        office.json("report", *MARCH)
    assert Sheet(master(office)).read(MONEY, "2", "核定状态", "办公室备注", "完成状态") == [
        "已完成",
        "局长关注",
        "推进中",
    ]
    assert cell_of(office, MONEY, "2")["status"] == "已完成"
    assert list(master(office).parent.glob("总台账_*")) == []


def test_report_takes_in_what_the_office_forgot_to_take_in(office: Office) -> None:
    rules(office, MONEY, "2", 核定状态="已完成")
    made = office.json("report", *MARCH)
    assert [t["unit"] for t in made["reviewed"]["taken"]] == [MONEY]
    assert made["kept"] is None
    assert cell_of(office, MONEY, "2")["status"] == "已完成"
    assert Sheet(master(office)).read(MONEY, "2", "核定状态") == ["已完成"]


def test_report_keeps_a_copy_of_what_it_could_not_take_in(office: Office) -> None:
    rules(office, MONEY, "2", 核定状态="差不多")
    before = master(office).read_bytes()
    answer = office.run("report", *MARCH, "--json")
    assert answer.code == 1
    assert Path(answer.json["kept"]).read_bytes() == before
    assert Path(answer.json["kept"]).name.startswith("总台账_")
    assert "差不多" in answer.json["reviewed"]["problems"][0]["message"]


def test_a_note_in_another_cell_is_not_overwritten_silently(office: Office) -> None:
    sheet = Sheet(master(office))
    sheet.sheet.cell(4, 30).value = "这行要向领导汇报"
    sheet.save()
    made = office.json("report", *MARCH)
    assert load_workbook(made["kept"])["总台账"].cell(4, 30).value == "这行要向领导汇报"
    assert office.json("report", *MARCH)["kept"] is None


def test_faulty_rows_are_told_with_their_cells_and_right_ones_are_taken(office: Office) -> None:
    sheet = Sheet(master(office))
    sheet.write(MONEY, "2", 核定状态="已完成")
    sheet.write(DATA, "1", 核定状态="差不多")
    sheet.write(DATA, "2", 销号="是")
    sheet.write(DATA, "4", 延期至="2026-09-30")
    sheet.write(EAST, "1", 延期至="2026-03-10", 延期理由="等系统上线")
    sheet.write(EAST, "3", 延期理由="等系统上线")
    sheet.write(WEST, "1", 延期至="明年再说", 延期理由="等系统上线")
    sheet.save()
    answer = office.run("review", *MARCH, "--json")
    assert answer.code == 1
    assert [(t["unit"], t["no"]) for t in answer.json["taken"]] == [(MONEY, "2")]
    at = sheet.columns
    said = {p["cell"]: p["message"] for p in answer.json["problems"]}

    def place(unit: str, no: str, header: str) -> str:
        found: str = sheet.sheet.cell(sheet.row(unit, no), at[header]).coordinate
        return found

    assert "“差不多”" in said.pop(place(DATA, "1", "核定状态"))
    assert "不能销号" in said.pop(place(DATA, "2", "销号"))
    assert "没有写延期理由" in said.pop(place(DATA, "4", "延期理由"))
    assert "不晚于原来的时限 2026-03-20" in said.pop(place(EAST, "1", "延期至"))
    assert "没有写延期到哪一天" in said.pop(place(EAST, "3", "延期至"))
    assert "不是日期" in said.pop(place(WEST, "1", "延期至"))
    assert said == {}
    assert cell_of(office, DATA, "1")["review"] is None


def test_a_task_without_deadline_cannot_be_extended(office: Office) -> None:
    rules(office, MONEY, "2", 延期至="2027-01-31", 延期理由="等系统上线")
    items = {i["no"]: i["due"] for i in office.json("status", *MARCH)["items"]}
    answer = office.run("review", *MARCH, "--json")
    if items["2"] is None:
        assert "没有完成时限" in answer.json["problems"][0]["message"]
    else:
        assert answer.json["taken"]


def test_an_extension_moves_light_and_ledger(office: Office) -> None:
    assert cell_of(office, EAST, "1")["light"] == "红"
    rules(office, EAST, "1", 延期至="2026年6月30日", 延期理由="等系统上线")
    office.json("review", *MARCH)
    cell = cell_of(office, EAST, "1")
    assert (cell["light"], cell["days_late"], cell["due"]) == ("绿", 0, "2026-06-30")
    assert cell_of(office, WEST, "1")["light"] == "红"
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *APRIL)["workbooks"]}
    sheet = load_workbook(books[EAST])["工作台账"]
    told = {row[0].value: row[5].value for row in sheet.iter_rows(min_row=6) if row[0].value}
    assert told["1"] == "延期至2026年6月30日（原3月20日前）"
    office.json("report", *MARCH)
    day, reason = Sheet(master(office)).read(EAST, "1", "延期至", "延期理由")
    assert (day.date(), reason) == (date(2026, 6, 30), "等系统上线")


def test_what_is_closed_is_done_and_no_longer_asked_for(office: Office, tmp_path: Path) -> None:
    rules(office, EAST, "1", 核定状态="已完成", 销号="√")
    office.json("review", *MARCH)
    assert issued_numbers(office, EAST, APRIL) == ["3"]
    assert issued_numbers(office, WEST, APRIL) == ["1", "3"]
    cell = cell_of(office, EAST, "1", APRIL)
    assert (cell["status"], cell["light"]) == ("已完成", "蓝")
    assert unit_of(office, EAST, APRIL)["tasks"] == 2


def test_a_unit_whose_tasks_are_all_closed_is_not_asked_and_not_called_silent(office: Office) -> None:
    rules(office, MONEY, "2", 核定状态="已完成", 销号="是")
    office.json("review", *MARCH)
    assert issued_numbers(office, MONEY, APRIL) == []
    assert unit_of(office, MONEY, APRIL)["answer"] == "无任务"
    assert unit_of(office, MONEY, APRIL)["done"] == 1
    assert MONEY not in {e["unit"] for e in office.json("remind", *APRIL)["reminded"]}
    office.json("report", *APRIL)


def test_what_was_closed_by_mistake_can_be_opened_again(office: Office) -> None:
    rules(office, MONEY, "2", 核定状态="已完成", 销号="是")
    office.json("report", *MARCH)
    rules(office, MONEY, "2", 核定状态=None, 销号=None)
    office.json("review", *MARCH)
    assert issued_numbers(office, MONEY, APRIL) == ["2"]
    assert cell_of(office, MONEY, "2")["status"] == "推进中"


def test_a_later_periods_report_counts_again(office: Office, tmp_path: Path) -> None:
    rules(office, MONEY, "2", 核定状态="未启动", 核定意见="没有佐证", 办公室备注="常催")
    office.json("review", *MARCH)
    office.json("distribute", *APRIL)
    assert cell_of(office, MONEY, "2", APRIL)["status"] == "未启动", "nothing new has come"
    answer_all(office, tmp_path / "四月", APRIL, moving("四月又更新了目录。"), MONEY)
    cell = cell_of(office, MONEY, "2", APRIL)
    assert (cell["status"], cell["review"]["status"], cell["review"]["note"]) == ("推进中", None, "常催")
    assert cell_of(office, MONEY, "2", MARCH)["status"] == "未启动"


def test_a_report_after_the_ruling_is_told_and_the_ruling_stands(office: Office, tmp_path: Path) -> None:
    """The 总台账 was made, then the unit reported once more, then the office ruled on what it saw."""
    book = next(Path(b["file"]) for b in office.json("distribute", *MARCH)["workbooks"] if b["unit"] == MONEY)
    late = datetime(2026, 3, 28, 9, tzinfo=CHINA)
    fill(book, tmp_path / "收" / "再报.xlsx", moving("又做了一次。"), received=late)
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    rules(office, MONEY, "2", 核定状态="已完成")
    answer = office.run("review", *MARCH, "--json")
    assert answer.code == 1
    (conflict,) = answer.json["conflicts"]
    assert conflict["unit"] == MONEY
    assert "单位又有新报" in conflict["message"]
    cell = cell_of(office, MONEY, "2")
    assert (cell["status"], cell["progress"], cell["review"]["overtaken"]) == ("已完成", "又做了一次。", True)
    office.json("report", *MARCH)
    (state,) = Sheet(master(office)).read(MONEY, "2", "核定情况")
    assert state.endswith("核定后单位又有新报")
    rules(office, MONEY, "2", 核定意见="新报的也看过了")
    office.json("review", *MARCH)
    assert cell_of(office, MONEY, "2")["review"]["overtaken"] is False


def test_the_same_words_sent_again_do_not_shake_a_ruling(office: Office, tmp_path: Path) -> None:
    rules(office, MONEY, "2", 核定状态="已完成")
    office.json("review", *MARCH)
    again = load_workbook(tmp_path / "收" / f"{MONEY}3.xlsx")
    again["工作台账"]["P60"] = "重发"
    again.save(tmp_path / "收" / "重发.xlsx")
    told = office.json("collect", *MARCH, "--from", tmp_path / "收")
    assert [a["unit"] for a in told["accepted"]] == [MONEY]
    assert cell_of(office, MONEY, "2")["review"]["overtaken"] is False


def test_collect_tells_that_a_unit_reports_on_what_was_ruled_on(office: Office, tmp_path: Path) -> None:
    rules(office, MONEY, "2", 核定状态="已完成")
    office.json("review", *MARCH)
    told = answer_all(office, tmp_path / "又", MARCH, moving("又做了一次。"), MONEY)
    assert any("已核定" in warning for warning in told["accepted"][0]["warnings"])


def test_two_copies_of_the_sheet_are_put_together_field_by_field(office: Office, tmp_path: Path) -> None:
    other = tmp_path / "副本.xlsx"
    other.write_bytes(master(office).read_bytes())
    Sheet(other).write(MONEY, "2", 核定意见="已核").write(DATA, "1", 核定状态="已完成").save()
    rules(office, MONEY, "2", 核定状态="已完成")
    rules(office, DATA, "1", 核定状态="需协调")
    office.json("review", *MARCH)
    answer = office.run("review", *MARCH, "--from", other, "--json")
    assert answer.code == 1
    money = cell_of(office, MONEY, "2")["review"]
    assert (money["status"], money["opinion"]) == ("已完成", "已核")
    (conflict,) = answer.json["conflicts"]
    assert (conflict["unit"], conflict["no"]) == (DATA, "1")
    assert "“需协调”" in conflict["message"]
    assert cell_of(office, DATA, "1")["status"] == "已完成"


def test_an_old_copy_left_alone_takes_nothing_back(office: Office, tmp_path: Path) -> None:
    old = tmp_path / "旧.xlsx"
    old.write_bytes(master(office).read_bytes())
    rules(office, MONEY, "2", 核定状态="已完成")
    office.json("review", *MARCH)
    answer = office.json("review", *MARCH, "--from", old)
    assert (answer["taken"], answer["unchanged"]) == ([], 8)
    assert cell_of(office, MONEY, "2")["status"] == "已完成"


def test_the_office_can_rule_on_a_task_that_was_never_reported(tmp_path: Path) -> None:
    made = new_office(tmp_path)
    made.adopt()
    made.json("distribute", *MARCH)
    made.json("report", *MARCH)
    rules(made, MONEY, "2", 核定状态="已完成", 核定意见="电话核实")
    made.json("review", *MARCH)
    cell = cell_of(made, MONEY, "2")
    assert (cell["status"], cell["reported"], cell["source"]) == ("已完成", None, None)
    made.json("report", *MARCH)
    assert Sheet(master(made)).read(MONEY, "2", "完成状态", "核定状态") == ["未报送", "已完成"]


def test_only_the_offices_columns_are_open_and_the_lists_are_there(office: Office) -> None:
    sheet = Sheet(master(office))
    assert sheet.sheet.protection.sheet
    open_columns = {
        header for header, column in sheet.columns.items() if not sheet.sheet.cell(2, column).protection.locked
    }
    assert open_columns == {"核定状态", "核定意见", "销号", "延期至", "延期理由", "办公室备注"}
    lists = {rule.formula1 for rule in sheet.sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists == {'"未启动,推进中,已完成,需协调,不涉及"', '"是"'}
    assert sheet.sheet.column_dimensions["AA"].hidden


def test_a_ruling_follows_its_task_when_the_plan_is_numbered_anew(office: Office, tmp_path: Path) -> None:
    from tests.clerk import REVISED, again

    rules(office, DATA, "4", 核定状态="已完成", 销号="是")
    rules(office, EAST, "1", 延期至="2026-06-30", 延期理由="等系统上线")
    office.json("review", *MARCH)
    copy = tmp_path / "改号以前的.xlsx"
    copy.write_bytes(master(office).read_bytes())
    again(office, REVISED)
    assert cell_of(office, DATA, "4")["review"]["closed"]
    moved = cell_of(office, EAST, "2")
    assert moved["due"] == "2026-06-30", "what was 1 is 2 now"
    Sheet(copy).write(WEST, "1", 核定意见="抓紧").save()
    answer = office.json("review", *MARCH, "--from", copy)
    assert [(t["unit"], t["no"]) for t in answer["taken"]] == [(WEST, "2")]
