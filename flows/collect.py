"""回收: what came back is archived, checked and merged; what is faulty goes back with its cells marked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.console import track
from flows.desk import Desk, open_desk
from flows.engine import flow, show, step
from flows.files import digest, write_file
from flows.periods import CHINA, Period, today
from flows.post.inbox import Inbox
from flows.post.secrets import login_name, mail_password
from flows.round.intake import from_folder, from_mail
from flows.round.merge import Merged, Merger
from flows.round.outbox import Outbox, Posted, unsent
from flows.round.returning import queue_receipts, queue_returns, write_corrections
from flows.store import dispatches, mails
from flows.workspace import Home


@flow(name="回收台账", flow_run_name="回收 {slug} {period}")
def collect(
    home: str, slug: str, period: str, folder: str | None = None, send: bool = True, day: str | None = None
) -> dict[str, Any]:
    """Take in what units sent, from a folder or else the mailbox (folder transport: ledgers/收件箱).

    Every file ends in exactly one list of the contract's object; ``needs_person`` and ``unsent`` are added.
    """
    with open_desk(Home(Path(home)), slug) as desk:
        month = Period.parse(period)
        merger = Merger(desk, month)
        merged = reconsider_quarantine(merger)
        unfetched: list[str] = []
        if folder or desk.config.mail.transport == "folder":
            merged += merge_folder(merger, Path(folder) if folder else desk.home.inbox)
        else:
            merge_mailbox(merger, merged, unfetched)
        annotated = mark_faults(desk, month, merger)
        letters = write_answers(desk, month, date.fromisoformat(day) if day else today())
        if send:
            send_letters(desk, month)
        result = _result(desk, month, merged, annotated, letters, send) | {"unfetched": unfetched}
        result["needs_person"] = bool(result["needs_person"] or unfetched)
        rows = [{"文件": m.parcel.shown, "单位": m.unit, "结果": _WORDS[m.verdict]} for m in merged]
        show("taizhang-collect", f"{desk.plan.info.title} {month.label} 回收", rows, _counted(merged))
        return result


@step("复核待处理的文件")
def reconsider_quarantine(merger: Merger) -> list[Merged]:
    """What lay in quarantine and can be taken in now."""
    return merger.reconsider()


@step("收文件夹")
def merge_folder(merger: Merger, folder: Path) -> list[Merged]:
    """Every file of a folder."""
    return [each for parcels in track("收台账")(from_folder(folder)) for each in merger.take_mail(parcels)]


@step("收邮箱", retries=2, delay=10)
def merge_mailbox(merger: Merger, merged: list[Merged], left: list[str]) -> None:
    """Every mail that this round has not finished with. A mail is remembered only after all it carries is recorded.

    ``merged`` is added to mail by mail, so that a try that breaks off loses nothing for the next one; ``left`` gets a
    sentence for each mail that the server would not hand over: the next run asks for it again.
    """
    for each in _new_mails(merger, left):
        merged.extend(each)


@step("标出错处")
def mark_faults(desk: Desk, period: Period, merger: Merger) -> dict[str, Path]:
    """A marked workbook for every sheet that goes back."""
    return write_corrections(desk, period, merger)


@step("写退回和回执信件")
def write_answers(desk: Desk, period: Period, day: date) -> list[Posted]:
    """A letter for every sheet that goes back, and receipts when the office sends them."""
    return [*queue_returns(desk, period, day), *queue_receipts(desk, period, day)]


@step("寄出信件", retries=2, delay=5)
def send_letters(desk: Desk, period: Period) -> None:
    """Everything in the outbox that has not left."""
    Outbox(desk, period).deliver(track=track("寄信"))


def _new_mails(merger: Merger, left: list[str]) -> Iterator[list[Merged]]:
    desk, mail = merger.desk, merger.desk.config.mail
    account, box = login_name(mail), mail.imap_folder
    place = {"account": account, "folder": box, "plan": desk.folder.slug, "period": str(merger.period)}
    here = [mails.c[name] == value for name, value in place.items()]
    known = {
        (int(row.uidvalidity), int(row.uid))
        for row in desk.store.rows(sa.select(mails.c.uidvalidity, mails.c.uid).where(*here))
    }
    archive = desk.folder.period(merger.period).archive
    with Inbox(mail, mail_password(mail)) as inbox:
        for received in inbox.new(known, since=_opened(merger)):
            facts = received.facts
            parcels = list(from_mail(received.raw, received.received))
            wanted = any(p.is_sheet for p in parcels) or merger.is_ours(facts.sender, facts.in_reply_to)
            if wanted and not facts.automatic:
                write_file(archive / f"{digest(received.raw)[:12]}.eml", received.raw)
                yield merger.take_mail(parcels)
            desk.store.add(mails, uidvalidity=str(received.uidvalidity), uid=str(received.uid), **place)
        left.extend(f"第 {mail.uid} 号邮件取不下来：{mail.reason}" for mail in inbox.unfetched)


def _opened(merger: Merger) -> date | None:
    """The day the round's first workbook was written: older mail cannot answer it."""
    desk = merger.desk
    query = sa.select(sa.func.min(dispatches.c.at)).where(
        dispatches.c.plan == desk.folder.slug, dispatches.c.period == str(merger.period)
    )
    found = desk.store.rows(query)[0][0]
    return datetime.fromisoformat(found).astimezone(CHINA).date() if found else None


_WORDS = {"accepted": "并入", "returned": "退回", "quarantined": "待人工处理", "duplicate": "重复"}


def _counted(merged: list[Merged]) -> str:
    return "，".join(f"{word} {sum(m.verdict == verdict for m in merged)} 份" for verdict, word in _WORDS.items())


def _result(
    desk: Desk, period: Period, merged: list[Merged], annotated: dict[str, Path], letters: list[Posted], send: bool
) -> dict[str, Any]:
    groups: dict[str, list[Merged]] = {verdict: [] for verdict in _WORDS}
    for each in merged:
        groups[each.verdict].append(each)
    now = {posted.id: posted for posted in Outbox(desk, period).letters()}
    left = unsent([now.get(posted.id, posted) for posted in letters]) if send else []
    return {
        "accepted": [
            {
                "file": m.parcel.shown,
                "unit": m.unit,
                "entries": len(m.returned.entries) if m.returned else 0,
                "warnings": list(m.warnings),
            }
            for m in groups["accepted"]
        ],
        "returned": [
            {
                "file": m.parcel.shown,
                "unit": m.unit,
                "problems": [
                    {"cell": p.cell, "message": p.advice} for p in (m.returned.problems if m.returned else ())
                ],
                "annotated": str(annotated[m.parcel.sha256]) if m.parcel.sha256 in annotated else None,
            }
            for m in groups["returned"]
        ],
        "quarantined": [
            {"file": m.parcel.shown, "unit": m.unit, "reason": m.returned.reason if m.returned else ""}
            for m in groups["quarantined"]
        ],
        "duplicates": [
            {"file": m.parcel.shown, "same_as": m.same_as} | ({"waiting": m.waiting} if m.waiting else {})
            for m in groups["duplicate"]
        ],
        "unsent": left,
        "needs_person": bool(
            groups["returned"] or groups["quarantined"] or left or any(m.waiting for m in groups["duplicate"])
        ),
    }
