"""One room brought in step with the share: what is newer there comes here, what changed here goes there.

The caller holds the room's lock, so that nobody else writes it here or there. Killed at any moment, the next run finds
files that are alike on both sides, or changed on one, and goes on.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from flows.files import dated, digest, safe_name, write_file
from flows.problems import PassingError, UserError
from flows.sharing.manifest import Manifest, Shared, object_name
from flows.sharing.merging import Moves, compare
from flows.sharing.place import shown
from flows.sharing.rooms import Room
from flows.sharing.share import GONE_HINT, Share
from flows.sharing.state import Stamp, State, read_state, write_state

Untouched = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Synced:
    """What was done. Numbers of files."""

    taken: int = 0
    removed: int = 0
    given: int = 0
    withdrawn: int = 0
    notices: tuple[str, ...] = ()
    """What the clerk has to hear."""


@dataclass(slots=True)
class _Here:
    """The room's files on this computer."""

    files: dict[str, Path]
    stamps: dict[str, Stamp]
    odd: list[str]

    @property
    def digests(self) -> dict[str, str]:
        return {name: stamp.sha256 for name, stamp in self.stamps.items()}


def sync(room: Room, share: Share, *, untouched: Untouched, give: bool = True, anew: bool = False) -> Synced:
    """Bring a room in step; without ``give`` nothing on the share is changed.

    UserError, with nothing changed, when the share has lost what this computer has seen there. ``anew``: what lies here
    is laid there whole, whatever is or is not there.
    """
    kept_last = read_state(room)
    known = kept_last.manifest if kept_last.share == share.id and not anew else Manifest()
    latest = share.generation(room.key)
    if latest < known.generation:
        raise UserError(f"{shown(share.url)} 上{room.name}的清单不见了或变旧了，什么都没有改", GONE_HINT)
    if anew or latest == known.generation:
        there = replace(known, generation=latest)
    else:
        there = share.manifest(room.key, latest)
    here = _scan(room, kept_last.stamps)
    essential = room.essential.relative_to(room.home.root).as_posix() if room.essential else None
    moves = compare(here.digests, there.files, known.files, essential=essential, untouched=untouched)
    notices = _take(room, share, there, moves, here)
    pending = {*moves.give, *moves.withdraw}
    if give and pending:
        known = there = _give(share, room.key, there, kept_last.manifest.files, moves, here)
    elif pending:  # compared again next time, with what was in common before; by its number the list is read again then
        mixed = {name: file for name, file in there.files.items() if name not in pending}
        mixed |= {name: file for name, file in known.files.items() if name in pending}
        known = replace(known, files=mixed)
    else:
        known = there
    state = State(share.id, known, here.stamps)
    if state != kept_last and (known.generation or here.stamps):
        write_state(room, state)
    notices += [f"“{name.rsplit('/', 1)[-1]}”的文件名在 Windows 上不能用，没有共享，请改名" for name in here.odd]
    given, withdrawn = (len(moves.give), len(moves.withdraw)) if give else (0, 0)
    return Synced(len(moves.take) + len(moves.both), len(moves.remove), given, withdrawn, tuple(notices))


def _scan(room: Room, stamps: Mapping[str, Stamp]) -> _Here:
    files, odd = room.paths()
    found: dict[str, Stamp] = {}
    for name, path in list(files.items()):
        try:
            last = stamps.get(name)
            found[name] = last if last and last.fits(path) else _stamp(path, digest(path.read_bytes()))
        except FileNotFoundError:  # a draft of another program, gone again
            del files[name]
        except PermissionError as error:
            raise UserError(f"“{path.name}”正在被打开，读不出来", "请关闭后再运行") from error
    return _Here(files, found, odd)


def _stamp(path: Path, sha256: str) -> Stamp:
    lying = path.stat()
    return Stamp(lying.st_size, lying.st_mtime_ns, sha256)


def _take(room: Room, share: Share, there: Manifest, moves: Moves, here: _Here) -> list[str]:
    """Lay here what is there; gives what the clerk has to hear. Copies kept of ours are added to what is given."""
    notices: list[str] = []

    def lay(name: str, file: Shared, data: bytes) -> None:
        target = room.home.root.joinpath(*name.split("/"))
        if name in moves.both:
            copy = _set_aside(target)
            other = copy.relative_to(room.home.root).as_posix()
            here.files[other], here.stamps[other] = copy, _stamp(copy, here.stamps[name].sha256)
            moves.give.append(other)
            notices.append(
                f"“{target.name}”在这台电脑和别处都改过：用了别处的，这台电脑的另存为“{copy.name}”，请核对后取舍"
            )
        else:
            _require_as_seen(target, here.stamps.get(name))
        write_file(target, data)
        os.utime(target, ns=(file.modified, file.modified))
        here.files[name], here.stamps[name] = target, _stamp(target, file.sha256)

    share.fetch([(name, there.files[name]) for name in (*moves.take, *moves.both)], lay)
    for name in moves.remove:
        target = here.files.pop(name)
        _require_as_seen(target, here.stamps.pop(name))
        try:
            target.unlink(missing_ok=True)
        except PermissionError:
            raise UserError(f"“{target.name}”正在被打开，别处已经删除它", "请关闭后再运行") from None
    if moves.returned:
        notices.append(f"{room.name}在这台电脑上少了 {moves.returned} 个文件，已从共享位置取回")
    return notices


def _set_aside(target: Path) -> Path:
    machine = safe_name(socket.gethostname().partition(".")[0], 20)
    copy = dated(target.with_name(f"{target.stem}_{machine}{target.suffix}"))
    try:
        return target.replace(copy)
    except PermissionError:
        raise UserError(f"“{target.name}”正在被打开", "请关闭后再运行") from None


def _require_as_seen(target: Path, stamp: Stamp | None) -> None:
    """Nothing that somebody saves in this very moment is written over."""
    if target.exists() if stamp is None else (target.exists() and not stamp.fits(target)):
        raise PassingError(f"“{target.name}”刚刚被改动", "请保存并关闭，再运行一次")


def _give(share: Share, key: str, there: Manifest, before: Mapping[str, Shared], moves: Moves, here: _Here) -> Manifest:
    """Objects first, then the list that makes them count."""
    files = dict(there.files)
    for name in moves.withdraw:
        del files[name]
    for name, laid in share.lay({name: here.files[name] for name in moves.give}).items():
        last = there.files.get(name) or before.get(name)
        files[name] = replace(laid, former=last.former) if last and last.sha256 == laid.sha256 else laid.following(last)
        here.stamps[name] = Stamp(laid.size, laid.modified, laid.sha256)
    needed = {object_name(name, file.sha256) for name, file in files.items()}
    dropped = {object_name(name, file.sha256) for name, file in there.files.items()} - needed
    following = Manifest(there.generation + 1, files, tuple(sorted(dropped)))
    share.publish(key, following, outdated=sorted(set(there.dropped) - needed))
    return following
