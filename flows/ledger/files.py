"""Writing a finished file: whole or not at all, with a sentence for the cases a clerk can cure."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

from flows.problems import UserError


def write_file(path: Path, data: bytes) -> None:
    """Replace ``path`` by ``data`` in one step; the folder is made when it is missing.

    UserError when the file is open in Excel (Windows refuses the replacement), the folder may not be written, or the
    disk is full. The old file then stands as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(data)
        draft.replace(path)
    except PermissionError:
        raise UserError(f"“{path.name}”正在被打开，或所在文件夹不允许写入", "请关闭后再试") from None
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise UserError(f"磁盘已满，“{path.name}”没有写成", "请腾出空间后再试") from None
        raise UserError(f"“{path.name}”没有写成（{error.strerror}）", "请检查文件夹是否可用") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
