"""`taizhang serve` loses its power in mid 到点检查 and is started again: nothing is missing, nothing twice."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from flows.periods import Period, today
from tests.killing import settle
from tests.office import PLAN, UNITS, Office, fill, moving, new_office, reply_mail
from tests.servers import ImapServer, SmtpServer, start_imap, start_smtp
from tests.serving.served import serve, until

MONTH = Period.of(today())
PLACE = ("要点", "--period", str(MONTH))
ONCE = Counter(dict.fromkeys((unit[4] for unit in UNITS), 1))

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds child processes in /proc")


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SmtpServer, ImapServer]]:
    with ExitStack() as stack:
        smtp, imap = stack.enter_context(start_smtp()), stack.enter_context(start_imap())
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        yield smtp, imap


def test_a_power_cut_in_the_middle_of_a_check(tmp_path: Path, servers: tuple[SmtpServer, ImapServer]) -> None:
    smtp, imap = servers
    office = everybody_has_answered(tmp_path, smtp, imap)
    smtp.seconds_a_letter = 0.5
    with serve(office.home, tmp_path / "serve") as served:
        until(lambda: smtp.letters, "the first receipt leaves", 60)
        power_cut(served.process.pid)
        served.process.wait()
    assert 0 < len(smtp.letters) < len(UNITS), "it was killed too late"
    assert outcomes(office)[-1] == "begun"
    smtp.seconds_a_letter = 0.0
    with serve(office.home, tmp_path / "serve") as served:
        until(lambda: outcomes(office)[-1] != "begun", "the check is made up for", 60)
        served.stop()
    settle(office, PLACE, lambda letter: any(letter["message_id"].encode() in mail.data for mail in smtp.letters))
    office.json("collect", *PLACE)
    assert smtp.got == ONCE
    assert office.json("status", *PLACE)["totals"]["answered"] == len(UNITS)


def everybody_has_answered(folder: Path, smtp: SmtpServer, imap: ImapServer) -> Office:
    """This month is out, and an answer of each unit lies in the mailbox."""
    office = new_office(folder)
    office.use_mail(smtp.mail, imap.mail)
    office.configure(mail={"receipts": True, "retry_minutes": 0.0})
    office.adopt(PLAN.replace("2026", str(MONTH.year)))
    office.configure(schedule={"plans": ["要点"], "remind_on": False, "remind_before": [], "remind_after": []})
    office.configure(round={"reply_day": 31})
    books = {book["unit"]: Path(book["file"]) for book in office.json("distribute", *PLACE)["workbooks"]}
    for unit in UNITS:
        file = fill(office.home / books[unit[0]], folder / "答" / f"{unit[0]}.xlsx", moving(f"{unit[0]}正在办。"))
        imap.deliver(reply_mail(unit[4], file, to=imap.address))
    smtp.letters.clear()
    return office


def outcomes(office: Office) -> list[str]:
    """What stands in the record of scheduled runs."""
    with sqlite3.connect(office.home / "ledgers" / "台账.db") as db:
        found = [row[0] for row in db.execute("SELECT outcome FROM scheduled ORDER BY id")]
    db.close()
    return found or [""]


def power_cut(pid: int) -> None:
    """A process and all that it has started are gone at once."""
    for child in children(pid):
        power_cut(child)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found
