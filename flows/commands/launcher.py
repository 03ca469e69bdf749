"""What a clerk double-clicks: the file that opens the menu of a home, and the one that installs the program.

Windows reads a batch file in the code page of the moment, so both switch to UTF-8 in their first lines, which are
ASCII, and both end their lines with CR LF.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

MENU_BATCH = "台账.bat"
WEB_BATCH = "网页.bat"
"""Opens the page and keeps the schedule; a shortcut to it in the system's start-up folder does so every morning."""
INSTALL_BATCH = "安装.bat"
INSTALL_FOLDER = "启动器"
"""Where the installer lies in the program's own templates/; homes have no use for it."""
PYTHONS = ("3.13", "3.12", "3.11", "3.14")
"""Versions that the installer tries, the first found is taken."""
_VENV = r".venv\Scripts\python.exe"
HOME_NAME = "台账工作目录"
"""The home that the installer makes beside the program's folder: a newer program does not touch it."""

_HEAD = ("@echo off", "chcp 65001 >nul", "setlocal", 'pushd "%~dp0"', "set PYTHONUTF8=1")


def lay_launchers(home: Path) -> list[Path]:
    """Write what opens the menu of ``home``; an older one is replaced. Gives the files.

    The batch file always, since a home is often made on one system and used on another; a shell script where there is
    a shell.
    """
    program = Path(sys.executable)
    windows = sys.platform == "win32"
    batches = [home / MENU_BATCH, home / WEB_BATCH]
    for batch, command in zip(batches, ("menu", "serve --open"), strict=True):
        batch.write_bytes(menu_batch(str(program) if windows else "", command).encode("utf-8"))
    if windows:
        return batches
    script = home / ("台账.command" if sys.platform == "darwin" else "台账.sh")
    script.write_text(menu_script(program), encoding="utf-8", newline="\n")
    script.chmod(script.stat().st_mode | 0o111)
    return [*batches, script]


def menu_batch(program: str, command: str = "menu") -> str:
    """台账.bat: finds the program (where it was installed, or a .venv here or one above) and runs the command.

    ``program`` is the interpreter on Windows, '' when it is not known there.
    """
    places = [program.replace("%", "%%")] if program else []
    known = " ".join(f'"{place}"' for place in (*places, _VENV, rf"..\{_VENV}"))
    return _batch(
        'set "PY="',
        f'for %%P in ({known}) do if not defined PY if exist %%P set "PY=%%~P"',
        "if defined PY goto found",
        "where taizhang >nul 2>nul",
        "if errorlevel 1 goto missing",
        f"taizhang --home . {command}",
        "goto done",
        ":found",
        f'"%PY%" -P -m flows.cli --home . {command}',
        ":done",
        "if errorlevel 1 pause",
        "exit /b",
        ":missing",
        f"echo 没有找到台账程序。请先装好程序，再把这个文件夹拖到“{INSTALL_BATCH}”上。",
        "pause",
        "exit /b 2",
    )


def menu_script(program: Path) -> str:
    """The same for a system with a shell."""
    quoted = "'" + str(program).replace("'", "'\\''") + "'"
    lines = (
        "#!/bin/sh",
        'cd "$(dirname "$0")" || exit 2',
        f"for python in {quoted} .venv/bin/python ../.venv/bin/python; do",
        '  [ -x "$python" ] && exec "$python" -P -m flows.cli --home . menu',
        "done",
        "command -v taizhang >/dev/null && exec taizhang --home . menu",
        "echo '没有找到台账程序。请先安装，再打开这里。'",
        "read -r _",
        "exit 2",
    )
    return "\n".join(lines) + "\n"


def install_batch(pythons: tuple[str, ...] = PYTHONS) -> str:
    """安装.bat: a .venv beside it, the program from a folder ``wheels`` or from this folder, and a home with its menu.

    Running it again renews the program and makes no second home. A home dropped on it gets a menu file that finds this
    program: after a move to another computer.
    """
    wanted = "、".join(sorted(pythons, key=lambda text: int(text.partition(".")[2])))
    allowed = ", ".join(f"({text.replace('.', ', ')})" for text in pythons)
    return _batch(
        # Two folders below the program when it lies in templates; beside the wheels where there is no source.
        "if exist ..\\..\\pyproject.toml cd ..\\..",
        'set "PY="',
        f"for %%V in ({' '.join(pythons)}) do if not defined PY "
        '(py -%%V -c "import venv" >nul 2>nul && set "PY=py -%%V")',
        "if defined PY goto python",
        f'python -c "import sys; sys.exit(sys.version_info[:2] not in [{allowed}])" >nul 2>nul',
        "if errorlevel 1 goto nopython",
        'set "PY=python"',
        ":python",
        "echo 正在安装，约需几分钟，请不要关闭这个窗口。",
        'set "OLD="',
        f"if exist {_VENV} set OLD=1",
        "if not defined OLD %PY% -m venv .venv",
        "if errorlevel 1 goto failed",
        "if exist wheels (",
        f"  {_VENV} -m pip install -q --upgrade --no-index --find-links wheels taizhang",
        ") else (",
        f"  {_VENV} -m pip install -q --upgrade .",
        ")",
        "if errorlevel 1 goto failed",
        f'set "WORK=..\\{HOME_NAME}"',
        'if not "%~1"=="" set "WORK=%~f1"',
        'if exist "%WORK%\\config.toml" goto known',
        "if defined OLD goto renewed",
        f'{_VENV} -P -m flows.cli init "%WORK%"',
        "if errorlevel 1 goto failed",
        "goto ready",
        ":known",
        f'{_VENV} -P -m flows.cli --home "%WORK%" menu --launcher',
        "if errorlevel 1 goto failed",
        ":ready",
        f"echo 装好了。以后双击工作目录里的“{MENU_BATCH}”。",
        'start "" "%WORK%"',
        "pause",
        "exit /b",
        ":renewed",
        f"echo 程序已更新。还像以前一样，双击工作目录里的“{MENU_BATCH}”。",
        "pause",
        "exit /b",
        ":nopython",
        f"echo 没有找到 Python（{wanted} 都可以）。请先安装，安装时勾选 Add python.exe to PATH，再双击本文件。",
        "pause",
        "exit /b 2",
        ":failed",
        "echo 没有装成，原因见上面。能上网的请检查网络；不能上网的请确认 wheels 文件夹完整。改好后再双击本文件。",
        "pause",
        "exit /b 2",
    )


def _batch(*lines: str) -> str:
    return "\r\n".join((*_HEAD, *lines)) + "\r\n"


def open_here(target: Path | str) -> bool:
    """Show a folder, a file or an address in the system's own window or browser; False where there is none."""
    import subprocess

    if sys.platform == "win32":
        try:
            os.startfile(target)
        except OSError:  # nothing is set up to open it
            return False
        return True
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    if sys.platform != "darwin" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    try:
        program = subprocess.Popen([opener, str(target)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return program.wait(timeout=5) == 0
    except subprocess.TimeoutExpired:  # it has become the browser itself
        return True
    except OSError:
        return False
