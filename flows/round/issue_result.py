"""Who already holds a workbook of a round, and what has become of its letters: alike for a month and for a year."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.desk import Desk
from flows.periods import Period
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.round.outbox import Outbox
from flows.round.posted import LEFT, Posted, State, unsent


def frozen_units(desk: Desk, period: Period, again: Sequence[str], *, reissue: bool) -> frozenset[str]:
    """Units whose letter has left: their workbook stays as it is, unless all are ``reissue``d.

    UserError for a name in ``again`` that the roster does not have.
    """
    unknown = [name for name in again if desk.roster.get(name) is None]
    if unknown:
        raise UserError(f"单位名录里没有“{'、'.join(unknown)}”", "请按名录写单位全称或别名")
    if reissue:
        return frozenset()
    return frozenset(posted.unit for posted in Outbox(desk, period).letters(LetterKind.ISSUE) if posted.state in LEFT)


@dataclass(frozen=True, slots=True)
class Sendings:
    """What has become of the letters of a distribution."""

    sent: frozenset[str]
    """Units whose letter has gone out, now or before."""
    without: list[str]
    """Units that got a workbook and no letter."""
    waiting: list[dict[str, str]]
    """Letters that a person has to look at; none where nothing was to be sent."""
    told: Mapping[str, Any]
    """The keys of the result that a month and a year share."""


def sendings(
    desk: Desk,
    period: Period,
    units: Sequence[str],
    letters: Mapping[str, Posted],
    already: Collection[int],
    *,
    send: bool,
) -> Sendings:
    """``units`` have a workbook, ``letters`` were written for them, those with ids ``already`` had been sent before."""
    now = {posted.id: posted for posted in Outbox(desk, period).letters(LetterKind.ISSUE)}
    states = {unit: now.get(posted.id, posted) for unit, posted in letters.items()}
    gone = {unit: posted for unit, posted in states.items() if posted.state is State.SENT}
    without = [unit for unit in units if unit not in letters]
    waiting = unsent(list(states.values())) if send else []
    told = {
        "sent_now": [unit for unit, posted in gone.items() if posted.id not in already],
        "transport": desk.config.mail.transport,
        "outbox": str(desk.folder.period(period).outbox),
        "without_address": without,
        "unsent": waiting,
    }
    return Sendings(frozenset(gone), without, waiting, told)
