"""Who sent a mail: whether the office knows the address, and what the receiving server found out about it.

Only the server that took the mail in is believed (RFC 8601, 5): its Authentication-Results stand above the first
Received that names a machine outside; whatever stands below was written by the sender or on the way.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass
from email import message_from_bytes
from enum import StrEnum
from typing import Final, Literal

_RESULT = re.compile(r"(?:^|[;\s])(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_COMMENT = re.compile(r"\([^()]*\)")
_NUMBER = re.compile(r"[\[(\s](?:IPv6:)?((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+)(?=[\])\s:;])")
_PRIVATE: Final = tuple(
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "::1/128", "fc00::/7", "fe80::/10")
)
_BAD: Final = frozenset({"fail", "softfail", "permerror"})


class Standing(StrEnum):
    """Whether an address is one of those that the office expects."""

    ROSTER = "roster"
    DOMAIN = "domain"
    UNKNOWN = "unknown"
    ANY = "any"
    """The office takes mail from anybody."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What the receiving server says: pass, fail, softfail, none …, '' where it says nothing."""

    server: str = ""
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""

    @property
    def suspicion(self) -> str:
        """A sentence for the clerk when the sender may be forged; '' otherwise. DMARC, where it was asked, decides."""
        if self.dmarc == "pass":
            return ""
        failed = [
            f"{name} {value}"
            for name, value in (("SPF", self.spf), ("DKIM", self.dkim), ("DMARC", self.dmarc))
            if value in _BAD
        ]
        if not failed or (self.dmarc in ("", "none") and "pass" in (self.spf, self.dkim)):
            return ""
        return f"发件人验证没有通过（{'、'.join(failed)}），可能是冒名的，请电话向单位核实"


def standing(
    sender: str, rule: Literal["roster", "domain", "anyone"], known: Collection[str], domains: Collection[str]
) -> Standing:
    """Judge an address; ``known`` in lower case, a domain counts with all below it."""
    address = sender.strip().lower()
    if address in known:
        return Standing.ROSTER
    domain = address.rpartition("@")[2]
    wanted = [each.strip().lower().lstrip("@*").lstrip(".") for each in domains]
    if rule == "domain" and any(each and (domain == each or domain.endswith(f".{each}")) for each in wanted):
        return Standing.DOMAIN
    return Standing.ANY if rule == "anyone" else Standing.UNKNOWN


def checks(raw: bytes) -> Checks:
    """What the receiving server wrote about the sender, nothing where it wrote nothing; never raises."""
    mail = message_from_bytes(raw.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0] + b"\n\n")
    for name, value in mail.raw_items():
        text = re.sub(r"\s+", " ", str(value)).strip()
        if name.lower() == "received" and not _is_inside(text):
            return Checks()
        if name.lower() == "authentication-results":
            return _read(text)
    return Checks()


def _read(text: str) -> Checks:
    bare = text
    while (less := _COMMENT.sub(" ", bare)) != bare:
        bare = less
    server, _, rest = bare.partition(";")
    found: dict[str, str] = {}
    for method, result in _RESULT.findall(rest):
        method, result = method.lower(), result.lower()
        # Of several signatures one that holds is enough.
        if method not in found or result == "pass":
            found[method] = result
    return Checks(
        (server.split() or [""])[0][:255], found.get("spf", ""), found.get("dkim", ""), found.get("dmarc", "")
    )


def _is_inside(received: str) -> bool:
    """A hop between machines of the receiver: without sender, or all its numbers, which the server writes, private."""
    # Up to the last “by”: a sender may call itself anything, also “x by y”.
    source = re.split(r"(?i:\sby\s)(?!.*\sby\s)", f" {received}", maxsplit=1)[0]
    if not re.match(r"\s*from\s", source, re.IGNORECASE):
        return True
    numbers = _NUMBER.findall(f"{source} ")
    return bool(numbers) and all(_is_private(number) for number in numbers)


def _is_private(number: str) -> bool:
    try:
        found = ipaddress.ip_address(number)
    except ValueError:
        return False
    return any(found in network for network in _PRIVATE if network.version == found.version)
