"""trace --figure: a number of the printed bulletin leads to the entries, files and cells that it counted."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

import flows.report
from flows.config import read_config
from flows.desk import open_store
from flows.periods import CHINA
from flows.store import complaints, printings
from flows.workspace import Home
from tests.clerk import REVISED, again
from tests.documents.consistency import parts_of
from tests.office import Office, Row, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")
APRIL = ("要点", "--period", "2026-04")
SILENT, LATE = "西河区人民政府", "市财政局"


def came(day: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, 9, 30, tzinfo=CHINA)


def workbooks(office: Office, period: str = "2026-03") -> dict[str, Path]:
    return {b["unit"]: Path(b["file"]) for b in office.json("distribute", "要点", "--period", period)["workbooks"]}


def finished(row: Row) -> Row:
    """The courseware (4) is done, the rest is on its way."""
    if row["任务编号"] != "4":
        return moving()(row)
    return {"完成状态": "已完成", "进展情况": "课件已上传。", "完成日期": "2026-03-18", "佐证材料": "网站"}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """March: one unit is silent, one is late, one has finished a task; the bulletin is printed."""
    folder = tmp_path_factory.mktemp("三月")
    made = new_office(folder)
    made.configure(bulletin={"pdf": False})
    made.adopt()
    books = workbooks(made)
    fill(books["市数据局"], folder / "收" / "数据局.xlsx", finished, received=came(20))
    fill(books["东山县人民政府"], folder / "收" / "东山.xlsx", moving(), received=came(21))
    fill(books[LATE], folder / "收" / "财政.xlsx", moving(), received=came(27))
    made.json("collect", *MARCH, "--from", folder / "收")
    made.json("report", *MARCH)
    return folder


@pytest.fixture
def office(printed: Path, tmp_path: Path) -> Office:
    """That office, for one test alone."""
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)
    return Office(tmp_path / "办公室")


def traced(office: Office, words: str, *which: str) -> dict[str, Any]:
    found = office.json("trace", *(which or MARCH), "--figure", words)["figure"]
    assert found is not None, words
    return dict(found)


def test_a_figure_leads_to_the_very_cell(office: Office, tmp_path: Path) -> None:
    found = traced(office, "已完成 1 项")
    assert (found["value"], found["place"], found["key"]) == (1, "任务进展", "items.done")
    assert [item["no"] for item in found["items"]] == ["4"]
    (entry,) = found["entries"]
    assert (entry["unit"], entry["no"], entry["status"]) == ("市数据局", "4", "已完成")
    source = entry["source"]
    kept = office.home / "ledgers/要点" / source["archived"]
    assert kept.read_bytes() == (tmp_path / "收" / "数据局.xlsx").read_bytes()
    sheet = load_workbook(kept)[source["sheet"]]
    assert sheet[source["cells"]["完成状态"]].value == "已完成"
    assert sheet[source["cells"]["进展情况"]].value == "课件已上传。"
    assert source["received"].startswith("2026-03-20T09:30")
    told = office.run("trace", *MARCH, "--figure", "第4项").out
    assert "市数据局　第 4 项：已完成" in told
    assert f"完成状态 {source['cells']['完成状态']}" in told
    assert source["sha256"] in told


def test_a_unit_is_called_silent_with_the_evidence_that_nothing_came(office: Office, tmp_path: Path) -> None:
    (unit,) = traced(office, "未报送 1 家")["units"]
    assert (unit["unit"], unit["files"]) == (SILENT, [])
    silence = unit["silence"]
    assert [Path(each["file"]).name.endswith(".xlsx") for each in silence["issued"]] == [True]
    assert [letter["kind"] for letter in silence["letters"]] == ["下发"]
    assert (silence["files_of_period"], silence["files_of_nobody"], silence["came_since"]) == (3, 0, [])
    stranger = tmp_path / "再收" / "说明.xlsx"
    fill(workbooks(office)[SILENT], stranger, moving(), received=came(30))
    office.json("collect", *MARCH, "--from", stranger.parent)
    found = traced(office, "未报送1个")
    assert [each["file"] for each in found["units"][0]["silence"]["came_since"]] == ["说明.xlsx"]
    assert found["since"]["now"] == 0
    told = office.run("trace", *MARCH, "--figure", "未报送1个").out
    assert "通报生成以后才收进" in told
    assert "通报里是 1，现在是 0" in told


def test_what_was_printed_stays_when_the_store_moves_on_and_the_difference_is_shown(
    office: Office, tmp_path: Path
) -> None:
    before = traced(office, "已完成1项")
    assert before["since"] is None
    done: Row = {"完成状态": "已完成", "进展情况": "已调整。", "完成日期": "2026-03-25", "佐证材料": "网站"}
    fill(workbooks(office)[LATE], tmp_path / "再收" / "又.xlsx", lambda _: done, received=came(29))
    fill(workbooks(office)["市数据局"], tmp_path / "再收" / "改.xlsx", lambda _: done, received=came(29))
    office.json("collect", *MARCH, "--from", tmp_path / "再收")
    after = traced(office, "已完成1项")
    assert {key: after[key] for key in ("value", "words", "items", "entries")} == {
        key: before[key] for key in ("value", "words", "items", "entries")
    }
    assert (after["since"]["then"], after["since"]["now"]) == (1, 2)
    assert after["since"]["changes"] == [
        {"unit": "", "no": "2", "then": None, "now": "已完成", "counted": True},
    ]
    told = office.run("trace", *MARCH, "--figure", "已完成1项").out
    assert "通报里是 1，现在是 2" in told
    assert "第 2 项：当时不算在内 → 已完成" in told


def test_every_number_of_the_list_can_be_asked_for(office: Office) -> None:
    listed = office.json("trace", *MARCH, "--figure")["figures"]
    assert [each["n"] for each in listed] == list(range(1, len(listed) + 1))
    for each in listed:
        found = traced(office, str(each["n"]))
        assert found["key"] == each["key"]
        counted = found["items"] or found["entries"] or found["units"] or found["notices"]
        assert counted or found["earlier"] or each["value"] == 0, each
    told = office.run("trace", *MARCH).out
    assert "应报送单位4个" in told
    assert "taizhang trace 要点 --period 2026-03 --figure" in told


def test_words_that_fit_several_figures_are_asked_about(office: Office) -> None:
    answer = office.run("trace", *MARCH, "--figure", "报送", "--json")
    assert answer.code == 1
    assert answer.json["figure"] is None
    assert len(answer.json["candidates"]) > 1
    assert "请写序号再查一次" in office.run("trace", *MARCH, "--figure", "报送").out


def test_a_number_that_was_never_printed_is_told_as_such(office: Office) -> None:
    answer = office.run("trace", *MARCH, "--figure", "未报送 9 个")
    assert answer.code == 1
    assert "通报里没有这个数" in answer.out
    assert "未报送1个" in answer.out


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((*MARCH, "--figure", "风调雨顺"), "没有找到“风调雨顺”"),
        ((*APRIL, "--figure"), "2026年4月还没有生成过通报"),
        (("要点", "2"), "查一条填报要写任务编号和单位"),
    ],
)
def test_what_cannot_be_traced_ends_with_one_sentence(office: Office, asked: tuple[str, ...], said: str) -> None:
    answer = office.run("trace", *asked, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


def test_a_unit_s_row_may_be_asked_for_by_its_short_name(office: Office) -> None:
    found = traced(office, "完成率 西河区")
    assert found["key"] == f"unit.{SILENT}"
    assert {entry["source"] for entry in found["entries"]} == {None}
    assert all("没有收到任何文件" in entry["why_none"] for entry in found["entries"])


def test_a_bulletin_that_was_changed_by_hand_is_told_so(office: Office) -> None:
    assert office.json("trace", *MARCH, "--figure")["printed"]["document"] == "same"
    bulletin = office.home / "ledgers/要点/2026-03/通报.docx"
    bulletin.write_bytes(bulletin.read_bytes() + b" ")
    assert "在生成以后改过" in office.run("trace", *MARCH, "--figure", "未报送1个").out
    bulletin.unlink()
    assert office.json("trace", *MARCH, "--figure")["printed"]["document"] == "missing"


def test_a_bulletin_of_an_older_version_is_traced_by_what_is_known_today(office: Office, tmp_path: Path) -> None:
    home = Home(office.home)
    store = open_store(home, read_config(home.config_file))
    with store.begin() as db:
        db.execute(sa.delete(complaints))
        db.execute(sa.delete(printings))
    store.close()
    found = office.json("trace", *MARCH, "--figure", "未报送1个")
    assert found["printed"]["kept"] is False
    assert found["figure"]["units"][0]["unit"] == SILENT
    fill(workbooks(office)[SILENT], tmp_path / "再收" / "补.xlsx", moving(), received=came(30))
    office.json("collect", *MARCH, "--from", tmp_path / "再收")
    late = office.json("trace", *MARCH, "--figure", "逾期报送")["figure"]
    assert late["since"] == {"then": 1, "now": 2, "changes": []}
    assert "没有留下明细" in office.run("trace", *MARCH, "--figure", "逾期报送").out


def test_items_that_were_renumbered_since_are_still_the_same(office: Office) -> None:
    again(office, REVISED)
    found = traced(office, "已完成1项")
    assert [item["no"] for item in found["items"]] == ["4"]
    assert found["entries"][0]["unit"] == "市数据局"
    changes = (found["since"] or {"changes": []})["changes"]
    assert all(change["then"] is None or change["counted"] for change in changes), changes


def test_the_figures_of_the_month_before_are_followed_up(office: Office, tmp_path: Path) -> None:
    for unit, book in workbooks(office, "2026-04").items():
        if unit != LATE:
            fill(book, tmp_path / "四月" / f"{unit}.xlsx", finished, received=came(20, 4))
    office.json("collect", *APRIL, "--from", tmp_path / "四月")
    office.json("report", *APRIL)
    bulletin = office.home / "ledgers/要点/2026-04/通报.docx"
    text = "\n".join(part.text for part in parts_of(bulletin))
    assert "上期通报（2026年3月）指出的问题中，" in text
    assert "未报送的单位1个，本期已报送。" in text
    assert "逾期报送的单位1个，本期仍未按时报送：市财政局。" in text
    (unit,) = traced(office, "本期仍未按时报送1个", *APRIL)["units"]
    assert unit["unit"] == LATE


def test_text_attachments_and_record_agree_although_the_store_changes_between_them(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another clerk collects while the documents are being written: all of them still tell of one moment.

    The lock on the plan keeps him out; where it cannot (a drive without locks) nothing is torn either.
    """
    monkeypatch.setattr("flows.desk.plan_lock", lambda *_arguments, **_more: nullcontext())
    books = workbooks(office, "2026-04")
    fill(books["市数据局"], tmp_path / "一" / "数据局.xlsx", moving("四月已定稿。"), received=came(20, 4))
    fill(books[LATE], tmp_path / "二" / "财政.xlsx", moving("四月已开展两次检查。"), received=came(21, 4))
    fill(books["东山县人民政府"], tmp_path / "三" / "东山.xlsx", moving("四月已培训一批人员。"), received=came(22, 4))
    office.json("collect", *APRIL, "--from", tmp_path / "一")
    for step, folder in (("write_master_workbook", "二"), ("make_bulletin", "三")):
        written = getattr(flows.report, step)

        def meanwhile(*arguments: Any, written: Any = written, folder: str = folder) -> Any:
            office.json("collect", *APRIL, "--from", tmp_path / folder)
            return written(*arguments)

        monkeypatch.setattr(flows.report, step, meanwhile)
    office.json("report", *APRIL)
    parts = parts_of(office.home / "ledgers/要点/2026-04/通报.docx")
    text = "\n".join(part.text for part in parts)
    assert "未报送3个" in text
    silent = [row[1] for part in parts for row in part.rows if len(row) == 11 and row[9] == "未报送"]
    assert sorted(silent) == sorted(["东山县人民政府", SILENT, LATE])
    found = traced(office, "未报送3个", *APRIL)
    assert sorted(unit["unit"] for unit in found["units"]) == sorted(silent)
    assert found["since"]["now"] == 1
    master = load_workbook(office.home / "ledgers/要点/2026-04/总台账.xlsx", data_only=True)
    cells = [str(cell.value) for sheet in master for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert cells.count("未报送") >= 3
    assert {each["answer"] for each in office.json("status", *APRIL)["units"]} == {"按时报送", "未报送"}
