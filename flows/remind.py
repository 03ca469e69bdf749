"""催报: a letter to every unit whose answer is missing, and once more to those whose sheet went back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from flows.commands.asking import Way, ask_person
from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.files import is_there
from flows.periods import Period, today
from flows.post.letters import Letter, LetterKind
from flows.problems import UserError
from flows.progress import Answer, UnitLine
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.outbox import Outbox
from flows.round.posted import LEFT, REMINDER, REPEATED_RETURN, Posted, State, occasions_ahead, thread, unsent
from flows.round.returning import Returns
from flows.round.writing import facts, letter_book
from flows.sending import send_letters
from flows.workspace import Home

_WAITING = (Answer.MISSING, Answer.RETURNED)
"""Whom a reminder is for."""


@flow(
    name="催报",
    flow_run_name="催报 {slug} {period}",
    description="给还没有报送、或退回后还没有更正的单位写催报信；一个单位一天至多一封。",
)
def remind(
    home: str, slug: str, period: str, send: bool = True, day: str | None = None, leave: Way = "recorded"
) -> dict[str, Any]:
    """Remind who has not answered and who has not corrected; at most one letter a unit and day.

    A unit of which anything lies here unread or in quarantine is left alone and named under ``pending``. ``leave``
    tells who agrees to the mail.
    """
    with open_desk(Home(Path(home)), slug, doing="催报") as desk:
        month = Period.parse(period)
        when = date.fromisoformat(day) if day else today()
        if not desk.history.issued(month):
            raise UserError(f"{month.label}的台账还没有下发", f"请先运行 taizhang distribute {slug} --period {month}")
        known = {posted.id for posted in Outbox(desk, month).letters()}
        if send:
            check_server(desk)
        lines = desk.snapshot(month).units
        letters = write_reminders(desk, month, lines, when, send)
        agreed = Consent(True, None)
        if send:
            kinds = (LetterKind.REMIND, LetterKind.RETURN)
            agreed = consent(desk, month, kinds, without_address(lines), ask_person(leave))
            send_letters(desk, month, agreed.chosen)
        result = _result(desk, month, lines, letters, known, send)
        result |= agreed.as_dict()
        result["needs_person"] = bool(result["needs_person"] or result["awaiting_approval"])
        show("remind", slug, f"{desk.plan.info.title} {month.label} 催报", result)
        return result


@step("检查发信服务器", retries=2, delay=5)
def check_server(desk: Desk) -> None:
    """What would stop the letters stops before the first one is written."""
    check_way_out(desk)


@step("写催报信件")
def write_reminders(desk: Desk, period: Period, lines: Sequence[UnitLine], day: date, send: bool) -> list[Posted]:
    """The letters of today; reminders of an earlier day that have not left are taken back."""
    box = Outbox(desk, period)
    letters = box.letters()
    ahead = occasions_ahead(letters, day)
    held_back = set(unissued(desk, period)) if send else set()
    asked = [
        line
        for line in lines
        if line.answer in _WAITING and line.unit.emails and not is_dead(line) and line.unit.name not in held_back
    ]
    silent = [line for line in asked if line.answer is Answer.MISSING]
    faulty = [line.unit.name for line in asked if line.answer is Answer.RETURNED]
    last = {arrival.unit: arrival for arrival in desk.history.arrivals(period)}
    returns = Returns(desk, period, day)
    reminders = _reminders(desk, period, track("写催报信")(silent), letters, ahead, day)
    repeated = (
        (returns.letter(last[unit]), ahead.get((unit, REPEATED_RETURN), f"{REPEATED_RETURN} {day}")) for unit in faulty
    )
    found = [*box.queue_all(LetterKind.REMIND, reminders), *box.queue_all(LetterKind.RETURN, repeated)]
    place = {line.unit.name: number for number, line in enumerate(asked)}
    found.sort(key=lambda posted: place[posted.unit])
    of_today = {posted.id for posted in found}
    for posted in box.in_state(State.QUEUED):
        if posted.id not in of_today and posted.is_mass and posted.kind in (LetterKind.REMIND, LetterKind.RETURN):
            box.cancel(posted, "已由新的催报代替，或单位已经报送")
    return found


def _reminders(
    desk: Desk,
    period: Period,
    lines: Iterable[UnitLine],
    letters: Iterable[Posted],
    ahead: Mapping[tuple[str, str], str],
    day: date,
) -> Iterator[tuple[Letter, str]]:
    """A reminder for each unit, with its occasion; it stands below the letters that have gone before."""
    book, issued = letter_book(desk), desk.history.dispatched(period)
    earlier: dict[str, list[Posted]] = {}
    for posted in letters:
        if posted.kind in (LetterKind.ISSUE, LetterKind.REMIND):
            earlier.setdefault(posted.unit, []).append(posted)
    for line in lines:
        unit = line.unit
        occasion = ahead.get((unit.name, REMINDER), f"{REMINDER} {day}")
        before = [p for p in earlier.get(unit.name, ()) if p.state in LEFT and p.occasion != occasion]
        chain = thread(before)
        told = facts(
            desk,
            period,
            unit,
            day,
            tasks=len(line.cells),
            reminders=sum(p.kind == LetterKind.REMIND for p in before),
        )
        known = issued.get(unit.name)
        workbook = desk.folder.root / known.file if known else None
        draft = book.compose(
            LetterKind.REMIND,
            told,
            to=unit.emails,
            message_id="",
            # Once more: nobody has to search for the first letter.
            attachments=(workbook,) if workbook and is_there(workbook) else (),
            in_reply_to=chain[-1] if chain else None,
            references=chain,
        )
        yield draft, occasion


def unissued(desk: Desk, period: Period) -> list[str]:
    """Units whose workbook is still in our own outbox: they cannot be late. Nobody, where letters are only written."""
    if desk.config.mail.transport == "folder":
        return []
    letters = Outbox(desk, period).letters(LetterKind.ISSUE)
    left = {posted.unit for posted in letters if posted.state in LEFT}
    return list(dict.fromkeys(posted.unit for posted in letters if posted.unit not in left))


def is_dead(line: UnitLine) -> bool:
    """Whether every address that the roster has for a unit sent our letters back."""
    dead = {each.address.lower() for each in line.bounced if each.permanent}
    return bool(line.unit.emails) and all(address.lower() in dead for address in line.unit.emails)


def without_address(lines: Sequence[UnitLine]) -> list[str]:
    """Units that should be reminded and cannot be."""
    return [line.unit.name for line in lines if line.answer in _WAITING and not line.unit.emails]


def _result(
    desk: Desk, period: Period, lines: Sequence[UnitLine], letters: list[Posted], known: set[int], send: bool
) -> dict[str, Any]:
    now = {posted.id: posted for posted in Outbox(desk, period).letters()}
    states = [now.get(posted.id, posted) for posted in letters]
    waiting = [line for line in lines if line.answer in _WAITING]
    without = without_address(lines)
    pending = [{"unit": line.unit.name, "evidence": line.evidence} for line in lines if line.answer is Answer.PENDING]
    bounced = [line.unit.name for line in waiting if is_dead(line)]
    stuck = set(unissued(desk, period)) if send else set()
    unasked = [line.unit.name for line in waiting if line.unit.name in stuck]
    answers = {line.unit.name: line.answer.value for line in waiting}
    left = unsent(states) if send else []
    return {
        "reminded": [
            {
                "unit": p.unit,
                "answer": answers.get(p.unit, ""),
                "sent": p.state is State.SENT,
                "new": p.id not in known,
            }
            for p in states
        ],
        "without_address": without,
        "bounced": bounced,
        "unissued": unasked,
        "pending": pending,
        "unsent": left,
        "transport": desk.config.mail.transport,
        "outbox": str(desk.folder.period(period).outbox),
        "needs_person": bool(without or bounced or unasked or pending or left),
    }
