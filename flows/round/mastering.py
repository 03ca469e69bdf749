"""总台账.xlsx is written anew without losing what the office wrote into the one before."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flows.desk import Desk
from flows.files import write_file
from flows.ledger.master import render_master
from flows.ledger.review_reader import OldMasterError, content_digest
from flows.periods import Period, today
from flows.problems import Problem, UserError
from flows.progress import Snapshot
from flows.round.review import take_review
from flows.round.review_outcome import Outcome
from flows.storage.reviews import Renumbered, is_ours, remember_master


@dataclass(frozen=True, slots=True)
class Earlier:
    """What became of the 总台账 that was there before."""

    outcome: Outcome = field(default_factory=Outcome)
    kept: Path | None = None
    """A copy of it, because it holds something that was not taken in."""


def take_in_earlier(desk: Desk, period: Period) -> Earlier:
    """Take in the office's columns of the 总台账 of a period, before it is written anew.

    A copy is kept beside it when rows could not be taken, or when anything else in it was changed by hand.
    """
    path = desk.folder.period(period).master
    if not path.is_file():
        return Earlier()
    data = path.read_bytes()
    content = content_digest(data, path.name)
    touched = not content or not is_ours(desk.store, desk.folder.slug, period, content)
    try:
        outcome = take_review(desk, period, path)
    except OldMasterError:
        return Earlier(kept=_copy(path, data))
    except UserError as error:
        return Earlier(Outcome(problems=[Problem(error.message, error.hint)]), _copy(path, data))
    return Earlier(outcome, _copy(path, data) if touched or outcome.problems else None)


def replace_master(desk: Desk, period: Period, snap: Snapshot) -> None:
    """Write 总台账.xlsx, and remember its content, so that hand-made changes can be told later."""
    slug = desk.folder.slug
    path = desk.folder.period(period).master
    data = render_master(snap, desk.store.secret(), Renumbered(desk.store, slug).last)
    remember_master(desk.store, slug, period, content_digest(data, path.name))
    write_file(path, data)


def _copy(path: Path, data: bytes) -> Path:
    """The file under its name with today's date; the same bytes are kept once."""
    number = 1
    while True:
        mark = f"{today():%Y%m%d}" + (f"_{number}" if number > 1 else "")
        kept = path.with_name(f"{path.stem}_{mark}{path.suffix}")
        if not kept.is_file():
            write_file(kept, data)
            return kept
        if kept.read_bytes() == data:
            return kept
        number += 1
