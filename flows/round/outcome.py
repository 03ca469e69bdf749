"""What became of the files of a round, as the contract's JSON tells it: every file in exactly one list."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from flows.desk import Desk
from flows.periods import Period
from flows.round.mailbox import Told
from flows.round.merge import Merged
from flows.round.posted import Posted

VERDICTS: Final = {"accepted": "并入", "returned": "退回", "quarantined": "待人工处理", "duplicate": "重复"}

Groups = dict[str, list[Merged]]
"""Verdict → files."""


def grouped(merged: Iterable[Merged]) -> Groups:
    """Files by what became of them; every verdict is there."""
    groups: Groups = {verdict: [] for verdict in VERDICTS}
    for each in merged:
        groups[each.verdict].append(each)
    return groups


def put_aside(groups: Groups) -> dict[str, Any]:
    """The lists of files that were not taken in: ``quarantined`` and ``duplicates``."""
    return {
        "quarantined": [
            {"file": each.shown, "unit": each.unit, "reason": each.returned.reason if each.returned else ""}
            for each in groups["quarantined"]
        ],
        "duplicates": [
            {"file": each.shown, "same_as": each.same_as} | ({"waiting": each.waiting} if each.waiting else {})
            for each in groups["duplicate"]
        ],
    }


def told_beside(groups: Groups, told: Told, unsent: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What a round tells beside its files, and whether something needs a person. ``unsent``: answers still here."""
    return {
        "unsent": list(unsent),
        "unfetched": told.unfetched,
        "bounced": [
            {"unit": b.unit, "address": b.address, "code": b.code, "reason": b.reason, "permanent": b.permanent}
            for b in told.bounced
        ],
        "notices": told.notices,
        "needs_person": bool(
            groups["returned"]
            or groups["quarantined"]
            or unsent
            or any(each.waiting for each in groups["duplicate"])
            or told.unfetched
            or any(b.permanent for b in told.bounced)
        ),
    }


def answers_written(
    desk: Desk, period: Period, letters: Iterable[Posted], before: Collection[Posted]
) -> dict[str, Any]:
    """How many answers to units are new, and where they lie: with the folder transport a person sends them."""
    known = {posted.id for posted in before}
    return {
        "answers": sum(posted.id not in known for posted in letters),
        "transport": desk.config.mail.transport,
        "outbox": str(desk.folder.period(period).outbox),
    }
