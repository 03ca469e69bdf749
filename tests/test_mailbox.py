"""What comes into the mailbox beside right answers: bounces, absence notes, strangers, links, pasted tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from flows.post import mover
from flows.post.attachments import mail_facts
from tests.office import Office, fill, moving, new_office, reply_mail
from tests.pop3 import start_pop3
from tests.servers import ADDRESS, ImapServer, SmtpServer, start_imap, start_smtp

MARCH = ("要点", "--period", "2026-03")
MONEY = "caizheng@unit.example"


@dataclass
class Month:
    """An office that has sent its ledgers, with its servers."""

    office: Office
    smtp: SmtpServer
    imap: ImapServer
    books: dict[str, Path]
    folder: Path

    def filled(self, unit: str = "市财政局", text: str = "已印发方案。") -> Path:
        return fill(self.books[unit], self.folder / f"{unit}.xlsx", moving(text))

    def collect(self, *more: str | Path) -> dict[str, Any]:
        return self.office.json("collect", *MARCH, *more)

    def unit(self, name: str = "市财政局") -> dict[str, Any]:
        units = self.office.json("status", *MARCH)["units"]
        return next(unit for unit in units if unit["unit"] == name)

    def letter(self, address: str = MONEY) -> str:
        """The Message-ID of the letter to an address."""
        return next(mail_facts(sent.data).message_id for sent in self.smtp.letters if address in sent.to)


@pytest.fixture
def month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    with start_smtp() as smtp, start_imap() as imap:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office = new_office(tmp_path)
        office.use_mail(smtp.mail, imap.mail)
        office.adopt()
        issued = office.json("distribute", *MARCH)
        books = {book["unit"]: Path(book["file"]) for book in issued["workbooks"]}
        yield Month(office, smtp, imap, books, tmp_path / "单位")


def bounce(address: str, letter: str = "", status: str = "5.1.1", action: str = "failed") -> bytes:
    returned = f"Message-ID: {letter}\nTo: {address}\n" if letter else f"To: {address}\n"
    return f"""From: postmaster@mx.example
To: {ADDRESS}
Subject: Delivery Status Notification
Message-ID: <bounce-{address}{status}@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

{returned}
--b--
""".encode()


def page_mail(sender: str, html: str, subject: str = "台账", answers: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Message-ID"] = (
        sender,
        ADDRESS,
        subject,
        f"<{hash(html)}@u.example>",
    )
    if answers:
        mail["In-Reply-To"] = answers
    mail.set_content("请看网页版。")
    mail.add_alternative(html, subtype="html")
    return mail.as_bytes()


def without_identity(path: Path) -> Path:
    """A unit copies its table into a fresh workbook: nothing hidden comes with it."""
    old = load_workbook(path)["工作台账"]
    from openpyxl import Workbook

    book = Workbook()
    assert book.active
    for row in old.iter_rows(values_only=True):
        book.active.append([None if str(cell or "").startswith("tz") else cell for cell in row])
    out = path.with_name(f"新表_{path.name}")
    book.save(out)
    return out


# --- 退信 -----------------------------------------------------------------------------------------------------------


def test_a_unit_whose_letter_came_back_is_not_called_silent_without_saying_so(month: Month) -> None:
    month.imap.deliver(bounce(MONEY, month.letter()))
    result = month.collect()
    assert result["bounced"] == [
        {"unit": "市财政局", "address": MONEY, "code": "5.1.1", "reason": "收件邮箱不存在", "permanent": True}
    ]
    assert "distribute --again" in result["notices"][0]
    assert result["accepted"] == result["returned"] == result["quarantined"] == []
    unit = month.unit()
    assert (unit["answer"], unit["unreached"]) == ("未报送", True)
    assert "台账没有送达" in unit["evidence"]
    assert MONEY in unit["evidence"]
    assert month.unit("市数据局")["bounced"] == []


def test_a_bounce_is_told_once_and_one_without_our_letter_is_found_by_its_address(month: Month) -> None:
    month.imap.deliver(bounce(MONEY))
    assert len(month.collect()["bounced"]) == 1
    assert month.collect()["bounced"] == []
    assert len(month.unit()["bounced"]) == 1


def test_a_bounce_of_somebody_elses_letter_is_nobodys(month: Month) -> None:
    month.imap.deliver(bounce("stranger@unit.example", "<other@office.example>"))
    month.imap.deliver(bounce(MONEY, "<written-by-hand@office.example>", "5.2.2"))
    assert month.collect()["bounced"] == []
    assert not month.unit()["unreached"]


def test_a_letter_that_is_still_under_way_has_not_bounced(month: Month) -> None:
    month.imap.deliver(bounce(MONEY, month.letter(), "4.4.1", "delayed"))
    assert [each["permanent"] for each in month.collect()["bounced"]] == [False]
    assert not month.unit()["unreached"]


def test_an_answer_after_a_bounce_is_an_answer(month: Month) -> None:
    month.imap.deliver(bounce(MONEY, month.letter()))
    month.imap.deliver(reply_mail(MONEY, month.filled(), to=ADDRESS))
    assert len(month.collect()["accepted"]) == 1
    assert month.unit()["answer"] in ("按时报送", "逾期报送")


def test_an_absence_note_is_told_and_is_no_answer(month: Month) -> None:
    note = f"From: {MONEY}\nSubject: =?utf-8?B?6Ieq5Yqo5Zue5aSN?=\nAuto-Submitted: auto-replied\n\nback on Monday\n"
    month.imap.deliver(note.encode())
    result = month.collect()
    assert "不算报送" in result["notices"][0]
    assert month.unit()["answer"] == "未报送"
    assert month.collect()["notices"] == []


# --- who sent it ----------------------------------------------------------------------------------------------------


def test_a_signed_sheet_from_an_unknown_address_is_taken_in_with_a_note(month: Month) -> None:
    month.imap.deliver(reply_mail("lao.wang@private.example", month.filled(), to=ADDRESS))
    (accepted,) = month.collect()["accepted"]
    assert any("不在单位名录里" in warning for warning in accepted["warnings"])


def test_it_is_held_when_the_office_wants_that_until_the_clerk_gives_it_by_hand(month: Month) -> None:
    month.office.configure(mail={"unknown_sender": "hold"})
    file = month.filled()
    month.imap.deliver(reply_mail("lao.wang@private.example", file, to=ADDRESS))
    (held,) = month.collect()["quarantined"]
    assert "先不收" in held["reason"]
    assert month.unit()["answer"] == "已收到待处理"
    assert month.collect()["accepted"] == []
    (accepted,) = month.collect("--from", file.parent)["accepted"]
    assert accepted["unit"] == "市财政局"


def test_it_is_held_until_its_address_stands_in_the_roster(month: Month) -> None:
    month.office.configure(mail={"unknown_sender": "hold"})
    month.imap.deliver(reply_mail("lao.wang@private.example", month.filled(), to=ADDRESS))
    assert len(month.collect()["quarantined"]) == 1
    month.office.configure(mail={"senders": "domain", "domains": ["private.example"]})
    assert [each["unit"] for each in month.collect()["accepted"]] == ["市财政局"]


def test_an_unsigned_sheet_from_an_unknown_address_is_held_unless_it_answers_our_letter(month: Month) -> None:
    file = without_identity(month.filled())
    month.imap.deliver(reply_mail("lao.wang@private.example", file, to=ADDRESS))
    (held,) = month.collect()["quarantined"]
    assert "没有可核对的标识" in held["reason"]
    other = without_identity(fill(month.books["市财政局"], month.folder / "二.xlsx", moving("另一份。")))
    month.imap.deliver(reply_mail("lao.li@private.example", other, to=ADDRESS, answers=month.letter()))
    (accepted,) = month.collect()["accepted"]
    assert any("回复发给市财政局的信" in warning for warning in accepted["warnings"])


def test_what_the_server_found_out_about_the_sender_is_told(month: Month) -> None:
    head = b"Authentication-Results: mx.office.example; spf=fail; dkim=none; dmarc=fail\r\n"
    month.imap.deliver(head + reply_mail(MONEY, month.filled(), to=ADDRESS))
    (accepted,) = month.collect()["accepted"]
    assert "发件人验证没有通过（SPF fail、DMARC fail），可能是冒名的，请电话向单位核实" in accepted["warnings"]


# --- instead of a file ----------------------------------------------------------------------------------------------


def as_page(path: Path) -> str:
    rows = load_workbook(path)["工作台账"].iter_rows(min_row=5, values_only=True)
    shown = [[cell for cell in row if not str(cell or "").startswith("tz")] for row in rows]
    return "".join("<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>" for row in shown)


def test_a_table_pasted_into_the_text_is_a_sheet_of_the_unit_that_sent_it(month: Month) -> None:
    month.imap.deliver(page_mail(f"王敏 <{MONEY}>", f"<p>台账如下</p><table>{as_page(month.filled())}</table>"))
    result = month.collect()
    (taken,) = result["accepted"]
    assert (taken["unit"], taken["entries"]) == ("市财政局", 1)
    assert any("贴在来信正文里" in warning for warning in taken["warnings"])
    assert month.unit()["filler"] == "王敏"


def test_a_link_to_a_big_attachment_waits_for_the_clerk(month: Month) -> None:
    link = '<a href="https://wx.mail.qq.com/ftn/download?func=3&key=1">财政局台账.zip</a>'
    month.imap.deliver(page_mail(MONEY, f"<p>超大附件</p>{link}"))
    (held,) = month.collect()["quarantined"]
    assert "QQ邮箱文件中转站的链接“财政局台账.zip”" in held["reason"]
    assert month.unit()["answer"] == "已收到待处理"


def test_a_strangers_link_is_told_only_when_it_speaks_of_ledgers_or_units(month: Month) -> None:
    link = '<a href="https://docs.qq.com/sheet/DabcD">打开</a>'
    month.imap.deliver(page_mail("shop@elsewhere.example", f"<p>新品目录</p>{link}", "新品"))
    month.imap.deliver(page_mail("lao.wang@private.example", f"<p>市财政局的表</p>{link}", "材料"))
    assert [held["file"] for held in month.collect()["quarantined"]] == ["材料"]


# --- the mailbox ----------------------------------------------------------------------------------------------------


def lying(month: Month, folder: str) -> list[str]:
    from imap_tools.mailbox import MailBoxUnencrypted

    with MailBoxUnencrypted("127.0.0.1", month.imap.port).login(ADDRESS, month.imap.password, folder) as box:
        return sorted(mail.subject for mail in box.fetch(mark_seen=False))


def test_finished_mails_are_moved_and_all_others_stay(month: Month) -> None:
    month.office.configure(mail={"done_folder": "台账已收"})
    month.imap.deliver(reply_mail(MONEY, month.filled(), to=ADDRESS, subject="right"))
    month.imap.deliver(page_mail(MONEY, "<p>何时报？</p>", "question"))
    month.imap.deliver(page_mail("shop@elsewhere.example", "<p>优惠</p>", "newsletter"))
    month.collect()
    assert lying(month, "台账已收") == ["right"]
    assert lying(month, "INBOX") == ["newsletter", "question"]
    assert month.imap.seen == []


def test_a_run_that_died_before_moving_is_made_good_by_the_next(month: Month) -> None:
    month.imap.deliver(reply_mail(MONEY, month.filled(), to=ADDRESS, subject="right"))
    month.collect()
    assert lying(month, "INBOX") == ["right"]
    month.office.configure(mail={"done_folder": "已收"})
    assert month.collect()["accepted"] == []
    assert (lying(month, "INBOX"), lying(month, "已收")) == ([], ["right"])


def test_without_move_only_the_mail_itself_is_expunged_and_it_is_copied_once(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    from imap_tools.mailbox import MailBoxUnencrypted

    for number in range(3):
        month.imap.deliver(f"Subject: {number}\nMessage-ID: <{number}@u.example>\n\nx\n".encode())
    with MailBoxUnencrypted("127.0.0.1", month.imap.port).login(ADDRESS, month.imap.password) as box:
        box.client.uid("STORE", "1", "+FLAGS", r"(\Deleted)")  # by the office itself; flag() would expunge
        box.folder.create("done")
        box.client.uid("COPY", "2", '"done"')  # a run died after this
        monkeypatch.setattr(box.client, "capability", lambda: ("OK", [b"IMAP4rev1 UIDPLUS"]))
        assert mover.move(box, [2], "INBOX", "done") == ""
        monkeypatch.setattr(box.client, "capability", lambda: ("OK", [b"IMAP4rev1"]))
        assert "不支持移动" in mover.move(box, [3], "INBOX", "done")
    assert lying(month, "INBOX") == ["0", "2"]
    assert lying(month, "done") == ["1"]


def test_a_dry_run_reads_the_mailbox_and_changes_nothing(month: Month) -> None:
    month.office.configure(mail={"done_folder": "已收"})
    month.imap.deliver(bounce(MONEY, month.letter()))
    month.imap.deliver(reply_mail("shuju@unit.example", month.filled("市数据局"), to=ADDRESS, subject="right"))
    result = month.collect("--dry-run")
    assert (len(result["accepted"]), len(result["bounced"])) == (1, 1)
    assert month.unit()["bounced"] == []
    assert "right" in lying(month, "INBOX")


def test_an_office_that_has_only_pop3_collects_too(month: Month) -> None:
    with start_pop3() as pop:
        month.office.configure(
            mail={"incoming": "pop3", "pop3_host": "127.0.0.1", "pop3_port": pop.port, "pop3_security": "none"}
        )
        pop.deliver(reply_mail(MONEY, month.filled(), to=ADDRESS))
        pop.deliver(bounce("shuju@unit.example", month.letter("shuju@unit.example")))
        result = month.collect()
        assert (len(result["accepted"]), len(result["bounced"])) == (1, 1)
        again = month.collect()
        assert again["accepted"] == again["duplicates"] == again["bounced"] == []
        assert pop.said.count("RETR") == 2
