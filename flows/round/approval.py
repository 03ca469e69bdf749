"""确认寄出: what a mass mail would send to whom, and the record that a person has agreed to it.

Approval is a row in the store, not a paused process: what runs by schedule reads it.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.periods import Period
from flows.post.letters import LetterKind
from flows.problems import UserError
from flows.roster import Unit
from flows.round.outbox import Outbox, letter_file
from flows.round.posted import Posted, State, put_off
from flows.round.settling import person
from flows.store import approvals, as_json
from flows.years import Year

FEW = 3
"""So many new addresses may join after an approval without a person looking again."""
_REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the letters, as it will leave: read back from its .eml."""

    unit: str
    to: tuple[str, ...]
    subject: str
    body: str
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What would leave."""

    letters: tuple[Posted, ...]
    without_address: tuple[str, ...]
    bounced: tuple[tuple[str, str], ...]
    """(unit, address) of those whose last letter came back."""
    doubts: int
    sample: Sample | None

    @property
    def kinds(self) -> dict[str, int]:
        """How many letters of each kind."""
        counts: dict[str, int] = {}
        for posted in self.letters:
            counts[posted.kind] = counts.get(posted.kind, 0) + 1
        return counts

    @property
    def recipients(self) -> tuple[str, ...]:
        """Every address once, sorted."""
        return tuple(sorted({address for posted in self.letters for address in posted.recipients}))

    def as_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        sample = self.sample
        return {
            "letters": len(self.letters),
            "kinds": self.kinds,
            "units": [posted.unit for posted in self.letters],
            "recipients": list(self.recipients),
            "without_address": list(self.without_address),
            "bounced": [{"unit": unit, "address": address} for unit, address in self.bounced],
            "doubts": self.doubts,
            "sample": None
            if sample is None
            else {
                "unit": sample.unit,
                "to": list(sample.to),
                "subject": sample.subject,
                "body": sample.body,
                "attachments": list(sample.attachments),
            },
        }


def preview(desk: Desk, period: Period, kinds: Collection[str], without: Iterable[str] = ()) -> Preview:
    """What a run would send now of these kinds: letters whose time to be tried again has come."""
    box = Outbox(desk, period)
    waiting = [] if box.hold() else [p for p in box.in_state(State.QUEUED) if p.is_mass and not put_off(p.retry)]
    chosen = tuple(posted for posted in waiting if posted.kind in kinds)
    units = {posted.unit for posted in chosen}
    return Preview(
        letters=chosen,
        without_address=tuple(without),
        bounced=tuple(
            (unit, each.address)
            for unit, found in desk.history.bounced(period).items()
            for each in found
            if unit in units and each.permanent
        ),
        doubts=_doubts(desk, period),
        sample=_sample(desk, chosen[0]) if chosen else None,
    )


def approvable(desk: Desk, period: Period, asked: Iterable[Unit] | None = None) -> Preview:
    """What an approval in advance is about: letters that wait, else the units that this period's workbooks went to.

    Scheduled reminders go to the same addresses. ``asked``: the units of the round; those with tasks by default.
    """
    letters = [p for p in Outbox(desk, period).letters() if p.is_mass]
    waiting = tuple(p for p in letters if p.state is State.QUEUED)
    shown = waiting or tuple(p for p in letters if p.kind == LetterKind.ISSUE)
    without = [unit.name for unit in (desk.carriers if asked is None else asked) if not unit.emails]
    if not shown:
        raise UserError("没有一封信可寄", "请在单位名录里补上邮箱后再运行")
    return Preview(shown, tuple(without), (), _doubts(desk, period), _sample(desk, shown[0]))


def record(desk: Desk, period: Period, shown: Preview, means: str) -> str:
    """Write down that the person at this machine has agreed; gives who that is. ``means``: 终端 or approve."""
    who = person()
    desk.store.add(
        approvals,
        plan=desk.folder.slug,
        period=str(period),
        kind="、".join(shown.kinds),
        letters=len(shown.letters),
        recipients=as_json(list(shown.recipients)),
        digest=hashlib.sha256("\n".join(shown.recipients).encode()).hexdigest(),
        person=who,
        means=means,
    )
    return who


def revoke(desk: Desk, period: Period) -> bool:
    """Take all approvals of a period back; False when there is none."""
    if not approved(desk, period):
        return False
    empty = {"kind": "", "letters": 0, "recipients": "[]", "digest": "", "person": person(), "means": _REVOKED}
    desk.store.add(approvals, plan=desk.folder.slug, period=str(period), **empty)
    return True


def approved(desk: Desk, period: Period) -> list[dict[str, Any]]:
    """The approvals of a period that stand, oldest first."""
    here = (approvals.c.plan == desk.folder.slug, approvals.c.period == str(period))
    found: list[dict[str, Any]] = []
    for row in desk.store.rows(sa.select(approvals).where(*here).order_by(approvals.c.id)):
        if row.means == _REVOKED:
            found.clear()
        else:
            found.append(
                {
                    "kind": row.kind,
                    "letters": row.letters,
                    "recipients": json.loads(row.recipients),
                    "digest": row.digest,
                    "person": row.person,
                    "means": row.means,
                    "at": row.at,
                }
            )
    return found


def objection(desk: Desk, period: Period, shown: Preview) -> str:
    """Why these letters may not leave without a person, as a Chinese sentence; '' when they may."""
    known = approved(desk, period)
    if not known:
        return f"{period.label}还没有人确认过寄信"
    addresses = {address for each in known for address in each["recipients"]}
    fresh = [address for address in shown.recipients if address not in addresses]
    if len(fresh) > FEW:
        return f"确认以后多了 {len(fresh)} 个收件邮箱（{'、'.join(fresh[:FEW])} 等）"
    return ""


@dataclass(frozen=True, slots=True)
class Consent:
    """How a run came to send, or not to."""

    given: bool
    shown: Preview | None
    reason: str = ""
    """Why not; a Chinese sentence without full stop."""
    hold: str = ""
    """The server wants nothing before this moment."""

    @property
    def chosen(self) -> list[int]:
        """The letters that may leave."""
        return [posted.id for posted in self.shown.letters] if self.given and self.shown else []

    def as_dict(self) -> dict[str, Any]:
        """What a command's JSON object gets: nothing but False where nobody has to be asked."""
        if self.given or self.shown is None:
            return {"awaiting_approval": False} | ({"hold": self.hold} if self.hold else {})
        return {"awaiting_approval": True, "reason": self.reason, "preview": self.shown.as_dict()}


def consent(
    desk: Desk, period: Period, kinds: Collection[str], without: Iterable[str], ask: Callable[[Preview], bool] | None
) -> Consent:
    """May these letters leave? ``ask`` shows them to the person and brings the answer; None: nobody is there.

    Letters that are only written to a folder leave nothing, and nobody is asked.
    """
    shown = preview(desk, period, kinds, without)
    if desk.config.mail.transport == "folder" or not shown.letters:
        return Consent(True, shown, hold=Outbox(desk, period).hold())
    if ask is None:
        reason = objection(desk, period, shown)
        return Consent(not reason, shown, reason)
    if not ask(shown):
        return Consent(False, shown, "没有确认寄出")
    record(desk, period, shown, "终端")
    return Consent(True, shown)


def _doubts(desk: Desk, period: Period) -> int:
    """Open questions of the plan; they do not touch the numbers that are asked for by the year."""
    return 0 if isinstance(period, Year) else len(desk.doubts)


def _sample(desk: Desk, posted: Posted) -> Sample:
    mail = email.message_from_bytes(letter_file(desk, posted).read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    text = mail.get_body(("plain",))
    return Sample(
        unit=posted.unit,
        to=posted.recipients,
        subject=posted.subject,
        body="" if text is None else str(text.get_content()).replace("\r\n", "\n"),
        attachments=tuple(part.get_filename() or "" for part in mail.iter_attachments()),
    )
