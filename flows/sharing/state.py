"""What this computer last had in common with the share, room by room: by it one sees who has changed a file.

Lost, it costs nothing but comparing anew: files that are alike are alike, and an older state is known as one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.files import write_file
from flows.problems import UserError
from flows.sharing.manifest import Manifest, Shared
from flows.sharing.rooms import Room

FOLDER = (".taizhang", "共享")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A file as it lay here when its bytes were last read: what has not changed need not be read again."""

    size: int
    modified: int
    sha256: str

    def fits(self, path: Path) -> bool:
        """Whether the file seems untouched since."""
        found = path.stat()
        return (found.st_size, found.st_mtime_ns) == (self.size, self.modified)


@dataclass(frozen=True, slots=True)
class State:
    """Of one room. ``share`` names the share: with another one nothing is in common yet."""

    share: str = ""
    manifest: Manifest = field(default_factory=Manifest)
    stamps: Mapping[str, Stamp] = field(default_factory=dict)


def read_state(room: Room) -> State:
    """What was kept last; an empty one when there is none or it cannot be read."""
    try:
        found = json.loads(_file(room).read_bytes())
        files = {
            name: Shared(sha256, size, modified, tuple(former))
            for name, (sha256, size, modified, *former) in found["files"].items()
        }
        stamps = {name: Stamp(*each) for name, each in found["stamps"].items()}
        return State(found["share"], Manifest(found["generation"], files, tuple(found["dropped"])), stamps)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return State()


def write_state(room: Room, state: State) -> None:
    """Keep it, whole or not at all. Where that fails (disk full) the files are compared anew next time."""
    known = state.manifest
    found = {
        "share": state.share,
        "generation": known.generation,
        "dropped": known.dropped,
        "files": {name: [f.sha256, f.size, f.modified, *f.former] for name, f in known.files.items()},
        "stamps": {name: [s.size, s.modified, s.sha256] for name, s in state.stamps.items()},
    }
    try:
        write_file(_file(room), json.dumps(found, ensure_ascii=False).encode())
    except UserError:
        _file(room).unlink(missing_ok=True)


def _file(room: Room) -> Path:
    # No plan may be called 收件箱.
    return room.home.root.joinpath(*FOLDER, f"{room.slug or '收件箱'}.json")


def seen(room: Room) -> float:
    """When this room was last brought in step or looked at, in seconds since 1970; 0 for never."""
    try:
        return _file(room).stat().st_mtime
    except OSError:
        return 0.0


def touch(room: Room) -> None:
    """It was looked at now."""
    with suppress(OSError):
        os.utime(_file(room))
