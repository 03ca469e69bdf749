"""总台账: the office finds every task of every unit, and each figure is the snapshot's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from flows.ledger.master import MASTER_COLUMNS, render_master, write_master
from flows.ledger.model import Report, Role, Status
from flows.plan.model import Deadline, DeadlineSource, Item, Kind
from flows.progress import Answer, Cell, ItemLine, ItemState, Light, Snapshot, Source, Totals, UnitLine
from flows.roster import Unit
from tests.ledger.samples import SECRET, opened

LAKE, HILL, SCHOOL = Unit("临湖区人民政府", "区县"), Unit("靠山县人民政府", "区县"), Unit("市教育局", "政府部门")
IDLE = Unit("市气象局", "政府部门")
CAME = datetime.fromisoformat("2026-10-24T09:30")
SOURCE = Source("2026-10", "回收/003_临湖区.xlsx", "ab" * 32, "工作台账", 7, CAME)
FIRST = Item(
    "1.10",
    "=1+1 编制目录",
    None,
    "主动公开",
    (),
    (),
    Deadline("9月底前", DeadlineSource.COLUMN, date(2026, 9, 30), Kind.ONCE),
)
SECOND = Item(
    "2", "持续做好解读", "第二部分", "解读", (), (), Deadline("长期", DeadlineSource.COLUMN, None, Kind.ONGOING)
)
DONE = Report(Status.DONE, 100, "已公开", date(2026, 9, 20), "网站")
LATE = Report(Status.MOVING, 40, "=HYPERLINK(1) 正在办理", None, "", "缺人", "下月完成")


def cell(unit: Unit, item: Item, report: Report | None, light: Light, late: int = 0) -> Cell:
    source = SOURCE if report else None
    return Cell(unit, Role.RESPONSIBLE, item, report, light, late, False, report is not None, source)


def line(unit: Unit, answer: Answer, rank: int | None, *cells: Cell, **counts: int) -> UnitLine:
    zero = {"done": 0, "exempt": 0, "overdue": 0, "moving": 0, "idle": 0, "unchanged": 0}
    received = CAME if answer is Answer.ON_TIME else None
    return UnitLine(
        unit,
        len(cells),
        **(zero | counts),
        answer=answer,
        received=received,
        evidence="",
        rank=rank,
        previous_rank=2,
        cells=cells,
    )


@pytest.fixture
def month() -> Snapshot:
    lake = (cell(LAKE, FIRST, DONE, Light.FINISHED), cell(LAKE, SECOND, LATE, Light.STEADY))
    hill = (cell(HILL, FIRST, LATE, Light.OVERDUE, 31),)
    school = (cell(SCHOOL, FIRST, None, Light.OVERDUE, 40), cell(SCHOOL, SECOND, None, Light.NEAR))
    return Snapshot(
        plan="要点",
        plan_title="2026年政务公开工作要点",
        doc_number=None,
        issuer=None,
        period="2026-10",
        as_of=date(2026, 10, 31),
        reply_by=date(2026, 10, 25),
        totals=Totals(7, 1, 2, 1, 3, 5, 1, 2, 3, 1, 0, 1, 0, 1),
        previous=Totals(7, 0, 3, 4, 0, 5, 0, 0, 3, 3, 0, 0, 0, 0),
        previous_period="2026-09",
        items=(
            ItemLine(FIRST, ItemState.OVERDUE, (lake[0], *hill, school[0])),
            ItemLine(SECOND, ItemState.MOVING, (lake[1], school[1])),
        ),
        units=(
            line(LAKE, Answer.ON_TIME, 1, *lake, done=1, moving=1),
            line(HILL, Answer.RETURNED, 2, *hill, overdue=1),
            line(SCHOOL, Answer.MISSING, 1, *school, overdue=1, idle=1),
            line(IDLE, Answer.NOT_ASKED, None),
        ),
    )


def grid(book: Any, name: str) -> list[list[Any]]:
    return [[one.value for one in cells] for cells in book[name].iter_rows()]


def test_every_task_of_every_unit_stands_in_one_filterable_sheet(month: Snapshot) -> None:
    book = opened(render_master(month, SECRET))
    assert book.sheetnames == ["总台账", "汇总", "单位", "逾期", "图例"]
    rows = grid(book, "总台账")
    assert rows[0] == [*(word for word, _ in MASTER_COLUMNS), None]
    assert [(line[0], line[4], line[8], line[9]) for line in rows[1:]] == [
        ("1.10", "临湖区人民政府", "蓝", "已完成"),
        ("1.10", "靠山县人民政府", "红", "推进中"),
        ("1.10", "市教育局", "红", "未报送"),
        ("2", "临湖区人民政府", "绿", "推进中"),
        ("2", "市教育局", "黄", "未报送"),
    ]
    assert rows[1][16:18] == ["2026-10", "回收/003_临湖区.xlsx!工作台账!7"]
    assert rows[1][7].date() == date(2026, 9, 30)
    assert rows[4][7] == "长期"
    sheet = book["总台账"]
    assert sheet.auto_filter.ref == "A1:AA6"
    assert sheet.freeze_panes == "F2"


def test_lights_are_words_and_colours(month: Snapshot) -> None:
    sheet = opened(render_master(month, SECRET))["总台账"]
    colours = {sheet.cell(number, 9).value: sheet.cell(number, 9).fill.fgColor.rgb for number in range(2, 7)}
    assert colours == {"蓝": "FF9DC3E6", "红": "FFFF7C80", "绿": "FFA9D18E", "黄": "FFFFE066"}
    legend = grid(opened(render_master(month, SECRET)), "图例")
    assert [row[:3] for row in legend[2:7]] == [
        ["灯", "含义", "项次"],
        ["蓝", "已完成，或不涉及本单位", 1],
        ["绿", "尚未完成，离时限还早或没有时限", 1],
        ["黄", "离时限15天以内，尚未完成；需要协调", 1],
        ["红", "已过时限，尚未完成", 2],
    ]


def test_the_summary_says_what_the_snapshot_says(month: Snapshot) -> None:
    rows = grid(opened(render_master(month, SECRET)), "汇总")
    said = {row[0]: row[1:4] for row in rows if row[0] and row[1] is not None}
    assert said["任务总数"] == [7, 1, 7]
    assert [said[word][0] for word in ("已完成", "正在推进", "尚未启动", "逾期未完成")] == [1, 2, 1, 3]
    assert said["逾期未完成"][1:] == [pytest.approx(3 / 7), 0]
    assert [said[word][0] for word in ("单位任务总数", "其中已完成", "其中逾期")] == [5, 1, 2]
    answers = {row[5]: row[6] for row in rows if row[5]}
    assert {word: answers[word] for word in list(answers)[1:]} == {
        "应报单位": 3,
        "按时报送": 1,
        "逾期报送": 0,
        "已退回未改": 1,
        "已收到待处理": 0,
        "未报送": 1,
    }
    assert rows[3][3] == "上期（2026-09）"


def test_in_the_first_month_there_is_no_last_one(month: Snapshot) -> None:
    rows = grid(opened(render_master(replace(month, previous=None, previous_period=None), SECRET)), "汇总")
    assert [row[3] for row in rows[4:9]] == ["—"] * 5


def test_districts_and_departments_are_ranked_apart(month: Snapshot) -> None:
    rows = grid(opened(render_master(month, SECRET)), "单位")
    assert rows[0][0] == "区县、管委会、街道（2 家）"
    assert [row[:3] for row in rows[2:4]] == [[1, "临湖区人民政府", "区县"], [2, "靠山县人民政府", "区县"]]
    assert rows[5][0] == "部门和其他单位（1 家）"
    assert rows[7][:11] == [1, "市教育局", "政府部门", 2, 0, 0, 1, 0, 1, 0, "未报送"]
    assert any("市气象局" in str(row[0]) for row in rows)


def test_the_overdue_list_begins_with_the_longest(month: Snapshot) -> None:
    rows = grid(opened(render_master(month, SECRET)), "逾期")
    assert rows[0][0] == "逾期未完成 2 项次（截至2026年10月31日）"
    assert [(row[1], row[6]) for row in rows[2:4]] == [("市教育局", 40), ("靠山县人民政府", 31)]


def test_texts_of_units_never_become_formulas(month: Snapshot) -> None:
    book = opened(render_master(month, SECRET))
    assert {one.data_type for name in book.sheetnames for cells in book[name].iter_rows() for one in cells} <= {
        "s",
        "n",
        "d",
    }


def test_charts_are_native_and_fed_from_the_sheets(month: Snapshot, tmp_path: Path) -> None:
    write_master(month, tmp_path / "总台账.xlsx", SECRET)
    with ZipFile(tmp_path / "总台账.xlsx") as parts:
        charts = [parts.read(name).decode() for name in sorted(parts.namelist()) if name.startswith("xl/charts/chart")]
    assert len(charts) == 3
    assert "汇总!$B$6:$B$9" in charts[0]
    assert "单位!$E$3:$E$4" in charts[1]
    assert 'grouping val="stacked"' in charts[1]


def test_the_same_snapshot_gives_the_same_bytes_and_prints_on_landscape_a3(month: Snapshot) -> None:
    data = render_master(month, SECRET)
    assert data == render_master(month, SECRET)
    book = opened(data)
    sheet = book["总台账"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 8)
    assert int(book["逾期"].page_setup.paperSize) == 9
    assert sheet.print_title_rows == "$1:$1"


def test_a_month_in_which_nothing_is_known_can_still_be_written(month: Snapshot) -> None:
    empty = Totals(*(0,) * 14)
    rows = grid(opened(render_master(replace(month, totals=empty, items=(), units=()), SECRET)), "汇总")
    assert rows[4][:3] == ["任务总数", 0, "—"]
