"""Real mail servers on loopback for tests: aiosmtpd for letters out, dovecot for answers in.

``start_smtp`` and ``start_imap`` are context managers for any test; ``smtp_server`` and ``imap_server`` are fixtures
of the plain kind (import them into a conftest.py, or use the functions).
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from flows.config import Mail
from tests.certificates import Certificate
from tests.dovecot import ADDRESS, PASSWORD, ImapServer, free_port, start_imap

__all__ = [
    "ADDRESS",
    "PASSWORD",
    "ImapServer",
    "SentMail",
    "SmtpServer",
    "free_port",
    "imap_server",
    "smtp_server",
    "start_imap",
    "start_smtp",
]


@dataclass
class SentMail:
    """A letter that the server took over, as it came over the line."""

    sender: str
    to: tuple[str, ...]
    data: bytes
    connection: int


@dataclass
class SmtpServer:
    """What the server has seen, and how it is told to misbehave."""

    port: int
    security: str
    address: str = ADDRESS
    password: str = PASSWORD
    user: str = ""
    """Login name where it is not the address."""
    letters: list[SentMail] = field(default_factory=list)
    connections: int = 0
    logins: int = 0
    refuse: dict[str, str] = field(default_factory=dict)
    """Address → reply to RCPT, such as "550 5.1.1 User not found"."""
    answers: list[str] = field(default_factory=list)
    """Replies to the next complete letters instead of 250, first come first served; such a letter is not kept."""
    drop_mid_letter: int = 0
    """So many next letters break off after their first lines."""
    lose_answer: int = 0
    """So many next letters are taken over, and the connection breaks before the reply."""
    drop_after_letter: int = 0
    """So many next letters are taken over and answered, and the connection breaks after that."""
    login_answer: str | bytes = ""
    """Reply to every login instead of checking it."""
    greylist: float | None = None
    """Seconds for which an address that comes for the first time is put off with 451; None: nobody is."""
    per_connection: int = 0
    """So many letters a connection, then 421 and the line is cut; 0: no limit."""
    per_window: tuple[int, float] | None = None
    """So many letters within so many seconds; who hurries more gets 421 and the line is cut."""
    seconds_a_letter: float = 0.0
    """How long taking a letter over lasts: half of it before the letter is kept, half before it is answered."""
    on_letter: Callable[[bytes], object] | None = None
    """What happens with a letter that was kept, e.g. ``imap_server.deliver``."""
    put_off: Counter[str] = field(default_factory=Counter)
    """How often each address, or "421" for the limits, was told to come later."""
    _first_seen: dict[str, float] = field(default_factory=dict)
    _taken_at: deque[float] = field(default_factory=deque)

    @property
    def got(self) -> Counter[str]:
        """Address → letters it got."""
        return Counter(address for letter in self.letters for address in letter.to)

    def too_early(self, address: str) -> bool:
        """Whether greylisting puts this address off."""
        if self.greylist is None:
            return False
        if address not in self._first_seen:
            self._first_seen[address] = time.monotonic()
            return True
        return time.monotonic() - self._first_seen[address] < self.greylist

    def too_many(self, on_this_connection: int) -> str:
        """What to say when a limit is reached, else ''."""
        if self.per_connection and on_this_connection >= self.per_connection:
            return "421 4.7.0 Too many messages in this connection"
        if self.per_window is None:
            return ""
        count, seconds = self.per_window
        while self._taken_at and self._taken_at[0] < time.monotonic() - seconds:
            self._taken_at.popleft()
        return "421 4.7.0 Too many messages, sender frequency limited" if len(self._taken_at) >= count else ""

    def keep(self, letter: SentMail) -> None:
        """The letter is the receiver's now."""
        self.letters.append(letter)
        self._taken_at.append(time.monotonic())
        if self.on_letter:
            self.on_letter(letter.data)

    @property
    def mail(self) -> Mail:
        """Settings for this server."""
        return Mail.model_validate(
            {
                "transport": "smtp",
                "address": self.address,
                "user": self.user,
                "smtp_host": "127.0.0.1",
                "smtp_port": self.port,
                "smtp_security": self.security,
                "pause_seconds": 0,
            }
        )


class _Smtp(SMTP):
    def __init__(self, server: SmtpServer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.told = server
        self.taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if (not self._over_ssl and self.session is None) or (self._over_ssl and self.told.security == "ssl"):
            self.told.connections += 1
        super().connection_made(transport)

    def cut(self) -> None:
        """Break the line without a word."""
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    @syntax("MAIL FROM: <address>", extended=" [SP <mail-parameters>]")
    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802
        if answer := self.told.too_many(self.taken):
            self.told.put_off["421"] += 1
            await self.push(answer)
            if self.transport is not None:
                self.transport.close()
            return
        await super().smtp_MAIL(arg)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.told.drop_mid_letter:
            self.told.drop_mid_letter -= 1
            await self.push("354 go on")
            await self._reader.readline()
            self.cut()
            return
        await super().smtp_DATA(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        if self.told.login_answer:
            answer = self.told.login_answer
            await self.push(answer if isinstance(answer, bytes) else answer.encode())
            return
        await super().smtp_AUTH(arg)


class _Handler:
    def __init__(self, server: SmtpServer) -> None:
        self.told = server

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.told.refuse:
            return self.told.refuse[address]
        if self.told.too_early(address):
            self.told.put_off[address] += 1
            return "451 4.7.1 Greylisted, please try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Smtp, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.told.answers:
            answer = self.told.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        # A client that is killed here has lost its letter, one that is killed below only the answer.
        await asyncio.sleep(self.told.seconds_a_letter / 2)
        server.taken += 1
        self.told.keep(SentMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, self.told.connections))
        await asyncio.sleep(self.told.seconds_a_letter / 2)
        if self.told.lose_answer:
            self.told.lose_answer -= 1
            server.cut()
        elif self.told.drop_after_letter:
            self.told.drop_after_letter -= 1
            server.loop.call_later(0.05, server.cut)
        return "250 taken"


class _Controller(Controller):
    def __init__(self, server: SmtpServer, context: ssl.SSLContext | None) -> None:
        self.told = server
        self.tls = context if server.security == "starttls" else None
        whole = context if server.security == "ssl" else None
        super().__init__(_Handler(server), hostname="127.0.0.1", port=server.port, ssl_context=whole)

    def factory(self) -> SMTP:
        def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
            right = LoginPassword((self.told.user or self.told.address).encode(), self.told.password.encode())
            self.told.logins += 1
            # handled=False: aiosmtpd itself then writes the 535.
            return AuthResult(success=data == right, handled=False)

        with warnings.catch_warnings():  # about logins without TLS: this is loopback
            warnings.simplefilter("ignore", UserWarning)
            return _Smtp(
                self.told,
                self.handler,
                authenticator=check,
                auth_required=True,
                auth_require_tls=self.told.security == "starttls",
                tls_context=self.tls,
                data_size_limit=64 * 1024 * 1024,
                hostname="mail.office.example",
            )


@contextlib.contextmanager
def start_smtp(security: str = "none", certificate: Certificate | None = None) -> Iterator[SmtpServer]:
    """An SMTP server that asks for a login. ssl and starttls need a ``certificate``."""
    server = SmtpServer(free_port(), security)
    controller = _Controller(server, certificate.server_context() if certificate else None)
    controller.start()
    server.connections = 0  # aiosmtpd knocks at its own door first
    try:
        yield server
    finally:
        controller.stop()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """An SMTP server on loopback with login, without encryption."""
    with start_smtp() as server:
        yield server


@pytest.fixture
def imap_server() -> Iterator[ImapServer]:
    """A dovecot on loopback with one empty mailbox."""
    with start_imap() as server:
        yield server
