"""Real mail servers on loopback for tests: aiosmtpd for letters out, dovecot for answers in.

``start_smtp`` and ``start_imap`` are context managers for any test; ``smtp_server`` and ``imap_server`` are fixtures
of the plain kind (import them into a conftest.py, or use the functions).
"""

from __future__ import annotations

import asyncio
import contextlib
import getpass
import itertools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session, syntax

from flows.config import Mail
from tests.certificates import Certificate
from tests.needs import need

ADDRESS = "gongkai@office.example"
PASSWORD = "shouquanma-2026"


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

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if (not self._over_ssl and self.session is None) or (self._over_ssl and self.told.security == "ssl"):
            self.told.connections += 1
        super().connection_made(transport)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.told.drop_mid_letter:
            self.told.drop_mid_letter -= 1
            await self.push("354 go on")
            await self._reader.readline()
            self.transport.abort()
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
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: _Smtp, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.told.answers:
            answer = self.told.answers.pop(0)
            if not answer.startswith("250"):
                return answer
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        self.told.letters.append(
            SentMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), content, self.told.connections)
        )
        if self.told.lose_answer:
            self.told.lose_answer -= 1
            server.transport.abort()
        elif self.told.drop_after_letter:
            self.told.drop_after_letter -= 1
            server.loop.call_later(0.05, server.transport.abort)
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


@dataclass
class ImapServer:
    """A dovecot of the test's own with one mailbox."""

    port: int
    ssl_port: int
    folder: Path
    address: str = ADDRESS
    password: str = PASSWORD
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def mail(self) -> Mail:
        """Settings for this server, without encryption."""
        return Mail.model_validate(
            {
                "address": self.address,
                "imap_host": "127.0.0.1",
                "imap_port": self.port,
                "imap_security": "none",
            }
        )

    def deliver(self, raw: bytes, mailbox: str = "") -> Path:
        """Put a mail into INBOX (or a Maildir++ folder such as ``.Sent``) as a mail server does."""
        box = self.folder / mailbox
        for name in ("tmp", "new", "cur"):
            (box / name).mkdir(parents=True, exist_ok=True)
            _give_to_mailbox_user(box / name)
        _give_to_mailbox_user(box)
        name = f"{time.time_ns() // 1000}.M{next(self._numbers)}.test"
        unfinished = box / "tmp" / name
        unfinished.write_bytes(raw)
        _give_to_mailbox_user(unfinished)
        return unfinished.rename(box / "new" / name)

    def files(self) -> list[Path]:
        """Every mail of INBOX as a file; one that was read has ``S`` in its name's flags."""
        return sorted([*(self.folder / "new").iterdir(), *(self.folder / "cur").iterdir()])

    @property
    def seen(self) -> list[str]:
        """Names of the mails that are marked as read."""
        return [path.name for path in self.files() if "S" in path.name.partition(":2,")[2]]

    @property
    def log(self) -> str:
        """What dovecot has logged."""
        path = self.folder.parent / "dovecot.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


@contextlib.contextmanager
def start_imap(certificate: Certificate | None = None) -> Iterator[ImapServer]:
    """Run dovecot on free ports in a folder of its own; skips where dovecot is not installed (fails under CI)."""
    program = need("dovecot", "dovecot-imapd")
    # Not below tmp_path: unix sockets allow about 100 characters, and the mailbox user must get through to it.
    root = Path(tempfile.mkdtemp(prefix="tz-dovecot-"))
    root.chmod(0o755)
    server = ImapServer(free_port(), free_port(), root / "mail")
    for folder in (server.folder, root / "index"):
        folder.mkdir()
        _give_to_mailbox_user(folder)
    (root / "users").write_text(f"{server.address}:{{PLAIN}}{server.password}\n", encoding="utf-8")
    settings = root / "dovecot.conf"
    settings.write_text(_dovecot_settings(root, server, certificate), encoding="utf-8")
    process = subprocess.Popen(
        [program, "-F", "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        _wait_for(server.port, process, server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        shutil.rmtree(root, ignore_errors=True)


def free_port() -> int:
    """A TCP port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def _dovecot_settings(root: Path, server: ImapServer, certificate: Certificate | None) -> str:
    user = _mailbox_user()
    internal = "" if os.geteuid() == 0 else f"default_internal_user = {user}\ndefault_login_user = {user}\n"
    internal += "" if os.geteuid() == 0 else f"default_internal_group = {_group_name()}\n"
    # Without root nobody can chroot; dovecot's login and anvil processes do so by default.
    unrooted = "" if os.geteuid() == 0 else "chroot = \n"
    tls = f"ssl = yes\nssl_cert = <{certificate.path}\nssl_key = <{certificate.key}\n" if certificate else "ssl = no\n"
    return f"""
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap
listen = 127.0.0.1
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
mail_location = maildir:{server.folder}:INDEX={root}/index
imap_id_log = *
{internal}{tls}
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={_group_name()} home={root}
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  {unrooted}
  inet_listener imap {{
    port = {server.port}
  }}
  inet_listener imaps {{
    port = {server.ssl_port if certificate else 0}
  }}
}}
service anvil {{
  {unrooted}
}}
service stats {{
  {unrooted}
}}
"""


def _mailbox_user() -> str:
    """Dovecot will not touch a mailbox as root."""
    return "mail" if os.geteuid() == 0 else getpass.getuser()


def _group_name() -> str:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(_mailbox_user()).pw_gid).gr_name


def _give_to_mailbox_user(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, _mailbox_user(), _group_name())


def _wait_for(port: int, process: subprocess.Popen[str], server: ImapServer) -> None:
    end = time.monotonic() + 15
    while time.monotonic() < end:
        if process.poll() is not None:
            errors = process.stderr.read() if process.stderr else ""
            pytest.fail(f"dovecot ended at once: {errors}\n{server.log}")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                if probe.recv(10):
                    return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"dovecot does not answer: {server.log}")
