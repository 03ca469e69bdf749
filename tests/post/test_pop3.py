"""An office that has only POP3 gets its answers too, each once, and its mailbox stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from flows.config import Mail
from flows.post.pop3 import PopInbox
from flows.problems import UserError
from tests.pop3 import PopServer, start_pop3
from tests.servers import PASSWORD, free_port


@pytest.fixture
def server() -> Iterator[PopServer]:
    with start_pop3() as made:
        yield made


def mail(number: int) -> bytes:
    return f"From: unit{number}@unit.example\r\nSubject: {number}\r\n\r\n.dot\r\n{'x' * 5000}\r\n".encode()


def subjects(server: PopServer, known: set[tuple[int | str, int | str]], since: date | None = None) -> list[str]:
    with PopInbox(server.mail, PASSWORD) as inbox:
        return [one.facts.subject for one in inbox.new(known, since)]


def test_every_mail_comes_whole_and_only_once(server: PopServer) -> None:
    for number in range(3):
        server.deliver(mail(number))
    with PopInbox(server.mail, PASSWORD) as inbox:
        found = list(inbox.new())
    assert [one.raw for one in found] == [raw for _, raw in server.mails]
    assert found[0].received is not None
    known = {one.key for one in found}
    server.deliver(mail(3))
    assert subjects(server, known) == ["3"]
    assert "DELE" not in server.said


def test_mails_from_before_the_round_are_passed_over_without_being_fetched(server: PopServer) -> None:
    server.deliver(mail(0), "Sun, 01 Mar 2026 09:00:00 +0800")
    server.deliver(mail(1), "Tue, 03 Mar 2026 09:00:00 +0800")
    with PopInbox(server.mail, PASSWORD) as inbox:
        assert [one.facts.subject for one in inbox.new(since=date(2026, 3, 2))] == ["1"]
        (old,) = inbox.passed
    assert server.said.count("RETR") == 1
    server.said.clear()
    assert subjects(server, {old}, date(2026, 3, 2)) == ["1"]
    assert server.said.count("TOP") == 1


def test_a_line_that_breaks_is_picked_up_again(server: PopServer) -> None:
    for number in range(3):
        server.deliver(mail(number))
    server.drop_retr = 1
    assert subjects(server, set()) == ["0", "1", "2"]


def test_a_line_that_stays_broken_says_how_far_it_came(server: PopServer) -> None:
    for number in range(3):
        server.deliver(mail(number))
    server.drop_retr = 99
    with pytest.raises(UserError, match="已取回 0 封"):
        subjects(server, set())


def test_a_mail_that_the_server_keeps_back_stops_no_other(server: PopServer) -> None:
    for number in range(3):
        server.deliver(mail(number))
    server.refuse.add("UID-2")
    with PopInbox(server.mail, PASSWORD) as inbox:
        assert [one.facts.subject for one in inbox.new()] == ["0", "2"]
        assert "message is broken" in inbox.unfetched[0].reason


def test_a_wrong_password_is_one_sentence_with_the_cure(server: PopServer) -> None:
    with pytest.raises(UserError, match="不让登录") as caught:
        PopInbox(server.mail, "wrong").__enter__()
    assert "POP3" in caught.value.hint
    assert "wrong" not in caught.value.hint


def test_a_mailbox_that_another_program_has_open_may_be_tried_later(server: PopServer) -> None:
    server.login_answer = "-ERR [IN-USE] mailbox is locked"
    with pytest.raises(UserError, match="正被别的程序"):
        PopInbox(server.mail, PASSWORD).__enter__()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"pop3_host": ""}, "没有写 pop3_host"),
        ({"pop3_host": "pop.office.example"}, "明文"),
        ({}, "拒绝连接"),
        ({"pop3_host": "no-such-host.invalid", "pop3_security": "ssl"}, "找不到收信服务器"),
    ],
)
def test_wrong_settings_are_one_sentence(settings: dict[str, object], message: str) -> None:
    base: dict[str, object] = {
        "address": "a@office.example",
        "pop3_host": "127.0.0.1",
        "pop3_port": free_port(),
        "pop3_security": "none",
    }
    with pytest.raises(UserError, match=message):
        PopInbox(Mail.model_validate(base | settings), PASSWORD).__enter__()
