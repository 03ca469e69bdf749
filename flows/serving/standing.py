"""The schedule's view of the store: where a plan's periods stand, and the record of what was run."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from flows.desk import Desk
from flows.periods import CHINA, Period
from flows.post.letters import LetterKind
from flows.round.approval import approved
from flows.round.outbox import Outbox
from flows.round.posted import State
from flows.round.settling import person
from flows.serving.days import Calendar, calendar
from flows.serving.due import Coming, Due, Outcome, Past, Standing, Step, coming, due_steps
from flows.store import clearances, now, reports, scheduled

_BULLETIN = "通报"
_KINDS: dict[str, Step] = {LetterKind.ISSUE: "distribute", LetterKind.REMIND: "remind"}


def periods_at(desk: Desk, moment: datetime) -> tuple[Period, ...]:
    """The periods that a look is about: last month's and this month's, of the plan's own year."""
    here = Period.of(moment.astimezone(CHINA).date())
    return tuple(period for period in (here.previous, here) if period.year == desk.plan.info.year)


def standing_of(desk: Desk, period: Period) -> Standing:
    """Where a period stands."""
    slug, month = desk.folder.slug, str(period)
    waiting: set[Step] = set()
    if desk.config.mail.transport != "folder":
        queued = Outbox(desk, period).in_state(State.QUEUED)
        waiting = {_KINDS[posted.kind] for posted in queued if posted.kind in _KINDS and posted.is_mass}
    agreed = approved(desk, period)
    printed = sa.select(reports.c.id).where(reports.c.plan == slug, reports.c.period == month).limit(1)
    return Standing(
        period=period,
        issued=bool(desk.history.dispatched(period)),
        printed=bool(desk.store.column(printed)),
        waiting=frozenset(waiting),
        agreed_at=datetime.fromisoformat(agreed[-1]["at"]) if agreed else None,
        bulletin_agreed=not desk.config.approval.bulletin or bulletin_agreed(desk, period),
        past=_past(desk, period),
    )


def calendar_of(desk: Desk, period: Period) -> Calendar:
    """The days of a period by config.toml."""
    return calendar(period, desk.reply_by(period), desk.config.schedule)


def due_now(desk: Desk, moment: datetime) -> list[Due]:
    """Every step of a plan that is due, the older period first."""
    rules = desk.config.schedule
    return [
        due
        for period in periods_at(desk, moment)
        for due in due_steps(standing_of(desk, period), calendar_of(desk, period), rules, moment)
    ]


def coming_up(desk: Desk, moment: datetime) -> list[Coming]:
    """What a plan's periods wait for."""
    found = [
        each
        for period in periods_at(desk, moment)
        for each in coming(standing_of(desk, period), calendar_of(desk, period), moment)
    ]
    return sorted(found, key=lambda each: each.moment)


def record_run(desk: Desk, due: Due, outcome: Outcome, sentence: str = "") -> None:
    """Write down that a step was run."""
    desk.store.add(
        scheduled,
        plan=desk.folder.slug,
        period=str(due.period),
        step=due.step,
        slot=due.slot,
        outcome=outcome,
        sentence=sentence,
    )


def agree_bulletin(desk: Desk, period: Period, given: bool = True) -> str:
    """Record that the person at this machine lets the period's scheduled bulletin be made, or takes that back."""
    who = person()
    place = {"plan": desk.folder.slug, "period": str(period), "kind": _BULLETIN}
    desk.store.add(clearances, **place, given=given, person=who)
    return who


def bulletin_agreed(desk: Desk, period: Period) -> bool:
    """Whether a leave for the period's bulletin stands."""
    here = (clearances.c.plan == desk.folder.slug, clearances.c.period == str(period), clearances.c.kind == _BULLETIN)
    query = sa.select(clearances.c.given).where(*here).order_by(clearances.c.id.desc()).limit(1)
    return any(desk.store.column(query))


def _past(desk: Desk, period: Period) -> dict[tuple[Step, str], Past]:
    here = (scheduled.c.plan == desk.folder.slug, scheduled.c.period == str(period))
    rows = desk.store.rows(sa.select(scheduled).where(*here).order_by(scheduled.c.id))
    return {(row.step, row.slot): Past(row.outcome, datetime.fromisoformat(row.at), row.sentence) for row in rows}


__all__ = [
    "agree_bulletin",
    "bulletin_agreed",
    "calendar_of",
    "coming_up",
    "due_now",
    "now",
    "periods_at",
    "record_run",
    "standing_of",
]
