"""taizhang backup and restore."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, settings
from flows.console import Screen
from flows.problems import UserError


@contextmanager
def _at_hand(file: str) -> Iterator[Path]:
    from flows.moving.remote import fetched, is_remote

    if not is_remote(file):
        yield Path(file)
        return
    with fetched(file) as near:
        yield near


@contextmanager
def _to_send(file: str) -> Iterator[Path]:
    """Where the backup is written: there itself, or here first, and sent when it is whole."""
    from flows.moving.remote import is_remote, send

    if not is_remote(file):
        yield Path(file)
        return
    with TemporaryDirectory(prefix="taizhang-") as folder:
        near = Path(folder) / "备份.zip"
        yield near
        send(near, file)


def _shown(file: str) -> str:
    return file if "://" in file else str(Path(file).resolve())


def backup(
    file: Annotated[str, typer.Argument(metavar="文件", help="备份写成的文件，如 台账备份.zip；也可写 s3:// 地址")],
    check: Annotated[bool, typer.Option("--check", help="不做备份，只核对这份备份是否完好")] = False,
    as_json: JsonFlag = False,
) -> None:
    """把设置、模板、全部台账和数据库备份成一个文件，做好后逐个核对；别人正在使用时也能备份。"""
    from flows.moving.backup import backup as make
    from flows.moving.check import check as look
    from flows.workspace import find_home

    screen = Screen(as_json)
    if check:
        with _at_hand(file) as near:
            found = look(near)
        rows = sum(found.rows.values())
        screen.result({"file": _shown(file), "files": len(found.members), "rows": rows, "at": found.at})
        screen.say(
            f"备份完好：{found.at[:16].replace('T', ' ')} 做成，{len(found.members)} 个文件，数据库 {rows} 条记录"
        )
        return
    with _to_send(file) as near:
        made = make(find_home(settings.home), near)
    rows = sum(made.manifest.rows.values())
    screen.result(
        {"file": _shown(file), "files": len(made.manifest.members), "rows": rows, "bytes": made.size}
        | {"at": made.manifest.at}
    )
    size = f"{made.size / 1e6:.1f} MB"
    screen.say(
        f"已备份到 {_shown(file)}：{len(made.manifest.members)} 个文件，数据库 {rows} 条记录，{size}，逐个核对无误"
    )
    screen.say("里面有签发台账用的密钥和各单位报送的内容，请像保管公章一样保管。邮箱授权码和数据库密码不在里面。")
    if made.masked:
        screen.say("config.toml 的 [store] url 里写了密码，备份里已去掉；请改放到 password_env 所写的环境变量。")


def restore(
    file: Annotated[str, typer.Argument(metavar="文件", help="taizhang backup 做成的文件，或它的 s3:// 地址")],
    home: Annotated[Path | None, typer.Option("--home", metavar="目录", help="恢复到哪个目录，新目录或空目录")] = None,
    store: Annotated[
        str | None,
        typer.Option("--store", metavar="数据库", help="数据库放哪里：sqlite 或 PostgreSQL 地址；默认与备份时相同"),
    ] = None,
    schema: Annotated[
        str | None, typer.Option("--schema", metavar="名", help="PostgreSQL 里本办公室的模式名，与 --store 同用")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="目录里已有内容时替换，原来的改名留下")] = False,
    as_json: JsonFlag = False,
) -> None:
    """从备份恢复；也用来换电脑，或把数据库在 SQLite 和 PostgreSQL 之间搬。"""
    from flows.commands.launcher import lay_launchers
    from flows.moving.restore import restore as lay

    screen = Screen(as_json)
    target = home or settings.home
    if target is None:
        raise UserError("没有写恢复到哪个目录", "请加上 --home 目录，如 taizhang restore 台账备份.zip --home 台账")
    with _at_hand(file) as near:
        done = lay(near, target, store=store, schema=schema, replace=replace)
    lay_launchers(done.home.root)
    found = done.manifest
    rows = sum(found.rows.values())
    screen.result(
        {"home": str(done.home.root), "files": len(found.members), "rows": rows, "store": done.store, "at": found.at}
        | {"kept": str(done.kept) if done.kept else None}
    )
    made = found.at[:16].replace("T", " ")
    screen.say(f"已恢复到 {done.home.root}：{len(found.members)} 个文件，数据库 {rows} 条记录，逐个核对无误")
    if done.kept:
        screen.say(f"原来的目录改名为 {done.kept}")
    screen.say(f"备份是 {made} 做的，之后的事不在里面。")
    if done.home.config().files.share:
        screen.say("文件有共享位置的：以它为准运行 taizhang sync；以恢复的为准运行 taizhang sync --anew。")
    if done.sends:
        screen.say("下一步：设好邮箱授权码，运行 taizhang mail check；")
        screen.say("  再运行一次 collect，补收之后的来件；寄信前请先看邮箱的“已发送”，之后寄过的信这里没有记录。")
    else:
        screen.say("下一步：再运行一次 collect，补收之后的来件。")
