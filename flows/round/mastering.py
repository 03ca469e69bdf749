"""总台账.xlsx is written anew without losing what the office wrote into the one before."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from flows.desk import Desk
from flows.files import digest, keep_copy, replacing, write_file
from flows.hands import Hands
from flows.ledger.master import Master
from flows.ledger.master_content import former_digest
from flows.ledger.review_reader import OldMasterError
from flows.periods import Period, today
from flows.problems import Problem, UserError
from flows.progress import Snapshot
from flows.round.review import bytes_of, take_in
from flows.round.review_outcome import Outcome
from flows.storage.reviews import Renumbered, former_contents, is_ours, remember_master, written_rows


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
    slug, path = desk.folder.slug, desk.folder.period(period).master
    if not path.is_file():
        return Earlier()
    try:
        data = bytes_of(desk, period, path)
    except UserError as error:
        return Earlier(Outcome(problems=[Problem(error.message, error.hint)]), keep_copy(path))
    written = written_rows(desk.store, slug, period, digest(data))
    if written is not None:  # nobody has saved it since: there is nothing in it that is not known
        return Earlier(Outcome(unchanged=written))
    former = former_contents(desk.store, slug, period)
    try:
        outcome, content = take_in(desk, period, path, data, digested=not former)
    except OldMasterError:
        return Earlier(kept=_copy(path, data))
    except UserError as error:
        return Earlier(Outcome(problems=[Problem(error.message, error.hint)]), _copy(path, data))
    ours = former_digest(data) in former if former else is_ours(desk.store, slug, period, content)
    return Earlier(outcome, None if ours and not outcome.problems else _copy(path, data))


def begin_master(desk: Desk, snap: Snapshot, hands: Hands | None = None, *, at_once: bool = False) -> Master:
    """总台账.xlsx in the making, see `Master`."""
    return Master(snap, desk.store.secret(), Renumbered(desk.store, desk.folder.slug).last, hands, at_once=at_once)


def replace_master(desk: Desk, period: Period, master: Master) -> None:
    """Write 总台账.xlsx, and remember it, so that hand-made changes can be told later."""
    with replacing(desk.folder.period(period).master) as out:
        made, slug = master.write(out), desk.folder.slug
        # Known before it stands there: a run that dies between the two leaves nothing that looks changed by hand.
        remember_master(desk.store, slug, period, sha256=made.sha256, content=made.content, rows=master.rows)


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
