"""Disk full, file open in Excel, folder read-only or gone, database hurt: one sentence, and the next run goes on.

Each command meets the fault in a process of its own.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.files import keep_copy, write_file
from flows.problems import UserError
from flows.round.posted import put_off
from flows.troubles import told
from tests.faults.machine import Ended, Fault, Machine
from tests.faults.nobody import as_nobody, give_back, office_of_nobody
from tests.office import UNITS, Office, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")

__all__ = ["office_of_nobody"]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with Machine(tmp_path_factory.mktemp("machine")) as made:
        yield made


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """March: the workbooks are out, one unit has answered."""
    made = new_office(tmp_path)
    made.adopt()
    book = made.json("distribute", *MARCH)["workbooks"][0]
    fill(Path(book["file"]), tmp_path / "收" / "1.xlsx", moving())
    return made


def complaint(ended: Ended) -> str:
    """The one sentence of a command that could not go on."""
    assert ended.code == 2, ended
    (line,) = [line for line in ended.said.splitlines() if line.strip()]
    assert line.startswith("错误：")
    assert "意外" not in line
    assert len(line) < 140, line
    return line


def folder(office: Office) -> Path:
    return office.home / "ledgers/要点/2026-03"


def test_a_workbook_that_excel_has_open_is_named_and_stays_as_it_was(office: Office, machine: Machine) -> None:
    office.json("report", *MARCH)
    for name, command in (("总台账.xlsx", "report"), ("通报.docx", "report")):
        before = (folder(office) / name).read_bytes()
        said = complaint(machine.run(office.home, [command, *MARCH], Fault("locked", 0, (name,))))
        assert name in said
        assert "关闭" in said
        assert (folder(office) / name).read_bytes() == before
    review = office.home / "ledgers/要点/任务分解表.xlsx"
    again = ["import", str(office.home / "要点.txt"), "--as", "要点"]
    assert "任务分解表.xlsx" in complaint(machine.run(office.home, again, Fault("locked", 0, (review.name,))))
    assert machine.run(office.home, again).code in (0, 1)
    assert machine.run(office.home, ["report", *MARCH]).code in (0, 1)


@pytest.mark.parametrize("at", [1, 25])
def test_a_full_disk_is_told_wherever_it_fills_up_and_the_next_run_completes_everything(
    office: Office, machine: Machine, at: int
) -> None:
    commands = [["collect", *MARCH, "--from", str(office.home.parent / "收")], ["report", *MARCH]]
    for command in commands:
        ended = machine.run(office.home, command, Fault("full", at))
        if ended.code not in (0, 1):
            said = complaint(ended)
            assert "磁盘" in said, said
        assert machine.run(office.home, command).code in (0, 1)
    status = office.json("status", *MARCH)
    assert status["totals"]["answered"] == 1
    assert (folder(office) / "通报.docx").is_file()


@pytest.mark.skipif(os.name == "nt", reason="rights are other ones on Windows")
def test_a_read_only_home_is_told(office_of_nobody: Office) -> None:
    office = office_of_nobody
    ended = as_nobody(office, "report", *MARCH)
    assert ended.returncode == 2, ended.stderr
    assert "权限" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "意外" not in ended.stderr
    give_back(office.home)
    assert office.json("report", *MARCH)["bulletin"]


def test_a_plans_folder_that_is_renamed_while_a_command_runs_is_told(office: Office, machine: Machine) -> None:
    plan = office.home / "ledgers/要点"
    plan.rename(plan.with_name("要点旧"))
    assert "还没有计划" in complaint(machine.run(office.home, ["report", *MARCH]))
    plan.with_name("要点旧").rename(plan)
    assert told(FileNotFoundError(2, "No such file or directory", str(plan / "任务分解表.xlsx"))) is not None
    assert machine.run(office.home, ["report", *MARCH]).code in (0, 1)


def test_a_database_that_is_no_database_is_told_and_left_alone(office: Office, machine: Machine) -> None:
    database = office.home / "ledgers/台账.db"
    kept = database.read_bytes()
    for other in database.parent.glob("台账.db-*"):
        other.unlink()
    database.write_bytes(b"not a database at all" * 300)
    said = complaint(machine.run(office.home, ["report", *MARCH]))
    assert "备份" in said
    assert database.read_bytes().startswith(b"not a database")
    database.write_bytes(kept)


def test_what_a_power_cut_leaves_behind_the_last_transaction_does_no_harm(office: Office, machine: Machine) -> None:
    """A run is killed in the middle of a transaction, and the end of the write-ahead log is torn."""
    distribute = ["distribute", "要点", "--period", "2026-04"]
    database = office.home / "ledgers/台账.db"
    log = database.with_name("台账.db-wal")
    torn = 0
    for at in range(5, 60, 4):
        if machine.run(office.home, distribute, Fault("kill", at)).code is not None:
            break
        if log.is_file() and log.stat().st_size:
            torn += 1
            with log.open("ab") as file:
                file.write(os.urandom(5000))  # what was never committed
        with sqlite3.connect(database) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()
    assert torn, "no kill fell between two transactions"
    assert machine.run(office.home, distribute).code in (0, 1)
    with sqlite3.connect(database) as db:
        for table in ("dispatches", "letters"):
            query = f"SELECT unit, count(*) FROM {table} WHERE period = '2026-04' GROUP BY unit"
            assert db.execute(query).fetchall() == sorted((unit[0], 1) for unit in UNITS), table
    db.close()


def test_a_log_without_its_database_is_passed_over(tmp_path: Path) -> None:
    office = new_office(tmp_path)
    (office.home / "ledgers/台账.db-wal").write_bytes(os.urandom(9000))
    office.adopt()
    assert office.json("distribute", *MARCH)["workbooks"]


def test_a_letter_or_workbook_that_a_power_cut_left_empty_is_written_again(office: Office) -> None:
    unit = UNITS[0][0]
    (book,) = (folder(office) / "下发").glob(f"*{unit}*")
    whole = book.read_bytes()
    book.write_bytes(b"")
    office.json("distribute", *MARCH)
    assert book.read_bytes() == whole


def test_clocks_that_were_wrong_hold_up_nothing(office: Office, tmp_path: Path) -> None:
    # A workbook of the future does not go before the correction that comes after it.
    book = Path(office.json("distribute", *MARCH)["workbooks"][0]["file"])
    ahead = datetime.now(UTC) + timedelta(days=900)
    fill(book, tmp_path / "钟" / "早.xlsx", moving("电脑时间错了。"), received=ahead)
    first = office.json("collect", *MARCH, "--from", tmp_path / "钟")
    assert "还没有到" in str(first["accepted"][0]["warnings"])
    fill(book, tmp_path / "钟" / "后.xlsx", moving("更正以后。"))
    moment = datetime.now(UTC).timestamp() + 1
    os.utime(tmp_path / "钟" / "后.xlsx", (moment, moment))
    office.json("collect", *MARCH, "--from", tmp_path / "钟")
    told = str(office.json("status", *MARCH)["items"])
    assert "更正以后" in told
    assert "电脑时间错了" not in told
    # A letter that waits until next year waits for no clock.
    soon, far = (datetime.now(UTC) + timedelta(minutes=n) for n in (5, 500_000))
    assert put_off(soon.isoformat(timespec="seconds"))
    assert not put_off(far.isoformat(timespec="seconds"))
    assert not put_off("")


def test_whoever_has_the_bulletin_open_in_another_program_is_told(office: Office) -> None:
    office.json("report", *MARCH)
    mark = folder(office) / ".~lock.通报.docx#"
    mark.write_text(",clerk,pc,;", encoding="utf-8")
    answer = office.run("report", *MARCH)
    assert answer.code in (0, 1)
    assert "通报.docx 还在 LibreOffice 里打开着" in answer.err
    mark.unlink()
    assert "打开着" not in office.run("report", *MARCH).err


def test_a_copy_is_made_once_and_whole(tmp_path: Path) -> None:
    table = tmp_path / "任务分解表.xlsx"
    write_file(table, b"one")
    assert keep_copy(table) == keep_copy(table)
    write_file(table, b"two")
    keep_copy(table)
    assert sorted(path.read_bytes() for path in tmp_path.glob("任务分解表_*.xlsx")) == [b"one", b"two"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("database or disk is full", "磁盘已满"),
        ("attempt to write a readonly database", "权限"),
        ("database disk image is malformed", "备份"),
        ("disk I/O error", "磁盘"),
        ("database is locked", "另一个台账程序"),
    ],
)
def test_what_a_database_says_is_a_sentence(words: str, sentence: str) -> None:
    error = sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError(words))
    found = told(error)
    assert isinstance(found, UserError)
    assert sentence in found.sentence


def test_what_a_hurt_database_says_to_a_backup_is_a_sentence_too() -> None:
    found = told(sqlite3.DatabaseError("database disk image is malformed"))
    assert found is not None
    assert "备份" in found.sentence


def test_a_name_that_is_too_long_and_a_folder_in_the_place_of_a_file_are_told_in_chinese(tmp_path: Path) -> None:
    for place, words in ((tmp_path / ("长" * 300) / "a", "长长……”太长"), (tmp_path, "是文件夹")):
        with pytest.raises(OSError, match=r"Errno (36|21|63)") as refused:
            place.read_bytes()
        found = told(refused.value)
        assert found is not None
        assert words in found.sentence
        assert len(found.sentence) < 80
    with pytest.raises(UserError) as unwritten:
        write_file(tmp_path / f"{'长' * 300}.docx", b"")
    assert "太长" in unwritten.value.sentence
    assert "too long" not in unwritten.value.sentence


def test_a_fault_of_the_program_itself_is_not_taken_for_the_machines() -> None:
    assert told(ValueError("x")) is None
    assert told(OSError("no number")) is None
