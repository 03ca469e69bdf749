"""Killed at any moment, or cut off from the share: run again, and both computers have the same files."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from flows.problems import PassingError
from flows.sharing.rooms import Room
from flows.sharing.share import Share
from flows.sharing.syncing import sync
from flows.workspace import Home, create_home
from tests.moving.homes import MARCH, files
from tests.needs import ROOT
from tests.office import Office
from tests.sharing.bucket import Bucket
from tests.sharing.conftest import Pair


def kept(office: Office) -> dict[str, bytes]:
    return {name: data for name, data in files(office.home).items() if name != "config.toml" and "示例" not in name}


def killed_while_sending(office: Office, objects: Callable[[], int], wanted: int) -> None:
    """Begin to bring an office in step, and kill that when the share has so many objects more."""
    wanted += objects()
    run = subprocess.Popen(
        [sys.executable, "-m", "flows.cli", "--home", str(office.home), "sync"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    while run.poll() is None and objects() < wanted:
        time.sleep(0.01)
    run.kill()
    run.wait()


@pytest.mark.parametrize(("where", "wanted"), [("bucket", 12), ("folder", 3), ("folder", 25)])
def test_killed_while_files_are_sent_the_other_computer_never_sees_half_of_it(
    where: str, wanted: int, pair: Pair, bucket: Bucket, tmp_path: Path
) -> None:
    folder = tmp_path / "共享"
    here, there = pair(bucket.url if where == "bucket" else f"file://{folder.as_posix()}")
    here.adopt()
    there.json("sync")
    batch = {f"ledgers/要点/佐证/{n}.txt": random.Random(n).randbytes(400_000) for n in range(30)}
    for name, data in batch.items():
        (here.home / name).parent.mkdir(exist_ok=True)
        (here.home / name).write_bytes(data)

    def objects() -> int:
        return len(bucket.names()) if where == "bucket" else sum(1 for _ in (folder / "文件").rglob("*.txt"))

    killed_while_sending(here, objects, wanted)
    there.json("sync")
    assert {name for name in batch if name in kept(there)} in (set(), set(batch))
    here.json("sync")
    there.json("sync")
    assert kept(there) == kept(here)
    assert batch.items() <= kept(there).items()


def test_a_server_that_is_away_stops_a_step_before_it_changes_anything(
    pair: Pair, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, _there = pair(bucket.url)
    here.adopt()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    before = kept(here)
    began = time.monotonic()
    told = here.run("distribute", *MARCH)
    assert time.monotonic() - began < 20
    assert told.code == 2
    assert "没有成功" in told.err
    assert "网络" in told.err
    assert kept(here) == before
    for path in (here.home / ".taizhang" / "共享").iterdir():
        os.utime(path, (1, 1))
    looked = here.run("show", "要点")
    assert looked.code == 0
    assert "看到的是这台电脑上原有的" in looked.err


def test_what_could_not_be_sent_after_the_work_is_sent_the_next_time(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = pair(f"file://{(tmp_path / '共享').as_posix()}")
    here.adopt()

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on the share")

    with monkeypatch.context() as patch:
        patch.setattr("fsspec.implementations.local.LocalFileSystem.pipe_file", full)
        told = here.run("distribute", *MARCH)
    assert told.code == 2
    assert "已在这台电脑上做完" in told.err
    assert len(list((here.home / "ledgers/要点/2026-03/下发").iterdir())) == 4
    again = here.json("distribute", *MARCH)
    assert len(again["workbooks"]) == 4
    there.json("sync")
    assert kept(there) == kept(here)
    assert len(list((there.home / "ledgers/要点/2026-03/发件箱").iterdir())) == 4


def room(home: Home) -> Room:
    return Room(home, None)


@pytest.mark.parametrize("moment", range(12))
def test_cut_off_at_each_request_nothing_is_lost(moment: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store breaks down at the n-th request of a round of changes, once from each side."""
    one, two = create_home(tmp_path / "甲"), create_home(tmp_path / "乙")
    url = f"file://{(tmp_path / '共享').as_posix()}"

    def untouched(_path: str, _sha256: str) -> bool:
        return False

    def step(home: Home) -> None:
        share = Share(url, "office")
        if not share.id:
            share.found()
        sync(room(home), share, untouched=untouched)

    for home in (one, two):
        step(home)
    (one.templates / "甲.txt").write_text("甲", encoding="utf-8")
    (one.inbox / "来件.xlsx").write_bytes(b"sheet")
    (one.templates / "通报.docx").write_bytes(b"new look")
    (two.templates / "乙.txt").write_text("乙", encoding="utf-8")
    (two.templates / "督办单.docx").unlink()
    left = moment

    def counted(system: object, name: str) -> None:
        real = getattr(system, name)

        def call(*args: object, **kwargs: object) -> object:
            nonlocal left
            left -= 1
            if left < 0:
                raise ConnectionError("cut")
            return real(*args, **kwargs)

        monkeypatch.setattr(system, name, call)

    for home in (one, two):
        share = Share(url, "office")
        for name in ("pipe_file", "cat_file", "mv", "rm_file", "ls", "info"):
            counted(share._system, name)
        with suppress(PassingError):
            sync(room(home), share, untouched=untouched)
    for home in (one, two, one):
        step(home)
    found = [{name: path.read_bytes() for name, path in room(home).paths()[0].items()} for home in (one, two)]
    assert found[0] == found[1]
    assert found[0]["templates/甲.txt"] == "甲".encode()
    assert found[0]["templates/乙.txt"] == "乙".encode()
    assert found[0]["templates/通报.docx"] == b"new look"
    assert "templates/督办单.docx" not in found[0]
    assert not [name for name in found[0] if "_20" in name]
