"""The share in the work of a command: in step before and after a plan is worked on, looked at when it is only read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache

from sqlalchemy import Engine

from flows.config import Config
from flows.files import digest
from flows.problems import PassingError, UserError
from flows.sharing.alike import differing
from flows.sharing.place import shown
from flows.sharing.rooms import Room, local_plans
from flows.sharing.share import GONE_HINT, Share
from flows.sharing.state import read_state, seen, touch
from flows.sharing.syncing import Synced, sync
from flows.storage.database import is_postgres
from flows.storage.locks import plan_lock
from flows.workspace import Home, defaults

Tell = Callable[[str], None]

_FRESH = 60.0
"""Seconds in which a command that only reads does not ask the share again."""
_PATIENCE = 60.0
"""Seconds that a command waits for another one that has the common files."""
_DOING = "同步文件"


class Session:
    """One command's use of the share that config.toml names. ``tell`` gets sentences for the clerk."""

    def __init__(self, home: Home, config: Config, engine: Engine, secret: bytes, tell: Tell) -> None:
        self.home = home
        self.config = config
        self.url = config.files.share
        self.engine = engine
        self.tell = tell
        self._office = digest(b"taizhang share" + secret)[:32]
        self._known: Share | None = None
        self._told: set[str] = set()
        if not is_postgres(engine):
            raise UserError(
                "[files] share 要与 PostgreSQL 一起用，几台电脑才有同一个数据库",
                "请先在 [store] url 写 PostgreSQL 地址，或把 share 留空",
            )

    def look(self, slug: str) -> None:
        """Bring what others have changed, where that costs little: for commands that read and change nothing.

        A share that does not answer is told, and what lies here is shown, unless the plan is not here at all.
        """
        room = Room(self.home, slug)
        missing = not self.home.plan(slug).review.is_file()
        if not missing and time.time() - seen(room) < _FRESH:
            return
        try:
            share = self._share()
            for each in (Room(self.home, None), room):
                if share and read_state(each).manifest.generation != share.generation(each.key):
                    self._take(each, share, missing)
        except UserError as error:
            if missing:
                raise
            self.tell(f"共享位置上的文件没有取来，看到的是这台电脑上原有的：{error.message}")
        touch(room)

    def _take(self, room: Room, share: Share, missing: bool) -> None:
        """Bring a room here only. Where somebody works on it on this computer, that will, and nobody waits."""
        with ExitStack() as held:
            try:
                held.enter_context(self._locked(room, server=False))
            except PassingError:
                if missing:
                    raise
                return
            self._sync(room, share, give=False)

    @contextmanager
    def held(self, slug: str) -> Iterator[None]:
        """In step before the work and after it, also when it fails. The caller holds the plan.

        UserError before anything is changed, when the share cannot be used; PassingError after the work, when what it
        made could not be laid there.
        """
        self._both(slug)
        try:
            yield
        except Exception:
            with suppress(UserError):  # what stopped the work is what the clerk has to hear
                self._both(slug)
            raise
        try:
            self._both(slug)
        except UserError as error:
            raise PassingError(
                f"这一步已在这台电脑上做完，但文件还没有传到共享位置：{error.message}", error.hint
            ) from error

    def all(self, *, anew: bool = False) -> tuple[dict[str, Synced], list[str]]:
        """Every room: those that are here and those that the share has. ``anew``: the share is made from what is here.

        Gives plan ('' for what is common) → what was done, and a sentence for each room left out: somebody works on it.
        """
        if anew:
            share = self._known = Share(self.url, self._office, anew=True)
            share.found()
        else:
            share = self._made()
        plans = local_plans(self.home) | (set() if anew else set(share.rooms()))
        done: dict[str, Synced] = {}
        busy: list[str] = []
        for room in (Room(self.home, None), *(Room(self.home, slug) for slug in sorted(plans))):
            with ExitStack() as held:
                try:
                    held.enter_context(self._locked(room))
                except PassingError as error:
                    busy.append(f"{error.message}，没有同步{room.name}")
                    continue
                done[room.slug or ""] = self._sync(room, share, anew=anew)
                if room.slug is None:
                    self._compare_settings()
        return done, busy

    def _both(self, slug: str) -> None:
        share = self._made()
        common = Room(self.home, None)
        with self._locked(common):
            self._sync(common, share)
            self._compare_settings()
        self._sync(Room(self.home, slug), share)

    def _share(self) -> Share | None:
        """The share at the address; None when there is none yet, UserError when there was one."""
        if self._known is None:
            found = Share(self.url, self._office)
            if found.id:
                self._known = found
            elif any(read_state(Room(self.home, slug)).share for slug in (None, *local_plans(self.home))):
                raise UserError(f"{shown(self.url)} 上没有台账的共享文件了，什么都没有改", GONE_HINT)
        return self._known

    def _made(self) -> Share:
        """The share at the address, made when there is none yet."""
        if self._share() is None:
            with self._locked(Room(self.home, None)):  # two computers may begin at once, and one share must come of it
                self._known = Share(self.url, self._office)
                if not self._known.id:
                    self._known.found()
        assert self._known is not None
        return self._known

    def _sync(self, room: Room, share: Share, *, give: bool = True, anew: bool = False) -> Synced:
        done = sync(room, share, untouched=_is_default, give=give, anew=anew)
        self._tell(done.notices)
        touch(room)
        return done

    def _compare_settings(self) -> None:
        """The caller holds what is common."""
        self._tell(differing(self.engine, self.config, self.home.root / ".taizhang" / "设置.json"))

    def _tell(self, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            if sentence not in self._told:
                self._told.add(sentence)
                self.tell(sentence)

    @contextmanager
    def _locked(self, room: Room, *, server: bool = True) -> Iterator[None]:
        """Hold a room: here, and among all computers unless only this one's files change.

        The common files are held for moments only, so that is waited for.
        """
        engine = self.engine if server else None
        if room.slug:
            with plan_lock(engine, self.home.plan(room.slug).root, room.slug, _DOING):
                yield
            return
        self.home.inbox.mkdir(parents=True, exist_ok=True)
        until = time.monotonic() + (_PATIENCE if server else 0)
        with ExitStack() as held:
            while True:
                try:
                    held.enter_context(plan_lock(engine, self.home.inbox, self.home.inbox.name, _DOING))
                    break
                except PassingError:
                    if time.monotonic() > until:
                        raise PassingError("另一处正在同步名录、模板和收件箱", "请过一会儿再运行一次") from None
                    time.sleep(0.2)
            yield


@cache
def _default(path: str) -> str:
    file = defaults().joinpath(*path.split("/"))
    return digest(file.read_bytes()) if file.is_file() else ""


def _is_default(path: str, sha256: str) -> bool:
    """Whether a file is as every new home gets it."""
    return sha256 == _default(path)
