"""Old and rare office formats (.doc .wps .rtf .odt .et): LibreOffice turns them into today's, when it is installed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows import soffice
from flows.problems import UserError
from flows.soffice import find_soffice

_SECONDS = 120


@contextmanager
def converted(path: Path, source: str, target: str) -> Iterator[Path]:
    """A temporary copy of ``path`` in the format ``target``; ``source`` is the ending LibreOffice knows the format by.

    UserError when LibreOffice is absent, fails, or does not end in time.
    """
    program = find_soffice()
    advice = f"请用 Word 或 WPS 打开 {path.name}，另存为 .{target} 后再试"
    if program is None:
        raise UserError(f"读取 {path.suffix} 文件需要安装 LibreOffice", advice)
    try:
        with soffice.converted(program, path, target, ending=source, seconds=_SECONDS) as made:
            if made is None:
                raise UserError(f"LibreOffice 打不开 {path.name}，可能已损坏或有密码", advice)
            yield made
    except subprocess.TimeoutExpired:
        raise UserError(f"LibreOffice 打开 {path.name} 超时", advice) from None
    except (OSError, subprocess.SubprocessError):
        raise UserError(f"LibreOffice 打不开 {path.name}", advice) from None
