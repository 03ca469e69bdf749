"""trace: the chain behind one entry, from what counts now back to every file, mail, ruling and letter."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.ledger import layout
from flows.periods import Period
from flows.problems import UserError
from flows.round.differences import Cells, fields_of
from flows.round.outbox import Outbox
from flows.round.review_outcome import HEADERS, text_of
from flows.standing.figures import ruled
from flows.storage.history import Arrival, Recorded
from flows.storage.reviews import Kept, kept_reviews
from flows.store import dispatches, evidence

COUNTS, REPLACED, HELD = "现行", "已被后来的代替", "退回表中填对的，已收下备用"


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked: one unit's work on one item, in one period or in all."""

    desk: Desk
    no: str
    unit: str
    periods: tuple[Period, ...]


def trace(desk: Desk, no: str, name: str, period: Period | None = None) -> dict[str, Any]:
    """The chain as the contract's JSON object; UserError for a unit or an item that nobody knows.

    ``period`` leaves out what came in other periods, but what counts there may have been reported before it.
    """
    unit = desk.roster.get(name.strip())
    known = desk.history.periods()
    last = period or (known[-1] if known else None)
    who = unit.name if unit else name.strip()
    current = desk.history.current(last, who) if last else {}
    if unit is None and not any(where[0] == who for where in current):
        raise UserError(f"单位名录里没有“{name}”", "请按名录写单位全称或别名")
    if no not in desk.items and (who, no) not in current:
        raise UserError(f"计划里没有第 {no} 条任务", f"请用 taizhang show {desk.folder.slug} 查任务编号")
    asked = _Question(desk, no, who, (period,) if period else tuple(known))
    item = desk.items.get(no)
    shares = dict(desk.assignment.pairs().get(no, []))
    record = current.get((who, no))
    versions = _versions(asked, record)
    return {
        "plan": desk.folder.slug,
        "no": no,
        "unit": who,
        "period": str(last) if last else None,
        "requirement": item.requirement if item else None,
        "role": shares.get(who),
        "now": _now(desk, last, record, who, no),
        "versions": versions,
        "others": _others(asked, {each["arrival"] for each in versions}),
        "reviews": [_review(each) for each in _rulings(asked, last)],
        "issued": _issued(asked),
        "letters": _letters(asked),
    }


def _now(desk: Desk, period: Period | None, record: Recorded | None, unit: str, no: str) -> dict[str, Any] | None:
    cell = desk.cell(period, (unit, no)) if period else None
    review = desk.review(period, (unit, no)) if period else None
    report = ruled(record.report if record else None, review)
    if report is None:
        return None
    ruling = review.ruling if review else None
    return {
        "status": report.status.value,
        "reported": record.report.status.value if record else None,
        "progress": report.progress,
        "period": record.arrival.period if record else None,
        "closed": bool(ruling and ruling.closed),
        "extended": ruling.extended.isoformat() if ruling and ruling.extended else None,
        "overtaken": bool(review and review.overtaken),
        "light": desk.lights.word(cell.light) if cell else None,
        "why": cell.why if cell else None,
    }


def _versions(asked: _Question, now: Recorded | None) -> list[dict[str, Any]]:
    """Every entry about the item, merged or held, oldest first."""
    history = asked.desk.history
    found: list[Recorded] = []
    for period in asked.periods:
        for kept in (history.versions(period, asked.unit), history.all_held(period, asked.unit)):
            found += kept.get((asked.unit, asked.no), [])
    found.sort(key=lambda each: (each.arrival.received, each.arrival.id))
    papers = _papers(asked)
    return [_version(asked.desk, each, each == now, papers) for each in found]


def _version(desk: Desk, record: Recorded, counts: bool, papers: dict[int, list[dict[str, Any]]]) -> dict[str, Any]:
    came = record.arrival
    said = fields_of(record.report)
    path = desk.folder.root / came.archived
    cells: dict[str, str | None] = {}
    if path.is_file():
        places = Cells(path.read_bytes(), came.name)
        cells = {header: places.cell(record.sheet, record.row, header) for header in (layout.NO, *layout.INPUTS)}
    return _file(came) | {
        "state": COUNTS if counts else REPLACED if record.merged else HELD,
        "merged": record.merged,
        "fields": said,
        "sheet": record.sheet,
        "row": record.row,
        "cells": {header: cell for header, cell in cells.items() if cell},
        "evidence": [paper for paper in papers.get(came.id, []) if paper["row"] in (None, record.row)],
    }


def _file(came: Arrival) -> dict[str, Any]:
    return {
        "arrival": came.id,
        "period": came.period,
        "file": came.name,
        "archived": came.archived,
        "sha256": came.sha256,
        "sender": came.sender or None,
        "message_id": came.message_id or None,
        "received": came.received.isoformat(),
        "filler": came.filler,
        "phone": came.phone,
        "verdict": came.verdict,
    }


def _others(asked: _Question, named: set[int]) -> list[dict[str, Any]]:
    """Files of the unit that hold no right row about the item: what is wrong with them, or why they wait."""
    found = []
    for period in asked.periods:
        for came in asked.desk.history.arrivals(period):
            if came.unit != asked.unit or came.id in named or came.verdict == "accepted":
                continue
            about = [each for each in came.problems if f"任务 {asked.no} " in f"{each.message} "] or came.problems
            problems = [{"cell": each.cell, "message": each.advice} for each in about]
            found.append(_file(came) | {"reason": came.reason, "problems": problems})
    return found


def _papers(asked: _Question) -> dict[int, list[dict[str, Any]]]:
    """Arrival → its pictures and papers."""
    query = sa.select(evidence).where(evidence.c.plan == asked.desk.folder.slug, evidence.c.unit == asked.unit)
    found: dict[int, list[dict[str, Any]]] = {}
    for row in asked.desk.store.rows(query.order_by(evidence.c.id)):
        paper = {"name": row.name, "file": row.file, "sha256": row.sha256, "sheet": row.sheet, "row": row.row}
        found.setdefault(row.arrival, []).append(paper)
    return found


def _rulings(asked: _Question, last: Period | None) -> list[Kept]:
    kept = kept_reviews(asked.desk.store, asked.desk.folder.slug)
    mine = [each for each in kept if (each.unit, each.no) == (asked.unit, asked.no)]
    return [each for each in mine if last is None or each.period <= str(last)]


def _review(kept: Kept) -> dict[str, Any]:
    said = {header: text_of(getattr(kept.ruling, name)) for name, header in HEADERS.items()}
    return {
        "period": kept.period,
        "at": kept.at.isoformat(),
        "fields": said,
        "file": kept.file,
        "sha256": kept.sha256,
        "cell": kept.cell,
    }


def _issued(asked: _Question) -> list[dict[str, Any]]:
    """The workbooks that were written for the unit."""
    desk = asked.desk
    query = sa.select(dispatches).where(dispatches.c.plan == desk.folder.slug, dispatches.c.unit == asked.unit)
    wanted = {str(period) for period in asked.periods}
    numbers = desk.history.numbers
    found = []
    for row in desk.store.rows(query.order_by(dispatches.c.id)):
        if row.period in wanted and asked.no in {numbers.of_dispatch(row.id, no) for no in _numbers(row.rows)}:
            found.append({"period": row.period, "file": row.file, "sha256": row.sha256, "at": row.at})
    return found


def _numbers(rows: str) -> list[str]:
    return list(json.loads(rows))


def _letters(asked: _Question) -> list[dict[str, Any]]:
    """Every letter to the unit: the workbook, reminders, corrections, receipts."""
    return [
        {
            "period": str(period),
            "kind": letter.kind,
            "subject": letter.subject,
            "message_id": letter.message_id,
            "state": letter.state.value,
            "file": letter.file,
        }
        for period in asked.periods
        for letter in Outbox(asked.desk, period).letters()
        if letter.unit == asked.unit
    ]
