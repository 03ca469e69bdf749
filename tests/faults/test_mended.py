"""What the rounds with faults have found, each by itself."""

from __future__ import annotations

import os
import sqlite3
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from flows.desk import open_desk
from flows.periods import CHINA, Period
from flows.post.letters import Letter, LetterKind
from flows.post.mailer import Fate
from flows.post.smtp import SmtpMailer
from flows.remind import remind
from flows.round.outbox import Outbox
from flows.round.posted import REPEATED_RETURN, State
from flows.serving.days import calendar
from flows.serving.due import Past, Standing, due_steps
from flows.serving.faults import fault_sentence
from flows.serving.settings import Schedule
from flows.serving.standing import standing_of
from flows.workspace import find_home
from tests.faults.machine import Fault, Machine
from tests.office import PLAN, UNITS, Office, new_office
from tests.servers import start_smtp

MARCH = ("要点", "--period", "2026-03")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return new_office(tmp_path)


def test_what_a_new_document_changed_is_still_told_when_the_import_died_unheard(office: Office) -> None:
    office.adopt()
    revised = PLAN.replace("一次公开业务培训", "两次公开业务培训")
    first = office.adopt(revised)
    table = office.home / "ledgers/要点/任务分解表.xlsx"
    told = [[cell.value for cell in row] for row in load_workbook(table)["变动"].iter_rows()]
    office.adopt(revised)  # the same again: as after a run that was killed with its table written
    assert [[cell.value for cell in row] for row in load_workbook(table)["变动"].iter_rows()] == told
    assert first["items"] == 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_yearbook_whose_run_was_killed_is_not_taken_for_a_persons_work(office: Office, tmp_path: Path) -> None:
    office.adopt()
    office.json("distribute", *MARCH)
    annual = ["annual", "要点", "--year", "2026"]
    with Machine(tmp_path / "machine") as machine:
        events = machine.run(office.home, annual).events
        for at in range(4, events, max(events // 3, 1)):
            assert machine.run(office.home, annual, Fault("kill", at)).code is None
        assert machine.run(office.home, annual).code in (0, 1)
    assert [path.name for path in (office.home / "ledgers").rglob("*_改*")] == []


@pytest.mark.parametrize("left", [None, b""], ids=["removed", "empty"])
def test_a_letter_whose_file_is_not_whole_never_leaves_and_is_written_again(
    office: Office, monkeypatch: pytest.MonkeyPatch, left: bytes | None
) -> None:
    from flows.round.delivering import deliver

    with start_smtp() as smtp:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office.use_mail(smtp.mail)
        office.adopt()
        office.json("distribute", *MARCH, "--no-send")
        with open_desk(find_home(office.home), "要点") as desk:
            box = Outbox(desk, Period.parse("2026-03"))
            waiting = box.in_state(State.QUEUED)
            file = desk.folder.root / waiting[0].file
            file.unlink()
            if left is not None:
                file.write_bytes(left)
            deliver(desk, Period.parse("2026-03"), {posted.id for posted in waiting})
            assert [posted.id for posted in box.in_state(State.QUEUED)] == [waiting[0].id]
            assert "再运行一次" in box.in_state(State.QUEUED)[0].note
        assert len(smtp.letters) == len(UNITS) - 1
        office.json("distribute", *MARCH)
        assert smtp.got == {unit[4]: 1 for unit in UNITS}
        assert all(b"xlsx" in letter.data for letter in smtp.letters)


def test_a_scheduled_issue_that_was_killed_half_way_is_completed_by_the_next_check() -> None:
    october, rules = Period(2026, 10), Schedule()
    days = calendar(october, date(2026, 10, 25), rules)
    at = datetime(2026, 10, 9, 9, 5, tzinfo=CHINA)
    key = ("distribute", days.issue.name if days.issue else "")
    begun = Standing(october, issued=True, past={key: Past("begun", at - timedelta(minutes=5))})
    assert [due.step for due in due_steps(begun, days, at)] == ["distribute", "collect"]
    failed = Standing(october, issued=True, past={key: Past("failed", at - timedelta(minutes=29))})
    assert "distribute" not in [due.step for due in due_steps(failed, days, at)], "half an hour later"
    later = due_steps(failed, days, at + timedelta(minutes=1))
    assert [due.step for due in later] == ["distribute", "collect"], "its letters were not written"
    by_hand = Standing(october, issued=True)
    assert [due.step for due in due_steps(by_hand, days, at)] == ["collect"], "what a person issued is left alone"


def test_a_reminder_that_left_while_the_clock_was_a_day_ahead_does_not_leave_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_smtp() as smtp:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        office.use_mail(smtp.mail)
        office.adopt()
        office.json("distribute", *MARCH)
        remind.fn(str(office.home), "要点", "2026-03", day="2026-11-21")
        assert smtp.got == {unit[4]: 2 for unit in UNITS}
        told = remind.fn(str(office.home), "要点", "2026-03", day="2026-11-20")
        assert smtp.got == {unit[4]: 2 for unit in UNITS}
        assert not any(each["new"] for each in told["reminded"])
        remind.fn(str(office.home), "要点", "2026-03", day="2026-11-22")
        assert smtp.got == {unit[4]: 3 for unit in UNITS}
        remind.fn(str(office.home), "要点", "2026-03", day="2027-11-22")
        remind.fn(str(office.home), "要点", "2026-03", day="2026-11-25")
        assert smtp.got == {unit[4]: 5 for unit in UNITS}, "a clock that was a year ahead silences nobody"


def test_a_full_disk_is_told_on_the_page_too(tmp_path: Path) -> None:
    full = sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
    assert "磁盘已满" in fault_sentence(tmp_path, full)
    assert list(tmp_path.iterdir()) == [], "it is no fault of the program"


def test_a_run_that_breaks_in_the_middle_of_a_letter_hangs_up_at_once() -> None:
    def breaks() -> bool:
        raise sa.exc.OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    with start_smtp() as smtp:
        started = time.monotonic()
        with pytest.raises(sa.exc.OperationalError), SmtpMailer(smtp.mail, smtp.password) as mailer:
            mailer.send(b"Subject: x\n\nx\n", ("a@unit.example",), breaks)
        assert time.monotonic() - started < 10, "it said QUIT where the letter's text was expected, and waited"
        assert smtp.letters == []
        with SmtpMailer(smtp.mail, smtp.password) as mailer:
            taken = mailer.send(b"Subject: x\n\nx\n", ("a@unit.example",), lambda: False)
            assert taken.fate is Fate.DEFERRED
            assert mailer.send(b"Subject: y\n\ny\n", ("a@unit.example",)).fate is Fate.SENT
        assert len(smtp.letters) == 1


def test_a_sheet_that_goes_back_once_more_waits_like_the_reminders_of_its_day(office: Office) -> None:
    """Its letter was asked about, and the clerk has said that it did not arrive; the first return goes by itself."""
    office.configure(mail={"transport": "smtp", "address": "office@office.example", "smtp_host": "127.0.0.1"})
    office.adopt()
    month = Period.parse("2026-03")
    with open_desk(find_home(office.home), "要点", doing="试") as desk:
        letter = Letter(LetterKind.RETURN, "市数据局", ("shuju@unit.example",), "请更正", "请更正。", (), "")
        Outbox(desk, month).queue(letter, "退回 1")
        assert standing_of(desk, month).waiting == frozenset()
        Outbox(desk, month).queue(letter, f"{REPEATED_RETURN} 2026-03-20")
        assert standing_of(desk, month).waiting == {"remind"}


def test_a_letter_whose_record_found_a_full_disk_does_not_stay_for_the_clerk_to_send(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next run writes it under another day's occasion; the clerk's own copies and other mails stay."""
    office.adopt()
    office.json("distribute", *MARCH)
    folder = office.home / "ledgers/要点/2026-03/发件箱"
    before = {path.name: path.read_bytes() for path in folder.glob("*.eml")}
    with open_desk(find_home(office.home), "要点") as desk, monkeypatch.context() as patch:
        outbox = Outbox(desk, Period.parse("2026-03"))

        def full(self: Outbox, fresh: list[object]) -> list[object]:
            raise sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))

        patch.setattr(Outbox, "_record", full)
        with pytest.raises(sa.exc.OperationalError):
            outbox.queue(Letter(LetterKind.REMIND, UNITS[0][0], ("a@unit.example",), "催报", "请报送。"), "昨天")
    orphans = {path.name for path in folder.glob("*.eml")} - before.keys()
    assert len(orphans) == 1
    first, some = next(iter(before.items()))
    copy = folder / f"副本 {first}"
    copy.write_bytes(some)
    foreign = folder / f"88_{UNITS[0][0]}_催报.eml"
    foreign.write_bytes(b"Message-ID: <another-program@unit.example>\r\n\r\n")
    office.json("distribute", *MARCH)
    assert {path.name for path in folder.glob("*.eml")} == before.keys() | {copy.name, foreign.name}
