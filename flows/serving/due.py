"""What is due now: one pure function of what the store knows, the settings and the clock.

Nothing is remembered between two looks but what stands in the store, so a machine that slept catches up with one step
for all that it missed, and a clock that was set back repeats nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from flows.periods import Period
from flows.serving.days import Calendar, Slot
from flows.years import Year

Step = Literal["distribute", "collect", "remind", "report", "supervise"]
Outcome = Literal["begun", "done", "waiting", "again", "failed"]
"""begun: nothing else is known, the machine died over it; done; waiting: for a person's leave; again: letters are left
over; failed: a UserError or a fault.
"""

RETRY = timedelta(minutes=30)
"""What could not be finished is tried again after this."""
WORDS: Mapping[Step, str] = {
    "distribute": "下发",
    "collect": "回收",
    "remind": "催报",
    "report": "通报",
    "supervise": "督办",
}
SUPERVISED = "督办"
"""The occasion on which letters with 督办单 leave."""


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
    half_issued: bool = False
    """A scheduled 下发 was cut off, or failed half way: some units have no workbook yet, or no letter."""
    issued_at: datetime | None = None
    """When the first workbook was written: a reminder whose day was before that is none."""
    printings: int = 0
    """How often the bulletin was made, by whomever: what the office has written into it is not replaced by schedule."""
    half_printed: bool = False
    """A scheduled 通报 was cut off, or failed, when the bulletin was there: papers beside it may be missing."""
    waiting: frozenset[Step] = frozenset()
    """Steps whose letters wait in the outbox."""
    agreed_at: datetime | None = None
    """When somebody last agreed to this period's mass mail; None: nobody has."""
    supervise_agreed_at: datetime | None = None
    """When somebody last agreed to letters of which 督办单 were a part."""
    bulletin_agreed: bool = True
    """Whether a bulletin may be made: [approval] does not ask, or somebody has agreed."""
    past: Mapping[tuple[Step, str], Past] = field(default_factory=dict)
    """(step, occasion) → its last run."""

    @property
    def printed(self) -> bool:
        """Whether there is a bulletin."""
        return self.printings > 0

    @property
    def prepared(self) -> str:
        """The occasion on which the letters with the 督办单 of the last printing are written, for a person to see."""
        return f"督办单写信（第{self.printings}次通报）"


@dataclass(frozen=True, slots=True)
class Due:
    """A step to run now."""

    step: Step
    period: Period
    slot: str
    rest: bool = False
    """Only what a run that was cut off has left undone."""

    @property
    def told(self) -> str:
        """2026年10月催报, 催报2026年度年报数据."""
        return spoken(self.step, self.period)


@dataclass(frozen=True, slots=True)
class Coming:
    """A step that comes by itself, or that waits for a person (``waits``: for what, a Chinese sentence)."""

    step: Step
    period: Period
    slot: str
    moment: datetime
    waits: str = ""

    @property
    def told(self) -> str:
        """As of :class:`Due`."""
        return spoken(self.step, self.period)


def spoken(step: Step, period: Period) -> str:
    """A step of a month or a year as people call it."""
    if not isinstance(period, Year):
        return f"{period.label}{WORDS[step]}"
    return f"生成{period.year}年度报告" if step == "report" else f"{WORDS[step]}{period.label}年报数据"


def due_steps(standing: Standing, days: Calendar, now: datetime) -> tuple[Due, ...]:
    """The steps of a period that are due, in the order in which they are run: answers are read before anybody is
    reminded, and before they are counted.
    """
    hurt = {step for (step, _), past in standing.past.items() if past.outcome in ("begun", "failed")}
    standing = replace(
        standing,
        half_issued=standing.issued and "distribute" in hurt,
        half_printed=standing.printed and "report" in hurt and not isinstance(standing.period, Year),
        # What was cut off is as if it had never been tried; what it has done is not done twice.
        past={key: past for key, past in standing.past.items() if past.outcome != "begun"},
    )
    found: list[tuple[Step, Slot | None]] = [
        ("distribute", _issue_due(standing, days, now)),
        ("collect", _collect_due(standing, days, now)),
        ("remind", _remind_due(standing, days, now)),
        ("report", _report_due(standing, days, now)),
        ("supervise", _supervise_due(standing, days, now)),
    ]
    rest = standing.half_printed
    return tuple(Due(step, standing.period, slot.name, rest and step == "report") for step, slot in found if slot)


def coming(standing: Standing, days: Calendar, now: datetime) -> tuple[Coming, ...]:
    """What comes next by itself, and what a person is waited for, in order of time."""
    period = standing.period
    if now >= days.collect_until:
        return ()
    found: list[Coming] = []
    if days.issue and not standing.issued:
        if now < days.issue.moment:
            found.append(Coming("distribute", period, days.issue.name, days.issue.moment))
        elif now >= days.issue_until:
            button = "下发年报数据" if isinstance(period, Year) else "下发"
            waits = f"报送截止日已过，不再自动下发；仍要下发的请由人启动“{button}”"
            found.append(Coming("distribute", period, days.issue.name, days.issue.moment, waits))
    for step in ("distribute", "remind"):
        if step in standing.waiting and standing.agreed_at is None:
            found.append(Coming(step, period, WORDS[step], now, _ask(period)))
    if days.supervise and standing.printed and "supervise" in standing.waiting and not _supervise_agreed(standing):
        waits = f"督办单的信写好了，请先看督办单；{_ask(period)}"
        found.append(Coming("supervise", period, SUPERVISED, now, waits))
    later = [slot for slot in days.reminders if slot.moment > now]
    if later and not (standing.printed and days.ends_with_print):
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
    if not standing.issued or standing.half_issued:
        return slot if past is None or _rested(past, now) else None
    return slot if _may_leave(standing, "distribute", past, now) else None


def _collect_due(standing: Standing, days: Calendar, now: datetime) -> Slot | None:
    if days.collect_every is None or not standing.issued or now >= days.collect_until:
        return None
    out = standing.printed and (days.bulletin is None or now >= days.bulletin.moment)
    if out and days.ends_with_print:
        return None
    past = standing.past.get(("collect", "回收"))
    due = past is None or _elapsed(past, now, days.collect_every)
    return Slot("回收", now) if due else None


def _remind_due(standing: Standing, days: Calendar, now: datetime) -> Slot | None:
    if not standing.issued or now >= days.collect_until or (standing.printed and days.ends_with_print):
        return None
    reached = [slot for slot in days.reminders if slot.moment <= now and not _before_issue(standing, slot, now)]
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
    if not standing.issued or not standing.bulletin_agreed or (standing.printed and not standing.half_printed):
        return None
    past = standing.past.get(("report", slot.name))
    return slot if past is None or _rested(past, now) else None


def _supervise_due(standing: Standing, days: Calendar, now: datetime) -> Slot | None:
    """First the letters are written and nothing leaves; they leave when somebody has agreed to these."""
    if not days.supervise or not standing.printed or now >= days.collect_until:
        return None
    written = standing.past.get(("supervise", standing.prepared))
    if written is None or (written.outcome == "failed" and _rested(written, now)):
        return Slot(standing.prepared, now)
    if "supervise" not in standing.waiting or not _supervise_agreed(standing):
        return None
    sent = standing.past.get(("supervise", SUPERVISED))
    agreed = standing.supervise_agreed_at
    tried = sent is not None and agreed is not None and agreed < sent.at and not _rested(sent, now)
    return None if tried else Slot(SUPERVISED, now)


def _supervise_agreed(standing: Standing) -> bool:
    """Whether the leave is for the letters of the last printing."""
    written = standing.past.get(("supervise", standing.prepared))
    agreed = standing.supervise_agreed_at
    return written is not None and agreed is not None and agreed >= written.at


def _before_issue(standing: Standing, slot: Slot, now: datetime) -> bool:
    """A workbook that has just gone out is not asked for by the reminder of last week. A time of issue that lies ahead
    of the clock tells nothing.
    """
    issued = standing.issued_at
    return issued is not None and slot.moment < issued <= now


def _ask(period: Period) -> str:
    year = f"，期次写 {period}" if isinstance(period, Year) else ""
    return f"信件在等人同意，请启动“确认寄出”{year}"


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
