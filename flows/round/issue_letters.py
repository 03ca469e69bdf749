"""下发信件: a letter for every unit that gets a workbook, replaced while it waits and the workbook changes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from flows.post.letters import Letter, LetterKind
from flows.roster import Unit
from flows.round.outbox import Outbox
from flows.round.posted import Posted, State, thread


@dataclass(frozen=True, slots=True)
class Packet:
    """What a unit is to get."""

    unit: Unit
    occasion: str
    """What the letter is about, with the digest of its workbook: another workbook is another letter."""
    compose: Callable[[tuple[str, ...]], Letter]
    """Writes the letter; gets the Message-IDs of those before it, so that all stand in one thread."""


def queue_packets(box: Outbox, packets: Iterable[Packet], again: Collection[str], gone: str) -> dict[str, Posted]:
    """Unit → its letter, for every unit that has an address.

    ``again``: names or aliases of units that get one more letter. ``gone``: why letters that still wait are taken back
    from units that get nothing any more, or have lost their address.
    """
    known: dict[str, list[Posted]] = {}
    for posted in box.letters(LetterKind.ISSUE):
        known.setdefault(posted.unit, []).append(posted)
    repeat = {unit.name for name in again if (unit := box.desk.roster.get(name))}

    def written() -> Iterator[tuple[Letter, str]]:
        for packet in packets:
            unit = packet.unit
            if not unit.emails:
                continue
            earlier = known.get(unit.name, [])
            occasion = packet.occasion + (f" 补发 {len(earlier)}" if unit.name in repeat else "")
            for posted in earlier:
                if posted.state is State.QUEUED and posted.occasion != occasion:
                    box.cancel(posted)
            yield packet.compose(thread(each for each in earlier if each.occasion != occasion)), occasion

    found = {posted.unit: posted for posted in box.queue_all(LetterKind.ISSUE, written())}
    for name, earlier in known.items():
        if name not in found:
            for posted in earlier:
                box.cancel(posted, gone)
    return found
