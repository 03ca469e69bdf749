"""What two computers change comes together on the share, and nothing that anybody wrote is lost."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from flows.desk import open_store, shared
from flows.workspace import Home
from tests.moving.homes import MARCH, files
from tests.office import Office
from tests.postgres.cluster import Server
from tests.sharing.conftest import Pair

Offices = tuple[Office, Office]
ROSTER = "ledgers/单位名录.xlsx"


@pytest.fixture
def share(tmp_path: Path) -> Path:
    return tmp_path / "共享"


@pytest.fixture
def offices(pair: Pair, share: Path) -> Offices:
    """The first has a plan whose March is issued; the second has just been set up."""
    here, there = pair(f"file://{share.as_posix()}")
    here.adopt()
    here.json("distribute", *MARCH)
    return here, there


def place(office: Office, name: str) -> Path:
    return office.home / name


def later(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Somebody saves a file again."""
    path.write_bytes(change(path.read_bytes()))


def test_a_new_computer_shows_the_plan_at_once(offices: Offices) -> None:
    here, there = offices
    assert not place(there, "ledgers/要点").exists()
    assert there.json("status", *MARCH)["totals"] == here.json("status", *MARCH)["totals"]
    assert place(there, ROSTER).read_bytes() == place(here, ROSTER).read_bytes()


def test_the_empty_roster_of_a_new_home_never_replaces_the_real_one(pair: Pair, share: Path) -> None:
    here, there = pair(f"file://{share.as_posix()}")
    there.json("sync")
    here.adopt()
    there.json("sync")
    assert place(there, ROSTER).read_bytes() == place(here, ROSTER).read_bytes()
    assert not list((here.home / "ledgers").glob("单位名录_*"))
    assert not list((there.home / "ledgers").glob("单位名录_*"))


def test_what_the_clerk_does_to_files_reaches_the_other_computer(offices: Offices) -> None:
    here, there = offices
    there.json("sync")
    dropped = place(here, "ledgers/收件箱/财政.xlsx")
    dropped.write_bytes(b"a sheet")
    os.utime(dropped, (1_700_000_000, 1_700_000_000))
    place(here, "templates/通报.docx").write_bytes(b"our own look")
    place(here, "ledgers/要点/便条.txt").write_text("打过电话了", encoding="utf-8")
    here.json("sync")
    there.json("sync")
    assert place(there, "ledgers/收件箱/财政.xlsx").stat().st_mtime == 1_700_000_000
    assert place(there, "templates/通报.docx").read_bytes() == b"our own look"
    assert place(there, "ledgers/要点/便条.txt").read_text(encoding="utf-8") == "打过电话了"
    place(there, "ledgers/要点/便条.txt").unlink()
    there.json("sync")
    here.json("sync")
    assert not place(here, "ledgers/要点/便条.txt").exists()


def test_what_is_the_computers_own_stays_there(offices: Offices, share: Path) -> None:
    here, there = offices
    place(here, "ledgers/台账.db").write_bytes(b"old history")
    place(here, "ledgers/要点/~$任务分解表.xlsx").write_bytes(b"open")
    here.json("sync")
    there.json("sync")
    names = [path.name for path in share.rglob("*") if path.is_file()]
    assert not [name for name in names if name.startswith((".", "~$", "台账.db", "config"))]
    assert not place(there, "ledgers/台账.db").exists()


def test_settings_that_differ_are_told_until_they_are_alike(offices: Offices) -> None:
    here, there = offices
    assert there.run("sync").err == ""
    here.configure(round={"reply_day": 20}, serve={"port": 4300})
    assert here.run("sync").err == ""
    for _ in range(2):
        told = there.run("sync").err
        assert "config.toml 的 [round] 与电脑" in told
        assert "[serve]" not in told
    assert here.run("sync").err == ""
    there.configure(round={"reply_day": 20})
    assert there.run("sync").err == ""


def test_changed_on_both_computers_both_are_kept_and_the_clerk_hears_of_it(offices: Offices) -> None:
    here, there = offices
    there.json("sync")
    table = "ledgers/要点/任务分解表.xlsx"
    mine = place(there, table).read_bytes() + b" "
    later(place(here, table), lambda data: data + b"  ")
    here.json("sync")
    place(there, table).write_bytes(mine)
    told = there.run("sync")
    assert told.code == 1
    assert "“任务分解表.xlsx”在这台电脑和别处都改过" in told.err
    assert place(there, table).read_bytes() == place(here, table).read_bytes()
    copies = list((there.home / "ledgers/要点").glob("任务分解表_*.xlsx"))
    assert [copy.read_bytes() for copy in copies] == [mine]
    assert there.run("sync").code == 0
    here.json("sync")
    assert place(here, f"ledgers/要点/{copies[0].name}").read_bytes() == mine


def test_an_older_state_is_no_change_of_ones_own(offices: Offices) -> None:
    """A home from last week's backup: it has forgotten what it had in common, and has old files."""
    here, there = offices
    there.json("sync")
    shutil.rmtree(there.home / ".taizhang")
    later(place(here, ROSTER), lambda data: data + b" ")
    here.json("sync")
    told = there.run("sync")
    assert (told.code, told.err) == (0, "")
    assert place(there, ROSTER).read_bytes() == place(here, ROSTER).read_bytes()


def test_a_plan_folder_that_is_deleted_here_comes_back_and_stays_there(offices: Offices) -> None:
    here, there = offices
    there.json("sync")
    shutil.rmtree(there.home / "ledgers/要点")
    told = there.run("sync")
    assert "取回" in told.err
    assert place(there, "ledgers/要点/任务分解表.xlsx").is_file()
    here.json("sync")
    assert list((here.home / "ledgers/要点/2026-03/下发").iterdir())


@pytest.mark.parametrize("how", ["emptied", "moved away", "older"])
def test_a_share_that_lost_its_files_takes_none_from_anybody(how: str, offices: Offices, share: Path) -> None:
    here, there = offices
    there.json("sync")
    if how == "older":
        for each in (share / "清单/计划/要点").iterdir():
            each.unlink()
    else:
        shutil.rmtree(share)
        if how == "emptied":
            share.mkdir()
    before = {name: place(there, name).stat().st_mtime_ns for name in files(there.home)}
    for command in (["report", *MARCH], ["sync"]):
        told = there.run(*command)
        assert told.code == 2
        assert "什么都没有改" in told.err
        assert "sync --anew" in told.err
    assert {name: place(there, name).stat().st_mtime_ns for name in files(there.home)} == before
    here.json("sync", "--anew")
    there.json("sync")
    assert there.json("report", *MARCH)["bulletin"]


def test_a_damaged_object_is_not_taken_for_a_file(offices: Offices, share: Path) -> None:
    _here, there = offices
    stored = next((share / "文件/ledgers/要点").glob("任务分解表~*.xlsx"))
    stored.write_bytes(stored.read_bytes()[:100])
    told = there.run("report", *MARCH)
    assert told.code == 2
    assert "坏了“任务分解表.xlsx”" in told.err
    assert not place(there, "ledgers/要点/任务分解表.xlsx").exists()


def test_another_offices_share_is_refused(offices: Offices, share: Path, server: Server, tmp_path: Path) -> None:
    stranger = server.office(tmp_path / "别人")
    stranger.configure(files={"share": f"file://{share.as_posix()}"})
    told = stranger.run("sync")
    assert told.code == 2
    assert "另一个办公室" in told.err


def test_without_a_common_database_files_are_not_shared(offices: Offices) -> None:
    here, _there = offices
    here.configure(store={"url": ""})
    told = here.run("report", *MARCH)
    assert told.code == 2
    assert "PostgreSQL" in told.err


def test_a_faulty_address_is_told_with_what_to_write(offices: Offices) -> None:
    here, _there = offices
    for value, said in (("Z:/台账", "应写成地址"), ("s3://key:secret@bucket/台账", "不能写密码")):
        here.configure(files={"share": value})
        told = here.run("sync")
        assert (told.code, said in told.err) == (2, True)
    here.configure(files={"share": ""})
    assert "[files] share 是空的" in here.run("sync").err


def test_two_computers_at_once_neither_overtakes_the_other(offices: Offices) -> None:
    """Both bring everything in step again and again while both change the common files."""

    def work(office: Office, number: int) -> None:
        home = Home(office.home)
        for turn in range(6):
            (home.inbox / f"{number}-{turn}.txt").write_text(f"{number}-{turn}", encoding="utf-8")
            with closing(open_store(home, home.config())) as store:
                shared(home, home.config(), store).all()

    with ThreadPoolExecutor() as pool:
        for each in [pool.submit(work, office, number) for number, office in enumerate(offices)]:
            each.result()
    for office in (*offices, offices[0]):
        office.json("sync")
    names = {f"{number}-{turn}.txt" for number in (0, 1) for turn in range(6)}
    for office in offices:
        assert {path.name for path in (office.home / "ledgers/收件箱").iterdir()} == names
