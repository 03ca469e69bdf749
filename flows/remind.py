"""催报: a letter to every unit whose answer is missing, and once more to those whose sheet went back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import Period, today
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.progress import Answer, UnitLine
from flows.round.outbox import Outbox, Posted, State, unsent
from flows.round.returning import return_letter
from flows.round.writing import facts, letter_book
from flows.workspace import Home


@flow(name="催报", flow_run_name="催报 {slug} {period}")
def remind(home: str, slug: str, period: str, send: bool = True, day: str | None = None) -> dict[str, Any]:
    """Remind who has not answered and who has not corrected; at most one letter a unit and day.

    A unit of which anything lies here unread or in quarantine is left alone and named under ``pending``.
    """
    with open_desk(Home(Path(home)), slug) as desk:
        month = Period.parse(period)
        when = date.fromisoformat(day) if day else today()
        if not desk.history.dispatched(month):
            raise UserError(f"{month.label}的台账还没有下发", f"请先运行 taizhang distribute {slug} --period {month}")
        known = {posted.id for posted in Outbox(desk, month).letters()}
        letters = write_reminders(desk, month, when)
        if send:
            send_letters(desk, month)
        result = _result(desk, month, letters, known, send)
        show("taizhang-remind", f"{desk.plan.info.title} {month.label} 催报", result["reminded"] or None)
        return result


@step("写催报信件")
def write_reminders(desk: Desk, period: Period, day: date) -> list[Posted]:
    """The letters of today."""
    box, book = Outbox(desk, period), letter_book(desk)
    waiting = [line for line in _lines(desk, period) if line.answer in (Answer.MISSING, Answer.RETURNED)]
    found = []
    for line in track("写催报信")(waiting):
        if not line.unit.emails:
            continue
        if line.answer is Answer.MISSING:
            draft = book.compose(
                LetterKind.REMIND,
                facts(desk, period, line.unit, day, tasks=line.tasks),
                to=line.unit.emails,
                message_id="",
                attachments=_workbook(desk, period, line.unit.name),
            )
            found.append(box.queue(draft, f"催报 {day}"))
        else:
            arrival = next(a for a in reversed(desk.history.arrivals(period)) if a.unit == line.unit.name)
            found.append(return_letter(desk, period, arrival, day, occasion=f"再次退回 {day}"))
    return found


@step("寄出信件", retries=2, delay=5)
def send_letters(desk: Desk, period: Period) -> None:
    """Everything in the outbox that has not left."""
    Outbox(desk, period).deliver(track=track("寄信"))


def _lines(desk: Desk, period: Period) -> tuple[UnitLine, ...]:
    return desk.snapshot(period).units


def _workbook(desk: Desk, period: Period, unit: str) -> tuple[Path, ...]:
    """The unit's workbook once more: nobody has to search for the first letter."""
    known = desk.history.dispatched(period).get(unit)
    path = desk.folder.root / known.file if known else None
    return (path,) if path and path.is_file() else ()


def _result(desk: Desk, period: Period, letters: list[Posted], known: set[int], send: bool) -> dict[str, Any]:
    lines = _lines(desk, period)
    now = {posted.id: posted for posted in Outbox(desk, period).letters()}
    states = [now.get(posted.id, posted) for posted in letters]
    waiting = [line for line in lines if line.answer in (Answer.MISSING, Answer.RETURNED)]
    without = [line.unit.name for line in waiting if not line.unit.emails]
    pending = [{"unit": line.unit.name, "evidence": line.evidence} for line in lines if line.answer is Answer.PENDING]
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
        "pending": pending,
        "unsent": left,
        "needs_person": bool(without or pending or left),
    }
