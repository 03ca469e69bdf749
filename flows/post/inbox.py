"""Answers in from a mailbox: imap-tools for connection, login and folders; every mail as the bytes it came in.

The mailbox is only read: opened read-only, bodies peeked at, nothing marked, moved or deleted.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self

from flows.config import Mail
from flows.post.attachments import MailFacts, mail_facts
from flows.post.failures import imap_failure
from flows.post.replies import server_text
from flows.post.secrets import login_name
from flows.post.settings import TIMEOUT, check_settings, tls_context
from flows.problems import UserError

# NetEase's mailboxes refuse SELECT with “Unsafe Login” until the client has said who it is (RFC 2971).
_OWN_ID = '("name" "taizhang" "version" "1" "vendor" "taizhang")'
_TRIES = 2
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it lay in the mailbox. (``uidvalidity``, ``uid``) names it for good in this folder.

    ``received`` is when the server took it in, which no sender can set; None when the server does not say.
    """

    uid: int
    uidvalidity: int
    raw: bytes
    received: datetime | None
    facts: MailFacts

    @property
    def key(self) -> tuple[int, int]:
        """What to remember, so that the mail is not fetched again."""
        return (self.uidvalidity, self.uid)


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A mail the server would not hand over; it stays where it is and is asked for again next time."""

    uid: int
    uidvalidity: int
    reason: str


class Inbox:
    """The mailbox of config.toml. Entering it connects, logs in and opens the folder, or raises UserError."""

    def __init__(self, mail: Mail, password: str | None) -> None:
        check_settings(mail, "imap")
        if not password:
            raise UserError(f"没有邮箱 {login_name(mail)} 的授权码", f"请设置环境变量 {mail.password_env} 后再运行")
        self._mail = mail
        self._password = password
        self._box: Any = None
        self._broken_in_a_row = 0
        self.uidvalidity = 0
        self.unfetched: list[Unfetched] = []
        """Filled while ``new`` is walked through."""

    def __enter__(self) -> Self:
        self._connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._disconnect()

    def new(self, known: Collection[tuple[int, int]] = (), since: date | None = None) -> Iterator[Received]:
        """Every mail whose (uidvalidity, uid) is not in ``known``, oldest first, one at a time.

        ``since`` leaves out mails that the server took in before that day. A mail that cannot be fetched goes to
        ``unfetched`` and the others follow. A dropped connection is opened again; when that fails, and when the folder
        was rebuilt meanwhile, UserError: what was yielded before stays valid.
        """
        self.unfetched.clear()
        fetched = 0
        for uid in self._uids(since):
            if (self.uidvalidity, uid) in known:
                continue
            mail = self._fetch_again_if_dropped(uid, fetched)
            if mail is not None:
                fetched += 1
                yield mail

    def _uids(self, since: date | None) -> list[int]:
        # English month names whatever the locale (RFC 3501).
        criteria = f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since else "ALL"
        try:
            # No charset: several servers in China reject one.
            return sorted({int(uid) for uid in self._box.uids(criteria, charset=None)})
        except _faults() as error:
            raise self._failure(error) from error

    def _fetch_again_if_dropped(self, uid: int, fetched: int) -> Received | None:
        """A mail over which the connection breaks twice is the server's trouble with that mail, not with the line."""
        reason = ""
        for _ in range(_TRIES):
            if self._box is None:
                self._connect_again(fetched)
            try:
                mail = self._fetch(uid)
            except (imaplib.IMAP4.abort, OSError) as error:
                self._disconnect()
                reason = self._failure(error).message
            else:
                self._broken_in_a_row = 0
                return mail
        self._broken_in_a_row += 1
        if self._broken_in_a_row >= _TRIES:
            raise UserError(f"{reason}，已取回 {fetched} 封", "请稍后再运行，会接着取")
        self.unfetched.append(Unfetched(uid, self.uidvalidity, reason))
        return None

    def _connect_again(self, fetched: int) -> None:
        before = self.uidvalidity
        try:
            self._connect()
        except UserError as failure:
            raise UserError(f"{failure.message}，已取回 {fetched} 封", "请稍后再运行，会接着取") from failure
        if self.uidvalidity != before:
            raise UserError(f"邮箱文件夹在收信时被重建，已取回 {fetched} 封", "请再运行一次")

    def _fetch(self, uid: int) -> Received | None:
        """None when the mail is gone meanwhile or was noted in ``unfetched``."""
        try:
            answer, data = self._box.client.uid("FETCH", str(uid), "(UID INTERNALDATE BODY.PEEK[])")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            answer, data = "NO", [str(error).encode()]
        if answer != "OK":
            reason = server_text(data[0]) if data and isinstance(data[0], bytes) else ""
            self.unfetched.append(Unfetched(uid, self.uidvalidity, f"服务器没有交出这封邮件（{reason or answer}）"))
            return None
        for piece in data:
            if isinstance(piece, tuple) and len(piece) > 1:
                raw = bytes(piece[1])
                trailer = b"".join(other for other in data if isinstance(other, bytes))
                return Received(uid, self.uidvalidity, raw, _internal_date(piece[0] + trailer), mail_facts(raw))
        return None

    def _connect(self) -> None:
        mail = self._mail
        try:
            box = self._box = self._open()
            try:
                box.login(login_name(mail), self._password, initial_folder=None)
            except UnicodeEncodeError:
                box.login_utf8(login_name(mail), self._password, initial_folder=None)
            self._introduce()
            box.folder.set(mail.imap_folder, readonly=True)
            self.uidvalidity = self._read_uidvalidity()
        except _faults() as error:
            self._disconnect()
            raise self._failure(error) from error

    def _open(self) -> Any:
        # Imported here: only a run that fetches pays for it.
        from imap_tools.mailbox import MailBox, MailBoxStartTls, MailBoxUnencrypted

        mail = self._mail
        if mail.imap_security == "ssl":
            return MailBox(mail.imap_host, mail.imap_port, timeout=TIMEOUT, ssl_context=tls_context())
        if mail.imap_security == "starttls":
            return MailBoxStartTls(mail.imap_host, mail.imap_port, timeout=TIMEOUT, ssl_context=tls_context())
        return MailBoxUnencrypted(mail.imap_host, mail.imap_port, timeout=TIMEOUT)

    def _introduce(self) -> None:
        client = self._box.client
        if "ID" not in client.capabilities and not re.search(r"(163|126|yeah|188|netease)\.", self._mail.imap_host):
            return
        imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))
        with contextlib.suppress(imaplib.IMAP4.error):  # a server that will not hear it is asked for the folder anyway
            client._simple_command("ID", _OWN_ID)

    def _read_uidvalidity(self) -> int:
        _, values = self._box.client.response("UIDVALIDITY")
        found = re.search(rb"\d+", values[0]) if values and isinstance(values[0], bytes) else None
        if found:
            return int(found[0])
        return int(self._box.folder.status(self._mail.imap_folder, ["UIDVALIDITY"])["UIDVALIDITY"])

    def _disconnect(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with contextlib.suppress(Exception):  # it may be gone already, in many ways
                box.logout()
            with contextlib.suppress(Exception):
                box.client.shutdown()

    def _failure(self, error: Exception) -> UserError:
        if isinstance(error, UserError):
            return error
        return imap_failure(error, self._mail.imap_host, self._mail.imap_port, self._mail.imap_folder)


def _faults() -> tuple[type[Exception], ...]:
    """What imap-tools, imaplib and the network raise; anything else is a fault of this program and shows itself."""
    from imap_tools.errors import ImapToolsError

    return (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError)


def _internal_date(answer: bytes) -> datetime | None:
    parts = imaplib.Internaldate2tuple(answer)
    return datetime.fromtimestamp(time.mktime(parts), UTC) if parts else None
