"""The scores of one month, for its bulletin."""

from __future__ import annotations

from datetime import date

from flows.assess_facts import gather_facts
from flows.assessment.scoring import assess
from flows.desk import Desk
from flows.documents.assessment_prose import month_sentence
from flows.periods import Period
from flows.storage.adjustments import standing, within


def month_scores(desk: Desk, period: Period, as_of: date) -> str:
    """The sentence of the bulletin about the month's scores; '' when the office does not want it."""
    if not desk.config.assessment.in_bulletin:
        return ""
    lines = within(standing(desk.store, desk.folder.slug, period, period), period, period)
    return month_sentence(assess(gather_facts(desk, period, period, lines, as_of), desk.config.assessment))
