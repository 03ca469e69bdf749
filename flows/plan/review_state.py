"""What a review workbook says when it is read back, beyond the plan itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from flows.plan.carried import Carried
from flows.plan.model import Doubt, Item, Plan


@dataclass(frozen=True, slots=True)
class Decided:
    """What the clerk decided once and for all: ``kind`` unit | column, the word as printed, and what it means."""

    kind: str
    word: str
    meaning: tuple[str, ...]
    origin: str
    """Which answer of which workbook this is: the same answer is taken in once."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A decision that is in force, as the sheet 已记住 shows it."""

    id: int
    kind: str
    word: str
    meaning: tuple[str, ...]
    plan: str
    day: date


@dataclass(frozen=True, slots=True)
class Renumbering:
    """How numbers moved when a source was read again. Written into the workbook first, then into the store."""

    id: str
    moves: Mapping[str, str]
    """Number before → number after, for every item whose number is another now."""
    similar: Mapping[str, str] = field(default_factory=dict)
    """Number after → number before, where the texts are only similar and the clerk is asked."""
    dispatch: int = 0
    """The last workbook that was issued with the old numbers (id in the store)."""
    arrival: int = 0
    """The last file that came in before the numbers moved (id in the store)."""

    def parted(self, new_items: frozenset[str]) -> Renumbering:
        """The same after the clerk said which similar items are new ones: these have no history."""
        moves = dict(self.moves)
        for no in sorted(new_items & set(self.similar)):
            away = retired(self.similar[no])
            moves[self.similar[no]] = f"{away}′" if away in moves.values() else away
        return replace(self, moves=moves, similar={no: old for no, old in self.similar.items() if no not in new_items})


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between the last reading and this one. ``no`` None: of the plan itself."""

    no: str | None
    old_no: str | None
    what: str
    """新增, 修改, 已取消, 改号, or what was kept."""
    field: str
    before: str
    now: str
    used: str


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A review workbook as the office left it."""

    plan: Plan
    """Its doubts are those still open."""
    reading: Plan | None = None
    """What the document itself said when the workbook was written; None when the workbook no longer tells."""
    roster_doubts: frozenset[Doubt] = frozenset()
    """Doubts that rested on the roster and are to be computed anew."""
    kept_doubts: tuple[Doubt, ...] = ()
    """Open doubts that do not come from the document: notes of the office, conflicts."""
    settled: tuple[Doubt, ...] = ()
    """Doubts that the office has answered, of this workbook and the ones before."""
    decided: tuple[Decided, ...] = ()
    emptied: tuple[Decided, ...] = ()
    """Words that the workbook asks about and that stand without an answer: one given before is taken back."""
    forgotten: tuple[int, ...] = ()
    """Ids of remembered decisions that the clerk takes back."""
    cancelled: tuple[Item, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    """Item number → what stands in 变动."""
    by_hand: Renumbering | None = None
    """Numbers that the office itself changed; without moves when there are none (any more)."""
    pending: tuple[Renumbering, ...] = ()
    """Renumberings that the store may not know yet, with the clerk's answers about similar items."""
    edited: bool = False
    """The office has changed something since the workbook was written."""
    carried: tuple[Carried, ...] = ()
    """Where the look-back items came from, also of rows that the office has deleted since."""
    changes: tuple[Change, ...] = ()
    """What the sheet 变动 tells."""

    @property
    def own_doubts(self) -> tuple[Doubt, ...]:
        """Open doubts but those of the roster."""
        return tuple(doubt for doubt in self.plan.doubts if doubt not in self.roster_doubts)


def retired(no: str) -> str:
    """The number of an item that has left the plan while its number went to another."""
    return no if no.startswith("原") else f"原{no}"


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What a workbook carries beside the plan when it is written; the defaults are those of a first reading."""

    reading: Plan | None = None
    """What the document says, when the plan is not just that."""
    roster_doubts: frozenset[Doubt] = frozenset()
    kept_doubts: frozenset[Doubt] = frozenset()
    settled: tuple[Doubt, ...] = ()
    cancelled: tuple[Item, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    pending: tuple[Renumbering, ...] = ()
    """The renumbering of this reading, and earlier ones that still hold open questions; oldest first."""
    changes: tuple[Change, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    carried: tuple[Carried, ...] = ()
    units: tuple[str, ...] = ()
    """Names and kinds that an answer about units may be picked from."""
