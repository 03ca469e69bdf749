"""Letters out through a real mail server: yagmail's connection and login, one connection for a whole run.

yagmail's own send() logs in again for every letter and rebuilds the message; its connection is used here, but the
bytes that are sent are the bytes that are kept. The SMTP steps are taken one by one, because only then is it known
whether a lost connection lost the letter (try again) or only the answer (ask a person).
"""

from __future__ import annotations

import contextlib
import re
import smtplib
import socket
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from flows.config import Mail
from flows.post.failures import smtp_failure
from flows.post.mailer import Fate, Outcome
from flows.post.replies import advice, server_text
from flows.post.secrets import demanded, login_name
from flows.post.settings import TIMEOUT, check_settings, tls_context
from flows.problems import UserError

_LONGEST_PAUSE = 60.0
_SLOW_DOWN = (421, 450, 451, 452)
_LOST = "信件已交给服务器，但没有等到答复，不能确定是否寄出，请核实"
_TRIES = 2
"""A letter is tried again once on a fresh connection; two connections in a row that fail end the run."""


class SmtpMailer:
    """A Mailer over SMTP. Entering it connects and logs in, or raises UserError with what to do next.

    ``mail.pause_seconds`` lie between two letters; the pause doubles when the server finds this sender too fast (not
    when it puts off one letter) and shrinks again with each letter taken. A dropped connection is opened again for the
    next letter.
    """

    def __init__(self, mail: Mail, password: str | None, sleep: Callable[[float], None] = time.sleep) -> None:
        check_settings(mail, "smtp")
        password = demanded(password, mail)
        self._mail = mail
        self._sleep = sleep
        self._client = self._new_client(password)
        self._pause = mail.pause_seconds
        self._connected = False
        self._in_letter = False
        self._sent_any = False
        self._failed_connects = 0
        self._last_failure = ""

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()

    def send(self, letter: bytes, to: tuple[str, ...], leaving: Callable[[], bool] | None = None) -> Outcome:
        """Send one letter, paced; what the server or the network did is the Outcome, never an exception."""
        if not to:
            return Outcome(Fate.REFUSED, "没有收件邮箱，请在名录中补上该单位的邮箱")
        if self._sent_any and self._pause:
            self._sleep(self._pause)
        self._sent_any = True
        outcome = self._try_on_connections(_wire(letter), to, leaving or _always)
        if outcome.fate is Fate.DEFERRED and outcome.everyone and outcome.code in _SLOW_DOWN:
            self._pause = min(max(self._pause * 2, 1.0), _LONGEST_PAUSE)
        elif outcome.fate is Fate.SENT:
            self._pause = max(self._mail.pause_seconds, self._pause / 2)
        return outcome

    def _try_on_connections(self, wire: bytes, to: tuple[str, ...], leaving: Callable[[], bool]) -> Outcome:
        for _ in range(_TRIES):
            if not self._connected:
                if self._failed_connects >= _TRIES:
                    break
                try:
                    self._connect()
                except UserError as failure:
                    self._failed_connects += 1
                    self._last_failure = failure.message
                    continue
            self._failed_connects = 0
            try:
                return self._hand_over(wire, to, leaving)
            except (smtplib.SMTPException, OSError):
                self._disconnect()
                self._last_failure = "信件发到一半连接断开"
        sentence = f"{self._last_failure}，信件没有发出，请稍后再运行"
        return Outcome(Fate.DEFERRED, sentence, wait=0, everyone=True)

    def _hand_over(self, wire: bytes, to: tuple[str, ...], leaving: Callable[[], bool]) -> Outcome:
        """One letter on the open connection. A lost connection raises until the letter is complete, not after."""
        smtp: smtplib.SMTP = self._client.smtp
        options = [f"size={len(wire)}"] if smtp.has_extn("size") else []
        code, answer = smtp.mail(self._mail.address, options)
        if code != 250:
            return self._reset(self._turned_down(code, answer))
        refused: list[tuple[str, Outcome]] = []
        for address in to:
            outcome = self._recipient(smtp, address)
            if outcome is not None:
                refused.append((address, outcome))
                if not self._connected:
                    return outcome
        if len(refused) == len(to):
            # One address that may work later keeps the letter alive.
            waiting = (outcome for _, outcome in refused if outcome.fate is Fate.DEFERRED)
            return self._reset(next(waiting, refused[0][1]))
        code, answer = smtp.docmd("DATA")
        if code != 354:
            return self._reset(self._turned_down(code, answer))
        self._in_letter = True
        if not leaving():
            self._disconnect()
            return Outcome(Fate.DEFERRED, "另一个台账程序正在寄这封信")
        smtp.send(wire)
        # From here on the letter is complete: whatever is no clear answer must never lead to a second sending.
        try:
            code, answer = smtp.getreply()
        except (smtplib.SMTPException, OSError):
            self._disconnect()
            return Outcome(Fate.UNKNOWN, _LOST)
        self._in_letter = False
        if not 200 <= code < 300:
            if not 400 <= code < 600:
                self._disconnect()
                return Outcome(Fate.UNKNOWN, _LOST, code if code > 0 else None, server_text(answer))
            return self._reset(self._turned_down(code, answer))
        reasons = {
            fate: tuple((address, outcome.message) for address, outcome in refused if outcome.fate is fate)
            for fate in (Fate.REFUSED, Fate.DEFERRED)
        }
        return Outcome(
            Fate.SENT,
            code=code,
            answer=server_text(answer),
            refused=reasons[Fate.REFUSED],
            waiting=reasons[Fate.DEFERRED],
        )

    def _recipient(self, smtp: smtplib.SMTP, address: str) -> Outcome | None:
        """None when the server takes letters for the address."""
        if not re.fullmatch(r"[!-~]+@[!-~]+", address) or re.search(r"[<>,;]", address):
            return Outcome(Fate.REFUSED, f"邮箱“{address}”写法不对，请在名录中改正")
        code, answer = smtp.rcpt(address)
        return None if code in (250, 251) else self._turned_down(code, answer)

    def _turned_down(self, code: int, answer: bytes) -> Outcome:
        if code < 0:  # smtplib's sign for an answer that was no SMTP reply
            raise smtplib.SMTPServerDisconnected("no SMTP reply")
        known = advice(code, answer)
        if known.reconnect:
            self._disconnect()
        fate = Fate.DEFERRED if known.later else Fate.REFUSED
        sentence = f"{known.sentence}（{code}）"
        return Outcome(fate, sentence, code, server_text(answer), wait=known.wait, everyone=known.everyone)

    def _reset(self, outcome: Outcome) -> Outcome:
        """Clear the server's table for the next letter; a connection lost here changes nothing about this one."""
        if self._connected:
            try:
                self._client.smtp.rset()
            except (smtplib.SMTPException, OSError):
                self._disconnect()
        return outcome

    def _new_client(self, password: str) -> Any:
        # yagmail costs a second of start-up; only a run that sends pays it.
        import yagmail

        mail = self._mail
        secure = mail.smtp_security
        options: dict[str, Any] = {"timeout": TIMEOUT, "local_hostname": own_name()}
        if secure == "ssl":
            options["context"] = tls_context()
        client = yagmail.SMTP(
            user=login_name(mail),
            # Never None: yagmail would ask on the terminal and a scheduled run would hang.
            password=password,
            host=mail.smtp_host,
            port=mail.smtp_port,
            smtp_ssl=secure == "ssl",
            smtp_starttls={"context": tls_context()} if secure == "starttls" else False,
            soft_email_validation=False,
            **options,
        )
        client.user = login_name(mail)  # yagmail hangs @gmail.com on a name without @
        return client

    def _connect(self) -> None:
        try:
            self._client.login()
            # Over TLS a letter goes out in several small writes; each would wait for the answer to the one before.
            self._client.smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self._disconnect()
            raise smtp_failure(error, self._mail.smtp_host, self._mail.smtp_port) from error
        self._connected = True

    def _disconnect(self) -> None:
        hang_up = self._client.close
        if self._in_letter:  # a QUIT would be taken for the letter's text, and its answer waited for in vain
            hang_up = self._client.smtp.close
        self._connected = self._in_letter = False
        with contextlib.suppress(smtplib.SMTPException, OSError):  # it may be gone already
            hang_up()


def _always() -> bool:
    return True


def own_name() -> str:
    """What to say in EHLO. A PC named in Chinese breaks smtplib's default, and the default asks the DNS."""
    name = socket.gethostname()
    return name if re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", name) else "[127.0.0.1]"


def _wire(letter: bytes) -> bytes:
    """The letter as it goes over the line: CRLF, leading dots doubled, the lone dot at its end (RFC 5321, 4.5.2)."""
    text = re.sub(rb"\r\n|\r|\n", b"\r\n", letter)
    text = re.sub(rb"(?m)^\.", b"..", text)
    return text + (b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n")
