"""What `collect --year` tells: every file in exactly one list, who is still missing, and whose texts are alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from flows.annual.similar import Likeness, near_identical
from flows.annual_round.filed import Filed, filed
from flows.annual_round.merging import AnnualMerger
from flows.round.mailbox import Told
from flows.round.merge import Merged

VERDICTS: Final = {"accepted": "并入", "returned": "退回", "quarantined": "待人工处理", "duplicate": "重复"}


def outcome(
    merger: AnnualMerger,
    merged: list[Merged],
    told: Told,
    annotated: Mapping[str, Path] | None = None,
    unsent: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """The contract's object of a month, with ``filed``, ``missing`` and ``alike`` added.

    ``annotated``: sha256 → marked workbook; ``unsent``: answers that have not left.
    """
    groups: dict[str, list[Merged]] = {verdict: [] for verdict in VERDICTS}
    for each in merged:
        groups[each.verdict].append(each)
    standing = filed(merger.desk, merger.period.year)
    return {
        "accepted": [
            {
                "file": each.shown,
                "unit": each.unit,
                "entries": _numbers(merger, each),
                "warnings": list(each.warnings),
                "changes": [change.as_dict() for change in each.changes],
            }
            for each in groups["accepted"]
        ],
        "returned": [
            {
                "file": each.shown,
                "unit": each.unit,
                "problems": [
                    {"cell": problem.cell, "sheet": problem.sheet, "message": problem.advice}
                    for problem in (each.returned.problems if each.returned else ())
                ],
                "annotated": str(annotated[each.sha256]) if annotated and each.sha256 in annotated else None,
                "held": 0,
                "warnings": list(each.warnings),
            }
            for each in groups["returned"]
        ],
        "quarantined": [
            {"file": each.shown, "unit": each.unit, "reason": each.returned.reason if each.returned else ""}
            for each in groups["quarantined"]
        ],
        "duplicates": [
            {"file": each.shown, "same_as": each.same_as} | ({"waiting": each.waiting} if each.waiting else {})
            for each in groups["duplicate"]
        ],
        "filed": len(standing.filings),
        "missing": [
            {"unit": each.unit, "reason": each.reason, "deadline": each.deadline.isoformat()}
            for each in standing.missing
        ],
        "alike": _alike(merger, standing, groups["accepted"]),
        "unsent": unsent or [],
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


def _numbers(merger: AnnualMerger, merged: Merged) -> int:
    """How many cells of the three tables a filing fills."""
    read = merger.checker.read.get(merged.sha256)
    return len(read.filing.tables.amounts) if read and read.filing else 0


def _alike(merger: AnnualMerger, standing: Filed, came: list[Merged]) -> list[dict[str, Any]]:
    """Texts that repeat another unit's, or the unit's own last year's, where one of the two has just come."""
    fresh = {each.unit: read.filing for each in came if (read := merger.checker.read.get(each.sha256)) and read.filing}
    if not fresh:
        return []
    filings = {**fresh, **standing.filings}  # a dry run has kept nothing
    told: dict[tuple[str, frozenset[tuple[str, int]]], Likeness] = {}
    for each in near_identical(filings.values(), standing.last):
        if each.unit in fresh or each.other in fresh:  # of two units that copied from each other one line is enough
            told.setdefault((each.part, frozenset({(each.unit, merger.period.year), (each.other, each.year)})), each)
    return [
        {
            "unit": each.unit,
            "part": each.part,
            "other": each.other,
            "year": each.year,
            "share": round(each.share, 2),
            "message": each.words,
        }
        for each in told.values()
    ]
