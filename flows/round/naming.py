"""Which unit a text names, such as a file's name: the longest name or alias in it."""

from __future__ import annotations

from collections.abc import Iterable

from flows.roster import Unit


class Names:
    """All names and aliases of a roster. Looked up by length: each of 10,000 files is not held against 10,000 units."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_length: dict[int, dict[str, str]] = {}
        for unit in units:
            for name in filter(None, (unit.name, *unit.aliases)):
                same = self._by_length.setdefault(len(name), {})
                same[name] = max(unit.name, same.get(name, ""))
        self._lengths = sorted(self._by_length, reverse=True)

    def longest_in(self, text: str) -> str:
        """The unit whose name is the longest in ``text``, '' for none; of two as long, the last by its own name."""
        for length in self._lengths:
            names = self._by_length[length]
            pieces = (text[at : at + length] for at in range(len(text) - length + 1))
            if found := max((names[piece] for piece in pieces if piece in names), default=""):
                return found
        return ""
