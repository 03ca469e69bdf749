"""A mailbox opened step by step over IMAP, and which of its folders holds what was sent."""

from __future__ import annotations

import contextlib
import imaplib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flows.config import Mail
from flows.post.failures import imap_failure
from flows.post.secrets import login_name
from flows.post.settings import TIMEOUT, check_settings, tls_context

# NetEase's mailboxes refuse SELECT with “Unsafe Login” until the client has said who it is (RFC 2971).
_OWN_ID = '("name" "taizhang" "version" "1" "vendor" "taizhang")'
_NETEASE = re.compile(r"(163|126|yeah|188|netease)\.")
_SENT_NAMES = ("Sent Messages", "Sent Items", "Sent", "Sent Mail", "已发送", "已发送邮件", "已发邮件")


def connect(mail: Mail) -> Any:
    """imap-tools' MailBox, connected and encrypted as config.toml says, not logged in."""
    # Imported here: only a run that reads mail pays for it.
    from imap_tools.mailbox import MailBox, MailBoxStartTls, MailBoxUnencrypted

    check_settings(mail, "imap")
    if mail.imap_security == "ssl":
        return MailBox(mail.imap_host, mail.imap_port, timeout=TIMEOUT, ssl_context=tls_context())
    if mail.imap_security == "starttls":
        return MailBoxStartTls(mail.imap_host, mail.imap_port, timeout=TIMEOUT, ssl_context=tls_context())
    return MailBoxUnencrypted(mail.imap_host, mail.imap_port, timeout=TIMEOUT)


def log_in(box: Any, mail: Mail, password: str) -> None:
    """Log in without opening a folder."""
    try:
        box.login(login_name(mail), password, initial_folder=None)
    except UnicodeEncodeError:
        box.login_utf8(login_name(mail), password, initial_folder=None)


def introduce(box: Any, mail: Mail) -> bool:
    """Say who we are where the server wants to know; whether it took that (True too where nobody asks)."""
    client = box.client
    if "ID" not in client.capabilities and not _NETEASE.search(mail.imap_host):
        return True
    imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))
    try:
        answer, _ = client._simple_command("ID", _OWN_ID)
    except imaplib.IMAP4.error:  # a server that will not hear it is asked for the folder anyway
        return False
    return bool(answer == "OK")


def close(box: Any) -> None:
    """Log out, whatever has become of the connection."""
    with contextlib.suppress(Exception):
        box.logout()
    with contextlib.suppress(Exception):
        box.client.shutdown()


@contextmanager
def mailbox(mail: Mail, password: str) -> Iterator[Any]:
    """A mailbox logged in, no folder open; UserError in Chinese for whatever server or network do meanwhile."""
    box: Any = None
    try:
        box = connect(mail)
        log_in(box, mail, password)
        introduce(box, mail)
        yield box
    except imap_faults() as error:
        raise imap_failure(error, mail.imap_host, mail.imap_port, mail.imap_folder) from error
    finally:
        if box is not None:
            close(box)


def sent_folder(box: Any) -> str | None:
    r"""The folder with copies of what was sent: by its ``\Sent`` mark (RFC 6154), else by a name providers use."""
    folders = list(box.folder.list())
    for folder in folders:
        if any(flag.lower() == "\\sent" for flag in folder.flags):
            return str(folder.name)
    names = {folder.name.rpartition(folder.delim or "/")[2].lower(): folder.name for folder in folders}
    return next((str(names[name.lower()]) for name in _SENT_NAMES if name.lower() in names), None)


def holds(box: Any, message_id: str) -> bool:
    """Whether the open folder has a mail with this Message-ID. What the server finds is looked at: some find too much.

    The mailbox is not changed.
    """
    found = box.uids(f'HEADER Message-ID "{message_id}"', charset=None)
    for uid in list(found)[-20:]:
        _, data = box.client.uid("FETCH", str(uid), "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        if any(message_id.encode() in bytes(piece[1]) for piece in data if isinstance(piece, tuple)):
            return True
    return False


def imap_faults() -> tuple[type[Exception], ...]:
    """What imap-tools, imaplib and the network raise; anything else is a fault of this program and shows itself."""
    from imap_tools.errors import ImapToolsError

    return (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError)
