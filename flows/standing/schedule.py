"""序时进度: how far the work should have come by today, and which class that makes of it.

Only work with a deadline and a reported percentage can be measured. The classes are those of the bulletins of the
field (超序时, 按序时, 慢序时 …); their words are the office's, see [lights] pace_words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import fmean

from flows.ledger.model import Report, Status
from flows.plan.model import Deadline, Kind


class Pace(StrEnum):
    """The classes, in the order of [lights] pace_words."""

    AHEAD = "ahead"
    ON = "on"
    BEHIND = "behind"
    DONE = "done"
    EARLY = "early"
    """Done before the deadline."""
    IDLE = "idle"
    """Not begun, or nothing reported."""
    ONGOING = "ongoing"
    """长期, 定期: there is no day to be measured against."""
    OTHER = "other"
    """Under way, but without a deadline or a percentage."""


@dataclass(frozen=True, slots=True)
class Course:
    """The thresholds and the days that work is measured by."""

    as_of: date
    start: date | None
    """The plan's day of issue; before it, or without one, time runs from 1 January of the deadline's year."""
    behind_points: int
    ahead_points: int


def elapsed(due: date, start: date | None, today: date) -> float | None:
    """Per cent of the time that has passed, 0 to 100; None when there is no span to measure."""
    first = start if start and start < due else date(due.year, 1, 1)
    span = (due - first).days
    return min(100.0, max(0.0, 100 * (today - first).days / span)) if span > 0 else None


def lag(report: Report | None, due: date | None, start: date | None, today: date) -> float | None:
    """Points that 完成进度 is behind the time (negative: ahead); None when it cannot be measured.

    Who has not begun, or says nothing, stands at 0 %, who has finished at 100 %.
    """
    passed = elapsed(due, start, today) if due else None
    status = report.status if report else Status.IDLE
    if passed is None or status is Status.EXEMPT:
        return None
    percent = {Status.IDLE: 0, Status.DONE: 100}.get(status, report.percent if report else None)
    return None if percent is None else passed - percent


def pace(report: Report | None, deadline: Deadline, due: date | None, course: Course) -> Pace | None:
    """The class of one unit's work on one item; ``due`` is the day that counts. None: 不涉及."""
    status = report.status if report else Status.IDLE
    if status is Status.EXEMPT:
        return None
    if status is Status.DONE:
        finished = (report and report.done_on) or course.as_of
        return Pace.EARLY if due and finished < due else Pace.DONE
    if status is Status.IDLE:
        return Pace.IDLE
    if due is None:
        return Pace.ONGOING if deadline.kind in (Kind.ONGOING, Kind.PERIODIC) else Pace.OTHER
    if course.as_of > due:
        return Pace.BEHIND
    points = lag(report, due, course.start, course.as_of)
    return Pace.OTHER if points is None else _class(points, course)


@dataclass(frozen=True, slots=True)
class Step:
    """One unit's part of an item's class. ``points``: how far it lags, see `lag`; None: not measured."""

    pace: Pace | None
    points: float | None = None
    overdue: bool = False
    excused: bool = False
    """Exempt and unfinished: it cannot make the item slow, but nothing is done or idle without it."""


def pace_of_item(steps: Sequence[Step], course: Course) -> Pace:
    """The class of an item: of the mean lag of its units, finished ones at 100 %; 慢序时 when one is overdue.

    An item that no unit carries has not begun. Where no unfinished unit can be measured, nothing is claimed.
    """
    concerned = [step for step in steps if step.pace is not None]
    paces = {step.pace for step in concerned}
    if steps and paces <= {Pace.DONE, Pace.EARLY}:
        return Pace.EARLY if paces == {Pace.EARLY} else Pace.DONE
    if paces <= {Pace.IDLE}:
        return Pace.IDLE
    counted = [step for step in concerned if not step.excused] or concerned
    if any(step.overdue for step in counted):
        return Pace.BEHIND
    unfinished = [step for step in counted if step.pace not in (Pace.DONE, Pace.EARLY)]
    if all(step.points is None for step in unfinished):
        return Pace.ONGOING if Pace.ONGOING in paces else Pace.OTHER
    return _class(fmean(step.points for step in counted if step.points is not None), course)


def _class(points: float, course: Course) -> Pace:
    return Pace.BEHIND if points >= course.behind_points else Pace.AHEAD if -points >= course.ahead_points else Pace.ON
