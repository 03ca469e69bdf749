"""回收: what came back is archived, checked and merged; what is faulty goes back with its cells marked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.ahead import entered
from flows.cluster.workers import cluster_of
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.periods import Period, today
from flows.round.checking import Workers, ended, many_in, workers_for
from flows.round.mailbox import Told
from flows.round.merge import Merged, Merger
from flows.round.outbox import Outbox, Posted, unsent
from flows.round.outcome import answers_written, grouped, put_aside, told_beside
from flows.round.returning import queue_receipts, queue_returns, write_corrections
from flows.sending import send_letters
from flows.sharing.folder import at_hand
from flows.taking_in import merge_all
from flows.workspace import Home


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a round is collected with."""

    folder: str | None
    """On this machine."""
    desk: Desk
    merger: Merger | None
    """With this machine's own workers, who are checking the first files already."""


@contextmanager
def _opened(home: str, slug: str, period: str, folder: str | None = None, dry: bool = False) -> Iterator[_Opened]:
    """What a round is collected with. Where many files wait, those who check begin while it is still being opened."""
    with ExitStack() as held:
        folder = held.enter_context(at_hand(folder))
        place = Home(Path(home))
        config = place.config()
        by_folder = folder or config.mail.transport == "folder"
        workers = workers_for(_where(place, folder)) if by_folder and not config.workers.dask else None
        held.enter_context(ended(workers))
        desk = held.enter_context(open_desk(place, slug, doing="" if dry else "回收"))
        merger = Merger(desk, Period.parse(period), dry=dry, workers=workers) if workers else None
        if merger:
            merger.look_ahead(_where(place, folder))
        yield _Opened(folder, desk, merger)


@flow(
    ready=_opened,
    name="回收台账",
    flow_run_name="回收 {slug} {period}",
    description="收回各单位报来的台账，逐格核对：无误的并入，有错的标出来退回，认不出的留给人看。",
)
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
    told = Told()
    with entered(_opened, home, slug, period, folder, dry) as given, _cluster(given, told) as cluster:
        desk = given.desk
        month = Period.parse(period)
        merger = given.merger or Merger(desk, month, dry=dry, workers=cluster)
        merged = merge_all(merger, given.folder, told, "收台账")
        if dry:
            result = _result(desk, month, merged, {}, [], False, told)
            result["changes"] = [change.as_dict() for each in merged for change in each.changes]
            return result
        annotated = mark_faults(desk, month, merger)
        before = Outbox(desk, month).letters()
        letters = write_answers(desk, month, date.fromisoformat(day) if day else today())
        if send:
            send_letters(desk, month)
        result = _result(desk, month, merged, annotated, letters, send, told)
        result |= answers_written(desk, month, letters, before)
        show("collect", slug, f"{desk.plan.info.title} {month.label} 回收", result)
        return result


def _where(home: Home, folder: str | None) -> Path:
    return Path(folder) if folder else home.inbox


@contextmanager
def _cluster(given: _Opened, told: Told) -> Iterator[Workers | None]:
    """The office's cluster where it has one; inside the run, so that its batches are tasks of the run."""
    desk = given.desk
    cluster = cluster_of(desk.config.workers.dask, told.notices.append)
    if cluster is not None and many_in(_where(desk.home, given.folder)):
        cluster.begin()
    with ended(cluster):
        yield cluster


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


def _result(
    desk: Desk,
    period: Period,
    merged: list[Merged],
    annotated: dict[str, Path],
    letters: list[Posted],
    send: bool,
    told: Told,
) -> dict[str, Any]:
    groups = grouped(merged)
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
        **put_aside(groups),
        **told_beside(groups, told, left),
    }
