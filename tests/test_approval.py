"""Before many letters leave, a person sees what goes to whom and says yes; the yes is on record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows import tables
from flows.commands.asking import is_yes
from flows.roster import read_roster
from tests.office import UNITS, Office, fill, moving, new_office, reply_mail, roster_file
from tests.servers import SmtpServer, start_imap, start_smtp

MARCH = ("要点", "--period", "2026-03")
NO = ""


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    with start_smtp() as server:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", server.password)
        yield server


@pytest.fixture
def office(tmp_path: Path, smtp: SmtpServer) -> Office:
    made = new_office(tmp_path)
    made.use_mail(smtp.mail)
    made.adopt()
    return made


def approvals(office: Office) -> list[sa.Row[tuple[object, ...]]]:
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    with engine.connect() as db:
        rows = list(db.execute(sa.select(tables.approvals).order_by(tables.approvals.c.id)).all())
    engine.dispose()
    return rows


def use_roster(office: Office, units: tuple[tuple[str, ...], ...]) -> None:
    place = office.home / "ledgers" / "要点" / "单位名录.xlsx"
    roster_file(place if place.is_file() else office.home / "ledgers" / "单位名录.xlsx", units)


def test_the_clerk_sees_what_goes_to_whom_before_anything_leaves(office: Office, smtp: SmtpServer) -> None:
    use_roster(office, (*UNITS[:3], (*UNITS[3][:4], "", "", "")))
    office.answers = "否\n"
    told = office.run("distribute", *MARCH)
    assert told.code == 1
    assert smtp.letters == []
    for fact in (
        "将要寄出：下发 3 封，3 个单位，3 个邮箱",
        "收信单位：东山县人民政府、西河区人民政府、市数据局",
        "没有邮箱、收不到的 1 个：市财政局",
        "收件：dongshan@unit.example",
        "附件：",
        "｜东山县人民政府：",
        "确认寄出？(是/否) 否",
        "没有确认寄出，3 封信都没有寄出",
        "taizhang approve 要点 --period 2026-03",
    ):
        assert fact in told.out


@pytest.mark.parametrize("answer", ["否\n", "", "\n", "不是\n", "是不是\n", "no\n", "ok\n"])
def test_only_a_clear_yes_lets_letters_go(office: Office, smtp: SmtpServer, answer: str) -> None:
    office.answers = answer
    refused = office.run("distribute", *MARCH, "--json")
    assert refused.code == 1
    assert refused.json["awaiting_approval"] is True
    assert refused.json["preview"]["letters"] == 4
    assert {entry["state"] for entry in refused.json["unsent"]} == {"queued"}
    assert smtp.letters == []
    assert approvals(office) == []


@pytest.mark.parametrize("answer", ["是\n", "y\n", "YES\n", "是", "\ufeff是\r\n", "是。\n"])
def test_a_yes_sends_and_is_written_down(office: Office, smtp: SmtpServer, answer: str) -> None:
    office.answers = answer
    sent = office.run("distribute", *MARCH, "--json")
    assert sent.code == 0, sent.out
    assert sent.json["awaiting_approval"] is False
    assert len(smtp.letters) == 4
    (row,) = approvals(office)
    assert (row.plan, row.period, row.kind, row.letters, row.means) == ("要点", "2026-03", "下发", 4, "终端")
    assert row.person
    assert len(row.digest) == 64
    assert "dongshan@unit.example" in row.recipients


def test_a_yes_in_the_code_page_of_old_windows_is_a_yes() -> None:
    assert is_yes("是".encode("gb18030").decode("gb18030"))


def test_with_json_the_talk_is_on_stderr(office: Office) -> None:
    answer = office.run("distribute", *MARCH, "--json")
    assert "确认寄出？(是/否)" in answer.err
    assert answer.json["workbooks"]


def test_where_nothing_leaves_nobody_is_asked(office: Office, smtp: SmtpServer) -> None:
    office.answers = NO
    written = office.run("distribute", *MARCH, "--no-send")
    assert written.code == 0
    assert "确认" not in written.out
    office.configure(mail={"transport": "folder"})
    written = office.run("distribute", *MARCH)
    assert written.code == 0
    assert "确认" not in written.out
    assert smtp.letters == []


def test_asked_again_later_the_same_letters_leave(office: Office, smtp: SmtpServer) -> None:
    office.answers = NO
    office.run("distribute", *MARCH)
    files = sorted(path.name for path in office.home.rglob("*.eml"))
    office.answers = "是\n"
    assert office.run("distribute", *MARCH).code == 0
    assert len(smtp.letters) == 4
    assert sorted(path.name for path in office.home.rglob("*.eml")) == files
    office.answers = NO
    third = office.run("distribute", *MARCH)
    assert (third.code, "确认" in third.out) == (0, False), "nothing waits, nothing is asked"


def test_what_the_clerk_corrects_after_the_preview_is_what_leaves(office: Office, smtp: SmtpServer) -> None:
    office.answers = NO
    office.run("distribute", *MARCH)
    use_roster(office, ((*UNITS[0][:4], "new@unit.example", "", ""), *UNITS[1:]))
    template = office.home / "templates" / "letters" / "下发.txt"
    template.write_text(template.read_text(encoding="utf-8").replace("感谢支持！", "辛苦了，谢谢！"), encoding="utf-8")
    office.answers = "是\n"
    office.json("distribute", *MARCH)
    assert sorted(letter.to[0] for letter in smtp.letters) == [
        "caizheng@unit.example",
        "new@unit.example",
        "shuju@unit.example",
        "xihe@unit.example",
    ]
    kept = {path.read_bytes() for path in office.home.rglob("*.eml")}
    assert {letter.data for letter in smtp.letters} == kept
    shown = office.json("trace", "要点", "1", "东山县")["letters"]
    assert [each["state"] for each in shown] == ["sent"]


def test_a_scheduled_run_sends_only_what_a_person_agreed_to_once(office: Office, smtp: SmtpServer) -> None:
    office.answers = NO
    refused = office.run("distribute", *MARCH, "--yes", "--json")
    assert refused.code == 1
    assert "还没有人确认过" in refused.json["reason"]
    assert smtp.letters == []
    agreed = office.run("approve", *MARCH)
    assert agreed.code == 0
    assert "将要寄出：下发 4 封" in agreed.out
    assert "现在没有寄出任何信" in agreed.out
    assert smtp.letters == []
    assert office.run("distribute", *MARCH, "--yes").code == 0
    assert len(smtp.letters) == 4
    assert office.run("distribute", "要点", "--period", "2026-04", "--yes").code == 1, "another month, another yes"


def test_approve_before_anything_was_written_shows_the_real_letters(office: Office) -> None:
    shown = office.json("approve", *MARCH)
    assert shown["preview"]["letters"] == 4
    assert shown["preview"]["sample"]["attachments"][0].endswith(".xlsx")
    assert shown["person"]


def test_an_approval_can_be_taken_back(office: Office, smtp: SmtpServer) -> None:
    office.json("approve", *MARCH)
    assert office.json("approve", *MARCH, "--revoke")["revoked"] is True
    assert office.run("distribute", *MARCH, "--yes").code == 1
    assert smtp.letters == []


def test_many_new_addresses_are_asked_about_again(office: Office, smtp: SmtpServer) -> None:
    office.json("approve", *MARCH)
    more = tuple((f"市第{n}局", "", "政府部门", "云川市", f"ju{n}@unit.example", "", "") for n in range(3))
    use_roster(office, (*UNITS, *more))
    assert len(read_roster(office.home / "ledgers" / "单位名录.xlsx").units) == 7
    assert office.run("distribute", *MARCH, "--yes", "--no-send").code == 0
    use_roster(office, (*UNITS, *more, ("市第九局", "", "政府部门", "云川市", "ju9@unit.example", "", "")))
    grown = office.run("distribute", *MARCH, "--yes", "--json")
    assert grown.code == 1
    assert "多了 4 个收件邮箱" in grown.json["reason"]
    assert smtp.letters == []
    use_roster(office, (*UNITS, *more))
    assert office.run("distribute", *MARCH, "--yes").code == 0
    assert len(smtp.letters) == 7


def test_reminders_are_asked_about_too_and_old_ones_are_not_kept_for_later(
    office: Office, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    import flows.remind

    office.json("distribute", *MARCH)
    office.answers = NO
    monkeypatch.setattr(flows.remind, "today", lambda: date(2026, 3, 24))
    told = office.run("remind", *MARCH)
    assert told.code == 1
    assert "将要寄出：催报 4 封" in told.out
    assert len(smtp.letters) == 4
    office.answers = "是\n"
    monkeypatch.setattr(flows.remind, "today", lambda: date(2026, 3, 26))
    assert len(office.json("remind", *MARCH)["reminded"]) == 4
    assert len(smtp.letters) == 8, "the letters of the 24th are not sent on top"


def test_answers_to_single_sheets_need_nobodys_leave(
    office: Office, smtp: SmtpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A faulty sheet goes back at once, while letters that wait for a yes go on waiting."""
    with start_imap() as imap:
        office.use_mail(smtp.mail, imap.mail)
        issued = office.json("distribute", *MARCH)
        office.json("distribute", *MARCH, "--again", "市数据局", "--no-send")
        book = next(Path(b["file"]) for b in issued["workbooks"] if b["unit"] == "市财政局")
        file = fill(book, tmp_path / "a.xlsx", lambda _row: {"完成状态": "已完成", "进展情况": "完"})
        imap.deliver(reply_mail("caizheng@unit.example", file, to=imap.address))
        office.answers = NO
        assert len(office.json("collect", *MARCH)["returned"]) == 1
        assert [letter.to for letter in smtp.letters[4:]] == [("caizheng@unit.example",)]


def test_letters_of_one_month_stand_in_one_thread(
    office: Office, smtp: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date
    from email import message_from_bytes

    import flows.remind

    office.json("distribute", *MARCH)
    for day in (24, 26, 30):
        monkeypatch.setattr(flows.remind, "today", lambda day=day: date(2026, 3, day))
        office.json("remind", *MARCH)
    mine = [message_from_bytes(x.data) for x in smtp.letters if x.to == ("shuju@unit.example",)]
    ids = [mail["Message-ID"] for mail in mine]
    assert len(set(ids)) == 4
    assert [mail["In-Reply-To"] for mail in mine] == [None, *ids[:3]]
    assert [(mail["References"] or "").split() for mail in mine] == [[], ids[:1], ids[:2], ids[:3]]
    assert {mail["Reply-To"] for mail in mine} == {smtp.address}


def test_who_has_answered_meanwhile_gets_no_reminder(office: Office, smtp: SmtpServer, tmp_path: Path) -> None:
    """A unit that has answered meanwhile gets no reminder that was written before."""
    issued = office.json("distribute", *MARCH)
    office.answers = NO
    office.run("remind", *MARCH)
    book = next(Path(b["file"]) for b in issued["workbooks"] if b["unit"] == "市数据局")
    fill(book, tmp_path / "收" / "a.xlsx", moving())
    office.json("collect", *MARCH, "--from", tmp_path / "收")
    office.answers = "是\n"
    reminded = office.json("remind", *MARCH)["reminded"]
    assert "市数据局" not in {entry["unit"] for entry in reminded}
    assert [x for x in smtp.letters[4:] if x.to == ("shuju@unit.example",)] == []


def test_without_any_address_there_is_nothing_to_agree_to(office: Office) -> None:
    use_roster(office, tuple((*unit[:4], "", "", "") for unit in UNITS))
    answer = office.run("approve", *MARCH)
    assert answer.code == 2
    assert "没有一封信可寄" in answer.err
