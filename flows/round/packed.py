"""What a round expects of each unit, packed until one of its files is checked.

A big round has 1,000 units of 60 rows; each of the workers that check it has all of them at hand and looks at a few.
This module is loaded by every worker: it imports no more than it needs.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Generic, TypeVar

from flows.ledger import layout
from flows.ledger.model import Report, Role
from flows.storage.alike import Alike

_LOCKED: Final = {layout.CATEGORY: "category", layout.TASK: "task", layout.DEADLINE: "deadline"}

Part = TypeVar("Part")


class ByUnit(Mapping[str, Part], Generic[Part]):
    """Unit → its part, unpacked when it is asked for; the last one is kept."""

    def __init__(self, packed: dict[str, bytes]) -> None:
        self._packed = packed
        self._last: tuple[str, Part] | None = None

    def __getitem__(self, unit: str) -> Part:
        if self._last is None or self._last[0] != unit:
            self._last = (unit, self._unpack(self._packed[unit]))
        return self._last[1]

    def __contains__(self, unit: object) -> bool:
        return unit in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def _unpack(self, packed: bytes) -> Part:
        raise NotImplementedError


class _Issued(ByUnit[Part]):
    """What the store keeps of each unit's workbook, pressed."""

    def __init__(self, pressed: dict[str, bytes], alike: Alike) -> None:
        super().__init__(pressed)
        self._alike = alike

    def _rows(self, pressed: bytes) -> dict[str, dict[str, str]]:
        return _read(self._alike.opened(pressed))


class IssuedRows(_Issued[Mapping[str, tuple[str, Role]]]):
    """任务编号 → (requirement, role), out of the JSON that the store keeps of a workbook."""

    def _unpack(self, packed: bytes) -> Mapping[str, tuple[str, Role]]:
        return {no: (row["requirement"], Role(row["role"])) for no, row in self._rows(packed).items()}


class LockedTexts(_Issued[Mapping[str, Mapping[str, str]]]):
    """任务编号 → header → text of the other locked columns, out of the same JSON."""

    def _unpack(self, packed: bytes) -> Mapping[str, Mapping[str, str]]:
        return {no: {header: row[name] for header, name in _LOCKED.items()} for no, row in self._rows(packed).items()}


@lru_cache(maxsize=2)
def _read(content: bytes) -> dict[str, dict[str, str]]:
    """Asked for twice a file, and never altered."""
    found: dict[str, dict[str, str]] = json.loads(content)
    return found


class SaidBefore(ByUnit[Mapping[str, Report]]):
    """任务编号 → what was reported last period."""

    @classmethod
    def of(cls, said: Mapping[str, Mapping[str, Report]]) -> SaidBefore:
        """Packed from reports."""
        return cls({unit: pickle.dumps(reports, pickle.HIGHEST_PROTOCOL) for unit, reports in said.items()})

    def _unpack(self, packed: bytes) -> Mapping[str, Report]:
        found: Mapping[str, Report] = pickle.loads(packed)  # packed by this very program, see ``of``
        return found
