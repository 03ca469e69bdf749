"""Mail servers that refuse, put off, break off and forget to answer: nobody gets a letter twice, nobody is missed.

The server speaks STARTTLS and wants a login, as real ones do; what counts is what it holds in the end.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.certificates import make_certificate
from tests.killing import Killer, settle, uncertain
from tests.office import UNITS, Office, new_office
from tests.servers import SmtpServer, start_smtp

PLACE = ("要点", "--period", "2026-03")
MANY = (*UNITS, *((f"市第{n}局", "", "政府部门", "云川市", f"ju{n}@unit.example", "", "") for n in range(8)))
EVERYBODY = {unit[4]: 1 for unit in MANY}


@pytest.fixture
def smtp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmtpServer]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with start_smtp("starttls", certificate) as server:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", server.password)
        yield server


@pytest.fixture
def office(tmp_path: Path, smtp: SmtpServer) -> Office:
    made = new_office(tmp_path)
    made.use_mail(smtp.mail)
    made.configure(mail={"retry_minutes": 0.0})
    made.adopt(units=MANY)
    return made


def distribute(office: Office, *more: str) -> dict[str, Any]:
    return office.json("distribute", *PLACE, *more)


def until_done(office: Office, most: int = 20) -> list[dict[str, Any]]:
    """Run again while letters wait for a better moment."""
    runs = [distribute(office)]
    while any(letter["state"] == "queued" for letter in runs[-1]["unsent"]):
        assert len(runs) < most, runs[-1]["unsent"]
        runs.append(distribute(office))
    return runs


def states(result: dict[str, Any]) -> dict[str, str]:
    return {letter["unit"]: letter["state"] for letter in result["unsent"]}


def held(smtp: SmtpServer, letter: dict[str, Any]) -> bool:
    """What the unit says on the telephone: whether a letter lies in its mailbox."""
    return any(letter["message_id"].encode() in mail.data for mail in smtp.letters)


def give_address(office: Office, unit: str, address: str) -> None:
    """The clerk corrects the roster."""
    path = office.home / "ledgers/单位名录.xlsx"
    book = load_workbook(path)
    for row in book["单位名录"].iter_rows():
        if row[0].value == unit:
            row[4].value = address
    book.save(path)


def test_a_refused_letter_stops_nobody_and_is_not_tried_again_by_itself(office: Office, smtp: SmtpServer) -> None:
    smtp.refuse = {"ju1@unit.example": "550 5.1.1 User not found", "xihe@unit.example": "550 5.7.1 refused"}
    first = distribute(office)
    others = {address: 1 for address in EVERYBODY if address not in smtp.refuse}
    assert smtp.got == others
    assert states(first) == {"市第1局": "refused", "西河区人民政府": "refused"}
    assert all("名录" in letter["message"] for letter in first["unsent"] if letter["unit"] == "市第1局")
    smtp.refuse = {}
    assert states(distribute(office)) == states(first)
    assert smtp.got == others
    # Corrected in the roster and asked for, the letter leaves, and only that one.
    give_address(office, "市第1局", "gaile@unit.example")
    distribute(office, "--again", "市第1局")
    distribute(office)
    assert smtp.got == others | {"gaile@unit.example": 1}


def test_greylisting_delays_every_letter_and_doubles_none(office: Office, smtp: SmtpServer) -> None:
    smtp.greylist = 0.0
    started = time.perf_counter()
    first = distribute(office)
    # A server that wants to see everybody twice is no reason to go slower from letter to letter.
    assert time.perf_counter() - started < 15
    assert smtp.letters == []
    assert set(states(first).values()) == {"queued"}
    until_done(office)
    assert smtp.got == EVERYBODY
    assert smtp.put_off == EVERYBODY


def test_a_letter_put_off_is_not_tried_again_before_its_time(office: Office, smtp: SmtpServer) -> None:
    office.configure(mail={"retry_minutes": 5.0})
    smtp.greylist = 0.0
    distribute(office)
    again = distribute(office)
    assert smtp.letters == []
    assert smtp.put_off == EVERYBODY, "the server was bothered again at once"
    assert len(again["unsent"]) == len(MANY)


def test_a_line_that_breaks_in_the_middle_of_a_letter_costs_no_letter(office: Office, smtp: SmtpServer) -> None:
    smtp.drop_mid_letter = 3
    until_done(office)
    # A short letter is in the line's buffers before the break is seen: then nobody knows, and a person is asked.
    settle(office, PLACE, lambda letter: held(smtp, letter))
    until_done(office)
    assert smtp.got == EVERYBODY
    assert uncertain(office, PLACE) == []


def test_a_limit_for_each_connection_only_costs_connections(office: Office, smtp: SmtpServer) -> None:
    smtp.per_connection = 5
    runs = until_done(office)
    assert smtp.got == EVERYBODY
    assert max(sum(letter.connection == n for letter in smtp.letters) for n in range(20)) == 5
    assert len(runs) == 1, "a new connection was all that was needed"


def test_a_limit_for_each_minute_is_respected_and_the_rest_follows(office: Office, smtp: SmtpServer) -> None:
    smtp.per_window = (5, 1.5)
    until_done(office)
    assert smtp.got == EVERYBODY
    assert smtp.put_off["421"] <= 3 * 5, "the server was hammered"


def test_a_lost_answer_is_asked_about_with_the_facts_and_never_sent_again_by_itself(
    office: Office, smtp: SmtpServer
) -> None:
    smtp.lose_answer = 3
    first = distribute(office)
    assert smtp.got == EVERYBODY
    asked = [letter for letter in first["unsent"] if letter["state"] == "unknown"]
    assert len(asked) == 3
    ids = {message_from_bytes(mail.data, policy=policy.default)["Message-ID"] for mail in smtp.letters}
    for letter in asked:
        assert letter["message_id"] in ids
        assert letter["at"]
        assert letter["recipients"] in EVERYBODY
        assert letter["message_id"] in letter["settle"]
        assert "不能确定是否寄出" in letter["message"]
    for _ in range(3):
        again = distribute(office)
        assert states(again) == states(first)
    assert smtp.got == EVERYBODY
    assert office.run("distribute", *PLACE).code == 1
    # The units say that they have it: that is the end of it.
    assert settle(office, PLACE, lambda letter: held(smtp, letter)) == 3
    assert distribute(office)["unsent"] == []
    assert smtp.got == EVERYBODY


def test_an_uncertain_letter_that_never_came_leaves_once_more_as_the_same_letter(
    office: Office, smtp: SmtpServer
) -> None:
    smtp.lose_answer = 1
    distribute(office)
    (letter,) = uncertain(office, PLACE)
    lost = next(mail for mail in smtp.letters if letter["message_id"].encode() in mail.data)
    smtp.letters.remove(lost)  # the server lost more than its answer
    assert settle(office, PLACE, lambda letter: held(smtp, letter)) == 1
    distribute(office)
    distribute(office)
    assert smtp.got == EVERYBODY
    assert smtp.letters[-1].to == lost.to
    assert letter["message_id"].encode() in smtp.letters[-1].data


def test_two_runs_at_the_same_time_send_each_letter_once(office: Office, smtp: SmtpServer) -> None:
    smtp.seconds_a_letter = 0.05
    with Killer(office.home) as one, Killer(office.home) as two, ThreadPoolExecutor(2) as pool:
        codes = [task.result().code for task in [pool.submit(k.run, "distribute", *PLACE) for k in (one, two)]]
    assert set(codes) <= {0, 1, 2}
    until_done(office)
    assert smtp.got == EVERYBODY
    assert uncertain(office, PLACE) == []


@pytest.mark.parametrize("seed", range(3))
def test_all_of_it_at_once_ends_with_one_letter_for_everybody(office: Office, smtp: SmtpServer, seed: int) -> None:
    chance = random.Random(seed)
    smtp.greylist = 0.0
    smtp.per_connection = chance.randint(2, 6)
    smtp.per_window = (chance.randint(3, 6), 0.5)
    for _ in range(30):
        smtp.drop_mid_letter = chance.randint(0, 1)
        smtp.lose_answer = chance.randint(0, 1)
        smtp.drop_after_letter = chance.randint(0, 1)
        smtp.answers = ["451 MI:SFQ slower"] * chance.randint(0, 1)
        result = distribute(office)
        if not any(letter["state"] == "queued" for letter in result["unsent"]):
            settle(office, PLACE, lambda letter: held(smtp, letter))
        if not result["unsent"]:
            break
    assert max(smtp.got.values()) == 1, "doubles"
    assert smtp.got == EVERYBODY, f"seed {seed}: somebody was missed"
