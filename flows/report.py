"""通报: one snapshot of figures becomes 总台账.xlsx, 通报.docx and the notices that are due."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from flows.ahead import Once, entered
from flows.assess_month import month_scores
from flows.desk import Desk, open_desk
from flows.documents.bulletin import bulletin_words
from flows.documents.pdf import Printed, print_all, take_away_pdf
from flows.documents.render import rendered
from flows.engine import flow, show, step
from flows.files import write_file
from flows.hands import Hands, hands_for
from flows.ledger.master import Master
from flows.memory import tidied_after
from flows.periods import Period, today
from flows.problems import UserError
from flows.progress import Answer, Snapshot
from flows.round.following import complete
from flows.round.freezing import ToKeep, record_printing, to_keep
from flows.round.mastering import Earlier, begin_master, replace_master, take_in_earlier
from flows.standing.bulletin_numbers import Issue, number_bulletin
from flows.standing.notices import Outcome, counted, issue_notices, notices_of, write_notices
from flows.workspace import Home

_TEMPLATE = "通报.docx"
_MANY = 15_000
"""For so many rows of 总台账 another process is worth its start."""
_TOO_MANY = 150_000
"""Rows for which memory is too short to make anything else while others make them."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """What a report is made with."""

    desk: Desk
    hands: Hands | None
    early: Once[Snapshot]
    """The figures, where they are many and nothing stood in the way."""


@dataclass(frozen=True, slots=True)
class _Made:
    """What a report has made, to be put in its place and recorded."""

    issue: Issue
    kept: ToKeep
    document: bytes


@contextmanager
def _opened(home: str, slug: str, period: str, as_of: str | None = None) -> Iterator[_Opened]:
    """The desk with all that was said, and who helps: they load the program while the figures are computed.

    Many figures are computed here, but for a 总台账 into which the office may have written what changes them.
    """
    with open_desk(Home(Path(home)), slug, doing="生成通报") as desk:
        rows, month = sum(map(len, desk.assignment.shares.values())), Period.parse(period)
        with hands_for(rows >= _MANY, ("flows.ledger.master_table",)) as hands:
            desk.read_ahead(month)
            early = rows >= _MANY and not desk.folder.period(month).master.is_file() and desk.history.issued(month)
            yield _Opened(desk, hands, Once(desk.snapshot(month, _day(as_of)) if early else None))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@flow(
    ready=_opened,
    name="生成通报",
    flow_run_name="通报 {slug} {period}",
    description="核算全部数字，生成总台账、通报和到期的提示单、督办单。",
)
def report(home: str, slug: str, period: str, as_of: str | None = None, signed_on: str | None = None) -> dict[str, Any]:
    """Compute the figures once; issue notices, write master workbook and bulletin from them; record what was printed.

    Beside the contract's keys the result tells of notices that were withheld and of those that are overtaken, and of
    PDFs: ``pdf`` of the bulletin and of each notice, null without one, and ``pdf_failed``.
    """
    with entered(_opened, home, slug, period, as_of) as given:
        desk, hands, month = given.desk, given.hands, Period.parse(period)
        if not desk.carriers:
            raise UserError("没有一个单位承担任务", f"请在 {desk.folder.review.name} 的单位栏写明单位，再运行一次")
        if not desk.history.issued(month) and not desk.history.arrivals(month):
            raise UserError(f"{month.label}的台账还没有下发", f"请先运行 taizhang distribute {slug} --period {month}")
        earlier = take_in_office_edits(desk, month)
        snap = given.early.take()
        if snap is None or earlier != Earlier():  # a 总台账 has turned up since
            snap = desk.snapshot(month, _day(as_of))
        signed = _day(signed_on) or today()
        supervised = issue_due_notices(desk, month, snap, signed)
        snap = complete(snap, desk.store, counted(supervised.notices))
        totals, unassigned, unknown = snap.totals, list(snap.unassigned), list(snap.unknown_exemptions)
        pending = [line.unit.name for line in snap.units if line.answer is Answer.PENDING]
        if totals.assignments > _TOO_MANY:
            with tidied_after():
                write_master_workbook(desk, month, begin_master(desk, snap, hands), hands)
            issue = number_bulletin(desk.store, slug, month, desk.config.bulletin, signed.year)
            words, kept = _words(desk, month, snap, signed, issue), to_keep(snap)
            del snap  # half a gigabyte of a province, which the Word document wants next
            with tidied_after():
                made = _Made(issue, kept, make_bulletin(desk, words, signed))
        else:
            with tidied_after():
                made = _made_together(desk, month, snap, hands, signed)
        replace_bulletin(desk, month, made.document)
        record_figures(desk, month, made.kept, made.issue)
        write_notice_documents(desk, month)
        printed = write_pdfs(desk, month, [each.file for each in supervised.notices])
        supervised = supervised.with_pdfs(printed.pdfs)
        folder = desk.folder.period(month)
        result = {
            "bulletin": str(folder.bulletin),
            "master": str(folder.master),
            "pdf": str(printed.pdfs[folder.bulletin]) if folder.bulletin in printed.pdfs else None,
            "pdf_failed": [str(file) for file in printed.failed],
            **supervised.as_dict(),
            "pending": pending,
            "unassigned": unassigned,
            "unknown_exemptions": unknown,
            "reviewed": earlier.outcome.as_dict(),
            "kept": str(earlier.kept) if earlier.kept else None,
            "needs_person": bool(pending or unassigned or earlier.outcome.needs_person),
        }
        sentence = (
            f"任务 {totals.items} 项：已完成 {totals.done}，推进 {totals.moving}，未启动 {totals.idle}，"
            f"逾期 {totals.overdue}。应报 {totals.asked} 家，实报 {totals.answered} 家。"
        )
        show("report", slug, f"{desk.plan.info.title} {month.label} 通报", result | {"sentence": sentence})
        return result


def _made_together(desk: Desk, month: Period, snap: Snapshot, hands: Hands | None, signed: date) -> _Made:
    """While others make the rows of 总台账, the bulletin is made here. A broken template of its leaves 总台账 alone."""
    master = begin_master(desk, snap, hands, at_once=True)
    issue = number_bulletin(desk.store, desk.folder.slug, month, desk.config.bulletin, signed.year)
    words, kept = _words(desk, month, snap, signed, issue), to_keep(snap)
    try:
        document = make_bulletin(desk, words, signed)
    except UserError:
        write_master_workbook(desk, month, master, hands)
        raise
    write_master_workbook(desk, month, master, hands)
    return _Made(issue, kept, document)


@flow(
    name="补齐通报附件",
    flow_run_name="补齐通报附件 {slug} {period}",
    description="生成通报时中断的：补写还没有的提示单、督办单和 PDF，通报本身不动。",
)
def finish_report(home: str, slug: str, period: str) -> dict[str, Any]:
    """What a report that was cut off after its bulletin has left undone; the bulletin stays as it is."""
    with open_desk(Home(Path(home)), slug, doing="生成通报") as desk:
        month = Period.parse(period)
        write_notice_documents(desk, month)
        printed = write_pdfs(desk, month, [each.file for each in notices_of(desk, month)])
        return {"pdf_failed": [str(file) for file in printed.failed], "needs_person": False}


@step("读入核定")
def take_in_office_edits(desk: Desk, period: Period) -> Earlier:
    """What the office wrote into the 总台账 that is about to be replaced; nothing of it is lost."""
    return take_in_earlier(desk, period)


@step("核算督办单")
def issue_due_notices(desk: Desk, period: Period, snap: Snapshot, signed_on: date) -> Outcome:
    """Who gets which notice, numbered and recorded before anything is written."""
    return issue_notices(desk, period, snap, signed_on)


@step("写督办单")
def write_notice_documents(desk: Desk, period: Period) -> None:
    """督办单/: a Word document for each notice of the period. A broken template of theirs leaves the bulletin alone."""
    write_notices(desk, period)


@step("写总台账")
def write_master_workbook(desk: Desk, period: Period, master: Master, hands: Hands | None) -> None:
    """总台账.xlsx."""
    replace_master(desk, period, master)
    if hands:
        hands.close()  # the memory of the others is wanted for what follows


def _words(desk: Desk, period: Period, snap: Snapshot, signed_on: date, issue: Issue) -> dict[str, Any]:
    """All that the bulletin says."""
    return bulletin_words(
        snap,
        desk.config,
        desk.home.template(_TEMPLATE),
        number=issue.number,
        year=issue.year,
        signed_on=signed_on,
        months=desk.history.printed_totals(period),
        scores=month_scores(desk, period, snap.as_of),
    )


@step("写通报")
def make_bulletin(desk: Desk, words: dict[str, Any], signed_on: date) -> bytes:
    """通报.docx, from the office's template."""
    return rendered(desk.home.template(_TEMPLATE), words, stamp=signed_on)


def replace_bulletin(desk: Desk, period: Period, document: bytes) -> None:
    """Put 通报.docx in its place. Its PDF of before goes first: none is ever older than the document."""
    target = desk.folder.period(period).bulletin
    take_away_pdf(target)
    write_file(target, document)


@step("转 PDF")
def write_pdfs(desk: Desk, period: Period, notices: list[Path]) -> Printed:
    """A PDF beside bulletin and notices, where LibreOffice is there; what does not become one is only told."""
    return print_all([desk.folder.period(period).bulletin, *notices], wanted=desk.config.bulletin.pdf)


@step("记录数字")
def record_figures(desk: Desk, period: Period, kept: ToKeep, issue: Issue) -> None:
    """What this bulletin printed, with all that it rests on: the next one is compared with it, `trace` leads back."""
    bulletin = desk.folder.period(period).bulletin
    record_printing(desk.store, desk.folder.slug, kept, issue.number, bulletin)
