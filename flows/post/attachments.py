"""What a received mail carries: its facts and its attached files, also those of mails forwarded inside it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

from flows.periods import CHINA
from flows.post.headers import address, decode_header, message_ids, parameter, raw_header

_DEPTH = 8
"""Forwarded mails inside forwarded mails are opened this deep."""
_SIGNATURES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"})
_DATA_FILE = re.compile(r"\.(csv|tsv|xml|xlsx?|et|ods|docx?|wps|pdf|ofd|zip|rar|7z|eml)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file; ``name`` is decoded, without folders, never empty."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class MailFacts:
    """Who wrote what when, as the headers say. Missing headers are '' or None.

    ``in_reply_to`` falls back to the last of References. ``automatic``: a bounce, an absence note or a delivery
    report, which is no answer of a unit. A mail that a unit's OA system made by itself (auto-generated) may well be.
    """

    sender: str
    sender_name: str
    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    subject: str
    date: datetime | None
    automatic: bool


def mail_facts(raw: bytes) -> MailFacts:
    """Read the headers of a mail; never raises, whatever the bytes are."""
    mail = message_from_bytes(raw)
    sender, name = address(raw_header(mail, "From") or raw_header(mail, "Sender"))
    references = message_ids(raw_header(mail, "References"))
    parents = message_ids(raw_header(mail, "In-Reply-To")) or references[-1:]
    own = message_ids(raw_header(mail, "Message-ID"))
    return MailFacts(
        sender=sender,
        sender_name=name,
        message_id=own[0] if own else "",
        in_reply_to=parents[0] if parents else "",
        references=references,
        subject=decode_header(mail, "Subject"),
        date=_date(raw_header(mail, "Date")),
        automatic=_is_automatic(mail, sender),
    )


def attachments(raw: bytes) -> tuple[Attachment, ...]:
    """Every file in the mail in its order; () for an automatic one, which at most brings our own letter back.

    Forwarded mails are opened, as a part of the mail and as an .eml file. Left out: the body, pictures that belong to
    it (signatures, logos) and cryptographic signatures. Names may repeat; damaged encodings give what can be read.
    """
    mail = message_from_bytes(raw)
    if _is_automatic(mail, address(raw_header(mail, "From"))[0]):
        return ()
    return tuple(_files(mail, _DEPTH))


def _files(part: Message, depth: int) -> Iterator[Attachment]:
    kind = part.get_content_type()
    if _is_report(part):
        return
    if kind == "message/rfc822" or kind == "message/global":
        if depth > 0:
            yield from _forwarded(part, depth - 1)
        return
    if part.is_multipart():
        for child in _children(part):
            yield from _files(child, depth)
        return
    name = file_name(part)
    if _is_body(part, kind, name) or kind.startswith("multipart/"):  # the latter: its boundary is missing
        return
    data = _payload(part)
    if name.lower().endswith(".eml") and depth > 0:
        inner = tuple(_files(message_from_bytes(data), depth - 1))
        if inner:
            yield from inner
            return
    if data or name:
        yield Attachment(name or f"附件{_suffix(data)}", data)


def file_name(part: Message) -> str:
    """The decoded file name of a part, from either header that may hold it, without any folder; '' when it has none."""
    found = parameter(part, "Content-Disposition", "filename") or parameter(part, "Content-Type", "name")
    return re.split(r"[\\/]", found)[-1].strip().strip(".") if found else ""


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _is_automatic(mail: Message, sender: str) -> bool:
    # Not every provider writes its bounces as multipart/report: the sender tells then.
    return (
        _is_report(mail)
        or raw_header(mail, "Auto-Submitted").strip().lower().startswith("auto-replied")
        or raw_header(mail, "Return-Path").strip() == "<>"
        or sender.partition("@")[0] in {"mailer-daemon", "postmaster"}
    )


def _is_report(part: Message) -> bool:
    kind = part.get_content_type()
    return kind == "multipart/report" or kind == "message/delivery-status"


def _is_body(part: Message, kind: str, name: str) -> bool:
    disposition = raw_header(part, "Content-Disposition").partition(";")[0].strip().lower()
    main = kind.partition("/")[0]
    if kind in _SIGNATURES or kind == "text/calendar":
        return True
    if disposition == "attachment":
        return False
    if main == "text":
        return not _DATA_FILE.search(name)
    if main == "image":
        return disposition == "inline" or bool(raw_header(part, "Content-ID")) or not name
    return False


def _forwarded(part: Message, depth: int) -> Iterator[Attachment]:
    for child in _children(part):
        if raw_header(part, "Content-Transfer-Encoding").strip().lower() == "base64":
            # Not allowed by RFC 2046, but written: the parser then took the base64 text for the mail itself.
            yield from _files(message_from_bytes(_base64(child.as_bytes())), depth)
        else:
            yield from _files(child, depth)


def _payload(part: Message) -> bytes:
    encoding = raw_header(part, "Content-Transfer-Encoding").strip().lower()
    if encoding == "base64":
        payload = part.get_payload()
        return _base64(payload.encode("utf-8", "replace")) if isinstance(payload, str) else b""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, binascii.Error):
        data = None
    if isinstance(data, bytes):
        return data
    payload = part.get_payload()
    return payload.encode("utf-8", "replace") if isinstance(payload, str) else b""


def _base64(text: bytes) -> bytes:
    """Lenient: foreign characters are skipped and missing padding is added, as mail clients do.

    What follows the padding is a footer that a gateway hung on, and is cut off.
    """
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", text.partition(b"=")[0])
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def _suffix(data: bytes) -> str:
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
