"""A home that may be read and not written, and commands of somebody who is not its owner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import ROOT
from tests.office import Office, new_office


@pytest.fixture
def office_of_nobody() -> Iterator[Office]:
    """March is out. In a folder that every account can reach (pytest's own are shut); nobody may write."""
    root = Path(tempfile.mkdtemp(prefix="taizhang-"))
    root.chmod(0o755)
    made = new_office(root)
    made.adopt()
    made.json("distribute", "要点", "--period", "2026-03")
    shut(made.home)
    yield made
    give_back(made.home)
    shutil.rmtree(root)


def as_nobody(office: Office, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of an account that only has the rights of all."""
    command = [sys.executable, "-m", "flows.cli", "--without-prefect", "--home", str(office.home), *arguments]
    if os.geteuid() == 0:  # root may write everywhere
        if shutil.which("setpriv") is None:
            pytest.skip("needs setpriv to run as somebody else than root")
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    environment = os.environ | {"PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)


def shut(home: Path) -> None:
    """Take all rights to write away."""
    for path in (home, *home.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def give_back(home: Path) -> None:
    """The owner may write again."""
    for path in (home, *home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
