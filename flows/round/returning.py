"""退回 and 回执: what a unit hears about the sheet it sent; a faulty one goes back with its cells marked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flows.desk import Desk
from flows.files import safe_name
from flows.ledger.annotator import write_correction
from flows.ledger.checker import check_returned
from flows.periods import Period
from flows.post.letters import Letter, LetterKind
from flows.roster import Unit
from flows.round.issue import Before, before_period, ledger_as_issued
from flows.round.merge import Merger
from flows.round.outbox import Outbox
from flows.round.posted import Posted, thread
from flows.round.writing import facts, letter_book
from flows.storage.history import Arrival, Dispatch


def correction_file(desk: Desk, period: Period, arrival: Arrival) -> Path:
    """Where the marked workbook for an arrival lies."""
    name = f"{safe_name(arrival.unit, 50)}_请更正_{arrival.sha256[:6]}.xlsx"
    return desk.folder.period(period).corrections / name


def write_corrections(desk: Desk, period: Period, merger: Merger) -> dict[str, Path]:
    """Arrival hash → marked workbook, for every sheet that went back; those that exist are left as they are.

    Made from the archived bytes, so that a run killed before this point is made good by the next.
    """
    found: dict[str, Path] = {}
    issued: Mapping[str, Dispatch] | None = None
    before: Before | None = None
    for arrival in desk.history.arrivals(period):
        if arrival.verdict != "returned":
            continue
        path = correction_file(desk, period, arrival)
        found[arrival.sha256] = path
        if path.is_file():
            continue
        issued = desk.history.dispatched(period) if issued is None else issued
        before = before or before_period(desk, period)
        ledger = ledger_as_issued(desk, period, issued[arrival.unit], before) if arrival.unit in issued else None
        if ledger is None:
            found.pop(arrival.sha256)
            continue
        data = (desk.folder.root / arrival.archived).read_bytes()
        result = check_returned(data, arrival.name, merger.expectation, merger.secret, arrival.received.date())
        write_correction(ledger, result, data, path, merger.secret)
    return found


def queue_returns(desk: Desk, period: Period, day: date) -> list[Posted]:
    """A letter for every sheet that went back and is still its unit's last word; once an arrival."""
    last: dict[str, Arrival] = {}
    for arrival in desk.history.arrivals(period):
        if arrival.unit and arrival.verdict != "quarantined":
            last[arrival.unit] = arrival
    faulty = [
        arrival
        for arrival in last.values()
        if arrival.verdict == "returned" and (unit := desk.roster.get(arrival.unit)) and _addresses(arrival, unit)
    ]
    if not faulty:
        return []
    returns = Returns(desk, period, day)
    drafts = ((returns.letter(arrival), f"退回 {arrival.sha256[:12]}") for arrival in faulty)
    return returns.box.queue_all(LetterKind.RETURN, drafts)


def queue_receipts(desk: Desk, period: Period, day: date) -> list[Posted]:
    """A receipt for every sheet that came by mail and was taken in, once each; none unless the office wants it."""
    if not desk.config.mail.receipts:
        return []
    counts = Counter(record.arrival.id for kept in desk.history.versions(period).values() for record in kept)
    book, box = letter_book(desk), Outbox(desk, period)
    earlier = first_letters(box)
    found = []
    for arrival in desk.history.arrivals(period):
        unit = desk.roster.get(arrival.unit)
        if arrival.verdict != "accepted" or not arrival.sender or unit is None:
            continue
        draft = book.compose(
            LetterKind.RECEIPT,
            facts(
                desk,
                period,
                unit,
                day,
                file=arrival.name,
                received=arrival.received,
                entries=counts[arrival.id],
                warnings=arrival.warnings,
            ),
            to=(arrival.sender,),
            message_id="",
            in_reply_to=arrival.message_id or None,
            references=earlier.get(unit.name, ()),
        )
        found.append(box.queue(draft, f"回执 {arrival.sha256[:12]}"))
    return found


class Returns:
    """Writes the letters that send faulty sheets back; templates and earlier letters are read once for all of them."""

    def __init__(self, desk: Desk, period: Period, day: date) -> None:
        self.box = Outbox(desk, period)
        self._desk, self._period, self._day = desk, period, day
        self._book = letter_book(desk)
        self._earlier = first_letters(self.box)

    def letter(self, arrival: Arrival) -> Letter:
        """The letter for one sheet, whose unit is on the roster."""
        unit = self._desk.roster.get(arrival.unit)
        assert unit is not None
        path = correction_file(self._desk, self._period, arrival)
        problems = {"problems": arrival.problems, "file": arrival.name, "received": arrival.received}
        return self._book.compose(
            LetterKind.RETURN,
            facts(self._desk, self._period, unit, self._day, **problems),
            to=_addresses(arrival, unit),
            message_id="",
            attachments=(path,) if path.is_file() else (),
            in_reply_to=arrival.message_id or None,
            references=self._earlier.get(unit.name, ()),
        )


def first_letters(box: Outbox) -> dict[str, tuple[str, ...]]:
    """Unit → Message-IDs of the letters its workbook went out with: every later letter stands below them."""
    found: dict[str, list[Posted]] = {}
    for posted in box.letters(LetterKind.ISSUE):
        found.setdefault(posted.unit, []).append(posted)
    return {unit: thread(sent) for unit, sent in found.items()}


def _addresses(arrival: Arrival, unit: Unit) -> tuple[str, ...]:
    """Who filled the sheet gets it back; a sheet that came without a mail goes to the unit's addresses."""
    return (arrival.sender,) if arrival.sender else unit.emails
