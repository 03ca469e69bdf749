"""What has become of the problems that the last bulletin named: each looked up in the figures of today."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flows.ledger.model import Status
from flows.periods import Period
from flows.progress import Answer, Cell, Snapshot
from flows.round.complaints import Named
from flows.round.freezing import Complained, last_complaints
from flows.standing.figures import CLOSED
from flows.standing.followup import Complaint, FollowUp, Outcome
from flows.storage.reviews import Renumbered
from flows.store import Store


def complete(snap: Snapshot, store: Store, notices: Iterable[tuple[int, str]]) -> Snapshot:
    """The figures of a period with the rest of what its bulletin tells: the last one's problems, and notices.

    ``notices``: level and colour of each that was issued in the period.
    """
    return replace(with_follow_ups(snap, store), notices=tuple(notices))


def with_follow_ups(snap: Snapshot, store: Store) -> Snapshot:
    """The same figures with what has become of the last bulletin's problems; unchanged when it kept no figures."""
    last = last_complaints(store, snap.plan, Period.parse(snap.period))
    if last is None:
        return snap
    found = tuple(_follow_ups(snap, last, Renumbered(store, snap.plan)))
    return replace(snap, followups=found, followed_period=str(last.period))


def _follow_ups(snap: Snapshot, last: Complained, numbers: Renumbered) -> Iterator[FollowUp]:
    now = {(cell.unit.name, cell.item.no): cell for cell in snap.cells} if any(each.no for each in last.named) else {}
    answers = {line.unit.name: line.answer for line in snap.units}
    for named in last.named:
        if not named.no:
            answer = answers.get(named.unit, Answer.NOT_ASKED)
            yield FollowUp(named.complaint, named.unit, "", _answered(named.complaint, answer))
        else:
            no = numbers.today(named.no, last.numbering)
            outcome = _worked(named, now.get((named.unit, no)))
            yield FollowUp(named.complaint, named.unit, no, outcome)


def _worked(before: Named, now: Cell | None) -> Outcome:
    if now is None:
        return Outcome.GONE
    if now.report and now.report.status in CLOSED:
        return Outcome.DONE
    if before.complaint is Complaint.BLOCKED:
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
