"""Old and rare office formats (.doc .wps .rtf .odt .et): LibreOffice turns them into today's, when it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.documents.pdf import find_soffice
from flows.problems import UserError

_SECONDS = 120


@contextmanager
def converted(path: Path, source: str, target: str) -> Iterator[Path]:
    """A temporary copy of ``path`` in the format ``target``; ``source`` is the ending LibreOffice knows the format by.

    It runs with a profile of its own in the temporary folder, so that an open LibreOffice window does not take the
    order. UserError when LibreOffice is absent, fails, or does not end in time.
    """
    program = find_soffice()
    advice = f"请用 Word 或 WPS 打开 {path.name}，另存为 .{target} 后再试"
    if program is None:
        raise UserError(f"读取 {path.suffix} 文件需要安装 LibreOffice", advice)
    with tempfile.TemporaryDirectory(prefix="taizhang-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        copy = room / f"source.{source}"
        shutil.copyfile(path, copy)
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
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            raise UserError(f"LibreOffice 打开 {path.name} 超时", advice) from None
        except (OSError, subprocess.SubprocessError):
            raise UserError(f"LibreOffice 打不开 {path.name}", advice) from None
        made = room / "made" / f"source.{target}"
        if not made.exists():
            # It ends well even when it could not read the file: damaged, or protected by a password.
            raise UserError(f"LibreOffice 打不开 {path.name}，可能已损坏或有密码", advice)
        yield made
