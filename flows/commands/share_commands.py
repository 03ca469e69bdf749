"""taizhang sync: the files of the home and those of the share, brought in step now."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, finish, settings
from flows.console import Screen
from flows.problems import UserError


def sync(
    anew: Annotated[
        bool, typer.Option("--anew", help="共享位置被清空、换过或坏了时：以这台电脑上的文件为准重建它")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """与 [files] share 写的共享位置同步文件：取来别处改过的，送去这里改过的。各步骤前后自动做，新电脑先运行一次。"""
    from flows.desk import open_store, shared
    from flows.sharing.place import shown
    from flows.workspace import find_home

    screen = Screen(as_json)
    home = find_home(settings.home)
    config = home.config()
    if not config.files.share:
        raise UserError("config.toml 的 [files] share 是空的", "请写上共享位置的地址，如 s3://存储桶/台账")
    with closing(open_store(home, config)) as store:
        done, busy = shared(home, config, store).all(anew=anew)
    rooms = [
        {"plan": slug, "taken": d.taken, "removed": d.removed, "given": d.given, "withdrawn": d.withdrawn}
        | {"notices": list(d.notices)}
        for slug, d in done.items()
    ]
    screen.result({"share": shown(config.files.share), "rooms": rooms, "busy": busy})
    for slug, each in done.items():
        name = f"计划“{slug}”" if slug else "名录、模板、收件箱"
        parts = [
            f"{word} {number} 个"
            for word, number in (
                ("取来", each.taken),
                ("送去", each.given),
                ("删去别处已删的", each.removed),
                ("在共享位置删去这里已删的", each.withdrawn),
            )
            if number
        ]
        screen.say(f"{name}：{'，'.join(parts) or '没有变动'}")
    for sentence in busy:
        screen.say(sentence)
    finish(bool(busy) or any(each.notices for each in done.values()))
