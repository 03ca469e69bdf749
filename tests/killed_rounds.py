"""Rounds of an office whose commands are killed again and again, against real servers; every round is counted.

A round: letters leave (killed, run again until done), the units answer by mail among other people's mail, the answers
are taken in (killed, run again until done). What the clerk is asked about uncertain letters is answered by looking
into the receiving side.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.desk import open_desk
from flows.files import digest
from flows.periods import CHINA, Period
from flows.store import arrivals, bounces, entries, mails
from flows.workspace import find_home
from tests.killing import Killer, settle, uncertain
from tests.office import UNITS, Row, fill, moving, new_office, reply_mail
from tests.servers import ImapServer, SmtpServer

PLAN = "要点"
SOME = (*UNITS, *((f"市第{n}局", "", "政府部门", "云川市", f"ju{n}@unit.example", "", "") for n in range(3)))
ADDRESSES = {unit[0]: unit[4] for unit in SOME}
DONE = "Done"
OTHERS = 4
"""Mails of each round that are nobody's answer."""
A_LETTER = 0.012
"""Seconds for which the server has a letter in its hands: time to be killed in."""


@dataclass
class Tally:
    """What the killing came to."""

    kills: Counter[str] = field(default_factory=Counter)
    """Command → how often it was killed at work."""
    asked: int = 0
    """Letters whose fate nobody knew."""
    asked_held: int = 0
    """Those of them that the receiving side had."""
    rounds: int = 0
    letters: int = 0
    answers: int = 0

    def __str__(self) -> str:
        killed = "，".join(f"{command} {count}" for command, count in self.kills.items())
        return (
            f"{sum(self.kills.values())} kills ({killed}) in {self.rounds} rounds: {self.letters} letters got, "
            f"{self.answers} answers taken in; {self.asked} uncertain letters asked about, {self.asked_held} had left"
        )


class Rounds:
    """An office, its servers and its killer. ``kill`` runs rounds until so many commands were killed."""

    def __init__(self, folder: Path, smtp: SmtpServer, imap: ImapServer, seed: int) -> None:
        self.smtp, self.imap, self.folder = smtp, imap, folder
        self.chance = random.Random(seed)
        self.tally = Tally()
        smtp.seconds_a_letter = A_LETTER
        self.office = new_office(folder)
        self.office.use_mail(smtp.mail, imap.mail)
        self.office.configure(mail={"receipts": True, "retry_minutes": 0.0, "done_folder": DONE})
        self.office.adopt(units=SOME)
        self._whole: dict[str, float] = {}

    def kill(self, most: int) -> Tally:
        """Rounds until ``most`` kills; the first one is not killed and tells how long the commands take."""
        with Killer(self.office.home) as killer:
            number = 0
            while sum(self.tally.kills.values()) < most:
                period = f"{2026 + number // 12}-{number % 12 + 1:02d}"
                self._round(killer, period, most if number else 0)
                number += 1
        return self.tally

    def _round(self, killer: Killer, period: str, most: int) -> None:
        place = (PLAN, "--period", period)
        once = Counter(dict.fromkeys(ADDRESSES.values(), 1))

        self._until_done(killer, "distribute", place, most)
        issued, done = self._letters("distribute", place)
        assert Counter(issued.values()) == once, f"{period}: distribute sent {issued}"

        files = {book["unit"]: Path(book["file"]) for book in done["workbooks"]}
        faulty = self.chance.choice(list(files))
        delivered = self._units_answer(period, files, faulty, {address: mark for mark, address in issued.items()})
        self._until_done(killer, "collect", place, most)
        answers, _ = self._letters("collect", place)  # 退回 to the one with a fault, 回执 to all others
        assert Counter(answers.values()) == once, f"{period}: collect sent {answers}"
        self._check_store(period, faulty, delivered)

        self.tally.rounds += 1
        self.tally.letters += len(issued) + len(answers)
        self.tally.answers += len(files)

    def _until_done(self, killer: Killer, command: str, place: tuple[str, ...], most: int) -> None:
        fresh = True
        while True:
            enough = self.tally.kills[command] >= most / 2
            moment = None if enough else self.chance.uniform(0, self._whole[command])
            ended = killer.run(command, *place, kill_after=moment)
            if ended.code is not None:
                break
            self.tally.kills[command] += 1
            fresh = False
        assert ended.code in (0, 1), f"{command} {place}: exit {ended.code}\n{killer.last_words[-800:]}"
        if fresh:  # what a whole run takes, as busy as the machine is now
            self._whole[command] = ended.seconds

    def _letters(self, command: str, place: tuple[str, ...]) -> tuple[dict[str, str], dict[str, Any]]:
        """The clerk settles what is uncertain and runs the command to its end.

        Gives what the receiving side has got, Message-ID → address, and what the command says.
        """

        def held(letter: dict[str, Any]) -> bool:
            found = any(letter["message_id"].encode() in mail.data for mail in self.smtp.letters)
            self.tally.asked_held += found
            return found

        self.tally.asked += settle(self.office, place, held)
        result = self.office.json(command, *place)
        assert uncertain(self.office, place) == []
        got: dict[str, str] = {}
        for letter in self.smtp.letters:
            mark = str(message_from_bytes(letter.data, policy=policy.default)["Message-ID"])
            assert mark not in got, f"{mark} came twice"
            (got[mark],) = letter.to
        self.smtp.letters.clear()
        return got, result

    def _units_answer(self, period: str, books: dict[str, Path], faulty: str, letters: dict[str, str]) -> int:
        """Every unit answers, one with a fault, one twice, among other people's mail; gives the number of mails."""
        for file in [*self.imap.files(), *self.imap.files(f".{DONE}")]:
            file.unlink()
        everything = [
            f"Message-ID: <{period}.{n}@paper.example>\nFrom: n{n}@paper.example\nSubject: news\n\n{n}\n".encode()
            for n in range(OTHERS)
        ]
        bounced = self.chance.choice(list(letters))
        everything.append(came_back(bounced, letters[bounced]))
        for unit, book in books.items():
            answer = _finished_without_a_word if unit == faulty else moving(f"{unit}在{period}已经部署。")
            when = datetime(int(period[:4]), int(period[5:]), 20, 9, tzinfo=CHINA)
            file = fill(book, self.folder / "答" / f"{period}_{unit}.xlsx", answer, received=when)
            address = ADDRESSES[unit]
            everything.append(reply_mail(address, file, to=self.imap.address, answers=letters[address]))
        everything.append(everything[-1])
        self.chance.shuffle(everything)
        for mail in everything:
            self.imap.deliver(mail)
        return len(everything)

    def _check_store(self, period: str, faulty: str, delivered: int) -> None:
        """Every answer is recorded once, whole, and every mail was finished with once."""
        with open_desk(find_home(self.office.home), PLAN) as desk:
            kept = desk.store.rows(sa.select(arrivals).where(arrivals.c.period == period))
            verdicts = sorted((row.unit, row.verdict) for row in kept)
            assert verdicts == sorted((u, "returned" if u == faulty else "accepted") for u in ADDRESSES), verdicts
            for row in kept:
                assert digest((desk.folder.root / row.archived).read_bytes()) == row.sha256
            rows = desk.store.rows(sa.select(entries).where(entries.c.period == period, entries.c.merged))
            found = Counter((row.unit, row.no, row.progress) for row in rows)
            issued = desk.history.dispatched(Period.parse(period))
            wanted = Counter(
                (unit, no, f"{unit}在{period}已经部署。")
                for unit, dispatch in issued.items()
                if unit != faulty
                for no in dispatch.rows
            )
            assert found == wanted, f"{period}: {found - wanted} too many, {wanted - found} lost"
            done = desk.store.rows(sa.select(mails).where(mails.c.period == period))
            assert len(done) == delivered
            assert len(desk.store.rows(sa.select(bounces).where(bounces.c.period == period))) == 1
        inbox, moved = len(self.imap.files()), len(self.imap.files(f".{DONE}"))
        assert (inbox, moved) == (OTHERS, delivered - OTHERS), f"{period}: {inbox} in the inbox, {moved} moved"


def came_back(address: str, message_id: str) -> bytes:
    """A 退信 as servers write it (RFC 3464)."""
    return f"""From: MAILER-DAEMON@mx.example
To: gongkai@office.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <back.{message_id.strip("<>")}>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

Your message could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {address}
Action: failed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 Mailbox full

--x
Content-Type: text/rfc822-headers

Message-ID: {message_id}
To: {address}

--x--
""".encode()


def _finished_without_a_word(_row: Row) -> Row:
    return {"完成状态": "已完成", "进展情况": "完"}
