"""trace: from what counts back to the file, the cell, the mail, the ruling and the letters."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import Office, Row, fill, moving, new_office
from tests.reviewing import MONEY, rules

MARCH = ("要点", "--period", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    return made


def workbooks(office: Office, period: str = "2026-03") -> dict[str, Path]:
    return {b["unit"]: Path(b["file"]) for b in office.json("distribute", "要点", "--period", period)["workbooks"]}


def came(day: int) -> datetime:
    return datetime(2026, 3, day, 9, 30, tzinfo=CHINA)


def test_the_chain_leads_to_the_very_cell(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books[MONEY], tmp_path / "收" / "一.xlsx", moving("第一次。"), received=came(18))
    fill(books[MONEY], tmp_path / "收" / "二.xlsx", moving("第二次。"), received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    found = office.json("trace", "要点", "2", MONEY)
    assert (found["now"]["status"], found["now"]["progress"]) == ("推进中", "第二次。")
    assert [(v["file"], v["state"], v["fields"]["进展情况"]) for v in found["versions"]] == [
        ("一.xlsx", "已被后来的代替", "第一次。"),
        ("二.xlsx", "现行", "第二次。"),
    ]
    last = found["versions"][-1]
    kept = office.home / "ledgers/要点" / last["archived"]
    assert kept.read_bytes() == (tmp_path / "收" / "二.xlsx").read_bytes()
    assert load_workbook(kept)[last["sheet"]][last["cells"]["进展情况"]].value == "第二次。"
    assert len(last["sha256"]) == 64
    (issued,) = found["issued"]
    assert (office.home / "ledgers/要点" / issued["file"]) == books[MONEY]
    assert [letter["kind"] for letter in found["letters"]] == ["下发"]
    told = office.run("trace", "要点", "2", MONEY).out
    assert "现在：推进中" in told
    assert last["sha256"] in told


def test_held_rows_of_a_returned_sheet_are_shown(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)

    def answer(row: Row) -> Row:
        if row["任务编号"] == "1":
            return {"完成状态": "已完成", "进展情况": "已公布。"}
        return {"完成状态": "推进中", "进展情况": "正在做。"}

    fill(books["市数据局"], tmp_path / "收" / "数据局.xlsx", answer, received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    (line,) = [u for u in office.json("status", *MARCH)["units"] if u["unit"] == "市数据局"]
    assert (line["answer"], line["held"]) == ("已退回未改", 2)
    assert "已退回未改，其中 2 项已收下备用" in office.run("status", *MARCH).out
    right = office.json("trace", "要点", "2", "市数据局")
    assert [(v["state"], v["merged"], v["verdict"]) for v in right["versions"]] == [
        ("退回表中填对的，已收下备用", False, "returned")
    ]
    assert right["now"] is None
    assert [letter["kind"] for letter in right["letters"]] == ["下发", "退回"]
    wrong = office.json("trace", "要点", "1", "市数据局")
    assert wrong["versions"] == []
    (other,) = wrong["others"]
    assert "完成日期" in other["problems"][0]["message"]
    assert other["problems"][0]["cell"].startswith("K")
    assert "还没有可用的填报" in office.run("trace", "要点", "1", "市数据局").out


def test_once_the_sheet_is_corrected_nothing_is_held_any_more(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    wrong: Row = {"完成状态": "已完成", "进展情况": "已公布。"}
    fill(books["市数据局"], tmp_path / "收" / "一.xlsx", lambda r: wrong if r["任务编号"] == "1" else moving()(r))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    fill(books["市数据局"], tmp_path / "收" / "二.xlsx", moving())
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    (line,) = [u for u in office.json("status", *MARCH)["units"] if u["unit"] == "市数据局"]
    assert line["held"] == 0


def test_the_offices_rulings_stand_in_the_chain(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books[MONEY], tmp_path / "收" / "一.xlsx", moving(), received=came(18))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    office.json("report", *MARCH)
    rules(office, MONEY, "2", 核定状态="已完成", 销号="是")
    office.json("review", *MARCH)
    found = office.json("trace", "要点", "2", MONEY)
    assert (found["now"]["status"], found["now"]["reported"], found["now"]["closed"]) == ("已完成", "推进中", True)
    (ruling,) = found["reviews"]
    assert ruling["file"] == "2026-03/总台账.xlsx"
    assert ruling["fields"]["销号"] == "是"
    told = office.run("trace", "要点", "2", MONEY).out
    assert "办公室核定（单位报的是推进中）" in told
    assert "已销号" in told


def test_a_unit_may_be_called_by_its_alias(office: Office) -> None:
    workbooks(office)
    assert office.json("trace", "要点", "1", "东山县")["unit"] == "东山县人民政府"


def test_where_there_is_nothing_one_sentence_says_so(office: Office) -> None:
    workbooks(office)
    answer = office.run("trace", "要点", "2", MONEY)
    assert answer.code == 0
    assert "还没有收到任何填报" in answer.out
    assert "没有承担第 4 条" in office.run("trace", "要点", "4", MONEY).out


@pytest.mark.parametrize(
    ("no", "unit", "said"), [("99", MONEY, "没有第 99 条任务"), ("2", "市气象局", "单位名录里没有“市气象局”")]
)
def test_what_nobody_knows_is_refused(office: Office, no: str, unit: str, said: str) -> None:
    answer = office.run("trace", "要点", no, unit, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_one_period_can_be_asked_for(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books[MONEY], tmp_path / "收" / "一.xlsx", moving("三月。"), received=came(18))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    workbooks(office, "2026-04")
    april = office.json("trace", "要点", "2", MONEY, "--period", "2026-04")
    assert (april["versions"], april["now"]["progress"], april["now"]["period"]) == ([], "三月。", "2026-03")
    assert len(april["issued"]) == 1
