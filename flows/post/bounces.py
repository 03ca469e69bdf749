"""退信 read: which address a letter of ours did not reach, why, and which letter it was.

Two sources: the report for machines (RFC 3464) where there is one, and else the words, Chinese or English, of QQ, 163,
exmail, Coremail and Exchange. Nothing raises; what cannot be told stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from typing import Final

from flows.post.bounce_words import GIVEN_UP, NOT_YET, QUOTED, STATUSES, WORDINGS
from flows.post.headers import address, decode_words, message_ids, raw_header
from flows.post.nature import Nature, nature_of
from flows.post.parts import all_text, children, forwarded, from_base64, is_mail, payload, text_of
from flows.post.replies import advice, server_text

_ADDRESS = re.compile(r"[A-Za-z0-9._%+=&'/-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_PLAIN = re.compile(r"(?<![\d.:])([45]\d\d)(?=[ \-:：,，]|$)", re.MULTILINE)
_OWN_ID = re.compile(r"message-id\s*[:：]\s*(<[^<>\s]+@[^<>\s]+>)", re.IGNORECASE)
_WORDS_LIMIT: Final = 300


@dataclass(frozen=True, slots=True)
class Failure:
    """One address that was not reached."""

    address: str
    """In lower case; '' when the notice does not tell."""
    code: str
    """5.1.1, or 550 where the server gave no other; '' when it gave none."""
    reason: str
    """Why, in Chinese."""
    permanent: bool
    """The letter will not come there any more; False: the server still tries."""
    words: str
    """The server's own words, shortened."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a notice says. ``letter`` is the Message-ID of what came back, '' when the notice does not tell."""

    failures: tuple[Failure, ...]
    letter: str
    answered: tuple[str, ...] = ()
    """Message-IDs that the notice itself refers to: the letter's, where ``letter`` is not told."""


def read_bounce(raw: bytes, own: Iterable[str] = ()) -> Bounce | None:
    """Read a bounce; None for any other mail. ``own`` are addresses of ours: never what was not reached."""
    mail = message_from_bytes(raw)
    if nature_of(mail) is not Nature.BOUNCE:
        return None
    text = all_text(mail)
    returned = _returned(mail)
    letter = next((found[0] for part in returned if (found := message_ids(raw_header(part, "Message-ID")))), "")
    letter = letter or next((found[1] for found in _OWN_ID.finditer(text)), "")
    failures = _reported(mail, text) or _told(mail, text, returned, {each.lower() for each in own})
    parents = (*message_ids(raw_header(mail, "In-Reply-To")), *message_ids(raw_header(mail, "References")))
    return Bounce(tuple(failures), letter, tuple(dict.fromkeys(parents)))


def _reported(mail: Message, text: str) -> list[Failure]:
    """RFC 3464: a block an address. Reports of addresses that were reached are left out."""
    found: dict[str, Failure] = {}
    for block in _blocks(mail):
        action = raw_header(block, "Action").strip().lower()
        who = _addressed(raw_header(block, "Original-Recipient")) or _addressed(raw_header(block, "Final-Recipient"))
        final = _addressed(raw_header(block, "Final-Recipient"))
        if not (who or final) or action in {"delivered", "relayed", "expanded"}:
            continue
        words = server_text(decode_words(raw_header(block, "Diagnostic-Code")).partition(";")[2]) or _near(text, who)
        status = _ENHANCED.search(raw_header(block, "Status"))
        code = status[1] if status and not status[1].startswith("2") else _code(words)
        if code.endswith(".0.0"):
            code = _code(words) or code
        permanent = action == "failed" or (action != "delayed" and not code.startswith("4"))
        # Where mail is forwarded, the address that we wrote to is the original one.
        for each in dict.fromkeys(filter(None, (who, final) if not who else (who,))):
            found[each] = Failure(each, code, _reason(code, words), permanent, words[:_WORDS_LIMIT])
    return list(found.values())


def _told(mail: Message, text: str, returned: list[Message], own: set[str]) -> list[Failure]:
    """From words: the addresses that the notice names and our letter went to, else those that it names at all."""
    told = QUOTED.split(text, maxsplit=1)[0]
    told = told if _ADDRESS.search(told) else text
    us = own | {address(raw_header(mail, name))[0] for name in ("From", "To", "Reply-To")}
    us |= {address(raw_header(part, "From"))[0] for part in returned}
    written = _addresses(",".join(raw_header(part, name) for part in returned for name in ("To", "Cc", "Bcc")))
    named = [each for each in _addresses(re.sub(r"<[^<>@\s]{20,}@[^<>\s]+>", " ", told)) if each not in us]
    named = [each for each in named if each.partition("@")[0] not in {"postmaster", "mailer-daemon"}]
    listed = _addresses(raw_header(mail, "X-Failed-Recipients"))
    who = listed or [each for each in named if each in written] or named[:1] or [w for w in written if w not in us]
    words = server_text(told)
    later = bool(NOT_YET.search(words)) and not GIVEN_UP.search(words)
    found = []
    for each in who or [""]:
        near = _near(told, each) or words
        code = _code(near) or _code(words)
        reason = _reason(code, near) if _known(near) else _reason(code, words)
        found.append(Failure(each, code, reason, not later and not code.startswith("4.2"), near[:_WORDS_LIMIT]))
    return found


def _reason(code: str, words: str) -> str:
    """Why, in Chinese: a provider's words first, since one code stands for many things."""
    if known := _known(words):
        return known
    for status, reason in STATUSES:
        if re.search(status, code):
            return reason
    plain = int(code) if code.isdigit() else {"4": 450, "5": 550}.get(code[:1], 0)
    told = advice(plain, words).message
    return told if plain or told != advice(0, "").message else "对方服务器没有说明原因"


def _known(words: str) -> str:
    return next((reason for wording, reason in WORDINGS if re.search(wording, words, re.IGNORECASE)), "")


def _code(words: str) -> str:
    enhanced = [found for found in _ENHANCED.findall(words) if not found.startswith("2")]
    plain = _PLAIN.findall(words)
    return str(enhanced[0] if enhanced else plain[0] if plain else "")


def _near(text: str, who: str) -> str:
    """What stands beside and after an address, up to the next one."""
    place = text.lower().find(who) if who else -1
    if place < 0:
        return ""
    after = text[place + len(who) : place + len(who) + 600]
    following = next((hit for hit in _ADDRESS.finditer(after) if hit[0].lower() != who), None)
    return server_text(after[: following.start()] if following else after).lstrip(">)）:：;， ")


def _blocks(mail: Message) -> Iterator[Message]:
    """The header blocks of every delivery report in a mail."""
    for part in children(mail):
        if "delivery-status" in part.get_content_type():
            inner = children(part)
            if not inner or raw_header(part, "Content-Transfer-Encoding").strip().lower() == "base64":
                # The parser splits only what is not packed.
                packed = b"".join(child.as_bytes() for child in inner)
                for block in re.split(rb"\r?\n\s*\r?\n", from_base64(packed) if inner else payload(part)):
                    yield message_from_bytes(block.strip() + b"\n\n")
            else:
                yield from inner
        elif part.is_multipart() and not is_mail(part):
            yield from _blocks(part)


def _returned(mail: Message) -> list[Message]:
    """Our own letters, or the headers of them, that came back."""
    found: list[Message] = []
    for part in children(mail):
        kind = part.get_content_type()
        if is_mail(part):
            found += forwarded(part)
        elif kind in ("text/rfc822-headers", "message/rfc822-headers", "message/global-headers"):
            data = payload(part) or b"".join(child.as_bytes() for child in children(part))
            found.append(message_from_bytes(data.lstrip()))
        elif part.is_multipart():
            found += _returned(part)
        elif kind == "application/octet-stream" or re.search(r"\.eml\b", str(part.get("Content-Disposition", ""))):
            inner = message_from_bytes(payload(part))
            found += [inner] if raw_header(inner, "Message-ID") else []
        elif kind == "text/plain" and re.match(r"\s*(?:received|return-path|from|message-id)\s*:", text_of(part), re.I):
            found.append(message_from_bytes(payload(part).lstrip()))
    return found


def _addressed(value: str) -> str:
    found = _ADDRESS.search(value.rpartition(";")[2])
    return found[0].lower() if found else ""


def _addresses(text: str) -> list[str]:
    return list(dict.fromkeys(found.lower().strip(".'") for found in _ADDRESS.findall(text)))
