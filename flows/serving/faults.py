"""A fault of the program or of the machine, as the page tells it: one sentence, and the traceback in a file."""

from __future__ import annotations

import traceback
from datetime import datetime
from pathlib import Path

from flows.periods import CHINA
from flows.troubles import told


def fault_sentence(home: Path, error: Exception) -> str:
    """What a clerk reads and can do about it; the traceback goes below the home."""
    if isinstance(error, PermissionError):
        return f"{Path(error.filename or '文件').name} 正在被打开或不许写入。请关闭后再启动一次。"
    if trouble := told(error):  # a full disk, a database that does not answer
        return trouble.sentence
    stamp = datetime.now(CHINA)
    log = home / ".taizhang" / "出错记录" / f"{stamp:%Y%m%d-%H%M%S}.txt"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return f"程序出了意外（{type(error).__name__}），磁盘也写不进去。请检查磁盘后再启动一次。"
    cure = "数据没有丢失，可以再启动一次；还不行，请把它交给维护人员"
    return f"程序出了意外（{type(error).__name__}），经过已记在 {log}。{cure}。"
