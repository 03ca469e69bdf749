"""A home made by an earlier version opens, and everything in it counts on."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
import xlsxwriter

from flows.periods import CHINA
from tests.office import Office, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")
NEW = ("proposals", "evidence", "reviews", "masters")
"""Tables that the first version did not have."""


def columns_of(office: Office) -> dict[str, set[str]]:
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    found = sa.inspect(engine)
    columns = {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}
    engine.dispose()
    return columns


@pytest.fixture
def old(tmp_path: Path) -> Office:
    """March of the first version: its tables, its 总台账 without columns for the office."""
    office = new_office(tmp_path)
    office.adopt()
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *MARCH)["workbooks"]}
    when = datetime(2026, 3, 20, 9, tzinfo=CHINA)
    fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving("三月的进展。"), received=when)
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    with engine.begin() as db:
        for name in NEW:
            db.execute(sa.text(f"DROP TABLE {name}"))
    engine.dispose()
    with xlsxwriter.Workbook(office.home / "ledgers/要点/2026-03/总台账.xlsx") as book:
        book.add_worksheet("总台账").write_row(0, 0, ["任务编号", "单位", "完成状态", "来源"])
    return office


def test_no_table_of_the_first_version_has_changed(old: Office) -> None:
    before = columns_of(old)
    assert not set(NEW) & set(before)
    old.json("status", *MARCH)
    after = columns_of(old)
    assert {name: after[name] for name in before} == before
    assert set(NEW) <= set(after)


def test_what_was_reported_then_still_counts_and_can_be_ruled_on(old: Office) -> None:
    found = old.json("trace", "要点", "2", "市财政局")
    assert found["now"]["progress"] == "三月的进展。"
    made = old.json("report", *MARCH)
    assert Path(made["kept"]).name.startswith("总台账_")
    assert made["reviewed"] == {"taken": [], "unchanged": 0, "problems": [], "conflicts": []}
    assert old.json("review", *MARCH)["unchanged"] == 8
    assert old.json("report", *MARCH)["kept"] is None


def test_the_settings_of_before_are_enough(old: Office) -> None:
    path = old.home / "config.toml"
    kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("unchanged")]
    path.write_text("\n".join(kept), encoding="utf-8")
    old.json("distribute", "要点", "--period", "2026-04")
    assert old.json("status", "要点", "--period", "2026-04")["totals"]["asked"] == 4


def test_a_store_that_is_gone_is_told_before_all_goes_out_once_more(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt()
    office.json("distribute", *MARCH)
    store = office.home / "ledgers" / "台账.db"
    kept = store.read_bytes()
    for hurt in (None, b""):
        store.unlink()
        if hurt is not None:
            store.write_bytes(hurt)
        for command in (("distribute", *MARCH), ("status", *MARCH), ("report", *MARCH)):
            told = office.run(*command)
            assert told.code == 2
            assert "数据库里却没有它的记录" in told.err
            assert "restore" in told.err
    store.write_bytes(kept)
    assert office.json("status", *MARCH)["totals"]["asked"] == 4
