"""The command that leads back: from one entry, or from a figure of a printed bulletin, to files and cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.chinese_help import ChineseCommand
from flows.commands.command_line import JsonFlag, PlanName, finish, settings
from flows.console import Screen
from flows.periods import Period
from flows.problems import UserError

if TYPE_CHECKING:
    from flows.desk import Desk

_FIGURE = "--figure"
_ON_SCREEN = 12
"""Entries that are told on the screen with their cells; ``--json`` has all."""


class TraceCommand(ChineseCommand):
    """Lets ``--figure`` stand alone: the list of all figures is what it then asks for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Give a bare ``--figure`` an empty text."""
        given = list(args)
        for place, word in enumerate(args):
            if word == _FIGURE and (place + 1 == len(args) or args[place + 1].startswith("-")):
                given[place] = f"{_FIGURE}="
        return super().parse_args(ctx, given)


def trace(
    plan: PlanName,
    no: Annotated[str | None, typer.Argument(metavar="任务编号", help="任务分解表里的编号")] = None,
    unit: Annotated[str | None, typer.Argument(metavar="单位", help="单位名称或别名")] = None,
    period: Annotated[
        str | None, typer.Option("--period", "-p", metavar="年-月", help="期次；默认全部，查通报时默认最近一期")
    ] = None,
    figure: Annotated[
        str | None,
        typer.Option(_FIGURE, metavar="数字", help="通报里的一个数字，如“未报送3个”、单位名或序号；不写则列出全部"),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """查来历：一条填报出自哪份文件、哪一格、哪封邮件；加 --figure 查通报里一个数字由哪些填报算出。"""
    from flows.desk import open_desk
    from flows.workspace import find_home

    month = Period.parse(period) if period else None
    screen = Screen(as_json)
    if no is not None and (unit is None or figure is not None):
        raise UserError(
            "查一条填报要写任务编号和单位，查通报里的数字只写 --figure",
            f"如 taizhang trace {plan} 1.2 市教育局，或 taizhang trace {plan} --period 年-月 {_FIGURE} 未报送3个",
        )
    with open_desk(find_home(settings.home), plan) as desk:
        if no is None or unit is None:
            _figure(screen, desk, month, figure or "")
        else:
            _entry(screen, desk, month, no, unit)


def _entry(screen: Screen, desk: Desk, month: Period | None, no: str, unit: str) -> None:
    from flows.messages import say_trace
    from flows.messages.lookback import say_origin
    from flows.round.origins import with_origin
    from flows.round.trace import trace as follow

    found = with_origin(desk.home, desk, follow(desk, no, unit, month))
    screen.result(found)
    say_trace(screen, found)
    say_origin(screen, found)


def _figure(screen: Screen, desk: Desk, month: Period | None, asked: str) -> None:
    from flows.messages.figures import say_figure, say_figures
    from flows.round.figure_trace import list_figures, trace_figure

    if not asked.strip():
        found = list_figures(desk, month)
        screen.result(found)
        say_figures(screen, found)
        return
    found = trace_figure(desk, month, asked, cells=None if screen.json_only else _ON_SCREEN)
    screen.result(found)
    say_figure(screen, found)
    finish(found["figure"] is None)
