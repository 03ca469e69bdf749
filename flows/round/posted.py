"""A letter of the outbox as a value: its state, what was tried, and what a person is told about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from flows.periods import CHINA
from flows.post.letters import LetterKind
from flows.years import option

PARTLY = "部分地址没有寄到："
"""How the note of a letter begins that left for some of its addresses only."""
LONGEST_WAIT = timedelta(hours=4)
"""For so long at most a letter that the server puts off waits for its next try."""
REMINDER = "催报"
"""How the occasion of a reminder begins; the day stands after it, as after ``REPEATED_RETURN``."""
REPEATED_RETURN = "再次退回"
"""How the occasion of a 退回 begins that is a reminder, not an answer."""
AHEAD = timedelta(days=2)
"""So far a clock may have been ahead for its letters to count as those of today."""


def put_off(retry: str) -> bool:
    """Whether the moment of a next try, as the store keeps it, is still to come.

    One that is further ahead than any wait was written by a clock that was wrong: it holds nothing up.
    """
    if not retry:
        return False
    moment = datetime.now(UTC)
    return moment < datetime.fromisoformat(retry) <= moment + LONGEST_WAIT


class State(StrEnum):
    """Where a letter is. Only QUEUED letters are ever sent."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """It may or may not have left: a person decides."""
    CANCELLED = "cancelled"
    """Another letter took its place before it left."""


LEFT = (State.SENDING, State.SENT, State.UNKNOWN)
"""The letter has left, or may have."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one try to send a letter, or of one decision about it; the rows of a letter are its history."""

    outcome: str
    """sent | refused | deferred | unknown, or settled by a person (``person``) or by what was found."""
    message: str
    code: int | None = None
    answer: str = ""
    """The server's own words."""
    taken: tuple[str, ...] = ()
    """Addresses for which the server took the letter."""
    refused: tuple[tuple[str, str], ...] = ()
    """Addresses it will never take it for, each with the reason."""
    person: str = ""
    retry: str | None = None
    """Not to be tried again before this moment."""
    everyone: bool = False
    """``retry`` holds for every letter of the office."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in the store."""

    id: int
    plan: str
    period: str
    unit: str
    kind: str
    occasion: str
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    file: str
    """The .eml, below the plan's folder."""
    state: State
    note: str
    changed: str
    """When it came to this state; UTC."""
    attempts: tuple[Attempt, ...] = ()

    @property
    def is_mass(self) -> bool:
        """One of many letters that the office sends of its own accord: a person looks before they leave."""
        return self.kind in (LetterKind.ISSUE, LetterKind.REMIND, LetterKind.SUPERVISE) or self.occasion.startswith(
            REPEATED_RETURN
        )

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Addresses that have not got it yet."""
        done = {address for each in self.attempts for address in each.taken}
        done |= {address for each in self.attempts for address, _ in each.refused}
        return tuple(address for address in self.recipients if address not in done)

    @property
    def last(self) -> Attempt | None:
        """The last attempt or decision."""
        return self.attempts[-1] if self.attempts else None

    @property
    def retry(self) -> str:
        """Not to be tried again before this moment; '' when at once."""
        return (self.last.retry or "") if self.last and self.state is State.QUEUED else ""


_WORDS = {State.REFUSED: "被拒收", State.UNKNOWN: "不能确定是否寄出", State.QUEUED: "还没有寄出"}


def unsent(posted: Sequence[Posted]) -> list[dict[str, str]]:
    """Letters a person has to look at, as the commands show them: state, reason, and the facts to decide by."""
    return [_unsent(p) for p in posted if p.state in _WORDS or p.note.startswith(PARTLY)]


def _unsent(posted: Posted) -> dict[str, str]:
    told = {
        "unit": posted.unit,
        "kind": posted.kind,
        "state": posted.state.value,
        "message": "：".join(filter(None, (_WORDS.get(posted.state, ""), posted.note))),
        "file": posted.file,
    }
    if posted.retry:
        told |= {"retry": posted.retry, "tries": str(tries(posted))}
        told["message"] += f"（{shown_time(posted.retry)}以后再寄，已试 {tries(posted)} 次）"
    if posted.state is State.UNKNOWN:
        told |= {
            "at": posted.last.at if posted.last else posted.changed,
            "answer": posted.last.answer if posted.last else "",
            "message_id": posted.message_id,
            "subject": posted.subject,
            "recipients": "、".join(posted.waiting_for),
            "settle": f'taizhang mail settle {posted.plan} {option(posted.period)} "{posted.message_id}" sent',
        }
    return told


def tries(posted: Posted) -> int:
    """How often a letter was tried."""
    return sum(each.outcome in ("sent", "refused", "deferred", "unknown") for each in posted.attempts)


def shown_time(moment: str) -> str:
    """A moment of the store as the clerk's clock shows it: 11月22日 14:05."""
    local = datetime.fromisoformat(moment).astimezone(CHINA)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def occasions_ahead(letters: Iterable[Posted], day: date) -> dict[tuple[str, str], str]:
    """(unit, beginning of an occasion) → the occasion, of letters that have left under one of the next days.

    The clock was ahead then: the letter is the one of ``day`` too, or a unit would be written to twice. What lies
    further ahead holds nothing up, see ``put_off``.
    """
    found = {}
    for posted in letters:
        beginning, _, dated = posted.occasion.partition(" ")
        if posted.state in LEFT and beginning in (REMINDER, REPEATED_RETURN):
            with suppress(ValueError):
                if day < date.fromisoformat(dated) <= day + AHEAD:
                    found[posted.unit, beginning] = posted.occasion
    return found


def thread(posted: Iterable[Posted]) -> tuple[str, ...]:
    """Message-IDs of the letters that have left, oldest first: what a further letter refers to."""
    return tuple(each.message_id for each in posted if each.state in LEFT)
