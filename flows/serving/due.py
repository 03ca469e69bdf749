"""What is due now: one pure function of what the store knows, the settings and the clock.

Nothing is remembered between two looks but what stands in the store, so a machine that slept catches up with one step
for all that it missed, and a clock that was set back repeats nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from flows.periods import Period
from flows.serving.days import Calendar, Slot
from flows.serving.settings import Schedule

Step = Literal["distribute", "collect", "remind", "report"]
Outcome = Literal["done", "waiting", "again", "failed"]
"""done; waiting: for a person's leave; again: letters are left over; failed: a UserError or a fault."""

RETRY = timedelta(minutes=30)
"""What could not be finished is tried again after this."""
WORDS: Mapping[Step, str] = {"distribute": "下发", "collect": "回收", "remind": "催报", "report": "通报"}


@dataclass(frozen=True, slots=True)
class Past:
    """The last time that a step was run by schedule for an occasion."""

    outcome: Outcome
    at: datetime
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store knows of one period of a plan."""

    period: Period
    issued: bool = False
    printed: bool = False
    """A bulletin was made, by whomever: what the office has written into it is not replaced by schedule."""
    waiting: frozenset[Step] = frozenset()
    """Steps whose letters wait in the outbox."""
    agreed_at: datetime | None = None
    """When somebody last agreed to this period's mass mail; None: nobody has."""
    bulletin_agreed: bool = True
    """Whether a bulletin may be made: [approval] does not ask, or somebody has agreed."""
    past: Mapping[tuple[Step, str], Past] = field(default_factory=dict)
    """(step, occasion) → its last run."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step to run now."""

    step: Step
    period: Period
    slot: str


@dataclass(frozen=True, slots=True)
class Coming:
    """A step that comes by itself, or that waits for a person (``waits``: for what, a Chinese sentence)."""

    step: Step
    period: Period
    slot: str
    moment: datetime
    waits: str = ""


def due_steps(standing: Standing, days: Calendar, rules: Schedule, now: datetime) -> tuple[Due, ...]:
    """The steps of a period that are due, in the order in which they are run: answers are read before anybody is
    reminded, and before they are counted.
    """
    found: list[tuple[Step, Slot | None]] = [
        ("distribute", _issue_due(standing, days, now)),
        ("collect", _collect_due(standing, days, rules, now)),
        ("remind", _remind_due(standing, days, now)),
        ("report", _report_due(standing, days, now)),
    ]
    return tuple(Due(step, standing.period, slot.name) for step, slot in found if slot)


def coming(standing: Standing, days: Calendar, now: datetime) -> tuple[Coming, ...]:
    """What comes next by itself, and what a person is waited for, in order of time."""
    period = standing.period
    found: list[Coming] = []
    if days.issue and not standing.issued:
        if now < days.issue.moment:
            found.append(Coming("distribute", period, days.issue.name, days.issue.moment))
        elif now >= days.issue_until:
            waits = "报送截止日已过，不再自动下发；仍要下发的请由人启动“下发台账”"
            found.append(Coming("distribute", period, days.issue.name, days.issue.moment, waits))
    for step in ("distribute", "remind"):
        if step in standing.waiting and standing.agreed_at is None:
            waits = "信件在等人同意，请启动“确认寄出”"
            found.append(Coming(step, period, WORDS[step], now, waits))
    later = [slot for slot in days.reminders if slot.moment > now]
    if later and not standing.printed:
        found.append(Coming("remind", period, later[0].name, later[0].moment))
    if days.bulletin and standing.issued and not standing.printed:
        late = now >= days.bulletin.moment
        waits = "在等人同意，请启动“确认通报”" if late and not standing.bulletin_agreed else ""
        if not late or waits:
            found.append(Coming("report", period, days.bulletin.name, days.bulletin.moment, waits))
    return tuple(sorted(found, key=lambda each: each.moment))


def _issue_due(standing: Standing, days: Calendar, now: datetime) -> Slot | None:
    slot = days.issue
    if slot is None or not slot.moment <= now < days.issue_until:
        return None
    past = standing.past.get(("distribute", slot.name))
    if not standing.issued:
        return slot if past is None or _rested(past, now) else None
    return slot if _may_leave(standing, "distribute", past, now) else None


def _collect_due(standing: Standing, days: Calendar, rules: Schedule, now: datetime) -> Slot | None:
    if not rules.collect_minutes or not standing.issued or now >= days.collect_until:
        return None
    if standing.printed and (days.bulletin is None or now >= days.bulletin.moment):
        return None
    past = standing.past.get(("collect", "回收"))
    due = past is None or _elapsed(past, now, timedelta(minutes=rules.collect_minutes))
    return Slot("回收", now) if due else None


def _remind_due(standing: Standing, days: Calendar, now: datetime) -> Slot | None:
    if not standing.issued or standing.printed or now >= days.collect_until:
        return None
    reached = [slot for slot in days.reminders if slot.moment <= now]
    if not reached:
        return None
    slot = reached[-1]  # of all that were missed only the last: a unit reads one letter, not four
    later = [s for s in days.reminders if s.moment > now and ("remind", s.name) in standing.past]
    if later:  # the clock was set back
        return None
    past = standing.past.get(("remind", slot.name))
    if past is None:
        return slot
    if past.outcome == "failed":
        return slot if _rested(past, now) else None
    return slot if _may_leave(standing, "remind", past, now) else None


def _report_due(standing: Standing, days: Calendar, now: datetime) -> Slot | None:
    slot = days.bulletin
    if slot is None or now < slot.moment or now >= days.collect_until:
        return None
    if not standing.issued or standing.printed or not standing.bulletin_agreed:
        return None
    past = standing.past.get(("report", slot.name))
    return slot if past is None or _rested(past, now) else None


def _may_leave(standing: Standing, step: Step, past: Past | None, now: datetime) -> bool:
    """Whether letters of a step that wait may be tried now: agreed to, and agreed since the last try or rested."""
    if step not in standing.waiting or standing.agreed_at is None:
        return False
    return past is None or standing.agreed_at >= past.at or _rested(past, now)


def _rested(past: Past, now: datetime) -> bool:
    return _elapsed(past, now, RETRY)


def _elapsed(past: Past, now: datetime, span: timedelta) -> bool:
    """Whether that long has passed; a last time that lies ahead of the clock tells nothing, and does not block."""
    return now < past.at or now - past.at >= span
