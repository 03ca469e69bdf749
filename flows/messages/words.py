"""Words and lists that all messages share."""

from __future__ import annotations

from typing import Any

from flows.console import Screen
from flows.round.posted import shown_time

SHOWN = 12
"""Lists longer than this are cut on the screen; the files and --json have all."""


def say_units(screen: Screen, title: str, units: list[str], cure: str) -> None:
    """A list of units and what to do about them; nothing for an empty one."""
    if units:
        screen.say(f"{title} {len(units)} 个：{joined(units)}。{cure}")


def say_unsent(screen: Screen, letters: list[dict[str, str]]) -> None:
    """Letters that have not left, and what to do."""
    for letter in letters[:SHOWN]:
        screen.say(f"  给{letter['unit']}的信{letter['message']}")
    if len(letters) > SHOWN:
        screen.say(f"  … 共 {len(letters)} 封，其余见 --json")
    lost = [letter for letter in letters if letter["state"] == "unknown"]
    if lost:
        screen.say("  不能确定是否寄出的，不会自动再寄，请核实：")
        screen.say("    在邮箱的“已发送”里找这封信，或问单位收到没有。寄出了的写 sent，没有寄出的写 again：")
    for letter in lost[:SHOWN]:
        answer = f"，服务器最后答复“{letter['answer']}”" if letter["answer"] else ""
        screen.say(f"    {shown_time(letter['at'])} 寄给 {letter['recipients']}{answer}")
        screen.say(f"    主题 {letter['subject']}，Message-ID {letter['message_id']}")
        screen.say(f"    {letter['settle']}")
    if any(letter["state"] == "queued" for letter in letters):
        screen.say("  还没有寄出的，稍后再运行一次会接着寄")


def written(result: dict[str, Any]) -> str:
    """Where the letters lie that somebody still has to send by hand; '' where the program sends them itself."""
    if result["transport"] != "folder":
        return ""
    return f"信是 .eml 文件，在 {result['outbox']}，请用邮件程序打开寄出"


def joined(names: list[str]) -> str:
    """Names in a row, a long list cut."""
    head = "、".join(names[:SHOWN])
    return f"{head} 等" if len(names) > SHOWN else head


def short(text: str, length: int) -> str:
    """A text cut to a length."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def percent(rate: float | None) -> str:
    """A share as people read it."""
    return "—" if rate is None else f"{rate:.0%}"
