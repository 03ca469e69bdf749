"""What every kind of archive is read as: named members whose bytes come in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

_CHUNK: Final = 2**18


class BrokenError(Exception):
    """Bytes that do not fit what the archive says of them."""


class LockedError(Exception):
    """A password stands before it."""


class NoToolError(Exception):
    """Packed in a way that no program on this machine unpacks."""


class TooBigError(Exception):
    """It says itself that it unpacks to more than is allowed."""


class VolumeError(Exception):
    """A part of an archive that was split."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive. ``content`` is read at most once, in the archive's order, and may raise the above."""

    name: str
    content: Iterator[bytes]
    packed: int | None = None
    """Bytes that it takes in the archive; None when it shares them with others."""


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """A stream in pieces, so that its reader can stop."""
    while chunk := stream.read(_CHUNK):
        yield chunk
