"""A PDF beside a Word document, when LibreOffice is there."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_WINDOWS = (
    r"C:\Program Files\LibreOffice\program\soffice.exe",
    r"C:\Program Files (x86)\LibreOffice\program\soffice.exe",
)
_MAC = ("/Applications/LibreOffice.app/Contents/MacOS/soffice",)
_SECONDS = 180


def find_soffice() -> Path | None:
    """LibreOffice's program, from PATH or its usual place; None when it is not installed."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found:
        return Path(found)
    usual = {"win32": _WINDOWS, "darwin": _MAC}.get(sys.platform, ())
    return next((path for path in map(Path, usual) if path.is_file()), None)


def to_pdf(docx: Path) -> Path | None:
    """Convert to a PDF of the same name in the same folder; None when LibreOffice is absent or fails.

    It runs with a profile of its own, so that an open LibreOffice window does not swallow the order.
    """
    program = find_soffice()
    if program is None:
        return None
    with tempfile.TemporaryDirectory(prefix="taizhang-") as folder:
        room = Path(folder)
        command = [
            str(program),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(room),
            str(docx.resolve()),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
            made = room / f"{docx.stem}.pdf"
            target = docx.with_suffix(".pdf")
            shutil.move(made, target)
        except (OSError, subprocess.SubprocessError):
            return None
    return target
