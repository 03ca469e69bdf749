"""What rounds came to, in numbers and in the sentences that a clerk would have read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Tally:
    """Of one chain."""

    name: str = ""
    rounds: int = 0
    drawn: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind, command) → how often a fault was let loose."""
    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Those that really broke something: it was killed, refused a file, cut a line, met another run at work."""
    ended: int = 0
    """Faults that ended a command: it was killed, or said that it could not go on."""
    sentences: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    """Letters whose fate the clerk had to look up."""
    met: Counter[str] = field(default_factory=Counter)
    """How the other run ended where two were at work."""
    backups: int = 0
    """Made while somebody worked, and found whole."""
    wrong: list[str] = field(default_factory=list)
    """What should not have been, with the round's seed."""
    seconds: float = 0.0

    def __str__(self) -> str:
        by_kind: Counter[str] = Counter()
        by_command: Counter[str] = Counter()
        for (kind, command), count in self.struck.items():
            by_kind[kind] += count
            by_command[command] += count
        return (
            f"{self.name}: {self.rounds} rounds, {self.drawn.total()} faults drawn, {self.struck.total()} struck "
            f"({_listed(by_kind)}; {_listed(by_command)}), {self.ended} of them ended a command; two at work: "
            f"{_listed(self.met)}; {self.backups} backups of work in progress whole; {self.asked} uncertain letters "
            f"asked about; {len(self.wrong)} wrong; {self.seconds:.0f} s"
        )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counts.most_common()) or "none"
