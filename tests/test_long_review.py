"""核定 in the 总台账 of an office with 420 units: 25,200 rows, of which it rules on ten."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa

from flows.ledger.layout import column_name
from flows.ledger.master import MASTER_COLUMNS
from flows.ledger.master_content import former_digest
from tests.benchmarks.returned import plan_of
from tests.ledger.samples import resaved
from tests.office import Office, new_office
from tests.typing_in import types_into, with_part

MARCH = ("要点", "--period", "2026-03")
UNITS, TASKS = 420, 60
ROWS = UNITS * TASKS
RULED = tuple(range(2_000, 22_000, 2_000))
"""Rows of the sheet in which the office writes."""


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """March: everything is sent out, nobody has answered, 总台账 is made."""
    made = new_office(tmp_path_factory.mktemp("大市"))
    units = [(f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(UNITS)]
    made.adopt(plan_of(TASKS), units=units)
    made.json("distribute", *MARCH, "--no-send")
    told = made.json("report", *MARCH)
    assert told["kept"] is None
    return made


@pytest.fixture
def office(reported: Office, tmp_path: Path) -> Office:
    """The same month, a fresh copy for each test."""
    copytree(
        reported.home, tmp_path / "办公室", ignore=lambda folder, _: ["台账"] if folder.endswith("2026-03") else []
    )
    return Office(tmp_path / "办公室")


def master(office: Office) -> Path:
    return office.home / "ledgers" / "要点" / "2026-03" / "总台账.xlsx"


def at(header: str, row: int) -> str:
    return f"{column_name([word for word, _ in MASTER_COLUMNS].index(header))}{row}"


def ten_rulings(opinion: str = "网站已查，“属实”&已存档") -> dict[str, str]:
    """What the office types: a status in each of ten rows, and an opinion."""
    cells = {at("核定状态", row): "已完成" for row in RULED}
    return cells | {at("核定意见", row): opinion for row in RULED}


def copies(office: Office) -> list[str]:
    return [path.name for path in master(office).parent.glob("总台账_*")]


def shown(office: Office, row: int) -> str:
    """The XML of one row of the sheet as it stands now."""
    found = ""

    def look(xml: str) -> str:
        nonlocal found
        start = xml.index(f'<row r="{row}"')
        found = xml[start : xml.index("</row>", start)]
        return xml

    with_part(master(office).read_bytes(), look)
    return found


def test_ten_rulings_among_twenty_five_thousand_rows_are_taken_and_stay(office: Office) -> None:
    types_into(master(office), ten_rulings())
    told = office.json("report", *MARCH)
    taken = told["reviewed"]["taken"]
    assert [each["cell"] for each in taken] == [at("核定状态", row) for row in RULED]
    assert {change["new"] for each in taken for change in each["changes"]} == {"已完成", "网站已查，“属实”&已存档"}
    assert (told["reviewed"]["unchanged"], told["reviewed"]["problems"]) == (ROWS - 10, [])
    assert (told["kept"], copies(office)) == (None, [])
    again = office.json("report", *MARCH)
    assert (again["reviewed"]["taken"], again["reviewed"]["unchanged"], again["kept"]) == ([], ROWS, None)
    assert "网站已查，“属实”&amp;已存档" in shown(office, RULED[4])
    assert "已完成" in shown(office, RULED[4])


def test_saved_by_libreoffice_the_ten_are_found_and_nothing_else(office: Office, tmp_path: Path) -> None:
    types_into(master(office), ten_rulings())
    master(office).write_bytes(resaved(master(office).read_bytes(), "xlsx", tmp_path / "lo"))
    read = office.json("review", *MARCH)
    assert [each["cell"] for each in read["taken"]] == [at("核定状态", row) for row in RULED]
    assert (read["unchanged"], read["problems"], read["conflicts"]) == (ROWS - 10, [], [])
    told = office.json("report", *MARCH)
    assert (told["reviewed"]["taken"], told["reviewed"]["unchanged"]) == ([], ROWS)
    assert (told["kept"], copies(office)) == (None, [])


@pytest.fixture
def small(tmp_path: Path) -> Office:
    """March of an office with four units."""
    made = new_office(tmp_path)
    made.adopt()
    made.json("distribute", *MARCH, "--no-send")
    made.json("report", *MARCH)
    return made


def test_a_master_of_before_that_nobody_touched_needs_no_copy(small: Office) -> None:
    """An earlier version kept no digest of the bytes."""
    engine = sa.create_engine(f"sqlite:///{small.home / 'ledgers' / '台账.db'}")
    made = "INSERT INTO masters (plan, period, content, at) VALUES ('要点', '2026-03', :content, '2026-03-28')"
    with engine.begin() as db:
        db.execute(sa.text("DROP TABLE master_files"))
        db.execute(sa.text(made), {"content": former_digest(master(small).read_bytes())})
    engine.dispose()
    types_into(master(small), {at("核定状态", 2): "已完成"})
    told = small.json("report", *MARCH)
    assert (len(told["reviewed"]["taken"]), told["kept"]) == (1, None)
    assert small.json("report", *MARCH)["kept"] is None


def test_one_that_was_touched_then_is_kept_in_a_copy(small: Office) -> None:
    engine = sa.create_engine(f"sqlite:///{small.home / 'ledgers' / '台账.db'}")
    with engine.begin() as db:
        db.execute(sa.text("DROP TABLE master_files"))
    engine.dispose()
    before = master(small).read_bytes()
    assert Path(small.json("report", *MARCH)["kept"]).read_bytes() == before


def test_rows_far_beyond_what_was_made_are_refused(small: Office) -> None:
    more = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(100, 11_000))
    grown = with_part(master(small).read_bytes(), lambda xml: xml.replace("</sheetData>", f"{more}</sheetData>"))
    master(small).write_bytes(grown)
    answer = small.run("review", *MARCH)
    assert answer.code == 2
    assert "文件过大" in answer.err
    told = small.json("report", *MARCH)
    assert "文件过大" in told["reviewed"]["problems"][0]["message"]
    assert Path(told["kept"]).read_bytes() == grown


def test_a_bomb_in_another_part_is_refused_before_it_is_unpacked(small: Office) -> None:
    bomb = " " * 60 * 2**20
    data = master(small).read_bytes()
    master(small).write_bytes(
        with_part(data, lambda xml: xml.replace("</sst>", f"{bomb}</sst>"), "xl/sharedStrings.xml")
    )
    answer = small.run("review", *MARCH)
    assert answer.code == 2
    assert "文件过大" in answer.err


def test_a_file_far_larger_than_what_was_made_is_not_even_loaded(small: Office) -> None:
    with master(small).open("ab") as file:
        file.truncate(64 * 2**20)
    answer = small.run("review", *MARCH)
    assert answer.code == 2
    assert "比生成的总台账大得多" in answer.err
