"""Sending what waits in the outbox: one run at a time, one connection, nothing twice, nothing guessed.

A letter is QUEUED until the server has said that it may come (354), SENDING while it goes over the line, and what the
server answers after that. A run that dies before 354 has sent nothing; one that dies later leaves a letter of which
nobody knows: it is looked for in the mailbox, and else a person is asked.
"""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flows.desk import Desk
from flows.periods import Period
from flows.post.mailer import Fate, Mailer, Outcome
from flows.post.secrets import mail_password
from flows.post.smtp import SmtpMailer
from flows.problems import PassingError, UserError
from flows.round.outbox import Outbox, letter_file
from flows.round.posted import LEFT, LONGEST_WAIT, PARTLY, Attempt, Posted, State, put_off, tries
from flows.round.settling import settle_by_traces

ENOUGH = 3
"""So many letters in a row put off because of the sender, not the letter, end a run."""
_FILE_GONE = "发件箱里的这封信不见了或不完整，再运行一次原来的命令会重新写好寄出"
Track = Callable[[Iterable[Posted]], Iterable[Posted]]


def deliver(desk: Desk, period: Period, chosen: Collection[int] = (), *, track: Track = iter) -> None:
    """Send the queued letters ``chosen``, and those that answer single sheets, which need no approval.

    Folder transport: the .eml is already where it belongs. UserError when the mail server cannot be used at all;
    every letter then stays queued. PassingError when another run is sending.
    """
    box = Outbox(desk, period)
    mail = desk.config.mail
    box.tidy()
    if mail.transport == "folder":
        box.move_all([posted.id for posted in _ready(box, chosen)], State.SENT, "已写入发件箱文件夹")
        return
    if not box.in_state(State.QUEUED, *LEFT):
        return
    with _alone(box.folder):
        for left in box.in_state(State.SENDING):
            _lost(box, left)
        settle_by_traces(box)
        ready = [] if box.hold() else [posted for posted in _ready(box, chosen) if not put_off(posted.retry)]
        if ready:
            with SmtpMailer(mail, mail_password(mail)) as mailer:
                _Run(box, mailer).send_all(ready, track)


def check_way_out(desk: Desk) -> None:
    """Log in at the mail server and out again; UserError when letters could not leave. Folder transport always can."""
    mail = desk.config.mail
    if mail.transport == "folder":
        return
    if not mail.address:
        raise UserError("还没有设置发件邮箱", "请在 config.toml 的 [mail] 填写 address 和 smtp_host")
    with SmtpMailer(mail, mail_password(mail)):
        pass


def _ready(box: Outbox, chosen: Collection[int]) -> list[Posted]:
    return [posted for posted in box.in_state(State.QUEUED) if posted.id in chosen or not posted.is_mass]


def _lost(box: Outbox, left: Posted) -> None:
    """A letter that a run left behind half-sent. When that was is when it became SENDING."""
    note = "寄这封信时程序中断，没有等到服务器答复"
    box.move(left.id, (State.SENDING,), State.UNKNOWN, note, Attempt("unknown", note))


class _Run:
    """One connection's worth of letters."""

    def __init__(self, box: Outbox, mailer: Mailer) -> None:
        self._box = box
        self._mailer = mailer
        self._minutes = box.desk.config.mail.retry_minutes
        self._again: list[Posted] = []
        self._in_a_row = 0

    def send_all(self, ready: list[Posted], track: Track) -> None:
        """All of them, and once more those that only wanted a new connection."""
        for posted in track(ready):
            self._send(posted)
            if self._in_a_row >= ENOUGH:
                return
        again, self._again = self._again, []
        for posted in again:
            self._send(posted, second=True)
            if self._in_a_row >= ENOUGH:
                return

    def _send(self, posted: Posted, *, second: bool = False) -> None:
        box = self._box
        to = posted.waiting_for
        data = _whole_letter(letter_file(box.desk, posted), posted)
        if data is None:
            box.move(posted.id, (State.QUEUED,), State.QUEUED, _FILE_GONE)
            return
        taken = False

        def leaving() -> bool:
            # Asked again when the connection broke in the middle of the letter and a new one is tried.
            nonlocal taken
            taken = taken or box.move(posted.id, (State.QUEUED,), State.SENDING, "")
            return taken

        outcome = self._mailer.send(data, to, leaving)
        if outcome.fate is Fate.DEFERRED and outcome.everyone:
            self._in_a_row += 1
            if not outcome.wait and not second:
                self._again.append(posted)
        else:
            self._in_a_row = 0
        # A rival run without lock (some network drives have none) may have called it UNKNOWN: now it is known.
        states = (State.SENDING, State.UNKNOWN) if taken else (State.QUEUED,)
        state, note = _ending(posted, outcome)
        box.move(posted.id, states, state, note, self._attempt(posted, outcome, to, second))

    def _attempt(self, posted: Posted, outcome: Outcome, to: tuple[str, ...], second: bool) -> Attempt:
        refused = dict(outcome.refused)
        if outcome.fate is Fate.REFUSED:
            refused = dict.fromkeys(to, outcome.message)
        later = {address for address, _ in outcome.waiting}
        sent = outcome.fate is Fate.SENT
        return Attempt(
            outcome=outcome.fate.value,
            message=outcome.message,
            code=outcome.code,
            answer=outcome.answer,
            taken=tuple(address for address in to if sent and address not in refused and address not in later),
            refused=tuple(refused.items()),
            retry=self._retry(posted, outcome, second),
            everyone=outcome.everyone and not sent,
        )

    def _retry(self, posted: Posted, outcome: Outcome, second: bool) -> str | None:
        """When to try again: later and later while the server goes on putting the letter off."""
        units = outcome.wait or float(second and outcome.code is not None)
        if not (outcome.fate is Fate.DEFERRED or outcome.waiting) or not units:
            return None
        wait = timedelta(minutes=self._minutes) * units * (1 << min(tries(posted), 6))
        return (datetime.now(UTC) + min(wait, LONGEST_WAIT)).isoformat(timespec="seconds")


def _whole_letter(path: Path, posted: Posted) -> bytes | None:
    """The letter's bytes; None when somebody removed the file, or a power cut left it empty or cut off.

    The command that wrote it writes it again before it sends; nothing that is not whole leaves.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    return data if posted.message_id.encode() in data else None


def _ending(posted: Posted, outcome: Outcome) -> tuple[State, str]:
    """State and note after an attempt, with what earlier attempts have achieved for other addresses of the letter."""
    refused = [pair for each in posted.attempts for pair in each.refused]
    had_some = any(each.taken for each in posted.attempts)
    if outcome.fate is Fate.REFUSED:
        refused += [(address, outcome.message) for address in posted.waiting_for]
        if not had_some:
            return State.REFUSED, outcome.message
        return State.SENT, _partly(refused)
    if outcome.fate is Fate.SENT:
        refused += outcome.refused
        if outcome.waiting:
            return State.QUEUED, _partly([*refused, *outcome.waiting])
        return State.SENT, _partly(refused) if refused else ""
    if outcome.fate is Fate.DEFERRED:
        return State.QUEUED, _partly([*refused, ("其余", outcome.message)]) if had_some else outcome.message
    return State.UNKNOWN, outcome.message


def _partly(reasons: list[tuple[str, str]]) -> str:
    return PARTLY + "；".join(f"{address}：{reason}" for address, reason in reasons)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the outbox for this process; the system lets go of it when the process dies, however it dies."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".寄信.lock").open("ab") as file:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK):
                raise PassingError(
                    "另一个台账程序正在寄这一期的信", "请等它寄完再运行；没有寄出的会接着寄，不会重寄"
                ) from None
            # Some network drives know no locks; the states in the store still keep two runs from one letter.
        yield
