"""LibreOffice as a converter: one headless run in a room of its own."""

from __future__ import annotations

import html
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
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
    with converted_all(program, [source], target, ending=ending, seconds=seconds) as made:
        yield made.get(source)


@contextmanager
def converted_all(
    program: Path,
    sources: Sequence[Path],
    target: str,
    *,
    ending: str,
    seconds: int,
    faces: Mapping[str, str] | None = None,
) -> Iterator[dict[Path, Path]]:
    """Many files in one run, as `converted`: source → copy, without those of which nothing came.

    A run that ends badly counts for what it had made by then. ``faces``: what a face is printed in instead. Starting
    the program once for all of them saves a second a file.
    """
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        # Names of our own: two files may be called the same, and one may hold what a command line cannot.
        names = {source: f"source{place}" for place, source in enumerate(sources)}
        for source, name in names.items():
            shutil.copyfile(source, room / f"{name}.{ending}")
        if faces:
            _replace_faces(room / "profile", faces)
        command = [
            str(program),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(room / "made"),
            *(str(room / f"{name}.{ending}") for name in names.values()),
        ]
        made: dict[Path, Path] = {}
        try:
            _run(command, seconds)
        except subprocess.CalledProcessError:
            made = _there(room / "made", names, target)
            if not made:
                raise
        yield made or _there(room / "made", names, target)


def _there(folder: Path, names: Mapping[Path, str], ending: str) -> dict[Path, Path]:
    found = {source: folder / f"{name}.{ending}" for source, name in names.items()}
    return {source: path for source, path in found.items() if path.is_file()}


def _replace_faces(profile: Path, faces: Mapping[str, str]) -> None:
    """The replacement table of LibreOffice's options, for a profile that is not there yet."""
    place = "/org.openoffice.Office.Common/Font/Substitution"
    pairs = "".join(
        f'<item oor:path="{place}/FontPairs"><node oor:name="_{number}" oor:op="replace">'
        + _property("Always", "true")
        + _property("OnScreenOnly", "false")
        + _property("ReplaceFont", html.escape(face, quote=False))
        + _property("SubstituteFont", html.escape(other, quote=False))
        + "</node></item>"
        for number, (face, other) in enumerate(faces.items())
    )
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        f'<item oor:path="{place}">{_property("Replacement", "true")}</item>{pairs}</oor:items>',
        encoding="utf-8",
    )


def _property(name: str, value: str) -> str:
    return f'<prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop>'
