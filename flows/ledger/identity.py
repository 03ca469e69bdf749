"""Whose workbook this is: a signed token that survives re-saving, and a signed key for each row.

Both are plain text, so that any spreadsheet program keeps them, and both carry the whole identity: any one of hidden
sheet, custom property and key column is enough to know plan, unit and period. HMAC-SHA256 keeps them honest.
"""

from __future__ import annotations

import binascii
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from flows.ledger.model import Identity

_SHEET: Final = "tzs1"
_ROW: Final = "tzr1"
_TOKEN = re.compile(r"tz[sr]1;[^\s<>\"]+")
_SAFE = bytes.maketrans(b"+/", b"-_")
"""Base64 as URLs take it."""
_SEPARATORS = re.compile(r"[;%<>\"'&\s]")
_ROW_MAC_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Claim:
    """An identity as found in a file. ``no`` is set for a row key; ``valid`` tells whether the signature holds."""

    identity: Identity
    valid: bool
    no: str | None = None


def _mac(kind: str, identity: Identity, no: str, secret: bytes) -> bytes:
    return hmac.digest(secret, _message(kind, identity) + _measured(no), "sha256")


@lru_cache(maxsize=64)
def _message(kind: str, identity: Identity) -> bytes:
    """What all row keys of a workbook begin with."""
    parts = (kind, identity.plan, identity.unit, identity.period, str(identity.layout))
    return b"".join(_measured(part) for part in parts)


def _measured(text: str) -> bytes:
    # Lengths make the encoding unambiguous: no two identities share one message.
    raw = text.encode("utf-8")
    return len(raw).to_bytes(4, "big") + raw


@lru_cache(maxsize=4096)
def _identity(kind: str, plan: str, unit: str, period: str, layout: str) -> tuple[Identity, bytes]:
    """An identity from its escaped parts, and what its signed message begins with; ValueError when the layout is no
    number."""
    identity = Identity(unquote(plan), unquote(unit), unquote(period), int(layout))
    return identity, _message(kind, identity)


def _text(mac: bytes) -> str:
    """A signature as text, with ``.x`` for ``_x``: ``_x2_`` in a cell is a control character to LibreOffice."""
    text = binascii.b2a_base64(mac, newline=False).translate(_SAFE, b"=").decode("ascii")
    return text.replace("_x", ".x") if "_x" in text else text


def _is_same(expected: str, found: str) -> bool:
    """Whether a signature is the expected one; workbooks of earlier versions have ``_x`` in theirs."""
    if "_x" in found:
        found = found.replace("_x", ".x")
    return found.isascii() and hmac.compare_digest(expected, found)


def _escaped(text: str) -> str:
    # Chinese stays readable and short (a custom property holds 255 characters); only separators are escaped.
    if not _SEPARATORS.search(text):
        return text
    return "".join(quote(char, safe="") if char in ";%<>\"'&" or char.isspace() else char for char in text)


def sign(identity: Identity, secret: bytes) -> str:
    """The signature of an identity: HMAC-SHA256, URL-safe base64."""
    return _text(_mac(_SHEET, identity, "", secret))


def verify(identity: Identity, signature: str, secret: bytes) -> bool:
    """Whether ``signature`` was made for this identity with this secret."""
    return _is_same(sign(identity, secret), signature)


def token(identity: Identity, secret: bytes) -> str:
    """One line for hidden sheet and custom property: ``tzs1;plan;period;layout;signature;unit``."""
    return ";".join(
        (
            _SHEET,
            _escaped(identity.plan),
            _escaped(identity.period),
            str(identity.layout),
            sign(identity, secret),
            _escaped(identity.unit),
        )
    )


def row_key(identity: Identity, no: str, secret: bytes) -> str:
    """The key of one row: ``tzr1;plan;period;layout;no;signature;unit``, the signature cut to 96 bits."""
    return row_keys(identity, (no,), secret)[0]


def row_keys(identity: Identity, numbers: Iterable[str], secret: bytes) -> list[str]:
    """The keys of all rows of a workbook, see ``row_key``."""
    signer = RowSigner(identity, secret)
    return [signer.key(*_number(no)) for no in numbers]


class RowSigner:
    """Signs the rows of one workbook: what all its keys share is made once."""

    __slots__ = ("_head", "_message", "_secret", "_unit")

    def __init__(self, identity: Identity, secret: bytes) -> None:
        self._secret = secret
        self._message = _message(_ROW, identity)
        self._head = ";".join((_ROW, _escaped(identity.plan), _escaped(identity.period), str(identity.layout)))
        self._unit = _escaped(identity.unit)

    def of(self, no: str) -> str:
        """The key of a row, see ``row_key``."""
        return self.key(_measured(no), _escaped(no))

    def key(self, measured: bytes, shown: str) -> str:
        """The key of a row by its number as it is signed and as it is written."""
        mac = hmac.digest(self._secret, self._message + measured, "sha256")[:_ROW_MAC_BYTES]
        return f"{self._head};{shown};{_text(mac)};{self._unit}"


@lru_cache(maxsize=4096)
def _number(no: str) -> tuple[bytes, str]:
    """A task's number as it is signed and as it is written: the same in all workbooks."""
    return _measured(no), _escaped(no)


def looks_like_claim(text: str) -> bool:
    """Whether a cell's text is meant as a token or a row key."""
    return text.startswith((_SHEET, _ROW))


def find_tokens(text: str) -> tuple[str, ...]:
    """Every token inside a longer text, e.g. the XML of the custom properties."""
    return tuple(_TOKEN.findall(text))


def read_claim(text: str, secret: bytes) -> Claim | None:
    """Read a token or a row key; None when it is neither (damaged beyond reading)."""
    parts = text.strip().split(";")
    try:
        if parts[0] == _SHEET and len(parts) == 6:
            plan, period, layout, mac, unit = parts[1:]
            identity, _ = _identity(_SHEET, plan, unit, period, layout)
            return Claim(identity, verify(identity, mac, secret))
        if parts[0] == _ROW and len(parts) == 7:
            plan, period, layout, no, mac, unit = parts[1:]
            no = unquote(no) if "%" in no else no
            identity, message = _identity(_ROW, plan, unit, period, layout)
            expected = _text(hmac.digest(secret, message + _measured(no), "sha256")[:_ROW_MAC_BYTES])
            return Claim(identity, _is_same(expected, mac), no)
    except ValueError:
        return None
    return None
