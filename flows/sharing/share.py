"""The share itself: whose it is, the lists of its rooms by generation, and the objects with the files' bytes.

    台账共享.json                         whose share this is
    清单/计划/要点/00000017.json.gz       the list of a room; the highest number counts
    文件/ledgers/要点/…/总台账~3f2a….xlsx  one state of one file

Nothing is overwritten (some servers cannot, or not at once): whatever is cut off at any moment leaves the list before
as it was, with all that it names.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from flows.files import digest
from flows.periods import CHINA
from flows.problems import PassingError, UserError
from flows.sharing.manifest import BROKEN, NEWER, Manifest, Shared, object_name
from flows.sharing.place import asking, shown, system_at

T = TypeVar("T")

MARKER = "台账共享.json"
FORMAT = 1
AT_ONCE = 8
_FLAT = {"s3", "s3a", "gs", "gcs", "abfs", "az", "oss", "memory"}
"""Stores that know no folders: asked to make one, some make a bucket."""
GONE_HINT = (
    "请检查 [files] share 的地址；如果共享位置确实被清空或换过，在文件最全的那台电脑上运行 taizhang sync --anew 重建"
)


@dataclass
class Share:
    """A share in use by one command. Errors of the store are PassingErrors."""

    url: str
    office: str
    """Tells offices apart: derived from the key in their store, which every machine of an office has."""
    id: str = ""
    """Of this share, made with it; '' when there is none at the address yet."""
    anew: bool = False
    """It is about to be made anew: what cannot be read there does not matter."""
    _system: Any = field(init=False)
    _root: str = field(init=False)

    def __post_init__(self) -> None:
        self._system, path = system_at(self.url, in_pieces=False)
        self._root = path.rstrip("/")
        self.id = self._whose()

    def _whose(self) -> str:
        data = self._read(MARKER)
        if data is None:
            return ""
        try:
            found = json.loads(data)
            if found["format"] > FORMAT:
                raise NEWER
            share, office = str(found["share"]), str(found["office"])
        except (ValueError, TypeError, KeyError) as error:
            if self.anew:
                return ""
            raise BROKEN from error
        if office != self.office:
            raise UserError(f"{shown(self.url)} 是另一个办公室的共享位置", "请在 [files] share 里换一个地址")
        return share

    def found(self) -> None:
        """Make the share at its address, or declare what lies there a new one (the lists of before count no more)."""
        share = uuid.uuid4().hex
        moment = datetime.now(CHINA).isoformat(timespec="seconds")
        words = {"format": FORMAT, "share": share, "office": self.office, "at": moment}
        self._write(MARKER, json.dumps(words, ensure_ascii=False, indent=1).encode())
        self.id = share

    def generation(self, key: str) -> int:
        """The number of a room's latest list; 0 for none."""
        with self._asked():
            return max((number for number, _ in self._lists(key)), default=0)

    def manifest(self, key: str, generation: int) -> Manifest:
        """A room's list. PassingError when it was replaced meanwhile."""
        if not generation:
            return Manifest()
        data = self._read(_list_name(key, generation))
        if data is None:
            raise PassingError("另一台电脑正在同步文件", "请过一会儿再运行一次")
        return Manifest.from_bytes(data)

    def rooms(self) -> list[str]:
        """Plans that the share has."""
        with self._asked():
            return sorted(name.rsplit("/", 1)[-1] for name in self._names("清单/计划"))

    def publish(self, key: str, manifest: Manifest, outdated: Iterable[str]) -> None:
        """Write the next list, after the objects that it names; ``outdated`` objects of lists long past go first."""
        with self._asked():
            old = self._lists(key)
            if any(number >= manifest.generation for number, _ in old):
                raise PassingError("另一台电脑同时在同步这些文件", "请再运行一次，已做完的不会重做")
            self._all(self._remove, [f"文件/{name}" for name in outdated])
        self._write(_list_name(key, manifest.generation), manifest.to_bytes())
        with suppress(PassingError), self._asked():
            for number, name in old:
                if number < manifest.generation - 1:
                    self._system.rm_file(name)

    def lay(self, files: Mapping[str, Path]) -> dict[str, Shared]:
        """Write the states of files as objects; each is there whole when this returns.

        Gives what was written, by the very bytes that were read: somebody may save a file meanwhile. One that has gone
        meanwhile is not among them.
        """
        laid: dict[str, Shared] = {}

        def one(item: tuple[str, Path]) -> None:
            name, path = item
            try:
                modified = path.stat().st_mtime_ns
                data = path.read_bytes()
            except FileNotFoundError:
                return
            state = Shared(digest(data), len(data), modified)
            place = self._place(f"文件/{object_name(name, state.sha256)}")
            with self._asked():
                self._folder(place)
                self._system.pipe_file(place, data)
                if not self._is_flat() and self._system.info(place)["size"] != len(data):
                    raise PassingError(f"“{path.name}”没有传完整", "请再运行一次")
            laid[name] = state

        self._all(one, files.items())
        return laid

    def fetch(self, items: Iterable[tuple[str, Shared]], take: Callable[[str, Shared, bytes], None]) -> None:
        """Read objects and hand each, when its bytes are those of the list, to ``take``."""

        def one(item: tuple[str, Shared]) -> None:
            path, file = item
            data = self._read(f"文件/{object_name(path, file.sha256)}")
            if data is None or digest(data) != file.sha256:
                wrong = "缺少" if data is None else "坏了"
                raise UserError(f"共享位置上{wrong}“{path.rsplit('/', 1)[-1]}”，什么都没有做", BROKEN.hint)
            take(path, file, data)

        self._all(one, items)

    def _read(self, name: str) -> bytes | None:
        with self._asked():
            try:
                found: bytes = self._system.cat_file(self._place(name))
            except FileNotFoundError:
                return None
            return found

    def _write(self, name: str, data: bytes) -> None:
        """Under its own name it is whole or not there."""
        place = self._place(name)
        with self._asked():
            if self._is_flat():  # an object is whole or not there
                self._system.pipe_file(place, data)
                return
            draft = f"{place}.part"
            self._folder(place)
            self._system.pipe_file(draft, data)
            with suppress(FileNotFoundError):
                self._system.rm_file(place)
            self._system.mv(draft, place)

    def _remove(self, name: str) -> None:
        with suppress(FileNotFoundError):
            self._system.rm_file(self._place(name))

    def _lists(self, key: str) -> list[tuple[int, str]]:
        found = []
        for name in self._names(f"清单/{key}"):
            number, _, rest = name.rsplit("/", 1)[-1].partition(".")
            if number.isdecimal() and rest == "json.gz":
                found.append((int(number), name))
        return found

    def _names(self, folder: str) -> list[str]:
        try:
            return [str(name).rstrip("/") for name in self._system.ls(self._place(folder), detail=False)]
        except FileNotFoundError:
            return []

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _folder(self, place: str) -> None:
        if not self._is_flat():
            self._system.makedirs(place.rpartition("/")[0], exist_ok=True)

    def _is_flat(self) -> bool:
        kinds = self._system.protocol
        return bool(_FLAT & {kinds} if isinstance(kinds, str) else _FLAT & set(kinds))

    def _all(self, do: Callable[[T], None], items: Iterable[T]) -> None:
        todo = list(items)
        if len(todo) < 2:
            for item in todo:
                do(item)
            return
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = [pool.submit(do, item) for item in todo]
            try:
                for each in waiting:
                    each.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    @contextmanager
    def _asked(self) -> Iterator[None]:
        with asking(self.url):
            yield


def _list_name(key: str, generation: int) -> str:
    return f"清单/{key}/{generation:08d}.json.gz"
