"""An office that sets its own lights: what its clerk, its 总台账 and its bulletin then show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.documents.tables import progress_groups, progress_legend, ranking_note
from flows.periods import Period
from flows.progress import Snapshot
from flows.standing.lights import Light
from flows.workspace import Home
from tests.office import Office, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")
AS_OF = ("--as-of", "2026-03-31")
EXEMPT = '[lights.exempt]\n"不可抗力" = ["东山县：1", "东三县"]\n'


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Everybody but 西河区 has answered that its work is at 40 %; the office has 蓝黄红, 序时进度 and an exemption."""
    folder = tmp_path_factory.mktemp("办")
    office = new_office(folder)
    office.configure(lights={"scheme": "蓝黄红", "schedule": True}, bulletin={"pdf": False})
    path = office.home / "config.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[lights.exempt]\n", EXEMPT), encoding="utf-8")
    office.adopt()
    issued = office.json("distribute", *MARCH, "--no-send")["workbooks"]
    for book in issued:
        if book["unit"] != "西河区人民政府":
            fill(Path(book["file"]), folder / "回" / Path(book["file"]).name, moving())
    office.json("collect", *MARCH, "--from", folder / "回")
    return office


@pytest.fixture(scope="module")
def snap(office: Office) -> Snapshot:
    with open_desk(Home(office.home), "要点") as desk:
        return desk.snapshot(Period(2026, 3), Period(2026, 3).last_day)


def cells(status: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(cell["unit"], item["no"]): cell for item in status["items"] for cell in item["units"]}


def test_status_tells_the_meaning_the_offices_word_and_why(office: Office) -> None:
    status = office.json("status", *MARCH)
    found = cells(status)
    silent = found["西河区人民政府", "1"]
    assert (silent["light"], silent["light_shown"], silent["light_meaning"]) == ("红", "红", "overdue")
    assert silent["why"] == "时限2026年3月20日，未报送，逾期11天"
    slow = found["东山县人民政府", "3"]
    assert (slow["light"], slow["light_shown"], slow["pace"]) == ("黄", "黄", "慢序时")
    assert (found["市财政局", "2"]["light"], found["市财政局", "2"]["light_shown"]) == ("绿", "正常")
    exempt = found["东山县人民政府", "1"]
    assert (exempt["light_meaning"], exempt["excused"], exempt["days_late"]) == ("exempt", "不可抗力", 0)
    assert status["unknown_exemptions"] == ["东三县"]
    assert sum(status["schedule"].values()) == status["totals"]["items"]


def test_the_clerk_sees_the_legend_with_counts_and_the_name_that_nobody_knows(office: Office) -> None:
    told = office.run("status", *MARCH).out
    assert "经批准豁免、不计逾期的任务1项次，列入“不涉及”，不参加排位：东山县人民政府第1项（不可抗力）。" in told
    assert "“东三县”在计划和单位名录里都找不到" in told
    assert "已过时限，尚未完成" in told
    assert "序时进度：" in told


def test_the_master_shows_the_offices_colours_the_classes_and_the_reasons(office: Office) -> None:
    made = office.json("report", *MARCH, *AS_OF)
    book = load_workbook(made["master"])
    sheet = book["总台账"]
    heads = [cell.value for cell in sheet[1]]
    lamp, unit, no, why, pace = (heads.index(word) for word in ("灯", "单位", "任务编号", "亮灯依据", "序时进度"))
    rows = {(row[unit].value, row[no].value): row for row in sheet.iter_rows(min_row=2)}
    late = rows["西河区人民政府", "1"]
    assert (late[lamp].value, late[lamp].fill.fgColor.rgb) == ("红", "FFFF7C80")
    assert late[why].value == "时限2026年3月20日，未报送，逾期11天"
    assert (rows["东山县人民政府", "1"][lamp].value, rows["东山县人民政府", "1"][pace].value) == ("豁免", "慢序时")
    assert rows["市财政局", "2"][lamp].fill.fill_type is None
    legend = [[cell.value for cell in row[:3]] for row in book["图例"].iter_rows()]
    assert ["红", "已过时限，尚未完成", 2] in legend
    assert ["豁免", "经批准豁免，尚未完成，不计逾期、不参加排位", 1] in legend


def test_the_list_in_the_bulletin_has_a_light_for_every_task_and_its_legend(snap: Snapshot) -> None:
    rows = {row["编号"]: row for group in progress_groups(snap) for row in group["行"]}
    assert {no: (row["状态"], row["灯"], row["灯色"]) for no, row in rows.items()} == {
        "1": ("逾期\n慢序时", "红", "FF7C80"),
        "2": ("推进中\n超序时", "正常", "auto"),
        "3": ("推进中\n慢序时", "黄", "FFE066"),
        "4": ("推进中\n按序时", "正常", "auto"),
    }
    for sign in snap.lights.legend:
        assert f"“{sign.word}”：" in progress_legend(snap)
    assert "东山县人民政府第1项（不可抗力）" in ranking_note(snap)


def test_a_task_is_as_bad_as_its_worst_unit(snap: Snapshot) -> None:
    shown = {line.item.no: line.light for line in snap.items}
    assert shown["1"] is Light.OVERDUE
    assert shown["3"] is Light.BEHIND
    assert shown["4"] is Light.STEADY
