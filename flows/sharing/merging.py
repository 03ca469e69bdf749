"""Three states of every file (here, there, last in common) and what is to be done about each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flows.sharing.manifest import Shared

_MANY = 20
"""So many files gone at once, and more than half of a room, were not deleted by a person one by one."""


@dataclass(slots=True)
class Moves:
    """What brings both sides together. Paths below the home."""

    take: list[str] = field(default_factory=list)
    """Laid here as it is there."""
    remove: list[str] = field(default_factory=list)
    """Deleted here as it was there."""
    both: list[str] = field(default_factory=list)
    """Changed on both sides: theirs takes the name, ours is kept beside."""
    give: list[str] = field(default_factory=list)
    """Laid there as it is here."""
    withdraw: list[str] = field(default_factory=list)
    """Deleted there as it was here."""
    returned: int = 0
    """Files that were gone here in such a number that they were taken back instead."""


def compare(
    here: Mapping[str, str],
    there: Mapping[str, Shared],
    common: Mapping[str, Shared],
    *,
    essential: str | None = None,
    untouched: Callable[[str, str], bool] = lambda _path, _sha256: False,
) -> Moves:
    """``here`` is path → sha256. ``essential``: without this file a room has been lost and not emptied.

    ``untouched`` tells whether bytes are those that every new home gets: nobody wrote them, anything else goes first.
    """
    moves = Moves()
    for path in sorted({*here, *there}):
        ours, theirs, last = here.get(path), there.get(path), common.get(path)
        if ours == (theirs.sha256 if theirs else None):
            continue
        if theirs is None:
            (moves.remove if last and ours == last.sha256 else moves.give).append(path)
        elif ours is None:
            (moves.withdraw if last and last.sha256 == theirs.sha256 else moves.take).append(path)
        elif last and ours == last.sha256:
            moves.take.append(path)
        elif last and theirs.sha256 == last.sha256:
            moves.give.append(path)
        elif theirs.was(ours) or untouched(path, ours):
            moves.take.append(path)
        elif untouched(path, theirs.sha256):
            moves.give.append(path)
        else:
            moves.both.append(path)
    if _is_a_loss(moves.withdraw, common, essential):
        moves.returned = len(moves.withdraw)
        moves.take = sorted([*moves.take, *moves.withdraw])
        moves.withdraw = []
    return moves


def _is_a_loss(gone: list[str], common: Mapping[str, Shared], essential: str | None) -> bool:
    """A folder that was deleted or not brought along here must not empty the others' too."""
    many = len(gone) > _MANY and len(gone) * 2 > len(common)
    return essential in gone or many or (len(gone) > 1 and len(gone) == len(common))
