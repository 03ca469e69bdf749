"""What a machine refuses (disk, rights, a busy or broken database) as one sentence for a clerk."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from flows.problems import UserError

FULL: Final = ("请腾出空间后再运行一次", "已做完的不会重做")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EACCES, errno.EPERM)
_BAD_NAME = (123, 206)
"""What Windows says of a name with a ? in it, and of one that is too long."""
_SHOWN = 20
"""So much is told of such a name."""


def told(error: BaseException) -> UserError | None:
    """The sentence for an error that is the machine's and not the program's; None for any other."""
    if isinstance(error, OSError):
        return _of_system(error)
    if type(error).__module__ in ("sqlalchemy.exc", "sqlite3"):
        return _of_database(error)
    return None


def cause(error: OSError) -> str:
    """Why a file could not be written, in two or three words; the system would tell it in English."""
    known = _of_system(error)
    return known.message if known else f"系统错误 {error.errno}"


def _of_system(error: OSError) -> UserError | None:
    name = Path(str(error.filename)).name if error.filename else ""
    name = "" if name.startswith(".") else name  # what only the program itself knows
    if error.errno in _FULL:
        return UserError("磁盘已满" + (f"，“{name}”没有写成" if name else ""), "，".join(FULL))
    if error.errno == errno.EROFS:
        return UserError("这个文件夹只能读、不能写", "请检查文件夹的权限，或换到可以写的地方")
    if error.errno in _CLOSED or isinstance(error, PermissionError):
        return UserError(f"“{name or '文件'}”正在被打开，或不允许写入", "请关闭后再运行一次")
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return UserError(f"找不到“{name or '文件'}”", "如果文件夹改了名或移走了，请改回来再运行一次，已做完的不会重做")
    if error.errno in (errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO):
        return UserError("磁盘或网络盘读写出错", "请检查磁盘、网络盘是否连着，再运行一次")
    if error.errno == errno.ENAMETOOLONG or getattr(error, "winerror", None) in _BAD_NAME:
        longest = max(Path(str(error.filename or "")).parts, key=len, default="")
        short = longest if len(longest) <= _SHOWN else f"{longest[:_SHOWN]}……"
        return UserError(f"文件或文件夹的名称“{short}”太长，或有不能用的字符", "请改名后再运行一次")
    if isinstance(error, IsADirectoryError):
        return UserError(f"“{name}”是文件夹，不是文件", "请改用文件，或把这个文件夹改名后再运行一次")
    return None


def _of_database(error: BaseException) -> UserError | None:
    words = str(getattr(error, "orig", error)).lower()
    if "full" in words or "no space" in words:
        return UserError("磁盘已满，数据库没有写成", "，".join(FULL))
    if "readonly" in words or "read-only" in words or "unable to open" in words:
        return UserError("没有写入数据库的权限", "请检查 ledgers 文件夹的权限")
    if "malformed" in words or "not a database" in words:
        return UserError("数据库文件坏了", "请不要删除任何文件，用最近的备份恢复（taizhang restore）")
    if "disk i/o" in words:
        return UserError("磁盘已满或读写出错，数据库没有写成", "请看看磁盘还有没有空间、网络盘是否连着，再运行一次")
    if "locked" in words or "busy" in words or type(error).__name__ == "IntegrityError":
        return UserError("数据库正被另一个台账程序使用", "请等它结束再运行，已做完的不会重做")
    if type(error).__name__ == "OperationalError":
        return UserError("数据库没有回应", "请过一会儿再运行一次，已做完的不会重做；还不行，用最近的备份恢复")
    return None
