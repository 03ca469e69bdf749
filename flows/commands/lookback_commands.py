"""The command that looks back: last year's open items and problems found by others, into the new plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, PlanName, conclude, date_option, run, settings
from flows.console import Screen
from flows.problems import UserError


def lookback(
    plan: PlanName,
    into: Annotated[str, typer.Option("--into", metavar="新计划", help="带入哪个计划，写它的代号")],
    problems: Annotated[
        Path | None,
        typer.Option("--problems", metavar="文件", help="考评反馈、第三方评估的问题清单：.xlsx .docx .csv .txt"),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="年", min=2000, max=2099, help="只看到这一年年底；默认看到现在")
    ] = None,
    due: Annotated[
        str | None, typer.Option("--due", metavar="日期", help="新的完成时限；默认逐条列入存疑，由人定")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """回头看：把上年没有完成的、核定和考评指出的问题带入新计划，照常下发、催报、销号。"""
    from flows.desk import bring
    from flows.messages.lookback import say_lookback
    from flows.workspace import find_home

    screen = Screen(as_json)
    date_option(due, "--due")
    if plan == into:
        raise UserError("新旧计划是同一个", "--into 后面请写新计划的代号")
    home = find_home(settings.home)
    if not home.plan(into).review.is_file():
        bring(home, home.config(), into)
    if not home.plan(into).review.is_file():
        raise UserError(f"还没有计划“{into}”", f"请先运行 taizhang import 新的计划文件 --as {into}")
    listed = str(problems.resolve()) if problems else None
    result = run("lookback", plan=plan, into=into, problems=listed, year=year, due=due)
    conclude(screen, result, lambda: say_lookback(screen, result))
