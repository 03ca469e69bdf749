"""A dovecot of the test's own on loopback. Tests import it through ``tests.servers``."""

from __future__ import annotations

import contextlib
import getpass
import itertools
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flows.config import Mail
from tests.certificates import Certificate
from tests.needs import need

ADDRESS = "gongkai@office.example"
PASSWORD = "shouquanma-2026"


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

    def files(self, mailbox: str = "") -> list[Path]:
        """Every mail of INBOX (or of a Maildir++ folder) as a file; one that was read has ``S`` in its name's flags."""
        return sorted([*(self.folder / mailbox).glob("new/*"), *(self.folder / mailbox).glob("cur/*")])

    @property
    def seen(self) -> list[str]:
        """Names of the mails that are marked as read."""
        return [path.name for path in self.files() if "S" in path.name.partition(":2,")[2]]

    @property
    def log(self) -> str:
        """What dovecot has logged."""
        path = self.folder.parent / "dovecot.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def sent_bytes(self) -> list[int]:
        """Bytes that dovecot handed out, by connection in the order of their ends."""
        return [int(found) for found in re.findall(r"imap\(.*\bout=(\d+)", self.log)]


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
