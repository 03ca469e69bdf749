"""The JSON objects of `show` and `status`, from a desk: what the contract says, nothing computed twice."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flows.desk import Desk
from flows.history import Arrival
from flows.periods import Period
from flows.post.letters import LetterKind
from flows.progress import Cell, Snapshot, UnitLine
from flows.round.outbox import Outbox
from flows.round.posted import Posted, unsent


def plan_view(desk: Desk) -> dict[str, Any]:
    """The plan as it stands: plan-schema.md with ``assigned`` and ``warnings`` on each item."""
    data = desk.plan.as_dict()
    doubts = desk.doubts
    pairs = desk.assignment.pairs()
    for item in data["items"]:
        item["assigned"] = [{"unit": unit, "role": role} for unit, role in pairs.get(item["no"], [])]
        item["warnings"] = [doubt.as_dict() for doubt in doubts if doubt.no == item["no"]]
    data["warnings"] = [doubt.as_dict() for doubt in doubts if doubt.no is None]
    return data


def status_view(desk: Desk, period: Period, snap: Snapshot) -> dict[str, Any]:
    """Where everything stands in a period."""
    shown = [line for line in snap.units if line.tasks]
    posted = Outbox(desk, period).letters()
    sent = {each.unit: each for each in posted if each.kind == LetterKind.ISSUE}
    totals = asdict(snap.totals) | {"answered": snap.totals.answered}
    fillers = {arrival.unit: arrival for arrival in desk.history.arrivals(period) if arrival.verdict == "accepted"}
    return {
        "plan": desk.folder.slug,
        "period": str(period),
        "as_of": snap.as_of.isoformat(),
        "reply_by": snap.reply_by.isoformat(),
        "totals": totals,
        "units": [_unit(line, fillers.get(line.unit.name), sent.get(line.unit.name)) for line in shown],
        "items": [
            {
                "no": line.item.no,
                "task": line.item.task,
                "requirement": line.item.requirement,
                "due": line.item.deadline.due.isoformat() if line.item.deadline.due else None,
                "state": line.state.value,
                "units": [_cell(cell) for cell in line.cells],
            }
            for line in snap.items
        ],
        "unsent": unsent(posted),
    }


def _unit(line: UnitLine, answer: Arrival | None, letter: Posted | None) -> dict[str, Any]:
    return {
        "unit": line.unit.name,
        "kind": line.unit.kind,
        "tasks": line.tasks,
        "done": line.done,
        "exempt": line.exempt,
        "overdue": line.overdue,
        "moving": line.moving,
        "idle": line.idle,
        "unchanged": line.unchanged,
        "held": line.held,
        "rate": None if line.rate is None else round(line.rate, 4),
        "rank": line.rank,
        "answer": line.answer.value,
        "received": line.received.isoformat() if line.received else None,
        "evidence": line.evidence,
        "filler": answer.filler if answer else None,
        "phone": answer.phone if answer else None,
        "address": list(line.unit.emails),
        "letter": {"state": letter.state.value, "at": letter.changed, "note": letter.note} if letter else None,
        "unreached": line.unreached,
        "bounced": [
            {
                "address": each.address,
                "code": each.code,
                "reason": each.reason,
                "permanent": each.permanent,
                "at": each.at.isoformat(),
            }
            for each in line.bounced
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    report = cell.report
    return {
        "unit": cell.unit.name,
        "role": cell.role.value,
        "status": report.status.value if report else None,
        "percent": report.percent if report else None,
        "progress": report.progress if report else None,
        "done_on": report.done_on.isoformat() if report and report.done_on else None,
        "evidence": report.evidence if report else None,
        "problem": report.problem if report else None,
        "next_step": report.next_step if report else None,
        "light": cell.light.value,
        "days_late": cell.days_late,
        "due": cell.due.isoformat() if cell.due else None,
        "reported": cell.said if cell.reported else report.status.value if report and cell.source else None,
        "review": _review(cell),
        "source": (
            {
                "period": cell.source.period,
                "file": cell.source.file,
                "sha256": cell.source.sha256,
                "sheet": cell.source.sheet,
                "row": cell.source.row,
            }
            if cell.source
            else None
        ),
    }


def _review(cell: Cell) -> dict[str, Any] | None:
    """What the office has ruled, None when nothing."""
    if cell.review is None:
        return None
    ruling = cell.ruling
    return {
        "status": ruling.status.value if ruling.status else None,
        "opinion": ruling.opinion,
        "closed": ruling.closed,
        "extended": ruling.extended.isoformat() if ruling.extended else None,
        "reason": ruling.reason,
        "note": ruling.note,
        "period": cell.review.period,
        "overtaken": cell.review.overtaken,
    }
