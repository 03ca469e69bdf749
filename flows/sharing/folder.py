"""A folder of returned files that lies in an object store: fetched, and read like any other folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from flows.files import safe_name
from flows.problems import UserError
from flows.sharing.place import asking, at, is_remote, shown
from flows.sharing.share import AT_ONCE


@contextmanager
def at_hand(folder: str | None) -> Iterator[str | None]:
    """A folder as a path: itself, or for an address a copy of it for as long as it is needed.

    Files keep their names and the time at which they were laid there: a sheet in a folder has no other.
    """
    with _fetched(folder) if folder and is_remote(folder) else nullcontext(folder) as near:
        yield near


@contextmanager
def _fetched(url: str) -> Iterator[str]:
    with TemporaryDirectory(prefix="taizhang-") as made:
        near = Path(made) / "收"
        near.mkdir()
        _fetch(url, near)
        yield os.fspath(near)


def _fetch(url: str, near: Path) -> None:
    with at(url) as (system, root):
        if not system.isdir(root):
            raise UserError(f"找不到 {shown(url)}", "请检查地址，它应是放着回收台账的文件夹")
        found = {name: facts for name, facts in system.find(root, detail=True).items() if not name.endswith("/")}

    def one(entry: tuple[str, dict[str, Any]]) -> None:
        name, facts = entry
        inner = PurePosixPath(name.removeprefix(root.rstrip("/")).lstrip("/"))
        target = near.joinpath(*(safe_name(part) for part in inner.parts))
        target.parent.mkdir(parents=True, exist_ok=True)
        with asking(url):
            system.get_file(name, os.fspath(target))
        if moment := _moment(facts):
            os.utime(target, (moment, moment))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, found.items()))


def _moment(facts: dict[str, Any]) -> float | None:
    """When a file was laid there, by whatever its store calls it."""
    for key in ("LastModified", "last_modified", "mtime", "modified", "updated"):
        found = facts.get(key)
        if isinstance(found, datetime):
            return found.timestamp()
        if isinstance(found, int | float):
            return float(found)
    return None
