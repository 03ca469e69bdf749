"""LibreOffice as a converter: it is ended with all that it started when it takes too long."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flows.soffice import converted


@pytest.mark.skipif(sys.platform == "win32", reason="测试用的是 Unix 的脚本")
def test_a_conversion_that_takes_too_long_leaves_nothing_running(tmp_path: Path) -> None:
    """Like the real one, the program is a script that starts the one that works."""
    number = tmp_path / "number"
    program = tmp_path / "soffice"
    program.write_text(f'#!/bin/sh\nsleep 60 &\necho $! > "{number}"\nwait\n', encoding="utf-8")
    program.chmod(0o755)
    source = tmp_path / "a.docx"
    source.write_bytes(b"anything")
    with pytest.raises(subprocess.TimeoutExpired), converted(program, source, "pdf", ending="docx", seconds=1):
        pass
    worker = int(number.read_text(encoding="utf-8"))
    deadline = time.monotonic() + 5
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{process}/stat")
    return not state.exists() or state.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
