"""The command line. Exit 0: done; 1: it ran and something needs a person; 2: wrong use or bad input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from flows import __version__
from flows.chinese_help import ChineseCommand, ChineseGroup, usage_sentence
from flows.console import Screen, prepare_streams
from flows.periods import Period, today
from flows.problems import UserError

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


@dataclass(frozen=True)
class _Settings:
    home: Path | None
    engine: bool


_settings = _Settings(None, engine=True)

JsonFlag = Annotated[bool, typer.Option("--json", help="只输出一个 JSON 对象，供程序读取")]
PlanName = Annotated[str, typer.Argument(metavar="计划", help="计划代号，即 import 时 --as 后面的名字")]
PeriodName = Annotated[str, typer.Option("--period", "-p", metavar="年-月", help="期次，如 2026-10")]
NoSend = Annotated[bool, typer.Option("--no-send", help="信件只写成 .eml 文件，不寄出")]


Command = TypeVar("Command", bound=Callable[..., None])


def _command(name: str) -> Callable[[Command], Command]:
    return app.command(name, cls=ChineseCommand)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"taizhang {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    home: Annotated[
        Path | None, typer.Option("--home", metavar="目录", help="工作目录；默认是当前目录或上级中有 config.toml 的")
    ] = None,
    without_prefect: Annotated[bool, typer.Option("--without-prefect", help="不经流程引擎直接执行，结果相同")] = False,
    _show_version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")
    ] = False,
) -> None:
    global _settings
    _settings = _Settings(home, engine=not without_prefect)


@_command("init")
def init(
    target: Annotated[Path, typer.Argument(metavar="目录", help="新建的工作目录")], as_json: JsonFlag = False
) -> None:
    """新建工作目录：设置、模板、空的单位名录和样例。"""
    from flows.workspace import create_home

    screen = Screen(as_json)
    home = create_home(target)
    screen.result({"home": str(home.root)})
    screen.say(f"工作目录已建好：{home.root}")
    screen.say("下一步：")
    screen.say("  1. 在 config.toml 里写上办公室名称、联系人、邮箱服务器")
    screen.say("  2. 在 ledgers/单位名录.xlsx 里填好单位")
    screen.say(f'  3. 运行 taizhang --home "{target}" import 计划文件 --as 计划代号')


@_command("import")
def import_(
    source: Annotated[Path, typer.Argument(metavar="文件", help="工作要点或任务分解表：.docx .xlsx .txt 等")],
    slug: Annotated[str, typer.Option("--as", metavar="代号", help="给这份计划起的代号，用作文件夹名")],
    year: Annotated[
        int | None, typer.Option("--year", metavar="年", min=2000, max=2099, help="计划年度；默认从文件里读")
    ] = None,
    issued: Annotated[str | None, typer.Option("--issued", metavar="日期", help="印发日期，如 2026-03-01")] = None,
    roster: Annotated[Path | None, typer.Option("--roster", metavar="文件", help="单位名录 .xlsx")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="不保留办公室的修改，另存旧表、全用新读的")] = False,
    as_json: JsonFlag = False,
) -> None:
    """读入计划文件，写出任务分解表.xlsx 供办公室核对。"""
    from flows.importing import import_plan
    from flows.messages import say_import
    from flows.workspace import find_home

    screen = Screen(as_json)
    home = find_home(_settings.home)
    done = import_plan(home, source, slug, year=year, issued=_date(issued, "--issued"), roster=roster, replace=replace)
    screen.result(
        {
            "plan": slug,
            "items": len(done.plan.items),
            "warnings": [doubt.as_dict() for doubt in done.doubts],
            "review": str(done.review),
        }
    )
    say_import(screen, done)
    _finish(bool(done.doubts))


@_command("show")
def show(plan: PlanName, as_json: JsonFlag = False) -> None:
    """显示计划现在的样子（以任务分解表.xlsx 为准）。"""
    from flows.desk import open_desk
    from flows.messages import say_plan
    from flows.views import plan_view
    from flows.workspace import find_home

    screen = Screen(as_json)
    with open_desk(find_home(_settings.home), plan, need_roster=False) as desk:
        screen.result(plan_view(desk))
        say_plan(screen, desk)


@_command("distribute")
def distribute(
    plan: PlanName,
    period: PeriodName,
    no_send: NoSend = False,
    reissue: Annotated[bool, typer.Option("--reissue", help="计划改过后，替换已经发出的台账并重发")] = False,
    again: Annotated[
        list[str] | None, typer.Option("--again", metavar="单位", help="给这个单位再发一次，可写多次")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """给每个单位写一份台账并寄出。"""
    from flows.messages import say_distribute

    screen = Screen(as_json)
    result = _run("distribute", plan=plan, period=period, send=not no_send, reissue=reissue, again=list(again or []))
    needs_person = result.pop("needs_person")
    screen.result(result)
    say_distribute(screen, plan, period, result, sent=not no_send)
    _finish(needs_person)


@_command("collect")
def collect(
    plan: PlanName,
    period: PeriodName,
    folder: Annotated[
        Path | None, typer.Option("--from", metavar="文件夹", help="从文件夹收；默认从邮箱或 ledgers/收件箱 收")
    ] = None,
    no_send: NoSend = False,
    as_json: JsonFlag = False,
) -> None:
    """收回各单位填报的台账，核对后并入；有错的退回并标出单元格。"""
    from flows.messages import say_collect

    screen = Screen(as_json)
    given = str(folder.resolve()) if folder else None
    result = _run("collect", plan=plan, period=period, folder=given, send=not no_send)
    needs_person = result.pop("needs_person")
    screen.result(result)
    say_collect(screen, plan, period, result)
    _finish(needs_person)


@_command("remind")
def remind(plan: PlanName, period: PeriodName, no_send: NoSend = False, as_json: JsonFlag = False) -> None:
    """催报：给还没有报送或退回后还没有更正的单位去信，一天至多一封。"""
    from flows.messages import say_remind

    screen = Screen(as_json)
    result = _run("remind", plan=plan, period=period, send=not no_send)
    needs_person = result.pop("needs_person")
    screen.result(result)
    say_remind(screen, result)
    _finish(needs_person)


@_command("report")
def report(
    plan: PlanName,
    period: PeriodName,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="日期", help="数字截至哪一天；默认期末或今天")] = None,
    signed_on: Annotated[str | None, typer.Option("--signed", metavar="日期", help="成文日期；默认今天")] = None,
    as_json: JsonFlag = False,
) -> None:
    """生成总台账.xlsx 和通报.docx。"""
    from flows.messages import say_report

    screen = Screen(as_json)
    _date(as_of, "--as-of")
    _date(signed_on, "--signed")
    result = _run("report", plan=plan, period=period, as_of=as_of, signed_on=signed_on)
    needs_person = result.pop("needs_person")
    screen.result(result)
    say_report(screen, result)
    _finish(needs_person)


@_command("status")
def status(
    plan: PlanName,
    period: Annotated[str | None, typer.Option("--period", "-p", metavar="年-月", help="期次；默认最近一期")] = None,
    as_json: JsonFlag = False,
) -> None:
    """看各单位报了没有、各项任务到哪一步。"""
    from flows.desk import open_desk
    from flows.messages import say_status
    from flows.views import status_view
    from flows.workspace import find_home

    screen = Screen(as_json)
    with open_desk(find_home(_settings.home), plan) as desk:
        known = desk.history.periods()
        month = Period.parse(period) if period else known[-1] if known else Period.of(today())
        snap = desk.snapshot(month)
        screen.result(status_view(desk, month, snap))
        say_status(screen, plan, snap)


@_command("demo")
def demo(
    target: Annotated[Path, typer.Argument(metavar="目录", help="演示放在哪个目录")] = Path("台账演示"),
    as_json: JsonFlag = False,
) -> None:
    """用虚构的云川市走两个月：下发、填报、收回、催报、通报。不寄出任何邮件。"""
    from flows.demo.play import play

    screen = Screen(as_json)
    result = play(target, screen, engine=_settings.engine)
    screen.result(result)


def _run(name: str, *, plan: str, **parameters: Any) -> dict[str, Any]:
    """Run a flow. The plan and its home are looked up before the engine is started: a wrong name costs no wait."""
    from flows.workspace import find_home

    home = find_home(_settings.home)
    home.config()
    Period.parse(parameters["period"])
    if not home.plan(plan).review.is_file():
        raise UserError(f"还没有计划“{plan}”", f"请先运行 taizhang import 计划文件 --as {plan}")
    from importlib import import_module

    from flows.engine import run

    flow = getattr(import_module(f"flows.{name}"), name)
    result: dict[str, Any] = run(flow, engine=_settings.engine, home=str(home.root), slug=plan, **parameters)
    return result


def _date(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"{option} 后的“{text}”不是日期", "请写成 2026-10-31 这样的形式") from None


def _finish(needs_person: bool) -> None:
    if needs_person:
        raise typer.Exit(NEEDS_PERSON)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Whatever goes wrong, a person reads one Chinese sentence and never a traceback."""
    prepare_streams()
    sys.exit(execute(list(sys.argv[1:] if arguments is None else arguments)))


def execute(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    try:
        outcome = app(arguments or ["--help"], standalone_mode=False)
    except UserError as error:
        return _complain(error.sentence)
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        return _complain("已中断。再运行一次会接着做。")
    except PermissionError as error:
        return _complain(f"{Path(error.filename or '文件').name} 正在被打开或不许写入。请关闭后再运行。")
    except Exception as error:
        if hasattr(error, "format_message"):
            return _complain(usage_sentence(error))
        if type(error).__module__ == "sqlalchemy.exc" and type(error).__name__ in (
            "OperationalError",
            "IntegrityError",
        ):
            _crash(error)
            return _complain("数据库正被另一个台账程序使用。请等它结束再运行，已做完的不会重做。")
        return _complain(_crash(error))
    return outcome if isinstance(outcome, int) else 0


def _complain(sentence: str) -> int:
    print(f"错误：{sentence}", file=sys.stderr)
    return BAD_INPUT


def _crash(error: Exception) -> str:
    """A fault of the program itself: the traceback goes into a file, not to the clerk."""
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="taizhang-", suffix=".txt", delete=False) as log:
        traceback.print_exception(error, file=log)
    kind = type(error).__name__
    return f"程序出了意外（{kind}），经过已记在 {log.name}。数据没有丢失，可以再运行一次；还不行，请把它交给维护人员。"


if __name__ == "__main__":
    main()
