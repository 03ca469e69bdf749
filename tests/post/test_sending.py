"""Letters leave through a real mail server, once each, and the clerk learns what became of every one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.config import Mail
from flows.post.mailer import Fate
from flows.post.replies import advice
from flows.post.smtp import SmtpMailer
from flows.problems import UserError
from tests.certificates import Certificate, make_certificate
from tests.servers import PASSWORD, SmtpServer, free_port, start_smtp

LETTER = b"From: gongkai@office.example\r\nSubject: x\r\n\r\n.first line\r\n..second\r\nlast\r\n"
UNIT = ("jtj@unit.example",)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def mailer(smtp_server: SmtpServer) -> Iterator[SmtpMailer]:
    with SmtpMailer(smtp_server.mail, PASSWORD) as mailer:
        yield mailer


def test_many_letters_go_over_one_connection_byte_for_byte(smtp_server: SmtpServer, mailer: SmtpMailer) -> None:
    letters = [LETTER + b"number %d\r\n" % number for number in range(30)]
    outcomes = [mailer.send(letter, UNIT) for letter in letters]
    assert {outcome.fate for outcome in outcomes} == {Fate.SENT}
    assert smtp_server.connections == smtp_server.logins == 1
    assert [mail.data for mail in smtp_server.letters] == letters
    assert {mail.sender for mail in smtp_server.letters} == {"gongkai@office.example"}
    assert {mail.to for mail in smtp_server.letters} == {UNIT}


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_letters_go_encrypted_to_a_server_with_a_trusted_certificate(
    security: str, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with start_smtp(security, certificate) as server, SmtpMailer(server.mail, PASSWORD) as mailer:
        assert mailer.send(LETTER, UNIT).fate is Fate.SENT
        assert [mail.data for mail in server.letters] == [LETTER]
        assert server.connections == 1


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_an_unknown_certificate_is_refused(security: str, certificate: Certificate) -> None:
    with start_smtp(security, certificate) as server, pytest.raises(UserError, match="证书没有通过验证"):
        SmtpMailer(server.mail, PASSWORD).__enter__()


def test_an_address_that_does_not_exist_stops_nobody_else(smtp_server: SmtpServer, mailer: SmtpMailer) -> None:
    smtp_server.refuse["gone@unit.example"] = "550 5.1.1 User not found"
    refused = mailer.send(LETTER, ("gone@unit.example",))
    assert refused.fate is Fate.REFUSED
    assert refused.code == 550
    assert "收件邮箱不存在" in refused.message
    assert "名录" in refused.message
    assert mailer.send(LETTER, UNIT).fate is Fate.SENT
    assert smtp_server.connections == 1


def test_one_bad_address_of_two_is_named_and_the_letter_still_leaves(
    smtp_server: SmtpServer, mailer: SmtpMailer
) -> None:
    smtp_server.refuse["gone@unit.example"] = "550 no such user"
    outcome = mailer.send(LETTER, ("gone@unit.example", *UNIT))
    assert outcome.fate is Fate.SENT
    assert [address for address, _ in outcome.refused] == ["gone@unit.example"]
    assert [mail.to for mail in smtp_server.letters] == [UNIT]


def test_a_full_width_address_is_refused_without_asking_the_server(mailer: SmtpMailer) -> None:
    outcome = mailer.send(LETTER, ("ｊｔｊ＠unit.example",))
    assert outcome.fate is Fate.REFUSED
    assert "写法不对" in outcome.message


def test_a_letter_to_nobody_is_not_sent_to_ourselves(smtp_server: SmtpServer, mailer: SmtpMailer) -> None:
    assert mailer.send(LETTER, ()).fate is Fate.REFUSED
    assert smtp_server.letters == []


@pytest.mark.parametrize(
    ("answer", "fate", "says"),
    [
        ("451 MI:SFQ too fast", Fate.DEFERRED, "发信过快"),
        ("450 MI:DMC enough", Fate.DEFERRED, "本次连接发信过多"),
        ("550 Sender frequency limited", Fate.DEFERRED, "发信过快"),
        ("554 DT:SPM", Fate.REFUSED, "垃圾邮件"),
        ("552 message size exceeds", Fate.REFUSED, "邮件过大"),
        ("499 whatever", Fate.DEFERRED, "过一段时间"),
        ("599 whatever", Fate.REFUSED, "邮箱管理员"),
    ],
)
def test_a_servers_no_is_told_in_chinese_and_the_next_letter_goes(
    smtp_server: SmtpServer, answer: str, fate: Fate, says: str
) -> None:
    smtp_server.answers.append(answer)
    with SmtpMailer(smtp_server.mail, PASSWORD, sleep=lambda _: None) as mailer:
        outcome = mailer.send(LETTER, UNIT)
        assert outcome.fate is fate
        assert says in outcome.message
        assert outcome.answer in answer
        assert mailer.send(LETTER, UNIT).fate is Fate.SENT
    assert len(smtp_server.letters) == 1


def test_letters_are_paced_and_slow_down_when_told_to(smtp_server: SmtpServer) -> None:
    pauses: list[float] = []
    mail = smtp_server.mail.model_copy(update={"pause_seconds": 2.0})
    smtp_server.answers.extend(["250 ok", "421 HL:IFC busy", "451 MI:SFQ slower"])
    with SmtpMailer(mail, PASSWORD, sleep=pauses.append) as mailer:
        fates = [mailer.send(LETTER, UNIT).fate for _ in range(7)]
    assert fates == [Fate.SENT, Fate.DEFERRED, Fate.DEFERRED, Fate.SENT, Fate.SENT, Fate.SENT, Fate.SENT]
    assert pauses == [2.0, 4.0, 8.0, 4.0, 2.0, 2.0]


def test_a_dropped_connection_between_letters_is_opened_again(smtp_server: SmtpServer, mailer: SmtpMailer) -> None:
    smtp_server.drop_after_letter = 1
    assert mailer.send(LETTER, UNIT).fate is Fate.SENT
    time.sleep(0.2)
    assert mailer.send(LETTER, UNIT).fate is Fate.SENT
    assert (len(smtp_server.letters), smtp_server.connections) == (2, 2)


def test_a_letter_broken_off_in_the_middle_is_sent_again_once(smtp_server: SmtpServer, mailer: SmtpMailer) -> None:
    big = LETTER + b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * 300_000
    smtp_server.drop_mid_letter = 1
    assert mailer.send(big, UNIT).fate is Fate.SENT
    assert [len(mail.data) for mail in smtp_server.letters] == [len(big)]
    smtp_server.drop_mid_letter = 2
    assert mailer.send(big, UNIT).fate is Fate.DEFERRED
    assert mailer.send(LETTER, UNIT).fate is Fate.SENT


def test_a_lost_answer_is_never_guessed(smtp_server: SmtpServer, mailer: SmtpMailer) -> None:
    smtp_server.lose_answer = 1
    outcome = mailer.send(LETTER, UNIT)
    assert outcome.fate is Fate.UNKNOWN
    assert "核实" in outcome.message
    assert len(smtp_server.letters) == 1  # it was not sent a second time on our own account
    assert mailer.send(LETTER, UNIT).fate is Fate.SENT


def test_a_server_that_goes_away_ends_in_deferred_letters_not_in_a_traceback() -> None:
    with start_smtp() as server:
        mailer = SmtpMailer(server.mail, PASSWORD, sleep=lambda _: None).__enter__()
        server.drop_after_letter = 1
        mailer.send(LETTER, UNIT)
        time.sleep(0.2)
    outcomes = [mailer.send(LETTER, UNIT) for _ in range(3)]
    assert {outcome.fate for outcome in outcomes} == {Fate.DEFERRED}
    assert "拒绝连接" in outcomes[0].message
    mailer.__exit__(None, None, None)


def test_a_wrong_password_is_one_sentence_with_the_cure(smtp_server: SmtpServer) -> None:
    with pytest.raises(UserError) as caught:
        SmtpMailer(smtp_server.mail, "wrong").__enter__()
    assert "不让登录" in caught.value.message
    assert "授权码" in caught.value.hint
    assert "wrong" not in caught.value.sentence
    assert smtp_server.letters == []


def test_a_login_name_that_is_no_address_is_used_as_it_is(smtp_server: SmtpServer) -> None:
    smtp_server.user = "gongkai"
    with SmtpMailer(smtp_server.mail, PASSWORD) as mailer:
        assert mailer.send(LETTER, UNIT).fate is Fate.SENT
    assert smtp_server.letters[0].sender == "gongkai@office.example"


def test_a_servers_gbk_words_are_readable(smtp_server: SmtpServer) -> None:
    smtp_server.login_answer = b"535 Error: " + "请使用授权码登录".encode("gbk")
    with pytest.raises(UserError, match="请使用授权码登录"):
        SmtpMailer(smtp_server.mail, PASSWORD).__enter__()


def test_too_many_failed_logins_are_not_called_a_wrong_password(smtp_server: SmtpServer) -> None:
    smtp_server.login_answer = "535 too much fail authentication"
    with pytest.raises(UserError, match="登录失败次数过多"):
        SmtpMailer(smtp_server.mail, PASSWORD).__enter__()


def test_a_password_with_chinese_signs_is_explained(smtp_server: SmtpServer) -> None:
    with pytest.raises(UserError, match="全角字符或汉字"):
        SmtpMailer(smtp_server.mail, "授权码１２３").__enter__()


@pytest.mark.parametrize("password", [None, ""])
def test_without_a_password_nothing_asks_on_the_terminal(smtp_server: SmtpServer, password: str | None) -> None:
    with pytest.raises(UserError) as caught:
        SmtpMailer(smtp_server.mail, password)
    assert "TAIZHANG_MAIL_PASSWORD" in caught.value.hint
    assert smtp_server.connections == 0


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ({"smtp_host": ""}, "没有写 smtp_host", "服务器地址"),
        ({"address": ""}, "没有写 address", "邮箱地址"),
        ({"smtp_host": "mail.office.example", "smtp_security": "none"}, "明文", "ssl"),
        ({"smtp_host": "no-such-host.invalid", "smtp_security": "ssl"}, "找不到发信服务器", "smtp_host"),
        ({"smtp_host": "ｓｍｔｐ．office..example", "smtp_security": "ssl"}, "发信服务器", "smtp_host"),
    ],
)
def test_wrong_settings_are_one_sentence(settings: dict[str, str], message: str, hint: str) -> None:
    mail = Mail.model_validate({"address": "a@office.example", "smtp_host": "127.0.0.1", "smtp_port": 465} | settings)
    with pytest.raises(UserError) as caught:
        SmtpMailer(mail, PASSWORD).__enter__()
    assert message in caught.value.sentence
    assert hint in caught.value.sentence


def test_a_closed_port_is_one_sentence() -> None:
    mail = Mail(address="a@office.example", smtp_host="127.0.0.1", smtp_port=free_port(), smtp_security="none")
    with pytest.raises(UserError, match="拒绝连接"):
        SmtpMailer(mail, PASSWORD).__enter__()


@pytest.mark.parametrize("security", ["ssl", "starttls"])
def test_a_port_without_that_encryption_is_one_sentence(smtp_server: SmtpServer, security: str) -> None:
    mail = smtp_server.mail.model_copy(update={"smtp_security": security})
    with pytest.raises(UserError) as caught:
        SmtpMailer(mail, PASSWORD).__enter__()
    assert "加密" in caught.value.sentence or "starttls" in caught.value.sentence


def test_no_traceback_or_repr_shows_the_password(smtp_server: SmtpServer) -> None:
    mailer = SmtpMailer(smtp_server.mail, PASSWORD)
    assert PASSWORD not in repr(mailer)
    assert PASSWORD not in repr(vars(mailer))


def test_plain_codes_say_now_or_never() -> None:
    assert advice(450, b"").later
    assert not advice(550, b"").later
    assert advice(550, "连接频率 Connection frequency limited".encode("gbk")).later
    assert not advice(552, b"Quota exceeded").later
    assert advice(452, b"Quota exceeded").later
    assert "发件地址与登录账号不一致" in advice(501, b"mail from address must be same as authorization user").message


def test_thirty_workbooks_leave_within_seconds(smtp_server: SmtpServer, mailer: SmtpMailer, tmp_path: Path) -> None:
    letter = LETTER + (b"z" * 76 + b"\r\n") * 400
    start = time.perf_counter()
    for _ in range(30):
        assert mailer.send(letter, UNIT).fate is Fate.SENT
    assert time.perf_counter() - start < 10
