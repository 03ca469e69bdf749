"""A letter as MIME bytes. One builder feeds the .eml file and the mail server, so what is kept is what was sent.

Put together here and not by the e-mail package: its new policy cannot write an attachment's name twice in the two
ways that old and new clients understand, and its old one takes eight times as long for the same bytes.
"""

from __future__ import annotations

import base64
import html
import re
import unicodedata
import uuid
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from flows.periods import CHINA
from flows.post.letters import Letter
from flows.problems import UserError

# Not the mimetypes module: on Windows it asks the registry, and it knows neither .et nor .ofd.
_TYPES = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xls": "application/vnd.ms-excel",
    ".et": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".doc": "application/msword",
    ".wps": "application/msword",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".pdf": "application/pdf",
    ".zip": "application/zip",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}


def new_message_id(sender: str) -> str:
    """A Message-ID that no other letter has, below the sender's domain: ``<…@domain>``."""
    domain = sender.rpartition("@")[2].strip()
    return f"<{uuid.uuid4().hex}@{domain if domain.isascii() and domain else 'taizhang.example'}>"


def build_message(letter: Letter, sender: str, sender_name: str, date: datetime, *, by_hand: bool = False) -> bytes:
    """The whole mail, CRLF lines, ASCII only: text and HTML alternative, attachments, ids, date.

    ``by_hand``: a person opens the file and sends it; Outlook shows a draft by X-Unsent, else a letter that came in.
    The same letter at the same ``date`` (a zone is required) gives the same bytes. UserError when there is no address,
    an attachment cannot be read, or the letter has no Message-ID.
    """
    _check(letter)
    inner = _boundary(letter, "body")
    bodies = _multipart("alternative", inner, [_text("plain", letter.body), _text("html", _as_html(letter.body))])
    mail = bodies
    if letter.attachments:
        parts = [_part(*bodies), *(_attachment(path) for path in letter.attachments)]
        mail = _multipart("mixed", _boundary(letter, "mail"), parts)
    kind, body = mail
    head = [
        kind,
        f"From: {_words(sender_name)}\n <{sender}>" if sender_name else f"From: {sender}",
        "To: " + ",\n ".join(letter.to),
        f"Subject: {_words(letter.subject)}",
        f"Date: {format_datetime(date.astimezone(CHINA))}",
        f"Message-ID: {letter.message_id}",
        f"Reply-To: {sender}",  # some gateways rewrite From; the answer has to come to this mailbox
    ]
    if by_hand:
        head.append("X-Unsent: 1")
    chain = list(dict.fromkeys((*letter.references, *filter(None, [letter.in_reply_to]))))
    if letter.in_reply_to:
        head.append(f"In-Reply-To: {letter.in_reply_to}")
    if chain:
        # The first one keeps the thread together; long chains lose their middle (RFC 5537, 3.4.4).
        head.append("References: " + "\n ".join([chain[0], *chain[1:][-9:]]))
    return _lines(head) + b"\r\n" + body


def _check(letter: Letter) -> None:
    if not letter.to:
        raise UserError(f"给{letter.unit}的信没有收件邮箱", "请在名录中补上该单位的邮箱")
    if not re.fullmatch(r"<[!-~]+@[!-~]+>", letter.message_id):
        raise ValueError(f"a letter needs its own Message-ID, not {letter.message_id!r}")
    if any("\n" in address or "\r" in address or not address.isascii() for address in letter.to):
        raise UserError(f"{letter.unit}的邮箱“{'、'.join(letter.to)}”写法不对", "请在名录中改正")


def _boundary(letter: Letter, part: str) -> str:
    """Fixed by the Message-ID, so that the same letter gives the same bytes; base64 bodies cannot contain it."""
    return f"=_{uuid.uuid5(uuid.NAMESPACE_URL, letter.message_id + part).hex[:24]}"


def _lines(head: list[str]) -> bytes:
    """Header lines; each was folded when it was made."""
    return "".join(f"{line}\n" for line in head).replace("\n", "\r\n").encode("ascii")


def _multipart(kind: str, boundary: str, parts: list[bytes]) -> tuple[str, bytes]:
    """Content-Type and body of several parts in one; RFC 2046, 5.1."""
    mark = boundary.encode("ascii")
    body = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\nMIME-Version: 1.0', body + b"--" + mark + b"--\r\n"


def _part(head: str, body: bytes) -> bytes:
    return _lines([head]) + b"\r\n" + body


def _text(kind: str, text: str) -> bytes:
    # Inside base64 the lines of a text still end in CRLF (RFC 2045, 6.8).
    data = _base64_lines(text.replace("\n", "\r\n").encode("utf-8"))
    head = f'Content-Type: text/{kind}; charset="utf-8"\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64'
    return _part(head, data)


def _as_html(body: str) -> str:
    """A div a line, as Foxmail and QQ write it: paragraphs have margins of their own in every client.

    Ideographic blanks keep the indentation.
    """
    lines = "\n".join(f"<div>{html.escape(line) or '<br>'}</div>" for line in body.rstrip("\n").split("\n"))
    style = "font-family:'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif;font-size:15px;line-height:1.8"
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><body><div style="{style}">\n{lines}\n</div></body></html>\n'


def _attachment(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"附件 {path.name} 读不出来", "请关闭正在打开它的程序，确认文件还在") from error
    name = unicodedata.normalize("NFC", path.name)
    if len(quote(name, safe="")) > 900:  # a header line holds 998 bytes
        name = path.stem[:60] + path.suffix
    main, _, sub = _TYPES.get(path.suffix.lower(), "application/octet-stream").partition("/")
    # Foxmail and older Outlook read name= with RFC 2047 words; everyone newer reads filename* (RFC 2231), which is
    # written in one piece: numbered continuations end as tcmime.bin in QQ Mail.
    head = [
        "MIME-Version: 1.0",
        f'Content-Type: {main}/{sub};\n name="{_words(name)}"',
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment;\n filename*=UTF-8''{quote(name, safe='')}",
    ]
    return _lines(head) + b"\r\n" + _base64_lines(data)


def _base64_lines(data: bytes) -> bytes:
    """Base64 in lines of 76 signs, each with CRLF; encoded in one go and cut, which is many times faster."""
    whole = base64.b64encode(data)
    return b"".join(whole[at : at + 76] + b"\r\n" for at in range(0, len(whole), 76))


@lru_cache(maxsize=64)
def _words(text: str) -> str:
    """RFC 2047 words for anything beyond plain ASCII, never cut inside a character, lines of at most 76 signs."""
    shown = re.sub(r"\s+", " ", text).strip()
    if re.fullmatch(r"[\w .,()+-]*", shown, re.ASCII):
        return shown
    pieces, room = [""], 0
    for sign in shown:
        room += len(sign.encode("utf-8"))
        if room > 36:
            pieces.append("")
            room = len(sign.encode("utf-8"))
        pieces[-1] += sign
    return "\n ".join(f"=?UTF-8?B?{base64.b64encode(piece.encode('utf-8')).decode('ascii')}?=" for piece in pieces)
