"""taizhang deploy: the steps of a home on a Prefect work pool."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, settings
from flows.console import Screen


def deploy(
    pool: Annotated[str, typer.Argument(metavar="工作池", help="Prefect 工作池的名字")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="名", help="在服务器上怎样称呼这个办公室；默认是目录名")
    ] = None,
    seen_as: Annotated[
        str | None, typer.Option("--seen-as", metavar="目录", help="干活的电脑看到的工作目录；默认与这里相同")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """把各步骤放到 Prefect 工作池上，由几台电脑一起做；数据库要在 PostgreSQL。"""
    from flows.pool import deploy as register
    from flows.workspace import find_home

    screen = Screen(as_json)
    home = find_home(settings.home)
    found = register(home, pool, name or home.root.name, PurePath(seen_as or home.root))
    screen.result({"pool": pool, "deployments": found})
    screen.say(f"已放到工作池“{pool}”上：{len(found)} 个步骤")
    screen.say(f"下一步：在每台干活的电脑上运行 prefect worker start --pool {pool} --limit 2")
