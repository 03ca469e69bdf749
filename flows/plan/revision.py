"""A source read again: the new reading, the office's table and the last reading become one plan."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flows.plan.model import Deadline, Doubt, Item, Plan, PlanInfo
from flows.plan.review_layout import ADDED, CANCELLED, CHANGED, NEW_ITEM, SAME_ITEM
from flows.plan.review_state import Change, Renumbering, Reviewed, retired
from flows.plan.revision_matching import Pair, match_items
from flows.plan.textual import cut
from flows.plan.units import join_names

RENUMBERED = "改号"
RESTORED = "恢复"
KEPT = "沿用办公室的"
_FIELDS = ("category", "task", "requirement", "lead", "responsible", "deadline")
_INFO = ("title", "doc_number", "issuer", "year", "issued")


@dataclass(slots=True)
class Revision:
    """The merged plan and what stands beside it in the workbook."""

    plan: Plan
    """With the doubts that are open, but those of the roster."""
    kept_doubts: frozenset[Doubt] = frozenset()
    settled: tuple[Doubt, ...] = ()
    cancelled: tuple[Item, ...] = ()
    marks: dict[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    renumbering: Renumbering | None = None
    pending: tuple[Renumbering, ...] = ()
    """Earlier renumberings about which the clerk is still asked."""


def revise(reviewed: Reviewed, new: Plan, base: Plan | None = None) -> Revision:
    """Merge a new reading into the office's table.

    ``base`` is the last reading; by default what the workbook keeps of it. A field that only one side changed is taken
    from that side; where both did, the office's text stands and a doubt offers the other. Items are known by their
    words, not by their numbers; the plan's numbers are the new ones.
    """
    return _Merge(reviewed, new, base or reviewed.reading or reviewed.plan).result()


def replaced(reviewed: Reviewed, new: Plan) -> Revision:
    """The new reading whole, without the office's edits; the numbers of its items still lead to their history."""
    before = [item for item in reviewed.plan.items if not item.is_carried]
    pairs = match_items(before, new.items)
    moves, similar = _moves(pairs, {item.no for item in before}, {item.no for item in new.items})
    asked = [_identity(no, old, reviewed.plan) for no, old in similar.items()]
    # What was left over from an earlier plan is in no document: it stays, with what is still asked about it.
    left_over: list[Item] = []
    for item in (each for each in reviewed.plan.items if each.is_carried):
        no = item.no
        while any(other.no == no for other in (*new.items, *left_over)):
            no = f"{no}′" if no.startswith("原") else retired(no)
        if no != item.no:
            moves[item.no] = no
        left_over.append(replace(item, no=no))
    here = {item.no for item in left_over}
    kept = [replace(d, no=moves.get(d.no, d.no)) for d in reviewed.kept_doubts if d.no]
    asked += [doubt for doubt in kept if doubt.no in here]
    plan = replace(new, items=(*new.items, *left_over), doubts=(*new.doubts, *asked))
    return Revision(plan, frozenset(asked), renumbering=_renumbering(moves, similar))


def _renumbering(moves: Mapping[str, str], similar: Mapping[str, str]) -> Renumbering | None:
    return Renumbering(secrets.token_hex(8), dict(moves), dict(similar)) if moves or similar else None


def _moves(pairs: list[Pair], old: set[str], new: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Numbers that moved, and those of pairs that are only alike. A number that went to another item is retired."""
    moves = {pair.old: pair.new for pair in pairs if pair.old != pair.new}
    paired = {pair.old for pair in pairs}
    moves |= {no: retired(no) for no in old if no not in paired and no in new}
    return moves, {pair.new: pair.old for pair in pairs if not pair.sure}


class _Merge:
    def __init__(self, reviewed: Reviewed, new: Plan, base: Plan) -> None:
        self.reviewed = reviewed
        self.new = new
        self.before_plan = base
        self.base = {item.no: item for item in base.items}
        self.base_info = base.info
        self.office = {item.no: item for item in reviewed.plan.items}
        self.pairs = match_items(base.items, new.items)
        paired = {pair.new for pair in self.pairs}
        unknown = [item for item in new.items if item.no not in paired]
        self.added = {no: item for no, item in self.office.items() if no not in self.base}
        away = {item.no: item for item in reviewed.cancelled if item.no not in self.base}
        # A look-back item is never the same as one of the document, whatever its words are.
        alone = [item for item in (*self.added.values(), *away.values()) if not item.is_carried]
        own = [pair for pair in match_items(alone, unknown) if pair.sure]
        self.back = {pair.old for pair in own if pair.old in away}
        """Cancelled items that the document has again."""
        self.office |= {no: away[no] for no in self.back}
        self.before = {pair.new: pair.old for pair in (*self.pairs, *own)}
        self.unsure = {pair.new: pair.old for pair in self.pairs if not pair.sure}
        self.changes: list[Change] = []
        self.conflicts: list[Doubt] = []
        self.marks: dict[str, str] = {}
        self.items: list[Item] = []
        self.cancelled: list[Item] = []
        self.moves: dict[str, str] = {}
        self.touched: set[tuple[str, str]] = set()
        """(new number, field) where the office's text stands: the reader's doubts about its own are void."""

    def result(self) -> Revision:
        info = self._info()
        for item in self.new.items:
            self._take(item)
        self._gone()
        self._own_rows()
        self._earlier_cancelled()
        self.moves |= {old: new for new, old in self.before.items() if old != new}
        similar = {new: old for new, old in self.unsure.items() if old in self.office}
        kept = self._kept_doubts()
        settled = tuple(self._renamed(doubt) for doubt in self.reviewed.settled)
        plan = Plan(self.new.source, info, tuple(self.items), self._doubts(kept, settled))
        if not self.changes:
            self.marks = {self.moves.get(no, no): mark for no, mark in self.reviewed.marks.items()}
        return Revision(
            plan,
            frozenset(kept),
            settled,
            tuple(self.cancelled),
            self.marks,
            tuple(self.changes),
            _renumbering(self.moves, similar),
            tuple(self._pending(kept)),
        )

    def _take(self, item: Item) -> None:
        """One item of the new reading."""
        no, old_no = item.no, self.before.get(item.no)
        if old_no is None:
            self.items.append(item)
            self._change(no, None, ADDED, "", "", item.requirement, item.requirement)
            self.marks[no] = ADDED
            return
        base, office = self.base.get(old_no), self.office.get(old_no)
        if office is None:
            self._deleted(item, old_no)
            return
        if old_no in self.back:
            self._change(no, old_no, RESTORED, "", "", item.requirement, item.requirement)
            self.marks[no] = ADDED
        elif no != old_no:
            self._change(no, old_no, RENUMBERED, "no", old_no, no, no)
        merged = item
        for name in _FIELDS:
            # A row of the office's own: what it wrote stands, what it left empty is filled in.
            own = item if old_no in self.added and getattr(office, name) not in (None, (), Deadline()) else office
            merged = self._field(merged, name, base or own, office, item)
        # Targets and rhythm go with the texts they were read from.
        if merged.requirement != item.requirement:
            merged = replace(merged, targets=office.targets)
        if merged.deadline != item.deadline:
            merged = replace(merged, rhythm=office.rhythm)
        self.items.append(merged)

    def _field(self, merged: Item, name: str, base: Item, office: Item, new: Item) -> Item:
        was, theirs, now = (getattr(item, name) for item in (base, office, new))
        if now != was and theirs == was:
            self._change(new.no, office.no, CHANGED, name, _shown(was), _shown(now), _shown(now))
            self.marks[new.no] = CHANGED
        elif theirs != was:
            self.touched.add((new.no, "due" if name == "deadline" else name))
            if now not in (was, theirs):
                self._change(new.no, office.no, KEPT, name, _shown(was), _shown(now), _shown(theirs))
                self.marks[new.no] = CHANGED
                self.conflicts.append(_conflict(new.no, name, was, theirs, now))
            return replace(merged, **{name: theirs})
        return merged

    def _deleted(self, item: Item, old_no: str) -> None:
        """The office has deleted the row; it stays so unless the document now says something else."""
        base = self.base.get(old_no)
        same = base is None or all(getattr(base, name) == getattr(item, name) for name in _FIELDS)
        if base is None or same or any(each.no == old_no for each in self.reviewed.cancelled):
            return
        self.items.append(item)
        self._change(item.no, old_no, CHANGED, "", base.requirement, item.requirement, item.requirement)
        self.marks[item.no] = CHANGED
        message = "办公室删去过这一条，新文件里内容有变，现重新列入；仍不要请选“不是任务，删去”"
        self.conflicts.append(Doubt(item.no, "requirement", cut(item.requirement, 60), message))

    def _gone(self) -> None:
        """Items that the new document no longer has."""
        found = set(self.before.values())
        for no, base in self.base.items():
            office = self.office.get(no)
            if no in found:
                continue
            if office is None:
                if not any(each.no == no for each in self.reviewed.cancelled):
                    self.moves[no] = self._free(retired(no))  # its number may go to another item one day
                continue
            new_no = self._free(no)
            self.cancelled.append(replace(office, no=new_no))
            self.marks[new_no] = CANCELLED
            self._change(new_no, no, CANCELLED, "", base.requirement, "", "")
            if new_no != no:
                self.moves[no] = new_no
            if office != base:
                message = "办公室改过这一条，新文件里没有了，现标为已取消；仍要的，在“任务分解表”里清空它的“变动”格"
                self.conflicts.append(Doubt(None, "items", cut(f"{new_no} {office.requirement}", 60), message))

    def _own_rows(self) -> None:
        """Rows that the office added and the document does not have stay behind the item they stood behind.

        Look-back items stay at the end.
        """
        matched = set(self.before.values())
        order = list(self.office)
        for no, item in self.added.items():
            if no in matched:
                continue
            new_no = self._free(no)
            if new_no != no:
                self.moves[no] = new_no
                self._change(new_no, no, RENUMBERED, "no", no, new_no, new_no)
            if item.is_carried:  # their part stands last
                self.items.append(replace(item, no=new_no))
                continue
            before = order[order.index(no) - 1] if order.index(no) else None
            place = {old: new for new, old in self.before.items()}.get(
                before or "", self.moves.get(before or "", before)
            )
            at = next((at for at, each in enumerate(self.items) if each.no == place), None)
            at = len(self.items) if at is None and before else (-1 if at is None else at)
            self.items.insert(at + 1, replace(item, no=new_no))

    def _earlier_cancelled(self) -> None:
        """Cancelled rows stay, out of the ledgers; one whose number is taken now gets another."""
        for item in self.reviewed.cancelled:
            if item.no in self.back:
                continue
            no = self.moves.get(item.no) or self._free(item.no)
            if any(each.no == no for each in self.items):
                no = self._free(item.no)
            if no != item.no:
                self.moves[item.no] = no
            self.cancelled.append(replace(item, no=no))
            self.marks[no] = CANCELLED

    def _free(self, no: str) -> str:
        taken = {item.no for item in (*self.new.items, *self.items, *self.cancelled)}
        while no in taken:
            no = retired(no) if not no.startswith("原") else f"{no}′"
        return no

    def _change(self, no: str, old: str | None, what: str, name: str, before: str, now: str, used: str) -> None:
        self.changes.append(Change(no, _printed(old) if old and old != no else None, what, name, before, now, used))

    def _info(self) -> PlanInfo:
        """The plan itself, field by field."""
        values: dict[str, Any] = {}
        office, new = self.reviewed.plan.info, self.new.info
        for name in _INFO:
            was, theirs, now = (getattr(info, name) for info in (self.base_info, office, new))
            values[name] = now if theirs == was else theirs
            if now != was and theirs == was:
                self.changes.append(Change(None, None, CHANGED, name, _shown(was), _shown(now), _shown(now)))
            elif now not in (was, theirs):
                self.changes.append(Change(None, None, KEPT, name, _shown(was), _shown(now), _shown(theirs)))
                self.conflicts.append(_conflict(None, name, was, theirs, now))
        return PlanInfo(**values)

    def _renamed(self, doubt: Doubt) -> Doubt:
        """A doubt of the office's table under the number of today."""
        return replace(doubt, no=self._now(doubt.no)) if doubt.no else doubt

    def _now(self, no: str) -> str:
        return self.moves.get(no, no)

    def _kept_doubts(self) -> list[Doubt]:
        """Conflicts, questions of identity, and what the office's table asks beside the document."""
        asked = {(doubt.no, doubt.field) for doubt in self.conflicts}
        here = {item.no for item in self.items}
        for no, old in self.unsure.items():
            if old in self.office:
                self.conflicts.append(_identity(no, old, self.before_plan))
        earlier = [self._renamed(doubt) for doubt in self.reviewed.kept_doubts]
        kept = [d for d in earlier if (d.no is None or d.no in here) and ((d.no, d.field) not in asked)]
        return list(dict.fromkeys((*self.conflicts, *kept)))

    def _pending(self, kept: list[Doubt]) -> Iterator[Renumbering]:
        """Earlier renumberings whose questions are still open, in the numbers of today."""
        asked = {doubt.no for doubt in kept if doubt.field == "identity"} - set(self.unsure)
        for moved in self.reviewed.pending:
            similar = {self._now(no): old for no, old in moved.similar.items() if self._now(no) in asked}
            if similar:
                yield replace(moved, similar=similar)

    def _doubts(self, kept: list[Doubt], settled: tuple[Doubt, ...]) -> tuple[Doubt, ...]:
        """Doubts of the new reading that nobody has answered, and the kept ones."""
        here = {item.no for item in self.items}
        done = {(doubt.no, doubt.field, doubt.text, doubt.message) for doubt in settled}
        fresh = []
        for doubt in self.new.doubts:
            name = "due" if doubt.field in ("due", "kind", "deadline_text") else doubt.field
            if doubt.no and (doubt.no not in here or (doubt.no, name) in self.touched):
                continue
            if (doubt.no, doubt.field, doubt.text, doubt.message) not in done:
                fresh.append(doubt)
        return tuple(dict.fromkeys((*fresh, *kept)))


def _printed(no: str) -> str:
    """The number under which people know an item: that of a retired one (原8) without its mark."""
    return no.removeprefix("原").rstrip("′") or no


def _identity(no: str, old: str, before: Plan) -> Doubt:
    text = next((item.requirement for item in before.items if item.no == old), "")
    message = f"与原第 {_printed(old)} 条相近，按同一条任务处理，沿用它以往的填报；不是同一条请选“{NEW_ITEM}”"
    return Doubt(no, "identity", cut(text, 60), message, (SAME_ITEM, NEW_ITEM))


def _conflict(no: str | None, name: str, was: Any, office: Any, now: Any) -> Doubt:
    mine, theirs = _shown(office) or "（空）", _shown(now) or "（空）"
    before = cut(_shown(was) or "（空）", 40)
    message = f"办公室改为“{cut(mine, 80)}”，新文件是“{cut(theirs, 80)}”（原为“{before}”），现用办公室的"
    doubt_field = "due" if name == "deadline" else name
    choices = tuple(_choices(now))
    # Not the text of the cell alone: an answer to that would be about what one expression means everywhere.
    return Doubt(no, doubt_field, f"新文件：{cut(theirs, 60)}", message, choices)


def _choices(now: Any) -> Iterator[str]:
    """The new text as an answer that can be picked."""
    text = (now.text or _shown(now.due)) if isinstance(now, Deadline) else _shown(now)
    if text and len(text) <= 1000:
        yield text


def _shown(value: Any) -> str:
    """A value of an item or a plan as people read it."""
    if isinstance(value, Deadline):
        return "，".join(
            part for part in (value.text, value.due.isoformat() if value.due else "", value.kind.label) if part
        )
    if isinstance(value, tuple):
        return join_names(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
