"""What the office did not accept stays so until the unit says something new, and the unit is told."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from flows.periods import CHINA
from tests.office import PLAN, Office, Row, fill, new_office
from tests.reviewing import Sheet

MONEY = "市财政局"


def finished(_row: Row) -> Row:
    return {"完成状态": "已完成", "进展情况": "目录已调整。", "完成日期": "2026-03-10"}


def month(office: Office, number: int, folder: Path, answer: object) -> Path:
    """财政局 answers a month; gives its workbook as it was issued."""
    place = ("要点", "--period", f"2026-{number:02d}")
    book = next(Path(b["file"]) for b in office.json("distribute", *place)["workbooks"] if b["unit"] == MONEY)
    when = datetime(2026, number, 20, 9, tzinfo=CHINA)
    fill(book, folder / str(number) / "财政局.xlsx", answer, received=when)  # type: ignore[arg-type]
    assert office.json("collect", *place, "--from", folder / str(number))["accepted"]
    return book


def status(office: Office, number: int) -> str:
    found = office.json("status", "要点", "--period", f"2026-{number:02d}")["items"]
    return next(str(c["status"]) for item in found if item["no"] == "2" for c in item["units"] if c["unit"] == MONEY)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """March: 财政局 says that 2 is finished; the office has seen no evidence."""
    made = new_office(tmp_path)
    made.adopt()
    month(made, 3, tmp_path / "收", finished)
    made.json("report", "要点", "--period", "2026-03")
    sheet = Sheet(made.home / "ledgers/要点/2026-03/总台账.xlsx")
    sheet.write(MONEY, "2", 核定状态="推进中", 核定意见="没有看到目录〔截图〕，\n请补充").save()
    made.json("review", "要点", "--period", "2026-03")
    return made


def test_a_row_sent_back_as_it_came_does_not_undo_what_the_office_ruled(office: Office, tmp_path: Path) -> None:
    month(office, 4, tmp_path / "收", lambda _row: None)
    assert status(office, 4) == "推进中"
    month(office, 5, tmp_path / "收", lambda _row: None)
    assert status(office, 5) == "推进中"
    month(office, 6, tmp_path / "收", lambda _row: {"进展情况": "截图已补交。"})
    assert status(office, 6) == "已完成"


def test_the_unit_reads_the_ruling_in_its_next_workbook(office: Office, tmp_path: Path) -> None:
    book = month(office, 4, tmp_path / "收", lambda _row: {"进展情况": "截图已补交。"})
    (shown,) = (cell.value for row in load_workbook(book)["工作台账"].iter_rows(6, 6, 7, 7) for cell in row)
    told = "〔2026-03，办公室核定为推进中，核定意见：没有看到目录（截图）， 请补充〕已完成，2026-03-10\n目录已调整。"
    assert shown == told
    later = month(office, 5, tmp_path / "收", lambda _row: None)
    (shown,) = (cell.value for row in load_workbook(later)["工作台账"].iter_rows(6, 6, 7, 7) for cell in row)
    assert shown == "〔2026-04〕已完成，2026-03-10\n截图已补交。", "answered is answered"


def test_what_was_found_once_is_counted_once_in_the_assessment(office: Office, tmp_path: Path) -> None:
    """April is a month with rulings too, but none on 财政局, whose row came back as it was."""
    month(office, 4, tmp_path / "收", lambda _row: None)
    office.json("report", "要点", "--period", "2026-04")
    sheet = Sheet(office.home / "ledgers/要点/2026-04/总台账.xlsx")
    sheet.write("市数据局", "1", 核定意见="请尽快报送").save()
    office.json("review", "要点", "--period", "2026-04")
    found = office.json("assess", "要点", "--since", "2026-03", "--until", "2026-04")["units"]
    points = next(each for each in found if each["unit"] == MONEY)["points"]
    quality = next(part for part in points if part["criterion"] == "核定质量")
    assert [row["share"] for row in quality["rows"]] == [0, 1]


def test_a_month_without_notices_is_done_not_wrong(tmp_path: Path) -> None:
    """Who runs supervise each month by the clock gets no error in a quiet month."""
    made = new_office(tmp_path)
    made.adopt("\n".join(line for line in PLAN.split("\n") if "月" not in line))
    month(made, 3, tmp_path / "收", finished)
    made.json("report", "要点", "--period", "2026-03")
    found = made.run("supervise", "要点", "--period", "2026-03", "--no-send")
    assert (found.code, found.out) == (0, "本期没有要寄的督办单\n")
