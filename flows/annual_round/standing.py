"""Where each unit stands in an annual round: filed, sent back, lying unread, silent, or never asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.annual_round.declaring import Declared, declared
from flows.desk import Desk
from flows.periods import CHINA
from flows.progress import Answer, Bounced
from flows.roster import Unit
from flows.storage.history import Arrival
from flows.years import Year


@dataclass(frozen=True, slots=True)
class Line:
    """One unit that files."""

    who: Declared
    answer: Answer
    arrival: Arrival | None = None
    """What ``answer`` rests on: the file that counts, went back or lies in quarantine."""
    bounced: tuple[Bounced, ...] = ()

    @property
    def unit(self) -> Unit:
        """The unit."""
        return self.who.unit

    @property
    def has_filed(self) -> bool:
        """Its numbers count."""
        return self.answer in (Answer.ON_TIME, Answer.LATE)

    @property
    def is_awaited(self) -> bool:
        """It is the unit's turn."""
        return self.answer in (Answer.MISSING, Answer.RETURNED)

    @property
    def is_dead(self) -> bool:
        """Whether every address that the roster has for the unit sent our letters back."""
        dead = {each.address.lower() for each in self.bounced if each.permanent}
        return bool(self.unit.emails) and all(address.lower() in dead for address in self.unit.emails)

    @property
    def reason(self) -> str:
        """Why its numbers are not there, in Chinese; '' when they are."""
        arrival = self.arrival
        if self.answer is Answer.RETURNED and arrival:
            return f"报来的“{arrival.name}”有错，已退回，还没有更正"
        if self.answer is Answer.PENDING and arrival:
            return f"来件“{arrival.name}”待人工处理：{arrival.reason}"
        if self.answer is Answer.NOT_ISSUED:
            return "年报数据表还没有下发"
        if self.answer is Answer.MISSING:
            return "邮箱退信，可能没有收到" if self.is_dead else "没有报送"
        return ""

    def days_left(self, day: date) -> int:
        """Days to the unit's own deadline; negative once it has passed."""
        return (self.who.deadline - day).days


def lines(desk: Desk, year: Year) -> tuple[Line, ...]:
    """Every unit that files, in roster order. Of several files the last one that could be read decides."""
    issued = desk.history.dispatched(year)
    read: dict[str, Arrival] = {}
    right: dict[str, Arrival] = {}
    first: dict[str, Arrival] = {}
    waiting: dict[str, Arrival] = {}
    for arrival in desk.history.arrivals(year):
        if arrival.verdict == "quarantined":
            waiting[arrival.unit] = arrival
            continue
        read[arrival.unit] = arrival
        if arrival.verdict == "accepted":
            right[arrival.unit] = arrival
            first.setdefault(arrival.unit, arrival)
    bounced = desk.history.bounced(year)
    found = []
    for who in declared(desk, year.year):
        name = who.unit.name
        if name in right:
            # A faulty newer one is sent back, but what was right before still counts.
            late = first[name].received.astimezone(CHINA).date() > who.deadline
            line = Line(who, Answer.LATE if late else Answer.ON_TIME, right[name])
        elif name in waiting:
            line = Line(who, Answer.PENDING, waiting[name])
        elif name in read:
            line = Line(who, Answer.RETURNED, read[name])
        elif name not in issued:
            line = Line(who, Answer.NOT_ISSUED)
        else:
            line = Line(who, Answer.MISSING, bounced=bounced.get(name, ()))
        found.append(line)
    return tuple(found)
