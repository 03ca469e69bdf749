"""寄出: the steps that hand the outbox to the post, for every flow that writes letters."""

from __future__ import annotations

from collections.abc import Collection

from flows.console import track
from flows.desk import Desk
from flows.engine import secret_block, step
from flows.periods import Period
from flows.post.secrets import ask_last
from flows.round.delivering import deliver

ask_last(secret_block)


@step("寄出信件", retries=2, delay=5)
def send_letters(desk: Desk, period: Period, chosen: Collection[int] = ()) -> None:
    """The letters ``chosen``, which a person has seen, and answers to single sheets, which need nobody's leave."""
    deliver(desk, period, chosen, track=track("寄信"))
