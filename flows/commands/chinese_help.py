"""Typer in Chinese: help pages and usage errors. Typer itself speaks English only."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from typer.core import TyperCommand, TyperGroup

_WORDS = (
    (r"^Usage: ", "用法："),
    (r"^Options:", "选项："),
    (r"^Arguments:", "参数："),
    (r"^Commands:", "命令："),
    (r"Show this message and exit\.", "显示这份说明"),
    (r"\[required\]", "[必填]"),
    (r"; required\]", "；必填]"),
    (r"(\d+)<=x<=(\d+)", r"\1—\2"),
    (r"^( +\S+) <(?:path|str|int|text)>", r"\1"),
    (r"(?<=[\] ])\{([^{}]*)\}", r"\1"),
    (r"\[default: ([^\]]*)\]", r"[默认 \1]"),
    (r"\[OPTIONS\]", "[选项]"),
    (r"COMMAND \[ARGS\]\.\.\.", "命令 …"),
)


def translate(page: str) -> str:
    """A help page with Typer's own words in Chinese."""
    for pattern, word in _WORDS:
        page = re.sub(pattern, word, page, flags=re.MULTILINE)
    return page


class ChineseCommand(TyperCommand):
    """A command whose help page is Chinese throughout."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return translate(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """The program, whose help page is Chinese throughout."""

    def get_help(self, ctx: Any) -> str:
        """The help page."""
        return translate(super().get_help(ctx))


def usage_sentence(error: Any) -> str:
    """One Chinese sentence for a usage error of Typer's, told by the kind of the error."""
    kind = type(error).__name__
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "taizhang"
    hint = f"用法见 {command} --help。"
    parameter = getattr(error, "param", None)
    name = _name(parameter) or str(getattr(error, "param_hint", "") or "").strip("'\"")
    if kind == "NoSuchOption" and (right := _ELSEWHERE.get(error.option_name)) and (command == "taizhang") == right[0]:
        return f"“{error.option_name}”要写在命令{right[1]}。{hint}"
    if kind == "NoSuchOption":
        return f"没有“{error.option_name}”这个选项。{hint}"
    if kind == "MissingParameter":
        return f"缺少{name.rstrip()}。{hint}"
    if kind == "BadParameter":
        return f"{name.rstrip()} 的写法不对{_allowed(str(getattr(error, 'message', '')))}。{hint}"
    if kind == "NoArgsIsHelpError":
        return f"{command} 后面还要写做什么：{'、'.join(_inner(context))}。{hint}"
    if kind in ("BadOptionUsage", "BadArgumentUsage"):
        return f"选项“{getattr(error, 'option_name', name)}”后面要有内容。{hint}"
    text = error.format_message()
    if found := re.search(r"No such command '([^']*)'", text):
        near = get_close_matches(found[1], _inner(context), 1)
        meant = f"是不是 {near[0]}？" if near else ""
        return f"没有“{found[1]}”这个命令。{meant}可用的命令见 {command} --help。"
    if found := re.search(r"extra argument[^ ]* \(([^)]*)\)", text):
        return f"多了“{found[1]}”。文件名里有空格时请加引号；{hint}"
    return f"命令写得不对。{hint}"


_ELSEWHERE = {
    "--home": (False, "前面，如 taizhang --home 目录 status 计划"),
    "--without-prefect": (False, "前面，如 taizhang --without-prefect report 计划"),
    "--json": (True, "后面，如 taizhang status 计划 --json"),
}
"""Options that belong to the program or to the commands, written at the other place: missed before a command or not."""


_WRONG = (
    (r"greater than or equal to (\d+)", r"，不能小于 \1"),
    (r"less than or equal to (\d+)", r"，不能大于 \1"),
    (r"(\d+)<=x<=(\d+)", r"，应在 \1—\2 之间"),
    (r"valid integer", "，应是整数"),
)
"""What Typer says of a value, in its versions."""


def _allowed(message: str) -> str:
    """What a value should be; '' when Typer does not say."""
    return next((found.expand(said) for pattern, said in _WRONG if (found := re.search(pattern, message))), "")


def _inner(context: Any) -> list[str]:
    """The commands of the group that an error is about."""
    return list(getattr(getattr(context, "command", None), "commands", {}))


def _name(parameter: Any) -> str:
    if parameter is None:
        return ""
    option = next((text for text in parameter.opts if text.startswith("--")), "")
    return f"选项 {option} " if option else f"“{parameter.metavar or parameter.name}”"
