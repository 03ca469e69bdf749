"""What `mail check` and `mail settle` tell."""

from __future__ import annotations

from flows.console import Screen
from flows.post.checkup import Step
from flows.post.letters import LetterKind
from flows.round.posted import Posted, State
from flows.years import option


def say_step(screen: Screen, step: Step) -> None:
    """One step of the check, and the cure when it failed."""
    screen.say(f"{'通过' if step.ok else '没有通过'}　{step.way}·{step.name}：{step.message}")
    if step.cure:
        screen.say(f"　　　　怎么办：{step.cure}")


def say_settled(screen: Screen, plan: str, period: str, posted: Posted) -> None:
    """What now holds for the letter, and the next step."""
    if posted.state is State.SENT:
        screen.say(f"给{posted.unit}的{posted.kind}信：{posted.note}，不会再寄")
        return
    verb = {LetterKind.ISSUE: "distribute", LetterKind.REMIND: "remind"}.get(LetterKind(posted.kind), "collect")
    screen.say(f"给{posted.unit}的{posted.kind}信：{posted.note}")
    screen.say(f"  下一步：taizhang {verb} {plan} {option(period)} 寄出")
