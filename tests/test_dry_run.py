"""collect --dry-run: the clerk sees old → new of every entry, and nothing has happened."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from flows import tables
from flows.periods import CHINA
from tests.office import Office, Row, fill, moving, new_office

MARCH = ("要点", "--period", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = new_office(tmp_path)
    made.adopt()
    return made


def workbooks(office: Office) -> dict[str, Path]:
    return {b["unit"]: Path(b["file"]) for b in office.json("distribute", *MARCH)["workbooks"]}


def came(day: int) -> datetime:
    return datetime(2026, 3, day, 9, 30, tzinfo=CHINA)


def everything(office: Office) -> dict[str, bytes]:
    """Every file of the home but the database's own."""
    return {str(p): p.read_bytes() for p in office.home.rglob("*") if p.is_file() and "台账.db" not in p.name}


def counted(office: Office) -> dict[str, int]:
    """Rows of every table."""
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    with engine.connect() as db:
        found = {
            table.name: db.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in tables.META.sorted_tables
        }
    engine.dispose()
    return found


def test_every_field_that_would_change_is_shown_with_its_cell(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving("目录已更新两次。"), received=came(20))
    shown = office.run("collect", *MARCH, "--from", tmp_path / "收", "--dry-run", "--json")
    assert shown.code == 0
    assert [a["unit"] for a in shown.json["accepted"]] == ["市财政局"]
    changes = {c["field"]: c for c in shown.json["changes"]}
    assert set(changes) == {"完成状态", "完成进度", "进展情况"}
    assert {(c["unit"], c["no"], c["file"]) for c in changes.values()} == {("市财政局", "2", "a.xlsx")}
    text = changes["进展情况"]
    assert (text["old"], text["new"]) == ("", "目录已更新两次。")
    assert load_workbook(tmp_path / "收" / "a.xlsx")["工作台账"][text["cell"]].value == "目录已更新两次。"
    assert (changes["完成进度"]["old"], changes["完成进度"]["new"]) == ("", "40%")


def test_nothing_is_merged_written_or_sent(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving(), received=came(20))
    wrong: Row = {"完成状态": "已完成", "进展情况": "已公布。"}
    fill(books["市数据局"], tmp_path / "收" / "b.xlsx", lambda _row: wrong, received=came(20))
    (tmp_path / "收" / "照片.jpg").write_bytes(b"\xff\xd8\xff")
    files, rows, status = everything(office), counted(office), office.json("status", *MARCH)
    shown = office.run("collect", *MARCH, "--from", tmp_path / "收", "--dry-run", "--json")
    assert shown.code == 1
    assert {key: len(shown.json[key]) for key in ("accepted", "returned", "quarantined", "duplicates")} == {
        "accepted": 1,
        "returned": 1,
        "quarantined": 1,
        "duplicates": 0,
    }
    assert shown.json["returned"][0]["annotated"] is None
    assert {c["unit"] for c in shown.json["changes"]} == {"市财政局"}
    assert (everything(office), counted(office)) == (files, rows)
    assert office.json("status", *MARCH) == status
    real = office.json("collect", *MARCH, "--from", tmp_path / "收")
    for key in ("accepted", "quarantined", "duplicates"):
        assert real[key] == shown.json[key]


def test_old_is_what_counts_now(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "一" / "a.xlsx", moving("第一次。"), received=came(18))
    office.json("collect", *MARCH, "--from", tmp_path / "一")
    fill(books["市财政局"], tmp_path / "二" / "b.xlsx", moving("第二次。"), received=came(20))
    shown = office.json("collect", *MARCH, "--from", tmp_path / "二", "--dry-run")
    assert [(c["field"], c["old"], c["new"]) for c in shown["changes"]] == [("进展情况", "第一次。", "第二次。")]
    earlier = fill(books["市财政局"], tmp_path / "三" / "c.xlsx", moving("更早的。"), received=came(10))
    os.utime(earlier, (came(10).timestamp(), came(10).timestamp()))
    assert office.json("collect", *MARCH, "--from", tmp_path / "三", "--dry-run")["changes"] == []


def test_the_clerk_reads_it_on_the_screen(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving("目录已更新两次。"), received=came(20))
    told = office.run("collect", *MARCH, "--from", tmp_path / "收", "--dry-run").out
    assert "只看不收：可并入 1 份" in told
    assert "→ 目录已更新两次。" in told
    assert "什么都没有改动" in told


def test_of_two_answers_the_later_counts_and_the_difference_is_shown(office: Office, tmp_path: Path) -> None:
    books = workbooks(office)
    fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving("第一次。"), received=came(18))
    fill(books["市财政局"], tmp_path / "收" / "b.xlsx", moving("第二次。"), received=came(20))
    first, second = office.json("collect", *MARCH, "--from", tmp_path / "收")["accepted"]
    assert first["warnings"] == []
    assert second["warnings"] == ["任务 2 与先前报的“a.xlsx”不同，以这份为准：进展情况 第一次。 → 第二次。"]
    fill(books["市财政局"], tmp_path / "晚" / "c.xlsx", moving("第零次。"), received=came(10))
    (late,) = office.json("collect", *MARCH, "--from", tmp_path / "晚")["accepted"]
    assert "以后收到的为准" in late["warnings"][0]
    items: list[dict[str, Any]] = office.json("status", *MARCH)["items"]
    (cell,) = [u for i in items if i["no"] == "2" for u in i["units"] if u["unit"] == "市财政局"]
    assert cell["progress"] == "第二次。"


def test_papers_beside_a_sheet_are_listed_as_evidence(office: Office, tmp_path: Path) -> None:
    from email import message_from_bytes, policy

    from tests.office import reply_mail

    books = workbooks(office)
    file = fill(books["市财政局"], tmp_path / "a.xlsx", moving(), received=came(20))
    mail = message_from_bytes(reply_mail("caizheng@unit.example", file, to="o@o.example"), policy=policy.SMTP)
    mail.add_attachment(b"\xff\xd8\xff photo", maintype="image", subtype="jpeg", filename="现场照片.jpg")
    (tmp_path / "收").mkdir()
    (tmp_path / "收" / "来信.eml").write_bytes(mail.as_bytes())
    (entry,) = office.json("collect", *MARCH, "--from", tmp_path / "收")["accepted"]
    (paper,) = entry["evidence"]
    assert (office.home / "ledgers/要点" / paper).read_bytes() == b"\xff\xd8\xff photo"
    found = office.json("trace", "要点", "2", "市财政局")
    assert [p["name"] for p in found["versions"][0]["evidence"]] == ["现场照片.jpg"]
    assert found["versions"][0]["sender"] == "caizheng@unit.example"
    assert found["versions"][0]["message_id"]


def test_what_the_setting_says_about_unchanged_texts(office: Office, tmp_path: Path) -> None:
    from flows.desk import open_desk
    from flows.periods import Period
    from flows.round.merge import Merger
    from flows.workspace import Home

    books = workbooks(office)
    for name, book in books.items():
        fill(book, tmp_path / "收" / f"{name}.xlsx", moving("已部署。"), received=came(20))
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    office.json("distribute", "要点", "--period", "2026-04")
    wanted = {}
    for rule in ("due", "all", "off"):
        office.configure(round={"unchanged": rule})
        with open_desk(Home(office.home), "要点") as desk:
            found = Merger(desk, Period(2026, 4), dry=True).expectation
        wanted[rule] = found.due.get("市数据局"), found.due.get("东山县人民政府")
        said = found.previous.get("市数据局", {})
        assert {no: report.progress for no, report in said.items()} == (
            {} if rule == "off" else dict.fromkeys(("1", "2", "4"), "已部署。")
        )
    assert wanted["due"] == ({"1"}, {"1", "3"})
    assert wanted["off"] == (None, None)
    every = wanted["all"][0]
    assert every is not None
    assert {"1", "4"} <= every


def test_the_mailbox_is_only_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.office import reply_mail
    from tests.servers import start_imap, start_smtp

    with start_smtp() as smtp, start_imap() as imap:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office = new_office(tmp_path)
        office.use_mail(smtp.mail, imap.mail)
        office.adopt()
        books = workbooks(office)
        file = fill(books["市财政局"], tmp_path / "a.xlsx", moving("信里报的。"))
        imap.deliver(reply_mail("caizheng@unit.example", file, to=imap.address))
        files, rows, letters = everything(office), counted(office), len(smtp.letters)
        shown = office.json("collect", *MARCH, "--dry-run")
        assert {c["new"] for c in shown["changes"] if c["field"] == "进展情况"} == {"信里报的。"}
        assert (everything(office), counted(office), len(smtp.letters), imap.seen) == (files, rows, letters, [])
        real = office.json("collect", *MARCH)
        assert [a["unit"] for a in real["accepted"]] == ["市财政局"]
        assert office.json("collect", *MARCH)["duplicates"] == [], "the mail is remembered"


def test_what_a_unit_adds_is_kept_for_the_office(office: Office, tmp_path: Path) -> None:
    """A task of its own at the end, and a screenshot in a row: neither is lost, neither is counted."""
    import io

    from openpyxl.drawing.image import Image
    from PIL import Image as Picture

    books = workbooks(office)
    path = fill(books["市财政局"], tmp_path / "收" / "a.xlsx", moving(), received=came(20))
    book = load_workbook(path)
    sheet = book["工作台账"]
    last = max(cell.row for cell in sheet["A"] if cell.value)
    for column, value in {4: "建议增加：建立目录更新提醒机制。", 8: "推进中", 10: "已拟好方案。"}.items():
        sheet.cell(last + 1, column).value = value
    photo = io.BytesIO()
    Picture.new("RGB", (40, 30), "red").save(photo, "PNG")
    sheet.add_image(Image(photo), f"L{last}")
    book.save(path)
    os.utime(path, (came(20).timestamp(), came(20).timestamp()))
    (entry,) = office.json("collect", *MARCH, "--from", tmp_path / "收")["accepted"]
    assert entry["entries"] == 1
    (proposal,) = entry["proposals"]
    assert (proposal["row"], proposal["cells"]["进展情况"]) == (last + 1, "已拟好方案。")
    assert any("图片 1 张" in warning for warning in entry["warnings"])
    (kept,) = entry["evidence"]
    assert kept.startswith("2026-03/回收/佐证/")
    assert (office.home / "ledgers/要点" / kept).read_bytes()[:4] == b"\x89PNG"
    assert {name: counted(office)[name] for name in ("proposals", "evidence", "entries")} == {
        "proposals": 1,
        "evidence": 1,
        "entries": 1,
    }
    (version,) = office.json("trace", "要点", "2", "市财政局")["versions"]
    assert [paper["file"] for paper in version["evidence"]] == [kept]
