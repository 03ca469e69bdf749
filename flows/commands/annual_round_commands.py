"""What `distribute`, `collect`, `remind` and `status` do when a year is named instead of a month."""

from __future__ import annotations

from pathlib import Path

from flows.commands.command_line import conclude, leave_by, run, settings
from flows.console import Screen


def distribute(
    screen: Screen,
    plan: str,
    year: int,
    *,
    no_send: bool,
    reissue: bool,
    again: list[str] | None,
    last: Path | None,
    yes: bool,
) -> None:
    """A 年报数据 workbook for every unit that files."""
    from flows.messages.annual_round import say_distribute

    result = run(
        "annual_distribute",
        plan=plan,
        year=year,
        send=not no_send,
        reissue=reissue,
        again=list(again or []),
        last=str(last.resolve()) if last else None,
        leave=leave_by(yes, screen.json_only),
    )
    conclude(screen, result, lambda: say_distribute(screen, plan, year, result, sent=not no_send))


def collect(screen: Screen, plan: str, year: int, *, folder: str | None, no_send: bool, dry: bool) -> None:
    """Take in what units filed."""
    from flows.messages.annual_round import say_collect, say_dry_run

    result = run("annual_collect", plan=plan, year=year, folder=folder, send=not no_send, dry=dry)
    conclude(screen, result, lambda: (say_dry_run if dry else say_collect)(screen, plan, year, result))


def remind(screen: Screen, plan: str, year: int, *, no_send: bool, yes: bool) -> None:
    """Write to those whose own day is near or past."""
    from flows.messages.annual_round import say_remind

    result = run("annual_remind", plan=plan, year=year, send=not no_send, leave=leave_by(yes, screen.json_only))
    conclude(screen, result, lambda: say_remind(screen, plan, year, result))


def status(screen: Screen, plan: str, year: int) -> None:
    """Who has filed, who has not, and what a person should look at. Without Prefect: nothing is changed."""
    from flows.commands.annual_views import year_view
    from flows.desk import open_desk
    from flows.messages.annual_status import say_year
    from flows.periods import today
    from flows.workspace import find_home
    from flows.years import Year

    with open_desk(find_home(settings.home), plan) as desk:
        result = year_view(desk, Year(year), today())
        screen.result(result)
        say_year(screen, desk.plan.info.title, result)
