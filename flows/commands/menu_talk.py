"""A menu on the screen: numbered choices, and the questions that their commands need answered.

It knows no step itself: each choice becomes the arguments of a command, run as a program of its own, so that whatever
happens there the menu stays. Nothing that a person types or presses ends it but the 0 of its first page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.periods import Period, today
from flows.problems import UserError
from flows.troubles import cause
from flows.workspace import Home

Arguments = list[str]


class LeftError(Exception):
    """The person closed the input."""


class BackError(Exception):
    """The person wants back to the menu; the sentence says why, '' when he knows."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the menu: what it is called, and what asks for the arguments of its command."""

    label: str
    ask: Callable[[Talk], Arguments | None]
    """None: done already, no command to run."""


@dataclass
class Talk:
    """A home, a person and the steps. ``listen`` gives one typed line, '' at the end of the input."""

    home: Home
    run: Callable[[Sequence[str]], int]
    say: Callable[[str], None]
    listen: Callable[[str], str]
    show: Callable[[Path], bool]
    plan: str = ""
    period: Period | None = None
    """The last month a step was done for; the next step offers it."""

    def page(self, title: str, choices: Sequence[Choice], leave: str) -> bool:
        """Show a page, do what is chosen; False when the person leaves it. Ctrl-C leaves a page or a question."""
        self.say("")
        self.say(f"{title}　{self.home.root}")
        for number, choice in enumerate(choices, 1):
            self.say(f"  {number:>2}  {choice.label}")
        self.say(f"   0  {leave}")
        try:
            typed = _digits(self.line("请输入数字，按回车："))
        except (LeftError, BackError):
            return False
        if typed == "0":
            return False
        if not typed.isdecimal() or not 1 <= int(typed) <= len(choices):
            self.say(f"请输入 0 到 {len(choices)} 的数字。")
            return True
        return self._do(choices[int(typed) - 1])

    def _do(self, choice: Choice) -> bool:
        try:
            arguments = choice.ask(self)
        except BackError as back:
            if str(back):
                self.say(str(back))
            return True
        except UserError as error:
            self.say(error.sentence)
            return True
        except LeftError:
            return False
        if arguments is None:
            return True
        self.perform(arguments)
        return self.pause()

    def pause(self) -> bool:
        """Let the person read; False when the input is at its end."""
        try:
            self.line("按回车回到菜单。")
        except LeftError:
            return False
        except BackError:
            pass
        return True

    def perform(self, arguments: Arguments) -> int:
        """Run a command, say how it ended; its exit code."""
        self.say("")
        try:
            code = self.run(arguments)
        except KeyboardInterrupt:
            code = _STOPPED
        except OSError as error:
            self.say(f"程序没有启动（{cause(error)}）。")
            code = 2
        self.say(_ENDS.get(code, _ENDS[2]))
        return code

    def line(self, question: str) -> str:
        """What the person typed, without blanks around it; LeftError at the end of the input, BackError at Ctrl-C."""
        try:
            typed = self.listen(question)
        except KeyboardInterrupt:
            self.say("")
            raise BackError from None
        if not typed:
            raise LeftError
        return typed.strip().strip("\ufeff")

    def ask_plan(self) -> str:
        """The plan: the only one, or chosen by number; Enter takes the one of before."""
        known = plans(self.home)
        if not known:
            raise BackError("还没有计划，请先选 1 读入计划。")
        if self.plan not in known:
            self.plan = known[0]
        if len(known) > 1:
            for number, name in enumerate(known, 1):
                self.say(f"    {number}  {name}")
            typed = self.line(f"哪个计划（输入数字；直接回车：{self.plan}）：")
            number_typed = _digits(typed)
            if number_typed.isdecimal() and 1 <= int(number_typed) <= len(known):
                self.plan = known[int(number_typed) - 1]
            elif typed in known:
                self.plan = typed
            elif typed:
                raise BackError(f"没有“{typed}”这个计划。")
        return self.plan

    def ask_period(self, plan: str, *, new: bool = False) -> str:
        """The month; offered is the one in hand, the newest that went out, or for ``new`` this month."""
        offered = self.period or newest_period(self.home, plan) or Period.of(today())
        if new:
            offered = Period.of(today())
        typed = self.line(f"哪一期，写年-月（直接回车：{offered}）：")
        self.period = Period.parse(_digits(typed)) if typed else offered
        return str(self.period)

    def ask_year(self, *, before: bool = False) -> str:
        """The year; in January to March last year's is meant, unless the calendar year itself is asked for."""
        day = today()
        offered = day.year - 1 if before and day.month <= 3 else day.year
        typed = _digits(self.line(f"哪一年（直接回车：{offered}）：")) or str(offered)
        if not re.fullmatch(r"20\d\d年?", typed):
            raise BackError(f"“{typed}”不是年份，请写成 {offered} 这样的形式。")
        return typed[:4]

    def ask_path(self, question: str, *, optional: bool = False) -> str:
        """A file or folder, typed or dragged into the window (the system then adds quotation marks)."""
        typed = dragged(self.line(question))
        if not typed and optional:
            return ""
        if not typed:
            raise BackError
        if not _there(typed):
            raise BackError(f"找不到“{typed}”。请把它拖进这个窗口，再按回车。")
        return typed


def plans(home: Home) -> list[str]:
    """The plans of a home, the one worked on last first."""
    if not home.ledgers.is_dir():
        return []
    found = [folder for folder in home.ledgers.iterdir() if (folder / "任务分解表.xlsx").is_file()]
    return [folder.name for folder in sorted(found, key=lambda f: (-(f / "任务分解表.xlsx").stat().st_mtime, f.name))]


def newest_period(home: Home, plan: str) -> Period | None:
    """The last month that has a folder; None before the first."""
    folder = home.plan(plan).root
    names = [each.name for each in folder.iterdir() if each.is_dir() and re.fullmatch(r"20\d\d-\d\d", each.name)]
    return Period.parse(max(names)) if names else None


def dragged(text: str) -> str:
    """The path of something dragged into the window: without the quotation marks, blanks and escapes around it."""
    text = text.strip()
    if text.startswith("& "):  # PowerShell
        text = text[2:].strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    elif "\\ " in text and not _there(text):  # macOS, Linux
        text = re.sub(r"\\(.)", r"\1", text)
    return text.strip()


def _there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # longer than a path can be, or a sign that none can hold
        return False


def _digits(text: str) -> str:
    """Full-width figures as typed with a Chinese keyboard become ASCII."""
    return text.translate({ord("０") + n: str(n) for n in range(10)} | {ord("－"): "-", ord("—"): "-"})


_STOPPED = 130
_ENDS = {
    0: "做完了。",
    1: "做完了，有事要人处理，见上面。",
    2: "没有做成，原因和办法见上面。",
    _STOPPED: "已中断。再选一次会接着做。",
}
