"""Two computers with nothing in common but a bucket and a database do one month between them."""

from __future__ import annotations

from pathlib import Path

from tests.moving.homes import MARCH, WHEN, files
from tests.office import Office, fill, moving, new_office
from tests.sharing.bucket import Bucket
from tests.sharing.conftest import Pair


def kept(office: Office) -> dict[str, bytes]:
    """All files of a home but those that are the computer's own."""
    return {name: data for name, data in files(office.home).items() if name != "config.toml" and "示例" not in name}


def test_issued_here_collected_there_reported_here(pair: Pair, bucket: Bucket, tmp_path: Path) -> None:
    here, there = pair(bucket.url)
    here.adopt()
    books = {b["unit"]: Path(b["file"]) for b in here.json("distribute", *MARCH)["workbooks"]}

    fill(books["市财政局"], tmp_path / "收" / "财政.xlsx", moving("目录已调整。"), received=WHEN)
    fill(books["东山县人民政府"], tmp_path / "收" / "东山.xlsx", lambda _: {"完成状态": "快了"}, received=WHEN)
    found = there.json("collect", *MARCH, "--from", tmp_path / "收")
    assert [each["unit"] for each in found["accepted"]] == ["市财政局"]
    assert [each["unit"] for each in found["returned"]] == ["东山县人民政府"]
    assert found["accepted"][0]["warnings"] == []

    reported = here.json("report", *MARCH)
    assert Path(reported["bulletin"]).is_file()
    assert list((here.home / "ledgers/要点/2026-03/回收").iterdir())
    assert there.json("sync")["rooms"][1]["taken"]
    assert kept(here) == kept(there)
    assert here.json("sync") == there.json("sync")


def test_a_bucket_of_returned_sheets_is_collected_like_a_folder(bucket: Bucket, tmp_path: Path) -> None:
    office = new_office(tmp_path)
    office.adopt()
    books = {b["unit"]: Path(b["file"]) for b in office.json("distribute", *MARCH)["workbooks"]}
    sheet = fill(books["市财政局"], tmp_path / "财政 3月.xlsx", moving("目录已调整。"))
    box = f"{bucket.url}/来件"
    bucket.system().put_file(str(sheet), f"{box}/财政局/财政 3月.xlsx")
    found = office.json("collect", *MARCH, "--from", box)
    assert [(each["file"], each["unit"]) for each in found["accepted"]] == [("财政局/财政 3月.xlsx", "市财政局")]
    again = office.json("collect", *MARCH, "--from", box)
    assert (again["accepted"], len(again["duplicates"])) == ([], 1)
    told = office.run("collect", *MARCH, "--from", f"{bucket.url}/没有")
    assert told.code == 2
    assert "找不到" in told.err
