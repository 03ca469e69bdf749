"""Places and grades: districts and departments apart, equal totals share a place, vetoed units have none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from flows.assessment.model import Score, Series
from flows.assessment.settings import Assessment

TITLES = {True: "区县、管委会、街道", False: "部门和其他单位"}


def graded(scores: Sequence[Score], rules: Assessment) -> tuple[Series, ...]:
    """The series that have units, each best first; of equal ones the roster's order stands."""
    found = []
    for district, title in TITLES.items():
        own = [score for score in scores if score.unit.is_district is district]
        if own:
            found.append(_series(title, own, rules))
    return tuple(found)


def quota(count: int, rules: Assessment) -> int:
    """Most units of a series of ``count`` that may be given the first grade; at least one."""
    return max(1, count * rules.excellent_percent // 100) if rules.excellent_percent else 0


def threshold(percent: float, full: int) -> Fraction:
    """From which total on a grade is given."""
    return Fraction(str(percent)) * full / 100


def _series(title: str, scores: list[Score], rules: Assessment) -> Series:
    standing = [score for score in scores if not score.vetoes]
    allowed = quota(len(scores), rules)
    judged = []
    for score in scores:
        rank = None if score.vetoes else 1 + sum(other.total > score.total for other in standing)
        judged.append(replace(score, rank=rank, grade=_grade(score, standing, allowed, rules)))
    # Python's sort keeps the roster's order among equals.
    judged.sort(key=lambda score: (score.rank is None, -score.total))
    return Series(title, tuple(judged), allowed)


def _grade(score: Score, standing: Sequence[Score], allowed: int, rules: Assessment) -> str:
    """The first grade only within its quota; who shares its last place is in or out with the others."""
    if score.vetoes:
        return rules.grades[-1]
    first, second, third = (threshold(percent, rules.full) for percent in rules.grade_scores)
    total = Fraction(score.total)
    before = sum(other.total > score.total for other in standing)
    place = before + 1 if rules.excellent_ties else sum(other.total >= score.total for other in standing)
    if total >= first and place <= allowed:
        return rules.grades[0]
    return rules.grades[1] if total >= second else rules.grades[2] if total >= third else rules.grades[3]
