"""Whether the settings of several computers agree: config.toml is each computer's own, and the figures follow from it.

Each section's digest stands in the common database, by the computer that changed it last; who then has another one is
told. What may differ from computer to computer (addresses, ports, mail accounts, schedules) is not looked at.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Engine

from flows.config import Config
from flows.files import digest, write_file
from flows.problems import UserError
from flows.tables import meta

_OWN = {"files", "store", "mail", "serve", "schedule"}
_KEY = "settings/"


def differing(engine: Engine, config: Config, remembered: Path) -> list[str]:
    """A sentence for each section that another computer has changed. ``remembered``: this one's sections of last time.

    A section that was changed here since counts from now on; the caller sees to it that nobody else does this now.
    """
    ours = {name: digest(section.model_dump_json().encode())[:16] for name, section in config if name not in _OWN}
    last = _read(remembered)
    told = []
    with engine.begin() as db:
        rows = db.execute(sa.select(meta.c.key, meta.c.value).where(meta.c.key.startswith(_KEY, autoescape=True)))
        common = {row.key.removeprefix(_KEY): json.loads(row.value) for row in rows}
        for name, mark in ours.items():
            theirs, machine = common.get(name, ("", ""))
            if mark == theirs:
                continue
            if theirs and last.get(name, mark) == mark:
                told.append(f"config.toml 的 [{name}] 与电脑 {machine} 上的不同，算出的结果会不一样，请改成一样")
                continue
            db.execute(sa.delete(meta).where(meta.c.key == _KEY + name))
            value = json.dumps([mark, socket.gethostname().partition(".")[0]], ensure_ascii=False)
            db.execute(meta.insert().values(key=_KEY + name, value=value))
    if ours != last:
        try:
            write_file(remembered, json.dumps(ours).encode())
        except UserError:  # told again next time
            remembered.unlink(missing_ok=True)
    return told


def _read(remembered: Path) -> dict[str, str]:
    try:
        return dict(json.loads(remembered.read_bytes()))
    except (OSError, ValueError, TypeError):
        return {}
