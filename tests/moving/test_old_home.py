"""A home that version 0.1 made opens in this one: what it knew counts on, and the sheets it issued come home."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows import __version__
from flows.migrations import STEPS, Step, migrate
from flows.problems import UserError
from flows.storage.database import make_engine
from flows.store import Store
from flows.tables import META
from tests.moving.homes import APRIL, MARCH, old_office, said
from tests.office import Office


@pytest.fixture
def old(tmp_path: Path) -> Office:
    return old_office(tmp_path)


def database(office: Office) -> Path:
    return office.home / "ledgers" / "台账.db"


def tables_of(office: Office) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(database(office))) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: db.execute(f"SELECT * FROM {name}").fetchall() for name in names}


def test_what_was_reported_then_is_told_as_it_was(old: Office) -> None:
    found = old.json("trace", "要点", "2", "市财政局")["now"]
    assert (found["progress"], found["period"]) == ("目录已按季度调整。", "2026-03")
    totals = old.json("status", *MARCH)["totals"]
    assert (totals["items"], totals["asked"], totals["answered"]) == (4, 4, 2)


def test_sheets_that_the_old_version_issued_come_home(old: Office, tmp_path: Path) -> None:
    on_their_way = tmp_path / "在途"
    march = old.json("collect", *MARCH, "--from", on_their_way, "--dry-run")
    assert "市数据局" in [each["unit"] for each in march["accepted"]]
    found = old.json("collect", *APRIL, "--from", on_their_way)
    assert sorted(each["unit"] for each in found["accepted"]) == ["市财政局", "西河区人民政府"]
    assert [each["warnings"] for each in found["accepted"]] == [[], []]
    assert found["returned"] == []
    assert old.json("trace", "要点", "2", "市财政局")["now"]["progress"] == "四月又调整目录两次。"


def test_april_goes_on_without_anybody_getting_a_second_ledger(old: Office) -> None:
    before = {path: path.read_bytes() for path in (old.home / "ledgers/要点/2026-04/下发").iterdir()}
    found = old.json("distribute", *APRIL, "--no-send")
    assert found["changed"] == []
    assert {path: path.read_bytes() for path in (old.home / "ledgers/要点/2026-04/下发").iterdir()} == before
    assert Path(old.json("report", *APRIL)["bulletin"]).is_file()


def test_rows_of_before_are_untouched_and_what_was_done_is_recorded(old: Office) -> None:
    before = tables_of(old)
    assert "migrations" not in before
    Store(f"sqlite:///{database(old)}").close()
    after = tables_of(old)
    assert {name: after[name] for name in before} == before
    done = {row[1]: row[3] for row in after["migrations"]}
    assert [name for name in done if name.startswith("tables: ")]
    assert {step.name for step in STEPS} <= set(done)
    assert set(done.values()) == {__version__}
    assert set(META.tables) <= set(after)


def test_opening_it_again_writes_nothing(old: Office) -> None:
    url = f"sqlite:///{database(old)}"
    Store(url).close()
    before = tables_of(old)["migrations"]
    watched = make_engine(url)
    said_to_it: list[str] = []
    sa.event.listen(watched, "before_cursor_execute", lambda c, cur, text, *rest: said_to_it.append(text))
    migrate(watched)
    watched.dispose()
    assert [text for text in said_to_it if not text.startswith(("SELECT", "PRAGMA"))] == []
    assert tables_of(old)["migrations"] == before


def test_a_step_that_breaks_off_leaves_the_database_as_it_was(old: Office) -> None:
    def half(db: sa.Connection) -> None:
        db.execute(sa.text("ALTER TABLE arrivals RENAME TO came"))
        db.execute(sa.text("UPDATE letters SET note = 'x'"))
        raise RuntimeError("power cut")

    before = tables_of(old)
    engine = make_engine(f"sqlite:///{database(old)}")
    with pytest.raises(RuntimeError):
        migrate(engine, (*STEPS, Step("9999 half", half)))
    engine.dispose()
    assert tables_of(old) == before


def test_a_database_of_a_newer_version_is_refused_in_a_sentence(old: Office) -> None:
    with closing(sqlite3.connect(database(old))) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'schema'")
    before = tables_of(old)
    told = old.run("status", *MARCH)
    assert told.code == 2
    assert "请升级程序" in told.err
    with pytest.raises(UserError, match="更新版本"):
        Store(f"sqlite:///{database(old)}")
    assert tables_of(old) == before


def test_it_can_be_backed_up_and_moved(old: Office, tmp_path: Path) -> None:
    old.json("backup", tmp_path / "旧.zip")
    there = Office(tmp_path / "新")
    there.json("restore", tmp_path / "旧.zip")
    assert said(there) == said(old)
