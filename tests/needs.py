"""Real parts that tests stand on: skipped clearly on a developer's machine without them, never on CI."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def need(program: str, package: str) -> str:
    """Path of a program; skips when it is absent, fails on CI."""
    found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing on CI: install Debian's {package}")
    pytest.skip(f"needs {program} (Debian: {package})")


def soffice() -> str:
    """LibreOffice, the units' spreadsheet program and the renderer of Word documents."""
    return need("soffice", "libreoffice-calc libreoffice-writer")


def shared(*parts: str) -> Path:
    """A file of the seeds; skips when they are not beside the checkout."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"needs ../shared/{'/'.join(parts)}")
    return path
