"""定期任务 in a month's round: which day, ruling and report of a task the month still asks about."""

from __future__ import annotations

from datetime import date

from flows.plan.model import Item
from flows.progress import Review
from flows.standing.followed import Again
from flows.storage.history import Recorded
from flows.storage.reviews import Place


def in_force(again: Again, place: Place, review: Review | None) -> Review | None:
    """The ruling, unless it is about an earlier time of a task that has come due again."""
    return review if review and again.stands(place, review) else None


def day_asked(again: Again, place: Place, item: Item | None, review: Review | None) -> date | None:
    """The day that counts for a unit: the extended one, else the one it has missed, else that of this time.

    ``item`` as the month sees it; ``review`` in force.
    """
    extended = review.ruling.extended if review else None
    return extended or again.missed(place) or (item.deadline.due if item else None)


def is_renewed(again: Again, place: Place, record: Recorded | None) -> bool:
    """Whether the task has come due again since the unit reported it as finished."""
    return record is not None and again.counts(place, record) is not None
