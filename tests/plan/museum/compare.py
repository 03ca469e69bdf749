"""A read plan beside its expected reading, field by field.

An expected file is plan-schema.md with more keys: ``seen`` (the kind of plan the layout was seen in), ``note`` (a
judgement), ``falls_short`` (what the reader cannot do with it yet), an item's ``doubt`` (“must”: a careful clerk asks
here; “may”: a doubt is no noise) and ``accept``, for the plan or for an item: field → other readings that are as good.
In ``accept`` a value “~…” is a regular expression, “stop” leaves a final 。 out of account, “loose” takes 3 and 3.1
for one number, “any” takes every value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from flows.plan.model import Plan

FIELDS = (
    "no",
    "category",
    "task",
    "requirement",
    "lead",
    "responsible",
    "deadline_text",
    "deadline_source",
    "due",
    "kind",
)
PLAN_FIELDS = ("title", "doc_number", "issuer", "year", "issued")
_ALIKE = 0.6


@dataclass(frozen=True)
class Wrong:
    """A field that was read wrongly. ``silent``: the item, or for plan fields the plan, has no doubt."""

    place: str
    field: str
    read: Any
    expected: Any
    silent: bool

    def __str__(self) -> str:
        mark = "!!" if self.silent else "? "
        return f"{mark} {self.place} {self.field}: {self.read!r} <> {self.expected!r}"


@dataclass(frozen=True)
class Verdict:
    """What became of one piece."""

    name: str
    items: int
    found: int
    extra: tuple[str, ...]
    missing: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    plan_wrong: tuple[Wrong, ...]
    noise: tuple[str, ...]
    """Doubts on items that are right in every field."""
    unasked: tuple[str, ...]
    """Items that must have a doubt and have none."""
    plan_doubts: tuple[str, ...]
    refused: str = ""

    @property
    def fields(self) -> int:
        """Fields of found items."""
        return self.found * len(FIELDS)

    @property
    def silent(self) -> tuple[Wrong, ...]:
        """Wrong without a doubt: the one thing that must never be."""
        return tuple(wrong for wrong in (*self.wrong, *self.plan_wrong) if wrong.silent)

    @property
    def unannounced(self) -> tuple[str, ...]:
        """Items too many or too few, of which the plan says nothing."""
        return () if self.refused or self.plan_doubts else (*self.missing, *self.extra)

    @property
    def perfect(self) -> bool:
        """Everything as a careful clerk would write it."""
        return not (self.wrong or self.plan_wrong or self.extra or self.missing or self.unasked or self.refused)


def load(path: Path) -> dict[str, Any]:
    """An expected reading."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def judge(name: str, expected: Mapping[str, Any], plan: Plan) -> Verdict:
    """Compare a read plan with what it should be."""
    common: Mapping[str, Sequence[Any]] = expected.get("accept", {})
    read = [item.as_dict() for item in plan.items]
    doubted: dict[str, list[str]] = {}
    for doubt in plan.doubts:
        if doubt.no is not None:
            doubted.setdefault(doubt.no, []).append(f"{doubt.no} {doubt.field}: {doubt.message}")
    plan_doubts = tuple(f"{doubt.field}: {doubt.message}" for doubt in plan.doubts if doubt.no is None)
    pairs = _pairs(expected["items"], read)
    wrong: list[Wrong] = []
    noise: list[str] = []
    unasked: list[str] = []
    for want, got in pairs:
        accept = {**common, **want.get("accept", {})}
        faults = [
            Wrong(got["no"], key, got[key], want[key], got["no"] not in doubted)
            for key in FIELDS
            if not same(got[key], want[key], accept.get(key, ()))
        ]
        wrong.extend(faults)
        if want.get("doubt") == "must" and got["no"] not in doubted:
            unasked.append(f"没有疑问 {got['no']} {got['requirement'][:40]}")
        if not faults and "doubt" not in want:
            noise.extend(doubted.get(got["no"], ()))
    info = plan.info.as_dict()
    about = {doubt.field for doubt in plan.doubts if doubt.no is None}
    plan_wrong = tuple(
        Wrong("计划", key, info[key], expected["plan"][key], key not in about)
        for key in PLAN_FIELDS
        if not same(info[key], expected["plan"][key], common.get(key, ()))
    )
    taken = {id(got) for _, got in pairs}
    matched = {id(want) for want, _ in pairs}
    return Verdict(
        name=name,
        items=len(expected["items"]),
        found=len(pairs),
        extra=tuple(
            f"多出 {got['no']} {got['requirement'][:40]}"
            for got in read
            if id(got) not in taken and got["no"] not in doubted
        ),
        missing=tuple(
            f"缺少 {want['no']} {want['requirement'][:40]}" for want in expected["items"] if id(want) not in matched
        ),
        wrong=tuple(wrong),
        plan_wrong=plan_wrong,
        noise=tuple(noise),
        unasked=tuple(unasked),
        plan_doubts=plan_doubts,
    )


def refusal(name: str, expected: Mapping[str, Any], sentence: str) -> Verdict:
    """The verdict on a piece that was not read at all."""
    missing = tuple(f"缺少 {want['no']}" for want in expected["items"])
    return Verdict(name, len(missing), 0, (), missing, (), (), (), (), (), refused=sentence)


def same(got: Any, want: Any, accept: Sequence[Any]) -> bool:
    """``got`` is ``want`` or one of the readings that are as good."""
    if got == want or "any" in accept:
        return True
    if "stop" in accept and _stopped(got) == _stopped(want):
        return True
    if "loose" in accept and re.sub(r"\.1$", "", str(got)) == re.sub(r"\.1$", "", str(want)):
        return True
    return any(
        got == other or (isinstance(other, str) and other.startswith("~") and re.search(other[1:], str(got or "")))
        for other in accept
    )


def _stopped(value: Any) -> str:
    return str(value or "").rstrip("。")


def _pairs(
    wanted: Sequence[dict[str, Any]], read: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Expected and read items that are the same requirement: equal texts first, then the most alike in order."""
    left = list(read)
    found: dict[int, dict[str, Any]] = {}
    for at, want in enumerate(wanted):
        exact = next((got for got in left if _bare(got) == _bare(want)), None)
        if exact is not None:
            found[at] = exact
            left = [got for got in left if got is not exact]
    for at, want in enumerate(wanted):
        if at in found or not left:
            continue
        ratios = [SequenceMatcher(None, _bare(got), _bare(want), autojunk=False).ratio() for got in left]
        best = max(range(len(left)), key=ratios.__getitem__)
        contained = _bare(want) in _bare(left[best]) or _bare(left[best]) in _bare(want)
        if ratios[best] >= _ALIKE or (contained and left[best]["requirement"]):
            found[at] = left.pop(best)
    return [(wanted[at], found[at]) for at in sorted(found)]


def _bare(item: Mapping[str, Any]) -> str:
    return re.sub(r"[\s，,。．.；;：:]", "", item["requirement"])
