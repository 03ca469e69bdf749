"""催报: a letter to every unit whose answer is missing, and once more to those whose sheet went back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.commands.asking import Way, ask_person
from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.files import is_there
from flows.periods import Period, today
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.progress import Answer, UnitLine
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.outbox import Outbox
from flows.round.posted import LEFT, REPEATED_RETURN, Posted, State, thread, unsent
from flows.round.returning import return_letter
from flows.round.writing import facts, letter_book
from flows.sending import send_letters
from flows.workspace import Home


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
        if not desk.history.dispatched(month):
            raise UserError(f"{month.label}的台账还没有下发", f"请先运行 taizhang distribute {slug} --period {month}")
        known = {posted.id for posted in Outbox(desk, month).letters()}
        if send:
            check_server(desk)
        letters = write_reminders(desk, month, when, send)
        agreed = Consent(True, None)
        if send:
            kinds = (LetterKind.REMIND, LetterKind.RETURN)
            agreed = consent(desk, month, kinds, without_address(desk, month), ask_person(leave))
            send_letters(desk, month, agreed.chosen)
        result = _result(desk, month, letters, known, send)
        result |= agreed.as_dict()
        result["needs_person"] = bool(result["needs_person"] or result["awaiting_approval"])
        show("remind", slug, f"{desk.plan.info.title} {month.label} 催报", result)
        return result


@step("检查发信服务器", retries=2, delay=5)
def check_server(desk: Desk) -> None:
    """What would stop the letters stops before the first one is written."""
    check_way_out(desk)


@step("写催报信件")
def write_reminders(desk: Desk, period: Period, day: date, send: bool) -> list[Posted]:
    """The letters of today; reminders of an earlier day that have not left are taken back."""
    box, book = Outbox(desk, period), letter_book(desk)
    waiting = [line for line in _lines(desk, period) if line.answer in (Answer.MISSING, Answer.RETURNED)]
    earlier: dict[str, list[Posted]] = {}
    for posted in box.letters():
        if posted.kind in (LetterKind.ISSUE, LetterKind.REMIND):
            earlier.setdefault(posted.unit, []).append(posted)
    found: list[Posted] = []
    held_back = set(unissued(desk, period)) if send else set()
    for line in track("写催报信")(waiting):
        if not line.unit.emails or is_dead(line) or line.unit.name in held_back:
            continue
        if line.answer is Answer.MISSING:
            occasion = f"催报 {day}"
            before = [p for p in earlier.get(line.unit.name, ()) if p.state in LEFT and p.occasion != occasion]
            chain = thread(before)
            draft = book.compose(
                LetterKind.REMIND,
                facts(
                    desk,
                    period,
                    line.unit,
                    day,
                    tasks=len(line.cells),
                    reminders=sum(p.kind == LetterKind.REMIND for p in before),
                ),
                to=line.unit.emails,
                message_id="",
                attachments=_workbook(desk, period, line.unit.name),
                in_reply_to=chain[-1] if chain else None,
                references=chain,
            )
            found.append(box.queue(draft, occasion))
        else:
            arrival = next(a for a in reversed(desk.history.arrivals(period)) if a.unit == line.unit.name)
            found.append(return_letter(desk, period, arrival, day, occasion=f"{REPEATED_RETURN} {day}"))
    of_today = {posted.id for posted in found}
    for posted in box.in_state(State.QUEUED):
        if posted.id not in of_today and posted.is_mass and posted.kind in (LetterKind.REMIND, LetterKind.RETURN):
            box.cancel(posted, "已由新的催报代替，或单位已经报送")
    return found


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


def without_address(desk: Desk, period: Period) -> list[str]:
    """Units that should be reminded and cannot be."""
    waiting = (line for line in _lines(desk, period) if line.answer in (Answer.MISSING, Answer.RETURNED))
    return [line.unit.name for line in waiting if not line.unit.emails]


def _lines(desk: Desk, period: Period) -> tuple[UnitLine, ...]:
    return desk.snapshot(period).units


def _workbook(desk: Desk, period: Period, unit: str) -> tuple[Path, ...]:
    """The unit's workbook once more: nobody has to search for the first letter."""
    known = desk.history.dispatched(period).get(unit)
    path = desk.folder.root / known.file if known else None
    return (path,) if path and is_there(path) else ()


def _result(desk: Desk, period: Period, letters: list[Posted], known: set[int], send: bool) -> dict[str, Any]:
    lines = _lines(desk, period)
    now = {posted.id: posted for posted in Outbox(desk, period).letters()}
    states = [now.get(posted.id, posted) for posted in letters]
    waiting = [line for line in lines if line.answer in (Answer.MISSING, Answer.RETURNED)]
    without = without_address(desk, period)
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
        "needs_person": bool(without or bounced or unasked or pending or left),
    }
