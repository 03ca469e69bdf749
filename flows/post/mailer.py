"""What becomes of a letter that is handed to a mail server, and what every transport offers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self


class Fate(StrEnum):
    """The four ends of one attempt to send. Only DEFERRED may be tried again without asking a person."""

    SENT = "sent"
    """The server took the letter over for at least one address."""
    REFUSED = "refused"
    """The server said no for good; trying again changes nothing."""
    DEFERRED = "deferred"
    """It certainly has not left: the server said later, or the connection broke before the letter was complete."""
    UNKNOWN = "unknown"
    """The letter was complete but the answer was lost: it may or may not have left. A person decides."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one attempt. ``message`` and the reasons in ``refused`` are Chinese sentences without full stop.

    ``code`` is the server's reply code, None when there was none; ``answer`` its own words, decoded.
    ``refused`` names addresses the server turned down for good while it took the letter for others, each with the
    reason; ``waiting`` those it put off. Only what is neither has been taken.
    """

    fate: Fate
    message: str = ""
    code: int | None = None
    answer: str = ""
    refused: tuple[tuple[str, str], ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()
    wait: float = 1
    """After DEFERRED: how long to wait, in units of [mail] retry_minutes."""
    everyone: bool = False
    """After DEFERRED: the next letters would hear the same."""


class Mailer(Protocol):
    """Takes complete letters, as bytes, to where they belong. Used as a context manager, one connection inside."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def send(self, letter: bytes, to: tuple[str, ...], leaving: Callable[[], bool] | None = None) -> Outcome:
        """Send one letter to its addresses; never raises for what a server or a network does.

        ``leaving`` is called right before the letter itself goes over the line: until then it certainly has not left.
        When it gives False the letter stays here and the Outcome is DEFERRED.
        """
        ...
