"""下发: every unit gets its own workbook, by a letter that is written down before it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.ahead import Once, entered
from flows.commands.asking import Way, ask_person
from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.hands import Hands, hands_for
from flows.periods import Period, today
from flows.post.letters import Letter, LetterKind
from flows.problems import UserError
from flows.roster import Unit
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.issue import Begun, Issued, any_open_task, begin_books, issue
from flows.round.issue_letters import Packet, queue_packets
from flows.round.issue_result import frozen_units, sendings
from flows.round.outbox import Outbox
from flows.round.posted import Posted, State
from flows.round.writing import facts, letter_book
from flows.sending import send_letters
from flows.workspace import Home

_MANY = 300
"""For so many workbooks another process is worth its start."""
_TOO_MANY = 3_000
"""So many are not held in memory."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a round is issued with."""

    desk: Desk
    hands: Hands | None
    begun: Once[Begun]
    """Workbooks that ``hands`` are making already."""


@contextmanager
def _opened(home: str, slug: str, period: str) -> Iterator[_Opened]:
    """The desk, and who helps with many workbooks."""
    with (
        open_desk(Home(Path(home)), slug, doing="下发") as desk,
        hands_for(len(desk.carriers) >= _MANY, ("flows.ledger.press",)) as hands,
    ):
        few = len(desk.carriers) < _TOO_MANY
        yield _Opened(desk, hands, Once(begin_books(desk, Period.parse(period), hands) if hands and few else None))


@flow(
    ready=_opened,
    name="下发台账",
    flow_run_name="下发 {slug} {period}",
    description="给每个承担任务的单位写一份台账，写好下发信；经人同意后寄出。再运行一次不会重复寄。",
)
def distribute(
    home: str,
    slug: str,
    period: str,
    send: bool = True,
    reissue: bool = False,
    again: list[str] | None = None,
    day: str | None = None,
    leave: Way = "recorded",
) -> dict[str, Any]:
    """Write a workbook for every unit that carries an item, put a letter for each into the outbox, send what waits.

    Run again, nothing is sent twice. ``reissue`` also replaces workbooks that were sent and have changed since;
    ``again`` names units that get one more letter; ``leave`` tells who agrees to the mail. Gives the object of the
    contract with ``needs_person`` and ``awaiting_approval`` added.
    """
    with entered(_opened, home, slug, period) as given:
        desk, month = given.desk, Period.parse(period)
        if not desk.carriers:
            raise UserError("没有一个单位承担任务", f"请在 {desk.folder.review.name} 的单位栏写明单位，再运行一次")
        check_templates_and_server(desk, send)
        if not any_open_task(desk, month):
            raise UserError(
                "各单位的任务都已销号，本期没有要下发的", "如有销号有误，请在上期总台账里改正后运行 taizhang review"
            )
        already = {p.id for p in Outbox(desk, month).letters(LetterKind.ISSUE) if p.state is State.SENT}
        workbooks = write_workbooks(desk, month, reissue, again or [], given.hands, given.begun.take())
        letters = write_letters(desk, month, workbooks, again or [], date.fromisoformat(day) if day else today())
        agreed = Consent(True, None)
        if send:
            without = [w.unit for w in workbooks if w.unit not in letters]
            agreed = consent(desk, month, (LetterKind.ISSUE,), without, ask_person(leave))
            send_letters(desk, month, agreed.chosen)
        result = _result(desk, month, workbooks, letters, already, send)
        result |= agreed.as_dict()
        result["needs_person"] = bool(result["needs_person"] or result["awaiting_approval"])
        show("distribute", slug, f"{desk.plan.info.title} {month.label} 下发", result)
        return result


@step("检查模板和发信服务器", retries=2, delay=5)
def check_templates_and_server(desk: Desk, send: bool) -> None:
    """What would stop the letters stops before the first workbook is written."""
    letter_book(desk)
    if send:
        check_way_out(desk)


@step("写各单位台账")
def write_workbooks(
    desk: Desk,
    period: Period,
    reissue: bool,
    again: list[str],
    hands: Hands | None = None,
    begun: Begun | None = None,
) -> list[Issued]:
    """One workbook a unit; those that have already left are only replaced when that was asked for."""
    frozen = frozen_units(desk, period, again, reissue=reissue)
    found = issue(desk, period, frozen=frozen, track=track("写台账"), hands=hands, begun=begun)
    if hands:
        hands.close()  # their memory is not held while letters are written and sent
    return found


@step("写下发信件")
def write_letters(
    desk: Desk, period: Period, workbooks: list[Issued], again: list[str], day: date
) -> dict[str, Posted]:
    """A letter for every unit that has an address; one that has not left yet is replaced when its workbook changed."""
    book = letter_book(desk)

    def packet(unit: Unit, workbook: Issued) -> Packet:
        def compose(before: tuple[str, ...]) -> Letter:
            return book.compose(
                LetterKind.ISSUE,
                facts(desk, period, unit, day, tasks=workbook.items),
                to=unit.emails,
                message_id="",
                attachments=(workbook.file,),
                in_reply_to=before[-1] if before else None,
                references=before,
            )

        return Packet(unit, f"台账 {workbook.sha256[:12]}", compose)

    packets = (packet(unit, each) for each in track("写信件")(workbooks) if (unit := desk.roster.get(each.unit)))
    return queue_packets(Outbox(desk, period), packets, again, "单位已没有任务或没有邮箱")


def _result(
    desk: Desk,
    period: Period,
    workbooks: list[Issued],
    letters: dict[str, Posted],
    already: set[int],
    send: bool,
) -> dict[str, Any]:
    mailed = sendings(desk, period, [w.unit for w in workbooks], letters, already, send=send)
    changed = [w.unit for w in workbooks if w.stale]
    unassigned = [item.no for item in desk.plan.items if not desk.assignment.of(item.no)]
    return {
        "workbooks": [
            {"unit": w.unit, "file": str(w.file), "items": w.items, "sent": w.unit in mailed.sent} for w in workbooks
        ],
        **mailed.told,
        "changed": changed,
        "unassigned": unassigned,
        "doubts": [doubt.as_dict() for doubt in desk.doubts],
        "needs_person": bool((send and mailed.without) or changed or mailed.waiting or unassigned or desk.doubts),
    }
