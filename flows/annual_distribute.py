"""下发年报数据: every unit that files gets its own workbook, by a letter that names its own day."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from flows.annual_round.declaring import unknown_names
from flows.annual_round.former import Former, take_former
from flows.annual_round.issuing import AnnualIssued, issue
from flows.annual_round.letters import annual_letters
from flows.annual_round.posting import queue_issues
from flows.commands.asking import Way, ask_person
from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import today
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.outbox import Outbox
from flows.round.posted import LEFT, Posted, State, unsent
from flows.sending import send_letters
from flows.workspace import Home
from flows.years import Year


@flow(
    name="下发年报数据",
    flow_run_name="下发年报数据 {slug} {year}",
    description="给每个要报年报数据的单位写一份数据表，写好下发信；经人同意后寄出。",
)
def annual_distribute(
    home: str,
    slug: str,
    year: int,
    send: bool = True,
    reissue: bool = False,
    again: list[str] | None = None,
    last: str | None = None,
    day: str | None = None,
    leave: Way = "recorded",
) -> dict[str, Any]:
    """Write a workbook for every unit that files, put a letter for each into the outbox, send what waits.

    As a month's: run again, nothing is sent twice; ``reissue`` replaces workbooks that have changed; ``again`` names
    units that get one more letter; ``leave`` tells who agrees to the mail. ``last``: a folder with last year's reports,
    for a first round of which the store has none.
    """
    with open_desk(Home(Path(home)), slug, doing="下发年报数据表") as desk:
        round_ = Year(year)
        check_templates_and_server(desk, send)
        already = {p.id for p in Outbox(desk, round_).letters(LetterKind.ISSUE) if p.state is State.SENT}
        former = read_last_year(desk, round_, last) if last else []
        workbooks = write_workbooks(desk, round_, reissue, again or [])
        letters = write_letters(desk, round_, workbooks, again or [], date.fromisoformat(day) if day else today())
        agreed = Consent(True, None)
        if send:
            without = [each.who.unit.name for each in workbooks if each.who.unit.name not in letters]
            agreed = consent(desk, round_, (LetterKind.ISSUE,), without, ask_person(leave))
            send_letters(desk, round_, agreed.chosen)
        result = _result(desk, round_, workbooks, letters, already, send) | agreed.as_dict()
        result["former"] = [asdict(each) for each in former]
        unread = any(each.reason and each.unit not in result["with_last_year"] for each in former)
        result["needs_person"] = bool(result["needs_person"] or result["awaiting_approval"] or unread)
        show("annual-distribute", slug, f"{desk.plan.info.title} {round_.label}年报数据 下发", result)
        return result


@step("检查模板和发信服务器", retries=2, delay=5)
def check_templates_and_server(desk: Desk, send: bool) -> None:
    """What would stop the letters stops before the first workbook is written."""
    annual_letters(desk)
    if send:
        check_way_out(desk)


@step("读上年年报")
def read_last_year(desk: Desk, year: Year, folder: str) -> list[Former]:
    """Last year's numbers out of published reports."""
    return take_former(desk, year, Path(folder))


@step("写各单位年报数据表")
def write_workbooks(desk: Desk, year: Year, reissue: bool, again: list[str]) -> list[AnnualIssued]:
    """One workbook a unit; those that have already left are only replaced when that was asked for."""
    unknown = [name for name in again if desk.roster.get(name) is None]
    if unknown:
        raise UserError(f"单位名录里没有“{'、'.join(unknown)}”", "请按名录写单位全称或别名")
    left = {p.unit for p in Outbox(desk, year).letters(LetterKind.ISSUE) if p.state in LEFT}
    return issue(desk, year, frozen=() if reissue else left, track=track("写年报数据表"))


@step("写下发信件")
def write_letters(
    desk: Desk, year: Year, workbooks: list[AnnualIssued], again: list[str], day: date
) -> dict[str, Posted]:
    """A letter for every unit that has an address."""
    return queue_issues(desk, year, track("写信件")(workbooks), again, day)


def _result(
    desk: Desk,
    year: Year,
    workbooks: list[AnnualIssued],
    letters: dict[str, Posted],
    already: set[int],
    send: bool,
) -> dict[str, Any]:
    now = {p.id: p for p in Outbox(desk, year).letters(LetterKind.ISSUE)}
    states = {unit: now.get(posted.id, posted) for unit, posted in letters.items()}
    sent = {unit for unit, posted in states.items() if posted.state is State.SENT}
    names = [each.who.unit.name for each in workbooks]
    without = [name for name in names if name not in letters]
    changed = [each.who.unit.name for each in workbooks if each.stale]
    waiting = unsent(list(states.values())) if send else []
    unknown = unknown_names(desk)
    return {
        "workbooks": [
            {
                "unit": each.who.unit.name,
                "file": str(each.file),
                "deadline": each.who.deadline.isoformat(),
                "last_year": each.prefilled,
                "sent": each.who.unit.name in sent,
            }
            for each in workbooks
        ],
        "sent_now": [
            unit for unit, posted in states.items() if posted.state is State.SENT and posted.id not in already
        ],
        "with_last_year": [each.who.unit.name for each in workbooks if each.prefilled],
        "not_filing": [unit.name for unit in desk.roster if unit.name not in names],
        "transport": desk.config.mail.transport,
        "outbox": str(desk.folder.period(year).outbox),
        "without_address": without,
        "changed": changed,
        "unsent": waiting,
        "unknown_names": unknown,
        "needs_person": bool((send and without) or changed or waiting or unknown),
    }
