"""A mailbox as offices have it: two thousand mails, eighty of them answers. Taken are the eighty, and once."""

from __future__ import annotations

import base64
import random
import time
from collections import Counter
from datetime import datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from flows.periods import CHINA
from tests.benchmarks.returned import answered, plan_of
from tests.office import new_office, reply_mail
from tests.servers import ImapServer, start_imap, start_smtp

PLACE = ("要点", "--period", "2026-03")
MAILS, ANSWERS, TASKS = 2000, 80, 12
UNITS = tuple((f"市第{n}局", "", "政府部门", "云川市", f"ju{n}@unit.example", "", "") for n in range(ANSWERS))


def other_mail(number: int, chance: random.Random) -> bytes:
    """What else lies in an office's mailbox; a few of them big, some from units, some automatic."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["Message-ID"] = f"<other{number}@paper.example>"
    mail["Date"] = datetime(2026, 3, 20, 9, tzinfo=CHINA)
    mail["To"] = "gongkai@office.example"
    kind = number % 8
    mail["From"] = f"ju{number % ANSWERS}@unit.example" if kind == 7 else f"bianji{number}@paper.example"
    mail["Subject"] = (
        "舆情日报",
        "会议通知",
        "刊物征订",
        "系统提醒",
        "转发：文件",
        "自动回复",
        "广告",
        "自动回复：报送台账",
    )[kind]
    mail.set_content("今天的要闻摘编如下。\n" * chance.randint(3, 60))
    if kind in (5, 7):
        mail["Auto-Submitted"] = "auto-replied"
    if kind == 0:
        mail.add_alternative("<p>要闻</p>" * chance.randint(50, 400), subtype="html")
    if kind == 1:
        mail.add_attachment(chance.randbytes(40_000), maintype="application", subtype="pdf", filename="会议通知.pdf")
    if kind == 4:
        size = 3_000_000 if number % 250 == 4 else 60_000
        mail.add_attachment(chance.randbytes(size), maintype="image", subtype="jpeg", filename="现场照片.jpg")
    if kind == 6:
        mail.add_attachment(
            base64.b64encode(chance.randbytes(9_000)), maintype="text", subtype="calendar", filename="日程.ics"
        )
    return mail.as_bytes()


def fill_mailbox(imap: ImapServer, answers: list[bytes], chance: random.Random) -> int:
    """The answers among the others, in any order; gives the bytes that lie there."""
    mails = [*answers, *(other_mail(number, chance) for number in range(MAILS - len(answers)))]
    chance.shuffle(mails)
    for mail in mails:
        imap.deliver(mail)
    return sum(map(len, mails))


def test_eighty_answers_are_found_among_two_thousand_mails_and_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = new_office(tmp_path)
    office.adopt(plan_of(TASKS), units=UNITS)
    books = office.json("distribute", *PLACE, "--no-send")["workbooks"]
    assert len(books) == ANSWERS
    answers = []
    for number, book in enumerate(books):
        file = tmp_path / f"{book['unit']}.xlsx"
        file.write_bytes(answered(Path(book["file"]).read_bytes(), number))
        address = next(unit[4] for unit in UNITS if unit[0] == book["unit"])
        answers.append(reply_mail(address, file, to="gongkai@office.example"))

    with start_imap() as imap, start_smtp() as smtp:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office.use_mail(smtp.mail, imap.mail)
        size = fill_mailbox(imap, answers, random.Random(5))
        before = [path.name for path in imap.files()]

        started = time.perf_counter()
        found = office.json("collect", *PLACE)
        first = time.perf_counter() - started
        assert Counter(entry["unit"] for entry in found["accepted"]) == Counter(book["unit"] for book in books)
        assert {entry["entries"] for entry in found["accepted"]} == {TASKS}
        assert (found["returned"], found["duplicates"], found["unfetched"]) == ([], [], [])
        assert found["quarantined"] == []

        started = time.perf_counter()
        again = office.json("collect", *PLACE)
        second = time.perf_counter() - started
        assert not any(again[name] for name in ("accepted", "returned", "quarantined", "duplicates"))

        # Nothing was marked, moved or deleted (dovecot moves new/ to cur/ and adds “:2,” to every name it has shown).
        assert [path.name.partition(":")[0] for path in imap.files()] == sorted(
            name.partition(":")[0] for name in before
        )
        assert imap.seen == []

        moved = imap.sent_bytes()
        print(
            f"\n{MAILS} mails, {size / 1e6:.1f} MB: {first:.1f} s and {sum(moved[:-1]) / 1e6:.1f} MB over the line; "
            f"again: {second:.1f} s and {moved[-1] / 1e3:.1f} kB"
        )
        # The second time only the list of numbers comes over the line.
        assert len(moved) == 2
        assert moved[1] < 40_000
