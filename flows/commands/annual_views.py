"""The JSON object of `status --year`: who has filed 年报数据, who has not, and what a person should look at."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from flows.annual.similar import near_identical
from flows.annual_round.declaring import publish_by, unknown_names
from flows.annual_round.kept import accepted, filed_before
from flows.annual_round.standing import Line, lines
from flows.desk import Desk
from flows.periods import CHINA
from flows.post.letters import LetterKind
from flows.progress import Answer
from flows.round.outbox import Outbox
from flows.round.posted import Posted, unsent
from flows.storage.history import Arrival
from flows.years import Year


def year_view(desk: Desk, year: Year, day: date) -> dict[str, Any]:
    """Where an annual round stands on a day; ``items`` is empty: it has units, not tasks."""
    standing = lines(desk, year)
    posted = Outbox(desk, year).letters()
    sent = {each.unit: each for each in posted if each.kind == LetterKind.ISSUE}
    came: dict[str, list[Arrival]] = {}
    for arrival in desk.history.arrivals(year):
        came.setdefault(arrival.unit, []).append(arrival)
    files = {line.unit.name for line in standing}
    alike = _alike(desk, year)
    publish = publish_by(desk.config.annual, year.year)
    return {
        "plan": desk.folder.slug,
        "year": year.year,
        "as_of": day.isoformat(),
        "publish_by": publish.isoformat(),
        "publish_days_left": (publish - day).days,
        "totals": _totals(standing, day),
        "units": [
            _unit(line, day, sent.get(line.unit.name), came.get(line.unit.name, []), alike.get(line.unit.name, []))
            for line in standing
        ],
        "items": [],
        "others": [
            {"file": arrival.name, "unit": arrival.unit, "reason": arrival.reason}
            for unit, arrivals in came.items()
            if unit not in files
            for arrival in arrivals
            if arrival.verdict == "quarantined"
        ],
        "not_filing": [unit.name for unit in desk.roster if unit.name not in files],
        "unknown_names": unknown_names(desk),
        "unsent": unsent(posted),
    }


def _totals(standing: tuple[Line, ...], day: date) -> dict[str, int]:
    answers = Counter(line.answer for line in standing)
    return {
        "units": len(standing),
        "asked": len(standing) - answers[Answer.NOT_ISSUED],
        "answered": answers[Answer.ON_TIME] + answers[Answer.LATE],
        "on_time": answers[Answer.ON_TIME],
        "late": answers[Answer.LATE],
        "returned": answers[Answer.RETURNED],
        "pending": answers[Answer.PENDING],
        "missing": answers[Answer.MISSING],
        "not_issued": answers[Answer.NOT_ISSUED],
        "overdue": sum(not line.has_filed and line.days_left(day) < 0 for line in standing),
    }


def _unit(line: Line, day: date, letter: Posted | None, came: list[Arrival], alike: list[str]) -> dict[str, Any]:
    counts = line.arrival if line.has_filed else None
    left = line.days_left(day)
    return {
        "unit": line.unit.name,
        "kind": line.unit.kind,
        "answer": line.answer.value,
        "deadline": line.who.deadline.isoformat(),
        "when": "before" if left > 0 else "today" if left == 0 else "after",
        "days": abs(left),
        "file": line.arrival.name if line.arrival else None,
        "received": line.arrival.received.astimezone(CHINA).isoformat() if line.arrival else None,
        "reason": line.reason or None,
        "doubts": [*(counts.warnings if counts else ()), *_later(counts, came), *alike],
        "filler": counts.filler if counts else None,
        "phone": counts.phone if counts else None,
        "address": list(line.unit.emails),
        "letter": {"state": letter.state.value, "at": letter.changed, "note": letter.note} if letter else None,
        "unreached": line.is_dead,
        "bounced": [
            {"address": each.address, "reason": each.reason, "permanent": each.permanent} for each in line.bounced
        ],
    }


def _later(counts: Arrival | None, came: list[Arrival]) -> list[str]:
    """What a unit sent beside the file that counts and that is not settled."""
    if counts is None:
        return []
    found = []
    for arrival in came:
        if arrival.verdict == "quarantined":
            found.append(f"另有来件“{arrival.name}”待人工处理：{arrival.reason}")
        elif arrival.verdict == "returned" and arrival.received > counts.received:
            found.append(f"后来报的“{arrival.name}”有错，已退回；先前报的“{counts.name}”仍然有效")
    return found


def _alike(desk: Desk, year: Year) -> dict[str, list[str]]:
    """Unit → its texts that repeat another unit's or its own last year's."""
    kept = accepted(desk.store, desk.folder.slug, year)
    if not kept:
        return {}
    before = filed_before(desk.store, desk.folder.slug, year, desk.roster)
    last = {unit: each.filing for unit, each in before.items() if unit in kept}
    found: dict[str, list[str]] = {}
    for each in near_identical((each.filing for each in kept.values()), last):
        found.setdefault(each.unit, []).append(f"文字雷同，{each.words.removeprefix(each.unit)}")
    return found
