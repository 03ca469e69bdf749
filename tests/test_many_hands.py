"""A big round is worked on by several processes from the moment the plan is open: its month is that of a small one."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, MergedCell

from flows import collect, distribute, report
from flows.desk import open_desk
from flows.ledger import long_sheet, press
from flows.periods import CHINA
from flows.round import checking
from flows.workspace import Home
from tests.office import Office, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")
NOON = datetime(2026, 3, 20, 12, tzinfo=CHINA)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    with open_desk(Home(made.home), "要点") as desk:
        desk.store.secret()  # made when it is first asked for; copies of this home share it
    return made


def many(patch: pytest.MonkeyPatch) -> None:
    """As if four units, and their few tasks, were many."""
    patch.setattr(os, "cpu_count", lambda: 2)
    patch.setattr(distribute, "_MANY", 1)
    patch.setattr(report, "_MANY", 1)
    patch.setattr(checking, "_ALONE", 2)
    patch.setattr(press, "_AT_A_TIME", 1)


def month(office: Office) -> list[dict[str, Any]]:
    """A round in which one unit is silent and one file is no workbook; the same files come back each time."""
    issued = office.json("distribute", *MARCH)
    back = office.home.parent / "收"
    if not back.is_dir():
        for number, book in enumerate(issued["workbooks"][:3]):
            fill(Path(book["file"]), back / f"{number}.xlsx", moving("已召开会议部署。"), received=NOON)
        (back / "9.xlsx").write_bytes(b"no workbook")
        os.utime(back / "9.xlsx", (NOON.timestamp(), NOON.timestamp()))
    collected = office.json("collect", *MARCH, "--from", back)
    day = ("--as-of", "2026-04-02", "--signed", "2026-04-03")
    return [issued, collected, office.json("report", *MARCH, *day), office.json("status", *MARCH)]


def without_times(told: Any) -> Any:
    """What commands told, without the moments at which they ran."""
    if isinstance(told, dict):
        return {key: without_times(value) for key, value in told.items() if key != "at"}
    return [without_times(each) for each in told] if isinstance(told, list) else told


def documents(home: Path) -> dict[str, bytes]:
    """Every workbook and document that somebody gets."""
    found = (*home.glob("ledgers/要点/2026-03/**/*.xlsx"), *home.glob("ledgers/要点/2026-03/**/*.docx"))
    return {path.name: path.read_bytes() for path in found if "回收" not in path.parts}


def rulings(book: Workbook) -> list[Cell | MergedCell]:
    """核定状态 of every row of 总台账."""
    sheet = book["总台账"]
    column = next(cell.column for cell in sheet[1] if cell.value == "核定状态")
    return [sheet.cell(row, column) for row in range(2, sheet.max_row + 1)]


def ruled_finished(office: Office) -> Path:
    """总台账, after the office has ruled everything finished in it."""
    path = office.home / "ledgers/要点/2026-03/总台账.xlsx"
    book = load_workbook(path)
    for cell in rulings(book):
        cell.value = "已完成"
    book.save(path)
    return path


@pytest.mark.parametrize("engine", [False, True], ids=["alone", "on the engine"])
def test_a_big_round_is_a_small_one_byte_for_byte(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: bool
) -> None:
    monkeypatch.setattr(long_sheet, "_AT_A_TIME", 2)  # a block is pressed by itself, whoever presses it
    kept = tmp_path / "原样"
    shutil.copytree(office.home, kept)
    small = month(office)
    alone = documents(office.home)
    assert {"总台账.xlsx", "通报.docx"} < alone.keys()
    assert len(alone) >= 6, "and the workbooks of four units"
    shutil.rmtree(office.home)
    shutil.copytree(kept, office.home)
    many(monkeypatch)
    office.engine = engine
    big = month(office)
    for ours, theirs in zip(without_times(big), without_times(small), strict=True):
        assert ours == theirs
    assert documents(office.home) == alone


def test_what_the_office_writes_into_the_master_counts_in_a_big_round_too(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Figures are computed early only where no 总台账 lies: it may hold rulings that change them."""
    many(monkeypatch)
    month(office)
    ruled_finished(office)
    again = office.json("report", *MARCH)
    assert len(again["reviewed"]["taken"]) == 8
    totals = office.json("status", *MARCH)["totals"]
    assert totals["done"] == totals["items"]


def test_a_workbook_that_has_gone_out_is_left_alone_in_a_big_round(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch)
    first = office.json("distribute", *MARCH)
    path = Path(first["workbooks"][0]["file"])
    before = path.read_bytes()
    again = office.json("distribute", *MARCH)
    assert [book["unit"] for book in again["workbooks"]] == [book["unit"] for book in first["workbooks"]]
    assert path.read_bytes() == before


def test_a_month_that_cannot_be_is_one_sentence_in_a_big_round(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The early work of a flow meets the fault first; it is told as ever."""
    many(monkeypatch)
    told = office.run("report", *MARCH)
    assert told.code == 2
    assert "还没有下发" in told.err


def test_a_master_that_turns_up_while_the_engine_starts_still_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that keeps two folders alike puts it back just then, with what the office wrote into it."""
    many(monkeypatch)
    month(office)
    path = ruled_finished(office)
    elsewhere = path.rename(path.with_name("别处.xlsx"))
    take_in = report.take_in_office_edits

    def just_then(*given: Any) -> Any:
        elsewhere.rename(path)
        return take_in(*given)

    monkeypatch.setattr(report, "take_in_office_edits", just_then)
    assert len(office.json("report", *MARCH)["reviewed"]["taken"]) == 8
    assert {cell.value for cell in rulings(load_workbook(path))} == {"已完成"}


@pytest.mark.parametrize("most", [0, 1_000], ids=["in turn", "together"])
def test_a_broken_bulletin_template_leaves_the_master_alone(
    office: Office, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    many(monkeypatch)
    monkeypatch.setattr(report, "_TOO_MANY", most)
    office.json("distribute", *MARCH)
    (office.home / "templates/通报.docx").write_bytes(b"no document")
    told = office.run("report", *MARCH)
    assert told.code == 2
    assert "通报.docx" in told.err
    assert (office.home / "ledgers/要点/2026-03/总台账.xlsx").is_file()
    assert not (office.home / "ledgers/要点/2026-03/通报.docx").exists()


def test_what_lies_in_the_inbox_is_not_read_by_an_office_that_gets_mail(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(monkeypatch)
    office.json("distribute", *MARCH)
    inbox = office.home / "ledgers/收件箱"
    inbox.mkdir(exist_ok=True)
    for number in range(5):
        (inbox / f"{number}.xlsx").write_bytes(b"no workbook")
    with collect.collect.ready(str(office.home), "要点", "2026-03") as given:  # type: ignore[misc]
        assert given.merger is not None
    office.configure(mail={"transport": "smtp"})
    with collect.collect.ready(str(office.home), "要点", "2026-03") as given:  # type: ignore[misc]
        assert given.merger is None
