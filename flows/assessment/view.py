"""The JSON of `assess`: every unit with every point and what it rests on."""

from __future__ import annotations

from typing import Any

from flows.assessment.model import Assessed, Criterion, Mark, Score


def as_result(assessed: Assessed) -> dict[str, Any]:
    """The keys of the contract: units (series after series, best first) and talks, and who was left out and why."""
    facts = assessed.facts
    return {
        "plan": facts.plan,
        "first": str(facts.first),
        "last": str(facts.last),
        "months": [str(month) for month in facts.months],
        "as_of": facts.as_of.isoformat(),
        "full": assessed.full,
        "units": [_unit(score, series.title) for series in assessed.series for score in series.scores],
        "excluded": [{"unit": unit, "reason": reason} for unit, reason in assessed.excluded],
        "talks": [{"unit": talk.unit, "reasons": list(talk.reasons)} for talk in assessed.talks],
        "pending": list(assessed.pending),
        "doubtful": [{"key": key, "message": message} for key, message in assessed.doubtful.items()],
    }


def _unit(score: Score, series: str) -> dict[str, Any]:
    return {
        "unit": score.unit.name,
        "kind": score.unit.kind,
        "series": series,
        "score": float(score.total),
        "grade": score.grade,
        "rank": score.rank,
        "base": float(score.base),
        "bonus": float(score.bonus),
        "deduction": float(score.deduction),
        "vetoes": list(score.vetoes),
        "points": [
            {
                "criterion": part.criterion.value,
                "usual": part.usual,
                "full": float(part.full),
                "points": float(part.points),
                "left_out": part.left_out,
                "rows": [_row(mark) for mark in part.marks],
            }
            for part in score.parts
        ],
        "changes": [
            {
                "points": float(change.points),
                "reason": change.reason,
                "basis": change.basis,
                "period": change.period,
                "by_hand": change.by_hand,
            }
            for change in score.changes
        ],
    }


def _row(mark: Mark) -> dict[str, Any]:
    place = "no" if mark.criterion is Criterion.DONE else "period"
    return {
        place: mark.place,
        "share": None if mark.share is None else round(float(mark.share), 6),
        "points": float(mark.points),
        "evidence": mark.evidence,
        "source": mark.source,
    }
