"""Mails moved from one folder of an IMAP mailbox to another: only those named, each once, broken off at any point."""

from __future__ import annotations

import contextlib
import imaplib
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

_AT_ONCE: Final = 100
_MESSAGE_ID = re.compile(rb"message-id:\s*(<[^<>\s]+>)", re.IGNORECASE)


def move(box: Any, uids: Sequence[int], source: str, target: str) -> str:
    """Move ``uids`` of ``source`` to ``target``; ``box`` is an imap-tools mailbox, logged in.

    '' when all is done, else a sentence for the clerk. Raises what imaplib and imap-tools raise.
    """
    if not box.folder.exists(target):
        box.folder.create(target)
    client = box.client
    with contextlib.suppress(imaplib.IMAP4.error):
        # Many servers tell all they can do only after the login.
        client.capabilities = tuple(client.capability()[1][0].decode("ascii", "replace").upper().split())
    able = {str(word) for word in client.capabilities}
    if not able & {"MOVE", "UIDPLUS"}:
        return f"邮箱服务器不支持移动邮件，收完的 {len(uids)} 封仍在收件箱里，请自行移到“{target}”"
    encoded = _encoded(target)
    box.folder.set(source)
    try:
        if "MOVE" in able:
            for some in _slices(uids):
                _ask(client, "MOVE", some, encoded)
        else:
            for uid in uids:
                _copy_once(box, uid, source, target)
                _ask(client, "STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
                _ask(client, "EXPUNGE", str(uid))
    finally:
        box.folder.set(source, readonly=True)
    return ""


def _copy_once(box: Any, uid: int, source: str, target: str) -> None:
    """Copy a mail unless a run that was broken off has copied it before."""
    client = box.client
    _, data = client.uid("FETCH", str(uid), "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
    found = next((hit for piece in data if isinstance(piece, tuple) and (hit := _MESSAGE_ID.search(piece[1]))), None)
    if found is not None:
        box.folder.set(target, readonly=True)
        wanted = found[1].decode("ascii", "replace")
        _, hits = client.uid("SEARCH", "HEADER", "Message-ID", f'"{wanted}"')
        box.folder.set(source)
        if hits and hits[0]:
            return
    _ask(client, "COPY", str(uid), _encoded(target))


def _ask(client: Any, command: str, *arguments: str | bytes) -> None:
    answer, data = client.uid(command, *arguments)
    if answer != "OK":
        words = data[0] if data and isinstance(data[0], bytes) else b""
        raise imaplib.IMAP4.error(words or f"{command} {answer}".encode())


def _slices(uids: Sequence[int]) -> Iterator[str]:
    for place in range(0, len(uids), _AT_ONCE):
        yield ",".join(str(uid) for uid in uids[place : place + _AT_ONCE])


def _encoded(folder: str) -> bytes:
    from imap_tools.imap_utf7 import utf7_encode

    # Quoted, since imaplib quotes nothing in UID commands.
    return b'"' + utf7_encode(folder).replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
