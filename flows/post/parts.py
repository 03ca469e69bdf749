"""The parts of a mail and what is in them: bytes, texts and names, read as leniently as mail clients do."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Final

from flows.post.file_names import plain_name
from flows.post.headers import decode_bytes, parameter, raw_header

_META = re.compile(rb"<meta[^>]*charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_UNSEEN = re.compile(r"<(script|style|head|title)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_LINE_END = re.compile(r"<br\b[^>]*>|</(?:p|div|li|tr|h\d|table|blockquote)\s*>", re.IGNORECASE)
_TEXT_LIMIT: Final = 2**21
"""Bytes of a body that are looked at."""


def children(part: Message) -> list[Message]:
    """The parts that a part consists of."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def forwarded(part: Message) -> list[Message]:
    """The mails in a message/rfc822 part, also when somebody packed them in base64 (RFC 2046 forbids it)."""
    if raw_header(part, "Content-Transfer-Encoding").strip().lower() == "base64":
        # The parser took the base64 text for the mail itself.
        return [message_from_bytes(from_base64(child.as_bytes())) for child in children(part)]
    return children(part)


def payload(part: Message) -> bytes:
    """The bytes of a part that has no parts."""
    encoding = raw_header(part, "Content-Transfer-Encoding").strip().lower()
    if encoding == "base64":
        text = part.get_payload()
        return from_base64(text.encode("utf-8", "replace")) if isinstance(text, str) else b""
    try:
        data = part.get_payload(decode=True)
    except (ValueError, LookupError, binascii.Error):
        data = None
    if isinstance(data, bytes):
        return data
    text = part.get_payload()
    return text.encode("utf-8", "replace") if isinstance(text, str) else b""


def from_base64(text: bytes) -> bytes:
    """Lenient: foreign characters are skipped and missing padding is added, as mail clients do.

    What follows the padding is a footer that a gateway hung on, and is cut off.
    """
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", text.partition(b"=")[0])
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return base64.b64decode(kept + b"=" * (-len(kept) % 4))


def file_name(part: Message) -> str:
    """The decoded file name of a part, from either header that may hold it, without any folder; '' when it has none."""
    found = parameter(part, "Content-Disposition", "filename") or parameter(part, "Content-Type", "name")
    return plain_name(found, "") if found else ""


def disposition(part: Message) -> str:
    """attachment | inline | '' (or what somebody wrote), in lower case."""
    return raw_header(part, "Content-Disposition").partition(";")[0].strip().lower()


def is_mail(part: Message) -> bool:
    """Whether a part is another mail."""
    return part.get_content_type() in ("message/rfc822", "message/global")


def bodies(part: Message, kind: str, *, depth: int = 0) -> Iterator[str]:
    """What a person reads in a mail, as it is written there; ``kind`` is html or plain.

    ``depth``: so many mails inside each other are read as well.
    """
    if is_mail(part):
        for inner in forwarded(part) if depth > 0 else ():
            yield from bodies(inner, kind, depth=depth - 1)
    elif part.is_multipart():
        for child in children(part):
            yield from bodies(child, kind, depth=depth)
    elif part.get_content_type() == f"text/{kind}" and disposition(part) != "attachment" and not file_name(part):
        yield text_of(part)


def text_of(part: Message) -> str:
    """The text of a part in the charset that it, or the page in it, declares."""
    data = payload(part)[:_TEXT_LIMIT]
    found = _META.search(data[:4096])
    charset = parameter(part, "Content-Type", "charset") or (found[1].decode("ascii") if found else "")
    return decode_bytes(data, charset)


def shown_text(page: str) -> str:
    """A web page as a person reads it, a line a paragraph."""
    seen = _UNSEEN.sub(" ", page)
    return re.sub(r"[ \t\xa0]+", " ", html.unescape(re.sub(r"<[^>]*>", "", _LINE_END.sub("\n", seen))))


def read_text(mail: Message) -> str:
    """The whole of a mail's own words: its plain text, else its page without tags."""
    plain = "\n".join(bodies(mail, "plain"))
    return plain if plain.strip() else "\n".join(map(shown_text, bodies(mail, "html")))


def all_text(mail: Message) -> str:
    """What a mail says in any of its versions: the plain one may only say “see the other”."""
    return "\n".join([*bodies(mail, "plain"), *map(shown_text, bodies(mail, "html"))])
