"""What was found in returned files, written to the store in one transaction a batch; pictures go to disk before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from flows.desk import Desk
from flows.files import digest, safe_name, write_file
from flows.ledger.model import Entry, Picture, Returned
from flows.periods import Period
from flows.round.intake import Seal
from flows.store import append, append_many, arrivals, as_json, entries, evidence, proposals, senders


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
    place = folder / safe_name(f"{unit}_{sha256[:8]}", 60)
    taken: dict[str, str] = {}
    for picture in pictures:
        sha = digest(picture.data)
        name = safe_name(picture.name)
        if taken.setdefault(name, sha) != sha:
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
    rows: dict[sa.Table, list[dict[str, Any]]] = {entries: [], proposals: [], evidence: [], senders: []}
    with desk.store.begin() as db:
        for found in findings:
            result = found.result
            arrival = append(
                db,
                arrivals,
                **place,
                unit=found.unit,
                sha256=found.sha256,
                name=found.name,
                archived=found.archived,
                origin=found.origin,
                sender=found.sender,
                message_id=found.message_id,
                received=found.received.isoformat(timespec="seconds"),
                verdict=result.verdict,
                reason=result.reason,
                problems=as_json([asdict(problem) for problem in result.problems]),
                warnings=as_json(found.warnings),
                filler=result.filler,
                phone=result.phone,
            )
            if found.seal is not None:
                rows[senders].append(_sender(arrival, found.seal, found.held))
            if result.verdict == "quarantined":
                continue
            whose = {"arrival": arrival, **place, "unit": found.unit}
            merged = result.verdict == "accepted"
            rows[entries] += [whose | {"merged": merged} | _columns(entry) for entry in result.entries]
            rows[proposals] += [
                whose | {"cells": as_json(each.cells), "sheet": each.sheet, "row": each.row}
                for each in result.proposals
            ]
            rows[evidence] += [whose | asdict(paper) for paper in found.papers]
        for table, wanted in rows.items():
            append_many(db, table, wanted)
        for table, values in more:
            append(db, table, **values)


def _sender(arrival: int, seal: Seal, held: bool) -> dict[str, object]:
    checks = asdict(seal.checks)
    return {"arrival": arrival, "standing": seal.standing.value, "held": held} | {
        name: str(value)[:20] if name != "server" else value for name, value in checks.items()
    }


def _columns(entry: Entry) -> dict[str, object]:
    report = entry.report
    return {
        "no": entry.no,
        "status": report.status.value,
        "percent": report.percent,
        "progress": report.progress,
        "done_on": report.done_on.isoformat() if report.done_on else None,
        "evidence": report.evidence,
        "problem": report.problem,
        "next_step": report.next_step,
        "sheet": entry.sheet,
        "row": entry.row,
    }
