"""The menu for people who do not use a terminal: the steps of a month and of a year, and what keeps the program going.

Each choice asks for plan and month, or for a file, and becomes the arguments of a command.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flows.commands.asking import is_yes
from flows.commands.menu_talk import Arguments, BackError, Choice, LeftError, Talk, dragged, newest_period, plans
from flows.files import safe_name
from flows.periods import today

__all__ = [
    "MAIN",
    "MORE",
    "YEARLY",
    "BackError",
    "LeftError",
    "Menu",
    "dragged",
    "fresh",
    "newest_period",
    "plans",
]


_FIRST = "还没有计划。先选“打开工作目录”，填好 config.toml 和 ledgers 里的单位名录.xlsx，再选 1 读入计划。"


class Menu(Talk):
    """The whole menu of a home."""

    def loop(self) -> None:
        """Until the person leaves."""
        going = True
        while going:
            if not plans(self.home):
                self.say("")
                self.say(_FIRST)
            going = self.page("台账", MAIN, "退出")


def _import(menu: Talk) -> Arguments:
    source = menu.ask_path("把计划文件拖进这个窗口，按回车（直接回车返回）：")
    known = plans(menu.home)
    offered = safe_name(Path(source).stem, 40).replace(" ", "")
    told = f"，计划修订后重新读入的写原来的：{'、'.join(known)}" if known else ""
    slug = menu.line(f"给计划起个代号，用作文件夹名{told}（直接回车：{offered}）：") or offered
    menu.home.plan(slug)
    menu.plan = slug
    return ["import", source, "--as", slug]


def _collect(menu: Talk) -> Arguments:
    plan = menu.ask_plan()
    period = menu.ask_period(plan)
    folder = menu.ask_path("从哪个文件夹收，拖进来按回车（直接回车：从邮箱或 ledgers 里的收件箱收）：", optional=True)
    return ["collect", plan, "--period", period, *(["--from", folder] if folder else [])]


def _annual_collect(menu: Talk) -> Arguments:
    plan = menu.ask_plan()
    year = menu.ask_year(before=True)
    folder = menu.ask_path("从哪个文件夹收，拖进来按回车（直接回车：从邮箱或 ledgers 里的收件箱收）：", optional=True)
    return ["collect", plan, "--year", year, *(["--from", folder] if folder else [])]


def _lookback(menu: Talk) -> Arguments:
    known = plans(menu.home)
    if len(known) < 2:
        raise BackError("回头看要有旧、新两个计划，请先选 1 读入新计划。")
    menu.say("先选上年的旧计划。")
    old = menu.ask_plan()
    rest = [name for name in known if name != old]
    menu.plan = rest[0]
    menu.say("再选带入哪个新计划。")
    new = menu.ask_plan()
    listed = menu.ask_path("考评反馈、巡视审计的问题清单，有的拖进来按回车（直接回车：没有）：", optional=True)
    return ["lookback", old, "--into", new, *(["--problems", listed] if listed else [])]


def _monthly(name: str, *, new: bool = False) -> Callable[[Talk], Arguments]:
    def ask(menu: Talk) -> Arguments:
        plan = menu.ask_plan()
        return [name, plan, "--period", menu.ask_period(plan, new=new)]

    return ask


def _yearly(name: str, *, before: bool = True) -> Callable[[Talk], Arguments]:
    return lambda menu: [name, menu.ask_plan(), "--year", menu.ask_year(before=before)]


def _assess(menu: Talk) -> Arguments:
    plan = menu.ask_plan()
    year = menu.ask_year(before=True)
    adjust = menu.ask_path("办公室另有加减分表的，拖进来按回车（直接回车：没有）：", optional=True)
    return ["assess", plan, "--year", year, *(["--adjust", adjust] if adjust else [])]


def _trace(menu: Talk) -> Arguments:
    plan = menu.ask_plan()
    period = menu.ask_period(plan)
    figure = menu.line("通报里的哪个数字，如 未报送3个（直接回车：列出全部）：")
    return ["trace", plan, "--period", period, f"--figure={figure}" if figure else "--figure"]


def _agree_bulletin(menu: Talk) -> Arguments:
    plan = menu.ask_plan()
    return ["approve", plan, "--period", menu.ask_period(plan), "--bulletin"]


def _agree(menu: Talk) -> Arguments:
    """Asked once more here: by this the next scheduled run sends, and nobody asks again."""
    plan = menu.ask_plan()
    period = menu.ask_period(plan)
    menu.say("同意以后，到点检查会自动寄出这一期的信，不再问。")
    if not is_yes(menu.line("同意吗？(是/否) ")):
        raise BackError("没有同意，什么都没有改。")
    return ["approve", plan, "--period", period]


def _serve(menu: Talk) -> Arguments:
    menu.say("网页开着时不要关这个窗口；按 Ctrl-C 结束，回到菜单。")
    return ["serve", "--open"]


def _backup(menu: Talk) -> Arguments:
    beside = menu.home.root.parent
    typed = menu.ask_path(
        f"备份放到哪个文件夹，最好是 U 盘或另一块盘，拖进来按回车（直接回车：{beside}）：", optional=True
    )
    folder = Path(typed) if typed else beside
    if not folder.is_dir():
        raise BackError(f"“{folder}”不是文件夹。")
    name = f"{menu.home.root.name}备份{today():%Y%m%d}"
    return ["backup", str(fresh(folder, name, ".zip"))]


def _check_backup(menu: Talk) -> Arguments:
    return ["backup", menu.ask_path("把备份文件拖进这个窗口，按回车（直接回车返回）："), "--check"]


def _restore(menu: Talk) -> None:
    """Into a new folder, never into this one: the menu and its double-click file work in here."""
    source = menu.ask_path("把备份文件拖进这个窗口，按回车（直接回车返回）：")
    offered = fresh(menu.home.root.parent, f"{menu.home.root.name}恢复{today():%Y%m%d}", "")
    typed = dragged(menu.line(f"恢复到哪个新文件夹（直接回车：{offered}）："))
    target = Path(typed) if typed else offered
    if menu.perform(["restore", source, "--home", str(target)]) == 0:
        menu.perform(["--home", str(target), "menu", "--launcher"])
        menu.show(target)
    if not menu.pause():
        raise LeftError


def fresh(folder: Path, name: str, ending: str) -> Path:
    """A name in a folder that is not taken yet."""
    found, number = folder / f"{name}{ending}", 2
    while found.exists():
        found, number = folder / f"{name}-{number}{ending}", number + 1
    return found


def _open(menu: Talk) -> None:
    if not menu.show(menu.home.root):
        menu.say(f"请打开文件夹：{menu.home.root}")
    menu.say("设置在 config.toml，名录在 ledgers 里的单位名录.xlsx，每期的结果在 ledgers 里计划的文件夹。")


def _years(menu: Talk) -> None:
    while menu.page("每年一次", YEARLY, "返回"):
        pass


def _more(menu: Talk) -> None:
    while menu.page("备份、自动办、查来历", MORE, "返回"):
        pass


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
    Choice("打开网页，按日程自动办", _serve),
    Choice("备份、恢复、同意寄信、查来历", _more),
)
YEARLY = (
    Choice("下发年报数据表", _yearly("distribute")),
    Choice("收回年报数据", _annual_collect),
    Choice("看谁报了年报数据", _yearly("status")),
    Choice("催报年报数据", _yearly("remind")),
    Choice("生成年度报告", _yearly("annual")),
    Choice("考核打分", _assess),
    Choice("上年没有完成的带入新计划（回头看）", _lookback),
)
MORE = (
    Choice("做备份", _backup),
    Choice("核对一份备份是否完好", _check_backup),
    Choice("从备份恢复，换电脑", _restore),
    Choice("同意按日程寄信", _agree),
    Choice("同意按日程生成通报", _agree_bulletin),
    Choice("查通报里的数字是怎么来的", _trace),
    Choice("检查改过的 Word 模板", lambda _menu: ["template", "check"]),
)
