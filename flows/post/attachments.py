"""What a received mail carries: its facts and its attached files, also those of mails forwarded inside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from flows.periods import CHINA
from flows.post.headers import address, decode_header, message_ids, raw_header
from flows.post.nature import Nature, nature_of
from flows.post.parts import children, disposition, file_name, forwarded, is_mail, payload
from flows.post.tnef import wrapped_files

_DEPTH = 8
"""Forwarded mails inside forwarded mails are opened this deep."""
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_DATA_FILE = re.compile(r"\.(csv|tsv|xml|xlsx?|et|ods|docx?|wps|pdf|ofd|zip|rar|7z|eml)$", re.IGNORECASE)
_PAGE = re.compile(r"\.(html?|mhtml?|txt)$", re.IGNORECASE)
_TABLE = tuple("任务编号".encode(charset) for charset in ("utf-8", "gb18030", "utf-16-le"))


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file; ``name`` is decoded, without folders, never empty."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailFacts:
    """Who wrote what when, as the headers say. Missing headers are '' or None.

    ``in_reply_to`` falls back to the last of References. ``automatic``: a bounce, an absence note or a receipt, which
    is no answer of a unit unless a workbook is attached to an absence note. A mail that a unit's OA system made by
    itself (auto-generated) may well be one.
    """

    sender: str
    sender_name: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    subject: str
    date: datetime | None
    automatic: bool
    nature: Nature = Nature.LETTER


def mail_facts(raw: bytes) -> MailFacts:
    """Read the headers of a mail; never raises, whatever the bytes are."""
    mail = message_from_bytes(raw)
    sender, name = address(raw_header(mail, "From") or raw_header(mail, "Sender"))
    references = message_ids(raw_header(mail, "References"))
    parents = message_ids(raw_header(mail, "In-Reply-To")) or references[-1:]
    own = message_ids(raw_header(mail, "Message-ID"))
    nature = nature_of(mail)
    return MailFacts(
        sender=sender,
        sender_name=name,
        message_id=own[0] if own else "",
        in_reply_to=parents[0] if parents else "",
        references=references,
        subject=decode_header(mail, "Subject"),
        date=_date(raw_header(mail, "Date")),
        automatic=nature.automatic,
        nature=nature,
    )


def attachments(raw: bytes) -> tuple[Attachment, ...]:
    """Every file in the mail in its order; () for a bounce or a receipt, which at most brings our own letter back.

    Forwarded mails are opened, as a part of the mail and as an .eml file, but not those in an absence note: they are
    what it answers. Left out: the body, pictures that belong to it (signatures, logos) and cryptographic signatures.
    Names may repeat; damaged encodings give what can be read.
    """
    mail = message_from_bytes(raw)
    nature = nature_of(mail)
    if nature in (Nature.BOUNCE, Nature.RECEIPT):
        return ()
    return tuple(_files(mail, 0 if nature is Nature.ABSENCE else _DEPTH))


def _files(part: Message, depth: int) -> Iterator[Attachment]:
    kind = part.get_content_type()
    if kind == "multipart/report" or kind == "message/delivery-status":
        return
    if is_mail(part):
        if depth > 0:
            for inner in forwarded(part):
                yield from _files(inner, depth - 1)
        return
    if part.is_multipart():
        for child in children(part):
            yield from _files(child, depth)
        return
    name = file_name(part)
    if kind.startswith("multipart/"):  # its boundary is missing
        return
    if _is_body(part, kind, name) and not (_PAGE.search(name) and _is_table(payload(part))):
        return
    data = payload(part)
    if name.lower().endswith(".eml") and depth > 0:
        inner_files = tuple(_files(message_from_bytes(data), depth - 1))
        if inner_files:
            yield from inner_files
            return
    if data.startswith(b"\x78\x9f\x3e\x22") and depth > 0 and (wrapped := wrapped_files(data)):
        yield from (Attachment(each, content) for each, content in wrapped)
        return
    if data or name:
        yield Attachment(name or f"附件{_suffix(data)}", data)


def _is_body(part: Message, kind: str, name: str) -> bool:
    placed = disposition(part)
    main = kind.partition("/")[0]
    if kind in _SIGNATURES or kind == "text/calendar":
        return True
    if placed == "attachment":
        return False
    if main == "text":
        return not _DATA_FILE.search(name)
    if main == "image":
        return placed == "inline" or bool(raw_header(part, "Content-ID")) or not name
    return False


def _is_table(data: bytes) -> bool:
    """A ledger exported as a page or a text, which some programs attach like a body."""
    return any(word in data for word in _TABLE)


def _suffix(data: bytes) -> str:
    if data.startswith(b"Rar!"):
        return ".rar"
    if data.startswith(b"7z\xbc\xaf"):
        return ".7z"
    if data.startswith(b"PK\x03\x04"):
        head = data[:4096] + data[-4096:]
        return ".xlsx" if b"xl/" in head else ".docx" if b"word/" in head else ".zip"
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return ".xls"
    return ".pdf" if data.startswith(b"%PDF") else ".bin"


def _date(text: str) -> datetime | None:
    shown = text.strip()
    try:
        found = datetime.fromisoformat(shown)
    except ValueError:
        try:
            found = parsedate_to_datetime(shown)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None
    # RFC 5322: -0000 is UTC of an unknown place; a zone left out is a client here.
    return found if found.tzinfo else found.replace(tzinfo=UTC if shown.endswith("-0000") else CHINA)
