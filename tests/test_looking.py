"""Looking is quick because less is read, not because anything is remembered: what is shown stays the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flows.desk import Desk, open_desk
from flows.periods import CHINA, Period
from flows.storage.history import History
from flows.storage.latest import latest
from flows.workspace import Home
from tests.clerk import again, change, edit, review
from tests.office import UNITS, Office, Row, fill, moving, new_office, roster_file
from tests.reviewing import APRIL, rules

MONTHS = ("2026-03", "2026-04", "2026-05")
ROOT = Path(__file__).parents[1]


def came(period: str, day: int = 18) -> datetime:
    return datetime(int(period[:4]), int(period[5:]), day, 9, 0, tzinfo=CHINA)


def wrong_first_row(row: Row) -> Row:
    """Finished without a day: that row goes back, the rest is kept."""
    if row["任务编号"] == "1":
        return {"完成状态": "已完成", "进展情况": "已公布。"}
    return {"完成状态": "推进中", "进展情况": "正在做。"}


def answer(office: Office, tmp_path: Path, period: str, unit: str, typed: Any, day: int = 18) -> None:
    """One unit's workbook of a month comes in."""
    folder = tmp_path / f"{period}_{unit}_{day}"
    book = next(office.home.glob(f"ledgers/要点/{period}/**/*{unit}*.xlsx"))
    fill(book, folder / f"{unit}{day}.xlsx", typed, received=came(period, day))
    office.json("collect", "要点", "--period", period, "--from", folder)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three months in which units answer twice, only once, with faults, or never, and the office rules."""
    folder = tmp_path_factory.mktemp("看")
    made = new_office(folder)
    made.adopt()
    for period in MONTHS:
        made.json("distribute", "要点", "--period", period, "--no-send")
    answer(made, folder, "2026-03", "市财政局", moving("三月第一次。"))
    answer(made, folder, "2026-03", "市财政局", moving("三月第二次。"), day=20)
    answer(made, folder, "2026-03", "东山县", moving("三月。"))
    answer(made, folder, "2026-03", "市数据局", moving("三月，照旧。"))
    answer(made, folder, "2026-04", "市数据局", wrong_first_row)
    made.json("report", "要点", "--period", "2026-04")
    rules(made, "市财政局", "2", month=APRIL, 核定状态="已完成", 核定意见="已核实")
    made.json("review", "要点", "--period", "2026-04")
    answer(
        made, folder, "2026-05", "市数据局", lambda row: moving("三月照旧" if row["任务编号"] == "2" else "五月。")(row)
    )
    return made


@pytest.fixture
def desk(office: Office) -> Iterator[Desk]:
    with open_desk(Home(office.home), "要点") as opened:
        yield opened


@pytest.mark.parametrize("month", MONTHS)
def test_one_place_looks_as_it_does_among_all(desk: Desk, month: str) -> None:
    """What `trace` shows of one task of one unit is what `status` and the bulletin show."""
    period = Period.parse(month)
    snap, reviews = desk.snapshot(period), desk.reviews(period)
    assert len(snap.cells) == 8
    assert snap.lights == desk.lights
    for cell in snap.cells:
        place = (cell.unit.name, cell.item.no)
        assert desk.cell(period, place) == cell
        assert desk.review(period, place) == reviews.get(place)
        assert desk.history.current(period, cell.unit.name).get(place) == desk.history.current(period).get(place)


def test_of_whom_nothing_is_asked_there_is_no_place(desk: Desk) -> None:
    assert desk.cell(Period.parse("2026-04"), ("市财政局", "4")) is None
    assert desk.cell(Period.parse("2026-04"), ("市气象局", "1")) is None


def test_the_months_tell_what_was_meant_to_be_told(desk: Desk) -> None:
    """The months above hold every case: replaced, carried over, said again, held, ruled on, silent."""
    april = {(c.unit.name, c.item.no): c for c in desk.snapshot(Period.parse("2026-04")).cells}
    money = april["市财政局", "2"]
    assert (money.word, money.said, money.fresh, money.source and money.source.period) == (
        "已完成",
        "推进中",
        False,
        "2026-03",
    )
    assert money.report is not None
    assert money.report.progress == "三月第二次。"
    assert april["市数据局", "1"].answer == "已退回未改"
    assert april["西河区人民政府", "1"].word == "未报送"
    may = {(c.unit.name, c.item.no): c for c in desk.snapshot(Period.parse("2026-05")).cells}
    assert [no for no in ("2", "4") if may["市数据局", no].unchanged] == ["2"]


@pytest.mark.parametrize("month", MONTHS)
def test_what_was_last_said_is_the_same_wherever_reading_stops(desk: Desk, month: str) -> None:
    period = Period.parse(month)
    whole = desk.history.current(period)
    assert latest(desk.history, period, whole.keys()) == whole
    asked = {place for place in whole if place[0] == "东山县人民政府"} | {("西河区人民政府", "1"), ("没有的局", "9")}
    assert latest(desk.history, period, asked) == {place: whole[place] for place in asked & whole.keys()}
    assert latest(desk.history, period, ()) == {}


def test_a_month_that_everybody_has_answered_is_read_alone(desk: Desk) -> None:
    """Else every month of the year would be read again for each look."""
    months: list[str] = []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if "FROM entries" in statement:
            months.extend(value for value in parameters if value in MONTHS)

    sa.event.listen(desk.store.engine, "before_cursor_execute", note)
    places = [("市数据局", "4")]
    assert latest(desk.history, Period.parse("2026-05"), places)["市数据局", "4"].report.progress == "五月。"
    assert months == ["2026-05"]
    latest(desk.history, Period.parse("2026-05"), [*places, ("市财政局", "2")])
    assert months == ["2026-05", "2026-05", "2026-04", "2026-03"]


def test_a_thousand_units_are_not_named_one_by_one(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    period = Period.parse("2026-05")
    whole = desk.history.current(period)
    monkeypatch.setattr("flows.storage.latest._FEW", 0)
    assert latest(desk.history, period, whole.keys()) == whole


def test_numbers_that_have_moved_are_followed_too(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt()
    for month in MONTHS[:2]:
        office.json("distribute", "要点", "--period", month, "--no-send")
    answer(office, tmp_path, "2026-03", "市数据局", moving("三月。"))
    answer(office, tmp_path, "2026-04", "市数据局", lambda row: moving("四月。")(row) if row["任务编号"] == "4" else {})
    again(office)
    with open_desk(Home(office.home), "要点") as desk:
        period = Period.parse("2026-04")
        assert desk.history.numbers.steps
        whole = desk.history.current(period)
        assert len(whole) >= 2
        assert latest(desk.history, period, whole.keys()) == whole
        assert desk.history.current(period, "市数据局") == {p: r for p, r in whole.items() if p[0] == "市数据局"}
        for cell in desk.snapshot(period).cells:
            assert desk.cell(period, (cell.unit.name, cell.item.no)) == cell


def test_versions_of_one_unit_are_those_among_all(desk: Desk) -> None:
    history: History = desk.history
    for period in map(Period.parse, MONTHS):
        for every, of_unit in ((history.versions, history.versions), (history.all_held, history.all_held)):
            for unit in desk.roster:
                mine = {place: kept for place, kept in every(period).items() if place[0] == unit.name}
                assert of_unit(period, unit.name) == mine
        assert history.issued(period) == history.dispatched(period).keys()


def test_what_is_edited_by_hand_is_seen_at_once(tmp_path: Path) -> None:
    """Nothing between the office's own workbooks and the screen may be out of date."""
    office = new_office(tmp_path)
    office.adopt()
    assert {item["no"]: item for item in office.json("show", "要点")["items"]}["4"]["due"] == "2026-06-30"
    edit(office, "4", 时限原文="5月底前")
    change(review(office), "任务分解表", "任务编号", lambda row: row["任务编号"] == "2", 责任单位="市财政局")
    roster_file(office.home / "ledgers" / "单位名录.xlsx", [*UNITS[:3], ("市财政局", "", "政府部门", "", "", "", "")])
    shown = {item["no"]: item for item in office.json("show", "要点")["items"]}
    assert shown["4"]["due"] == "2026-05-31"
    assert [each["unit"] for each in shown["2"]["assigned"]] == ["市财政局"]
    units = {each["unit"]: each for each in office.json("status", "要点", "--period", "2026-03")["units"]}
    assert units["市财政局"]["address"] == []


def test_looking_loads_nothing_that_only_documents_need(office: Office) -> None:
    heavy = ("prefect", "pandas", "numpy", "docx", "docxtpl", "matplotlib", "xlsxwriter.workbook")
    code = (
        "import sys; from flows.cli import execute; "
        f"execute(['--home', {str(office.home)!r}, 'status', '要点']); "
        f"sys.stderr.write(' '.join(name for name in {heavy!r} if sys.modules.get(name)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stderr == ""
