"""`taizhang menu`: the steps by number, for those who double-click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.command_line import JsonFlag, settings
from flows.console import Screen

if TYPE_CHECKING:
    from flows.workspace import Home


_STUBBORN = 5
"""So often Ctrl-C is left to the program that runs; then it is ended."""


def menu(
    launcher: Annotated[
        bool, typer.Option("--launcher", help="只把双击用的启动文件写进工作目录（换了电脑、重装了程序以后）")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """按数字选步骤，不用记命令；双击工作目录里的 台账.bat 打开的就是它。"""
    from flows.commands.launcher import lay_launchers
    from flows.commands.menu import newest_period, plans
    from flows.workspace import find_home

    screen = Screen(as_json)
    home = find_home(settings.home)
    if launcher:
        laid = lay_launchers(home.root)
        screen.result({"home": str(home.root), "files": [str(path) for path in laid]})
        screen.say(f"已写好：{'、'.join(path.name for path in laid)}。以后双击它打开菜单。")
        return
    if as_json:
        known: list[dict[str, Any]] = []
        for name in plans(home):
            period = newest_period(home, name)
            known.append({"plan": name, "newest": str(period) if period else None})
        screen.result({"home": str(home.root), "plans": known})
        return
    _talk(screen, home)


def _talk(screen: Screen, home: Home) -> None:
    import sys

    from flows.commands.asking import read_line
    from flows.commands.launcher import open_here
    from flows.commands.menu import Menu

    before = [] if settings.engine else ["--without-prefect"]

    def run(arguments: Sequence[str]) -> int:
        # -P: a file of the office called like a module of Python's would else be taken for it.
        command = [sys.executable, "-P", "-m", "flows.cli", *before, "--home", str(home.root), *arguments]
        return run_to_its_end(command)

    def listen(question: str) -> str:
        screen.out.print(question, end="", markup=False)
        return read_line()

    Menu(home, run, screen.say, listen, open_here).loop()


def run_to_its_end(command: Sequence[str]) -> int:
    """Run a program in this window and give its exit code.

    Ctrl-C reaches the program too, which ends what it has in hand; subprocess.run would kill it in the midst of that.
    """
    import subprocess

    program = subprocess.Popen(command)
    for _ in range(_STUBBORN):
        try:
            return program.wait()
        except KeyboardInterrupt:
            continue
    program.kill()
    return program.wait()
