"""The command line. Exit 0: done; 1: it ran and something needs a person; 2: wrong use or bad input; 130: Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from flows import __version__
from flows.commands import annual_round_commands as yearly_round
from flows.commands.annual_commands import annual
from flows.commands.assess_commands import assess
from flows.commands.backup_commands import backup, restore
from flows.commands.chinese_help import usage_sentence
from flows.commands.command_line import (
    BAD_INPUT,
    AnyPeriod,
    JsonFlag,
    NoSend,
    PeriodName,
    PlanName,
    YearNumber,
    Yes,
    app,
    command,
    conclude,
    date_option,
    finish,
    flow_command,
    leave_by,
    one_round,
    run,
    settings,
)
from flows.commands.lookback_commands import lookback
from flows.commands.mail_commands import approve, mail_app
from flows.commands.menu_commands import menu
from flows.commands.pool_commands import deploy
from flows.commands.serve_commands import serve
from flows.commands.share_commands import sync
from flows.commands.template_commands import template_app
from flows.commands.trace_commands import TraceCommand, trace
from flows.commands.wheel_commands import wheels
from flows.console import Screen, prepare_streams
from flows.memory import leave_untidied, tidy_seldom
from flows.periods import Period, today
from flows.problems import UserError
from flows.troubles import told
from flows.years import Year

STOPPED = 130
"""What a shell, and the menu, know Ctrl-C by."""


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
    settings.home, settings.engine = home, not without_prefect


@command("init")
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
    screen.say(
        "不用命令的：双击其中的 台账.bat，按数字选步骤"
        if sys.platform == "win32"
        else f'按数字选步骤：taizhang --home "{target}" menu'
    )


@command("import")
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
    home = find_home(settings.home)
    done = import_plan(
        home, source, slug, year=year, issued=date_option(issued, "--issued"), roster=roster, replace=replace
    )
    screen.result(
        {
            "plan": slug,
            "items": len(done.plan.items),
            "warnings": [doubt.as_dict() for doubt in done.doubts],
            "review": str(done.review),
        }
    )
    say_import(screen, done)
    finish(bool(done.doubts))


@command("show")
def show(plan: PlanName, as_json: JsonFlag = False) -> None:
    """显示计划现在的样子（以任务分解表.xlsx 为准）。"""
    from flows.commands.views import plan_view
    from flows.desk import open_desk
    from flows.messages import say_plan
    from flows.workspace import find_home

    screen = Screen(as_json)
    with open_desk(find_home(settings.home), plan, need_roster=False) as desk:
        screen.result(plan_view(desk))
        say_plan(screen, desk)


@flow_command("distribute")
def distribute(
    plan: PlanName,
    period: AnyPeriod = None,
    year: YearNumber = None,
    no_send: NoSend = False,
    reissue: Annotated[bool, typer.Option("--reissue", help="计划改过后，替换已经发出的台账并重发")] = False,
    again: Annotated[
        list[str] | None, typer.Option("--again", metavar="单位", help="给这个单位再发一次，可写多次")
    ] = None,
    last: Annotated[
        Path | None, typer.Option("--last", metavar="文件夹", help="与 --year 同用：上年各单位年报，读出上年数据供对照")
    ] = None,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """给每个单位写一份台账并寄出；寄出前先看收信单位和样信，再确认。加 --year 则是年报数据表。"""
    from flows.messages import say_distribute

    screen = Screen(as_json)
    if isinstance(one_round(period, year), Year):
        yearly_round.distribute(
            screen, plan, year or 0, no_send=no_send, reissue=reissue, again=again, last=last, yes=yes
        )
        return
    if last:
        raise UserError("--last 只用于年报数据", "请加上 --year，如 --year 2026")
    period = str(period)
    result = run(
        "distribute",
        plan=plan,
        period=period,
        send=not no_send,
        reissue=reissue,
        again=list(again or []),
        leave=leave_by(yes, as_json),
    )
    conclude(screen, result, lambda: say_distribute(screen, plan, period, result, sent=not no_send))


@flow_command("collect")
def collect(
    plan: PlanName,
    period: AnyPeriod = None,
    year: YearNumber = None,
    folder: Annotated[
        str | None,
        typer.Option("--from", metavar="文件夹", help="从文件夹或 s3:// 地址收；默认从邮箱或 ledgers/收件箱 收"),
    ] = None,
    no_send: NoSend = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看不收：逐项列出会怎样变，什么都不改")] = False,
    as_json: JsonFlag = False,
) -> None:
    """收回各单位填报的台账，核对后并入；有错的退回并标出单元格。加 --year 则收年报数据。"""
    from flows.messages import say_collect, say_dry_run

    screen = Screen(as_json)
    given = folder if folder and "://" in folder else str(Path(folder).resolve()) if folder else None
    if isinstance(one_round(period, year), Year):
        yearly_round.collect(screen, plan, year or 0, folder=given, no_send=no_send, dry=dry_run)
        return
    period = str(period)
    result = run("collect", plan=plan, period=period, folder=given, send=not no_send, dry=dry_run)
    conclude(screen, result, lambda: (say_dry_run if dry_run else say_collect)(screen, plan, period, result))


@flow_command("remind")
def remind(
    plan: PlanName,
    period: AnyPeriod = None,
    year: YearNumber = None,
    no_send: NoSend = False,
    yes: Yes = False,
    as_json: JsonFlag = False,
) -> None:
    """催报：给还没有报送或退回后还没有更正的单位去信，一天至多一封。加 --year 则催年报数据，按各单位自己的截止日。"""
    from flows.messages import say_remind

    screen = Screen(as_json)
    if isinstance(one_round(period, year), Year):
        yearly_round.remind(screen, plan, year or 0, no_send=no_send, yes=yes)
        return
    period = str(period)
    result = run("remind", plan=plan, period=period, send=not no_send, leave=leave_by(yes, as_json))
    conclude(screen, result, lambda: say_remind(screen, plan, period, result))


@flow_command("report")
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
    date_option(as_of, "--as-of")
    date_option(signed_on, "--signed")
    result = run("report", plan=plan, period=period, as_of=as_of, signed_on=signed_on)
    conclude(screen, result, lambda: say_report(screen, result))


@flow_command("supervise")
def supervise(
    plan: PlanName, period: PeriodName, no_send: NoSend = False, yes: Yes = False, as_json: JsonFlag = False
) -> None:
    """寄出本期的督办单，每份一封信；所列任务已经办结或延期的不寄。"""
    from flows.messages import say_supervise

    screen = Screen(as_json)
    result = run("supervise", plan=plan, period=period, send=not no_send, leave=leave_by(yes, as_json))
    conclude(screen, result, lambda: say_supervise(screen, plan, period, result))


@command("status")
def status(
    plan: PlanName,
    period: Annotated[str | None, typer.Option("--period", "-p", metavar="年-月", help="期次；默认最近一期")] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="年", min=2000, max=2099, help="看这一年度的年报数据报得怎样")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """看各单位报了没有、各项任务到哪一步。加 --year 则看年报数据。"""
    from flows.commands.views import status_view, unsent_letters
    from flows.desk import open_desk
    from flows.messages import say_status
    from flows.workspace import find_home

    screen = Screen(as_json)
    if year is not None:
        one_round(period, year)
        yearly_round.status(screen, plan, year)
        return
    with open_desk(find_home(settings.home), plan) as desk:
        known = desk.history.periods()
        month = Period.parse(period) if period else known[-1] if known else Period.of(today())
        snap = desk.snapshot(month, compared=as_json)
        if as_json:
            screen.result(status_view(desk, month, snap))
        else:
            say_status(screen, plan, snap, unsent_letters(desk, month))


@command("review")
def review(
    plan: PlanName,
    period: PeriodName,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="文件", help="填好的总台账；默认是本期的总台账.xlsx")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """读入办公室在总台账里填的核定、销号和延期。"""
    from flows.desk import open_desk
    from flows.messages import say_review
    from flows.round.review import take_review
    from flows.workspace import find_home

    screen = Screen(as_json)
    month = Period.parse(period)
    with open_desk(find_home(settings.home), plan, doing="读入核定") as desk:
        found = take_review(desk, month, source.resolve() if source else desk.folder.period(month).master)
        result = found.as_dict()
        screen.result(result)
        say_review(screen, plan, period, result)
    finish(found.needs_person)


app.add_typer(mail_app, name="mail")
app.add_typer(template_app, name="template")
command("approve")(approve)
app.command("trace", cls=TraceCommand)(trace)
flow_command("lookback")(lookback)
command("serve")(serve)
flow_command("annual")(annual)
command("assess")(assess)
command("backup")(backup)
command("restore")(restore)
command("deploy")(deploy)
command("sync")(sync)
command("menu")(menu)
command("wheels")(wheels)


@command("demo")
def demo(
    target: Annotated[Path, typer.Argument(metavar="目录", help="演示放在哪个目录")] = Path("台账演示"),
    as_json: JsonFlag = False,
) -> None:
    """用虚构的云川市走两个月：下发、填报、收回、催报、通报。不寄出任何邮件。"""
    from flows.demo.play import play

    screen = Screen(as_json)
    result = play(target, screen, engine=settings.engine)
    screen.result(result)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point. Whatever goes wrong, a person reads one Chinese sentence and never a traceback."""
    prepare_streams()
    tidy_seldom()
    code = execute(list(sys.argv[1:] if arguments is None else arguments))
    leave_untidied()
    sys.exit(code)


def execute(arguments: list[str]) -> int:
    """Run one command and give its exit code."""
    try:
        outcome = app(arguments or ["--help"], standalone_mode=False, prog_name="taizhang")
    except UserError as error:
        return _complain(error.sentence)
    except typer.Exit as stop:
        outcome = stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        outcome = STOPPED
    except Exception as error:
        if hasattr(error, "format_message"):
            return _complain(usage_sentence(error))
        if trouble := told(error):
            if not isinstance(error, OSError):
                _crash(error)
            return _complain(trouble.sentence)
        return _complain(_crash(error))
    if outcome == STOPPED:  # Typer takes Ctrl-C for itself and says nothing
        print("已中断。再运行一次会接着做。", file=sys.stderr)
    return outcome if isinstance(outcome, int) else 0


def _complain(sentence: str) -> int:
    print(f"错误：{sentence}", file=sys.stderr)
    return BAD_INPUT


def _crash(error: Exception) -> str:
    """A fault of the program itself: the traceback goes into a file, not to the clerk."""
    import tempfile
    import traceback

    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="taizhang-", suffix=".txt", delete=False) as log:
            traceback.print_exception(error, file=log)
    except OSError:  # no room for that either
        return "程序出了意外，经过没有地方可记。请检查磁盘后再运行一次；数据没有丢失。"
    kind = type(error).__name__
    return f"程序出了意外（{kind}），经过已记在 {log.name}。数据没有丢失，可以再运行一次；还不行，请把它交给维护人员。"


if __name__ == "__main__":
    main()
