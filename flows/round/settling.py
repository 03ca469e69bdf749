"""Letters of which nobody knows whether they left: what the mailbox and the round tell, and what a person decides."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from typing import Literal

from flows.config import Mail
from flows.desk import Desk
from flows.periods import Period
from flows.post.secrets import mail_password
from flows.post.sentbox import find_copies
from flows.problems import UserError
from flows.round.outbox import Outbox
from flows.round.posted import Attempt, Posted, State

Decision = Literal["sent", "again"]
Finder = Callable[[Mail, str, list[str]], dict[str, str]]


def settle(desk: Desk, period: Period, which: str, decision: Decision) -> Posted:
    """What a person has found out about an uncertain letter, named by its unit or its Message-ID.

    ``again`` queues it once more, with the same Message-ID: whoever got the first one sees the same letter, not a
    second request. UserError when there is no such letter, or when the unit has several.
    """
    box = Outbox(desk, period)
    posted = _uncertain(box, which)
    who = person()
    if decision == "sent":
        note = f"办公室核实已寄出（{who}）"
        box.move(posted.id, (State.UNKNOWN,), State.SENT, note, Attempt("settled-sent", note, person=who))
    else:
        note = f"办公室要求再寄（{who}）"
        box.move(posted.id, (State.UNKNOWN,), State.QUEUED, note, Attempt("settled-again", note, person=who))
    return next(each for each in box.letters() if each.id == posted.id)


def _uncertain(box: Outbox, which: str) -> Posted:
    open_ones = box.in_state(State.UNKNOWN)
    bare = which.strip().strip("<>")
    by_id = [posted for posted in open_ones if posted.message_id.strip("<>") == bare]
    if by_id:
        return by_id[0]
    unit = box.desk.roster.get(which)
    if unit is None:
        raise UserError(
            f"单位名录里没有“{which}”，也没有这样的 Message-ID", "请按名录写单位全称或别名，或照抄 Message-ID"
        )
    mine = [posted for posted in open_ones if posted.unit == unit.name]
    if not mine:
        raise UserError(f"{unit.name}没有不能确定是否寄出的信", "可运行 taizhang status 查看")
    if len(mine) > 1:
        told = "；".join(f"{posted.kind} {posted.message_id}" for posted in mine)
        raise UserError(
            f"{unit.name}有 {len(mine)} 封不能确定是否寄出的信", f"请把单位换成其中一封的 Message-ID：{told}"
        )
    return mine[0]


def settle_by_traces(box: Outbox, find: Finder = find_copies) -> None:
    """Settle uncertain letters by what proves that they left: a bounce, our own copy in the mailbox.

    No trace proves nothing: not every provider keeps copies of what programs send. A mailbox that cannot be read
    settles nothing and stops nothing.
    """
    open_ones = box.in_state(State.UNKNOWN)
    if not open_ones:
        return
    bounced = bounced_letters(box)
    for posted in open_ones:
        if posted.id in bounced:
            _proved(box, posted, f"已寄出，但被退信：{bounced[posted.id]}")
    rest = [posted for posted in open_ones if posted.id not in bounced]
    mail = box.desk.config.mail
    if not rest or not mail.imap_host or mail.incoming != "imap":
        return
    try:
        found = find(mail, mail_password(mail), [posted.message_id for posted in rest])
    except UserError:
        return
    for posted in rest:
        if posted.message_id in found:
            _proved(box, posted, f"在邮箱的“{found[posted.message_id]}”里找到了这封信，已寄出")


def bounced_letters(box: Outbox) -> dict[int, str]:
    """Letter id → why it came back, for the letters of this period."""
    return {
        bounce.letter: bounce.reason for bounce in box.desk.history.bounces(box.period) if bounce.letter is not None
    }


def person() -> str:
    """Who sits at the machine, as the system calls them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "不明"


def _proved(box: Outbox, posted: Posted, note: str) -> None:
    box.move(posted.id, (State.UNKNOWN,), State.SENT, note, Attempt("settled-sent", note))
