"""The outbox: every letter is in the store before it leaves, and leaves once. What sends it is delivering.py."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.beside import Beside, InBatches
from flows.desk import Desk
from flows.files import write_file
from flows.periods import CHINA, Period
from flows.post.folder import LetterFolder
from flows.post.letters import Letter
from flows.post.message import build_message
from flows.round.posted import Attempt, Posted, State, put_off, unsent
from flows.store import append, append_many, as_json, attempts, letters, now

__all__ = ["Outbox", "Posted", "State", "letter_file", "unsent"]

_NOWHERE = "office@taizhang.example"
"""Sender of letters that are only written to a folder by an office that has set no address."""
_MANY = 500
"""Letters named in one statement: databases take a limited number of values."""
_BATCH = 50
"""Letters recorded in one transaction: each transaction waits for the disk."""


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A letter whose file is written and whose record is not."""

    posted: Posted
    again: bool
    """It was taken back before it left, and is wanted again."""


class Outbox:
    """The letters of one plan and period."""

    def __init__(self, desk: Desk, period: Period) -> None:
        self.desk = desk
        self.period = period
        self._here = sa.and_(letters.c.plan == desk.folder.slug, letters.c.period == str(period))

    @cached_property
    def _secret(self) -> bytes:
        return self.desk.store.secret()

    @cached_property
    def _letters(self) -> LetterFolder:
        return LetterFolder(self.folder)

    @property
    def folder(self) -> Path:
        """Where the .eml files lie."""
        return self.desk.folder.period(self.period).outbox

    def letters(self, kind: str | None = None) -> list[Posted]:
        """All letters in order of writing, cancelled ones left out."""
        asked = [letters.c.state != State.CANCELLED.value]
        if kind:
            asked.append(letters.c.kind == kind)
        return self._read(*asked)

    def in_state(self, *states: State) -> list[Posted]:
        """All letters in one of these states, in order of writing."""
        return self._read(letters.c.state.in_([state.value for state in states]))

    def queue(self, draft: Letter, occasion: str) -> Posted:
        """Put a letter in, once an occasion. One that has left stays as it is; one that waits is brought up to date.

        The Message-ID follows from the occasion, so a run that was killed between writing the file and the record
        finds its own file again. ``draft.message_id`` is ignored.
        """
        put = self._put(self._find(draft.unit, draft.kind, occasion), draft, occasion, self._letters)
        return put if isinstance(put, Posted) else self._record([put])[0]

    def queue_all(self, kind: str, drafts: Iterable[tuple[Letter, str]]) -> list[Posted]:
        """Put many letters of a kind in, each with its occasion, as ``queue`` does; recorded by batches."""
        known = {(posted.unit, posted.occasion): posted for posted in reversed(self._read(letters.c.kind == kind))}
        found: list[Posted] = []

        def record(batch: list[tuple[int, _Fresh]]) -> None:
            for (place, _), posted in zip(batch, self._record([each for _, each in batch]), strict=True):
                found[place] = posted

        with Beside() as beside, InBatches(beside, _BATCH, record) as fresh:
            folder = LetterFolder(self.folder, beside)
            for draft, occasion in drafts:
                put = self._put(known.get((draft.unit, occasion)), draft, occasion, folder)
                if isinstance(put, _Fresh):
                    found.append(put.posted)
                    fresh.add((len(found) - 1, put))
                else:
                    found.append(put)
        return found

    def _put(self, known: Posted | None, draft: Letter, occasion: str, folder: LetterFolder) -> Posted | _Fresh:
        """A letter's file; what is not in the store yet, or was taken back, is still to be recorded."""
        desk = self.desk
        sender = desk.config.mail.address or _NOWHERE
        partly = known is not None and known.waiting_for != known.recipients
        if known and known.state is not State.CANCELLED and (known.state is not State.QUEUED or partly):
            return known
        letter = replace(draft, message_id=known.message_id if known else self._message_id(draft, occasion, sender))
        by_hand = desk.config.mail.transport == "folder"
        data = build_message(letter, sender, desk.config.office.name, datetime.now(CHINA), by_hand=by_hand)
        if known and known.state is State.QUEUED:
            return self._bring_up_to_date(known, letter, data)
        file, old = folder.write(letter, data)
        if old and file.read_bytes() != data:  # of a run that died before the record; the roster may have changed since
            write_file(file, data)
        posted = Posted(
            id=known.id if known else 0,
            plan=desk.folder.slug,
            period=str(self.period),
            unit=letter.unit,
            kind=letter.kind,
            occasion=occasion,
            message_id=letter.message_id,
            recipients=letter.to,
            subject=letter.subject,
            file=desk.below_plan(file),
            state=State.QUEUED,
            note="",
            changed=now(),
            attempts=known.attempts if known else (),
        )
        return _Fresh(posted, again=known is not None)

    def _record(self, fresh: list[_Fresh]) -> list[Posted]:
        """Put letters that were just written into the store, in one transaction."""
        if not fresh:
            return []
        rows = [_values(each.posted) for each in fresh if not each.again]
        with self.desk.store.begin() as db:
            for each in fresh:
                if each.again:
                    same = (letters.c.id == each.posted.id, letters.c.state == State.CANCELLED.value)
                    db.execute(letters.update().where(*same).values(**_values(each.posted, fixed=False)))
            append_many(db, letters, [row | {"at": now()} for row in rows])
            named = letters.c.message_id.in_([row["message_id"] for row in rows])
            query = sa.select(letters.c.message_id, letters.c.id).where(named)
            keys = dict(db.execute(query).tuples().all()) if rows else {}
        return [each.posted if each.again else replace(each.posted, id=keys[each.posted.message_id]) for each in fresh]

    def cancel(self, posted: Posted, why: str = "内容已更新，由新的信代替") -> None:
        """Take a letter back that has not left, with its file."""
        if self.move(posted.id, (State.QUEUED,), State.CANCELLED, why):
            (self.desk.folder.root / posted.file).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Take away letters that lie in the folder without a record: a full disk or a kill came between the two.

        Another day's run writes such a letter anew under another occasion, and a clerk who sends the files by hand
        would send both.
        """
        query = sa.select(letters.c.file, letters.c.message_id)
        rows = self.desk.store.rows(query.where(self._here, letters.c.state != State.CANCELLED.value))
        names = {row.file.rpartition("/")[2] for row in rows}
        for path in LetterFolder(self.folder).unrecorded(names, {row.message_id for row in rows}):
            with suppress(OSError):  # read-only, or open in a mail program: the next run tries again
                path.unlink()

    def move(self, key: int, old: Collection[State], new: State, note: str, attempt: Attempt | None = None) -> bool:
        """Change a letter's state if it still is one of ``old``, and record what led to it, in one transaction.

        False, and nothing recorded, when another run has changed it meanwhile: two runs at once cannot both take it.
        """
        change = (
            letters.update()
            .where(letters.c.id == key, letters.c.state.in_([state.value for state in old]))
            .values(state=new.value, note=note, changed=now())
        )
        with self.desk.store.begin() as db:
            done = bool(db.execute(change).rowcount)
            if done and attempt:
                append(
                    db,
                    attempts,
                    letter=key,
                    outcome=attempt.outcome,
                    code=attempt.code,
                    answer=attempt.answer,
                    message=attempt.message,
                    taken=as_json({"taken": list(attempt.taken), "refused": dict(attempt.refused)}),
                    person=attempt.person,
                    retry=attempt.retry,
                    everyone=attempt.everyone,
                )
        return done

    def move_all(self, keys: Collection[int], new: State, note: str) -> None:
        """Change the state of queued letters in one transaction; those that another run has taken stay as they are."""
        values = {"state": new.value, "note": note, "changed": now()}
        ordered = sorted(keys)
        with self.desk.store.begin() as db:
            for start in range(0, len(ordered), _MANY):
                same = (letters.c.id.in_(ordered[start : start + _MANY]), letters.c.state == State.QUEUED.value)
                db.execute(letters.update().where(*same).values(**values))

    def hold(self) -> str:
        """Until when the server wants nothing at all from this office; '' when it takes letters."""
        query = sa.select(attempts).where(attempts.c.outcome.in_(("sent", "deferred"))).order_by(attempts.c.id.desc())
        found = self.desk.store.rows(query.limit(1))
        if found and found[0].everyone and put_off(found[0].retry or ""):
            return str(found[0].retry)
        return ""

    def _bring_up_to_date(self, known: Posted, letter: Letter, data: bytes) -> Posted:
        """What the office has changed since in roster or template holds for a letter that has not left."""
        path = self.desk.folder.root / known.file
        same = path.is_file() and _undated(path.read_bytes()) == _undated(data)
        if same and known.recipients == letter.to and known.subject == letter.subject:
            return known
        change = (
            letters.update()
            .where(letters.c.id == known.id, letters.c.state == State.QUEUED.value)
            .values(recipients=as_json(list(letter.to)), subject=letter.subject, changed=now())
        )
        with self.desk.store.begin() as db:
            waits = bool(db.execute(change).rowcount)
        if waits:
            write_file(path, data)
        return replace(known, recipients=letter.to, subject=letter.subject)

    def _find(self, unit: str, kind: str, occasion: str) -> Posted | None:
        found = self._read(letters.c.unit == unit, letters.c.kind == kind, letters.c.occasion == occasion)
        return found[0] if found else None

    def _read(self, *asked: sa.ColumnElement[bool]) -> list[Posted]:
        store = self.desk.store
        rows = store.rows(sa.select(letters).where(self._here, *asked).order_by(letters.c.id))
        if not rows:
            return []
        tries: dict[int, list[Attempt]] = {}
        query = sa.select(attempts).join(letters, letters.c.id == attempts.c.letter).where(self._here, *asked)
        for row in store.rows(query.order_by(attempts.c.id)):
            tries.setdefault(row.letter, []).append(_attempt(row))
        return [_posted(row, tries.get(row.id, ())) for row in rows]

    def _message_id(self, draft: Letter, occasion: str, sender: str) -> str:
        words = as_json([self.desk.folder.slug, str(self.period), draft.unit, draft.kind, occasion])
        mark = hmac.new(self._secret, words.encode(), "sha256").hexdigest()[:32]
        domain = sender.rpartition("@")[2]
        return f"<{mark}@{domain if domain.isascii() and domain else 'taizhang.example'}>"


def letter_file(desk: Desk, posted: Posted) -> Path:
    """Where a letter's .eml lies."""
    return desk.folder.root / posted.file


def _values(posted: Posted, *, fixed: bool = True) -> dict[str, Any]:
    """A letter as the store keeps it; without ``fixed`` what can change when it is wanted again."""
    values = {
        "recipients": as_json(list(posted.recipients)),
        "subject": posted.subject,
        "file": posted.file,
        "state": posted.state.value,
        "note": posted.note,
        "changed": posted.changed,
    }
    if fixed:
        values |= {name: str(getattr(posted, name)) for name in ("plan", "period", "unit", "kind", "occasion")}
        values["message_id"] = posted.message_id
    return values


def _undated(data: bytes) -> bytes:
    return re.sub(rb"(?m)^Date: .*\r?\n", b"", data, count=1)


def _attempt(row: sa.Row[Any]) -> Attempt:
    done = json.loads(row.taken or "{}")
    return Attempt(
        outcome=row.outcome,
        message=row.message,
        code=row.code,
        answer=row.answer,
        taken=tuple(done.get("taken", ())),
        refused=tuple(done.get("refused", {}).items()),
        person=row.person,
        retry=row.retry,
        everyone=bool(row.everyone),
        at=row.at,
    )


def _posted(row: sa.Row[Any], tries: Iterable[Attempt]) -> Posted:
    return Posted(
        id=row.id,
        plan=row.plan,
        period=row.period,
        unit=row.unit,
        kind=row.kind,
        occasion=row.occasion,
        message_id=row.message_id,
        recipients=tuple(json.loads(row.recipients)),
        subject=row.subject,
        file=row.file,
        state=State(row.state),
        note=row.note,
        changed=row.changed,
        attempts=tuple(tries),
    )
