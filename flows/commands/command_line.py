"""What all commands of the command line share: the program, its common options, how a flow is run, how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from flows.commands.chinese_help import ChineseCommand, ChineseGroup
from flows.console import Screen
from flows.periods import Period
from flows.problems import UserError
from flows.years import Year

if TYPE_CHECKING:
    from flows.workspace import Home

app = typer.Typer(
    cls=ChineseGroup,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    help="台账：把工作要点分到各单位，收回填报，生成总台账和通报。",
)

NEEDS_PERSON = 1
BAD_INPUT = 2


@dataclass
class Settings:
    """What stood before the command."""

    home: Path | None = None
    engine: bool = True


settings = Settings()
"""Of the command that runs; set by the program's own options."""

JsonFlag = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象，供程序读取")]
PlanName = Annotated[str, typer.Argument(metavar="计划", help="计划代号，即 import 时 --as 后面的名字")]
PeriodName = Annotated[str, typer.Option("--period", "-p", metavar="年-月", help="期次，如 2026-10")]
AnyPeriod = Annotated[str | None, typer.Option("--period", "-p", metavar="年-月", help="期次，如 2026-10")]
YearNumber = Annotated[
    int | None, typer.Option("--year", metavar="年", min=2000, max=2099, help="做这一年度的年报数据，代替 --period")
]
NoSend = Annotated[bool, typer.Option("--no-send", help="信件只写成 .eml 文件，不寄出")]
Yes = Annotated[bool, typer.Option("--yes", help="不再问，直接寄出；只有这一期有人确认过才行，供定时运行")]

Command = TypeVar("Command", bound=Callable[..., None])


def command(name: str) -> Callable[[Command], Command]:
    """Register a command of the program."""
    return app.command(name, cls=ChineseCommand)


def flow_command(name: str) -> Callable[[Command], Command]:
    """Register a command that runs a flow: the engine starts while the command still loads what it needs."""

    def register(function: Command) -> Command:
        @wraps(function)
        def begun(*args: Any, **kwargs: Any) -> None:
            _begin_engine()
            function(*args, **kwargs)

        command(name)(begun)
        return function

    return register


def _begin_engine() -> Home:
    """Find the home, and let its engine start. A command that then ends with a complaint takes it along at once."""
    from flows.workspace import find_home

    home = find_home(settings.home)
    if settings.engine:
        from flows.engine_server import begin

        begin(home.root)
    return home


def leave_by(yes: bool, as_json: bool) -> str:
    """Who agrees to a mass mail: the record in the store, or the person here (with --json the talk is on stderr)."""
    return "recorded" if yes else "stderr" if as_json else "terminal"


def run(name: str, *, plan: str, **parameters: Any) -> dict[str, Any]:
    """Run a flow. The plan is looked up before anything waits for the engine: a wrong name costs no wait."""
    home = _begin_engine()
    home.config()
    if "period" in parameters:
        Period.parse(parameters["period"])
    if not home.plan(plan).review.is_file():
        from flows.desk import bring

        bring(home, home.config(), plan)
    if not home.plan(plan).review.is_file():
        raise home.no_plan(plan)
    from importlib import import_module

    from flows.engine import run as run_flow

    flow = getattr(import_module(f"flows.{name}"), name)
    result: dict[str, Any] = run_flow(flow, engine=settings.engine, home=str(home.root), slug=plan, **parameters)
    return result


def one_round(period: str | None, year: int | None) -> Period:
    """The month or the year that a command is about; UserError when neither or both are named."""
    if period is None and year is None:
        raise UserError("缺少选项 --period", "月度台账写 --period 2026-10，年报数据写 --year 2026")
    if period is not None and year is not None:
        raise UserError("--period 和 --year 只能写一个", "月度台账写 --period，年报数据写 --year")
    return Period.parse(period) if period is not None else Year(year or 0)


def date_option(text: str | None, option: str) -> date | None:
    """The date after an option."""
    if text is None:
        return None
    try:
        if not re.fullmatch(r"20\d\d-?\d\d-?\d\d", text, re.ASCII):  # nor a week of the year, nor the year 1999
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option} 后的“{text}”不是日期，或不在2000—2099年", "请写成 2026-10-31 这样的形式") from None


def conclude(screen: Screen, result: dict[str, Any], say: Callable[[], None]) -> None:
    """How every command that ran a flow ends: its object, its words, and exit 1 when a person is needed."""
    needs_person = result.pop("needs_person")
    screen.result(result)
    say()
    _note_open_files(screen, result)
    finish(needs_person)


def _note_open_files(screen: Screen, result: dict[str, Any]) -> None:
    """A file that was just written anew while somebody has the old one open: the next saving there would undo it."""
    from flows.files import open_elsewhere

    for value in result.values():
        if isinstance(value, str) and value.endswith((".xlsx", ".docx")) and (program := open_elsewhere(Path(value))):
            name = Path(value).name
            screen.note(f"注意：{name} 还在 {program} 里打开着，请不保存就关闭，再打开看新的；否则会盖掉刚写成的")


def finish(needs_person: bool) -> None:
    """End with exit code 1 when something needs a person."""
    if needs_person:
        raise typer.Exit(NEEDS_PERSON)
