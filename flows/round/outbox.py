"""The outbox: every letter is in the store before it leaves, and leaves once."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.periods import CHINA, Period
from flows.post.folder import write_letter
from flows.post.letters import Letter
from flows.post.mailer import Fate, Mailer
from flows.post.message import build_message
from flows.post.secrets import mail_password
from flows.post.smtp import SmtpMailer
from flows.problems import UserError
from flows.store import append, as_json, letters, now

PARTLY = "部分地址被拒收："
"""How the note of a letter begins that left for some of its addresses only."""
_NOWHERE = "office@taizhang.example"
"""Sender of letters that are only written to a folder by an office that has set no address."""


class State(StrEnum):
    """Where a letter is. Only QUEUED letters are ever sent."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """It may or may not have left: a person decides."""
    CANCELLED = "cancelled"
    """Another letter took its place before it left."""


_FATES = {
    Fate.SENT: State.SENT,
    Fate.REFUSED: State.REFUSED,
    Fate.DEFERRED: State.QUEUED,
    Fate.UNKNOWN: State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter in the store."""

    id: int
    unit: str
    kind: str
    occasion: str
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    file: str
    """The .eml, below the plan's folder."""
    state: State
    note: str


class Outbox:
    """The letters of one plan and period."""

    def __init__(self, desk: Desk, period: Period) -> None:
        self.desk = desk
        self.period = period
        self._here = sa.and_(letters.c.plan == desk.folder.slug, letters.c.period == str(period))

    def letters(self, kind: str | None = None) -> list[Posted]:
        """All letters in order of writing, cancelled ones left out."""
        query = sa.select(letters).where(self._here, letters.c.state != State.CANCELLED.value).order_by(letters.c.id)
        if kind:
            query = query.where(letters.c.kind == kind)
        return [_posted(row) for row in self.desk.store.rows(query)]

    def queue(self, draft: Letter, occasion: str) -> Posted:
        """Put a letter in, once an occasion: asked again, the first one is given back unchanged.

        The Message-ID follows from the occasion, so a run that was killed between writing the file and the record
        finds its own file again. ``draft.message_id`` is ignored.
        """
        known = self._find(draft.unit, draft.kind, occasion)
        if known:
            return known
        desk = self.desk
        sender = desk.config.mail.address or _NOWHERE
        letter = replace(draft, message_id=self._message_id(draft, occasion, sender))
        data = build_message(letter, sender, desk.config.office.name, datetime.now(CHINA))
        file = write_letter(desk.folder.period(self.period).outbox, letter, data)
        with desk.store.begin() as db:
            append(
                db,
                letters,
                plan=desk.folder.slug,
                period=str(self.period),
                unit=letter.unit,
                kind=letter.kind,
                occasion=occasion,
                message_id=letter.message_id,
                recipients=as_json(list(letter.to)),
                subject=letter.subject,
                file=desk.below_plan(file),
                state=State.QUEUED.value,
                note="",
                changed=now(),
            )
        found = self._find(letter.unit, letter.kind, occasion)
        assert found is not None
        return found

    def cancel(self, posted: Posted) -> None:
        """Take a letter back that has not left, with its file."""
        if self._move(posted.id, State.QUEUED, State.CANCELLED, "内容已更新，由新的信代替"):
            (self.desk.folder.root / posted.file).unlink(missing_ok=True)

    def deliver(self, *, track: Callable[[Iterable[Posted]], Iterable[Posted]] = iter) -> None:
        """Send everything that is queued. A letter found half-sent by a run that died is never sent again by itself.

        Folder transport: the .eml is already where it belongs. UserError when the mail server cannot be used at all;
        every letter then stays queued.
        """
        for left in self._in_state(State.SENDING):
            self._move(left.id, State.SENDING, State.UNKNOWN, "上次运行中断，不能确定这封信是否寄出")
        queued = self._in_state(State.QUEUED)
        if not queued:
            return
        mail = self.desk.config.mail
        if mail.transport == "folder":
            for posted in queued:
                self._move(posted.id, State.QUEUED, State.SENT, "已写入发件箱文件夹")
            return
        with SmtpMailer(mail, mail_password(mail)) as mailer:
            for posted in track(queued):
                self._send(mailer, posted)

    def _send(self, mailer: Mailer, posted: Posted) -> None:
        data = (self.desk.folder.root / posted.file).read_bytes()
        if not self._move(posted.id, State.QUEUED, State.SENDING, ""):
            return
        outcome = mailer.send(data, posted.recipients)
        note = outcome.message
        if outcome.refused:
            note = PARTLY + "；".join(f"{address}：{reason}" for address, reason in outcome.refused)
        self._move(posted.id, State.SENDING, _FATES[outcome.fate], note)

    def _in_state(self, state: State) -> list[Posted]:
        query = sa.select(letters).where(self._here, letters.c.state == state.value).order_by(letters.c.id)
        return [_posted(row) for row in self.desk.store.rows(query)]

    def _find(self, unit: str, kind: str, occasion: str) -> Posted | None:
        query = sa.select(letters).where(
            self._here, letters.c.unit == unit, letters.c.kind == kind, letters.c.occasion == occasion
        )
        found = self.desk.store.rows(query)
        return _posted(found[0]) if found else None

    def _move(self, key: int, old: State, new: State, note: str) -> bool:
        """Change a letter's state if it still is ``old``: two runs at once cannot both take it."""
        change = (
            letters.update()
            .where(letters.c.id == key, letters.c.state == old.value)
            .values(state=new.value, note=note, changed=now())
        )
        with self.desk.store.begin() as db:
            return bool(db.execute(change).rowcount)

    def _message_id(self, draft: Letter, occasion: str, sender: str) -> str:
        words = as_json([self.desk.folder.slug, str(self.period), draft.unit, draft.kind, occasion])
        mark = hmac.new(self.desk.store.secret(), words.encode(), "sha256").hexdigest()[:32]
        domain = sender.rpartition("@")[2]
        return f"<{mark}@{domain if domain.isascii() and domain else 'taizhang.example'}>"


def check_way_out(desk: Desk) -> None:
    """Log in at the mail server and out again; UserError when letters could not leave. Folder transport always can."""
    mail = desk.config.mail
    if mail.transport == "folder":
        return
    if not mail.address:
        raise UserError("还没有设置发件邮箱", "请在 config.toml 的 [mail] 填写 address 和 smtp_host")
    with SmtpMailer(mail, mail_password(mail)):
        pass


def unsent(posted: Sequence[Posted]) -> list[dict[str, str]]:
    """Letters a person has to look at, as the commands show them."""
    words = {State.REFUSED: "被拒收", State.UNKNOWN: "不能确定是否寄出", State.QUEUED: "还没有寄出"}
    return [
        {"unit": p.unit, "state": p.state.value, "message": "：".join(filter(None, (words.get(p.state, ""), p.note)))}
        for p in posted
        if p.state in words or p.note.startswith(PARTLY)
    ]


def letter_file(desk: Desk, posted: Posted) -> Path:
    """Where a letter's .eml lies."""
    return desk.folder.root / posted.file


def _posted(row: sa.Row[Any]) -> Posted:
    return Posted(
        id=row.id,
        unit=row.unit,
        kind=row.kind,
        occasion=row.occasion,
        message_id=row.message_id,
        recipients=tuple(json.loads(row.recipients)),
        subject=row.subject,
        file=row.file,
        state=State(row.state),
        note=row.note,
    )
