"""taizhang mail check: step by step, and for each fault what to do about it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.config import Mail
from flows.post.checkup import Step, check_mail
from flows.post.failures import imap_failure, pop3_failure, smtp_failure
from flows.post.replies import advice
from tests.certificates import make_certificate
from tests.office import Office, new_office
from tests.servers import ImapServer, SmtpServer, start_imap, start_smtp


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[SmtpServer, ImapServer]]:
    with start_smtp() as smtp, start_imap() as imap:
        monkeypatch.setenv("TAIZHANG_MAIL_PASSWORD", smtp.password)
        yield smtp, imap


@pytest.fixture
def office(tmp_path: Path, servers: tuple[SmtpServer, ImapServer]) -> Office:
    made = new_office(tmp_path)
    made.use_mail(servers[0].mail, servers[1].mail)
    return made


def settings(smtp: SmtpServer, imap: ImapServer, **changes: object) -> Mail:
    values = smtp.mail.model_dump() | imap.mail.model_dump(include={"imap_host", "imap_port", "imap_security"})
    return Mail.model_validate(values | changes)


def failed(steps: list[Step]) -> list[Step]:
    return [step for step in steps if not step.ok]


def carry(smtp: SmtpServer, imap: ImapServer, stop: threading.Event) -> None:
    """The provider: what the office sends to itself comes into its mailbox."""
    done = 0
    while not stop.wait(0.1):
        for letter in smtp.letters[done:]:
            imap.deliver(letter.data)
            done += 1


def test_all_is_well_and_the_letter_to_oneself_is_found(office: Office, servers: tuple[SmtpServer, ImapServer]) -> None:
    smtp, imap = servers
    stop = threading.Event()
    post = threading.Thread(target=carry, args=(smtp, imap, stop))
    post.start()
    try:
        answer = office.run("mail", "check")
    finally:
        stop.set()
        post.join()
    assert answer.code == 0, answer.out
    for step in (
        "设置·授权码",
        "发信·域名",
        "发信·连接",
        "发信·登录",
        "收信·登录",
        "收信·ID",
        "收信·文件夹",
        "试信·收到",
    ):
        assert f"通过　{step}" in answer.out
    assert "邮箱可以用" in answer.out
    assert [letter.to for letter in smtp.letters] == [(smtp.address,)]
    assert imap.seen == []
    assert smtp.password not in answer.out + answer.err


def test_without_the_letter_nothing_is_sent(office: Office, servers: tuple[SmtpServer, ImapServer]) -> None:
    answer = office.run("mail", "check", "--no-letter", "--json")
    assert answer.code == 0
    assert answer.json["ok"] is True
    assert {step["way"] for step in answer.json["steps"]} == {"设置", "发信", "收信"}
    assert servers[0].letters == []


def test_a_letter_that_never_comes_is_told(servers: tuple[SmtpServer, ImapServer]) -> None:
    waits: list[float] = []
    steps = check_mail(settings(*servers), sleep=waits.append)
    (step,) = failed(steps)
    assert (step.way, step.name) == ("试信", "收到")
    assert "60 秒内没有" in step.message
    assert "垃圾箱" in step.cure
    assert 55 <= sum(waits) <= 70


def test_one_way_that_fails_does_not_hide_the_other(
    office: Office, servers: tuple[SmtpServer, ImapServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers[0].login_answer = b"535 Error: " + "请使用授权码登录。详情请看".encode("gbk")
    answer = office.run("mail", "check", "--no-letter")
    assert answer.code == 1
    assert "没有通过　发信·登录：发信服务器 127.0.0.1 不让登录：服务器要授权码，不认登录密码" in answer.out
    assert "请使用授权码登录。详情请看" in answer.out
    assert "怎么办：请到邮箱网页版开启 SMTP/IMAP 服务并生成授权码" in answer.out
    assert "通过　收信·文件夹" in answer.out


def test_a_home_without_mail_settings_is_wrong_use(tmp_path: Path) -> None:
    answer = new_office(tmp_path).run("mail", "check")
    assert answer.code == 2
    assert "还没有填邮箱" in answer.err


def test_no_password_is_the_first_thing_told(
    office: Office, servers: tuple[SmtpServer, ImapServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAIZHANG_MAIL_PASSWORD")
    answer = office.run("mail", "check", "--json")
    assert answer.code == 1
    (step,) = answer.json["steps"]
    assert (step["name"], step["ok"]) == ("授权码", False)
    assert "keyring set" in step["cure"]


@pytest.mark.parametrize(
    ("changes", "name", "says"),
    [
        ({"smtp_host": "no-such-host.invalid", "smtp_security": "ssl"}, "域名", "找不到发信服务器"),
        ({"smtp_port": 1}, "连接", "拒绝连接"),
        ({"smtp_security": "ssl"}, "连接", "加密"),
        ({"smtp_security": "starttls"}, "加密", "starttls"),
        ({"smtp_host": "mail.office.example"}, "设置", "明文"),
        ({"imap_folder": "没有的文件夹"}, "文件夹", "没有"),
        ({"imap_port": 1}, "连接", "拒绝连接"),
        ({"incoming": "pop3", "pop3_host": "127.0.0.1", "pop3_port": 1}, "连接", "拒绝连接"),
        ({"incoming": "pop3"}, "设置", "pop3_host"),
    ],
)
def test_each_wrong_setting_fails_at_its_own_step(
    servers: tuple[SmtpServer, ImapServer], changes: dict[str, object], name: str, says: str
) -> None:
    (step, *_) = failed(check_mail(settings(*servers, **changes), letter=False))
    assert step.name == name
    assert says in step.message
    assert step.cure


def test_an_untrusted_certificate_is_told(tmp_path: Path, servers: tuple[SmtpServer, ImapServer]) -> None:
    certificate = make_certificate(tmp_path)
    with start_smtp("ssl", certificate) as secure:
        mail = settings(secure, servers[1])
        (step,) = failed(check_mail(mail, letter=False))
        assert step.name == "连接"
        assert "证书" in step.message
        assert "SSL_CERT_FILE" in step.cure


@pytest.mark.parametrize(
    ("words", "message", "cure"),
    [
        ("LOGIN Login error or password error", "不让登录", "授权码"),
        (
            "Login fail. Account is abnormal, service is not open, password is incorrect",
            "IMAP 服务没有开启",
            "开启 IMAP",
        ),
        ("Login fail. Please using authorized code to login", "不让登录", "授权码"),
        ("请使用授权码登录", "要授权码", "授权码"),
        ("IMAP service is not enabled for this user", "IMAP 服务没有开启", "开启 IMAP"),
        ("ERR.LOGIN.USERSTATUS account is locked", "锁定", "网页版登录"),
        ("System busy, login frequency limited", "过于频繁", "半小时"),
    ],
)
def test_what_a_mailbox_answers_to_a_login_is_told_with_the_cure(words: str, message: str, cure: str) -> None:
    from imap_tools.errors import MailboxLoginError

    told = imap_failure(MailboxLoginError(("NO", [words.encode("gbk")]), "OK"), "imap.example", 993)
    assert message in told.message
    assert cure in told.hint


def test_netease_unsafe_login_is_told_with_the_cure() -> None:
    from imap_tools.errors import MailboxFolderSelectError

    answer = ("NO", [b"SELECT Unsafe Login. Please contact kefu@188.com for help"])
    told = imap_failure(MailboxFolderSelectError(answer, "OK"), "imap.163.example", 993, "INBOX")
    assert "认为登录不安全" in told.message
    assert "IMAP 服务" in told.hint


@pytest.mark.parametrize(
    ("code", "words", "message", "cure"),
    [
        (421, "HL:ICC too many connections", "连接服务器过于频繁", "过一段时间"),
        (421, "HL:REP bounces", "退信过多", "核对名录"),
        (450, "MI:DMC enough", "本次连接发信过多", "接着发"),
        (450, "RP:CEL", "本次连接发信过多", "接着发"),
        (451, "MI:SFQ", "发信过快", "接着发"),
        (452, "", "服务器空间不足", "接着发"),
        (535, "", "账号或授权码不对", "授权码"),
        (550, "User has no permission", "", ""),
        (550, "Mailbox not found or access denied", "收件邮箱不存在", "名录"),
        (550, "RP:TRC", "拒收", "名录"),
        (553, "Mail from must equal authorized user", "", "address"),
        (553, "MI:NAU authentication is required", "", ""),
        (554, "DT:SPM", "垃圾邮件", "信件文字"),
        (554, "DT:SUM", "发件地址与登录账号不一致", "address"),
        (554, "IP is rejected, RBL", "黑名单", "邮箱服务商"),
    ],
)
def test_each_known_code_has_its_cure(code: int, words: str, message: str, cure: str) -> None:
    told = advice(code, words.encode())
    assert message in told.message
    assert cure in told.cure
    assert told.message
    assert told.cure


def test_a_service_switched_off_is_not_called_a_wrong_password() -> None:
    import smtplib

    told = smtp_failure(smtplib.SMTPAuthenticationError(550, b"User has no permission"), "smtp.example", 465)
    assert "SMTP 服务没有开启" in told.message
    told = smtp_failure(smtplib.SMTPAuthenticationError(535, b"Login fail. SMTP service is not open"), "s.example", 465)
    assert "SMTP 服务没有开启" in told.message


def test_pop3_words_are_told_too() -> None:
    import poplib

    told = pop3_failure(poplib.error_proto(b"-ERR POP3 service is not enabled"), "pop.example", 995)
    assert "POP3 服务没有开启" in told.message
