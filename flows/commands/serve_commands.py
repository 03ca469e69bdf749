"""`taizhang serve`: the page in the browser and the schedules, until Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.command_line import JsonFlag, settings
from flows.console import Screen
from flows.problems import UserError

if TYPE_CHECKING:
    from flows.serving.alive import Serving


def serve(
    port: Annotated[
        int | None, typer.Option("--port", metavar="端口", min=1024, max=65535, help="默认按 config.toml 的 [serve]")
    ] = None,
    browser: Annotated[bool, typer.Option("--open", help="启动好以后在浏览器里打开")] = False,
    as_json: JsonFlag = False,
) -> None:
    """打开网页，并按 config.toml 的日程自动下发、回收、催报、生成通报，收年报数据；按 Ctrl-C 结束。"""
    from flows.commands.launcher import open_here
    from flows.serving.alive import port_is_free, running
    from flows.workspace import find_home

    screen = Screen(as_json)
    home = find_home(settings.home)
    config = home.config()
    chosen = port or config.serve.port
    if found := running(home.root):
        if browser and open_here(_start(found)):
            screen.result({"page": found.page, "plans": list(config.schedule.named)})
            screen.say(f"这个工作目录已经在运行，已在浏览器打开 {_start(found)}")
            return
        raise UserError("这个工作目录已经在运行", f"请直接打开 {found.page}")
    if not port_is_free(chosen):
        raise UserError(
            f"端口 {chosen} 已被别的程序占用", "请在 config.toml 的 [serve] 换一个 port，或加 --port，如 --port 4300"
        )
    from flows.serve_host import host, plans_of

    missing = [slug for slug in (*config.schedule.named, *config.schedule.months) if slug not in plans_of(home)]
    if missing:
        raise UserError(
            f"[schedule] 里写了没有的计划：{'、'.join(missing)}",
            "请写已经读入的计划代号，或先运行 taizhang import",
        )

    def tell(serving: Serving) -> None:
        screen.result({"page": serving.page, "plans": list(config.schedule.named)})
        if browser and open_here(_start(serving)):
            screen.say(f"已启动，已在浏览器打开 {_start(serving)}")
        else:
            screen.say(f"已启动，请在浏览器打开 {_start(serving)}")
        if config.schedule.plans:
            screen.say(f"按日程自动办的计划：{'、'.join(config.schedule.plans)}")
        if config.schedule.annual_plans:
            screen.say(f"按日程收年报数据的计划：{'、'.join(config.schedule.annual_plans)}")
        if not config.schedule.named:
            screen.say("没有按日程自动办的计划；要自动办，在 config.toml 的 [schedule] plans 里写上计划代号，再启动")
        screen.say("用完按 Ctrl-C 结束。结束以后不再自动办，再启动时补办。")

    screen.note("正在启动，约十秒……")
    host(home, chosen, tell, lambda: screen.say("已结束。"))


def _start(serving: Serving) -> str:
    """Where the page lists what can be done."""
    return f"{serving.page}/deployments"
