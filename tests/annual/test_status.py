"""`status --year`: who has filed 年报数据, who has not, and what the office should look at."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.annual.format import key3
from flows.periods import CHINA
from flows.round import intake
from tests.annual.filers import FILING, UNITS, YEAR, fill_annual, numbers
from tests.office import Office, new_office

BUREAU, MONEY, SCHOOLS, AFFAIRS, EAST, WEST = "市数据局", "市财政局", "市教育局", "市民政局", *FILING[:2]


def moment(day: int) -> datetime:
    return datetime(2027, 2, day, 9, 0, tzinfo=CHINA)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """It is 5 February 2027: the departments' day is over, the districts' is not."""
    monkeypatch.setattr(intake, "this_moment", lambda: moment(5))
    monkeypatch.setattr("flows.periods.today", lambda: date(2027, 2, 5))
    made = new_office(tmp_path)
    made.adopt(units=UNITS)
    return made


def status(office: Office) -> dict[str, Any]:
    found = office.json("status", *YEAR)
    return found | {"by_unit": {each["unit"]: each for each in found["units"]}}


def half_a_round(office: Office, folder: Path) -> None:
    """One in time, one late, one faulty, two that cannot be read, and two silent."""
    books = {each["unit"]: Path(each["file"]) for each in office.json("distribute", *YEAR)["workbooks"]}
    january = datetime(2027, 1, 20, 9, 0, tzinfo=CHINA)
    same = "本单位高度重视政府信息公开工作，坚持以公开为常态、不公开为例外，及时更新门户网站栏目，" * 3
    more = {"主动公开": same}
    fill_annual(books[BUREAU], folder / f"{BUREAU}.xlsx", numbers(), more=more, received=january)
    fill_annual(books[MONEY], folder / f"{MONEY}.xlsx", numbers(), more=more, received=moment(3))
    fill_annual(books[SCHOOLS], folder / f"{SCHOOLS}.xlsx", numbers() | {key3(1, "自然人"): 99}, received=january)
    (folder / "市民政局年报.xlsx").write_bytes(b"no workbook")
    (folder / "数据.xlsx").write_bytes(b"nobody knows whose")
    office.json("collect", *YEAR, "--from", folder)


def test_every_unit_stands_with_its_answer_and_its_own_day(office: Office, tmp_path: Path) -> None:
    half_a_round(office, tmp_path / "收")
    found = status(office)
    assert {unit: each["answer"] for unit, each in found["by_unit"].items()} == {
        EAST: "未报送",
        WEST: "未报送",
        BUREAU: "按时报送",
        MONEY: "逾期报送",
        SCHOOLS: "已退回未改",
        AFFAIRS: "已收到待处理",
    }
    assert found["totals"] == {
        "units": 6,
        "asked": 6,
        "answered": 2,
        "on_time": 1,
        "late": 1,
        "returned": 1,
        "pending": 1,
        "missing": 2,
        "not_issued": 0,
        "overdue": 2,
    }
    east, affairs = found["by_unit"][EAST], found["by_unit"][AFFAIRS]
    assert (east["deadline"], east["when"], east["days"]) == ("2027-03-31", "before", 54)
    assert (affairs["when"], affairs["days"]) == ("after", 5)
    assert found["not_filing"] == ["市委编办"]
    assert [each["file"] for each in found["others"]] == ["数据.xlsx"]
    assert found["items"] == []


def test_doubts_about_what_was_taken_in_are_told_again(office: Office, tmp_path: Path) -> None:
    half_a_round(office, tmp_path / "收")
    doubts = {unit: each["doubts"] for unit, each in status(office)["by_unit"].items()}
    assert any("文字雷同" in doubt and MONEY in doubt for doubt in doubts[BUREAU])
    assert doubts[SCHOOLS] == [], "what went back is told as returned"


def test_a_later_faulty_file_does_not_undo_a_right_one_but_is_told(office: Office, tmp_path: Path) -> None:
    half_a_round(office, tmp_path / "收")
    book = next(Path(e["file"]) for e in office.json("distribute", *YEAR)["workbooks"] if e["unit"] == BUREAU)
    wrong = numbers() | {key3(1, "自然人"): 99}
    fill_annual(book, tmp_path / "再" / f"{BUREAU}.xlsx", wrong, received=moment(4))
    office.json("collect", *YEAR, "--from", tmp_path / "再")
    found = status(office)["by_unit"][BUREAU]
    assert found["answer"] == "按时报送"
    assert any("已退回" in doubt and "仍然有效" in doubt for doubt in found["doubts"])


def test_before_anything_is_issued_the_next_step_is_named(office: Office) -> None:
    found = status(office)
    assert (found["totals"]["not_issued"], found["totals"]["asked"]) == (6, 0)
    told = office.run("status", *YEAR)
    assert told.code == 0
    assert "下一步：taizhang distribute 要点 --year 2026" in told.out


def test_the_clerk_reads_names_days_and_what_to_do(office: Office, tmp_path: Path) -> None:
    half_a_round(office, tmp_path / "收")
    told = office.run("status", *YEAR).out
    assert "要报 6 家：按时 1，逾期报送 1，已退回未改 1，待处理 1，未报送 2" in told
    assert f"已退回未改：{SCHOOLS}，报来的“{SCHOOLS}.xlsx”有错，已退回，还没有更正" in told
    assert f"已收到待处理：{AFFAIRS}，来件“市民政局年报.xlsx”待人工处理" in told
    assert "待处理来件“数据.xlsx”：" in told
    assert "逾期 5 天" in told
    assert "本级政府年报应于2027年3月31日前公布，还有 54 天" in told
    assert "remind 要点 --year 2026 催报" in told


def test_a_month_and_a_year_are_not_named_together_and_months_stay_months(office: Office, tmp_path: Path) -> None:
    half_a_round(office, tmp_path / "收")
    both = office.run("status", *YEAR, "--period", "2026-12")
    assert both.code == 2
    assert "只能写一个" in both.err
    assert "period" in office.json("status", "要点"), "without either it is the last month"


def test_nothing_is_changed_by_looking(office: Office, tmp_path: Path) -> None:
    half_a_round(office, tmp_path / "收")
    files = sorted((path.as_posix(), path.stat().st_size) for path in (office.home / "ledgers").rglob("*.*"))
    assert status(office) == status(office)
    assert files == sorted((path.as_posix(), path.stat().st_size) for path in (office.home / "ledgers").rglob("*.*"))
