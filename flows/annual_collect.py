"""回收年报数据: what came back is archived, checked against the rules and kept; what is faulty goes back, marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.annual_round.merging import AnnualMerger
from flows.annual_round.outcome import VERDICTS, outcome
from flows.annual_round.returning import queue_receipts, queue_returns, write_corrections
from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import today
from flows.round.intake import from_folder
from flows.round.mailbox import Told, take_mailbox
from flows.round.merge import Merged
from flows.round.outbox import Outbox, Posted, unsent
from flows.sending import send_letters
from flows.workspace import Home
from flows.years import Year


@flow(name="回收年报数据", flow_run_name="回收年报数据 {slug} {year}")
def annual_collect(
    home: str,
    slug: str,
    year: int,
    folder: str | None = None,
    send: bool = True,
    day: str | None = None,
    dry: bool = False,
) -> dict[str, Any]:
    """Take in what units filed for a year, from a folder or else the mailbox (folder transport: ledgers/收件箱).

    Every file ends in exactly one list, as in a month's round; ``missing`` and ``alike`` are added. A ``dry`` run reads
    and checks all of it, adds ``changes`` and leaves everything as it was.
    """
    with open_desk(Home(Path(home)), slug) as desk:
        round_ = Year(year)
        merger = AnnualMerger(desk, round_, dry=dry)
        merged = reconsider_quarantine(merger)
        told = Told()
        if folder or desk.config.mail.transport == "folder":
            merged += merge_folder(merger, Path(folder) if folder else desk.home.inbox, told.unfetched)
        else:
            merge_mailbox(merger, merged, told)
        if dry:
            result = outcome(merger, merged, told)
            result["changes"] = [change.as_dict() for each in merged for change in each.changes]
            return result
        annotated = mark_faults(desk, round_, merger)
        letters = write_answers(desk, round_, date.fromisoformat(day) if day else today())
        if send:
            send_letters(desk, round_)
        now = {posted.id: posted for posted in Outbox(desk, round_).letters()}
        left = unsent([now.get(posted.id, posted) for posted in letters]) if send else []
        result = outcome(merger, merged, told, annotated, left)
        rows = [{"文件": each.shown, "单位": each.unit, "结果": VERDICTS[each.verdict]} for each in merged]
        show("taizhang-annual-collect", f"{desk.plan.info.title} {round_.label}年报数据 回收", rows)
        return result


@step("复核待处理的文件")
def reconsider_quarantine(merger: AnnualMerger) -> list[Merged]:
    """What lay in quarantine and can be taken in now."""
    return merger.reconsider()


@step("收文件夹")
def merge_folder(merger: AnnualMerger, folder: Path, left: list[str]) -> list[Merged]:
    """Every file of a folder; ``left`` gets a sentence for each that another program holds: next time."""
    return list(merger.take_all(track("收年报数据")(from_folder(folder, left))))


@step("收邮箱", retries=2, delay=10)
def merge_mailbox(merger: AnnualMerger, merged: list[Merged], told: Told) -> None:
    """Every mail that this round has not finished with. A try that breaks off loses nothing for the next one."""
    for each in take_mailbox(merger, told):
        merged.extend(each)


@step("标出错处")
def mark_faults(desk: Desk, year: Year, merger: AnnualMerger) -> dict[str, Path]:
    """A marked workbook for every filing that goes back."""
    return write_corrections(desk, year, merger)


@step("写退回和回执信件")
def write_answers(desk: Desk, year: Year, day: date) -> list[Posted]:
    """A letter for every filing that goes back, and receipts when the office sends them."""
    return [*queue_returns(desk, year, day), *queue_receipts(desk, year, day)]
