"""Typer in Chinese: help pages and usage errors. Typer itself speaks English only."""

from __future__ import annotations

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_WORDS = (
    (r"^Usage: ", "用法："),
    (r"^Options:", "选项："),
    (r"^Arguments:", "参数："),
    (r"^Commands:", "命令："),
    (r"Show this message and exit\.", "显示这份说明"),
    (r"\[required\]", "[必填]"),
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
    if kind == "NoSuchOption":
        return f"没有“{error.option_name}”这个选项。{hint}"
    if kind == "MissingParameter":
        return f"缺少{name.rstrip()}。{hint}"
    if kind == "BadParameter":
        return f"{name}的写法不对。{hint}"
    if kind in ("BadOptionUsage", "BadArgumentUsage"):
        return f"选项“{getattr(error, 'option_name', name)}”后面要有内容。{hint}"
    text = error.format_message()
    if found := re.search(r"No such command '([^']*)'", text):
        return f"没有“{found[1]}”这个命令。可用的命令见 taizhang --help。"
    if found := re.search(r"extra argument[^ ]* \(([^)]*)\)", text):
        return f"多了“{found[1]}”。文件名里有空格时请加引号；{hint}"
    return f"命令写得不对。{hint}"


def _name(parameter: Any) -> str:
    if parameter is None:
        return ""
    option = next((text for text in parameter.opts if text.startswith("--")), "")
    return f"选项 {option} " if option else f"“{parameter.metavar or parameter.name}”"
