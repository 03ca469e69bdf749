"""确认寄出？ The one question a command asks: what would leave is shown, and only a clear 是 lets it go."""

from __future__ import annotations

import sys
from typing import Literal

from flows.console import Screen
from flows.messages.approval import preview_lines
from flows.round.approval import Preview

Way = Literal["recorded", "terminal", "stderr"]
"""How a run gets leave to send: an approval in the store, or the person at the terminal (``stderr``: with --json)."""

_YES = frozenset({"是", "y", "yes", "是的"})


def ask_person(way: Way) -> Asker | None:
    """Who is asked; None: nobody, the store decides."""
    return None if way == "recorded" else Asker(way)


class Asker:
    """Shows a preview and reads the answer from stdin; no answer is a no."""

    def __init__(self, way: Way) -> None:
        screen = Screen()
        self._tell = screen.note if way == "stderr" else screen.say
        self._console = screen.err if way == "stderr" else screen.out

    def __call__(self, shown: Preview) -> bool:
        """The preview, the question, the answer."""
        for line in preview_lines(shown):
            self._tell(line)
        self._console.print("确认寄出？(是/否) ", end="", markup=False)
        yes = is_yes(read_line())
        if not sys.stdin or not sys.stdin.isatty():
            self._tell("是" if yes else "否")
        return yes


def is_yes(answer: str) -> bool:
    """Whether an answer is a clear yes."""
    return answer.strip().strip("。.！!“”\"'").casefold() in _YES


def read_line() -> str:
    """One line of stdin; '' when there is none. Pipes bring UTF-8 or, on older Windows, GBK."""
    stream = sys.stdin
    if stream is None:
        return ""
    try:
        if stream.isatty() or not hasattr(stream, "buffer"):
            return stream.readline()
        data: bytes = stream.buffer.readline()
    except (OSError, ValueError):  # closed, or there is none behind it
        return ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""
