"""The schedule's view of the store: where a plan's periods stand, and the record of what was run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from flows.annual_round.declaring import declared, publish_by
from flows.desk import Desk
from flows.periods import CHINA, Period
from flows.plan.plan_time import PlanTime
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.round.approval import approved
from flows.round.outbox import Outbox
from flows.round.posted import State
from flows.round.settling import person
from flows.serving.days import Calendar, calendar, months_at, year_calendar
from flows.serving.due import Coming, Due, Outcome, Past, Standing, Step, coming, due_steps
from flows.serving.settings import Span
from flows.store import clearances, dispatches, now, reports, scheduled, yearbooks
from flows.years import Year

_BULLETIN = "通报"
_KINDS: dict[str, Step] = {
    LetterKind.ISSUE: "distribute",
    LetterKind.REMIND: "remind",
    LetterKind.RETURN: "remind",  # once more, on the day of a reminder
    LetterKind.SUPERVISE: "supervise",
}
Round = tuple[Period, Calendar]


def rounds_at(desk: Desk, moment: datetime) -> list[Round]:
    """The months and the year of a plan that a look is about, with their days: months first, the older before."""
    rules, slug = desk.config.schedule, desk.folder.slug
    found: list[Round] = []
    if slug in rules.plans:
        months = months_at(_span(desk), moment)
        found = [(month, calendar(month, desk.reply_by(month), rules)) for month in months]
    year = Year(desk.plan.info.year)
    if slug in rules.annual_plans and moment.astimezone(CHINA).year > year.year and not year_fault(desk):
        days = [who.deadline for who in declared(desk, year.year)]
        found.append((year, year_calendar(year.year, days, publish_by(desk.config.annual, year.year), rules)))
    return [each for each in found if moment < each[1].collect_until]


def year_fault(desk: Desk) -> str:
    """Why 年报数据 cannot be gathered by schedule: the settings leave nobody who files; '' when they can."""
    if desk.folder.slug in desk.config.schedule.annual_plans:
        try:
            declared(desk, desk.plan.info.year)
        except UserError as error:
            return error.sentence
    return ""


def _span(desk: Desk) -> Span:
    """The months that a plan is run for: as the office has set, or those of its time from its 印发 on."""
    info = desk.plan.info
    time = PlanTime.of(info)
    first = max(time.first, info.issued) if info.issued and info.issued <= time.last else time.first
    return desk.config.schedule.span(desk.folder.slug) or (Period.of(first), Period.of(time.last))


def standing_of(desk: Desk, period: Period) -> Standing:
    """Where a period stands."""
    slug, month = desk.folder.slug, str(period)
    waiting: set[Step] = set()
    if desk.config.mail.transport != "folder":
        queued = Outbox(desk, period).in_state(State.QUEUED)
        waiting = {_KINDS[posted.kind] for posted in queued if posted.kind in _KINDS and posted.is_mass}
    agreed = approved(desk, period)
    here = (dispatches.c.plan == slug, dispatches.c.period == month)
    first = desk.store.column(sa.select(dispatches.c.at).where(*here).order_by(dispatches.c.id).limit(1))
    return Standing(
        period=period,
        issued=bool(first),
        issued_at=datetime.fromisoformat(first[0]) if first else None,
        printings=_printings(desk, period),
        waiting=frozenset(waiting),
        agreed_at=_last(agreed),
        supervise_agreed_at=_last([each for each in agreed if LetterKind.SUPERVISE in each["kind"].split("、")]),
        bulletin_agreed=not desk.config.approval.bulletin or bulletin_agreed(desk, period),
        past=_past(desk, period),
    )


def due_now(desk: Desk, moment: datetime) -> list[Due]:
    """Every step of a plan that is due, the older period first."""
    return [
        due for period, days in rounds_at(desk, moment) for due in due_steps(standing_of(desk, period), days, moment)
    ]


def coming_up(desk: Desk, moment: datetime) -> list[Coming]:
    """What a plan's periods wait for."""
    found = [
        each for period, days in rounds_at(desk, moment) for each in coming(standing_of(desk, period), days, moment)
    ]
    return sorted([*found, *_beyond(desk, moment)], key=lambda each: each.moment)


def _beyond(desk: Desk, moment: datetime) -> list[Coming]:
    """Said to the office, once the plan's year is over: tasks with a later day are asked for by nobody."""
    here, rules, slug = Period.of(moment.astimezone(CHINA).date()), desk.config.schedule, desk.folder.slug
    if here.year <= desk.plan.info.year or slug not in rules.plans or rules.span(slug):
        return []
    left = sum(bool(item.deadline.due and item.deadline.due >= here.first_day) for item in desk.plan.items)
    waits = f"还有 {left} 项任务时限在后面；要接着办的，在 [schedule.months] 写明月份"
    return [Coming("distribute", here, "下发", moment, waits)] if left else []


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


def _printings(desk: Desk, period: Period) -> int:
    """How often the month's bulletin, or the year's report, was made."""
    slug = desk.folder.slug
    if isinstance(period, Year):
        here = (yearbooks.c.plan == slug, yearbooks.c.year == period.year)
        query = sa.select(sa.func.count()).select_from(yearbooks).where(*here)
    else:
        here = (reports.c.plan == slug, reports.c.period == str(period))
        query = sa.select(sa.func.count()).select_from(reports).where(*here)
    return int(next(iter(desk.store.column(query)), 0))


def _last(agreed: Sequence[Mapping[str, Any]]) -> datetime | None:
    return datetime.fromisoformat(agreed[-1]["at"]) if agreed else None


def _past(desk: Desk, period: Period) -> dict[tuple[Step, str], Past]:
    here = (scheduled.c.plan == desk.folder.slug, scheduled.c.period == str(period))
    rows = desk.store.rows(sa.select(scheduled).where(*here).order_by(scheduled.c.id))
    return {(row.step, row.slot): Past(row.outcome, datetime.fromisoformat(row.at), row.sentence) for row in rows}


__all__ = [
    "agree_bulletin",
    "bulletin_agreed",
    "coming_up",
    "due_now",
    "now",
    "record_run",
    "rounds_at",
    "standing_of",
    "year_fault",
]
