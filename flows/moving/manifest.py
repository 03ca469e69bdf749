"""What a backup says about itself: every member with its size and sha256, and the version that wrote it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from flows.problems import UserError

NAME = "清单.json"
FORMAT = 1
DATABASE = "数据库/"
"""Folder of the database inside a backup: 台账.db, or one ``<table>.jsonl`` a table."""
SQLITE_MEMBER = DATABASE + "台账.db"
DAMAGED = "请用另一份备份；这一份可能没有拷完，或存储介质有坏块"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the backup. ``modified`` in seconds since 1970, None for what has no file in the home."""

    name: str
    size: int
    sha256: str
    modified: float | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole list. ``store``: sqlite | postgresql | '' for a home without a history; ``rows``: table → count."""

    program: str
    schema: int
    at: str
    store: str
    rows: Mapping[str, int]
    members: tuple[Member, ...]
    folders: tuple[str, ...] = field(default=())
    """Empty folders, which belong to a home too."""

    def to_bytes(self) -> bytes:
        """As it stands in the backup."""
        found = {"format": FORMAT, **asdict(self)}
        return json.dumps(found, ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """UserError when it was written by a newer program, or is none."""
        try:
            found: dict[str, Any] = json.loads(data)
            if found.pop("format") > FORMAT:
                raise UserError("备份由更新版本的台账做成", "请升级程序后再恢复")
            members = tuple(Member(**each) for each in found.pop("members"))
            folders = tuple(found.pop("folders"))
            return cls(members=members, folders=folders, **found)
        except (ValueError, TypeError, KeyError) as error:
            raise UserError("备份里的清单读不出来", DAMAGED) from error
