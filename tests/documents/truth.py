"""What is true of a month, counted once more from the rows of the store: a second opinion on every figure.

Nothing here uses the product's own counting (figures, history, reviews): rules are written down again from the
documentation, so that an error in one of the two shows as a disagreement.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from flows.periods import Period
from flows.plan.model import Item
from flows.roster import Unit
from flows.store import arrivals, bounces, dispatches, entries, letters, notices, printings, reports, reviews
from tests.documents.made_months import SLUG, Month
from tests.documents.truth_measures import exemption, followed, is_unranked

DONE, MOVING, IDLE, BLOCKED, EXEMPT = "已完成", "推进中", "未启动", "需协调", "不涉及"


@dataclass
class Fact:
    """One unit's work on one item."""

    unit: str
    lead: bool
    item: Item
    due: date | None
    status: str | None
    """As it counts; None without any report."""
    progress: str = ""
    problem: str = ""
    next_step: str = ""
    fresh: bool = False
    month: int | None = None
    """Of the report, when it is of an earlier month."""
    late: int = 0
    """Days past the deadline, when it counts as overdue."""
    unchanged: bool = False
    percent: int | None = None
    excused: str = ""
    """Why it is exempt; only of what is unfinished."""
    said: str | None = None
    """The status in the unit's own words."""
    opinion: str = ""
    """What the office wrote beside its ruling."""

    @property
    def closed(self) -> bool:
        return self.status in (DONE, EXEMPT)


@dataclass
class UnitFact:
    """One unit's counts."""

    unit: Unit
    answer: str
    received: date | None
    unreached: bool
    facts: list[Fact]
    rank: int | None = None
    before: int | None = None
    unranked: bool = False

    def count(self, *statuses: str | None) -> int:
        return sum(not fact.late and not fact.excused and fact.status in statuses for fact in self.facts)

    @property
    def counted_out(self) -> int:
        """不涉及, and what is exempt."""
        return self.count(EXEMPT) + sum(bool(fact.excused) for fact in self.facts)

    @property
    def overdue(self) -> int:
        return sum(bool(fact.late) for fact in self.facts)

    @property
    def base(self) -> int:
        return 0 if self.unranked else len(self.facts) - self.counted_out

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.count(DONE), self.base) if self.base else None


@dataclass
class Truth:
    """A whole month."""

    month: Month
    facts: list[Fact]
    """In item order, and in each item in the order of its shares."""
    units: dict[str, UnitFact]
    """In roster order."""
    previous: dict[str, Any] | None
    """The totals that the bulletin before printed."""
    previous_label: str = ""
    followed: list[tuple[str, str, str, str]] | None = None
    """What the last bulletin named and what became of it: complaint, unit, item, outcome; None when nobody knows."""
    notices: list[tuple[int, str]] = field(default_factory=list)
    """Level and colour of each notice of the period."""
    states: dict[str, str] = field(default_factory=dict)
    """Item number → 已完成 正在推进 尚未启动 逾期未完成."""

    def of(self, no: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.item.no == no]

    def answered(self, *answers: str) -> list[str]:
        return [name for name, unit in self.units.items() if unit.answer in answers]

    @property
    def asked(self) -> int:
        return len(self.answered("按时", "逾期", "待更正", "核对中", "未报送"))

    def state_count(self, state: str) -> int:
        return sum(found == state for found in self.states.values())


def letters_of(text: str) -> str:
    """The text without blanks and punctuation."""
    return re.sub(r"\W+", "", text)


def truth_of(month: Month) -> Truth:
    """Count a month, and what became of the problems of the month whose bulletin came before."""
    truth = _count(month)
    kept = sa.select(reports.c.period, printings.c.id).outerjoin(printings, printings.c.report == reports.c.id)
    rows = sorted(month.store.rows(kept.where(reports.c.period < str(month.period))), key=lambda row: row.period)
    if rows and rows[-1].id is not None:
        then = Period.parse(rows[-1].period)
        truth.followed = list(followed(truth, _count(replace(month, period=then, as_of=then.last_day))))
    query = sa.select(notices).where(notices.c.period == str(month.period))
    truth.notices = [(row.level, row.colour) for row in month.store.rows(query)]
    return truth


def _count(month: Month) -> Truth:
    now = str(month.period)
    came = _arrivals(month)
    said = _said(month, came, now)
    before = _said(month, came, str(month.period.previous))
    rulings = _rulings(month, now)
    facts = []
    for item in month.plan.items:
        for share in month.assignment.shares[item.no]:
            place = (share.unit.name, item.no)
            facts.append(
                _fact(month, share.unit, share.role == "lead", item, said.get(place), before, rulings.get(place))
            )
    previous = _last_report(month)
    truth = Truth(month, facts, {}, None)
    if previous:
        truth.previous = previous[1]["totals"]
        year, number = previous[0].split("-")
        truth.previous_label = f"{year}年{int(number)}月"
    places = previous[1]["ranks"] if previous else {}
    unreached = _unreached(month)
    for unit in month.roster:
        own = [fact for fact in facts if fact.unit == unit.name]
        answer, received = _answer(month, unit.name, [row for row in came if row.period == now], own, rulings)
        counted = UnitFact(unit, answer, received, unit.name in unreached, own, before=places.get(unit.name))
        counted.unranked = bool(own) and is_unranked(month, unit)
        truth.units[unit.name] = counted
    _rank(truth)
    truth.states = {item.no: _state(truth.of(item.no)) for item in month.plan.items}
    return truth


def _arrivals(month: Month) -> list[Any]:
    rows = month.store.rows(sa.select(arrivals).where(arrivals.c.plan == SLUG))
    return sorted(rows, key=lambda row: (row.period, datetime.fromisoformat(row.received), row.id))


def _said(month: Month, came: list[Any], until: str) -> dict[tuple[str, str], tuple[str, Any]]:
    """(unit, no) → period and row of the last entry of an accepted sheet, up to a period."""
    rows: dict[int, list[Any]] = {}
    for row in month.store.rows(sa.select(entries).where(entries.c.merged.is_(True))):
        rows.setdefault(row.arrival, []).append(row)
    found = {}
    for arrival in came:
        if arrival.verdict == "accepted" and arrival.period <= until:
            for row in rows.get(arrival.id, []):
                found[row.unit, row.no] = (arrival.period, row)
    return found


def _rulings(month: Month, until: str) -> dict[tuple[str, str], Any]:
    rows = month.store.rows(sa.select(reviews).where(reviews.c.plan == SLUG, reviews.c.period <= until))
    return {(row.unit, row.no): row for row in sorted(rows, key=lambda row: (row.period, row.id))}


def _fact(
    month: Month,
    carrier: Unit,
    lead: bool,
    item: Item,
    said: tuple[str, Any] | None,
    before: dict[tuple[str, str], tuple[str, Any]],
    ruling: Any,
) -> Fact:
    """核定状态 counts until the unit reports in a later month; 销号 and 延期 stand."""
    now, unit = str(month.period), carrier.name
    status = said[1].status if said else None
    due = item.deadline.due
    if ruling is not None:
        lapsed = said is not None and said[0] > ruling.period and not ruling.closed
        if ruling.status and not lapsed:
            status = ruling.status
        if ruling.closed and status not in (DONE, EXEMPT):
            status = DONE
        if ruling.extended:
            due = date.fromisoformat(ruling.extended)
    fact = Fact(unit, lead, item, due, status)
    if said:
        period, row = said
        fact.percent, fact.said = row.percent, row.status
        fact.opinion = ruling.opinion if ruling is not None else ""
        fact.progress, fact.problem, fact.next_step = row.progress, row.problem, row.next_step
        fact.fresh = period == now
        fact.month = None if fact.fresh else int(period[5:])
        old = before.get((unit, item.no))
        same = old is not None and old[1].status == row.status
        fact.unchanged = bool(
            fact.fresh
            and not fact.closed
            and same
            and old is not None
            and letters_of(old[1].progress) == letters_of(row.progress)
        )
    if not fact.closed:
        fact.excused = exemption(month, carrier, item.no)
    if due and not fact.closed and not fact.excused and (month.as_of - due).days > month.lights.grace_days:
        fact.late = (month.as_of - due).days
    return fact


def _last_report(month: Month) -> tuple[str, dict[str, Any]] | None:
    query = sa.select(reports).where(reports.c.plan == SLUG, reports.c.period < str(month.period))
    rows = sorted(month.store.rows(query), key=lambda row: (row.period, row.id))
    return (rows[-1].period, json.loads(rows[-1].figures)) if rows else None


def _answer(
    month: Month, unit: str, came: list[Any], own: list[Fact], rulings: dict[tuple[str, str], Any]
) -> tuple[str, date | None]:
    """Where a unit's answer stands; on time is who was readable in time at the first try."""
    if not own:
        return "—", None
    mine = [row for row in came if row.unit == unit]
    readable = [row for row in mine if row.verdict in ("accepted", "returned")]
    taken = [row for row in readable if row.verdict == "accepted"]
    if taken:
        first = datetime.fromisoformat(readable[0].received).date()
        return ("按时" if first <= month.reply_by else "逾期"), datetime.fromisoformat(taken[-1].received).date()
    if readable:
        return "待更正", None
    if mine:
        return "核对中", None
    query = sa.select(dispatches.c.id).where(dispatches.c.period == str(month.period), dispatches.c.unit == unit)
    if not month.store.rows(query):
        ended = [rulings.get((unit, fact.item.no)) for fact in own]
        return ("—" if all(row is not None and row.closed for row in ended) else "未下发"), None
    return "未报送", None


def _unreached(month: Month) -> set[str]:
    """Units whose only address sent the letter of the month back for good."""
    query = sa.select(bounces.c.unit).join(letters, letters.c.id == bounces.c.letter)
    return set(month.store.column(query.where(bounces.c.period == str(month.period), bounces.c.permanent.is_(True))))


def _rank(truth: Truth) -> None:
    """完成率, then who has answered, then the smaller share of overdue tasks; equal ones share a place."""
    for district in (True, False):
        series = [u for u in truth.units.values() if u.unit.is_district is district and u.rate is not None]
        for one in series:
            one.rank = 1 + sum(_merit(other) > _merit(one) for other in series)


def _merit(line: UnitFact) -> tuple[Fraction, bool, Fraction]:
    return (line.rate or Fraction(0), line.answer in ("按时", "逾期"), -Fraction(line.overdue, len(line.facts)))


def _state(facts: list[Fact]) -> str:
    concerned = [fact for fact in facts if fact.status != EXEMPT]
    if facts and all(fact.status == DONE for fact in concerned):
        return "已完成"
    if any(fact.late for fact in concerned):
        return "逾期未完成"
    return "正在推进" if any(fact.status not in (None, IDLE) for fact in concerned) else "尚未启动"
