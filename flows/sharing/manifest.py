"""What a share says of one room of the home: every file with its bytes' identity, and where these bytes lie.

A room is a plan's folder, or what all plans have in common. An object of the share is never written twice: its name
carries the identity of its bytes, and only a list that is written after all of them makes them count.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from flows.problems import UserError

FORMAT = 1
_MARK = 12
"""Hex digits of a sha256 that tell the states of one file apart."""
_FORMER = 30
NEWER = UserError("共享位置上的清单由更新版本的台账写成", "请把这台电脑上的程序升级到同一版本")
BROKEN = UserError(
    "共享位置上的清单读不出来，什么都没有改",
    "请在文件最全的那台电脑上运行 taizhang sync --anew，用那里的文件重建共享位置",
)


@dataclass(frozen=True, slots=True)
class Shared:
    """One file: its bytes, when they were written (ns since 1970), and the marks of what it held before."""

    sha256: str
    size: int
    modified: int
    former: tuple[str, ...] = ()

    def was(self, sha256: str) -> bool:
        """Whether these bytes are an earlier state of the file."""
        return sha256[:_MARK] in self.former

    def following(self, before: Shared | None) -> Shared:
        """This state as the one after ``before``."""
        if before is None:
            return self
        marks = (before.sha256[:_MARK], *before.former)
        return replace(self, former=tuple(dict.fromkeys(m for m in marks if m != self.sha256[:_MARK]))[:_FORMER])


@dataclass(frozen=True, slots=True)
class Manifest:
    """The list of one generation; the next one has the next number."""

    generation: int = 0
    files: Mapping[str, Shared] = field(default_factory=dict)
    """Path below the home, with slashes → file."""
    dropped: tuple[str, ...] = ()
    """Objects that this generation needs no more. They go when the next one is written, so that who is just reading by
    the list before finds them."""

    def to_bytes(self) -> bytes:
        """As it lies on the share."""
        files = {name: [f.sha256, f.size, f.modified, *f.former] for name, f in self.files.items()}
        found = {"format": FORMAT, "generation": self.generation, "files": files, "dropped": self.dropped}
        return gzip.compress(json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode(), 5, mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes) -> Manifest:
        """UserError when it was written by a newer program, is damaged, or names files outside of a home."""
        try:
            found: dict[str, Any] = json.loads(gzip.decompress(data))
            if found["format"] > FORMAT:
                raise NEWER
            files = {
                name: Shared(sha256, size, modified, tuple(former))
                for name, (sha256, size, modified, *former) in found["files"].items()
            }
            made = cls(found["generation"], files, tuple(found["dropped"]))
        except (OSError, EOFError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BROKEN from error
        if not all(map(_is_inside, files)):
            raise BROKEN
        return made


def object_name(path: str, sha256: str) -> str:
    """Where a state of a file lies: a name that a person finds in the bucket and can open."""
    place = PurePosixPath(path)
    return str(place.with_name(f"{place.stem}~{sha256[:_MARK]}{place.suffix}"))


def _is_inside(path: str) -> bool:
    """Nothing is ever written outside the home, whoever wrote the list."""
    parts = PurePosixPath(path).parts
    plain = "\\" not in path and ":" not in path and ".." not in parts
    return plain and len(parts) > 1 and parts[0] in ("ledgers", "templates") and not parts[-1].startswith(".")
