"""Mails dragged out of Outlook (.msg): who wrote what when, and the attached files. Source: [MS-OXMSG]."""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flows.post.attachments import Attachment, MailFacts, attachments, mail_facts
from flows.post.file_names import plain_name
from flows.post.headers import decode_bytes, message_ids

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PROPERTIES: Final = "__properties_version1.0"
_DEPTH: Final = 8
_EMBEDDED: Final = "__substg1.0_3701000D"


@dataclass(frozen=True, slots=True)
class OutlookMail:
    """What a .msg says. ``attachments`` holds those of mails forwarded inside it too; () for an automatic one."""

    facts: MailFacts
    attachments: tuple[Attachment, ...]


def is_outlook(data: bytes) -> bool:
    """Whether the bytes are a .msg, whatever the name."""
    return data.startswith(_OLE) and _PROPERTIES.encode("utf-16-le") in data


def read_outlook(data: bytes) -> OutlookMail | None:
    """Read a .msg; None when it is damaged."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as store:
            mail = _Node(store, [])
            facts = _facts(mail)
            return OutlookMail(facts, () if facts.automatic else tuple(_files(mail, _DEPTH)))
    except Exception:  # on damaged files olefile raises whatever its arithmetic runs into
        return None


class _Node:
    """A message or an attachment: a storage with its properties."""

    def __init__(self, store: Any, path: list[str]) -> None:
        self.store = store
        self.path = path

    def stream(self, name: str) -> bytes:
        path = [*self.path, name]
        if not self.store.exists(path) or self.store.get_type(path) != 2:
            return b""
        with self.store.openstream(path) as found:
            content: bytes = found.read()
            return content

    def text(self, *tags: str) -> str:
        """The first of the properties that is there, as text."""
        for tag in tags:
            if wide := self.stream(f"__substg1.0_{tag}001F"):
                return wide.decode("utf-16-le", "replace").rstrip("\0").strip()
            if narrow := self.stream(f"__substg1.0_{tag}001E"):
                return decode_bytes(narrow.rstrip(b"\0"), "gb18030").strip()
        return ""

    def fixed(self, tag: int) -> bytes:
        """The 8 bytes of a property of fixed size; b'' when it is not there."""
        data = self.stream(_PROPERTIES)
        # Entries of 16 bytes stand behind a head whose size depends on what holds them: counted from the end.
        for place in range(len(data) % 16, len(data) - 15, 16):
            if struct.unpack_from("<H", data, place + 2)[0] == tag:
                return data[place + 8 : place + 16]
        return b""

    def children(self, prefix: str) -> list[_Node]:
        depth = len(self.path)
        names = {
            path[depth]
            for path in self.store.listdir(streams=True, storages=True)
            if len(path) > depth and path[:depth] == self.path and path[depth].startswith(prefix)
        }
        return [_Node(self.store, [*self.path, name]) for name in sorted(names)]


def _facts(mail: _Node) -> MailFacts:
    headers = mail.text("007D")
    facts = mail_facts(headers.encode("utf-8", "surrogateescape")) if headers else mail_facts(b"")
    sender = next((found for found in (mail.text(tag) for tag in ("5D01", "0C1F", "0065")) if "@" in found), "")
    parents = message_ids(mail.text("1042"))
    own = message_ids(mail.text("1035"))
    return replace(
        facts,
        sender=facts.sender or sender.lower(),
        sender_name=facts.sender_name or mail.text("0C1A", "0042"),
        message_id=facts.message_id or (own[0] if own else ""),
        in_reply_to=facts.in_reply_to or (parents[0] if parents else ""),
        subject=mail.text("0037") or facts.subject,
        date=facts.date or _time(mail.fixed(0x0039)) or _time(mail.fixed(0x0E06)),
        automatic=facts.automatic or mail.text("001A").upper().startswith("REPORT."),
    )


def _time(filetime: bytes) -> datetime | None:
    """A count of 100 ns since 1601."""
    if len(filetime) != 8 or not any(filetime):
        return None
    try:
        return datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=int.from_bytes(filetime, "little") // 10)
    except OverflowError:
        return None


def _files(mail: _Node, depth: int) -> Iterator[Attachment]:
    for each in mail.children("__attach_version1.0_"):
        if each.store.exists([*each.path, _EMBEDDED]):
            if depth > 0:
                yield from _files(_Node(each.store, [*each.path, _EMBEDDED]), depth - 1)
            continue
        data = each.stream("__substg1.0_37010102")
        name = plain_name(each.text("3707", "3704", "3001"), "")
        # Pictures that belong to the body: logos, signatures.
        if each.text("3712") and re.match(r"image/", each.text("370E"), re.IGNORECASE):
            continue
        if name.lower().endswith(".eml") and depth > 0 and (inner := attachments(data)):
            yield from inner
        elif data or name:
            yield Attachment(name or "附件", data)
