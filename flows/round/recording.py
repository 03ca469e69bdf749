"""What was found in returned files, written to the store in one transaction a batch; pictures go to disk before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.files import digest, safe_name, settle_on_disk, write_file
from flows.ledger.model import Picture, Returned
from flows.ledger.packing import COLUMNS, packed
from flows.periods import Period
from flows.round.intake import Seal
from flows.store import (
    append,
    append_many,
    append_tuples,
    arrivals,
    as_json,
    entries,
    evidence,
    now,
    proposals,
    senders,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """佐证材料 as a file of its own."""

    name: str
    file: str
    """Below the plan's folder."""
    sha256: str
    sheet: str = ""
    row: int | None = None


@dataclass(slots=True)
class Finding:
    """A parcel that was archived and judged, waiting to be recorded."""

    name: str
    origin: str
    sender: str
    message_id: str
    received: datetime
    sha256: str
    archived: str
    result: Returned
    unit: str
    warnings: tuple[str, ...]
    papers: list[Paper] = field(default_factory=list)
    seal: Seal | None = None
    held: bool = False
    """In quarantine only because of its sender."""


def keep_pictures(pictures: Iterable[Picture], unit: str, sha256: str, folder: Path, root: Path) -> list[Paper]:
    """Write the pictures of a workbook, in a folder of its own; the same picture is kept once."""
    found = []
    # Short: with a long unit's name the whole path would be more than Windows takes, and the mark must stay in it.
    place = folder / f"{safe_name(unit, 30)}_{sha256[:8]}"
    taken: dict[str, str] = {}
    for picture in pictures:
        sha = digest(picture.data)
        name = safe_name(picture.name, 40)
        if taken.setdefault(name.casefold(), sha) != sha:  # Windows takes A.png for a.png
            name = f"{sha[:6]}_{name}"
        path = place / name
        if not path.is_file() or path.read_bytes() != picture.data:
            write_file(path, picture.data)
        found.append(Paper(picture.name, path.relative_to(root).as_posix(), sha, picture.sheet, picture.row))
    return found


def record(
    desk: Desk, period: Period, findings: Sequence[Finding], more: Iterable[tuple[sa.Table, dict[str, object]]] = ()
) -> None:
    """Write a batch, and ``more`` rows that belong to it, in one transaction."""
    place = {"plan": desk.folder.slug, "period": str(period)}
    rows: dict[sa.Table, list[dict[str, Any]]] = {proposals: [], evidence: [], senders: []}
    lines: list[tuple[Any, ...]] = []
    # What is recorded as kept is kept: a mail may leave the inbox after this.
    settle_on_disk(desk.folder.root / found.archived for found in findings if found.origin == "mail")
    with desk.store.begin() as db:
        for found, arrival in zip(findings, _arrivals(db, place, findings), strict=True):
            result = found.result
            if found.seal is not None:
                rows[senders].append(_sender(arrival, found.seal, found.held))
            if result.verdict == "quarantined":
                continue
            head = (arrival, *place.values(), found.unit)
            merged = result.verdict == "accepted"
            lines += [(*head, *row, merged) for row in packed(result.entries).rows]
            whose = {"arrival": arrival, **place, "unit": found.unit}
            rows[proposals] += [
                whose | {"cells": as_json(each.cells), "sheet": each.sheet, "row": each.row}
                for each in result.proposals
            ]
            rows[evidence] += [whose | asdict(paper) for paper in found.papers]
        append_tuples(db, entries, ("arrival", *place, "unit", *COLUMNS, "merged"), lines)
        for table, wanted in rows.items():
            append_many(db, table, wanted)
        for table, values in more:
            append(db, table, **values)


def _arrivals(db: sa.Connection, place: dict[str, str], findings: Sequence[Finding]) -> list[int]:
    """Record that the files came; their ids, in order. One statement a batch, and one that asks for the ids."""
    at = now()
    append_many(
        db,
        arrivals,
        [
            place
            | {
                "unit": found.unit,
                "sha256": found.sha256,
                "name": found.name,
                "archived": found.archived,
                "origin": found.origin,
                "sender": found.sender,
                "message_id": found.message_id,
                "received": found.received.isoformat(timespec="seconds"),
                "verdict": found.result.verdict,
                "reason": found.result.reason,
                "problems": as_json([asdict(problem) for problem in found.result.problems]),
                "warnings": as_json(found.warnings),
                "filler": found.result.filler,
                "phone": found.result.phone,
                "at": at,
            }
            for found in findings
        ],
    )
    query = sa.select(arrivals.c.id, arrivals.c.sha256, arrivals.c.verdict).where(
        *(arrivals.c[name] == value for name, value in place.items()),
        arrivals.c.sha256.in_([found.sha256 for found in findings]),
    )
    ids = {(row.sha256, row.verdict): int(row.id) for row in db.execute(query)}
    return [ids[found.sha256, found.result.verdict] for found in findings]


def _sender(arrival: int, seal: Seal, held: bool) -> dict[str, object]:
    checks = asdict(seal.checks)
    return {"arrival": arrival, "standing": seal.standing.value, "held": held} | {
        name: str(value)[:20] if name != "server" else value for name, value in checks.items()
    }
