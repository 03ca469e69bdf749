"""回收年报数据: what came back is archived, checked against the rules and kept; what is faulty goes back, marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.annual_round.merging import AnnualMerger
from flows.annual_round.outcome import outcome
from flows.annual_round.returning import queue_receipts, queue_returns, write_corrections
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import today
from flows.round.mailbox import Told
from flows.round.outbox import Outbox, Posted, unsent
from flows.round.outcome import answers_written
from flows.sending import send_letters
from flows.sharing.folder import at_hand
from flows.taking_in import merge_all
from flows.workspace import Home
from flows.years import Year


@flow(
    name="回收年报数据",
    flow_run_name="回收年报数据 {slug} {year}",
    description="收回各单位的年报数据表，按规则核对：无误的收下，有错的标出来退回。",
)
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
    with at_hand(folder) as folder, open_desk(Home(Path(home)), slug, doing="" if dry else "回收年报数据") as desk:
        round_ = Year(year)
        merger = AnnualMerger(desk, round_, dry=dry)
        told = Told()
        merged = merge_all(merger, folder, told, "收年报数据")
        if dry:
            result = outcome(merger, merged, told)
            result["changes"] = [change.as_dict() for each in merged for change in each.changes]
            return result
        annotated = mark_faults(desk, round_, merger)
        before = Outbox(desk, round_).letters()
        letters = write_answers(desk, round_, date.fromisoformat(day) if day else today())
        if send:
            send_letters(desk, round_)
        now = {posted.id: posted for posted in Outbox(desk, round_).letters()}
        left = unsent([now.get(posted.id, posted) for posted in letters]) if send else []
        result = outcome(merger, merged, told, annotated, left) | answers_written(desk, round_, letters, before)
        show("annual-collect", slug, f"{desk.plan.info.title} {round_.label}年报数据 回收", result)
        return result


@step("标出错处")
def mark_faults(desk: Desk, year: Year, merger: AnnualMerger) -> dict[str, Path]:
    """A marked workbook for every filing that goes back."""
    return write_corrections(desk, year, merger)


@step("写退回和回执信件")
def write_answers(desk: Desk, year: Year, day: date) -> list[Posted]:
    """A letter for every filing that goes back, and receipts when the office sends them."""
    return [*queue_returns(desk, year, day), *queue_receipts(desk, year, day)]
