"""The menu for people who do not use a terminal: numbered steps that ask for plan and month and run the commands.

It knows no step itself: each choice becomes the arguments of a command, run as a program of its own, so that whatever
happens there the menu stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.files import safe_name
from flows.periods import Period, today
from flows.problems import UserError
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
    ask: Callable[[Menu], Arguments | None]
    """None: done already, no command to run."""


@dataclass
class Menu:
    """A home, a person and the steps. ``listen`` gives one typed line, '' at the end of the input."""

    home: Home
    run: Callable[[Sequence[str]], int]
    say: Callable[[str], None]
    listen: Callable[[str], str]
    show: Callable[[Path], bool]
    plan: str = ""
    period: Period | None = None
    """The last month a step was done for; the next step offers it."""

    def loop(self) -> None:
        """Until the person leaves."""
        while self._page("台账", MAIN, "退出"):
            pass

    def years(self) -> None:
        """The page of what is done once a year, until the person goes back."""
        while self._page("每年一次", YEARLY, "返回"):
            pass

    def _page(self, title: str, choices: Sequence[Choice], leave: str) -> bool:
        """Show a page, do what is chosen; False when the person leaves it."""
        self.say("")
        self.say(f"{title}　{self.home.root}")
        known = plans(self.home)
        if not known:
            self.say("还没有计划。先选“打开工作目录”，填好 config.toml 和 ledgers 里的单位名录.xlsx，再选 1 读入计划。")
        for number, choice in enumerate(choices, 1):
            self.say(f"  {number:>2}  {choice.label}")
        self.say(f"   0  {leave}")
        try:
            typed = _digits(self.line("请输入数字，按回车："))
        except LeftError:
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
        if arguments is not None:
            self.say("")
            self.say(_ENDS.get(self._run(arguments), _ENDS[2]))
            try:
                self.line("按回车回到菜单。")
            except LeftError:
                return False
        return True

    def _run(self, arguments: Arguments) -> int:
        try:
            return self.run(arguments)
        except KeyboardInterrupt:
            return 130

    def line(self, question: str) -> str:
        """What the person typed, without blanks around it; LeftError at the end of the input."""
        typed = self.listen(question)
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


def _import(menu: Menu) -> Arguments:
    source = menu.ask_path("把计划文件拖进这个窗口，按回车（直接回车返回）：")
    known = plans(menu.home)
    offered = safe_name(Path(source).stem, 40).replace(" ", "")
    told = f"，计划修订后重新读入的写原来的：{'、'.join(known)}" if known else ""
    slug = menu.line(f"给计划起个代号，用作文件夹名{told}（直接回车：{offered}）：") or offered
    menu.home.plan(slug)
    menu.plan = slug
    return ["import", source, "--as", slug]


def _collect(menu: Menu) -> Arguments:
    plan = menu.ask_plan()
    period = menu.ask_period(plan)
    folder = menu.ask_path("从哪个文件夹收，拖进来按回车（直接回车：从邮箱或 ledgers 里的收件箱收）：", optional=True)
    return ["collect", plan, "--period", period, *(["--from", folder] if folder else [])]


def _annual_collect(menu: Menu) -> Arguments:
    plan = menu.ask_plan()
    year = menu.ask_year(before=True)
    folder = menu.ask_path("从哪个文件夹收，拖进来按回车（直接回车：从邮箱或 ledgers 里的收件箱收）：", optional=True)
    return ["collect", plan, "--year", year, *(["--from", folder] if folder else [])]


def _lookback(menu: Menu) -> Arguments:
    known = plans(menu.home)
    if len(known) < 2:
        raise BackError("回头看要有旧、新两个计划，请先选 1 读入新计划。")
    menu.say("先选上年的旧计划。")
    old = menu.ask_plan()
    rest = [name for name in known if name != old]
    menu.plan = rest[0]
    menu.say("再选带入哪个新计划。")
    new = menu.ask_plan()
    return ["lookback", old, "--into", new]


def _monthly(name: str, *, new: bool = False) -> Callable[[Menu], Arguments]:
    def ask(menu: Menu) -> Arguments:
        plan = menu.ask_plan()
        return [name, plan, "--period", menu.ask_period(plan, new=new)]

    return ask


def _yearly(name: str, *, before: bool = True) -> Callable[[Menu], Arguments]:
    return lambda menu: [name, menu.ask_plan(), "--year", menu.ask_year(before=before)]


def _open(menu: Menu) -> None:
    if not menu.show(menu.home.root):
        menu.say(f"请打开文件夹：{menu.home.root}")
    menu.say("设置在 config.toml，名录在 ledgers 里的单位名录.xlsx，每期的结果在 ledgers 里计划的文件夹。")


def _years(menu: Menu) -> None:
    menu.years()


MAIN = (
    Choice("读入计划", _import),
    Choice("下发台账", _monthly("distribute", new=True)),
    Choice("收回填报", _collect),
    Choice("看谁没报、到哪一步（状态）", _monthly("status")),
    Choice("催报", _monthly("remind")),
    Choice("生成通报和总台账", _monthly("report")),
    Choice("读入核定（在总台账里填的）", _monthly("review")),
    Choice("寄督办单", _monthly("supervise")),
    Choice("年报、考核、回头看", _years),
    Choice("打开工作目录", _open),
    Choice("检查邮箱设置", lambda _menu: ["mail", "check"]),
)
YEARLY = (
    Choice("下发年报数据表", _yearly("distribute")),
    Choice("收回年报数据", _annual_collect),
    Choice("催报年报数据", _yearly("remind")),
    Choice("生成年度报告", _yearly("annual")),
    Choice("考核打分", _yearly("assess")),
    Choice("上年没有完成的带入新计划（回头看）", _lookback),
)
_ENDS = {
    0: "做完了。",
    1: "做完了，有事要人处理，见上面。",
    2: "没有做成，原因和办法见上面。",
    130: "已中断。再选一次会接着做。",
}
