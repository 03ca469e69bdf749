"""Letters of an annual round: the office's own words for it, and each unit's own day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from flows.annual_round.declaring import Declared
from flows.desk import Desk
from flows.post.letters import PLACEHOLDERS, Letter, LetterFacts, LetterKind
from flows.post.templates import read_template
from flows.workspace import defaults
from flows.years import Year

_TEMPLATES: Final = {
    LetterKind.ISSUE: "年报下发",
    LetterKind.REMIND: "年报催报",
    LetterKind.RETURN: "年报退回",
    LetterKind.RECEIPT: "年报回执",
}
_YEAR: Final = "年度"
"""The placeholder that only these letters know."""


class AnnualLetterBook:
    """The templates of the annual round, read and checked together before the first letter is written.

    A letter keeps the kind of a month's letter, so that outbox, approval and 退信 treat it alike; its words differ.
    UserError names the file, and the line or the placeholder, when one is broken. One that a home of an earlier version
    has not got is the package's own.
    """

    def __init__(self, folder: Path, spare: Path) -> None:
        known = PLACEHOLDERS | {_YEAR}
        self._templates = {
            kind: read_template((folder if (folder / f"{name}.txt").is_file() else spare) / f"{name}.txt", known)
            for kind, name in _TEMPLATES.items()
        }

    def compose(
        self,
        kind: LetterKind,
        facts: LetterFacts,
        *,
        to: Sequence[str],
        attachments: Sequence[Path] = (),
        in_reply_to: str | None = None,
        references: Sequence[str] = (),
    ) -> Letter:
        """Write one letter, without Message-ID: the outbox gives it."""
        values = facts.values() | {_YEAR: str(facts.period.year)}
        subject, body = self._templates[kind].render(values)
        return Letter(
            kind, facts.unit, tuple(to), subject, body, tuple(attachments), "", in_reply_to, tuple(references)
        )


def annual_letters(desk: Desk) -> AnnualLetterBook:
    """The office's templates; UserError when one is broken, before any letter is written."""
    return AnnualLetterBook(desk.home.templates / "letters", defaults() / "templates" / "letters")


def annual_facts(desk: Desk, year: Year, who: Declared, today: date, **more: Any) -> LetterFacts:
    """What every letter of the round can say about a unit; ``more`` are the facts of one kind of letter."""
    office, mail = desk.config.office, desk.config.mail
    return LetterFacts(
        unit=who.unit.name,
        plan_title=desk.plan.info.title,
        period=year,
        reply_by=who.deadline,
        today=today,
        office=office.name,
        contact=office.contact,
        phone=office.phone,
        address=mail.address,
        **more,
    )
