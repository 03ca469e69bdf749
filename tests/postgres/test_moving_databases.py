"""An office moves from SQLite to PostgreSQL and back: nothing is lost, and it goes on where it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from flows.desk import open_store
from flows.moving.rows import read_rows
from flows.tables import META
from flows.workspace import Home
from tests.moving.homes import MARCH, WHEN, busy_office, office_with_a_month, old_office, said
from tests.office import Office, fill, moving
from tests.postgres.cluster import Server


def rows_of(office: Office) -> dict[str, list[dict[str, Any]]]:
    home = Home(office.home)
    store = open_store(home, home.config())
    with store.engine.connect() as db:
        found = {table.name: list(read_rows(db, table)) for table in META.sorted_tables if table.name != "migrations"}
    store.close()
    return found


def place(server: Server) -> list[str]:
    return ["--store", server.url, "--schema", f"moved_{uuid4().hex[:12]}"]


def test_there_and_back_again_every_row_is_the_same(server: Server, tmp_path: Path) -> None:
    office = office_with_a_month(tmp_path)
    start = rows_of(office)
    assert start["snapshots"][0]["content"].startswith(b"x")
    office.json("backup", tmp_path / "一.zip")
    there = Office(tmp_path / "服务器上")
    told = there.json("restore", tmp_path / "一.zip", *place(server))
    assert told["store"] == "postgresql"
    assert not (there.home / "ledgers" / "台账.db").exists()
    assert rows_of(there) == start
    assert said(there) == said(office)
    there.json("backup", tmp_path / "二.zip")
    back = Office(tmp_path / "又回来")
    assert back.json("restore", tmp_path / "二.zip", "--store", "sqlite")["store"] == "sqlite"
    assert rows_of(back) == start
    assert said(back) == said(office)


def test_the_month_goes_on_after_the_move(server: Server, tmp_path: Path) -> None:
    """New rows get new numbers, and a sheet signed before the move is known."""
    office = office_with_a_month(tmp_path)
    office.json("backup", tmp_path / "一.zip")
    there = Office(tmp_path / "服务器上")
    there.json("restore", tmp_path / "一.zip", *place(server))
    book = next((office.home / "ledgers/要点/2026-03/下发").glob("*市数据局*"))
    fill(book, tmp_path / "来" / "数据.xlsx", moving("课件已上网。"), received=WHEN)
    found = there.json("collect", *MARCH, "--from", tmp_path / "来")
    assert [(each["unit"], each["warnings"]) for each in found["accepted"]] == [("市数据局", [])]
    assert there.json("report", *MARCH)["bulletin"]
    numbers = [row["id"] for row in rows_of(there)["arrivals"]]
    assert sorted(set(numbers)) == numbers


def test_a_home_of_version_0_1_moves_to_a_server(server: Server, tmp_path: Path) -> None:
    old = old_office(tmp_path)
    old.json("backup", tmp_path / "旧.zip")
    there = Office(tmp_path / "服务器上")
    there.json("restore", tmp_path / "旧.zip", *place(server))
    assert said(there) == said(old)


def test_a_database_with_content_is_not_touched(server: Server, tmp_path: Path) -> None:
    schema = f"taken_{uuid4().hex[:12]}"
    other = server.office(tmp_path / "别人", schema)
    busy_office(other, tmp_path / "别人")
    before = rows_of(other)
    office_with_a_month(tmp_path).json("backup", tmp_path / "一.zip")
    there = Office(tmp_path / "新")
    told = there.run("restore", tmp_path / "一.zip", "--store", server.url, "--schema", schema)
    assert told.code == 2
    assert "没有动它" in told.err
    assert not there.home.exists()
    assert rows_of(other) == before


def test_broken_off_between_database_and_folder_it_is_done_again(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = office_with_a_month(tmp_path)
    office.json("backup", tmp_path / "一.zip")
    there, target = Office(tmp_path / "新"), place(server)

    def cut(*_: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("flows.moving.restore._move_in", cut)
        assert there.run("restore", tmp_path / "一.zip", *target).code == 2
    assert not there.home.exists()
    there.json("restore", tmp_path / "一.zip", *target)
    assert rows_of(there) == rows_of(office)


def test_the_settings_name_the_new_place_without_the_password(server: Server, tmp_path: Path) -> None:
    office_with_a_month(tmp_path).json("backup", tmp_path / "一.zip")
    there = Office(tmp_path / "新")
    url = server.url.replace("taizhang@", "taizhang:geheim@")
    there.json("restore", tmp_path / "一.zip", "--store", url, *place(server)[2:])
    text = (there.home / "config.toml").read_text(encoding="utf-8")
    assert "geheim" not in text
    assert sa.make_url(Home(there.home).config().store.url).username == "taizhang"
    assert "# 几个办公室共用" in text
