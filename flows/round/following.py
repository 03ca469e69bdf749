"""What has become of the problems that the last bulletin named: each looked up in the figures of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from flows.documents.faults import overdue_lines
from flows.ledger.model import Status
from flows.periods import Period
from flows.progress import Answer, Cell, Snapshot
from flows.round.freezing import Printing, last_printing
from flows.standing.figures import CLOSED
from flows.standing.followup import Complaint, FollowUp, Outcome
from flows.storage.reviews import Renumbered
from flows.store import Store

_ANSWERS = {
    Answer.MISSING: Complaint.MISSING,
    Answer.LATE: Complaint.LATE,
    Answer.RETURNED: Complaint.RETURNED,
}


@dataclass(frozen=True, slots=True)
class _Named:
    """A unit that the last bulletin named, with the work that it was named for."""

    complaint: Complaint
    unit: str
    cell: Cell | None = None


def complete(snap: Snapshot, store: Store, notices: Iterable[tuple[int, str]]) -> Snapshot:
    """The figures of a period with the rest of what its bulletin tells: the last one's problems, and notices.

    ``notices``: level and colour of each that was issued in the period.
    """
    return replace(with_follow_ups(snap, store), notices=tuple(notices))


def with_follow_ups(snap: Snapshot, store: Store) -> Snapshot:
    """The same figures with what has become of the last bulletin's problems; unchanged when it kept no figures."""
    last = last_printing(store, snap.plan, before=Period.parse(snap.period))
    if last is None or last.snapshot is None:
        return snap
    found = tuple(_follow_ups(snap, last, last.snapshot.plan_part, Renumbered(store, snap.plan)))
    return replace(snap, followups=found, followed_period=str(last.period))


def _follow_ups(snap: Snapshot, last: Printing, printed: Snapshot, numbers: Renumbered) -> Iterator[FollowUp]:
    now = {(cell.unit.name, cell.item.no): cell for cell in snap.cells}
    answers = {line.unit.name: line.answer for line in snap.units}
    for named in _named(printed):
        if named.cell is None:
            answer = answers.get(named.unit, Answer.NOT_ASKED)
            yield FollowUp(named.complaint, named.unit, "", _answered(named.complaint, answer))
        else:
            no = numbers.today(named.cell.item.no, last.numbering)
            outcome = _worked(named.complaint, named.cell, now.get((named.unit, no)))
            yield FollowUp(named.complaint, named.unit, no, outcome)


def _named(printed: Snapshot) -> Iterator[_Named]:
    """Everybody whom a bulletin named, in its order."""
    for _, cells in overdue_lines(printed):
        yield from (_Named(Complaint.OVERDUE, cell.unit.name, cell) for cell in cells)
    for cell in printed.cells:
        if cell.report and cell.report.status is Status.BLOCKED:
            yield _Named(Complaint.BLOCKED, cell.unit.name, cell)
    for answer, complaint in _ANSWERS.items():
        yield from (_Named(complaint, line.unit.name) for line in printed.units if line.answer is answer)


def _worked(complaint: Complaint, before: Cell, now: Cell | None) -> Outcome:
    if now is None:
        return Outcome.GONE
    if now.report and now.report.status in CLOSED:
        return Outcome.DONE
    if complaint is Complaint.BLOCKED:
        return Outcome.OPEN if now.report and now.report.status is Status.BLOCKED else Outcome.EASED
    if now.days_late:
        return Outcome.OPEN
    return Outcome.EASED if now.due == before.due else Outcome.MOVED


def _answered(complaint: Complaint, now: Answer) -> Outcome:
    if now in (Answer.NOT_ASKED, Answer.NOT_ISSUED):
        return Outcome.GONE
    if now is Answer.ON_TIME or (now is Answer.LATE and complaint is not Complaint.LATE):
        return Outcome.DONE
    if now is Answer.PENDING or (now is Answer.RETURNED and complaint is not Complaint.RETURNED):
        return Outcome.WAITING
    return Outcome.OPEN
