"""LibreOffice as a converter: one headless run in a room of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WINDOWS = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_MAC = ("/Applications/LibreOffice.app/Contents/MacOS/soffice",)


def find_soffice() -> Path | None:
    """LibreOffice's program, from PATH or its usual place; None when it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Path(found)
    usual = {"win32": _WINDOWS, "darwin": _MAC}.get(sys.platform, ())
    return next((path for path in map(Path, usual) if path.is_file()), None)


def _run(command: list[str], seconds: int) -> None:
    """Run to the end, or end it with everything it started: ``soffice`` only starts the program that works."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=sys.platform != "win32",
    ) as program:
        try:
            code = program.wait(timeout=seconds)
        except BaseException:
            _end(program)
            raise
    if code:
        raise subprocess.CalledProcessError(code, command)


def _end(program: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(program.pid)], check=False, capture_output=True)
    else:
        os.killpg(program.pid, signal.SIGKILL)
    program.kill()


@contextmanager
def converted(program: Path, source: Path, target: str, *, ending: str, seconds: int) -> Iterator[Path | None]:
    """A copy of ``source`` in the format ``target``, there while the block runs; None when nothing came out of it.

    ``ending`` is the one LibreOffice knows the source's format by. It runs with a profile of its own, so that an open
    LibreOffice window does not swallow the order, and ends well even on a file it cannot read. Raises OSError and
    subprocess.SubprocessError (TimeoutExpired after ``seconds``) of the run.
    """
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        copy = room / f"source.{ending}"
        shutil.copyfile(source, copy)
        command = [
            str(program),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(room / "made"),
            str(copy),
        ]
        _run(command, seconds)
        made = room / "made" / f"source.{target}"
        yield made if made.is_file() else None
