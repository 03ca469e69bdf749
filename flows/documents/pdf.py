"""A PDF beside a Word document, when LibreOffice is there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from flows.soffice import converted, find_soffice

_SECONDS = 180


def to_pdf(docx: Path) -> Path | None:
    """Convert to a PDF of the same name in the same folder; None when LibreOffice is absent or fails."""
    program = find_soffice()
    if program is None:
        return None
    target = docx.with_suffix(".pdf")
    try:
        with converted(program, docx, "pdf", ending="docx", seconds=_SECONDS) as made:
            if made is None:
                return None
            shutil.move(made, target)
    except (OSError, subprocess.SubprocessError):
        return None
    return target
