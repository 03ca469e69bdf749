"""What `collect --year` tells: every file in exactly one list, who is still missing, and whose texts are alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.annual.similar import Likeness, near_identical
from flows.annual_round.filed import Filed, filed
from flows.annual_round.merging import AnnualMerger
from flows.round.mailbox import Told
from flows.round.merge import Merged
from flows.round.outcome import grouped, put_aside, told_beside


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
    groups = grouped(merged)
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
        **put_aside(groups),
        "filed": len(standing.filings),
        "missing": [
            {"unit": each.unit, "reason": each.reason, "deadline": each.deadline.isoformat()}
            for each in standing.missing
        ],
        "alike": _alike(merger, standing, groups["accepted"]),
        **told_beside(groups, told, unsent or []),
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
