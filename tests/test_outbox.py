"""The outbox tells a letter that left from one that did not, and asks where nobody can know."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from flows import tables
from tests.needs import ROOT
from tests.office import UNITS, Office, new_office, roster_file
from tests.servers import SmtpServer, start_imap, start_smtp

MARCH = ("要点", "--period", "2026-03")


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


def change(office: Office, statement: Any) -> None:
    """What a clock or a kill would have done to the store."""
    engine = sa.create_engine(f"sqlite:///{office.home / 'ledgers' / '台账.db'}")
    with engine.begin() as db:
        db.execute(statement)
    engine.dispose()


def got(smtp: SmtpServer) -> list[str]:
    return sorted(address for letter in smtp.letters for address in letter.to)


def all_units() -> list[str]:
    return sorted(unit[4] for unit in UNITS)


def test_a_lost_answer_is_asked_about_with_the_facts(office: Office, smtp: SmtpServer) -> None:
    smtp.lose_answer = 1
    told = office.run("distribute", *MARCH)
    assert told.code == 1
    assert got(smtp) == all_units()
    assert not any(b"X-Unsent" in letter.data for letter in smtp.letters)
    (lost,) = office.json("status", *MARCH)["unsent"]
    assert (lost["state"], lost["unit"], lost["recipients"]) == ("unknown", "东山县人民政府", "dongshan@unit.example")
    for fact in (lost["message_id"], "“已发送”", lost["subject"], lost["settle"]):
        assert fact in told.out
        assert fact in office.run("status", *MARCH).out
    for _ in range(2):
        office.json("distribute", *MARCH)
    assert got(smtp) == all_units(), "it is never sent again by itself"


def test_the_clerk_settles_it_as_sent(office: Office, smtp: SmtpServer) -> None:
    smtp.lose_answer = 1
    office.json("distribute", *MARCH)
    settled = office.run("mail", "settle", *MARCH, "东山县", "sent")
    assert settled.code == 0
    assert "不会再寄" in settled.out
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert got(smtp) == all_units()


def test_the_clerk_has_it_sent_again_as_the_same_letter(office: Office, smtp: SmtpServer) -> None:
    smtp.lose_answer = 1
    office.json("distribute", *MARCH)
    told = office.run("mail", "settle", *MARCH, "东山县人民政府", "again").out
    assert "taizhang distribute 要点 --period 2026-03" in told
    assert office.json("distribute", *MARCH)["unsent"] == []
    first, *_, last = smtp.letters
    assert first.to == last.to == ("dongshan@unit.example",)
    assert [line for line in first.data.split(b"\r\n") if line.startswith(b"Message-ID")] == [
        line for line in last.data.split(b"\r\n") if line.startswith(b"Message-ID")
    ]


@pytest.mark.parametrize(
    ("unit", "decision", "said"),
    [("没有的局", "sent", "单位名录里没有"), ("市财政局", "sent", "没有不能确定"), ("东山县", "也许", "看不懂")],
)
def test_a_wrong_settlement_is_one_sentence(
    office: Office, smtp: SmtpServer, unit: str, decision: str, said: str
) -> None:
    smtp.lose_answer = 1
    office.json("distribute", *MARCH)
    answer = office.run("mail", "settle", *MARCH, unit, decision)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize("folder", [".Sent", ".Sent Messages", ".&XfJT0ZAB-"])
def test_a_copy_among_the_sent_mails_settles_it(office: Office, smtp: SmtpServer, folder: str) -> None:
    with start_imap() as imap:
        office.use_mail(smtp.mail, imap.mail)
        smtp.lose_answer = 1
        (lost,) = office.json("distribute", *MARCH)["unsent"]
        assert lost["state"] == "unknown"
        imap.deliver(smtp.letters[1].data, folder)
        assert office.json("distribute", *MARCH)["unsent"][0]["state"] == "unknown", (
            "another unit's copy proves nothing"
        )
        imap.deliver(smtp.letters[0].data, folder)
        assert office.json("distribute", *MARCH)["unsent"] == []
    assert got(smtp) == all_units()


def test_a_run_that_died_with_a_letter_on_the_line_leaves_a_question(office: Office, smtp: SmtpServer) -> None:
    office.json("distribute", *MARCH, "--no-send")
    change(office, tables.letters.update().where(tables.letters.c.unit == "市数据局").values(state="sending"))
    (lost,) = office.json("distribute", *MARCH)["unsent"]
    assert (lost["unit"], lost["state"]) == ("市数据局", "unknown")
    assert "中断" in lost["message"]
    assert got(smtp) == [address for address in all_units() if not address.startswith("shuju")]


def test_a_letter_put_off_is_tried_again_when_its_time_has_come(office: Office, smtp: SmtpServer) -> None:
    smtp.refuse["xihe@unit.example"] = "450 4.7.1 greylisted, try again later"
    before = datetime.now(UTC)
    told = office.run("distribute", *MARCH, "--json")
    (waits,) = told.json["unsent"]
    assert (told.code, waits["unit"], waits["state"], waits["tries"]) == (1, "西河区人民政府", "queued", "1")
    assert before + timedelta(minutes=4) < datetime.fromisoformat(waits["retry"]) < before + timedelta(minutes=6)
    smtp.refuse.clear()
    office.json("distribute", *MARCH)
    assert len(smtp.letters) == 3, "not before its time"
    change(office, tables.attempts.update().values(retry=before.isoformat(timespec="seconds")))
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert got(smtp) == all_units()


def test_it_waits_longer_each_time(office: Office, smtp: SmtpServer) -> None:
    smtp.refuse["xihe@unit.example"] = "451 4.3.0 come back later"
    waits = []
    for _ in range(4):
        (put_off,) = office.json("distribute", *MARCH)["unsent"]
        waits.append(round((datetime.fromisoformat(put_off["retry"]) - datetime.now(UTC)).total_seconds() / 60))
        past = datetime.now(UTC).isoformat(timespec="seconds")
        change(office, tables.attempts.update().where(tables.attempts.c.retry.is_not(None)).values(retry=past))
    assert waits == [5, 10, 20, 40]


def test_a_server_that_wants_nothing_more_is_left_alone(office: Office, smtp: SmtpServer) -> None:
    office.adopt(units=(*UNITS, *((f"市第{n}局", "", "政府部门", "", f"ju{n}@unit.example", "", "") for n in range(6))))
    smtp.answers.extend(["250 ok", *["451 MI:SFQ too many in 15 minutes"] * 3])
    first = office.json("distribute", *MARCH)
    assert (len(smtp.letters), len(first["unsent"]), smtp.answers) == (1, 9, []), "the run stops after three"
    connections = smtp.connections
    again = office.run("distribute", *MARCH)
    assert smtp.connections == connections + 1, "one login to see that the settings are right, no letters"
    assert "邮件服务器嫌信多" in again.out
    assert "确认寄出" not in again.out, "nothing could leave, so nothing is asked"
    past = datetime.now(UTC).isoformat(timespec="seconds")
    change(office, tables.attempts.update().where(tables.attempts.c.retry.is_not(None)).values(retry=past))
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert len(smtp.letters) == len(set(got(smtp))) == 10


def test_a_server_that_closes_after_some_letters_gets_the_rest_by_new_connections(
    office: Office, smtp: SmtpServer
) -> None:
    smtp.answers.extend(["250 ok", "421 too many messages in this connection"])
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert got(smtp) == all_units()
    assert len(smtp.letters) == 4


def test_one_of_two_addresses_put_off_gets_the_letter_later_and_the_other_no_second_one(
    tmp_path: Path, smtp: SmtpServer
) -> None:
    office = new_office(tmp_path)
    office.use_mail(smtp.mail)
    office.configure(mail={"retry_minutes": 0})
    office.adopt(
        units=((*UNITS[0][:4], "dongshan@unit.example、ds2@unit.example、no@unit.example", "", ""), *UNITS[1:])
    )
    smtp.refuse["ds2@unit.example"] = "450 busy"
    smtp.refuse["no@unit.example"] = "550 5.1.1 User not found"
    (partly,) = office.json("distribute", *MARCH)["unsent"]
    assert (partly["unit"], partly["state"]) == ("东山县人民政府", "queued")
    assert "ds2@unit.example" in partly["message"]
    del smtp.refuse["ds2@unit.example"]
    (left,) = office.json("distribute", *MARCH)["unsent"]
    assert left["state"] == "sent"
    assert "no@unit.example" in left["message"]
    assert "ds2" not in left["message"]
    office.json("distribute", *MARCH)
    assert got(smtp) == sorted([*all_units(), "ds2@unit.example"])


def test_two_runs_at_once_do_not_meet(office: Office, smtp: SmtpServer) -> None:
    """While one run holds the outbox, another ends with one sentence and sends nothing."""
    office.json("distribute", *MARCH, "--no-send")
    lock = office.home / "ledgers/要点/2026-03/发件箱/.寄信.lock"
    lock.touch()
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import fcntl, sys\nf = open(sys.argv[1], 'ab')\nfcntl.flock(f, fcntl.LOCK_EX)\nprint('held', flush=True)\n"
            "sys.stdin.read()",
            str(lock),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    refused = office.run("distribute", *MARCH)
    assert refused.code == 2
    assert "另一个台账程序正在寄" in refused.err
    assert smtp.letters == []
    holder.kill()
    holder.wait()
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert got(smtp) == all_units()


def test_an_answer_that_is_no_answer_is_never_a_second_letter(office: Office, smtp: SmtpServer) -> None:
    smtp.answers.append("garbage from a broken gateway")
    (lost,) = office.json("distribute", *MARCH)["unsent"]
    assert lost["state"] == "unknown"
    assert len(smtp.letters) == 3


def test_runs_in_two_threads_send_each_letter_once(office: Office, smtp: SmtpServer) -> None:
    from flows.desk import open_desk
    from flows.periods import Period
    from flows.problems import PassingError
    from flows.round.delivering import deliver
    from flows.round.outbox import Outbox
    from flows.workspace import Home

    office.json("distribute", *MARCH, "--no-send")

    def work() -> None:
        with open_desk(Home(office.home), "要点") as desk:
            month = Period(2026, 3)
            try:
                deliver(desk, month, [posted.id for posted in Outbox(desk, month).letters()])
            except PassingError:
                return

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got(smtp) == all_units()


def test_a_unit_with_two_uncertain_letters_is_settled_letter_by_letter(office: Office, smtp: SmtpServer) -> None:
    smtp.lose_answer = 1
    office.json("distribute", *MARCH)
    smtp.lose_answer = 1
    office.json("remind", *MARCH)
    one, two = office.json("status", *MARCH)["unsent"]
    assert (one["unit"], one["kind"], two["unit"], two["kind"]) == ("东山县人民政府", "下发", "东山县人民政府", "催报")
    refused = office.run("mail", "settle", *MARCH, "东山县", "sent")
    assert refused.code == 2
    assert one["message_id"] in refused.err
    assert two["message_id"] in refused.err
    settled = office.json("mail", "settle", *MARCH, two["message_id"], "sent")
    assert (settled["kind"], settled["state"]) == ("催报", "sent")
    assert office.json("mail", "settle", *MARCH, "东山县", "again")["kind"] == "下发"


def test_a_unit_whose_workbook_has_not_left_is_not_reminded(office: Office, smtp: SmtpServer) -> None:
    """Its silence is ours: neither a reminder nor the list of the silent says otherwise."""
    smtp.refuse["xihe@unit.example"] = "450 greylisted"
    office.json("distribute", *MARCH)
    told = office.run("remind", *MARCH, "--json")
    assert told.json["unissued"] == ["西河区人民政府"]
    assert "西河区人民政府" not in {entry["unit"] for entry in told.json["reminded"]}
    assert told.code == 1
    status = office.json("status", *MARCH)
    letters = {unit["unit"]: unit["letter"]["state"] for unit in status["units"]}
    assert letters == {
        "东山县人民政府": "sent",
        "西河区人民政府": "queued",
        "市数据局": "sent",
        "市财政局": "sent",
    }
    assert "未报送而台账可能没有寄到的单位 1 个：西河区人民政府" in office.run("status", *MARCH).out


def test_a_bounce_proves_that_a_letter_left(office: Office, smtp: SmtpServer) -> None:
    """A letter of which nobody knew comes back: no need to ask the clerk, and no second one."""
    from flows.desk import open_desk
    from flows.periods import Period
    from flows.store import bounces
    from flows.workspace import Home

    smtp.lose_answer = 1
    office.json("distribute", *MARCH)
    with open_desk(Home(office.home), "要点") as desk:
        (lost,) = [p for p in desk.store.rows(sa.select(tables.letters)) if p.state == "unknown"]
        desk.store.add(
            bounces,
            plan="要点",
            period=str(Period(2026, 3)),
            unit=lost.unit,
            letter=lost.id,
            address="dongshan@unit.example",
            code="550",
            reason="收件邮箱不存在",
            words="User not found",
            permanent=True,
            notice="0" * 64,
            archived="",
            received="2026-03-02T01:00:00+00:00",
        )
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert len(smtp.letters) == 4
    assert "收件邮箱不存在" in office.run("status", *MARCH).out
    shown = office.json("remind", *MARCH)
    assert shown["bounced"] == ["东山县人民政府"]


def test_a_letter_taken_back_and_wanted_again_is_sent(office: Office, smtp: SmtpServer) -> None:
    """A roster changed there and back before anything left: nobody is skipped."""
    roster = office.home / "ledgers" / "单位名录.xlsx"
    office.json("distribute", *MARCH, "--no-send")
    roster_file(roster, (*UNITS[:3], (*UNITS[3][:4], "", "", "")))
    assert office.json("distribute", *MARCH, "--no-send")["without_address"] == ["市财政局"]
    assert len(list(office.home.rglob("*.eml"))) == 3
    roster_file(roster, UNITS)
    assert office.json("distribute", *MARCH)["unsent"] == []
    assert got(smtp) == all_units()
    assert len(list(office.home.rglob("*.eml"))) == 4
