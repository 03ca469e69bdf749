"""What a clerk sees before a mass mail leaves, and what is said about approvals."""

from __future__ import annotations

from typing import Any

from flows.console import Screen
from flows.messages.words import joined
from flows.round.approval import Preview
from flows.round.posted import shown_time


def preview_lines(shown: Preview) -> list[str]:
    """The preview, line by line: how many, to whom, who gets nothing, what is open, and one whole letter."""
    kinds = "、".join(f"{kind} {count} 封" for kind, count in shown.kinds.items())
    names = list(dict.fromkeys(posted.unit for posted in shown.letters))
    lines = [
        f"将要寄出：{kinds}，{len(names)} 个单位，{len(shown.recipients)} 个邮箱",
        f"  收信单位：{joined(names)}",
    ]
    if shown.without_address:
        lines.append(f"  没有邮箱、收不到的 {len(shown.without_address)} 个：{joined(list(shown.without_address))}")
    if shown.bounced:
        told = [f"{unit}（{address}）" for unit, address in shown.bounced]
        lines.append(f"  邮箱退过信的 {len(told)} 个：{joined(told)}，请先核对邮箱")
    if shown.doubts:
        lines.append(f"  任务分解表里还有 {shown.doubts} 处存疑没有定")
    sample = shown.sample
    if sample:
        lines += [
            f"其中一封（{sample.unit}）：",
            f"  收件：{'、'.join(sample.to)}",
            f"  主题：{sample.subject}",
            f"  附件：{'、'.join(sample.attachments) or '无'}",
            *(f"  ｜{line}" for line in sample.body.rstrip("\n").split("\n")),
        ]
    return lines


def say_waiting(screen: Screen, command: str, result: dict[str, Any]) -> None:
    """That nothing has left, and how it can; or from when on the server wants letters again."""
    if result.get("hold"):
        screen.say(f"邮件服务器嫌信多，{shown_time(result['hold'])}以后再寄，到时再运行一次")
    if not result.get("awaiting_approval"):
        return
    screen.say(f"{result['reason']}，{result['preview']['letters']} 封信都没有寄出，留在发件箱里")
    screen.say(f"  要寄出：再运行 {command}，看过后回答“是”；定时运行的，先运行 {approve_command(command)}")


def approve_command(command: str) -> str:
    """taizhang distribute 甲 --period 2026-10 → taizhang approve 甲 --period 2026-10."""
    words = command.split(" ")
    return " ".join(["taizhang", "approve", *words[2:]])


def say_approve(screen: Screen, result: dict[str, Any], lines: list[str]) -> None:
    """That an approval is on record."""
    for line in lines:
        screen.say(line)
    screen.say(f"已记下：{result['person']} 同意 {result['period']} 按此寄信。现在没有寄出任何信")
    screen.say("  定时运行或加 --yes 时照此寄出；多出几个以上新邮箱时会再问。要收回，加 --revoke 再运行一次")
