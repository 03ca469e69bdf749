"""The .docx file itself: written in one step, and byte for byte the same for the same content."""

from __future__ import annotations

import os
import re
import tempfile
from datetime import date
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from flows.problems import UserError

_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIRST = ("[Content_Types].xml", "_rels/.rels")


def settled(package: bytes, stamp: date) -> bytes:
    """The same package with fixed member order and times, and with ``stamp`` as its created and modified day."""
    with ZipFile(BytesIO(package)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts = {name: _stamped(data, stamp) if name == "docProps/core.xml" else data for name, data in parts.items()}
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    """A package of these parts, in a fixed order."""
    order = [name for name in _FIRST if name in parts] + sorted(name for name in parts if name not in _FIRST)
    buffer = BytesIO()
    with ZipFile(buffer, "w") as target:
        for name in order:
            member = ZipInfo(name, _EPOCH)
            member.compress_type = ZIP_DEFLATED
            member.create_system = 3  # else the operating system leaves its mark
            target.writestr(member, parts[name])
    return buffer.getvalue()


def _stamped(core: bytes, stamp: date) -> bytes:
    day = f"{stamp.isoformat()}T00:00:00Z"
    return re.sub(
        rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)",
        lambda found: found[1] + day.encode("ascii") + found[3],
        core,
    )


def write_atomically(out: Path, data: bytes) -> None:
    """Write beside the target, then swap: readers see the old file or the new one. UserError when it is locked."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="~", suffix=".tmp", dir=out.parent)
    except OSError:
        raise UserError(f"不能在 {out.parent} 中写文件", "请检查文件夹权限和磁盘空间") from None
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.chmod(0o644)
        draft.replace(out)
    except PermissionError:
        draft.unlink(missing_ok=True)
        raise UserError(f"{out.name} 正在被其他程序打开", "请在 Word 或 WPS 中关闭它后再运行") from None
    except OSError:
        draft.unlink(missing_ok=True)
        raise UserError(f"{out.name} 写不进去", "请检查磁盘空间和文件夹权限") from None
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
