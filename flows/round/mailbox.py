"""收邮箱: every new mail of the mailbox becomes what it is: an answer, a 退信, an absence note, or nobody's business.

A mail is remembered in the transaction in which what it carried is recorded, and moved, when the office wants that,
only after it: a run that dies at any point asks for it again or moves it then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email import message_from_bytes
from typing import Any, Final

import sqlalchemy as sa

from flows.config import Mail
from flows.files import digest, write_file
from flows.periods import CHINA, today
from flows.post.attachments import MailFacts
from flows.post.bounces import Bounce, Failure, read_bounce
from flows.post.inbox import Inbox, Mailbox, Received
from flows.post.nature import Nature
from flows.post.parts import all_text, read_text
from flows.post.pop3 import PopInbox
from flows.post.secrets import login_name, mail_password
from flows.post.senders import checks
from flows.progress import Bounced
from flows.round.intake import Parcel, Seal, from_mail
from flows.round.merge import Merged, Merger
from flows.store import bounces, dispatches, finished, letters, mails

_CLOCKS_DIFFER: Final = timedelta(days=2)
_BATCH: Final = 100
"""Mails that concern nobody here, remembered in one transaction."""
_CURES: Final = (
    ("已满", "请电话通知对方清理邮箱，再用 distribute --again 重发"),
    ("停用", "请问清新邮箱，改好单位名录后用 distribute --again 重发"),
    ("连不上", "请过些时候用 distribute --again 重发，或电话联系"),
    ("拒收", "请对方把本邮箱加入白名单后再重发"),
)
_ROSTER_CURE: Final = "请核对单位名录里的邮箱，改好后用 distribute --again 重发"

Row = tuple[sa.Table, dict[str, object]]


@dataclass(slots=True)
class Told:
    """What the clerk hears of beside the files. Kept over several tries of one run."""

    unfetched: list[str] = field(default_factory=list)
    """Mails that the server did not hand over."""
    notices: list[str] = field(default_factory=list)
    bounced: list[Bounced] = field(default_factory=list)


def take_mailbox(merger: Merger, told: Told) -> Iterator[list[Merged]]:
    """Every mail that this round has not finished with, in order; each yield is recorded by then.

    UserError when the mailbox cannot be read or the line stays broken: what was yielded stays valid.
    """
    round_ = _Round(merger, told)
    with open_mailbox(merger.desk.config.mail) as box:
        try:
            for received in box.new(round_.known(), since=_opened(merger), concerns=round_.concerns):
                found = round_.take(received)
                if found:
                    yield found
        finally:
            round_.remember(box.passed)
        told.unfetched.extend(f"第 {mail.uid} 号邮件取不下来：{mail.reason}" for mail in box.unfetched)
        if sentence := round_.tidy(box):
            told.notices.append(sentence)


def open_mailbox(mail: Mail) -> Mailbox:
    """The mailbox that config.toml names, not yet connected."""
    password = mail_password(mail)
    return PopInbox(mail, password) if mail.incoming == "pop3" else Inbox(mail, password)


class _Round:
    """One walk through the mailbox for one plan and period."""

    def __init__(self, merger: Merger, told: Told) -> None:
        self.merger = merger
        self.told = told
        self.desk = merger.desk
        self.mail = merger.desk.config.mail
        box = "POP3" if self.mail.incoming == "pop3" else self.mail.imap_folder
        self.box: dict[str, object] = {"account": login_name(self.mail), "folder": box}
        self.place = self.box | {"plan": self.desk.folder.slug, "period": str(merger.period)}
        self.archive = self.desk.folder.period(merger.period).archive
        self._idle: list[Row] = []

    def known(self) -> set[tuple[str, str]]:
        """The mails that this round has finished with."""
        return self._keys(mails, self.place)

    def concerns(self, facts: MailFacts) -> bool:
        """Whether a mail is to be looked at whatever is in it."""
        return facts.nature is not Nature.LETTER or self._is_ours(facts)

    def take(self, received: Received) -> list[Merged]:
        """Take in one mail and record it with all that came of it."""
        facts = received.facts
        key = self._key(received.uidvalidity, received.uid)
        if facts.nature is Nature.BOUNCE:
            return self._bounce(received, key)
        parcels = self._parcels(received)
        sheets = [parcel for parcel in parcels if parcel.is_sheet]
        if sheets and all(each.data is received.raw for each in sheets) and not self._is_about_us(received):
            sheets = []  # a stranger's link to something of its own
        if not sheets and (facts.automatic or not self._is_ours(facts)):
            if facts.automatic and self._is_ours(facts):
                self._absent(received)
                self.merger.flush((mails, key), (finished, key))
            else:
                self._idle.append((mails, key))
                if len(self._idle) >= _BATCH:
                    self.remember(())
            return []
        self._keep(received.raw)
        found = self.merger.take_mail(parcels)
        waits = any(each.verdict == "quarantined" or each.waiting for each in found)
        # The mail and what was in it are remembered together, or neither is.
        self.merger.flush((mails, key), *([] if waits else [(finished, key)]))
        return found

    def remember(self, passed: Any) -> None:
        """Record the mails that concern nobody here."""
        rows = [*self._idle, *((mails, self._key(*each)) for each in passed)]
        self._idle = []
        if rows:
            self.merger.flush(*rows)

    def tidy(self, box: Mailbox) -> str:
        """Move what is finished, when the office wants that; also what a run that died had left."""
        if not self.mail.done_folder or self.merger.dry:
            return ""
        return box.move(self._keys(finished, self.box), self.mail.done_folder)

    def _parcels(self, received: Received) -> list[Parcel]:
        facts, merger = received.facts, self.merger
        answers = merger.answered(facts)
        seal = Seal(merger.standing(facts.sender), checks(received.raw), answers)
        unit = merger.only_unit(facts.sender) or answers
        return [replace(each, seal=seal) for each in from_mail(received.raw, received.received, unit=unit)]

    def _bounce(self, received: Received, key: dict[str, object]) -> list[Merged]:
        notice = read_bounce(received.raw, (self.mail.address,))
        rows = self._bounce_rows(received, notice) if notice else []
        if not rows:
            self._idle.append((mails, key))
            return []
        self.merger.flush((mails, key), (finished, key), *((bounces, row) for row in rows))
        return []

    def _bounce_rows(self, received: Received, notice: Bounce) -> list[dict[str, object]]:
        mark = digest(received.raw)
        here = [bounces.c.plan == self.desk.folder.slug, bounces.c.notice == mark]
        before = set(self.desk.store.column(sa.select(bounces.c.address).where(*here)))
        when = (received.received or received.facts.date or datetime.now(CHINA)).astimezone(CHINA)
        rows: list[dict[str, object]] = []
        for failure in notice.failures or (Failure("", "", "对方服务器没有说明原因", True, ""),):
            letter = self._letter(notice, failure.address)
            if letter is None:
                continue
            address = _meant(failure.address, tuple(json.loads(letter.recipients)))
            if address in before:
                continue
            before.add(address)
            archived = self._keep(received.raw)
            row: dict[str, object] = {
                "plan": self.desk.folder.slug,
                "period": letter.period,
                "unit": letter.unit,
                "letter": letter.id,
                "address": address,
                "code": failure.code,
                "reason": failure.reason,
                "words": failure.words,
                "permanent": failure.permanent,
                "notice": mark,
                "archived": archived,
                "received": when.isoformat(timespec="seconds"),
            }
            rows.append(row)
            told = Bounced(
                letter.unit,
                address,
                failure.code,
                failure.reason,
                failure.permanent,
                when,
                letter.id,
                letter.kind,
                archived,
            )
            self.told.bounced.append(told)
            self.told.notices.append(_bounce_sentence(told))
        return rows

    def _letter(self, notice: Bounce, address: str) -> sa.Row[Any] | None:
        """The letter that did not arrive: by its Message-ID, else the last one of the round that went there."""
        mine = letters.c.plan == self.desk.folder.slug
        for wanted in filter(None, (notice.letter, *notice.answered)):
            found = self.desk.store.rows(sa.select(letters).where(mine, letters.c.message_id == wanted))
            if found:
                return found[0]
        if not address or notice.letter:
            # What came back was not ours: a letter that somebody wrote by hand, or of another plan.
            return None
        here = [mine, letters.c.period == str(self.merger.period), letters.c.state.in_(("sent", "unknown", "sending"))]
        for row in self.desk.store.rows(sa.select(letters).where(*here).order_by(letters.c.id.desc())):
            if address in {each.lower() for each in json.loads(row.recipients)}:
                return row
        return None

    def _absent(self, received: Received) -> None:
        facts = received.facts
        if facts.nature is not Nature.ABSENCE:
            return
        self._keep(received.raw)
        unit = self.merger.only_unit(facts.sender) or self.merger.answered(facts)
        text = " ".join(read_text(message_from_bytes(received.raw)).split())[:60]
        self.told.notices.append(
            f"{unit or facts.sender}的邮箱 {facts.sender} 自动回复“{text or facts.subject}”，不算报送"
        )

    def _is_ours(self, facts: MailFacts) -> bool:
        return bool(self.merger.answered(facts)) or self.merger.is_ours(facts.sender, facts.in_reply_to)

    def _is_about_us(self, received: Received) -> bool:
        """Whether a mail without files concerns the round: by who sent it, or by what it speaks of."""
        if self._is_ours(received.facts):
            return True
        text = received.facts.subject + all_text(message_from_bytes(received.raw))
        return (
            "台账" in text or self.desk.plan.info.title in text or any(unit.name in text for unit in self.desk.roster)
        )

    def _keep(self, raw: bytes) -> str:
        """Archive a mail byte for byte; gives where, below the plan's folder."""
        path = self.archive / f"{digest(raw)[:12]}.eml"
        if not self.merger.dry:
            write_file(path, raw)
        return self.desk.below_plan(path)

    def _key(self, uidvalidity: object, uid: object) -> dict[str, object]:
        return self.place | {"uidvalidity": str(uidvalidity), "uid": str(uid)}

    def _keys(self, table: sa.Table, place: dict[str, object]) -> set[tuple[str, str]]:
        here = [table.c[name] == value for name, value in place.items()]
        query = sa.select(table.c.uidvalidity, table.c.uid).where(*here)
        return {(str(row.uidvalidity), str(row.uid)) for row in self.desk.store.rows(query)}


def _meant(address: str, recipients: tuple[str, ...]) -> str:
    """The address that we wrote to: a notice may name the one that mail was passed on to, or none."""
    known = [each.lower() for each in recipients]
    return known[0] if len(known) == 1 and address not in known else address or "、".join(known)


def _bounce_sentence(told: Bounced) -> str:
    if not told.permanent:
        return f"{told.unit}的{told.kind}信还没有送到 {told.sentence}，暂时不用处理"
    cure = next((cure for word, cure in _CURES if word in told.reason), _ROSTER_CURE)
    return f"{told.unit}的{told.kind}信被退回 {told.sentence}，{cure}"


def _opened(merger: Merger) -> date | None:
    """The day the round's first workbook was written, less what clocks may differ: older mail cannot answer it.

    None when that day is still ahead: this computer's clock was wrong then, and all mail is looked at.
    """
    desk = merger.desk
    query = sa.select(sa.func.min(dispatches.c.at)).where(
        dispatches.c.plan == desk.folder.slug, dispatches.c.period == str(merger.period)
    )
    found = desk.store.rows(query)[0][0]
    if not found or (day := datetime.fromisoformat(found).astimezone(CHINA).date()) > today():
        return None
    return day - _CLOCKS_DIFFER
