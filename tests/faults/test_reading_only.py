"""Whoever may only read a home sees all of it: what stands where, the plan, where a figure comes from."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.faults.nobody import as_nobody, give_back, office_of_nobody, shut
from tests.office import UNITS, Office, fill, moving

__all__ = ["office_of_nobody"]

MARCH = ("要点", "--period", "2026-03")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights are other ones on Windows")


@pytest.fixture
def answered(office_of_nobody: Office) -> Office:
    """One unit has answered."""
    office = office_of_nobody
    give_back(office.home)
    book = next((office.home / "ledgers/要点/2026-03/下发").glob(f"*{UNITS[0][0]}*"))
    fill(book, office.home.parent / "收" / "1.xlsx", moving("东山县已经部署。"))
    office.json("collect", *MARCH, "--from", office.home.parent / "收")
    shut(office.home)
    return office


def files_of(office: Office) -> list[tuple[str, bytes]]:
    return [(str(path), path.read_bytes()) for path in sorted(office.home.rglob("*")) if path.is_file()]


@pytest.mark.parametrize("command", [("status", *MARCH), ("show", "要点"), ("trace", "要点", "1", UNITS[0][0])])
def test_a_reader_is_answered_and_leaves_nothing_behind(answered: Office, command: tuple[str, ...]) -> None:
    before = files_of(answered)
    ended = as_nobody(answered, *command, "--json")
    assert ended.returncode in (0, 1), ended.stderr
    owners = answered_by_the_owner(answered, command)
    assert json.loads(ended.stdout) == owners
    assert [each for each in files_of(answered) if not each[0].endswith(("-shm", "-wal"))] == before


def answered_by_the_owner(office: Office, command: tuple[str, ...]) -> dict[str, object]:
    give_back(office.home)
    found: dict[str, object] = office.json(*command)
    return found


@pytest.mark.parametrize("index", ["with its index", "copied without"])
def test_what_was_committed_last_and_stands_in_the_log_only_is_read_too(answered: Office, index: str) -> None:
    database = answered.home / "ledgers" / "台账.db"
    give_back(answered.home)
    leave_in_the_log(database, keep_index=index == "with its index")
    shut(answered.home)
    ended = as_nobody(answered, "status", *MARCH, "--json")
    assert ended.returncode in (0, 1), ended.stderr
    rows = {row["unit"]: row for row in json.loads(ended.stdout)["units"]}
    assert rows[UNITS[1][0]]["answer"] == "quarantined" or rows[UNITS[1][0]] != rows[UNITS[2][0]]


def leave_in_the_log(database: Path, *, keep_index: bool) -> None:
    """As after a power cut: an arrival of the second unit is committed, and only the log has it."""
    aside = database.with_name("aside")
    aside.mkdir()
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA wal_autocheckpoint = 0")
        columns = [row[1] for row in db.execute("PRAGMA table_info(arrivals)") if row[1] != "id"]
        values = [{"unit": f"'{UNITS[1][0]}'", "sha256": "'0'"}.get(name, name) for name in columns]
        db.execute(f"INSERT INTO arrivals ({', '.join(columns)}) SELECT {', '.join(values)} FROM arrivals LIMIT 1")
        db.commit()
        for path in database.parent.glob("台账.db*"):
            shutil.copyfile(path, aside / path.name)
    db.close()
    for path in database.parent.glob("台账.db*"):
        path.unlink()
    for path in aside.iterdir():
        if keep_index or not path.name.endswith("-shm"):
            path.replace(database.with_name(path.name))
    shutil.rmtree(aside)
