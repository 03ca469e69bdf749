"""Letters of a round, filled from the desk."""

from __future__ import annotations

from datetime import date
from typing import Any

from flows.desk import Desk
from flows.periods import Period
from flows.post.letters import LetterBook, LetterFacts
from flows.roster import Unit
from flows.workspace import defaults


def letter_book(desk: Desk) -> LetterBook:
    """The office's letter templates; UserError when one is missing or broken, before any letter is written."""
    return LetterBook(desk.home.templates / "letters", defaults() / "templates" / "letters")


def facts(desk: Desk, period: Period, unit: Unit, today: date, **more: Any) -> LetterFacts:
    """What every letter of the period can say about a unit; ``more`` are the facts of one kind of letter."""
    office, mail = desk.config.office, desk.config.mail
    return LetterFacts(
        unit=unit.name,
        plan_title=desk.plan.info.title,
        period=period,
        reply_by=desk.reply_by(period),
        today=today,
        office=office.name,
        contact=office.contact,
        phone=office.phone,
        address=mail.address,
        **more,
    )
