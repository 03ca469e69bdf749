"""The commands about mail itself: agreeing to a mass mail, checking the settings, settling what nobody knows."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.chinese_help import ChineseCommand, ChineseGroup
from flows.commands.command_line import AnyPeriod, JsonFlag, PlanName, YearNumber, finish, one_round, run, settings
from flows.console import Screen
from flows.problems import UserError
from flows.years import Year

mail_app = typer.Typer(
    cls=ChineseGroup,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="邮箱：检查设置，核定不能确定是否寄出的信。",
    context_settings={"help_option_names": ["--help", "-h"]},
)


def approve(
    plan: PlanName,
    period: AnyPeriod = None,
    year: YearNumber = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="收回这一期的同意")] = False,
    bulletin: Annotated[bool, typer.Option("--bulletin", help="同意按日程生成这一期的通报")] = False,
    as_json: JsonFlag = False,
) -> None:
    """先看要寄什么、寄给谁，同意这一期寄信；现在不寄，供定时运行。"""
    from flows.annual_round.declaring import declared
    from flows.desk import open_desk
    from flows.messages.approval import preview_lines, say_approve
    from flows.post.letters import LetterKind
    from flows.round import approval
    from flows.round.outbox import Outbox
    from flows.serving.standing import agree_bulletin
    from flows.workspace import find_home

    screen, month = Screen(as_json), one_round(period, year)
    yearly = isinstance(month, Year)
    home = find_home(settings.home)
    if bulletin and yearly:
        raise UserError("--bulletin 只用于每月的通报", "请写 --period，如 --period 2026-10")
    if bulletin:
        with open_desk(home, plan) as desk:
            person = agree_bulletin(desk, month, not revoke)
        screen.result({"period": str(month), "person": person, "bulletin": not revoke})
        screen.say("已收回：通报要再确认才按日程生成" if revoke else "已记下：到日子就生成这一期的通报")
        return
    if revoke:
        with open_desk(home, plan) as desk:
            done = approval.revoke(desk, month)
        screen.result({"period": str(month), "revoked": done})
        screen.say("已收回，以后要再确认才寄" if done else "这一期没有人同意过")
        return
    with open_desk(home, plan) as desk:
        written = bool(Outbox(desk, month).letters(LetterKind.ISSUE))
    if not written and yearly:
        run("annual_distribute", plan=plan, year=month.year, send=False)
    elif not written:
        run("distribute", plan=plan, period=period, send=False)
    with open_desk(home, plan) as desk:
        asked = [who.unit for who in declared(desk, month.year)] if yearly else None
        shown = approval.approvable(desk, month, asked)
        who = approval.record(desk, month, shown, "approve")
        result = {"period": str(month), "person": who, "preview": shown.as_dict()}
        screen.result(result)
        say_approve(screen, result, preview_lines(shown))


@mail_app.command("check", cls=ChineseCommand)
def mail_check(
    no_letter: Annotated[bool, typer.Option("--no-letter", help="不给自己寄试信")] = False, as_json: JsonFlag = False
) -> None:
    """逐步检查邮箱设置：域名、连接、加密、登录、文件夹，给自己寄一封试信；每步出错都写明怎么办。"""
    from flows.messages.mail import say_step
    from flows.post.checkup import check_mail, nothing_set
    from flows.workspace import find_home

    screen = Screen(as_json)
    mail = find_home(settings.home).config().mail
    if fault := nothing_set(mail):
        raise fault
    if mail.password_secret and settings.engine:
        import flows.sending  # noqa: F401  # it names who keeps the secret
    steps = check_mail(mail, letter=not no_letter, tell=lambda step: say_step(screen, step))
    ok = all(step.ok for step in steps)
    screen.result({"ok": ok, "steps": [step.as_dict() for step in steps]})
    screen.say("邮箱可以用" if ok else "请按上面写的改正后，再运行一次 taizhang mail check")
    finish(not ok)


@mail_app.command("settle", cls=ChineseCommand)
def mail_settle(
    plan: PlanName,
    which: Annotated[str, typer.Argument(metavar="单位", help="单位名称或别名；有几封时写其中一封的 Message-ID")],
    decision: Annotated[str, typer.Argument(metavar="结论", help="sent：核实已寄出；again：没有寄出，要再寄")],
    period: AnyPeriod = None,
    year: YearNumber = None,
    as_json: JsonFlag = False,
) -> None:
    """核定一封不能确定是否寄出的信：已寄出，或要再寄。"""
    from flows.desk import open_desk
    from flows.messages.mail import say_settled
    from flows.round.settling import settle
    from flows.workspace import find_home

    screen = Screen(as_json)
    if decision not in ("sent", "again"):
        raise UserError(f"结论“{decision}”看不懂", "已寄出的写 sent，要再寄的写 again")
    month = one_round(period, year)
    with open_desk(find_home(settings.home), plan) as desk:
        done = settle(desk, month, which, "sent" if decision == "sent" else "again")
    screen.result(
        {
            "unit": done.unit,
            "kind": done.kind,
            "state": done.state.value,
            "note": done.note,
            "message_id": done.message_id,
        }
    )
    say_settled(screen, plan, str(month), done)
