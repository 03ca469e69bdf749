"""taizhang mail check: the mail settings tried step by step, each with what is wrong and what to do about it."""

from __future__ import annotations

import contextlib
import poplib
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeVar

from flows.config import Mail
from flows.periods import CHINA
from flows.post import boxes
from flows.post.failures import imap_failure, pop3_failure, smtp_failure
from flows.post.letters import Letter, LetterKind
from flows.post.mailer import Fate
from flows.post.message import build_message, new_message_id
from flows.post.secrets import Password, login_name, mail_password
from flows.post.settings import TIMEOUT, check_settings, tls_context
from flows.post.smtp import SmtpMailer, own_name
from flows.problems import UserError

T = TypeVar("T")
_PATIENCE = 60.0
"""Seconds in which a letter to oneself has to arrive."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step and how it went. Both sentences are Chinese, without full stop."""

    way: str
    name: str
    ok: bool
    message: str
    cure: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        return asdict(self)


class _FailedError(Exception):
    """A step failed: those that rest on it are not tried."""


class _Steps:
    def __init__(self, tell: Callable[[Step], None]) -> None:
        self.done: list[Step] = []
        self._tell = tell

    def add(self, way: str, name: str, ok: bool, message: str, cure: str = "") -> None:
        step = Step(way, name, ok, message, cure)
        self.done.append(step)
        self._tell(step)

    def take(self, way: str, name: str, work: Callable[[], T], told: Callable[[T], str]) -> T:
        """Do one step; UserError ends it with message and cure."""
        try:
            found = work()
        except UserError as error:
            self.add(way, name, False, error.message, error.hint)
            raise _FailedError from error
        self.add(way, name, True, told(found))
        return found


def check_mail(
    mail: Mail,
    *,
    letter: bool = True,
    tell: Callable[[Step], None] = lambda _step: None,
    sleep: Callable[[float], None] = time.sleep,
    patience: float = _PATIENCE,
) -> list[Step]:
    """Try sending and receiving as ``mail`` says; every step taken, in order. ``tell`` hears each when it is done.

    A step that fails ends its way (发信, 收信); the other way is tried all the same. ``letter`` sends a letter to the
    office's own address and looks for it in the mailbox.
    """
    steps = _Steps(tell)
    try:
        password = steps.take("设置", "授权码", lambda: mail_password(mail), lambda _found: "找到了授权码")
    except _FailedError:
        return steps.done
    sent = received = False
    with contextlib.suppress(_FailedError):
        _check_smtp(steps, mail, password)
        sent = True
    with contextlib.suppress(_FailedError):
        (_check_pop3 if mail.incoming == "pop3" else _check_imap)(steps, mail, password)
        received = mail.incoming == "imap"
    if letter and sent:
        with contextlib.suppress(_FailedError):
            _check_letter(steps, mail, password, received, sleep, patience)
    return steps.done


def nothing_set(mail: Mail) -> UserError | None:
    """Why there is nothing to check at all."""
    if not mail.address or not (mail.smtp_host or mail.imap_host or mail.pop3_host):
        return UserError("config.toml 的 [mail] 还没有填邮箱", "请填上 address、smtp_host、imap_host 后再运行")
    return None


def _check_smtp(steps: _Steps, mail: Mail, password: Password) -> None:
    host, port = mail.smtp_host, mail.smtp_port
    steps.take("发信", "设置", lambda: check_settings(mail, "smtp"), lambda _: f"{host}:{port}，{mail.smtp_security}")
    steps.take("发信", "域名", lambda: _resolve(host, port, smtp_failure), lambda found: f"{host} 是 {found}")
    smtp = steps.take("发信", "连接", lambda: _smtp(mail), lambda _: f"已接通 {port} 端口")
    try:
        if mail.smtp_security != "none":
            steps.take("发信", "加密", lambda: _starttls(smtp, mail), lambda _: "已加密，证书有效")
        steps.take("发信", "登录", lambda: _smtp_login(smtp, mail, password), lambda _: f"{login_name(mail)} 已登录")
    finally:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            smtp.quit()


def _smtp(mail: Mail) -> smtplib.SMTP:
    with _told(smtp_failure, mail.smtp_host, mail.smtp_port):
        if mail.smtp_security == "ssl":
            return smtplib.SMTP_SSL(
                mail.smtp_host, mail.smtp_port, local_hostname=own_name(), timeout=TIMEOUT, context=tls_context()
            )
        return smtplib.SMTP(mail.smtp_host, mail.smtp_port, local_hostname=own_name(), timeout=TIMEOUT)


def _starttls(smtp: smtplib.SMTP, mail: Mail) -> None:
    with _told(smtp_failure, mail.smtp_host, mail.smtp_port):
        if mail.smtp_security == "starttls":
            smtp.starttls(context=tls_context())


def _smtp_login(smtp: smtplib.SMTP, mail: Mail, password: Password) -> None:
    with _told(smtp_failure, mail.smtp_host, mail.smtp_port):
        smtp.login(login_name(mail), password)


def _check_imap(steps: _Steps, mail: Mail, password: Password) -> None:
    host, port = mail.imap_host, mail.imap_port
    steps.take("收信", "设置", lambda: check_settings(mail, "imap"), lambda _: f"{host}:{port}，{mail.imap_security}")
    steps.take("收信", "域名", lambda: _resolve(host, port, imap_failure), lambda found: f"{host} 是 {found}")
    shown = "已接通" if mail.imap_security == "none" else "已接通并加密，证书有效"
    box = steps.take("收信", "连接", lambda: _imap(lambda: boxes.connect(mail), mail), lambda _: shown)
    try:
        steps.take(
            "收信",
            "登录",
            lambda: _imap(lambda: boxes.log_in(box, mail, password), mail),
            lambda _: f"{login_name(mail)} 已登录",
        )
        taken = steps.take(
            "收信", "ID", lambda: _imap(lambda: boxes.introduce(box, mail), mail), lambda _: "已向服务器说明客户端"
        )
        if not taken:
            steps.add("收信", "ID", True, "服务器不理会客户端说明，一般不影响收信")
        steps.take(
            "收信",
            "文件夹",
            lambda: _imap(lambda: box.folder.status(mail.imap_folder, ["MESSAGES"]), mail),
            lambda found: f"{mail.imap_folder} 里有 {found.get('MESSAGES', 0)} 封邮件",
        )
        steps.take(
            "收信",
            "打开",
            lambda: _imap(lambda: box.folder.set(mail.imap_folder, readonly=True), mail),
            lambda _: "能打开，只读不改",
        )
    finally:
        boxes.close(box)


def _imap(work: Callable[[], T], mail: Mail) -> T:
    try:
        return work()
    except boxes.imap_faults() as error:
        raise imap_failure(error, mail.imap_host, mail.imap_port, mail.imap_folder) from error


def _check_pop3(steps: _Steps, mail: Mail, password: Password) -> None:
    host, port = mail.pop3_host, mail.pop3_port
    if not host:
        steps.add("收信", "设置", False, "config.toml 的 [mail] 没有写 pop3_host", "请填上邮箱服务商提供的服务器地址")
        raise _FailedError
    steps.take("收信", "域名", lambda: _resolve(host, port, pop3_failure), lambda found: f"{host} 是 {found}")
    box = steps.take("收信", "连接", lambda: _pop3(mail), lambda _: f"已接通 {port} 端口")
    try:
        steps.take("收信", "登录", lambda: _pop3_login(box, mail, password), lambda count: f"已登录，有 {count} 封邮件")
    finally:
        with contextlib.suppress(poplib.error_proto, OSError):
            box.quit()


def _pop3(mail: Mail) -> poplib.POP3:
    with _told(pop3_failure, mail.pop3_host, mail.pop3_port):
        if mail.pop3_security == "ssl":
            return poplib.POP3_SSL(mail.pop3_host, mail.pop3_port, timeout=TIMEOUT, context=tls_context())
        box = poplib.POP3(mail.pop3_host, mail.pop3_port, timeout=TIMEOUT)
        if mail.pop3_security == "starttls":
            box.stls(tls_context())
        return box


def _pop3_login(box: poplib.POP3, mail: Mail, password: Password) -> int:
    with _told(pop3_failure, mail.pop3_host, mail.pop3_port):
        box.user(login_name(mail))
        box.pass_(password)
        return box.stat()[0]


def _check_letter(
    steps: _Steps,
    mail: Mail,
    password: Password,
    look: bool,
    sleep: Callable[[float], None],
    patience: float,
) -> None:
    message_id = new_message_id(mail.address)
    steps.take("试信", "寄给自己", lambda: _send(mail, password, message_id), lambda _: f"已寄给 {mail.address}")
    if not look:
        steps.add("试信", "收到", True, "没有用 IMAP 收信，请到邮箱里看看有没有主题为“台账试信”的信")
        return
    started = time.monotonic()
    waited = 0.0
    while waited <= patience:
        with contextlib.suppress(UserError), boxes.mailbox(mail, password) as box:
            box.folder.set(mail.imap_folder, readonly=True)
            if boxes.holds(box, message_id):
                steps.add("试信", "收到", True, f"{time.monotonic() - started:.0f} 秒后收到")
                return
        pause = min(5.0, max(1.0, waited))
        sleep(pause)
        waited += pause
    steps.add(
        "试信",
        "收到",
        False,
        f"{patience:.0f} 秒内没有在 {mail.imap_folder} 里收到",
        "请到邮箱网页版看看垃圾箱和别的文件夹；有收信规则的，请不要移走办公室自己的信",
    )


def _send(mail: Mail, password: Password, message_id: str) -> None:
    letter = Letter(
        kind=LetterKind.RECEIPT,
        unit="本办公室",
        to=(mail.address,),
        subject="台账试信",
        body="这是 taizhang mail check 的试信，可以删除。\n",
        message_id=message_id,
    )
    with SmtpMailer(mail, password) as mailer:
        outcome = mailer.send(build_message(letter, mail.address, "", datetime.now(CHINA)), letter.to)
    if outcome.fate is not Fate.SENT:
        raise UserError(outcome.message, f"服务器答复：{outcome.answer}" if outcome.answer else "")


def _resolve(host: str, port: int, failure: Callable[[Exception, str, int], UserError]) -> str:
    with _told(failure, host, port):
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return "、".join(dict.fromkeys(str(each[4][0]) for each in found))


@contextlib.contextmanager
def _told(failure: Callable[[Exception, str, int], UserError], host: str, port: int) -> Iterator[None]:
    """Whatever server or network do, in Chinese."""
    try:
        yield
    except UserError:
        raise
    except (smtplib.SMTPException, poplib.error_proto, OSError, ValueError, EOFError) as error:
        raise failure(error, host, port) from error
