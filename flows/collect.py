"""回收: what came back is archived, checked and merged; what is faulty goes back with its cells marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import Period, today
from flows.round.intake import from_folder
from flows.round.mailbox import Told, take_mailbox
from flows.round.merge import Merged, Merger
from flows.round.outbox import Outbox, Posted, unsent
from flows.round.returning import queue_receipts, queue_returns, write_corrections
from flows.sending import send_letters
from flows.workspace import Home


@flow(name="回收台账", flow_run_name="回收 {slug} {period}")
def collect(
    home: str,
    slug: str,
    period: str,
    folder: str | None = None,
    send: bool = True,
    day: str | None = None,
    dry: bool = False,
) -> dict[str, Any]:
    """Take in what units sent, from a folder or else the mailbox (folder transport: ledgers/收件箱).

    Every file ends in exactly one list of the contract's object; ``needs_person`` and ``unsent`` are added. A ``dry``
    run reads and checks all of it, adds ``changes`` (old → new of every entry) and leaves everything as it was.
    """
    with open_desk(Home(Path(home)), slug) as desk:
        month = Period.parse(period)
        merger = Merger(desk, month, dry=dry)
        merged = reconsider_quarantine(merger)
        told = Told()
        if folder or desk.config.mail.transport == "folder":
            merged += merge_folder(merger, Path(folder) if folder else desk.home.inbox, told.unfetched)
        else:
            merge_mailbox(merger, merged, told)
        if dry:
            result = _result(desk, month, merged, {}, [], False, told)
            result["changes"] = [change.as_dict() for each in merged for change in each.changes]
            return result
        annotated = mark_faults(desk, month, merger)
        letters = write_answers(desk, month, date.fromisoformat(day) if day else today())
        if send:
            send_letters(desk, month)
        result = _result(desk, month, merged, annotated, letters, send, told)
        rows = [{"文件": m.shown, "单位": m.unit, "结果": _WORDS[m.verdict]} for m in merged]
        show("taizhang-collect", f"{desk.plan.info.title} {month.label} 回收", rows, _counted(merged))
        return result


@step("复核待处理的文件")
def reconsider_quarantine(merger: Merger) -> list[Merged]:
    """What lay in quarantine and can be taken in now."""
    return merger.reconsider()


@step("收文件夹")
def merge_folder(merger: Merger, folder: Path, left: list[str]) -> list[Merged]:
    """Every file of a folder; ``left`` gets a sentence for each that another program holds: next time."""
    return list(merger.take_all(track("收台账")(from_folder(folder, left))))


@step("收邮箱", retries=2, delay=10)
def merge_mailbox(merger: Merger, merged: list[Merged], told: Told) -> None:
    """Every mail that this round has not finished with: answers, 退信, absence notes.

    ``merged`` and ``told`` are added to mail by mail, so that a try that breaks off loses nothing for the next one.
    """
    for each in take_mailbox(merger, told):
        merged.extend(each)


@step("标出错处")
def mark_faults(desk: Desk, period: Period, merger: Merger) -> dict[str, Path]:
    """A marked workbook for every sheet that goes back."""
    return write_corrections(desk, period, merger)


@step("写退回和回执信件")
def write_answers(desk: Desk, period: Period, day: date) -> list[Posted]:
    """A letter for every sheet that goes back, and receipts when the office sends them."""
    return [*queue_returns(desk, period, day), *queue_receipts(desk, period, day)]


def _beside(merged: Merged) -> dict[str, Any]:
    """Tasks that the unit proposes and papers that came with its sheet, where there are any."""
    proposals = merged.returned.proposals if merged.returned else ()
    told: dict[str, Any] = {}
    if proposals:
        told["proposals"] = [{"sheet": each.sheet, "row": each.row, "cells": each.cells} for each in proposals]
    if merged.papers:
        told["evidence"] = list(merged.papers)
    return told


_WORDS = {"accepted": "并入", "returned": "退回", "quarantined": "待人工处理", "duplicate": "重复"}


def _counted(merged: list[Merged]) -> str:
    return "，".join(f"{word} {sum(m.verdict == verdict for m in merged)} 份" for verdict, word in _WORDS.items())


def _result(
    desk: Desk,
    period: Period,
    merged: list[Merged],
    annotated: dict[str, Path],
    letters: list[Posted],
    send: bool,
    told: Told,
) -> dict[str, Any]:
    groups: dict[str, list[Merged]] = {verdict: [] for verdict in _WORDS}
    for each in merged:
        groups[each.verdict].append(each)
    now = {posted.id: posted for posted in Outbox(desk, period).letters()}
    left = unsent([now.get(posted.id, posted) for posted in letters]) if send else []
    return {
        "accepted": [
            {
                "file": m.shown,
                "unit": m.unit,
                "entries": m.entries,
                "warnings": list(m.warnings),
                **_beside(m),
            }
            for m in groups["accepted"]
        ],
        "returned": [
            {
                "file": m.shown,
                "unit": m.unit,
                "problems": [
                    {"cell": p.cell, "message": p.advice} for p in (m.returned.problems if m.returned else ())
                ],
                "annotated": str(annotated[m.sha256]) if m.sha256 in annotated else None,
                "held": m.entries,
                "warnings": list(m.warnings),
                **_beside(m),
            }
            for m in groups["returned"]
        ],
        "quarantined": [
            {"file": m.shown, "unit": m.unit, "reason": m.returned.reason if m.returned else ""}
            for m in groups["quarantined"]
        ],
        "duplicates": [
            {"file": m.shown, "same_as": m.same_as} | ({"waiting": m.waiting} if m.waiting else {})
            for m in groups["duplicate"]
        ],
        "unsent": left,
        "unfetched": told.unfetched,
        "bounced": [
            {"unit": b.unit, "address": b.address, "code": b.code, "reason": b.reason, "permanent": b.permanent}
            for b in told.bounced
        ],
        "notices": told.notices,
        "needs_person": bool(
            groups["returned"]
            or groups["quarantined"]
            or left
            or any(m.waiting for m in groups["duplicate"])
            or told.unfetched
            or any(b.permanent for b in told.bounced)
        ),
    }
