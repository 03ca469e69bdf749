"""A look at many mails at once, before any is fetched: head, size and kinds of parts, as IMAP tells them.

A mailbox of an office holds thousands of mails that are nobody's answer. Those are passed over without being fetched
when neither head nor structure nor the beginning of the text shows that they could be one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from flows.post.attachments import MailFacts, mail_facts
from flows.post.bodies import announces_files, cloud_links, pasted_ledger

AT_ONCE: Final = 200
SMALL: Final = 4 * 2**10
"""Bytes up to which a mail is fetched whole: asking about it first would take as long."""
_BEGINNING: Final = 128 * 2**10
"""Bytes of a stranger's mail without files that are looked at, at most."""
_SLACK: Final = 2 * 2**10
"""For the lines between head and parts."""
_ASKED: Final = "(UID RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER])"
_PART = re.compile(rb'\(\s*"([a-z0-9.+-]+)"\s+"([a-z0-9.+_-]+)"\s+(?:\(|NIL)', re.IGNORECASE)
_NAMED = re.compile(rb'"(?:file)?name\*?\d?\*?"|"attachment"', re.IGNORECASE)
_OCTETS = re.compile(rb'"(?:7bit|8bit|binary|base64|quoted-printable)"\s+(\d+)', re.IGNORECASE)
_NO_SHEETS: Final = frozenset({b"image", b"audio", b"video"})


@dataclass(frozen=True, slots=True)
class Glance:
    """What the server says of a mail."""

    uid: int
    size: int
    structure: bytes
    head: bytes

    @property
    def facts(self) -> MailFacts:
        """By the head alone."""
        return mail_facts(self.head.rstrip(b"\r\n") + b"\r\n\r\n")

    @property
    def has_files(self) -> bool:
        """Whether a part can be a sheet, an archive or a mail, by its type; True when nobody can tell."""
        parts = list(self._parts())
        for main, sub, told in parts:
            if main in _NO_SHEETS or (main, sub) in {(b"application", b"pdf"), (b"text", b"calendar")}:
                continue
            if main != b"text" or sub not in (b"plain", b"html") or _NAMED.search(told):
                return True
        return not parts

    @property
    def beginning(self) -> int:
        """Bytes from its start in which its texts stand, where these come before pictures, as they do."""
        texts = [size for main, _, told in self._parts() if main == b"text" for size in _OCTETS.findall(told)[:1]]
        wanted = len(self.head) + sum(map(int, texts)) + _SLACK * (len(texts) + 1)
        return min(wanted, _BEGINNING) if texts else _BEGINNING

    def _parts(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """(main type, subtype, all that is told of it) of every part that has no parts."""
        found = list(_PART.finditer(self.structure))
        ends = [*(part.start() for part in found[1:]), len(self.structure)]
        for part, end in zip(found, ends, strict=True):
            yield part[1].lower(), part[2].lower(), self.structure[part.start() : end]


def glances(client: Any, uids: Iterable[int]) -> dict[int, Glance]:
    """uid → what the server says of it; those that it says nothing of are missing. Raises what imaplib raises."""
    wanted = list(uids)
    answer, data = client.uid("FETCH", ",".join(map(str, wanted)), _ASKED)
    return {each.uid: each for each in _read(data)} if answer == "OK" else {}


def is_worth_fetching(
    glance: Glance, concerns: Callable[[MailFacts], bool], begin: Callable[[int, int], bytes]
) -> bool:
    """Whether a mail may be an answer. ``begin`` gives so many bytes of a mail."""
    if glance.size <= SMALL or glance.has_files or concerns(glance.facts):
        return True
    text = begin(glance.uid, glance.beginning)
    return bool(pasted_ledger(text) or cloud_links(text) or announces_files(text))


def _read(data: Iterable[Any]) -> Iterator[Glance]:
    """imaplib gives (text, literal) pairs, and the text after the last literal of a mail by itself."""
    said: list[bytes] = []
    literals: list[tuple[bytes, bytes]] = []
    for piece in data:
        if isinstance(piece, tuple):
            said.append(bytes(piece[0]))
            literals.append((bytes(piece[0]), bytes(piece[1])))
            continue
        if isinstance(piece, bytes) and literals:
            said.append(piece)
            text = b" ".join(said)
            uid, size = re.search(rb"\bUID (\d+)", text), re.search(rb"RFC822\.SIZE (\d+)", text)
            head = next((body for before, body in literals if b"BODY[HEADER]" in before.upper()[-60:]), None)
            if uid and size and head is not None:
                yield Glance(int(uid[1]), int(size[1]), text, head)
        said, literals = [], []
