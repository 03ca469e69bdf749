"""`taizhang wheels`: on a machine with a network, a folder that installs the program on one without."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.command_line import JsonFlag, finish
from flows.console import Screen
from flows.problems import UserError


def wheels(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="安装包放在哪里")],
    python: Annotated[
        str, typer.Option("--python", metavar="版本", help="办公室电脑上的 Python 版本，如 3.12；默认与本机相同")
    ] = "",
    system: Annotated[
        str, typer.Option("--system", metavar="系统", help="办公室电脑的系统：windows、linux（x86）、linux-arm")
    ] = "windows",
    source: Annotated[
        Path | None, typer.Option("--from", metavar="源码", help="程序的源码文件夹或 taizhang-….whl；默认是正在用的")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """在能上网的电脑上备好全部安装包，拷到不能上网的电脑上双击 安装.bat。"""
    import re
    import sys

    from flows.commands.launcher import INSTALL_BATCH
    from flows.commands.wheels import FOLDER, SYSTEMS, Target, gather
    from flows.workspace import defaults

    screen = Screen(as_json)
    wanted = python or f"{sys.version_info.major}.{sys.version_info.minor}"
    if not re.fullmatch(r"3\.(1[1-9]|[2-9]\d)", wanted):
        raise UserError(f"--python 后的“{wanted}”不能用", "请写 3.11 或更新的版本，如 3.12")
    if system not in SYSTEMS:
        raise UserError(f"没有“{system}”这种系统", f"请写 {'、'.join(SYSTEMS)} 之一")
    if source is None:
        source = defaults()
        if not (source / "pyproject.toml").is_file():
            raise UserError("正在用的程序没有源码", "请用 --from 指明程序的源码文件夹或 taizhang-….whl")
    elif not source.exists():
        raise UserError(f"找不到“{source}”", "请用 --from 指明程序的源码文件夹或 taizhang-….whl")
    screen.note("正在下载，约需几分钟……")
    missing = gather(folder, Target(SYSTEMS[system], wanted), source.resolve())
    kept = sorted(path.name for path in (folder / FOLDER).glob("*.whl"))
    screen.result(
        {"folder": str(folder.resolve()), "python": wanted, "system": system, "wheels": kept, "missing": missing}
    )
    if missing:
        screen.say(f"已有 {len(kept)} 个安装包，还缺 {len(missing)} 个：{'、'.join(missing)}")
        screen.say("没有适合这种系统和 Python 版本的安装包。请换一个 Python 版本再试，如 --python 3.12")
    else:
        screen.say(f"安装包齐了，共 {len(kept)} 个，在 {folder.resolve()}")
        screen.say(f"  1. 把整个文件夹拷到办公室的电脑上，那里要先装好 Python {wanted}")
        if system == "windows":
            screen.say(f"  2. 双击其中的 {INSTALL_BATCH}")
        else:
            screen.say("  2. 在其中打开终端，运行")
            screen.say(f"     python{wanted} -m venv .venv")
            screen.say(f"     .venv/bin/pip install --no-index --find-links {FOLDER} taizhang")
    finish(bool(missing))
