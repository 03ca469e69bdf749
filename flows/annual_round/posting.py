"""The letters that the office sends of its own accord in an annual round: 下发, and 催报 by each unit's own day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path

from flows.annual_round.issuing import AnnualIssued
from flows.annual_round.letters import annual_facts, annual_letters
from flows.annual_round.returning import return_letter
from flows.annual_round.standing import Line
from flows.desk import Desk
from flows.post.letters import Letter, LetterKind
from flows.progress import Answer
from flows.round.issue_letters import Packet, queue_packets
from flows.round.outbox import Outbox
from flows.round.posted import LEFT, REMINDER, REPEATED_RETURN, Posted, State, occasions_ahead, thread
from flows.years import Year


def queue_issues(
    desk: Desk,
    year: Year,
    workbooks: Iterable[AnnualIssued],
    again: Iterable[str],
    day: date,
) -> dict[str, Posted]:
    """Unit → the letter its workbook goes out with. One that has not left is replaced when its workbook changed.

    ``again`` names units that get one more letter.
    """
    letters = annual_letters(desk)

    def packet(workbook: AnnualIssued) -> Packet:
        def compose(before: tuple[str, ...]) -> Letter:
            return letters.compose(
                LetterKind.ISSUE,
                annual_facts(desk, year, workbook.who, day),
                to=workbook.who.unit.emails,
                attachments=(workbook.file,),
                in_reply_to=before[-1] if before else None,
                references=before,
            )

        return Packet(workbook.who.unit, f"年报数据 {workbook.sha256[:12]}", compose)

    return queue_packets(Outbox(desk, year), map(packet, workbooks), tuple(again), "单位已不用报，或没有邮箱")


def queue_reminders(
    desk: Desk,
    year: Year,
    due: Sequence[Line],
    day: date,
    *,
    track: Callable[[Iterable[Line]], Iterable[Line]] = iter,
) -> list[Posted]:
    """The letters of a day to the units ``due``; those of an earlier day that have not left are taken back."""
    box, letters = Outbox(desk, year), annual_letters(desk)
    earlier: dict[str, list[Posted]] = {}
    written = box.letters()
    ahead = occasions_ahead(written, day)
    for posted in written:
        if posted.kind in (LetterKind.ISSUE, LetterKind.REMIND):
            earlier.setdefault(posted.unit, []).append(posted)
    found: list[Posted] = []
    for line in track(due):
        name = line.unit.name
        if line.answer is Answer.RETURNED and line.arrival:
            occasion = ahead.get((name, REPEATED_RETURN), f"{REPEATED_RETURN} {day}")
            found.append(return_letter(desk, year, line.who, line.arrival, day, occasion=occasion))
            continue
        occasion = ahead.get((name, REMINDER), f"{REMINDER} {day}")
        before = [each for each in earlier.get(name, ()) if each.state in LEFT and each.occasion != occasion]
        chain = thread(before)
        told = annual_facts(desk, year, line.who, day, reminders=sum(each.kind == LetterKind.REMIND for each in before))
        draft = letters.compose(
            LetterKind.REMIND,
            told,
            to=line.unit.emails,
            attachments=_workbook(desk, year, name),
            in_reply_to=chain[-1] if chain else None,
            references=chain,
        )
        found.append(box.queue(draft, occasion))
    of_today = {posted.id for posted in found}
    for posted in box.in_state(State.QUEUED):
        if posted.id not in of_today and posted.is_mass and posted.kind in (LetterKind.REMIND, LetterKind.RETURN):
            box.cancel(posted, "已由新的催报代替，或单位已经报送")
    return found


def unissued(desk: Desk, year: Year) -> set[str]:
    """Units whose workbook is still in our own outbox: they cannot be late. Nobody, where letters are only written."""
    if desk.config.mail.transport == "folder":
        return set()
    letters = Outbox(desk, year).letters(LetterKind.ISSUE)
    return {each.unit for each in letters} - {each.unit for each in letters if each.state in LEFT}


def _workbook(desk: Desk, year: Year, unit: str) -> tuple[Path, ...]:
    """The unit's workbook once more: nobody has to search for the first letter."""
    known = desk.history.dispatched(year).get(unit)
    path = desk.folder.root / known.file if known else None
    return (path,) if path and path.is_file() else ()
