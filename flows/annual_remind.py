"""催报年报数据: a letter to every unit whose own day is near or past and whose numbers are not there."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.annual_round.declaring import publish_by
from flows.annual_round.posting import queue_reminders, unissued
from flows.annual_round.standing import Line, lines
from flows.commands.asking import Way, ask_person
from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import today
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.progress import Answer
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.outbox import Outbox
from flows.round.posted import Posted, State, unsent
from flows.sending import send_letters
from flows.workspace import Home
from flows.years import Year


@flow(
    name="催报年报数据",
    flow_run_name="催报年报数据 {slug} {year}",
    description="按各单位自己的截止日，催报还没有报送的年报数据。",
)
def annual_remind(
    home: str, slug: str, year: int, send: bool = True, day: str | None = None, leave: Way = "recorded"
) -> dict[str, Any]:
    """Remind who has not filed and who has not corrected, by each unit's own deadline; one letter a unit and day.

    Nobody is written to earlier than [annual] remind_days before its day, but who sent a faulty filing is. A unit of
    which anything lies here unread is left alone and named under ``pending``.
    """
    with open_desk(Home(Path(home)), slug, doing="催年报数据") as desk:
        round_ = Year(year)
        when = date.fromisoformat(day) if day else today()
        if not desk.history.issued(round_):
            raise UserError(
                f"{round_.label}的年报数据表还没有下发", f"请先运行 taizhang distribute {slug} --year {round_}"
            )
        known = {posted.id for posted in Outbox(desk, round_).letters()}
        if send:
            check_server(desk)
        standing = lines(desk, round_)
        letters = write_reminders(desk, round_, standing, when, send)
        agreed = Consent(True, None)
        if send:
            kinds = (LetterKind.REMIND, LetterKind.RETURN)
            agreed = consent(desk, round_, kinds, _without_address(desk, standing, when), ask_person(leave))
            send_letters(desk, round_, agreed.chosen)
        result = _result(desk, round_, standing, letters, known, when, send) | agreed.as_dict()
        result["needs_person"] = bool(result["needs_person"] or result["awaiting_approval"])
        show("annual-remind", slug, f"{desk.plan.info.title} {round_.label}年报数据 催报", result)
        return result


@step("检查发信服务器", retries=2, delay=5)
def check_server(desk: Desk) -> None:
    """What would stop the letters stops before the first one is written."""
    check_way_out(desk)


@step("写催报信件")
def write_reminders(desk: Desk, year: Year, standing: tuple[Line, ...], day: date, send: bool) -> list[Posted]:
    """The letters of today."""
    held_back = unissued(desk, year) if send else set()
    due = [
        line
        for line in _due(desk, standing, day)
        if line.unit.emails and not line.is_dead and line.unit.name not in held_back
    ]
    return queue_reminders(desk, year, due, day, track=track("写催报信"))


def _due(desk: Desk, standing: tuple[Line, ...], day: date) -> list[Line]:
    """Whose turn it is: the own day is near or past, or what came was faulty."""
    near = desk.config.annual.remind_days
    return [
        line for line in standing if line.is_awaited and (line.answer is Answer.RETURNED or line.days_left(day) <= near)
    ]


def _without_address(desk: Desk, standing: tuple[Line, ...], day: date) -> list[str]:
    return [line.unit.name for line in _due(desk, standing, day) if not line.unit.emails]


def _result(
    desk: Desk,
    year: Year,
    standing: tuple[Line, ...],
    letters: list[Posted],
    known: set[int],
    day: date,
    send: bool,
) -> dict[str, Any]:
    now = {posted.id: posted for posted in Outbox(desk, year).letters()}
    states = [now.get(posted.id, posted) for posted in letters]
    due = _due(desk, standing, day)
    by_name = {line.unit.name: line for line in standing}
    stuck = unissued(desk, year) if send else set()
    without = _without_address(desk, standing, day)
    bounced = [line.unit.name for line in due if line.is_dead]
    unasked = [line.unit.name for line in due if line.unit.name in stuck]
    unasked += [line.unit.name for line in standing if line.answer is Answer.NOT_ISSUED]
    pending = [{"unit": line.unit.name, "evidence": line.reason} for line in standing if line.answer is Answer.PENDING]
    left = unsent(states) if send else []
    publish = publish_by(desk.config.annual, year.year)
    return {
        "reminded": [
            {
                "unit": posted.unit,
                "answer": by_name[posted.unit].answer.value,
                "sent": posted.state is State.SENT,
                "new": posted.id not in known,
            }
            | _deadline(by_name[posted.unit], day)
            for posted in states
        ],
        "not_due": [
            {"unit": line.unit.name} | _deadline(line, day)
            for line in standing
            if line.answer is Answer.MISSING and line not in due
        ],
        "filed": [{"unit": line.unit.name, "answer": line.answer.value} for line in standing if line.has_filed],
        "publish_by": publish.isoformat(),
        "publish_days_left": (publish - day).days,
        "without_address": without,
        "bounced": bounced,
        "unissued": unasked,
        "pending": pending,
        "unsent": left,
        "transport": desk.config.mail.transport,
        "outbox": str(desk.folder.period(year).outbox),
        "needs_person": bool(without or bounced or unasked or pending or left),
    }


def _deadline(line: Line, day: date) -> dict[str, Any]:
    left = line.days_left(day)
    when = "before" if left > 0 else "today" if left == 0 else "after"
    return {"deadline": line.who.deadline.isoformat(), "when": when, "days": abs(left)}
