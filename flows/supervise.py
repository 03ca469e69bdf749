"""督办: the 督办单 of a period go to their units by letter, when the office asks for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.commands.asking import Way, ask_person
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import Period, today
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.freezing import last_printing
from flows.round.outbox import Outbox
from flows.round.posted import Posted, State, thread, unsent
from flows.round.writing import facts, letter_book
from flows.sending import send_letters
from flows.standing.escalation import Level, overtaken
from flows.standing.notices import Notice, notices_of, write_notices
from flows.workspace import Home


@flow(
    name="督办",
    flow_run_name="督办 {slug} {period}",
    description="把本期督办单逐份寄给单位；任务已经办结的不寄。",
)
def supervise(
    home: str, slug: str, period: str, send: bool = True, day: str | None = None, leave: Way = "recorded"
) -> dict[str, Any]:
    """A letter for each 督办单 of a period whose items are still open; once a notice, however often it is run.

    提示单 and 约谈建议 are not mailed: the one has no letter of its own, the other is for the office's own leadership.
    """
    with open_desk(Home(Path(home)), slug, doing="寄督办单") as desk:
        month = Period.parse(period)
        notices = [each for each in notices_of(desk, month) if Level.FIRST <= each.issued.level <= Level.THIRD]
        if not notices and last_printing(desk.store, slug, period=month) is None:
            raise UserError(f"{month.label}还没有出过督办单", f"请先运行 taizhang report {slug} --period {month}")
        if send:
            check_server(desk)
        snap = desk.snapshot(month)
        open_still = [each for each in notices if not overtaken(each.issued, snap)]
        letters = write_letters(desk, month, open_still, date.fromisoformat(day) if day else today())
        without = [each.issued.unit for each in open_still if each.issued.number not in letters]
        agreed = Consent(True, None)
        if send:
            agreed = consent(desk, month, (LetterKind.SUPERVISE,), without, ask_person(leave))
            send_letters(desk, month, agreed.chosen)
        now = {posted.id: posted for posted in Outbox(desk, month).letters(LetterKind.SUPERVISE)}
        states = {number: now.get(posted.id, posted) for number, posted in letters.items()}
        left = unsent(list(states.values())) if send else []
        result: dict[str, Any] = {
            "supervised": [
                {"unit": p.unit, "number": number, "sent": p.state is State.SENT} for number, p in states.items()
            ],
            "overtaken": [each.issued.number for each in notices if each not in open_still],
            "without_address": without,
            "unsent": left,
            "transport": desk.config.mail.transport,
            "outbox": str(desk.folder.period(month).outbox),
        } | agreed.as_dict()
        result["needs_person"] = bool(without or left or result["awaiting_approval"])
        show("supervise", slug, f"{desk.plan.info.title} {month.label} 督办", result)
        return result


@step("检查发信服务器", retries=2, delay=5)
def check_server(desk: Desk) -> None:
    """What would stop the letters stops before the first one is written."""
    check_way_out(desk)


@step("写督办信件")
def write_letters(desk: Desk, period: Period, notices: list[Notice], day: date) -> dict[str, Posted]:
    """Notice number → its letter, the Word document attached; letters of notices that are overtaken are taken back."""
    write_notices(desk, period)
    box, book = Outbox(desk, period), letter_book(desk)
    earlier: dict[str, list[Posted]] = {}
    for posted in box.letters():
        if posted.kind in (LetterKind.ISSUE, LetterKind.REMIND, LetterKind.SUPERVISE):
            earlier.setdefault(posted.unit, []).append(posted)
    found: dict[str, Posted] = {}
    for notice in notices:
        unit = desk.roster.get(notice.issued.unit)
        if unit is None or not unit.emails:
            continue
        occasion = notice.issued.number
        chain = thread(each for each in earlier.get(unit.name, ()) if each.occasion != occasion)
        matters = tuple(
            f"第{row['编号']}项：{row['要求']}（完成时限{row['时限']}，已逾期{row['天数']}天）"
            for row in notice.content["清单"]
        )
        draft = book.compose(
            LetterKind.SUPERVISE,
            facts(desk, period, unit, day, matters=matters, answer_by=notice.issued.answer_by),
            to=unit.emails,
            message_id="",
            attachments=(notice.file,),
            in_reply_to=chain[-1] if chain else None,
            references=chain,
        )
        found[occasion] = box.queue(draft, occasion)
    for posted in box.in_state(State.QUEUED):
        if posted.kind == LetterKind.SUPERVISE and posted.occasion not in found:
            box.cancel(posted, "督办的任务已经办结，或单位没有邮箱")
    return found
