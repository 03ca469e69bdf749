"""宜春 through real servers: sent by SMTP, returned by IMAP and by folder, run on Prefect's embedded engine."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.ledger.layout import HEADERS
from flows.periods import CHINA
from flows.post.attachments import attachments, mail_facts
from tests.needs import SHARED, shared, soffice
from tests.office import Office, Row, fill, moving, new_office, reply_mail
from tests.servers import ImapServer, SmtpServer, start_imap, start_smtp

JUNE = ("宜春", "--period", "2021-06")


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SmtpServer, ImapServer]]:
    with start_smtp() as smtp, start_imap() as imap:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        yield smtp, imap


@pytest.fixture
def office(tmp_path: Path, servers: tuple[SmtpServer, ImapServer]) -> Office:
    made = new_office(tmp_path, engine=True)
    made.configure(office={"name": "宜春市政务公开办公室"})
    made.use_mail(servers[0].mail, servers[1].mail)
    source = next(SHARED.glob("seeds/003*.txt"), None) or shared("seeds/003.txt")
    answer = made.run("import", source, "--as", "宜春", "--roster", shared("rosters/yichun.xlsx"))
    assert answer.code in (0, 1), answer.err
    return made


def save_again_with_libreoffice(path: Path, kind: str, out: Path) -> Path:
    """The unit's spreadsheet program opens the workbook and saves it."""
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [
            soffice(),
            f"-env:UserInstallation=file://{out.as_posix()}/profile",
            "--headless",
            "--convert-to",
            kind,
            "--outdir",
            str(out),
            str(path),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    shutil.rmtree(out / "profile", ignore_errors=True)
    return out / f"{path.stem}.{kind}"


def typed(unit: str, row: Row) -> Row:
    """What a unit types: something of its own on every task, so that a mix-up would show."""
    if int(row["任务编号"]) % 7 == 0:
        return {
            "完成状态": "已完成",
            "完成进度": 1,
            "进展情况": f"{unit}第{row['任务编号']}项已办结。",
            "完成日期": date(2021, 6, 10),
        }
    return {"完成状态": "推进中", "完成进度": 0.35, "进展情况": f"{unit}第{row['任务编号']}项正在办理，<A&B>。"}


def test_a_month_of_yichun_by_real_mail(office: Office, servers: tuple[SmtpServer, ImapServer], tmp_path: Path) -> None:
    smtp, imap = servers
    issued = office.json("distribute", *JUNE)
    books = {book["unit"]: Path(book["file"]) for book in issued["workbooks"]}

    # A workbook for every unit that carries an item; items add up to the expansion of all groups.
    plan = office.json("show", "宜春")
    assigned = [(share["unit"], item["no"]) for item in plan["items"] for share in item["assigned"]]
    assert sum(book["items"] for book in issued["workbooks"]) == len(assigned) == 1588
    assert set(books) == {unit for unit, _no in assigned}
    assert len(smtp.letters) == len(books) == 47
    assert smtp.connections == 2  # one to see that letters can leave, one for all of them
    for letter in smtp.letters:
        mail = message_from_bytes(letter.data, policy=policy.default)
        (attachment,) = mail.iter_attachments()
        unit = next(u for u in books if u in str(mail["Subject"]) or u in attachment.get_filename())
        assert attachment.get_payload(decode=True) == books[unit].read_bytes()
    for unit, path in books.items():
        sheet = load_workbook(path)["工作台账"]
        header = next(r for r in sheet.iter_rows(values_only=True) if "任务编号" in r)
        assert tuple(word for word in header if word) == HEADERS
        numbers = {str(row[0]) for row in sheet.iter_rows(min_row=6, values_only=True) if row[0]}
        assert numbers == {no for name, no in assigned if name == unit}

    # A second run sends nothing.
    office.json("distribute", *JUNE)
    assert len(smtp.letters) == 47

    # Forty units answer by mail, among other people's mail; one of them with a fault.
    units = list(books)
    letters = {letter.to[0]: mail_facts(letter.data).message_id for letter in smtp.letters}
    addresses = dict(zip(units, [f"u{n:03d}@yichun.example" for n in range(1, 48)], strict=True))
    for number in range(30):
        imap.deliver(f"From: news{number}@paper.example\nSubject: news {number}\n\nhello\n".encode())
    for unit in units[:40]:
        if unit == units[5]:
            file = fill(
                books[unit], tmp_path / "错" / f"{unit}.xlsx", lambda _row: {"完成状态": "已完成", "进展情况": "完"}
            )
        else:
            file = fill(books[unit], tmp_path / "寄" / f"{unit}.xlsx", lambda row, u=unit: typed(u, row))
        mail = reply_mail(addresses[unit], file, to=imap.address, answers=letters[addresses[unit]])
        imap.deliver(mail)
    mailed = office.json("collect", *JUNE)
    assert sorted(entry["unit"] for entry in mailed["accepted"]) == sorted(u for u in units[:40] if u != units[5])
    assert [entry["unit"] for entry in mailed["returned"]] == [units[5]]
    assert mailed["quarantined"] == []
    assert mailed["duplicates"] == []
    assert imap.seen == []

    # The faulty sheet goes back to its sender, in the same thread, with marked cells.
    back = smtp.letters[47]
    assert len(smtp.letters) == 48
    assert back.to == (addresses[units[5]],)
    assert mail_facts(back.data).in_reply_to
    (marked,) = attachments(back.data)
    (tmp_path / "退.xlsx").write_bytes(marked.data)
    assert any(cell.comment for row in load_workbook(tmp_path / "退.xlsx")["工作台账"].iter_rows() for cell in row)

    # The same mails again: nothing new.
    again = office.json("collect", *JUNE)
    assert (again["accepted"], again["returned"], again["duplicates"]) == ([], [], [])
    assert len(smtp.letters) == 48

    # Three more come in a folder, saved again by LibreOffice in three formats with a value typed; four never answer.
    folder = tmp_path / "收"
    for unit, kind in zip(units[40:43], ("xlsx", "xls", "ods"), strict=True):
        filled = fill(books[unit], tmp_path / "改" / f"{unit}.xlsx", lambda row, u=unit: typed(u, row))
        save_again_with_libreoffice(filled, kind, folder)
    result = office.json("collect", *JUNE, "--from", folder)
    assert sorted(entry["unit"] for entry in result["accepted"]) == sorted(units[40:43])

    # Nothing is lost and nothing is credited to the wrong unit.
    status = office.json("status", *JUNE)
    answered = set(units[:43]) - {units[5]}
    for item in status["items"]:
        for cell in item["units"]:
            if cell["unit"] in answered:
                wanted = typed(cell["unit"], {"任务编号": item["no"]})
                assert cell["progress"] == wanted["进展情况"]
                assert cell["status"] == wanted["完成状态"]
                assert cell["percent"] == round(wanted["完成进度"] * 100)
            else:
                assert cell["status"] is None
    totals = status["totals"]
    assert (totals["answered"], totals["returned"], totals["missing"]) == (42, 1, 4)

    # The bulletin says what the store says.
    made = office.json("report", *JUNE, "--signed", "2021-07-02")
    check_figures(made["bulletin"], totals)
    kept = {path.read_bytes() for path in (office.home / "ledgers/宜春/2021-06/回收").glob("*.xlsx")}
    assert (tmp_path / "寄" / f"{units[0]}.xlsx").read_bytes() in kept


def check_figures(bulletin: str, totals: dict[str, Any]) -> None:
    """Numbers of the text against the store's."""
    import docx

    text = "\n".join(p.text for p in docx.Document(bulletin).paragraphs)
    assert re.search(rf"{totals['items']}项任务", text)
    for word, key in (("已完成", "done"), ("正在推进", "moving"), ("逾期未完成", "overdue")):
        if totals[key]:
            assert re.search(rf"{word}{totals[key]}项", text), (word, totals[key])
    assert f"应报送单位{totals['asked']}个" in text
    if totals["missing"]:
        assert re.search(rf"未报送{totals['missing']}个", text)


def test_a_mail_without_attachment_is_shown_to_the_clerk_and_its_unit_is_not_silent(
    office: Office, servers: tuple[SmtpServer, ImapServer]
) -> None:
    _smtp, imap = servers
    office.json("distribute", *JUNE, "--no-send")
    imap.deliver("From: u014@yichun.example\nSubject: 台账\n\n忘了附件\n".encode())
    imap.deliver(b"From: stranger@paper.example\nSubject: hello\n\nno attachment\n")
    result = office.json("collect", *JUNE)
    assert [entry["unit"] for entry in result["quarantined"]] == ["市政府办公室"]
    assert "没有附件" in result["quarantined"][0]["reason"]
    line = next(u for u in office.json("status", *JUNE)["units"] if u["unit"] == "市政府办公室")
    assert line["answer"] == "已收到待处理"


def test_a_mail_server_that_refuses_is_one_sentence_and_the_next_run_goes_on(
    office: Office, servers: tuple[SmtpServer, ImapServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp, _imap = servers
    monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", "wrong")
    office.engine = False
    refused = office.run("distribute", *JUNE)
    assert refused.code == 2
    assert refused.err.count("\n") == 1
    assert "授权码" in refused.err
    assert "wrong" not in refused.err
    monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
    sent = office.json("distribute", *JUNE)
    assert all(book["sent"] for book in sent["workbooks"])
    assert len(smtp.letters) == 47


def test_an_address_that_is_refused_is_named_and_the_others_get_their_letters(
    office: Office, servers: tuple[SmtpServer, ImapServer]
) -> None:
    smtp, _imap = servers
    smtp.refuse["u014@yichun.example"] = "550 5.1.1 User not found"
    office.engine = False
    answer = office.run("distribute", *JUNE, "--json")
    assert answer.code == 1
    assert [entry["unit"] for entry in answer.json["unsent"]] == ["市政府办公室"]
    assert len(smtp.letters) == 46


def test_a_receipt_goes_out_once_when_the_office_wants_it(
    office: Office, servers: tuple[SmtpServer, ImapServer], tmp_path: Path
) -> None:
    smtp, imap = servers
    office.configure(mail={"receipts": True})
    office.engine = False
    issued = office.json("distribute", *JUNE)
    book = next(Path(b["file"]) for b in issued["workbooks"] if b["unit"] == "市财政局")
    file = fill(book, tmp_path / "财政局.xlsx", lambda row: typed("市财政局", row))
    imap.deliver(reply_mail("u022@yichun.example", file, to=imap.address))
    for _ in range(2):
        office.json("collect", *JUNE)
    (receipt,) = smtp.letters[47:]
    assert receipt.to == ("u022@yichun.example",)
    assert "已收到" in mail_facts(receipt.data).subject


def test_a_letter_whose_answer_was_lost_is_not_sent_twice(
    office: Office, servers: tuple[SmtpServer, ImapServer]
) -> None:
    smtp, _imap = servers
    smtp.lose_answer = 1
    office.engine = False
    first = office.run("distribute", *JUNE, "--json")
    assert first.code == 1
    (lost,) = first.json["unsent"]
    assert lost["state"] == "unknown"
    office.run("distribute", *JUNE, "--json")
    assert len(smtp.letters) == 47
    again = office.run("distribute", *JUNE, "--again", lost["unit"], "--json")
    assert again.json["unsent"] == []
    assert len(smtp.letters) == 48


def test_the_password_stands_nowhere(office: Office, servers: tuple[SmtpServer, ImapServer]) -> None:
    smtp, _imap = servers
    office.json("distribute", *JUNE)
    for path in office.home.rglob("*"):
        if path.is_file():
            assert smtp.password.encode() not in path.read_bytes(), path
    import os

    for path in Path(os.environ["PREFECT_HOME"]).rglob("*"):
        if path.is_file():
            assert smtp.password.encode() not in path.read_bytes(), path


def test_what_a_step_did_is_decided_by_the_store_not_by_prefect(
    office: Office, servers: tuple[SmtpServer, ImapServer]
) -> None:
    """Prefect's memory is thrown away between two runs; nothing is sent twice."""
    import os

    smtp, _imap = servers
    office.json("distribute", *JUNE)
    office.engine = False
    shutil.rmtree(Path(os.environ["PREFECT_HOME"]) / "storage", ignore_errors=True)
    office.json("distribute", *JUNE)
    assert len(smtp.letters) == 47


def test_every_seed_format_gives_the_gold_plan(tmp_path: Path) -> None:
    gold = {name: json.loads(shared(f"gold/{name}.json").read_text(encoding="utf-8")) for name in ("003", "004")}
    made = new_office(tmp_path)
    sources = [
        ("003", next(SHARED.glob("seeds/003*.txt"))),
        ("004", next(SHARED.glob("seeds/004*.txt"))),
        ("003", shared("seeds/documents/yichun.docx")),
        ("003", shared("seeds/documents/yichun.xlsx")),
    ]
    fields = ("no", "category", "task", "requirement", "lead", "responsible")
    dates = ("deadline_text", "deadline_source", "due", "kind")
    for number, (name, source) in enumerate(sources):
        roster = shared("rosters/yichun.xlsx" if name == "003" else "rosters/zhanjiang.xlsx")
        made.json("import", source, "--as", f"计划{number}", "--roster", roster)
        shown = made.json("show", f"计划{number}")
        wanted = gold[name]
        assert shown["plan"] == wanted["plan"]
        assert shown["source"] == source.name
        found = [{key: item[key] for key in (*fields, *dates)} for item in shown["items"]]
        assert found == [{key: item[key] for key in (*fields, *dates)} for item in wanted["items"]]


def test_a_late_answer_is_late_by_chinas_clock(tmp_path: Path) -> None:
    made = new_office(tmp_path)
    made.adopt()
    issued = made.json("distribute", "要点", "--period", "2026-03")
    book = next(Path(b["file"]) for b in issued["workbooks"] if b["unit"] == "市财政局")
    fill(book, tmp_path / "收" / "a.xlsx", moving(), received=datetime(2026, 3, 25, 23, 59, tzinfo=CHINA))
    made.json("collect", "要点", "--period", "2026-03", "--from", tmp_path / "收")
    unit = next(u for u in made.json("status", "要点")["units"] if u["unit"] == "市财政局")
    assert unit["answer"] == "按时报送"
