"""The command that scores the units."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, PlanName, conclude, date_option, run
from flows.console import Screen
from flows.periods import Period
from flows.problems import UserError


def assess(
    plan: PlanName,
    year: Annotated[
        int | None, typer.Option("--year", "-y", metavar="年", min=2000, max=2099, help="考核的年度，如 2026")
    ] = None,
    period: Annotated[str | None, typer.Option("--period", "-p", metavar="年-月", help="只考核这一期")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="年-月", help="从哪一期起，默认年初；可以跨年")
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="年-月", help="到哪一期止，默认年末")] = None,
    adjust: Annotated[
        Path | None, typer.Option("--adjust", metavar="文件", help="办公室填好的加减分表：单位、分值、理由、依据、期次")
    ] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="数字截至哪一天；默认期末或今天")] = None,
    signed_on: Annotated[str | None, typer.Option("--signed", metavar="日期", help="成文日期；默认今天")] = None,
    as_json: JsonFlag = False,
) -> None:
    """按考核办法给各单位打分：考核得分表.xlsx 和考核情况.docx，每一分都有来历。"""
    from flows.messages.assessment import say_assess

    screen = Screen(as_json)
    first, last = _range(year, period, since, until)
    date_option(as_of, "--as-of")
    date_option(signed_on, "--signed")
    given = str(adjust.resolve()) if adjust else None
    result = run(
        "assess",
        plan=plan,
        first=str(first),
        last=str(last),
        adjust=given,
        as_of=as_of,
        signed_on=signed_on,
    )
    conclude(screen, result, lambda: say_assess(screen, plan, result))


def _range(year: int | None, period: str | None, since: str | None, until: str | None) -> tuple[Period, Period]:
    """The first and the last month; UserError when nothing or something contradictory is named."""
    if period and (since or until):
        raise UserError("--period 不能和 --since、--until 同时写", "考核一期写 --period，考核几期写 --since 和 --until")
    if not (year or period or since or until):
        raise UserError("没有写考核哪一年", "请写 --year 2026，或用 --period 2026-10 只考核一期")
    opening, closing = period or since, period or until
    first = Period.parse(opening) if opening else None
    last = Period.parse(closing) if closing else None
    for month in (first, last):
        if year and month and month.year != year:
            raise UserError(
                f"{month} 不在 {year} 年之内",
                "考核全年的只写 --year，考核一期的只写 --period，跨年的只写 --since 和 --until",
            )
    start = first or Period(year or (last.year if last else 0), 1)
    end = last or Period(start.year, 12)
    if end < start:
        raise UserError(f"考核范围 {start} 到 {end} 前后颠倒", f"请先起后止：--since {end} --until {start}")
    return start, end
