"""Answers in from a mailbox: imap-tools for connection, login and folders; every mail as the bytes it came in.

The mailbox is only read: opened read-only, bodies peeked at, nothing marked or deleted. ``move`` alone opens it for
writing, and moves the mails it is told to.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Protocol, Self

from flows.config import Mail
from flows.post import mover
from flows.post.attachments import MailFacts, mail_facts
from flows.post.failures import imap_failure
from flows.post.glance import AT_ONCE, Glance, glances, is_worth_fetching
from flows.post.replies import server_text
from flows.post.secrets import demanded, login_name
from flows.post.settings import TIMEOUT, check_settings, tls_context
from flows.problems import UserError

# NetEase's mailboxes refuse SELECT with “Unsafe Login” until the client has said who it is (RFC 2971).
_OWN_ID = '("name" "taizhang" "version" "1" "vendor" "taizhang")'
_TRIES = 2
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


Key = tuple[int | str, int | str]
"""(uidvalidity, uid): numbers of IMAP; of POP3 its name and a digest."""


Concern = Callable[[MailFacts], bool]
"""Whether a mail has to be fetched, by its head, whatever is in it."""


class Mailbox(Protocol):
    """What a mailbox can do, by whatever protocol it is reached."""

    unfetched: list[Unfetched]
    """Filled while ``new`` is walked through."""
    passed: list[Key]
    """Mails that need not be asked for again, though they were not handed out; filled like ``unfetched``."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def new(
        self, known: Collection[Key] = (), since: date | None = None, concerns: Concern | None = None
    ) -> Iterator[Received]:
        """Every mail that is not known."""
        ...

    def move(self, finished: Collection[Key], folder: str) -> str:
        """Move mails to a folder; a sentence for the clerk when that is not possible."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as it lay in the mailbox. (``uidvalidity``, ``uid``) names it for good in this folder.

    ``received`` is when the server took it in, which no sender can set; None when the server does not say.
    """

    uid: int | str
    uidvalidity: int | str
    raw: bytes
    received: datetime | None
    facts: MailFacts

    @property
    def key(self) -> Key:
        """What to remember, so that the mail is not fetched again."""
        return (self.uidvalidity, self.uid)


@dataclass(frozen=True, slots=True)
class Unfetched:
    """A mail the server would not hand over; it stays where it is and is asked for again next time."""

    uid: int | str
    uidvalidity: int | str
    reason: str


class Inbox:
    """The mailbox of config.toml. Entering it connects, logs in and opens the folder, or raises UserError."""

    def __init__(self, mail: Mail, password: str | None) -> None:
        check_settings(mail, "imap")
        password = demanded(password, mail)
        self._mail = mail
        self._password = password
        self._box: Any = None
        self._broken_in_a_row = 0
        self.uidvalidity = 0
        self.unfetched: list[Unfetched] = []
        """Filled while ``new`` is walked through."""
        self.passed: list[Key] = []
        """Mails that were looked at and not fetched; filled like ``unfetched``."""

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
        """Every mail whose (uidvalidity, uid) is not in ``known`` (numbers or texts), oldest first, one at a time.

        ``since`` leaves out mails that the server took in before that day. A mail that cannot be fetched goes to
        ``unfetched`` and the others follow. A dropped connection is opened again; when that fails, and when the folder
        was rebuilt meanwhile, UserError: what was yielded before stays valid.

        With ``concerns``, mails for which it is False and that neither carry files nor hold a ledger or a link in their
        text are not fetched: they stand in ``passed``.
        """
        self.unfetched.clear()
        self.passed.clear()
        fetched = 0
        before = {(str(uidvalidity), str(uid)) for uidvalidity, uid in known}
        waiting = [uid for uid in self._uids(since) if (str(self.uidvalidity), str(uid)) not in before]
        seen: dict[int, Glance] = {}
        for place, uid in enumerate(waiting):
            if concerns is not None and place % AT_ONCE == 0:
                seen = self._glances(waiting[place : place + AT_ONCE])
            if concerns is not None and uid in seen and not self._is_worth(seen.pop(uid), concerns):
                self.passed.append((self.uidvalidity, uid))
                continue
            mail = self._fetch_again_if_dropped(uid, fetched)
            if mail is not None:
                fetched += 1
                yield mail

    def move(self, finished: Collection[Key], folder: str) -> str:
        """Move mails that lie in the opened folder to ``folder``, which is made when it is missing.

        Done by the server in one step (MOVE), else copied once and then expunged by their own uids only (UIDPLUS): what
        the office itself marked as deleted stays. Asked again after a break, it goes on where it stopped. A sentence
        for the clerk when it cannot be done; the mails then stay where they are.
        """
        wanted = {str(uid) for uidvalidity, uid in finished if str(uidvalidity) == str(self.uidvalidity)}
        if not wanted or folder == self._mail.imap_folder:
            return ""
        try:
            if self._box is None:
                self._connect()
            there = [uid for uid in self._uids(None) if str(uid) in wanted]
            return mover.move(self._box, there, self._mail.imap_folder, folder) if there else ""
        except UserError as failure:
            return f"收完的邮件没有移到“{folder}”：{failure.message}，下次再移"
        except _faults() as error:
            self._disconnect()
            return f"收完的邮件没有移到“{folder}”：{self._failure(error).message}，下次再移"

    def _uids(self, since: date | None) -> list[int]:
        # English month names whatever the locale (RFC 3501).
        criteria = f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}" if since else "ALL"
        try:
            # No charset: several servers in China reject one.
            return sorted({int(uid) for uid in self._box.uids(criteria, charset=None)})
        except _faults() as error:
            raise self._failure(error) from error

    def _glances(self, uids: list[int]) -> dict[int, Glance]:
        """What the server says of mails; of those it says nothing of, and when the line breaks, they are fetched."""
        try:
            return glances(self._box.client, uids) if self._box is not None else {}
        except (imaplib.IMAP4.abort, OSError):
            self._disconnect()
        except imaplib.IMAP4.error:  # a server that cannot tell
            pass
        return {}

    def _is_worth(self, glance: Glance, concerns: Concern) -> bool:
        try:
            return is_worth_fetching(glance, concerns, self._beginning)
        except (imaplib.IMAP4.abort, OSError):
            self._disconnect()
            return True

    def _beginning(self, uid: int, size: int) -> bytes:
        if self._box is None:
            raise OSError("no connection")
        _, data = self._box.client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{size}>)")
        return next((bytes(piece[1]) for piece in data if isinstance(piece, tuple)), b"")

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
