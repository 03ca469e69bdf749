"""Answers in by POP3, for offices whose mailbox has only that. Nothing is deleted, and nothing is marked: it cannot be.

What was read is known by UIDL (RFC 1939), of which a digest is kept. Mails from before the round are told by their
topmost Received header, which the server writes; they are passed over once and not asked for again.
"""

from __future__ import annotations

import contextlib
import hashlib
import poplib
import re
from collections.abc import Collection, Iterator
from datetime import date, datetime
from email import message_from_bytes
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Final, Self

from flows.config import Mail
from flows.periods import CHINA
from flows.post.attachments import mail_facts
from flows.post.failures import pop3_failure
from flows.post.headers import raw_header
from flows.post.inbox import Concern, Key, Received, Unfetched
from flows.post.replies import server_text
from flows.post.secrets import demanded, login_name
from flows.post.settings import TIMEOUT, is_loopback, tls_context
from flows.problems import UserError

VALIDITY: Final = "pop3"
"""What stands for uidvalidity: a UIDL never changes its meaning."""
_TRIES: Final = 2
# Mails have lines of any length; poplib would give up at 2,048 bytes.
_LONGEST_LINE: Final = 2**24
_FAULTS: Final = (poplib.error_proto, OSError, ValueError, EOFError)


class PopInbox:
    """The mailbox of config.toml by POP3. Entering it connects and logs in, or raises UserError."""

    def __init__(self, mail: Mail, password: str | None) -> None:
        if not mail.pop3_host:
            raise UserError("config.toml 的 [mail] 没有写 pop3_host", "请填上邮箱服务商提供的服务器地址")
        if mail.pop3_security == "none" and not is_loopback(mail.pop3_host):
            raise UserError(
                f"pop3_security 为 none 时密码会明文传送，不能用于 {mail.pop3_host}", "请改为 ssl 或 starttls"
            )
        password = demanded(password, mail)
        self._mail = mail
        self._password = password
        self._box: Any = None
        self._numbers: dict[bytes, int] = {}
        self.unfetched: list[Unfetched] = []
        self.passed: list[Key] = []

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()

    def new(
        self, known: Collection[Key] = (), since: date | None = None, concerns: Concern | None = None
    ) -> Iterator[Received]:
        """Every mail that is not in ``known``, in the server's order; see Inbox.new.

        ``concerns`` is not asked: POP3 cannot tell what a mail is made of.
        """
        del concerns
        self.unfetched.clear()
        self.passed.clear()
        before = {str(uid) for validity, uid in known if validity == VALIDITY}
        waiting = [uidl for uidl in self._numbers if _mark(uidl) not in before]
        fetched = broken = 0
        for uidl in waiting:
            mail, reason = self._fetch_again_if_dropped(uidl, since, fetched)
            if reason:
                broken += 1
                if broken >= _TRIES:
                    raise UserError(f"{reason}，已取回 {fetched} 封", "请稍后再运行，会接着取")
                self.unfetched.append(Unfetched(_mark(uidl), VALIDITY, reason))
            if mail is not None:
                fetched, broken = fetched + 1, 0
                yield mail

    def move(self, finished: Collection[Key], folder: str) -> str:
        """POP3 knows no folders."""
        return f"POP3 不能移动邮件，收完的邮件仍在收件箱里（[mail] done_folder“{folder}”不起作用）" if finished else ""

    def _fetch_again_if_dropped(self, uidl: bytes, since: date | None, fetched: int) -> tuple[Received | None, str]:
        reason = ""
        for _ in range(_TRIES):
            if self._box is None:
                try:
                    self._connect()
                except UserError as failure:
                    raise UserError(f"{failure.message}，已取回 {fetched} 封", "请稍后再运行，会接着取") from failure
            try:
                return self._fetch(uidl, since), ""
            except poplib.error_proto as error:
                if (answer := _refusal(error)) is not None:
                    self.unfetched.append(Unfetched(_mark(uidl), VALIDITY, f"服务器没有交出这封邮件（{answer}）"))
                    return None, ""
                reason = self._failure(error).message
                self._disconnect()
            except _FAULTS as error:
                reason = self._failure(error).message
                self._disconnect()
        return None, reason

    def _fetch(self, uidl: bytes, since: date | None) -> Received | None:
        """None for a mail that is gone meanwhile or too old."""
        number = self._numbers.get(uidl)
        if number is None:
            return None
        if since is not None:
            with contextlib.suppress(poplib.error_proto):  # TOP is optional
                came = _received(b"\r\n".join(self._box.top(number, 0)[1]))
                if came and came.astimezone(CHINA).date() < since:
                    self.passed.append((VALIDITY, _mark(uidl)))
                    return None
        raw = b"\r\n".join(self._box.retr(number)[1]) + b"\r\n"
        return Received(_mark(uidl), VALIDITY, raw, _received(raw), mail_facts(raw))

    def _connect(self) -> None:
        mail = self._mail
        try:
            box = self._box = self._open()
            box.user(login_name(mail))
            box.pass_(self._password)
            # Numbers hold for one session only: after a break the same mail may have another.
            self._numbers = {}
            for line in box.uidl()[1]:
                number, _, uidl = line.partition(b" ")
                self._numbers[uidl.strip()] = int(number)
        except _FAULTS as error:
            self._disconnect()
            raise self._failure(error) from error

    def _open(self) -> poplib.POP3:
        mail = self._mail
        poplib._MAXLINE = _LONGEST_LINE  # type: ignore[attr-defined]
        if mail.pop3_security == "ssl":
            return poplib.POP3_SSL(mail.pop3_host, mail.pop3_port, timeout=TIMEOUT, context=tls_context())
        box = poplib.POP3(mail.pop3_host, mail.pop3_port, timeout=TIMEOUT)
        if mail.pop3_security == "starttls":
            box.stls(context=tls_context())
        return box

    def _disconnect(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with contextlib.suppress(Exception):  # it may be gone already, in many ways
                box.quit()
            with contextlib.suppress(Exception):
                box.close()

    def _failure(self, error: Exception) -> UserError:
        if isinstance(error, UserError):
            return error
        return pop3_failure(error, self._mail.pop3_host, self._mail.pop3_port)


def _refusal(error: poplib.error_proto) -> str | None:
    """The server's words when it answered with -ERR and the line holds; None when the line is lost."""
    first = error.args[0] if error.args else b""
    return server_text(first[4:]) if isinstance(first, bytes) and first.startswith(b"-ERR") else None


def _mark(uidl: bytes) -> str:
    return hashlib.sha256(uidl).hexdigest()[:40]


def _received(raw: bytes) -> datetime | None:
    """When the server took the mail in: the time in the topmost Received."""
    head = re.split(rb"\r?\n\r?\n", raw, maxsplit=1)[0]
    text = raw_header(message_from_bytes(head + b"\r\n\r\n"), "Received").rpartition(";")[2].strip()
    try:
        found = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
