"""A small disk of its own that can really be full; only where mounting is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEGABYTES = 64
INSIDE = "TAIZHANG_FAULTS_INSIDE"


def go_inside(arguments: list[str]) -> None:
    """Start again in a mount namespace of our own, so that no mount is left behind; as it is where that is refused."""
    if os.environ.get(INSIDE) or not sys.platform.startswith("linux") or os.geteuid() != 0:
        return
    command = ["unshare", "--mount", "--propagation", "private", sys.executable, *arguments]
    if subprocess.run([*command[:4], "true"], capture_output=True, check=False).returncode == 0:
        os.environ[INSIDE] = "1"
        os.execvp(command[0], command)


class Disk:
    """A folder; ``real`` when it is a disk of its own size."""

    def __init__(self, root: Path, *, real: bool) -> None:
        self.root = root
        self.real = real
        self.filler = root / "filler"

    def leave(self, free: int) -> None:
        """Fill it until so many bytes are free."""
        room = os.statvfs(self.root)
        size = room.f_bavail * room.f_frsize - free
        with self.filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(size, 1))

    def empty(self) -> None:
        """There is room again."""
        self.filler.unlink(missing_ok=True)


@contextmanager
def small_disk(root: Path) -> Iterator[Disk]:
    """A disk at ``root`` while this process is inside its own namespace, else a plain folder."""
    root.mkdir(parents=True, exist_ok=True)
    if not os.environ.get(INSIDE):
        yield Disk(root, real=False)
        return
    options = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(root)]
    real = subprocess.run(options, capture_output=True, check=False).returncode == 0
    try:
        yield Disk(root, real=real)
    finally:
        if real:
            subprocess.run(["umount", "-l", str(root)], capture_output=True, check=False)
