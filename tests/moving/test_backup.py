"""An office is put into one file and comes back whole: elsewhere, after a crash, on another machine."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from flows.moving.settings import with_key
from flows.problems import UserError
from flows.storage.locks import plan_lock
from tests.moving.homes import MARCH, WHEN, files, office_with_a_month, said
from tests.needs import ROOT
from tests.office import Office, fill, moving


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Path]:
    """An office, and its backup."""
    folder = tmp_path_factory.mktemp("moving")
    office = office_with_a_month(folder)
    told = office.run("backup", folder / "备份" / "台账备份.zip")
    assert told.code == 0, told.err
    assert "逐个核对无误" in told.out
    assert "密钥" in told.out
    return office, folder / "备份" / "台账备份.zip"


def test_a_restored_office_says_the_same_and_has_every_file(made: tuple[Office, Path], tmp_path: Path) -> None:
    office, file = made
    there = Office(tmp_path / "新电脑" / "台账")
    told = there.run("restore", file)
    assert told.code == 0, told.err
    assert said(there) == said(office)
    assert files(there.home) == files(office.home)
    assert (there.home / "ledgers" / "收件箱").is_dir()
    assert not list(there.home.parent.glob(".*"))


def test_a_letter_that_a_dead_run_was_writing_is_not_backed_up(made: tuple[Office, Path], tmp_path: Path) -> None:
    office, _ = made
    draft = office.home / "ledgers/要点/2026-03/发件箱/.06_东山县人民政府_回执.eml.18621.tmp"
    draft.parent.mkdir(parents=True, exist_ok=True)
    draft.write_bytes(b"Subject: half")
    try:
        assert office.run("backup", tmp_path / "备份.zip").code == 0
    finally:
        draft.unlink()
    with zipfile.ZipFile(tmp_path / "备份.zip") as archive:
        assert not [name for name in archive.namelist() if name.endswith(".tmp")]


def test_times_of_files_come_along_because_a_sheet_in_a_folder_has_no_other(
    made: tuple[Office, Path], tmp_path: Path
) -> None:
    office, file = made
    Office(tmp_path / "台账").run("restore", file)
    for name in files(office.home):
        assert (tmp_path / "台账" / name).stat().st_mtime == (office.home / name).stat().st_mtime


def test_sheets_issued_before_the_move_come_home_after_it(made: tuple[Office, Path], tmp_path: Path) -> None:
    office, file = made
    book = next((office.home / "ledgers/要点/2026-03/下发").glob("*市数据局*"))
    fill(book, tmp_path / "收" / "数据.xlsx", moving("课件已上网。"), received=WHEN)
    there = Office(tmp_path / "台账")
    there.json("restore", file)
    found = there.json("collect", *MARCH, "--from", tmp_path / "收")
    assert [each["unit"] for each in found["accepted"]] == ["市数据局"]
    assert found["accepted"][0]["warnings"] == []


def test_a_home_that_is_there_is_never_overwritten_in_silence(made: tuple[Office, Path], tmp_path: Path) -> None:
    _office, file = made
    there = Office(tmp_path / "台账")
    there.run("restore", file)
    (there.home / "ledgers" / "便条.txt").write_text("别删", encoding="utf-8")
    told = there.run("restore", file)
    assert told.code == 2
    assert "已有内容" in told.err
    assert "--replace" in told.err
    again = there.json("restore", file, "--replace")
    assert (Path(again["kept"]) / "ledgers" / "便条.txt").read_text(encoding="utf-8") == "别删"
    assert not (there.home / "ledgers" / "便条.txt").exists()


@pytest.mark.parametrize("how", ["a byte", "cut off", "one more", "one less", "another zip", "out of the home"])
def test_a_damaged_backup_is_refused_and_leaves_nothing(how: str, made: tuple[Office, Path], tmp_path: Path) -> None:
    bad = tmp_path / "坏.zip"
    data = bytearray(made[1].read_bytes())
    if how == "a byte":
        with zipfile.ZipFile(made[1]) as archive:
            stored = max(archive.infolist(), key=lambda m: m.compress_size)
        data[stored.header_offset + 200 + stored.compress_size // 2] ^= 0x10
        bad.write_bytes(data)
    elif how == "cut off":
        bad.write_bytes(data[: len(data) * 2 // 3])
    elif how == "another zip":
        with zipfile.ZipFile(bad, "w") as archive:
            archive.writestr("照片.txt", "海边")
    else:
        with zipfile.ZipFile(made[1]) as source, zipfile.ZipFile(bad, "w") as archive:
            for member in source.infolist():
                if how != "one less" or not member.filename.endswith("总台账.xlsx"):
                    archive.writestr(member, source.read(member))
            if how == "one more":
                archive.writestr("ledgers/多余.txt", "x")
            if how == "out of the home":
                archive.writestr("../外面.txt", "x")
    there = Office(tmp_path / "台账")
    told = there.run("restore", bad)
    assert told.code == 2
    assert any(word in told.err for word in ("损坏", "不符", "不是台账的备份")), told.err
    assert [path.name for path in tmp_path.iterdir()] == ["坏.zip"]
    assert there.run("backup", bad, "--check").code == 2


def test_a_member_outside_the_home_is_refused_even_when_the_list_names_it(
    made: tuple[Office, Path], tmp_path: Path
) -> None:
    bad = tmp_path / "坏.zip"
    with zipfile.ZipFile(made[1]) as source, zipfile.ZipFile(bad, "w") as archive:
        listed = json.loads(source.read("清单.json"))
        listed["members"] = [{"name": "ledgers/../../外面.txt", "size": 0, "sha256": "", "modified": None}]
        archive.writestr("清单.json", json.dumps(listed))
        archive.writestr("ledgers/../../外面.txt", "")
    told = Office(tmp_path / "台账").run("restore", bad)
    assert told.code == 2
    assert "不该有的文件" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["坏.zip"]


def test_a_backup_of_a_newer_version_is_refused(made: tuple[Office, Path], tmp_path: Path) -> None:
    newer = tmp_path / "新.zip"
    with zipfile.ZipFile(made[1]) as source, zipfile.ZipFile(newer, "w") as archive:
        for member in source.infolist():
            data = source.read(member)
            if member.filename == "清单.json":
                data = json.dumps(json.loads(data) | {"schema": 99}).encode()
            archive.writestr(member, data)
    told = Office(tmp_path / "台账").run("restore", newer)
    assert (told.code, "请升级程序" in told.err) == (2, True)


def test_a_backup_among_the_ledgers_is_refused(made: tuple[Office, Path]) -> None:
    office, _file = made
    told = office.run("backup", office.home / "ledgers" / "备份.zip")
    assert told.code == 2
    assert "工作目录以外" in told.err
    assert not (office.home / "ledgers" / "备份.zip").exists()


def test_made_while_others_write_it_is_whole_and_has_every_file_it_speaks_of(
    made: tuple[Office, Path], tmp_path: Path
) -> None:
    office = Office(tmp_path / "台账")
    office.run("restore", made[1])
    done = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        database = sqlite3.connect(office.home / "ledgers" / "台账.db", timeout=20)
        while not done.is_set():
            name = f"{written}.txt"
            (office.home / "ledgers" / "要点" / name).write_text("来件", encoding="utf-8")
            with database:
                values = ("要点", "2026-03", "", f"{written:064d}", name, name, *["x"] * 4, "quarantined", *["x"] * 6)
                database.execute(f"INSERT INTO arrivals VALUES (NULL, {', '.join('?' * 17)})", values)
            written += 1
        database.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while written < 20:
            time.sleep(0.01)
        office.json("backup", tmp_path / "忙.zip")
    finally:
        done.set()
        writer.join()
    there = Office(tmp_path / "新")
    there.json("restore", tmp_path / "忙.zip")
    database = sqlite3.connect(there.home / "ledgers" / "台账.db")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    named = [name for (name,) in database.execute("SELECT archived FROM arrivals WHERE reason = 'x'")]
    database.close()
    assert 20 <= len(named) <= written
    assert [name for name in named if not (there.home / "ledgers" / "要点" / name).is_file()] == []


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_killed_at_any_point_there_is_all_or_nothing(command: str, made: tuple[Office, Path], tmp_path: Path) -> None:
    office, file = made
    chance = random.Random(5)
    target = tmp_path / "备份.zip" if command == "backup" else tmp_path / "台账"
    home = office.home if command == "backup" else target
    asked = [target] if command == "backup" else [file]
    for _ in range(3):
        for left in tmp_path.glob(".~*"):  # so that this round's own draft is seen; the last round's stays for the end
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        run = subprocess.Popen(
            [sys.executable, "-m", "flows.cli", "--home", str(home), command, *map(str, asked)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONUTF8": "1"},
        )
        while run.poll() is None and not list(tmp_path.glob(".~*")):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.1))
        run.kill()
        run.wait()
        if target.exists():
            if command == "backup":
                assert office.run("backup", target, "--check").code == 0
                target.unlink()
            else:
                assert said(Office(target)) == said(office)
                shutil.rmtree(target)
    last = Office(home).run(command, *asked)
    assert last.code == 0, last.err
    assert target.exists()


def test_a_big_home_streams(made: tuple[Office, Path], tmp_path: Path) -> None:
    office = Office(tmp_path / "台账")
    office.run("restore", made[1])
    (office.home / "ledgers" / "要点" / "佐证.pdf").write_bytes(random.Random(1).randbytes(60_000_000))
    program = (
        "import tracemalloc, sys; from pathlib import Path; from flows.workspace import Home;"
        "from flows.moving.backup import backup; from flows.moving.restore import restore; tracemalloc.start();"
        "backup(Home(Path(sys.argv[1])), Path(sys.argv[2])); restore(Path(sys.argv[2]), Path(sys.argv[3]));"
        "print(tracemalloc.get_traced_memory()[1])"
    )
    places = [str(office.home), str(tmp_path / "大.zip"), str(tmp_path / "新")]
    run = subprocess.run([sys.executable, "-c", program, *places], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(run.stdout) < 25_000_000
    assert (tmp_path / "大.zip").stat().st_size > 60_000_000


def test_a_password_in_the_settings_stays_behind(tmp_path: Path) -> None:
    from flows.moving.backup import _PASSWORD

    line = b'url = "postgresql://taizhang:geheim-2026@db.example/taizhang"'
    assert _PASSWORD.sub(rb"\1@", line) == b'url = "postgresql://taizhang@db.example/taizhang"'
    assert _PASSWORD.sub(rb"\1@", b'website = "https://a.example:80/x@y"') == b'website = "https://a.example:80/x@y"'


def test_where_to_must_be_said(made: tuple[Office, Path]) -> None:
    from flows.cli import execute

    assert execute(["restore", str(made[1])]) == 2


def test_a_key_is_set_and_remarks_stay() -> None:
    text = '[office]\nurl = "x"\n\n[store] # 数据库\nurl = ""   # 留空：本机\nschema = ""\n\n[mail]\nurl = 1\n'
    changed = with_key(text, "store", "url", "postgresql://a@b/c")
    assert changed == text.replace('url = ""   # 留空', 'url = "postgresql://a@b/c"   # 留空')
    assert with_key("[office]\nname = 'x'\n", "store", "url", "y") == "[office]\nname = 'x'\n\n[store]\nurl = \"y\"\n"
    with pytest.raises(UserError, match="改不了"):
        with_key('store.url = ""\n', "store", "url", "y")


def test_a_backup_can_lie_in_an_object_store(made: tuple[Office, Path], tmp_path: Path) -> None:
    """fsspec's own store in memory stands for S3: the same calls, no server."""
    office, _file = made
    address = "memory://yunchuan/2026/台账备份.zip"
    assert office.json("backup", address)["file"] == address
    assert office.run("backup", address, "--check").code == 0
    there = Office(tmp_path / "台账")
    there.json("restore", address)
    assert said(there) == said(office)
    assert files(there.home) == files(office.home)


def test_what_is_wrong_with_an_address_is_told_in_words(made: tuple[Office, Path], tmp_path: Path) -> None:
    office, _file = made
    for address, word in (
        ("memory://yunchuan/没有.zip", "找不到备份"),
        ("quatsch://a/b.zip", "不认得 quatsch://"),
    ):
        told = Office(tmp_path / "台账").run("restore", address)
        assert (told.code, word in told.err) == (2, True), told.err
    assert office.run("backup", "quatsch://a/b.zip").code == 2
    assert list(tmp_path.iterdir()) == []


def test_what_somebody_works_on_is_not_replaced(made: tuple[Office, Path], tmp_path: Path) -> None:
    there = Office(tmp_path / "台账")
    there.json("restore", made[1])
    there.json("report", *MARCH)
    with plan_lock(None, there.home / "ledgers" / "要点", "要点", "下发"):
        told = there.run("restore", made[1], "--replace")
    assert told.code == 2
    assert "正在对“要点”做“下发”" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["台账"]
    assert there.json("restore", made[1], "--replace")["kept"]


def test_a_pool_needs_a_server_and_a_shared_database(
    made: tuple[Office, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _file = made
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    told = office.run("deploy", "kechang")
    assert (told.code, "PREFECT_API_URL" in told.err) == (2, True)
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    told = office.run("deploy", "kechang")
    assert (told.code, "PostgreSQL" in told.err) == (2, True)


def test_a_backup_is_not_laid_into_a_folder_named_by_an_address_under_another_name(
    made: tuple[Office, Path], tmp_path: Path
) -> None:
    office, _ = made
    told = office.run("backup", tmp_path.as_uri())
    assert told.code == 2
    assert "是文件夹" in told.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [("backup",), ("backup", "--check"), ("restore", "--home", "新")])
def test_an_address_where_nobody_answers_is_told(made: tuple[Office, Path], command: tuple[str, ...]) -> None:
    told = made[0].run(*command, "ftp://127.0.0.1:1/台账备份.zip")
    assert told.code == 2
    assert "没有成功" in told.err
    assert "意外" not in told.err


def test_what_hinders_a_backup_or_a_restore_is_told_in_chinese(made: tuple[Office, Path], tmp_path: Path) -> None:
    office, file = made
    for told in (office.run("backup", tmp_path / ("长" * 300)), Office(tmp_path / ("长" * 300)).run("restore", file)):
        assert told.code == 2
        assert "太长" in told.err
        assert "too long" not in told.err
