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
from flows.round.approval import Consent, consent
from flows.round.delivering import check_way_out
from flows.round.issue_result import frozen_units, sendings
from flows.round.outbox import Outbox
from flows.round.posted import Posted, State
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
    frozen = frozen_units(desk, year, again, reissue=reissue)
    return issue(desk, year, frozen=frozen, track=track("写年报数据表"))


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
    names = [each.who.unit.name for each in workbooks]
    mailed = sendings(desk, year, names, letters, already, send=send)
    changed = [each.who.unit.name for each in workbooks if each.stale]
    unknown = unknown_names(desk)
    return {
        "workbooks": [
            {
                "unit": each.who.unit.name,
                "file": str(each.file),
                "deadline": each.who.deadline.isoformat(),
                "last_year": each.prefilled,
                "sent": each.who.unit.name in mailed.sent,
            }
            for each in workbooks
        ],
        **mailed.told,
        "with_last_year": [each.who.unit.name for each in workbooks if each.prefilled],
        "not_filing": [unit.name for unit in desk.roster if unit.name not in names],
        "changed": changed,
        "unknown_names": unknown,
        "needs_person": bool((send and mailed.without) or changed or mailed.waiting or unknown),
    }
