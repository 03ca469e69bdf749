"""The command that makes the annual report."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, PlanName, conclude, date_option, run
from flows.console import Screen


def annual(
    plan: PlanName,
    year: Annotated[int, typer.Option("--year", "-y", metavar="年", min=2000, max=2099, help="报告的年度，如 2026")],
    signed_on: Annotated[str | None, typer.Option("--signed", metavar="日期", help="成文日期；默认今天")] = None,
    as_json: JsonFlag = False,
) -> None:
    """生成政府信息公开工作年度报告：全文、分节、表格，和还要处理的事项。"""
    from flows.messages.annual import say_annual

    screen = Screen(as_json)
    date_option(signed_on, "--signed")
    result = run("yearly", plan=plan, year=year, signed_on=signed_on)
    conclude(screen, result, lambda: say_annual(screen, plan, year, result))
