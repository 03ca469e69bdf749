"""taizhang assess from end to end: months are reported, the office adds its lines, everything comes out traceable."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import xlsxwriter
from docx import Document
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Answer, Office, Row, fill, moving, new_office
from tests.reviewing import Sheet

EAST, WEST, DATA, MONEY = "东山县人民政府", "西河区人民政府", "市数据局", "市财政局"
MONTHS = ("2026-03", "2026-04")


def done(day: str) -> Callable[[Row], Row]:
    return lambda _row: {"完成状态": "已完成", "完成进度": 1, "进展情况": "已完成并公布。", "完成日期": day}


def months(office: Office, folder: Path) -> None:
    """东山 does all in time; 西河 is late once and silent once; 数据局 has to correct; 财政局 never answers."""
    for number, period in enumerate(MONTHS):
        books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", "要点", "--period", period)["workbooks"]}

        def send(unit: str, what: Callable[[Row], Row | None], day: int, period: str = period, mark: str = "") -> None:
            when = datetime(2026, int(period[5:]), day, 9, 30, tzinfo=CHINA)
            fill(books[unit], folder / f"{period}{mark}" / f"{unit}.xlsx", what, received=when)  # noqa: B023

        def collect(period: str = period, mark: str = "") -> dict[str, Any]:
            return office.json("collect", "要点", "--period", period, "--from", folder / f"{period}{mark}")

        send(EAST, done("2026-03-18") if number == 0 else lambda _row: None, 20)
        if number == 0:
            send(DATA, lambda _row: {"完成状态": "差不多了", "进展情况": "快了"}, 19)
            assert len(collect()["returned"]) == 1
            send(DATA, moving("三月进展。"), 22, mark="改")
            send(WEST, moving("三月进展。"), 28, mark="改")
            collect(mark="改")
        else:
            send(DATA, moving("四月进展。"), 20)
            collect()
    office.json("report", "要点", "--period", "2026-03")


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("一年")
    office = new_office(folder)
    office.adopt()
    months(office, folder / "来件")
    return office.home


@pytest.fixture
def office(year: Path, tmp_path: Path) -> Office:
    """A copy of the home in which two months have passed."""
    return Office(Path(shutil.copytree(year, tmp_path / "办公室")))


def assess(office: Office, *more: str | Path) -> dict[str, Any]:
    return office.json("assess", "要点", "--year", "2026", "--as-of", "2026-05-15", *more)


def unit(result: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in result["units"] if each["unit"] == name)
    return found


def rows(result: dict[str, Any], name: str, criterion: str) -> list[dict[str, Any]]:
    return next(part["rows"] for part in unit(result, name)["points"] if part["criterion"] == criterion)


def test_every_unit_gets_a_score_from_what_it_did(office: Office) -> None:
    result = assess(office)
    assert Path(result["scores"]).is_file()
    assert Path(result["summary"]).is_file()
    assert result["months"] == list(MONTHS)
    assert [row["share"] for row in rows(result, EAST, "报送按时")] == [1, 1]
    assert [row["share"] for row in rows(result, WEST, "报送按时")] == [0.5, 0]
    assert [row["share"] for row in rows(result, DATA, "一次报准")] == [0.5, 1]
    assert [row["share"] for row in rows(result, MONEY, "报送按时")] == [0, 0]
    assert unit(result, EAST)["rank"] == 1
    assert unit(result, WEST)["rank"] == 2
    for each in result["units"]:
        assert round(sum(part["points"] for part in each["points"]), 2) == each["base"]


def test_a_point_leads_to_the_file_and_the_time(office: Office) -> None:
    mark = rows(assess(office), EAST, "报送按时")[0]
    assert "3月20日 09:30 收到“东山县人民政府.xlsx”" in mark["evidence"]
    assert (office.home / "ledgers" / "要点" / mark["source"]).is_file()
    task = next(row for row in rows(assess(office), EAST, "按期完成") if row["no"] == "1")
    assert "时限2026年3月20日，2026年3月18日完成（单位填报的完成日期），按期" in task["evidence"]
    assert "!工作台账!" in task["source"]


def test_tasks_without_a_day_are_no_part_of_it_and_undated_units_are_reweighted(office: Office) -> None:
    money = unit(assess(office), MONEY)
    part = next(part for part in money["points"] if part["criterion"] == "按期完成")
    assert (part["full"], part["left_out"]) == (0, "没有到期的任务")
    assert round(sum(part["full"] for part in money["points"]), 2) == 100


def type_lines(path: Path, *lines: tuple[object, ...]) -> None:
    book = load_workbook(path)
    sheet = book["加减分"]
    for number in range(4, 60):
        for column in range(1, 6):
            sheet.cell(number, column).value = lines[number - 4][column - 1] if number - 4 < len(lines) else None
    book.save(path)


def test_the_offices_lines_survive_every_run_and_the_difference_is_told(office: Office) -> None:
    path = Path(assess(office)["scores"])
    before = unit(assess(office), EAST)["score"]
    type_lines(path, ("东山县", 1.5, "经验被省里推广", "省政府通报", None), (WEST, -3, "瞒报", "核查报告", "2026-04"))
    first = assess(office)
    assert [(line["unit"], line["points"]) for line in first["adjustments"]["added"]] == [(EAST, 1.5), (WEST, -3)]
    assert unit(first, EAST)["score"] == before + 1.5
    path.unlink()
    again = assess(office)
    assert again["adjustments"] == {"added": [], "removed": [], "problems": []}
    assert unit(again, EAST)["score"] == before + 1.5
    type_lines(path, (EAST, 1.5, "经验被省里推广", "省政府通报", None))
    last = assess(office)
    assert [(line["unit"], line["points"]) for line in last["adjustments"]["removed"]] == [(WEST, -3)]
    assert unit(last, WEST)["deduction"] == 0


def test_a_line_of_one_month_counts_in_that_month_and_in_the_year(office: Office) -> None:
    month = office.json("assess", "要点", "--period", "2026-04")
    assert Path(month["scores"]).parent.name == "2026-04"
    type_lines(Path(month["scores"]), (DATA, 2, "提前公开", None, None))
    month = office.json("assess", "要点", "--period", "2026-04")
    assert month["adjustments"]["added"][0]["period"] == "2026-04"
    assert unit(assess(office), DATA)["bonus"] == 2
    assert unit(office.json("assess", "要点", "--period", "2026-03"), DATA)["bonus"] == 0


def test_a_list_of_the_offices_own_is_taken_once(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "加减分.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(
            [
                ("单位", "分值", "理由", "依据"),
                ("市数据局", "一票否决", "泄露个人隐私", "通报"),
                ("无此局", 1, "好", ""),
            ]
        ):
            sheet.write_row(number, 0, row)
    answer = office.run("assess", "要点", "--year", "2026", "--adjust", path)
    assert answer.code == 1
    assert "加减分新增 市数据局 一票否决：泄露个人隐私" in answer.out
    assert "A3：单位名录里没有“无此局”" in answer.out
    result = assess(office, "--adjust", path)
    assert result["adjustments"]["added"] == []
    assert (unit(result, DATA)["grade"], unit(result, DATA)["rank"]) == ("不合格", None)
    assert {"unit": DATA, "reasons": ["考核不合格（一票否决：泄露个人隐私）"]} in result["talks"]


def test_faulty_lines_stay_in_the_workbook_until_they_are_right(office: Office) -> None:
    path = Path(assess(office)["scores"])
    type_lines(path, ("东山县", 2, None, None, None))
    assert "没有写理由" in assess(office)["adjustments"]["problems"][0]["message"]
    sheet = load_workbook(path)["加减分"]
    assert (sheet["A4"].value, sheet["B4"].value, sheet["F4"].value) == ("东山县", "2", "未计入：没有写理由")
    sheet.parent["加减分"]["C4"].value = "经验推广"
    sheet.parent.save(path)
    assert [line["reason"] for line in assess(office)["adjustments"]["added"]] == ["经验推广"]


def test_a_workbook_that_cannot_be_read_is_set_aside(office: Office) -> None:
    path = Path(assess(office)["scores"])
    path.write_bytes(b"no workbook")
    answer: Answer = office.run("assess", "要点", "--year", "2026", "--json")
    assert answer.code == 1
    assert Path(answer.json["kept"]).read_bytes() == b"no workbook"
    assert load_workbook(path).sheetnames[:3] == ["汇总", "明细", "加减分"]


def test_the_office_may_find_work_less_far_than_said(office: Office) -> None:
    before = unit(assess(office), EAST)["score"]
    sheet = Sheet(office.home / "ledgers/要点/2026-03/总台账.xlsx")
    sheet.write(EAST, "1", 核定状态="推进中").save()
    office.json("review", "要点", "--period", "2026-03")
    result = assess(office)
    assert "核定低于填报1项（1）" in rows(result, EAST, "核定质量")[0]["evidence"]
    assert unit(result, EAST)["score"] < before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "没有写考核哪一年"),
        (("--period", "2026-03", "--since", "2026-01"), "不能和"),
        (("--since", "2026-05", "--until", "2026-03"), "先起后止"),
        (("--year", "2025", "--period", "2026-03"), "不在 2025 年之内"),
        (("--year", "2027"), "还没有下发过台账"),
        (("--year", "2026", "--adjust", "没有.xlsx"), "找不到"),
    ],
)
def test_wrong_use_is_told_in_a_sentence(office: Office, arguments: tuple[str, ...], said: str) -> None:
    answer = office.run("assess", "要点", *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_the_months_are_counted_with_the_offices_own_scheme(office: Office) -> None:
    office.configure(assessment={"timely": 100, "complete": 0, "corrected": 0, "done": 0, "quality": 0})
    result = assess(office)
    assert [part["criterion"] for part in unit(result, WEST)["points"]] == ["报送按时"]
    assert unit(result, WEST)["base"] == 25


def test_the_bulletin_tells_the_scores_only_when_the_office_wants_it(office: Office) -> None:
    def words() -> str:
        made = office.json("report", "要点", "--period", "2026-03")
        return "\n".join(paragraph.text for paragraph in Document(made["bulletin"]).paragraphs)

    assert "考核得分" not in words()
    office.configure(assessment={"in_bulletin": True})
    told = words()
    assert "）考核得分" in told
    month = office.json("assess", "要点", "--period", "2026-03")
    assert f"东山县人民政府（{unit(month, EAST)['score']:g}分）" in told


def test_a_home_of_before_has_neither_table_nor_template_and_is_assessed_all_the_same(office: Office) -> None:
    (office.home / "templates" / "考核情况.docx").unlink()
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    with engine.begin() as db:
        db.execute(sa.text("DROP TABLE adjustments"))
    engine.dispose()
    config = office.home / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").partition("[assessment]")[0], encoding="utf-8")
    assert unit(assess(office), EAST)["rank"] == 1
