"""What comes packed, wrapped or broken is collected like any other file: each in one list, all of it archived."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from flows.post import archives
from tests.office import Office, fill, moving, new_office
from tests.parcels import mail, outlook, rar5, raw_zip, seven_zipped, zipped

MARCH = ("要点", "--period", "2026-03")
UNITS = {"市财政局": "财政.xlsx", "市数据局": "数据.xlsx", "东山县人民政府": "东山.xlsx", "西河区人民政府": "西河.xlsx"}
LISTS = ("accepted", "returned", "quarantined", "duplicates")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    return made


@pytest.fixture
def sheets(office: Office, tmp_path: Path) -> dict[str, bytes]:
    """A rightly filled workbook of each unit, by a short name."""
    found = {}
    for book in office.json("distribute", *MARCH)["workbooks"]:
        path = tmp_path / "填好" / UNITS[book["unit"]]
        fill(Path(book["file"]), path, moving("目录已更新两次。"))
        found[path.name] = path.read_bytes()
    return found


def collected(office: Office, folder: Path, *options: str) -> dict[str, list[str]]:
    """The names in each list."""
    result = office.json("collect", *MARCH, "--from", folder, *options)
    return {name: [each["file"] for each in result[name]] for name in LISTS}


def lie(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def archived(office: Office) -> set[str]:
    return {
        hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (office.home / "ledgers/要点/2026-03").rglob("*")
        if path.is_file()
    }


def test_every_wrapping_gives_its_workbook_and_is_kept_itself(
    office: Office, sheets: dict[str, bytes], tmp_path: Path
) -> None:
    packed = {
        "财政.zip": zipped({"附件/财政.xlsx": sheets["财政.xlsx"]}),
        "数据.7z": seven_zipped({"数据.xlsx": sheets["数据.xlsx"]}),
        "东山.rar": rar5({"东山.xlsx": sheets["东山.xlsx"]}),
        "西河.msg": outlook({"西河.zip": zipped({"转.eml": mail({"西河.xlsx": sheets["西河.xlsx"]})})}),
    }
    found = collected(office, lie(tmp_path / "收", packed))
    assert sorted(found["accepted"]) == [
        "东山.rar/东山.xlsx",
        "数据.7z/数据.xlsx",
        "西河.msg/西河.zip/转.eml/西河.xlsx",
        "财政.zip/附件/财政.xlsx",
    ]
    assert not any(found[name] for name in LISTS[1:])
    assert {hashlib.sha256(data).hexdigest() for data in [*packed.values(), *sheets.values()]} <= archived(office)


def test_one_archive_with_the_workbooks_of_all_units(office: Office, sheets: dict[str, bytes], tmp_path: Path) -> None:
    twice = {**sheets, "副本/财政.xlsx": sheets["财政.xlsx"], "照片.png": b"\x89PNG" + bytes(40)}
    found = collected(office, lie(tmp_path / "收", {"全县.zip": zipped(twice)}))
    assert sorted(found["accepted"]) == [f"全县.zip/{name}" for name in sorted(sheets)]
    assert found["duplicates"] == ["全县.zip/副本/财政.xlsx"]
    assert found["quarantined"] == []
    assert hashlib.sha256(twice["照片.png"]).hexdigest() in archived(office)


def test_what_cannot_be_opened_is_quarantined_once_with_its_reason(
    office: Office, sheets: dict[str, bytes], tmp_path: Path
) -> None:
    folder = lie(
        tmp_path / "收",
        {
            "加密.zip": raw_zip([("财政.xlsx".encode("gbk"), b"1" * 40, 1, b"")]),
            "坏.zip": zipped(sheets)[:3000],
            "炸弹.zip": zipped({"财政.xlsx": bytes(2**20 * 40)}),
            "半坏.zip": raw_zip([(b"a.xlsx", b"1" * 40, 1, b""), (b"b.xlsx", sheets["财政.xlsx"], 0, b"")]),
        },
    )
    result: dict[str, Any] = office.json("collect", *MARCH, "--from", folder)
    assert {each["file"]: each["reason"] for each in result["quarantined"]} == {
        "加密.zip": archives.PASSWORD,
        "坏.zip": archives.DAMAGED,
        "炸弹.zip": archives.BOMB,
        "半坏.zip": "压缩包里的“a.xlsx”加了密码，请对方取消密码后再发；其余文件已收下",
    }
    assert [each["file"] for each in result["accepted"]] == ["半坏.zip/b.xlsx"]
    again = collected(office, folder)
    assert (again["accepted"], again["quarantined"]) == ([], [])
    assert sorted(again["duplicates"]) == ["加密.zip", "半坏.zip", "半坏.zip/b.xlsx", "坏.zip", "炸弹.zip"]


def test_a_workbook_under_a_wrong_name_is_taken_for_what_it_is(
    office: Office, sheets: dict[str, bytes], tmp_path: Path
) -> None:
    wrong = {
        "财政.doc": sheets["财政.xlsx"],
        "tcmime.123.456.bin": sheets["数据.xlsx"],
        "东山台账": sheets["东山.xlsx"],
        "西河.zip": sheets["西河.xlsx"],
    }
    found = collected(office, lie(tmp_path / "收", wrong))
    assert sorted(found["accepted"]) == sorted(wrong)
