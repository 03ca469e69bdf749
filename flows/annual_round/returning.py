"""退回 and 回执 of an annual round: what a unit hears about the numbers it filed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from flows.annual.annotator import write_annual_correction
from flows.annual.checker import check_annual
from flows.annual_round.declaring import Declared, declared
from flows.annual_round.issuing import book
from flows.annual_round.kept import filed_before
from flows.annual_round.letters import annual_facts, annual_letters
from flows.annual_round.merging import AnnualMerger
from flows.desk import Desk
from flows.post.letters import LetterKind
from flows.problems import Problem
from flows.round.outbox import Outbox
from flows.round.posted import Posted
from flows.round.returning import correction_file, first_letters
from flows.storage.history import Arrival
from flows.years import Year


def write_corrections(desk: Desk, year: Year, merger: AnnualMerger) -> dict[str, Path]:
    """Arrival hash → marked workbook, for every filing that went back; those that exist are left as they are.

    Made from the archived bytes, so that a run killed before this point is made good by the next.
    """
    found: dict[str, Path] = {}
    who = {each.unit.name: each for each in declared(desk, year.year)}
    before = filed_before(desk.store, desk.folder.slug, year, desk.roster)
    for arrival in desk.history.arrivals(year):
        if arrival.verdict != "returned" or arrival.unit not in who:
            continue
        path = correction_file(desk, year, arrival)
        found[arrival.sha256] = path
        if path.is_file():
            continue
        read = merger.checker.read.get(arrival.sha256)
        if read is None:
            data = (desk.folder.root / arrival.archived).read_bytes()
            read = check_annual(data, arrival.name, merger.checker.expected, merger.secret)
        made = book(desk, year, who[arrival.unit], before.get(arrival.unit))
        write_annual_correction(made, read, path, merger.secret)
    return found


def queue_returns(desk: Desk, year: Year, day: date) -> list[Posted]:
    """A letter for every filing that went back and is still its unit's last word; once an arrival."""
    last: dict[str, Arrival] = {}
    for arrival in desk.history.arrivals(year):
        if arrival.unit and arrival.verdict != "quarantined":
            last[arrival.unit] = arrival
    found = []
    for who in declared(desk, year.year):
        arrival_ = last.get(who.unit.name)
        if arrival_ and arrival_.verdict == "returned" and addresses(arrival_, who):
            found.append(return_letter(desk, year, who, arrival_, day, occasion=f"退回 {arrival_.sha256[:12]}"))
    return found


def queue_receipts(desk: Desk, year: Year, day: date) -> list[Posted]:
    """A receipt for every filing that came by mail and was taken in, once each; none unless the office wants it."""
    if not desk.config.mail.receipts:
        return []
    letters, box = annual_letters(desk), Outbox(desk, year)
    earlier = first_letters(box)
    units = {each.unit.name: each for each in declared(desk, year.year)}
    found = []
    for arrival in desk.history.arrivals(year):
        who = units.get(arrival.unit)
        if arrival.verdict != "accepted" or not arrival.sender or who is None:
            continue
        told = annual_facts(
            desk, year, who, day, file=arrival.name, received=arrival.received, warnings=arrival.warnings
        )
        draft = letters.compose(
            LetterKind.RECEIPT,
            told,
            to=(arrival.sender,),
            in_reply_to=arrival.message_id or None,
            references=earlier.get(arrival.unit, ()),
        )
        found.append(box.queue(draft, f"回执 {arrival.sha256[:12]}"))
    return found


def placed(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems as a letter tells them: the workbook has several sheets, so each cell stands with its sheet."""
    return tuple(
        replace(problem, cell=" ".join(filter(None, (f"“{problem.sheet}”", problem.cell))))
        if problem.sheet
        else problem
        for problem in problems
    )


def return_letter(desk: Desk, year: Year, who: Declared, arrival: Arrival, day: date, *, occasion: str) -> Posted:
    """Put one letter into the outbox that sends a faulty filing back, its cells marked."""
    path = correction_file(desk, year, arrival)
    box = Outbox(desk, year)
    told = annual_facts(
        desk, year, who, day, problems=placed(arrival.problems), file=arrival.name, received=arrival.received
    )
    draft = annual_letters(desk).compose(
        LetterKind.RETURN,
        told,
        to=addresses(arrival, who),
        attachments=(path,) if path.is_file() else (),
        in_reply_to=arrival.message_id or None,
        references=first_letters(box).get(who.unit.name, ()),
    )
    return box.queue(draft, occasion)


def addresses(arrival: Arrival, who: Declared) -> tuple[str, ...]:
    """Who filled it in gets it back; what came without a mail goes to the unit's addresses."""
    return (arrival.sender,) if arrival.sender else who.unit.emails
