"""The JSON objects of `show` and `status`, from a desk: what the contract says, nothing computed twice."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flows.desk import Desk
from flows.goals.model import GoalLine
from flows.periods import Period
from flows.post.letters import LetterKind
from flows.progress import Cell, ItemState, Snapshot, UnitLine
from flows.round.outbox import Outbox
from flows.round.posted import Posted, unsent
from flows.standing.lights import STANDARD, Light, Scheme
from flows.standing.measured import light_counts
from flows.standing.schedule import Pace
from flows.storage.history import Arrival


def plan_view(desk: Desk) -> dict[str, Any]:
    """The plan as it stands: plan-schema.md with ``assigned`` and ``warnings`` on each item."""
    data = desk.plan.as_dict()
    doubts = desk.doubts
    pairs = desk.assignment.pairs()
    about: dict[str | None, list[dict[str, Any]]] = {}
    for doubt in doubts:
        about.setdefault(doubt.no, []).append(doubt.as_dict())
    for item in data["items"]:
        item["assigned"] = [{"unit": unit, "role": role} for unit, role in pairs.get(item["no"], [])]
        item["warnings"] = about.get(item["no"], [])
    data["warnings"] = about.get(None, [])
    return data


def unsent_letters(desk: Desk, period: Period) -> list[dict[str, str]]:
    """``unsent`` of the status alone."""
    return unsent(Outbox(desk, period).letters())


def status_view(desk: Desk, period: Period, snap: Snapshot) -> dict[str, Any]:
    """Where everything stands in a period."""
    shown = [line for line in snap.units if line.cells]
    words = _Words(snap.lights)
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
        "lookback": _lookback(snap),
        "units": [_unit(line, fillers.get(line.unit.name), sent.get(line.unit.name)) for line in shown],
        "items": [
            {
                "no": line.item.no,
                "task": line.item.task,
                "requirement": line.item.requirement,
                "due": line.item.deadline.due.isoformat() if line.item.deadline.due else None,
                "state": line.state.value,
                "light": STANDARD.word(line.light) if line.light else None,
                "light_shown": snap.lights.word(line.light) if line.light else None,
                "pace": snap.lights.pace_word(line.pace) if line.pace else None,
                "units": [_cell(cell, words) for cell in line.cells],
            }
            for line in snap.items
        ],
        "lights": [
            {"shown": sign.word, "colour": sign.colour, "meaning": sign.meaning, "count": count}
            for sign, count in light_counts(snap)
        ],
        "schedule": dict(snap.schedule),
        "goals": [_goal(goal) for goal in snap.goals],
        "unknown_exemptions": list(snap.unknown_exemptions),
        "unsent": unsent(posted),
    }


def _lookback(snap: Snapshot) -> dict[str, int]:
    """Look-back items (回头看) by state; no total holds them."""
    states = [line.state for line in snap.carried_lines]
    words = {"done": ItemState.DONE, "moving": ItemState.MOVING, "idle": ItemState.IDLE, "overdue": ItemState.OVERDUE}
    return {"items": len(states)} | {word: states.count(state) for word, state in words.items()}


def _unit(line: UnitLine, answer: Arrival | None, letter: Posted | None) -> dict[str, Any]:
    return {
        "unit": line.unit.name,
        "kind": line.unit.kind,
        "tasks": line.tasks,
        "lookback": sum(cell.item.is_carried for cell in line.cells),
        "done": line.done,
        "exempt": line.exempt,
        "excused": line.excused,
        "unranked": line.unranked or None,
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


class _Words:
    """Each light's words, looked up once: a big round has 60,000 places."""

    def __init__(self, lights: Scheme) -> None:
        self.light = {
            light: {
                "light": STANDARD.word(light),
                "light_shown": lights.word(light),
                "light_meaning": light.value,
            }
            for light in Light
        }
        self.pace: dict[Pace | None, str | None] = {pace: lights.pace_word(pace) for pace in Pace}
        self.pace[None] = None


def _cell(cell: Cell, words: _Words) -> dict[str, Any]:
    """``light`` is the word of the standard scheme, so that scripts do not depend on the office's colours."""
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
        **words.light[cell.light],
        "why": cell.why,
        "excused": cell.excused or None,
        "pace": words.pace[cell.pace],
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


def _goal(goal: GoalLine) -> dict[str, Any]:
    """One target of one unit, or the occurrences of a periodic item."""
    return {
        "no": goal.no,
        "unit": goal.unit,
        "target": goal.target,
        "wanted": goal.wanted,
        "measure": goal.measure,
        "whose": goal.whose,
        "judged_on": goal.judged_on.isoformat(),
        "value": goal.value,
        "verdict": goal.verdict.value,
        "why": goal.why,
        "counts": goal.counts,
        "occurrences": goal.occurrences,
        "set": goal.ruled,
        "note": goal.note,
        "months": [
            {"period": month.period, "value": month.value, "said": month.said, "text": month.text}
            | {"doubt": month.doubt or None, "source": month.source or None}
            for month in goal.months
        ],
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
