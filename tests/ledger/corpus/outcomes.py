"""What must become of a returned file, as the data beside the acts says it, and the differences from what did.

A table of ``expected/GROUP.toml`` is a case. Its keys:

* ``verdict``: accepted | returned | quarantined.
* ``entries``: the numbers that are taken in (accepted) or held (returned). By default all six, or none.
* ``said."NO"``: fields of an entry that differ from October's answer in ``typed.toml``: "" for none,
  ``[text, n, end]`` for n times the text.
* ``problems``: ``[cell, fragment, …]`` each; the cell is "" where the fault has none, "*" where any
  of several would do. Exactly these.
* ``warnings``: a fragment each; exactly these. ``may_warn``: fragments of warnings that may come besides.
* ``told``: fragments of warnings that come only when the file is merged (``collect``), not by reading it alone.
* ``reason``: fragments of the reason for quarantine.
* ``proposals``: ``[row, fragment, …]`` each. ``pictures``: the row of each ("" for none).
* ``rows``: 任务编号 → the row that the entry is traced to.
* ``files``: for a parcel of several files one such table each, with ``name`` (the end of the path shown) and ``unit``
  (0 for the case's own unit, 1 … for the others that had a hand in it).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.ledger.model import Report, Returned, Status
from tests.ledger.corpus.hands import OCTOBER

DATA = Path(__file__).parent / "expected"


@dataclass(frozen=True)
class Outcome:
    """What must become of one file."""

    verdict: str
    name: str = ""
    unit: int = 0
    entries: Mapping[str, Report] = field(default_factory=dict)
    problems: tuple[tuple[str, ...], ...] = ()
    warnings: tuple[str, ...] = ()
    may_warn: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    proposals: tuple[tuple[Any, ...], ...] = ()
    pictures: tuple[Any, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """What must become of a case: one file mostly."""

    files: tuple[Outcome, ...]


def read_expected(group: str) -> dict[str, Expected]:
    """Case → what its group's file says."""
    tables = tomllib.loads((DATA / f"{group}.toml").read_text(encoding="utf-8"))
    return {
        name: Expected(tuple(_outcome(one) for one in table.get("files", [table]))) for name, table in tables.items()
    }


_KEYS = {"verdict", "name", "unit", "entries", "said", "problems", "warnings", "may_warn", "told", "reason"} | {
    "proposals",
    "pictures",
    "rows",
}


def _outcome(table: Mapping[str, Any]) -> Outcome:
    assert set(table) <= _KEYS, set(table) - _KEYS
    verdict = table["verdict"]
    assert verdict in {"accepted", "returned", "quarantined", "duplicate"}, verdict
    numbers = table.get("entries", list(OCTOBER) if verdict == "accepted" else [])
    entries = {no: OCTOBER[no] for no in numbers}
    for no, fields in table.get("said", {}).items():
        words: dict[str, Any] = {key: Status(value) if key == "status" else value for key, value in fields.items()}
        words |= {key: None for key in ("percent", "done_on") if words.get(key) == ""}
        words |= {
            key: value[0] * value[1] + "".join(value[2:]) for key, value in words.items() if isinstance(value, list)
        }
        entries[no] = replace(entries[no], **words)
    reason = table.get("reason", ())
    return Outcome(
        verdict=verdict,
        name=table.get("name", ""),
        unit=table.get("unit", 0),
        entries=entries,
        problems=tuple(tuple(one) for one in table.get("problems", ())),
        warnings=tuple(table.get("warnings", ())),
        may_warn=tuple(table.get("may_warn", ())),
        told=tuple(table.get("told", ())),
        reason=(reason,) if isinstance(reason, str) else tuple(reason),
        proposals=tuple(tuple(one) for one in table.get("proposals", ())),
        pictures=tuple(table.get("pictures", ())),
        rows=table.get("rows", {}),
    )


def differences(wanted: Outcome, found: Returned, unit: str) -> list[str]:
    """In words, what is not as it must be; none when all is."""
    if found.verdict != wanted.verdict:
        because = found.reason or "；".join(f"{one.cell} {one.message}" for one in found.problems)
        return [f"verdict {found.verdict} instead of {wanted.verdict}: {because or found.warnings}"]
    told = []
    if wanted.verdict == "quarantined":
        told += [f"the reason {found.reason!r} lacks {part!r}" for part in wanted.reason if part not in found.reason]
        return told
    if found.identity is None or found.identity.unit != unit:
        told.append(f"credited to {found.identity} instead of {unit}")
    entries = {entry.no: entry.report for entry in found.entries}
    if len(entries) != len(found.entries):
        told.append("a task has two entries")
    told += compared_entries(wanted.entries, entries)
    problems = [(problem.cell or "", problem.advice) for problem in found.problems]
    told += matched("problem", wanted.problems, problems, _speaks)
    needed = [("", part) for part in wanted.warnings]
    warnings = [w for w in found.warnings if not any(part in w for part in wanted.may_warn)]
    told += matched("warning", needed, [("", w) for w in warnings], _speaks)
    proposals = [(one.row, "；".join(one.cells.values())) for one in found.proposals]
    told += matched("proposal", wanted.proposals, proposals, _speaks)
    rows = sorted(str(one.row or "") for one in found.pictures)
    if rows != sorted(str(row) for row in wanted.pictures):
        told.append(f"pictures of rows {rows} instead of {wanted.pictures}")
    places = {entry.no: entry.row for entry in found.entries}
    told += [
        f"{no} comes from row {places.get(no)}, not {row}" for no, row in wanted.rows.items() if places.get(no) != row
    ]
    return told


def compared_entries(wanted: Mapping[str, Report], found: Mapping[str, Report]) -> list[str]:
    """Entries that lack, that nobody made, and that say something else."""
    told = [f"{no} is not taken" for no in wanted if no not in found]
    told += [f"{no} is taken: {found[no]}" for no in found if no not in wanted]
    told += [
        f"{no} says {found[no]} instead of {report}"
        for no, report in wanted.items()
        if no in found and found[no] != report
    ]
    return told


def _speaks(wanted: Sequence[Any], found: Sequence[Any]) -> bool:
    place, *parts = wanted
    return bool(place in ("*", found[0]) and all(part in found[1] for part in parts))


def matched(
    what: str, wanted: Sequence[Any], found: Sequence[Any], fits: Callable[[Any, Any], bool], *, exactly: bool = True
) -> list[str]:
    """One found for each wanted, and with ``exactly`` none over."""
    left, told = list(found), []
    for one in wanted:
        hit = next((each for each in left if fits(one, each)), None)
        if hit is None:
            told.append(f"no {what} {one!r}")
        else:
            left.remove(hit)
    return told + ([f"{what} that nobody wanted: {one!r}" for one in left] if exactly else [])
